// Starts Swagger UI from our own files; nothing is fetched from anywhere else.
// It runs before the first paint: Swagger UI is dark by a class, which follows the explorer's theme.
const dusk = matchMedia("(prefers-color-scheme: dark)");
const dress = () => {
  const { dataset, classList } = document.documentElement;
  classList.toggle("dark-mode", dataset.theme ? dataset.theme === "dark" : dusk.matches);
};
dusk.addEventListener("change", dress);
dress();
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("docs");
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    // Deep links would put a link inside each operation's button, which no keyboard can reach.
    deepLinking: false,
    tryItOutEnabled: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
  });
});
