// One term at a time, found by typing. Without it all terms stand below each other.
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const input = document.querySelector("input");
const links = [...document.querySelectorAll("nav a")];
const terms = new Map([...document.querySelectorAll("section.term")].map((each) => [each.id, each]));
const none = document.querySelector("nav p");
const names = links.map((each) => fold(`${each.textContent}\n${each.dataset.also ?? ""}`));
let texts;

const rank = (name, text, query) => {
  if (name.startsWith(query) || name.includes(`\n${query}`)) return 0;
  if (name.includes(` ${query}`) || name.includes(`-${query}`)) return 1;
  if (name.includes(query)) return 2;
  return text.includes(query) ? 3 : 4;
};

const search = () => {
  const query = fold(input.value.trim());
  texts ??= links.map((each) => fold(terms.get(each.hash.slice(1)).querySelector("blockquote")?.textContent ?? ""));
  const ranks = links.map((_, i) => (query ? rank(names[i], texts[i], query) : 0));
  const best = Math.min(...ranks, 4);
  // What only a definition says is shown where no label says it.
  links.forEach((each, i) => {
    each.parentElement.hidden = ranks[i] === 4 || (ranks[i] === 3 && best < 3);
    each.parentElement.style.order = ranks[i];
  });
  none.hidden = ranks.some((each) => each < 4);
};

const show = () => {
  const asked = decodeURIComponent(location.hash.slice(1));
  const id = terms.has(asked) ? asked : links[0]?.hash.slice(1);
  document.body.classList.add("alone");
  for (const [key, term] of terms) term.hidden = key !== id;
  for (const each of links) {
    if (each.hash.slice(1) !== id) { each.removeAttribute("aria-current"); continue; }
    each.setAttribute("aria-current", "true");
    each.scrollIntoView({ block: "nearest" });
  }
  const term = terms.get(id);
  if (!term) return;
  document.title = `${term.querySelector("h2").textContent} · ${document.querySelector("h1").textContent}`;
  if (!terms.has(asked)) return;
  const head = term.querySelector("h2");
  head.focus({ preventScroll: true });
  // Beside the list a term begins at the top of the page; on a phone the list stands above it.
  if (getComputedStyle(document.querySelector("nav")).position === "sticky") scrollTo(0, 0);
  else head.scrollIntoView();
};

input.hidden = false;
document.querySelector("nav ul").style.display = "grid";
input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { input.value = ""; search(); }
  if (event.key !== "Enter") return;
  const shown = links.filter((each) => !each.parentElement.hidden);
  shown.sort((a, b) => a.parentElement.style.order - b.parentElement.style.order)[0]?.click();
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
  input.select();
});
addEventListener("hashchange", show);
show();
