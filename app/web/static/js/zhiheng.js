// Everything here is a convenience: every page works without it. One module, no dependency, nothing inline.
const words = document.getElementById("words")?.dataset ?? {};
const say = (text, values = {}) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
const clock = (date = new Date()) => date.toTimeString().slice(0, 5);

function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

// ── Counters: characters as people count them, not code units ─────────────
function countCharacters(field) {
  const line = document.getElementById(`${field.id}-count`);
  if (!line) return;
  const [limit, used] = [Number(field.dataset.limit), [...field.value].length];
  line.textContent = say(used > limit ? words.over : words.count, { used, limit, over: used - limit });
  line.classList.toggle("over", used > limit);
}

// ── Running total: integers of 1/20 point, as on the server ───────────────
function twentieths(item) {
  const chosen = item.querySelector("input[type=radio]:checked, .locked > input");
  return chosen ? (Number(item.dataset.points) * Number(chosen.value)) / 100 : null;
}

function inPoints(total) {
  const hundredths = Math.round(total * 5);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

const scoresIn = (root) => [...root.querySelectorAll("[data-points]")].map(twentieths).filter((points) => points !== null);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function showTotal() {
  const found = scoresIn(document);
  each("[data-total]", (place) => (place.textContent = inPoints(sum(found))));
  each("[data-category]", (part) => each("[data-category-total]", (place) => (place.textContent = inPoints(sum(scoresIn(part)))), part));
  each("[data-scored]", (place) => (place.textContent = found.length));
}

// Digits in a score item, of the number pad too, choose its level: 6 is 60, 6 5 in one go is 65, 1 0 0 is 100, 0 5 is 5.
// Later the same digit again chooses the five above, and 0 after 90 is 100.
const typed = { digits: "", at: 0, item: null };

function levelFor(item, digit) {
  const goesOn = typed.item === item && Date.now() - typed.at < 1200;
  const digits = (goesOn ? typed.digits : "") + digit;
  Object.assign(typed, { digits, at: Date.now(), item });
  const current = Number(item.querySelector("input:checked")?.value ?? -1);
  if (digits.length > 1 && item.querySelector(`input[type=radio][value="${Number(digits)}"]`)) return Number(digits);
  typed.digits = digit;
  if (digit === "0" && current >= 90) return 100;
  const level = Number(digit) * 10;
  return level === current ? level + 5 : level;
}

function chooseByDigit(event) {
  const item = event.target.closest?.("[data-points]");
  if (!item || !/^\d$/.test(event.key) || event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = item.querySelector(`input[type=radio][value="${levelFor(item, event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.checked = true;
  target.focus();
  target.dispatchEvent(new Event("change", { bubbles: true }));
}

// ── Autosave: a local copy until the server has acknowledged ──────────────
// Of a whole form, or of one fieldset of it with a version of its own (an item of a score sheet).
// A copy belongs to a person and an address. An item of a sheet that was kept is sent again when the page is next open and
// the line is back; the version it was written against goes with it, so that what changed meanwhile is asked about.
const PERSON = `zhiheng:${document.body.dataset.person ?? ""}:`;
const RETRY_MS = 15000;
const GUARDS = new Set(["csrf_token", "idempotency_key", "version"]);

function forget(prefix) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PERSON + prefix)) localStorage.removeItem(key);
}

const kept = (part) => localStorage.getItem(PERSON + part.dataset.autosave);
const unsent = new Set(); // items whose save did not get through
let turn = Promise.resolve(); // one save at a time: on a poor line many at once would all fail

class Autosave {
  constructor(part) {
    this.part = part;
    this.form = part.closest("form");
    this.key = PERSON + part.dataset.autosave;
    this.version = part === this.form ? part.elements.version : part.querySelector("[data-version]");
    this.line = part.querySelector("[data-saved-line]") ?? document.querySelector("[data-saved-line]")
      ?? part.appendChild(element("p", { className: "saved", ariaLive: "polite" }));
    this.running = this.again = false;
    part.addEventListener("input", () => this.soon());
    part.addEventListener("change", () => this.soon(400));
    addEventListener("online", () => kept(part) && this.save());
    this.takeLocalCopy();
  }

  values() {
    const guards = [...GUARDS, this.version?.name];
    return this.fields().filter(([name, value]) => !guards.includes(name) && typeof value === "string");
  }

  fields() {
    const own = new Set([...this.part.elements].map((field) => field.name));
    return [...new FormData(this.form)].filter(([name]) => own.has(name) || GUARDS.has(name));
  }

  soon(delay = 1500) {
    this.part.dataset.dirty = "yes";
    clearTimeout(this.timer);
    this.keepLocal();
    this.timer = setTimeout(() => this.save(), delay);
  }

  keepLocal() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), version: this.version?.value, values: this.values() }));
    } catch { /* private window or full: the server copy is the one that counts */ }
  }

  tell(text, bad = false) {
    this.line.textContent = text;
    this.line.classList.toggle("bad", bad);
  }

  async save() {
    if (this.dialog) return;
    if (this.running) return void (this.again = true);
    this.running = true;
    await (turn = turn.then(() => this.send()));
    this.running = false;
    if (this.again && !this.dialog) this.save();
  }

  async send() {
    clearTimeout(this.retry);
    this.again = false;
    this.tell(words.saving);
    const body = new FormData();
    for (const [name, value] of this.fields()) if (typeof value === "string") body.append(name, value);
    body.set("idempotency_key", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
    try {
      const answer = await fetch(this.part.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      await this.heed(answer);
    } catch {
      unsent.add(this.part);
      this.tell(this.part === this.form ? words.offline : say(words.unsent, { n: unsent.size }), true);
      this.retry = setTimeout(() => this.save(), RETRY_MS);
    }
  }

  async heed(answer) {
    if (answer.redirected) return this.tell(words.signedOut, true);
    const found = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (answer.status === 409 && found.stored) return this.conflict(found);
    if (!answer.ok) return this.tell(say(words.unsaved, { reason: [found.error ?? words.refused, ...(found.missing ?? [])].join(" ") }), true);
    this.acknowledge(found);
  }

  acknowledge(found) {
    if (this.version && found.version !== undefined) this.version.value = found.version;
    if (this.again) this.keepLocal();
    else {
      localStorage.removeItem(this.key);
      delete this.part.dataset.dirty;
    }
    unsent.delete(this.part);
    this.tell(unsent.size ? say(words.unsent, { n: unsent.size }) : say(words.saved, { time: found.time ?? clock() }), unsent.size > 0);
  }

  // Somebody saved in between: both texts, field by field; the person chooses, nothing is lost.
  conflict({ stored, version }) {
    this.tell(words.stale, true);
    const dialog = (this.dialog = element("dialog", {}, element("h2", { textContent: words.conflictTitle, id: "conflict-title" })));
    dialog.addEventListener("close", () => (dialog.remove(), (this.dialog = null)));
    dialog.setAttribute("aria-labelledby", "conflict-title");
    for (const [name, text] of Object.entries(stored)) {
      const field = this.form.elements[name];
      if (!field || field.value === text) continue;
      const label = field.labels?.[0]?.textContent ?? field[0]?.closest("fieldset").querySelector("legend").textContent ?? name;
      const box = (whose, value) => element("label", {}, element("span", { className: "diff-whose", textContent: whose }),
        element("textarea", { rows: 8, value, readOnly: true }));
      dialog.append(element("section", { className: "diff" }, element("h3", { textContent: label }),
        box(words.conflictMine, field.value), box(words.conflictTheirs, text)));
    }
    const finish = (take) => {
      clearTimeout(this.timer);
      if (take) for (const [name, text] of Object.entries(stored)) if (this.form.elements[name]) this.form.elements[name].value = text;
      if (this.version && version !== undefined) this.version.value = version;
      dialog.close();
      this.dialog = null; // the close event comes too late for the save
      this.save();
    };
    const choice = (text, kind, take) => element("button", { type: "button", className: `button ${kind}`, textContent: text, onclick: () => finish(take) });
    dialog.append(element("p", { className: "acts" }, choice(words.conflictKeep, "primary", false), choice(words.conflictTake, "secondary", true)));
    document.body.append(dialog);
    dialog.showModal();
  }

  // What is stored already is dropped. An item goes back into its place and is sent; a whole form asks first.
  takeLocalCopy() {
    const copy = JSON.parse(kept(this.part) ?? "null");
    if (!copy) return;
    if (JSON.stringify(copy.values) === JSON.stringify(this.values())) return localStorage.removeItem(this.key);
    if (this.part === this.form || copy.version === undefined) return this.offer(copy);
    this.version.value = copy.version;
    this.restore(copy.values);
  }

  offer(kept) {
    const offer = element("div", { className: "restore" }, element("span", { textContent: say(words.restore, { time: clock(new Date(kept.at)) }) }));
    const choice = (text, act) => element("button", { type: "button", className: "plain", textContent: text, onclick: () => (act(), offer.remove()) });
    offer.append(choice(words.restoreUse, () => this.restore(kept.values)), choice(words.restoreDrop, () => localStorage.removeItem(this.key)));
    if (this.part === this.form) this.part.prepend(offer);
    else this.part.querySelector("legend").after(offer);
  }

  restore(values) {
    each("input[type=checkbox], input[type=radio]", (box) => (box.checked = values.some(([name, value]) => name === box.name && value === box.value)), this.part);
    for (const [name, value] of values) {
      const field = this.form.elements[name];
      if (field && "value" in field && !["checkbox", "radio"].includes(field.type)) field.value = value;
    }
    each("[data-limit]", countCharacters, this.part);
    showTotal();
    this.soon(0);
  }
}

// ── Forms: sent once, and not left unsaved by accident ────────────────────
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  for (const part of [form, ...form.querySelectorAll("[data-dirty]")]) delete part.dataset.dirty;
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(allowAgain, 10000); // a download leaves the page standing; the idempotency key guards the rest
}

function sendByKey(event) {
  if (event.key === "Enter" && event.ctrlKey) event.target.form?.requestSubmit();
}

function allowAgain() {
  each("form[data-sent]", (form) => delete form.dataset.sent);
  each("[aria-busy]", (button) => button.removeAttribute("aria-busy"));
}

function warnBeforeLeaving(event) {
  if (document.querySelector("[data-dirty]")) event.preventDefault();
}

// ── Local copies end with the session and with the submission ─────────────
function signOut(event) {
  if (unsentAnywhere() && !confirm(words.signOutUnsent)) return event.preventDefault();
  forget("");
  indexedDB.deleteDatabase(`${PERSON}photos`); // pictures that photos.js kept
  each("[data-dirty]", (part) => delete part.dataset.dirty);
}

const unsentAnywhere = () => Object.keys(localStorage).some((key) => key.startsWith(PERSON));

// ── Small things ──────────────────────────────────────────────────────────
async function copy(button) {
  const label = button.textContent;
  await navigator.clipboard.writeText(button.dataset.copy ?? document.getElementById(button.dataset.copyFrom).value);
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = label), 2000);
}

// A job's page says how far it is: {done, total, text, url}; with url the work is finished and the page goes there.
async function follow(place) {
  try {
    const answer = await fetch(place.dataset.job, { headers: { "X-Requested-With": "fetch" } });
    const state = answer.ok ? await answer.json() : {};
    const bar = place.querySelector("progress");
    if (bar && state.total) Object.assign(bar, { max: state.total, value: state.done });
    each("[data-job-text]", (line) => (line.textContent = state.text ?? line.textContent), place);
    if (state.url) return location.assign(state.url);
  } catch { /* the next turn asks again */ }
  setTimeout(() => follow(place), 2000);
}

// ── arrows turn the pages of a piece of evidence ──
addEventListener("keydown", (event) => {
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!turn || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
  document.querySelector(`.turns a[rel="${turn}"]`)?.click();
});

each("[data-limit]", (field) => { countCharacters(field); field.addEventListener("input", () => countCharacters(field)); });
each("[data-forget]", (place) => forget(place.dataset.forget));
each("form[data-sign-out]", (form) => form.addEventListener("submit", signOut));
each("[data-autosave]", (part) => new Autosave(part));
each("form[data-confirm-leave]", (form) => form.addEventListener("input", () => (form.dataset.dirty = "yes")));
each("[data-job]", follow);
each("a[data-key]", (link) => addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.key === link.dataset.key && !typing && !event.altKey && !event.ctrlKey && !event.metaKey) link.click();
}));
each("[data-copy], [data-copy-from]", (button) => { button.hidden = !navigator.clipboard; button.addEventListener("click", () => copy(button)); });
each("[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => print()); });
if (document.querySelector("[data-points]")) {
  showTotal();
  document.addEventListener("change", showTotal);
  document.addEventListener("keydown", chooseByDigit);
}
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", sendByKey);
addEventListener("pageshow", allowAgain);
addEventListener("beforeunload", warnBeforeLeaving);
document.getElementById("error-summary")?.focus();
