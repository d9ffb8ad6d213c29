// The page of what to copy gets tabs, copy buttons and a live preview; on a term's page it opens as a
// dialog. Without JavaScript the link leads to the page, which shows everything below each other.

const copy = async (button, root) => {
  const code = root.querySelector(`#${button.dataset.copy}`);
  const label = button.firstChild;
  const before = label.data;
  try {
    await navigator.clipboard.writeText(code.textContent);
    label.data = button.dataset.done;
    setTimeout(() => { label.data = before; }, 1800);
  } catch { // no permission, or no secure context: mark it, so that Ctrl+C does
    getSelection().selectAllChildren(code);
  }
};

/** Tabs over the panels (ARIA Authoring Practices 1.2, automatic activation). */
const tabs = (share) => {
  const panels = [...share.querySelectorAll(".panel")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", share.querySelector("h1").textContent);
  const buttons = panels.map((panel) => {
    const button = document.createElement("button");
    button.type = "button";
    button.id = `${panel.id}-tab`;
    button.textContent = panel.querySelector("h2").textContent;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    return button;
  });
  const select = (chosen, focus) => {
    buttons.forEach((button, i) => {
      const here = button === chosen;
      button.setAttribute("aria-selected", String(here));
      button.tabIndex = here ? 0 : -1;
      panels[i].hidden = !here;
    });
    if (focus) chosen.focus();
  };
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) select(button);
  });
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    select(buttons.at(to % buttons.length), true);
  });
  list.append(...buttons);
  share.querySelector(".panels").before(list);
  share.classList.add("tabbed");
  select(buttons[0]);
};

/** The choices change the code and the preview. */
const look = (share) => {
  const form = share.querySelector(".look");
  const preview = share.querySelector(".preview");
  const [frame, map] = ["#code-frame", "#code-map"].map((each) => share.querySelector(each));
  const codes = [frame.textContent, map.textContent];
  const start = preview.getAttribute("src");
  form.hidden = false;
  form.addEventListener("change", () => {
    const chosen = [...form.querySelectorAll("select")].filter((each) => each.value);
    const query = chosen.map((each) => `${each.name}=${each.value}`).join("&");
    frame.textContent = codes[0].replace(/src="([^"]*)"/, (_, src) => `src="${src}${query && `?${query}`}"`);
    const attributes = chosen.map((each) => ` ${each.name}="${each.value}"`).join("");
    map.textContent = codes[1].replace(/>/, `${attributes}>`);
    preview.src = query ? `${start}?${query}` : start;
  });
  addEventListener("message", (event) => {
    if (event.source === preview.contentWindow && event.data?.glossgraph === "height") {
      preview.height = Math.min(4000, Math.max(40, event.data.height));
    }
  });
};

const enliven = (share) => {
  tabs(share);
  look(share);
  for (const button of share.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, share));
  }
};

const here = document.querySelector("main .share");
if (here) enliven(here);

const styled = () => {
  if (document.querySelector("link[data-share]")) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("share.css", import.meta.url).href;
  link.dataset.share = "";
  document.head.append(link);
};

/** The dialog that stands for the page of a link, made once. */
const dialogs = new Map();
const dialogOf = async (link) => {
  if (!dialogs.has(link.href)) {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const share = document.adoptNode(page.querySelector(".share"));
    const dialog = document.createElement("dialog");
    dialog.className = "sharing";
    dialog.setAttribute("aria-labelledby", "share-name");
    const head = share.querySelector("h1");
    // The term's own heading stays the only one of its level.
    const name = document.createElement("h2");
    name.id = "share-name";
    name.textContent = head.textContent;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = "×";
    close.setAttribute("aria-label", share.dataset.close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.append(share, close);
    document.body.append(dialog);
    enliven(share);
    head.replaceWith(name);
    dialogs.set(link.href, dialog);
  }
  return dialogs.get(link.href);
};

/** Show what a link leads to as a dialog; where that fails, follow the link. */
export const open = async (link) => {
  styled();
  try {
    (await dialogOf(link)).showModal();
  } catch {
    location.href = link.href;
  }
};
