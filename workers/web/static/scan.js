// The scan on the left: one page at a time, moved and zoomed by changing what part of it the SVG shows.

const STEP = 0.12;

export class Scan {
  constructor(root, picked) {
    this.root = root;
    this.views = new Map([...root.querySelectorAll(".view")].map((view) => [view.dataset.view, view]));
    this.zoom = 1;
    this.page = null;
    this.at = { x: 0, y: 0 };
    for (const view of this.views.values()) this.#listen(view);
    root.addEventListener("click", (event) => {
      const page = event.target.closest("[data-page]");
      if (page && page.tagName === "BUTTON") this.show(page.dataset.page);
      const mark = event.target.closest(".mark[data-for]");
      if (mark && !this.dragged) picked(mark.dataset.for);
    });
    addEventListener("resize", () => this.draw());
  }

  get view() { return this.views.get(this.page); }

  size(view = this.view) {
    const turn = Number(view.dataset.turn), w = Number(view.dataset.w), h = Number(view.dataset.h);
    return turn % 180 ? { w: h, h: w, turn } : { w, h, turn };
  }

  show(page) {
    if (!this.views.has(page)) page = [...this.views.keys()][0];
    if (!page || page === this.page) return;
    for (const [number, view] of this.views) view.toggleAttribute("hidden", number !== page);
    for (const button of this.root.querySelectorAll("button[data-page]")) button.setAttribute("aria-pressed", String(button.dataset.page === page));
    this.page = page;
    this.at = { x: 0, y: 0 };
    this.draw();
  }

  // Show the field whose box is marked, in the middle of the pane as far as the page allows. Without `here` it is only near.
  follow(path, page, here = true) {
    for (const old of this.root.querySelectorAll(".mark.here")) old.classList.remove("here");
    if (page) this.show(page); else if (!this.page) this.show([...this.views.keys()][0]);
    if (!this.view) return;
    const mark = this.view.querySelector(`.mark[data-for="${CSS.escape(path)}"]`);
    if (!mark) return;
    if (here) {
      mark.classList.add("here");
      mark.parentNode.append(mark);
    }
    const box = this.#turned(mark), part = this.#part();
    this.at = { x: box.x + box.w / 2 - part.w / 2, y: box.y + box.h / 2 - part.h / 2 };
    this.draw();
  }

  state(path, state) {
    const mark = this.root.querySelector(`.mark[data-for="${CSS.escape(path)}"]`);
    if (mark) mark.setAttribute("class", `mark is-${state}${mark.classList.contains("here") ? " here" : ""}`);
  }

  by(factor) {
    const before = this.#part();
    const center = { x: this.at.x + before.w / 2, y: this.at.y + before.h / 2 };
    this.zoom = Math.min(8, Math.max(0.4, this.zoom * factor));
    const after = this.#part();
    this.at = { x: center.x - after.w / 2, y: center.y - after.h / 2 };
    this.draw();
  }

  fit() {
    if (!this.view) return;
    const { w, h } = this.size(), pane = this.view.getBoundingClientRect();
    this.zoom = Math.min(1, (pane.height / pane.width) * (w / h));
    this.at = { x: 0, y: 0 };
    this.draw();
  }

  turn() {
    const view = this.view;
    if (!view) return;
    const turn = (Number(view.dataset.turn) + 90) % 360, w = Number(view.dataset.w), h = Number(view.dataset.h);
    view.dataset.turn = turn;
    const matrix = { 0: "1 0 0 1 0 0", 90: `0 1 -1 0 ${h} 0`, 180: `-1 0 0 -1 ${w} ${h}`, 270: `0 -1 1 0 0 ${w}` }[turn];
    view.querySelector(".paper").setAttribute("transform", `matrix(${matrix})`);
    this.at = { x: 0, y: 0 };
    this.draw();
  }

  key(event) {
    const part = this.#part();
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    if (moves[event.code]) this.at = { x: this.at.x + moves[event.code][0] * part.w, y: this.at.y + moves[event.code][1] * part.h };
    else if (["Equal", "NumpadAdd"].includes(event.code)) return this.by(1.25), true;
    else if (["Minus", "NumpadSubtract"].includes(event.code)) return this.by(0.8), true;
    else if (["Digit0", "Numpad0"].includes(event.code)) return this.fit(), true;
    else if (event.code === "PageDown" || event.code === "PageUp") {
      const pages = [...this.views.keys()];
      this.show(pages[pages.indexOf(this.page) + (event.code === "PageDown" ? 1 : -1)] ?? this.page);
      this.view.focus();
      return true;
    } else return false;
    this.draw();
    return true;
  }

  draw() {
    const view = this.view;
    if (!view) return;
    const { w, h } = this.size(), part = this.#part();
    const within = (at, size, all) => (size >= all ? (all - size) / 2 : Math.min(Math.max(at, -0.03 * all), 1.03 * all - size));
    this.at = { x: within(this.at.x, part.w, w), y: size0(part.h, h, this.at.y, within) };
    view.setAttribute("viewBox", `${this.at.x} ${this.at.y} ${part.w} ${part.h}`);
    const image = view.querySelector("image");
    const wanted = this.zoom > 1.6 ? image.dataset.sharp : image.getAttribute("href") || image.dataset.href;
    if (image.getAttribute("href") !== wanted) image.setAttribute("href", wanted);
  }

  #part() {
    const pane = this.view.getBoundingClientRect(), { w } = this.size();
    const width = w / this.zoom;
    return { w: width, h: pane.width ? (width * pane.height) / pane.width : width };
  }

  #turned(mark) {
    const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(mark.getAttribute(name)));
    const W = Number(this.view.dataset.w), H = Number(this.view.dataset.h);
    return {
      0: { x, y, w, h }, 90: { x: H - y - h, y: x, w: h, h: w },
      180: { x: W - x - w, y: H - y - h, w, h }, 270: { x: y, y: W - x - w, w: h, h: w },
    }[Number(this.view.dataset.turn)];
  }

  #listen(view) {
    let from = null;
    view.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, at: { ...this.at } };
      this.dragged = false;
    });
    view.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) return;
      const scale = this.#part().w / view.getBoundingClientRect().width;
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4) this.dragged = true;
      this.at = { x: from.at.x - (event.clientX - from.x) * scale, y: from.at.y - (event.clientY - from.y) * scale };
      this.draw();
    });
    view.addEventListener("pointerup", () => { from = null; });
    view.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (event.ctrlKey) return this.by(event.deltaY < 0 ? 1.15 : 0.87);
      const scale = this.#part().w / view.getBoundingClientRect().width;
      this.at = { x: this.at.x + event.deltaX * scale, y: this.at.y + event.deltaY * scale };
      this.draw();
    }, { passive: false });
  }
}

// A page shorter than the pane stands at its top.
function size0(part, all, at, within) { return part >= all ? 0 : within(at, part, all); }
