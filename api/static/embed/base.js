// What the elements for other pages share: where the glossary is, words, one style sheet each.
export const base = new URL("../../", import.meta.url);

const WORDS = {
  silent: { en: "The glossary does not answer.", de: "Das Glossar antwortet nicht." },
  missing: { en: "This term is not in the glossary.", de: "Dieser Begriff steht nicht im Glossar." },
  open: { en: "Open {label} in the glossary", de: "{label} im Glossar öffnen" },
  map: { en: "Concept map of {label}", de: "Begriffskarte zu {label}" },
  excerpt: { en: "excerpt", de: "Auszug" },
};

/** A text in the language of the place where an element stands, or in English. */
export const word = (element, key, label = "") => {
  const tag = (element.closest("[lang]")?.lang ?? "").split("-")[0].toLowerCase();
  return (WORDS[key][tag] ?? WORDS[key].en).replace("{label}", label);
};

/** The page of a term. Every file server knows the address with its suffix. */
export const page = (term) => new URL(`concepts/${encodeURIComponent(term)}.html`, base).href;

// Constructed sheets and attributes only: the policies of other pages refuse inline styles.
export const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

export const make = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
