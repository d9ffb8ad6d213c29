// <glossary-map term="…">: a term and its concept map in a frame as high as it needs, or, with
// `inline`, the drawing alone. What stands inside the element is shown where nothing answers.
import { base, make, page, sheet, word } from "./base.js";

const LOOK = ["theme", "view", "depth", "limit", "only", "hide", "lang"];
const PATIENCE = 15_000; // ms until a frame that says nothing counts as silent
const AFTER_LOAD = 2_000; // ms; a frame of ours has told its height before it is loaded

const style = sheet(`
  :host { display: block; min-height: 3em; max-width: 100%; }
  :host([hidden]) { display: none; }
  iframe { display: block; width: 100%; border: 0; background: transparent; color-scheme: auto; }
  svg { display: block; max-width: 100%; height: auto; margin: auto; }
  [hidden] { display: none; }
  .silent { margin: 0; padding: 1em; border: 1px solid; border-radius: 10px; }
`);
const waiting = new IntersectionObserver((entries) => {
  for (const each of entries) {
    if (!each.isIntersecting) continue;
    waiting.unobserve(each.target);
    each.target.load();
  }
}, { rootMargin: "600px" });
const frames = new Set();

// A frame tells how high it is; so does one that was pasted without an element.
addEventListener("message", (event) => {
  if (event.data?.glossgraph !== "height") return;
  const height = Math.min(20_000, Math.max(40, Math.ceil(event.data.height)));
  if (!Number.isFinite(height)) return;
  const plain = [...document.querySelectorAll("iframe")].filter((each) => each.src.startsWith(base.href));
  const said = [...frames, ...plain].find((each) => each.contentWindow === event.source);
  if (!said) return;
  said.height = height;
  if (event.data.title && frames.has(said)) said.title = String(event.data.title);
  said.dispatchEvent(new Event("told"));
});

export class GlossaryMap extends HTMLElement {
  static observedAttributes = ["term", "inline", ...LOOK];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
      this.shadowRoot.append(make("slot"));
    }
    waiting.observe(this);
  }

  disconnectedCallback() {
    waiting.unobserve(this);
    this.#end();
  }

  attributeChangedCallback(_, before, now) {
    if (before !== now && this.isConnected && this.dataset.state) this.load();
  }

  get term() {
    return (this.getAttribute("term") ?? this.textContent).trim();
  }

  /** Ask for the map again. */
  load() {
    if (!this.term) return;
    this.#end();
    this.dataset.state = "loading";
    if (this.hasAttribute("inline")) this.#draw();
    else this.#frame();
  }

  #address(path) {
    const address = new URL(path, base);
    for (const name of LOOK) {
      const value = this.getAttribute(name);
      if (value) address.searchParams.set(name, value);
    }
    return address;
  }

  #frame() {
    const frame = make("iframe", {
      part: "frame",
      title: this.getAttribute("label") ?? word(this, "map", this.term),
      height: 320,
      src: this.#address(`embed/${encodeURIComponent(this.term)}.html`).href,
    });
    frames.add(frame);
    this.frame = frame;
    let limit = setTimeout(() => this.#silent(), PATIENCE);
    frame.addEventListener("load", () => {
      clearTimeout(limit);
      if (this.dataset.state === "loading") limit = setTimeout(() => this.#silent(), AFTER_LOAD);
    });
    frame.addEventListener("told", () => {
      clearTimeout(limit);
      this.dataset.state = "shown";
    });
    this.stop = () => clearTimeout(limit);
    this.#show(frame);
  }

  #draw() {
    const address = this.#address(`api/concepts/${encodeURIComponent(this.term)}/map.svg`);
    address.searchParams.delete("view");
    if (this.clientWidth < 640) address.searchParams.set("form", "narrow");
    if (!["light", "dark"].includes(this.getAttribute("theme"))) {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      address.searchParams.set("theme", dark ? "dark" : "light");
    }
    // A document as the answer: no string is parsed as markup, which some policies refuse.
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.onload = () => {
      const drawn = request.status === 200 && request.responseXML?.documentElement;
      if (drawn?.localName !== "svg") { this.#silent(request.status === 404 ? "missing" : "silent"); return; }
      this.#show(document.importNode(drawn, true));
      this.dataset.state = "shown";
    };
    request.onerror = request.ontimeout = () => this.#silent();
    this.stop = () => request.abort();
    request.send();
  }

  #show(content) {
    this.shadowRoot.replaceChildren(content);
  }

  #silent(why = "silent") {
    this.#end();
    this.dataset.state = "silent";
    const said = make("p", { class: "silent", part: "silent" }, `${word(this, why)} `,
      make("a", { href: page(this.term) }, word(this, "open", this.term)));
    this.shadowRoot.replaceChildren(said, make("slot"));
  }

  #end() {
    this.stop?.();
    this.stop = null;
    frames.delete(this.frame);
  }
}

if (!customElements.get("glossary-map")) customElements.define("glossary-map", GlossaryMap);
