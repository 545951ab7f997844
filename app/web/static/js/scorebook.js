// What the scorebook adds to zhiheng.js: the dossier beside the sheet. Everything here works without it, less comfortably.
const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
const fill = (text, n) => text.replace("%(n)s", n);

// ── Links between item, text and files: on a phone they turn the tab as well ──
function turnTo(event) {
  const link = event.target.closest?.('a[href^="#"]');
  const pane = link && document.getElementById(decodeURIComponent(link.hash.slice(1)))?.closest(".pane");
  if (pane) document.getElementById(pane.classList.contains("pane-of-dossier") ? "pane-dossier" : "pane-sheet").checked = true;
}

// ── Search inside the dossier ─────────────────────────────────────────────
class Find {
  constructor(form) {
    this.form = form;
    this.place = document.querySelector("[data-find-in]");
    this.count = form.querySelector("[data-find-count]");
    this.marks = [...this.place.querySelectorAll("mark")];
    this.sought = this.marks.length ? form.elements.find.value.trim() : "";
    this.current = -1;
    form.addEventListener("submit", (event) => (event.preventDefault(), this.search()));
    form.elements.find.addEventListener("input", () => form.elements.find.value || this.search());
    each("[data-find-step]", (button) => button.addEventListener("click", () => this.step(Number(button.dataset.findStep))), form);
    if (this.marks.length) this.step(1);
  }

  search() {
    const sought = this.form.elements.find.value.trim();
    if (sought && sought === this.sought) return this.step(1);
    this.sought = sought;
    this.clear();
    if (sought) this.markAll(sought.toLowerCase());
    this.say();
    if (this.marks.length) this.step(1);
  }

  clear() {
    for (const mark of this.marks) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    [this.marks, this.current] = [[], -1];
  }

  markAll(sought) {
    const walker = document.createTreeWalker(this.place, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (walker.currentNode.data.toLowerCase().includes(sought)) texts.push(walker.currentNode);
    for (let text of texts) {
      for (let at; (at = text.data.toLowerCase().indexOf(sought)) >= 0; ) {
        const hit = text.splitText(at);
        text = hit.splitText(sought.length);
        const mark = document.createElement("mark");
        hit.replaceWith(mark);
        mark.append(hit);
        this.marks.push(mark);
      }
    }
  }

  step(by) {
    if (!this.marks.length) return;
    this.marks[this.current]?.classList.remove("current");
    this.current = (this.current + by + this.marks.length) % this.marks.length;
    const mark = this.marks[this.current];
    mark.classList.add("current");
    mark.scrollIntoView({ block: "center" });
    this.say();
  }

  say() {
    const found = fill(this.form.dataset.found, this.marks.length);
    this.count.textContent = this.sought ? (this.marks.length ? `${this.current + 1} / ${found}` : found) : "";
    each("[data-find-step]", (button) => (button.hidden = !this.marks.length), this.form);
  }
}

// ── The border between the panes: dragged, or moved by the arrow keys; kept on this device ──
const WIDTH = "zhiheng:dossier-width";
const STEP = 3;

function divide(split) {
  const [dossier, label] = [split.querySelector(".pane-of-dossier"), split.dataset.divider];
  const bar = document.createElement("div");
  bar.className = "divider";
  bar.tabIndex = 0;
  for (const [name, value] of Object.entries({ role: "separator", "aria-orientation": "vertical", "aria-label": label, "aria-valuemin": 20, "aria-valuemax": 80 })) bar.setAttribute(name, value);
  const set = (percent) => {
    const width = Math.min(80, Math.max(20, Math.round(percent)));
    split.style.setProperty("--dossier-width", `${width}vw`);
    bar.setAttribute("aria-valuenow", width);
    try { localStorage.setItem(WIDTH, width); } catch { /* a private window: the width holds for this page */ }
  };
  const now = () => Number(bar.getAttribute("aria-valuenow"));
  set(Number(localStorage.getItem(WIDTH)) || 50);
  bar.addEventListener("pointerdown", (event) => (bar.setPointerCapture(event.pointerId), event.preventDefault(), bar.focus()));
  bar.addEventListener("pointermove", (event) => bar.hasPointerCapture(event.pointerId) && set((event.clientX / innerWidth) * 100));
  bar.addEventListener("dblclick", () => set(50));
  bar.addEventListener("keydown", (event) => {
    const wanted = { ArrowLeft: now() - STEP, ArrowRight: now() + STEP, Home: 20, End: 80 }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    set(wanted);
  });
  dossier.after(bar);
}

// ── "材料3 p.12" at the beginning of a line: the same pattern as on the server, from the page ──
function cite(field, rule) {
  const line = document.querySelector(`[data-cited-for="${field.id}"]`);
  const rows = [...document.querySelectorAll("tr[id^='file-']")];
  const seen = new Set();
  line.replaceChildren();
  for (const [, material, latin, chinese] of field.value.matchAll(new RegExp(rule.dataset.citation, "gim"))) {
    const page = latin ?? chinese;
    const number = material ? Number(material) : page && rows.length === 1 ? 1 : 0;
    const file = rows[number - 1]?.querySelector("a");
    if (!file || seen.has(`${number} ${page}`)) continue;
    seen.add(`${number} ${page}`);
    const link = document.createElement("a");
    const pages = page && rows[number - 1].querySelector("a[data-pages]");
    link.href = pages ? pages.href.replace(/\d+$/, page) : file.href;
    if (pages) link.target = pages.target;
    link.textContent = fill(rule.dataset.citedFile, number) + (page ? ` ${fill(rule.dataset.citedPage, page)}` : "");
    line.append(link);
  }
}

document.addEventListener("click", turnTo);
each("form.find", (form) => new Find(form));
each(".split[data-divider]", divide);
const rule = document.querySelector("[data-citation]");
if (rule) each("textarea[data-limit]", (field) => field.addEventListener("input", () => cite(field, rule)));
