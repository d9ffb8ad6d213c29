// Combobox with a listbox popup (ARIA Authoring Practices 1.2): labels that may be meant, while
// somebody types. What is chosen is handed to `pick`.
const root = document.body.dataset.root ?? "";

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

// A site of files answers by itself (site.js).
const asking = globalThis.glossarySuggest ?? (async (query) => {
  const answer = await fetch(`${root}/api/suggest?limit=7&q=${encodeURIComponent(query)}`);
  return answer.ok ? answer.json() : { suggestions: [] };
});

export const combobox = (input, pick) => {
  const key = `suggestions-${input.id}`;
  const list = document.createElement("ul");
  list.id = key;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.body.dataset.matching);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"],
    ["aria-controls", key], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);

  let found = [];
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
      input.setAttribute("aria-activedescendant", `${key}-${index}`);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (query) => {
    list.replaceChildren(...found.map((each, i) => {
      const item = document.createElement("li");
      item.id = `${key}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
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

  const suggest = async () => {
    const query = input.value.trim();
    const turn = ++asked;
    if (!query) { close(); return; }
    try {
      const { suggestions } = await asking(query);
      if (turn !== asked || document.activeElement !== input) return;
      found = suggestions;
      show(query);
    } catch { /* offline: the form still works */ }
  };

  const take = (index) => {
    asked += 1;
    clearTimeout(waiting);
    pick(found[index]);
    close();
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
    else if (event.key === "Enter" && chosen >= 0) take(chosen);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (item && event.button === 0) { event.preventDefault(); take([...list.children].indexOf(item)); }
  });
  input.addEventListener("blur", close);
};
