// Search on a site of files, where no server answers: labels and summaries of all terms in one file.
const root = document.body.dataset.root || ".";
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

let asked;
const index = () => {
  asked ??= fetch(`${root}/search.json`).then((answer) => answer.json()).then((rows) => rows.map(
    ([file, label, kind, summary, ...also]) => (
      { file, label, kind, summary, said: [label, ...also], text: fold(summary) })));
  asked.catch(() => { asked = undefined; });
  return asked;
};

/** How well a term fits, 0 best, and the label that does; 9 is not at all. */
const rank = ({ said, text }, query) => {
  let best = { rank: text.includes(query) ? 4 : 9, name: said[0] };
  said.forEach((label, i) => {
    const name = fold(label);
    const at = name.indexOf(query);
    if (at < 0) return;
    const starts = at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1]);
    const found = (name === query ? 0 : at === 0 ? 1 : starts ? 2 : 3) + (i ? 0.5 : 0);
    if (found < best.rank) best = { rank: found, name: label };
  });
  return best;
};

const search = async (query) => {
  const words = fold(query.trim());
  if (!words) return [];
  const found = (await index()).map((each) => ({ ...each, ...rank(each, words) }));
  return found.filter((each) => each.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.label.localeCompare(b.label));
};
const address = (file) => `${root}/concepts/${file.split("/").map(encodeURIComponent).join("/")}`;

globalThis.glossarySuggest = async (query) => ({
  suggestions: (await search(query)).slice(0, 7).map(
    (each) => ({ text: each.name, kind_name: each.kind, summary: each.summary, href: address(each.file) })),
});

// The page of results.
const results = document.getElementById("results");
if (results) {
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const input = document.getElementById("q");
  if (input) input.value = query;
  search(query).then((found) => {
    const [one, several] = [results.dataset.found, results.dataset.nothing];
    document.querySelector("h1").textContent = (found.length ? one : several).replace("{asked}", query);
    results.replaceChildren(...found.slice(0, 50).map((each) => {
      const hit = document.createElement("div");
      hit.className = "hit";
      const link = document.createElement("a");
      link.href = address(each.file);
      link.textContent = each.label;
      const text = document.createElement("p");
      text.textContent = each.summary;
      hit.append(link, text);
      return hit;
    }));
  });
}
