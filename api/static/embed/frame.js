// In an embed: takes theme and view from the address where a file server answers, and tells the
// page around it how high it is, which no other way exists for across origins.
(() => {
  const asked = new URLSearchParams(location.search);
  const root = document.documentElement;
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (asked.get("view") === "list") root.dataset.view = "list";

  addEventListener("DOMContentLoaded", () => {
    if (root.dataset.view === "list") {
      for (const each of document.querySelectorAll("details.words")) each.open = true;
    }
    if (location.search) {
      for (const each of document.querySelectorAll(".map a[href], .words a[href]")) {
        if (!each.search && each.href) each.setAttribute("href", each.getAttribute("href") + location.search);
      }
    }
    if (parent === window) return;
    let last = 0;
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === last) return;
      last = height;
      parent.postMessage({ glossgraph: "height", height, title: document.title }, "*");
    };
    new ResizeObserver(tell).observe(document.body);
    document.fonts?.ready.then(tell);
    tell();
  });
})();
