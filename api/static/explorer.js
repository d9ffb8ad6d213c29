// What the explorer adds where JavaScript runs: theme switch and search suggestions.
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

// Combobox with a listbox popup (ARIA Authoring Practices 1.2).
const input = document.getElementById("q");
if (input) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.body.dataset.matching);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"],
    ["aria-controls", list.id], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);

  let chosen = -1;
  let asked = 0;
  let waiting;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const select = (index) => {
    chosen = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", `suggestion-${index}`);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  };

  const marked = (text, query) => {
    const span = document.createElement("span");
    const at = text.toLowerCase().indexOf(query.toLowerCase());
    if (at < 0) span.textContent = text;
    else {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(at, at + query.length);
      span.append(text.slice(0, at), mark, text.slice(at + query.length));
    }
    return span;
  };

  const show = (found, query) => {
    list.replaceChildren(...found.map((each, i) => {
      const item = document.createElement("li");
      item.id = `suggestion-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.href = each.href ?? `${root}/concepts/${encodeURIComponent(each.slug)}`;
      const kind = document.createElement("em");
      kind.textContent = each.kind_name ?? "";
      const small = document.createElement("small");
      small.textContent = each.summary ?? "";
      item.append(marked(each.text, query), kind, small);
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
  };

  // A site of files answers by itself (site.js).
  const asking = globalThis.glossarySuggest ?? (async (query) => {
    const answer = await fetch(`${root}/api/suggest?limit=7&q=${encodeURIComponent(query)}`);
    return answer.ok ? answer.json() : { suggestions: [] };
  });

  const suggest = async () => {
    const query = input.value.trim();
    const turn = ++asked;
    if (!query) { close(); return; }
    try {
      const { suggestions } = await asking(query);
      if (turn === asked && document.activeElement === input) show(suggestions, query);
    } catch { /* offline: the form still works */ }
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 80);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" && count) select((chosen + 1) % count);
    else if (event.key === "ArrowUp" && count) select(chosen <= 0 ? count - 1 : chosen - 1);
    else if (event.key === "Escape" && count) close();
    else if (event.key === "Enter" && chosen >= 0) location.href = list.children[chosen].dataset.href;
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (item && event.button === 0) { event.preventDefault(); location.href = item.dataset.href; }
  });
  input.addEventListener("blur", close);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
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
