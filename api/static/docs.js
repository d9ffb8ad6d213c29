// Starts Swagger UI from our own files; nothing is fetched from anywhere else.
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
