// Served as /embed.js, for pages elsewhere: <glossary-map> and <glossary-term>.
//   <script type="module" src="https://glossary.example/embed.js"></script>
import "./static/embed/map.js";
import "./static/embed/term.js";

export { base } from "./static/embed/base.js";
