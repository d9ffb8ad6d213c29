// Makes the first mention of each term in each section of a page a <glossary-term>.
import { base, make } from "./base.js";
import { Matcher } from "./matcher.js";

const SKIP = "a, abbr, button, canvas, code, dfn, dt, footer, h1, h2, h3, h4, h5, h6, iframe, input, kbd, "
  + "label, legend, math, menu, nav, noscript, object, option, output, pre, samp, script, select, style, summary, svg, "
  + "template, textarea, title, tt, var, glossary-map, glossary-term, .nolink, [data-nolink], [contenteditable], "
  + "[aria-hidden='true'], [role='button'], [role='heading'], [role='link'], [role='menu'], [role='navigation'], "
  + "[role='search'], [role='tab'], [hidden]";
const BEGINS = "h1, h2, h3, h4, h5, h6, article, section, [role='heading']";
const MOST = 40; // links that a page gets

let asked;
/** The index of labels, asked for once. */
const matcher = () => {
  asked ??= fetch(new URL("labels.json", base), { credentials: "omit" }).then(async (answer) => {
    if (!answer.ok) throw new Error(`the glossary answers ${answer.status}`);
    const index = await answer.json();
    return { index, matcher: new Matcher(index) };
  });
  asked.catch(() => { asked = undefined; });
  return asked;
};

/** The text nodes to look at, each with the number of its section. */
const texts = function* (root, skip, language) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    // A heading is not linked, but it begins a section.
    if (node.matches(BEGINS)) return NodeFilter.FILTER_ACCEPT;
    if (node.matches(skip)) return NodeFilter.FILTER_REJECT;
    const tag = node.getAttribute("lang")?.split("-")[0].toLowerCase();
    return tag && tag !== language ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  });
  let section = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.ELEMENT_NODE) section += node.matches(BEGINS);
    else if (node.data.trim() && !node.parentElement.closest(skip)) yield [node, section];
  }
};

/**
 * Link the terms in `roots` (by default what is the page's matter), at most `limit` of them, nothing
 * inside `skip`. Returns how many links were made. The text is matched here and sent nowhere.
 */
export const link = async ({ roots, limit = MOST, skip = "", theme } = {}) => {
  const { index, matcher: found } = await matcher();
  const passed = skip ? `${SKIP}, ${skip}` : SKIP;
  const language = index.language.split("-")[0].toLowerCase();
  const page = document.documentElement.lang.split("-")[0].toLowerCase();
  if (page && page !== language) return 0;
  const matter = roots ?? document.querySelectorAll("main, [role='main'], article");
  const outermost = [...(matter.length || roots ? matter : [document.body])]
    .filter((each, _, all) => !all.some((other) => other !== each && other.contains(each)));
  let made = 0;
  outermost.forEach((root) => {
    const seen = new Map();
    for (const [node, section] of [...texts(root, passed, language)]) {
      const pieces = [];
      let end = 0;
      for (const match of found.find(node.data)) {
        const key = `${section} ${match.slug}`;
        if (!match.slug || seen.has(key) || made >= limit) continue;
        seen.set(key, true);
        made += 1;
        const words = node.data.slice(match.start, match.end);
        const look = theme ? { theme } : {};
        pieces.push(node.data.slice(end, match.start), make("glossary-term", { term: match.slug, ...look }, words));
        end = match.end;
      }
      if (pieces.length) node.replaceWith(...pieces, node.data.slice(end));
    }
  });
  return made;
};
