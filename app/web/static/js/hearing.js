// The clock of a hearing and the chair's pointer: asked of the server every two seconds, so that every page shows the same.
// Without this script the pages show when the clock was started, and the projector loads itself anew.
const EVERY_MS = 2000;
const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

class Hearing {
  constructor(place) {
    this.place = place;
    this.clock = place.querySelector("[data-hearing-clock]");
    const { slot, phase, began, seconds, now } = place.dataset;
    this.take({ slot: slot ?? "", phase: phase ?? "", began, seconds: Number(seconds), at: now });
    setInterval(() => this.tick(), 250);
    setTimeout(() => this.ask(), EVERY_MS);
  }

  // The device's clock may be wrong: only how far it is from the server's counts.
  take(state) {
    this.state = state;
    this.ahead = state.at ? Date.now() - Date.parse(state.at) : 0;
    this.tick();
  }

  tick() {
    if (!this.clock || !this.state.began) return;
    const left = Math.round(this.state.seconds - (Date.now() - this.ahead - Date.parse(this.state.began)) / 1000);
    this.clock.textContent = left >= 0 ? shown(left) : this.place.dataset.over.replace("{t}", shown(-left));
    this.clock.classList.toggle("over", left < 0);
  }

  async ask() {
    try {
      const answer = await fetch(this.place.dataset.hearing, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) this.heed(await answer.json());
    } catch { /* the next turn asks again */ }
    setTimeout(() => this.ask(), EVERY_MS);
  }

  heed(found) {
    const moved = String(found.slot ?? "") !== String(this.state.slot) || (found.phase ?? "") !== this.state.phase;
    if (this.place.dataset.sheet !== undefined) return this.offer(found);
    if (moved) return location.reload();
    this.take(found);
  }

  // On a score sheet nothing that is being typed is lost: the sheet of the dossier heard now is offered as a link.
  offer(found) {
    const link = this.place.querySelector("a");
    const elsewhere = Boolean(found.sheet) && found.sheet !== this.place.dataset.sheet;
    this.place.hidden = !elsewhere;
    if (!elsewhere) return;
    link.href = found.sheet;
    link.textContent = this.place.dataset.offer.replace("{title}", `${found.place}. ${found.title}`);
  }
}

document.querySelectorAll("[data-hearing]").forEach((place) => new Hearing(place));
