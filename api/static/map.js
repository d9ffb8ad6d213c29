// What a concept map in a page does where JavaScript runs: light up what belongs together, show a
// definition, hide families, move between concepts by arrow keys, zoom and pan. Imported by every
// page that holds maps; without it the map is a picture of links.
const OFF = "glossgraph-families-off";
const root = document.body.dataset.root ?? "";
const LONGEST = 260;
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// The slugs of the concepts that a leg or phrase joins, its own first.
const joins = (part, nodes) => (part.dataset.n ?? "").split(" ").filter(Boolean)
  .map((place) => nodes[place]?.dataset.id);
const family = (part) => [...part.classList].find((name) => name.startsWith("f-"))?.slice(2) ?? "";

// --- definition card ------------------------------------------------------------------------------

// WCAG 1.4.13: the pointer may enter the card, Escape closes it, it stays until either leaves.
class Card {
  constructor() {
    this.box = document.createElement("div");
    this.box.className = "tip";
    this.box.id = "map-tip";
    this.box.setAttribute("role", "tooltip");
    this.box.hidden = true;
    document.body.append(this.box);
    this.known = new Map();
    this.node = null;
    this.box.addEventListener("pointerenter", () => clearTimeout(this.waiting));
    this.box.addEventListener("pointerleave", () => this.later(() => this.close(), 120));
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    addEventListener("scroll", () => this.close(), { passive: true, capture: true });
  }

  later(act, milliseconds) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(act, milliseconds);
  }

  async read(slug) {
    if (!this.known.has(slug)) {
      this.known.set(slug, fetch(`${root}/embed/${encodeURIComponent(slug)}.json`)
        .then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    }
    return this.known.get(slug);
  }

  open(node) {
    this.later(async () => {
      this.node = node;
      const concept = await this.read(node.dataset.id);
      if (!concept || this.node !== node) return;
      const name = document.createElement("b");
      name.textContent = concept.label;
      const text = document.createElement("p");
      const summary = concept.text ?? "";
      text.textContent = summary.length > LONGEST
        ? `${summary.slice(0, LONGEST).replace(/\s+\S*$/u, "")} …` : summary;
      const credit = document.createElement("small");
      credit.textContent = concept.text ? concept.credit : "";
      this.box.replaceChildren(name, text, credit);
      this.box.hidden = false;
      node.setAttribute("aria-describedby", this.box.id);
      this.place(node.getBoundingClientRect());
    }, 180);
  }

  place(at) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), innerWidth - width - 8);
    const below = at.bottom + 8;
    const top = below + height < innerHeight - 8 ? below : Math.max(8, at.top - height - 8);
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
  }

  close() {
    clearTimeout(this.waiting);
    this.node?.removeAttribute("aria-describedby");
    this.node = null;
    this.box.hidden = true;
  }
}

// --- one map --------------------------------------------------------------------------------------

class ConceptMap {
  constructor(svg, card) {
    this.svg = svg;
    this.card = card;
    this.legs = [...svg.querySelectorAll(".e")];
    this.phrases = [...svg.querySelectorAll(".p")];
    this.nodes = [...svg.querySelectorAll(".n")];
    this.joined = new Map([...this.legs, ...this.phrases].map((part) => [part, joins(part, this.nodes)]));
    this.stops = [...svg.querySelectorAll("a.n, a.more")];
    this.focus = svg.querySelector(".n.focus")?.dataset.id ?? "";
    this.highlight();
    this.rove();
    this.zoomable();
  }

  // What one leg joins: its own concept first; around a focus the focus is meant, not written.
  around(slug) {
    const near = new Set([slug]);
    for (const leg of this.legs) {
      const [own, ...others] = this.joined.get(leg);
      if (own === slug) {
        for (const other of others) near.add(other);
        if (!others.length && this.focus) near.add(this.focus);
      } else if (slug === this.focus && own) near.add(own);
    }
    return near;
  }

  light(slug) {
    const near = this.around(slug);
    const mine = (part) => slug === this.focus || this.joined.get(part).includes(slug);
    for (const part of [...this.legs, ...this.phrases]) part.classList.toggle("lit", mine(part));
    for (const node of this.nodes) node.classList.toggle("lit", near.has(node.dataset.id));
    this.svg.classList.add("dim");
  }

  lightPhrase(part) {
    const named = this.joined.get(part);
    for (const each of this.phrases) each.classList.toggle("lit", each === part);
    const mine = (slug) => named.includes(slug) || slug === this.focus;
    for (const leg of this.legs) {
      leg.classList.toggle("lit", family(leg) === family(part) && this.joined.get(leg).every(mine));
    }
    for (const node of this.nodes) node.classList.toggle("lit", mine(node.dataset.id));
    this.svg.classList.add("dim");
  }

  clear() {
    this.svg.classList.remove("dim");
    for (const part of this.svg.querySelectorAll(".lit")) part.classList.remove("lit");
  }

  highlight() {
    for (const node of this.nodes) {
      // What is no link is not in this graph: there is nothing more to say of it.
      const show = () => {
        this.light(node.dataset.id);
        if (node.matches("a")) this.card.open(node);
      };
      const hide = () => { this.clear(); this.card.later(() => this.card.close(), 160); };
      node.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse") show();
      });
      node.addEventListener("pointerleave", hide);
      node.addEventListener("focus", () => { if (node.matches(":focus-visible")) show(); });
      node.addEventListener("blur", hide);
    }
    for (const part of this.phrases) {
      part.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse") this.lightPhrase(part);
      });
      part.addEventListener("pointerleave", () => this.clear());
    }
  }

  // One tab stop, then the arrow keys go to the nearest concept in that direction.
  rove() {
    const first = this.stops.find((stop) => stop.classList.contains("focus")) ?? this.stops[0];
    for (const stop of this.stops) {
      stop.setAttribute("tabindex", stop === first ? "0" : "-1");
      stop.addEventListener("keydown", (event) => {
        const towards = ARROWS[event.key];
        if (!towards || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        this.go(this.nearest(stop, towards));
      });
      stop.addEventListener("focus", () => this.keep(stop));
    }
  }

  keep(stop) {
    for (const each of this.stops) each.setAttribute("tabindex", each === stop ? "0" : "-1");
  }

  go(stop) {
    if (!stop) return;
    this.keep(stop);
    stop.focus();
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  nearest(from, [dx, dy]) {
    const middle = (each) => {
      const { left, top, width, height } = each.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const each of this.stops) {
      if (each === from || each.classList.contains("off")) continue;
      const [a, b] = middle(each);
      const ahead = (a - x) * dx + (b - y) * dy;
      const aside = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
      const cost = ahead + 2.2 * aside;
      if (ahead > 4 && cost < least) { least = cost; best = each; }
    }
    return best;
  }

  // A concept that only hidden families reach is hidden with them.
  hide(off) {
    const kept = new Set(this.focus ? [this.focus] : []);
    for (const leg of this.legs) {
      const hidden = off.has(family(leg));
      leg.classList.toggle("off", hidden);
      if (!hidden) for (const slug of this.joined.get(leg)) kept.add(slug);
    }
    for (const phrase of this.phrases) phrase.classList.toggle("off", off.has(family(phrase)));
    for (const node of this.nodes) node.classList.toggle("off", !kept.has(node.dataset.id));
    const shown = this.stops.filter((each) => !each.classList.contains("off"));
    if (!shown.some((each) => each.getAttribute("tabindex") === "0")) this.keep(shown[0]);
  }

  // Ctrl and the wheel zoom around the pointer, dragging pans what is zoomed; 0 shows all again.
  zoomable() {
    const whole = this.svg.viewBox.baseVal;
    const home = [whole.x, whole.y, whole.width, whole.height];
    let view = [...home];
    const show = () => {
      this.svg.setAttribute("viewBox", view.map((n) => n.toFixed(1)).join(" "));
      this.svg.classList.toggle("zoomed", view[2] < home[2] - 0.5);
    };
    this.zoom = (factor, px = 0.5, py = 0.5) => {
      const width = Math.min(home[2], Math.max(home[2] / 6, view[2] / factor));
      const height = width * home[3] / home[2];
      const clamp = (low, value, high) => Math.min(high, Math.max(low, value));
      view = [
        clamp(home[0], view[0] + (view[2] - width) * px, home[0] + home[2] - width),
        clamp(home[1], view[1] + (view[3] - height) * py, home[1] + home[3] - height),
        width, height,
      ];
      show();
    };
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const at = this.svg.getBoundingClientRect();
      const [px, py] = [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height];
      this.zoom(Math.exp(-event.deltaY * 0.0022), px, py);
    }, { passive: false });
    this.svg.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") this.zoom(1.25);
      else if (event.key === "-") this.zoom(0.8);
      else if (event.key === "0") { view = [...home]; show(); }
      else return;
      event.preventDefault();
    });
    let held = null;
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType !== "mouse" || view[2] >= home[2] - 0.5) return;
      held = { x: event.clientX, y: event.clientY, view: [...view], moved: false };
    });
    addEventListener("pointermove", (event) => {
      if (!held) return;
      const at = this.svg.getBoundingClientRect();
      const dx = (event.clientX - held.x) / at.width * view[2];
      const dy = (event.clientY - held.y) / at.height * view[3];
      if (!held.moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 4) return;
      held.moved = true;
      this.card.close();
      view[0] = Math.min(home[0] + home[2] - view[2], Math.max(home[0], held.view[0] - dx));
      view[1] = Math.min(home[1] + home[3] - view[3], Math.max(home[1], held.view[1] - dy));
      show();
    });
    addEventListener("pointerup", () => {
      const stop = (event) => event.preventDefault();
      if (held?.moved) this.svg.addEventListener("click", stop, { once: true, capture: true });
      setTimeout(() => this.svg.removeEventListener("click", stop, { capture: true }));
      held = null;
    });
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
  }
}

// --- scale ----------------------------------------------------------------------------------------

// A map in a scroll container is never shrunk to fit, only somewhat; a narrow one starts where most
// meets.
const settle = (frame) => {
  const svg = frame.querySelector("svg.cmap");
  if (!svg) return;
  const [width, height] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
  const scale = Math.min(1.05, Math.max(0.78, frame.clientWidth / width));
  svg.setAttribute("width", (width * scale).toFixed(0));
  svg.setAttribute("height", (height * scale).toFixed(0));
  if (frame.scrollWidth <= frame.clientWidth) return;
  const nodes = [...svg.querySelectorAll(".n")];
  const ties = new Map();
  for (const leg of svg.querySelectorAll(".e")) {
    const [own] = joins(leg, nodes);
    ties.set(own, (ties.get(own) ?? 0) + 1);
  }
  const weight = (node) => (node.classList.contains("focus") ? 1000 : ties.get(node.dataset.id) ?? 0);
  const busiest = nodes.reduce((a, b) => (weight(b) > weight(a) ? b : a), nodes[0]);
  const [at, out] = [busiest.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += at.left + at.width / 2 - out.left - out.width / 2;
  frame.scrollTop += at.top + at.height / 2 - out.top - out.height / 2;
};

// --- legend ---------------------------------------------------------------------------------------

const remembered = () => {
  try { return new Set(JSON.parse(localStorage.getItem(OFF) ?? "[]")); } catch { return new Set(); }
};

const legend = (list, maps) => {
  const off = remembered();
  const show = () => maps.forEach((map) => map.hide(off));
  for (const item of list.querySelectorAll("li")) {
    const key = family(item);
    if (!key) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(!off.has(key)));
    button.append(...item.childNodes);
    item.replaceChildren(button);
    button.addEventListener("click", () => {
      if (!off.delete(key)) off.add(key);
      button.setAttribute("aria-pressed", String(!off.has(key)));
      try { localStorage.setItem(OFF, JSON.stringify([...off])); } catch { /* storage may be off */ }
      show();
    });
  }
  show();
};

// --- start ----------------------------------------------------------------------------------------

let card = null;

// Make the maps of a part of the page alive; called again for what is loaded later.
export const enliven = (part) => {
  card ??= new Card();
  for (const box of part.querySelectorAll(".map:not([data-alive])")) {
    box.dataset.alive = "";
    box.querySelectorAll(".map-scroll").forEach(settle);
    const maps = [...box.querySelectorAll("svg.cmap")].map((svg) => new ConceptMap(svg, card));
    const list = box.querySelector(".legend");
    if (list) legend(list, maps);
  }
};

enliven(document);
