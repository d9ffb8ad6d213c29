// Finds the terms of a glossary in running text: leftmost-longest, over a trie of word tokens. The
// rules and their tables are those of the server (extract/matcher.py), which a test compares.
const SPACELESS = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005\\u3040-\\u30ff\\u3400-\\u9fff"
  + "\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{2ffff}";
const LETTER = `(?![${SPACELESS}])[\\p{L}\\p{N}]`;
const TOKENS = `[${SPACELESS}]|(?:${LETTER})+(?:['’](?:${LETTER})+)*[+#]*|[%&@€$£]`;
const GAP = /^(?:[^\S\n]*(?:[-‐‑‒–/_'’"”“\u00ad]?|\n)[^\S\n]*|\.)$/u;
const ODD_GAP = /^[^\S\n]*[,;:()[\]—][^\S\n]*[(]?$/u;
const HYPHENS = new Set("-‐‑\u00ad");
const POSSESSIVE = /(?:['’]s|(?<=s)['’])$/iu;
const PLURAL_ACRONYM = /^[A-Z][A-Z0-9]+s$/;
const HANGUL = /[\uac00-\ud7af]/u;
const KATAKANA = /[\u30a0-\u30ff]/u;
const LIKE_QUOTE = /[‘’‚‛′ʼ´`]/gu;
const LIKE_DASH = /[‐‑‒–—―−]/gu;
const NOTHING = /[\u00ad\u200b-\u200d\u2060\ufeff]/gu;

const fold = (text) => text.normalize("NFKC").replace(LIKE_QUOTE, "'").replace(LIKE_DASH, "-")
  .replace(NOTHING, "").toLowerCase().replace(/ß/gu, "ss").replace(/ς/gu, "σ").trim().replace(/\s+/gu, " ");

const isAcronym = (text) => {
  const letters = [...text].filter((each) => /\p{L}/u.test(each));
  if ([...text].length < 2 || [...text].length > 10 || !letters.length || text.includes(" ")) return false;
  const capitals = letters.filter((each) => /\p{Lu}/u.test(each)).length;
  return capitals >= 2 && capitals * 2 >= letters.length;
};

const upper = (text) => text === text.toUpperCase() && text !== text.toLowerCase();

export class Matcher {
  /** `index` is the server's /labels.json. */
  constructor(index) {
    const { rules, concepts } = index;
    this.common = new Set(rules.common);
    this.particles = new Set(rules.particles);
    this.singulars = new Set(rules.singulars);
    this.irregular = new Map(Object.entries(rules.irregular));
    this.plural = rules.plural;
    const elided = (rules.elisions ?? []).join("|");
    const before = elided ? `(?<!${LETTER})(?:${elided})(?=['’]${LETTER})|` : "";
    this.token = new RegExp(before + TOKENS, elided ? "giu" : "gu");
    this.forms = new Map();
    this.root = { next: new Map(), labels: [] };
    for (const [slug, ...labels] of concepts) {
      labels.forEach((label, place) => this.#add(label, slug, place === 0));
    }
  }

  #singular(word) {
    if (this.plural === "none") return word;
    if (this.plural === "final-s") return word.length > 3 && word.endsWith("s") ? word.slice(0, -1) : word;
    if (this.common.has(word)) return word;
    if (this.irregular.has(word)) return this.irregular.get(word);
    if (word.length < 3 || !word.endsWith("s") || this.singulars.has(word)) return word;
    if (/(?:ss|us|is|'s)$/.test(word)) return word.endsWith("'s") ? word.slice(0, -2) : word;
    if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
    if (/(?:sses|shes|ches|xes|zzes)$/.test(word)) return word.slice(0, -2);
    return word.slice(0, -1);
  }

  /** The form in which a token is compared. */
  #form(token) {
    let form = this.forms.get(token);
    if (form === undefined) {
      let bare = token.replace(POSSESSIVE, "") || token;
      if (PLURAL_ACRONYM.test(bare)) bare = bare.slice(0, -1);
      const word = fold(bare);
      form = word === "&" ? "and" : this.#singular(word);
      this.forms.set(token, form);
    }
    return form;
  }

  #add(label, slug, preferred) {
    const bare = label.trim().normalize("NFKC");
    const found = [...label.matchAll(this.token)];
    const tokens = found.map((each) => this.#form(each[0]));
    if (!tokens.length) return;
    if (tokens.length === 1 && !isAcronym(label.trim()) && this.common.has(tokens[0])) return;
    const gaps = found.slice(1).map((each, i) => label.slice(found[i].index + found[i][0].length, each.index));
    const entry = {
      slug,
      preferred,
      capitals: isAcronym(bare) || [...bare].length === 1 ? bare : "",
      odd: gaps.some((gap) => !GAP.test(gap)),
    };
    const spellings = new Map([[tokens.join(" "), tokens]]);
    gaps.forEach((gap, i) => {
      const closes = HYPHENS.has(gap) || (gap === " " && gaps.length === 1 && this.particles.has(tokens[i + 1]));
      if (!closes) return;
      const closed = [...tokens.slice(0, i), this.#form(tokens[i] + tokens[i + 1]), ...tokens.slice(i + 2)];
      spellings.set(closed.join(" "), closed);
    });
    for (const spelling of spellings.values()) {
      let node = this.root;
      for (const token of spelling) {
        if (!node.next.has(token)) node.next.set(token, { next: new Map(), labels: [] });
        node = node.next.get(token);
      }
      node.labels.push(entry);
    }
  }

  /** The terms in a text in order: {start, end, slug}; slug is null where several have the label. */
  find(text) {
    const tokens = [...text.matchAll(this.token)].map((each) => (
      { start: each.index, end: each.index + each[0].length, word: this.#form(each[0]), joined: undefined }));
    tokens.slice(0, -1).forEach((token, i) => {
      const next = tokens[i + 1];
      if (next.start === token.end + 1 && HYPHENS.has(text[token.end])) {
        token.joined = this.#form(text.slice(token.start, token.end) + text.slice(next.start, next.end));
      }
    });
    const found = [];
    for (let at = 0; at < tokens.length; at += 1) {
      if (!this.root.next.has(tokens[at].word) && tokens[at].joined === undefined) continue;
      const best = this.#longest(text, tokens, at);
      if (!best) continue;
      const last = tokens[best.last];
      const ending = POSSESSIVE.exec(text.slice(last.start, last.end));
      found.push({ start: tokens[at].start, end: last.end - (ending?.[0].length ?? 0), slug: best.slug });
      at = best.last;
    }
    return found;
  }

  #longest(text, tokens, at) {
    let best = null;
    const steps = [[this.root, at, false]];
    while (steps.length) {
      const [node, here, crossed] = steps.pop();
      if (node.labels.length && (!best || here - 1 > best.last)) {
        const fitting = node.labels.filter((label) => (label.odd || !crossed)
          && this.#fits(text, label, tokens[at].start, tokens[here - 1].end));
        if (fitting.length) best = { last: here - 1, slug: choose(fitting) };
      }
      if (here === tokens.length) continue;
      const { word, joined } = tokens[here];
      const following = node.next.get(word);
      const closed = joined === undefined ? undefined : node.next.get(joined);
      if (!following && !closed) continue;
      let odd = crossed;
      if (here > at) {
        const gap = text.slice(tokens[here - 1].end, tokens[here].start);
        if (gap !== " " && !GAP.test(gap)) {
          if (!ODD_GAP.test(gap)) continue;
          odd = true;
        }
      }
      if (closed) steps.push([closed, here + 2, odd]);
      if (following) steps.push([following, here + 1, odd]);
    }
    return best;
  }

  #fits(text, label, start, end) {
    if (label.capitals) {
      const surface = text.slice(start, end).replace(POSSESSIVE, "").normalize("NFKC");
      const bare = surface.endsWith("s") ? surface.slice(0, -1) : surface;
      const wanted = label.capitals.endsWith("s") ? label.capitals.slice(0, -1) : label.capitals;
      if (bare !== wanted && !(upper(bare) && bare === wanted.toUpperCase())) return false;
    }
    const [first, last] = [text[start], text[end - 1]];
    if (first < "\u3000" && last < "\u3000") return true;
    const [before, after] = [text[start - 1] ?? " ", text[end] ?? " "];
    if (HANGUL.test(first) && HANGUL.test(before)) return false;
    return !((KATAKANA.test(first) && KATAKANA.test(before)) || (KATAKANA.test(last) && KATAKANA.test(after)));
  }
}

// Of several concepts with a label, the one whose headword it is; a guess would be worse than none.
const choose = (labels) => {
  const own = new Set(labels.filter((each) => each.preferred).map((each) => each.slug));
  const all = new Set(labels.map((each) => each.slug));
  const [only] = own.size === 1 ? own : all.size === 1 ? all : [null];
  return only;
};
