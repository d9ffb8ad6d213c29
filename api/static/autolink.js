// Served as /autolink.js, for pages elsewhere: makes the first mention of each term of a section a
// <glossary-term>. The page's text is matched here and goes nowhere.
//   <script type="module" src="https://glossary.example/autolink.js"></script>
import "./embed.js";
import { link } from "./static/embed/autolink.js";

const own = [...document.scripts].find((each) => each.src === import.meta.url);
const asked = own?.dataset ?? {};
const begin = () => link({
  roots: asked.root ? document.querySelectorAll(asked.root) : undefined,
  limit: asked.limit ? Number(asked.limit) : undefined,
  skip: asked.skip,
  theme: asked.theme,
}).catch((error) => console.info(`glossgraph: ${error.message}`));
if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
else begin();

export { link };
