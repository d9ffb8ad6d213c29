// A page copied from a browser comes as HTML beside its plain text; the HTML says what is a heading.
const text = document.getElementById("text");
const form = document.getElementById("form");
text?.addEventListener("paste", (event) => {
  const html = event.clipboardData?.getData("text/html");
  if (!html || text.value.trim()) return;
  event.preventDefault();
  text.value = html;
  form.value = "html";
});
