// What the explorer adds where JavaScript runs: theme switch and search suggestions.
import { combobox } from "./combobox.js";

const root = document.body.dataset.root ?? "";

const button = document.getElementById("theme");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme
      ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* storage may be off */ }
  });
}

const input = document.getElementById("q");
if (input) {
  combobox(input, ({ slug, href }) => {
    location.href = href ?? `${root}/concepts/${encodeURIComponent(slug)}`;
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
}
for (const field of document.querySelectorAll("input[data-concept]")) {
  combobox(field, ({ label }) => { field.value = label; });
}

// The chosen concept is brought into view in the side list.
const side = document.querySelector(".side .names");
const current = side?.querySelector("[aria-current='page']");
if (current) {
  const offset = current.getBoundingClientRect().top - side.getBoundingClientRect().top;
  if (offset > side.clientHeight * 0.8) side.scrollTop = offset - side.clientHeight / 2;
}

// What to copy opens as a dialog; its script is fetched when it is asked for.
for (const link of document.querySelectorAll("a[data-share]")) {
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      await (await import("./share.js")).open(link);
    } catch {
      location.href = link.href;
    }
  });
}
