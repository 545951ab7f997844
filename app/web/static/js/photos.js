// Pictures taken where there is no line: kept on the device, in the browser's own database, until the server has them.
// Without this script the form sends its picture like any other form.
const PERSON = `zhiheng:${document.body.dataset.person ?? ""}:`;
const NAME = `${PERSON}photos`; // the same name marks them for signing out (zhiheng.js)
const RETRY_MS = 15000;
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "mark" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function inStore(mode, act) {
  const transaction = (await opened).transaction("photos", mode);
  const request = act(transaction.objectStore("photos"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

class Photos {
  constructor(place) {
    this.place = place;
    this.words = place.dataset;
    this.form = document.getElementById(this.words.photos);
    this.line = place.querySelector("[data-photos-line]");
    this.list = place.querySelector("[data-photos-list]");
    this.form.addEventListener("submit", (event) => this.take(event));
    addEventListener("online", () => this.send());
    this.send();
  }

  // A picture with its caption is put away first and sent afterwards; what is missing is said by the server.
  async take(event) {
    const [photo, caption, item, mark] = ["photo", "caption", "item", "mark"].map((name) => this.form.elements.namedItem(name));
    if (!photo.files.length || !caption.value.trim()) return;
    event.preventDefault();
    const file = photo.files[0];
    const kept = { mark: mark.value, url: this.form.action, file, name: file.name, caption: caption.value.trim(), item: item.value,
      takenAt: new Date(file.lastModified).toISOString() };
    try {
      await inStore("readwrite", (store) => store.put(kept));
    } catch {
      return this.tell(this.words.full, true);
    }
    this.form.reset();
    mark.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.send();
  }

  async waiting() {
    const found = await inStore("readonly", (store) => store.getAll());
    if (found.length) localStorage.setItem(NAME, found.length);
    else localStorage.removeItem(NAME);
    return found;
  }

  async send() {
    if (this.running) return void (this.again = true);
    [this.running, this.again] = [true, false];
    clearTimeout(this.retry);
    const sent = await this.sendAll().catch(() => 0);
    this.running = false;
    if (this.again) return this.send();
    if (sent && !this.form.elements.caption.value) location.reload();
  }

  async sendAll() {
    let sent = 0;
    for (const kept of (await this.waiting()).filter((each) => !each.refused)) {
      this.tell(say(this.words.sending, { n: 1 }));
      if (!(await this.sendOne(kept))) break;
      sent += 1;
    }
    await this.show(sent);
    return sent;
  }

  async sendOne(kept) {
    const body = new FormData();
    const fields = { csrf_token: this.form.elements.csrf_token.value, mark: kept.mark, caption: kept.caption, item: kept.item, taken_at: kept.takenAt };
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("photo", kept.file, kept.name);
    try {
      const answer = await fetch(kept.url, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || answer.status >= 500) throw new Error("later");
      if (!answer.ok) {
        const { error } = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
        await inStore("readwrite", (store) => store.put({ ...kept, refused: error ?? String(answer.status) }));
        return true;
      }
      await inStore("readwrite", (store) => store.delete(kept.mark));
      return true;
    } catch {
      this.retry = setTimeout(() => this.send(), RETRY_MS);
      return false;
    }
  }

  async show(sent) {
    const found = await this.waiting();
    const refused = found.filter((each) => each.refused);
    const open = found.length - refused.length;
    if (open) this.tell(say(this.words.kept, { n: open }), true);
    else if (refused.length) this.tell(say(this.words.refused, { reason: refused[0].refused }), true);
    else if (sent) this.tell(this.words.sent);
    this.list.replaceChildren(...found.map((kept) => this.row(kept)));
  }

  row(kept) {
    const row = document.createElement("li");
    row.append(`${kept.caption} `);
    if (kept.refused) {
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "button plain", textContent: this.words.drop });
      drop.addEventListener("click", async () => {
        await inStore("readwrite", (store) => store.delete(kept.mark));
        this.show(0);
      });
      row.append(drop);
    }
    return row;
  }

  tell(text, bad = false) {
    this.line.textContent = text;
    this.line.classList.toggle("bad", bad);
  }
}

document.querySelectorAll("[data-photos]").forEach((place) => new Photos(place));
