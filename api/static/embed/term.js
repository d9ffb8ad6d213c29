// <glossary-term term="…">words</glossary-term>: a link to a term that shows its card on hover and
// focus. The card can be hovered, closed with Escape, and stays until pointer or focus leave
// (WCAG 2.2, 1.4.13).
import { base, make, page, sheet, word } from "./base.js";

const SOON = 140, LATER = 220; // ms: a pointer that passes by opens nothing; it may cross the gap

const style = sheet(`
  :host { display: inline; }
  a { color: inherit; text-decoration: underline dotted 1.5px; text-underline-offset: .2em; text-decoration-color: color-mix(in srgb, currentColor 55%, transparent); }
  a:hover { text-decoration-style: solid; }
  a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 3px; }
  .card { display: none; }
  .card:popover-open { display: block; }
  .card.open { display: block; }
  .card {
    --ground: #fff; --ink: #1A1D21; --soft: #4C535C; --line: #CFCAC0;
    position: fixed; inset: auto; z-index: 2147483000; box-sizing: border-box; width: max-content;
    max-width: min(26rem, calc(100vw - 16px)); margin: 0; padding: 11px 14px; overflow: auto;
    max-height: 60vh; color: var(--ink); background: var(--ground); border: 1px solid var(--line);
    border-radius: 12px; box-shadow: 0 8px 28px rgba(0, 0, 0, .18); text-align: start;
    font: 400 14px/21px ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
    letter-spacing: normal; text-transform: none; text-indent: 0; white-space: normal; hyphens: manual;
  }
  @supports (color: light-dark(#fff, #000)) {
    .card { --ground: light-dark(#fff, #1B2026); --ink: light-dark(#1A1D21, #ECEAE5); --soft: light-dark(#4C535C, #B6BCC4); --line: light-dark(#CFCAC0, #3C444D); }
  }
  :host([theme="light"]) .card { color-scheme: light; --ground: #fff; --ink: #1A1D21; --soft: #4C535C; --line: #CFCAC0; }
  :host([theme="dark"]) .card { color-scheme: dark; --ground: #1B2026; --ink: #ECEAE5; --soft: #B6BCC4; --line: #3C444D; }
  .head { display: block; font-size: 15px; }
  .head b { font-weight: 650; }
  .head span, .credit { color: var(--soft); font-size: 12.5px; line-height: 18px; }
  .text { display: block; margin: 3px 0 6px; }
  .credit { display: block; }
  @media print { a { text-decoration: none; } .card { display: none; } }
`);
const cards = new Map();
let shown = null;
let touched = 0;

/** The card of a term, asked for once; what failed may be asked for again. */
const fetchCard = (term) => {
  if (!cards.has(term)) {
    const address = new URL(`embed/${encodeURIComponent(term)}.json`, base);
    const asked = fetch(address, { credentials: "omit" }).then((answer) => {
      if (answer.ok) return answer.json();
      throw Object.assign(new Error(answer.statusText), { missing: answer.status === 404 });
    });
    asked.catch(() => cards.delete(term));
    cards.set(term, asked);
  }
  return cards.get(term);
};

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !shown) return;
  event.stopPropagation();
  shown.close();
}, { capture: true });
addEventListener("pointerdown", (event) => {
  touched = event.pointerType === "mouse" ? 0 : event.timeStamp;
  if (shown && !event.composedPath().includes(shown)) shown.close();
}, { capture: true });
for (const kind of ["scroll", "resize"]) {
  addEventListener(kind, () => shown?.place(), { capture: true, passive: true });
}

export class GlossaryTerm extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    this.link = make("a", { part: "link", href: page(this.term), "aria-describedby": "card" }, make("slot"));
    this.card = make("span", { part: "card", id: "card", class: "card", role: "tooltip" });
    if ("popover" in this.card) this.card.popover = "manual";
    this.shadowRoot.append(this.link, this.card);
    if (!this.textContent.trim()) this.textContent = this.term;
    this.link.addEventListener("focus", () => this.link.matches(":focus-visible") && this.open());
    this.link.addEventListener("blur", () => this.close());
    this.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#later(SOON, true));
    this.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#later(LATER, false));
    // A first touch shows the card, the next one follows the link.
    this.link.addEventListener("click", (event) => {
      if (!touched || shown === this) return;
      event.preventDefault();
      this.open();
    });
  }

  disconnectedCallback() {
    this.close();
  }

  get term() {
    return (this.getAttribute("term") ?? this.textContent).trim();
  }

  #later(time, open) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (open) this.open();
      else if (!this.link.matches(":focus-visible")) this.close();
    }, time);
  }

  async open() {
    if (shown === this) return;
    shown?.close();
    shown = this;
    if (!this.card.hasChildNodes()) {
      try {
        this.#fill(await fetchCard(this.term));
      } catch (error) {
        this.#fail(error.missing ? "missing" : "silent");
      }
    }
    if (shown !== this || !this.isConnected) return;
    if (this.card.showPopover) this.card.showPopover();
    else this.card.classList.add("open");
    this.place();
  }

  close() {
    clearTimeout(this.timer);
    if (shown === this) shown = null;
    if (!this.card) return;
    if (this.card.matches(":popover-open")) this.card.hidePopover();
    this.card.classList.remove("open");
    if (this.card.dataset.failed) this.card.replaceChildren();
  }

  /** Put the card below the words, or above where there is more room. */
  place() {
    const words = this.link.getClientRects()[0];
    if (!words) return;
    const { width, height } = this.card.getBoundingClientRect();
    const below = innerHeight - words.bottom;
    const top = below >= height + 14 || below >= words.top ? words.bottom + 6 : words.top - height - 6;
    const left = Math.min(words.left, document.documentElement.clientWidth - width - 8);
    this.card.style.top = `${Math.max(8, top)}px`;
    this.card.style.left = `${Math.max(8, left)}px`;
  }

  #fill(card) {
    delete this.card.dataset.failed;
    const head = make("span", { class: "head" }, make("b", {}, card.label), card.kind ? " " : "",
      make("span", {}, card.kind ?? ""));
    const credit = card.excerpt ? `${card.credit} (${word(this, "excerpt")})` : card.credit;
    this.card.replaceChildren(head,
      make("span", { class: "text", lang: card.language }, card.text + (card.excerpt ? " …" : "")),
      make("span", { class: "credit" }, credit));
  }

  #fail(why) {
    this.card.dataset.failed = "yes";
    this.card.replaceChildren(make("span", { class: "text" }, word(this, why)));
  }
}

if (!customElements.get("glossary-term")) customElements.define("glossary-term", GlossaryTerm);
