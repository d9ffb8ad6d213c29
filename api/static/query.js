// What the query page adds where JavaScript runs: an editor that colours and completes, the link to
// copy, the results as files. Without it the form and the table stand on their own.
const root = document.body.dataset.root ?? "";
const form = document.getElementById("ask");
const field = document.getElementById("query");
const label = document.querySelector("label[for='query']");

// --- completion -----------------------------------------------------------------------------------

const KEYWORDS = ["SELECT", "DISTINCT", "WHERE", "OPTIONAL", "FILTER", "UNION", "GRAPH", "ORDER BY",
  "GROUP BY", "LIMIT", "OFFSET", "COUNT", "BIND", "VALUES", "ASK", "CONSTRUCT", "DESCRIBE", "MINUS",
  "NOT EXISTS", "LANG", "STR", "CONTAINS", "REGEX", "HAVING", "AS"]
  .map((each) => ({ label: each, type: "keyword" }));
const words = JSON.parse(form.dataset.words).map(([name, detail, type]) => ({ label: name, detail, type }));

const labelled = async (text, base) => {
  const answer = await fetch(`${root}/api/suggest?limit=7&q=${encodeURIComponent(text)}`);
  if (!answer.ok) return [];
  return (await answer.json()).suggestions.map((each) => ({
    label: each.label, detail: each.kind_name, type: "constant",
    apply: `<${base}${encodeURIComponent(each.slug)}>`,
  }));
};

const complete = async (context) => {
  const word = context.matchBefore(/[?\w:-]+/);
  if (!word && !context.explicit) return null;
  const text = word?.text ?? "";
  const from = word?.from ?? context.pos;
  if (text.startsWith("?")) {
    const known = new Set(context.state.doc.toString().match(/\?\w+/g));
    known.delete(text);
    return { from, options: [...known].map((name) => ({ label: name, type: "variable" })) };
  }
  const terms = text.length > 2 && !text.includes(":")
    ? await labelled(text, form.dataset.concepts).catch(() => []) : [];
  return { from, options: [...words, ...terms, ...(text.includes(":") ? [] : KEYWORDS)] };
};

// --- editor ---------------------------------------------------------------------------------------

const mount = (library) => {
  const { basicSetup, EditorView, EditorState, HighlightStyle, Prec, keymap, sparql, SparqlLanguage,
    syntaxHighlighting, tags } = library;
  const host = document.createElement("div");
  host.className = "editor";
  field.after(host);
  // CodeMirror brings styles: in a shadow root it adopts a style sheet, which the policy lets it.
  const shadow = host.attachShadow({ mode: "open" });
  const run = () => { form.requestSubmit(); return true; };
  const theme = EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "13px", borderRadius: "10px" },
    "&.cm-focused": { outline: "2.5px solid var(--accent)", outlineOffset: "2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", minHeight: "190px", maxHeight: "60vh" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { color: "var(--ink3)", backgroundColor: "var(--card)", borderRight: "1px solid var(--line)", borderRadius: "10px 0 0 10px" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
    "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-bg) !important" },
    ".cm-matchingBracket": { backgroundColor: "var(--mark) !important" },
    ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--card)", border: "1px solid var(--line2)", borderRadius: "9px" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--ink)", background: "var(--accent-bg)" },
    ".cm-completionIcon": { display: "none" },
    ".cm-completionDetail": { color: "var(--ink2)" },
  });
  const colours = HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--hierarchy)", fontWeight: "600" },
    { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--sequence)" },
    { tag: [tags.string, tags.literal], color: "var(--measurement)" },
    { tag: [tags.url, tags.link, tags.namespace, tags.propertyName, tags.typeName], color: "var(--cause)" },
    { tag: tags.comment, color: "var(--ink3)" },
  ]);
  const view = new EditorView({
    parent: shadow, root: shadow,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }])), basicSetup, sparql(),
        SparqlLanguage.data.of({ autocomplete: complete }), syntaxHighlighting(colours), theme,
        EditorView.lineWrapping,
        // A browser that types over several lines keeps their look in style attributes, which the
        // policy forbids; so the text is put in by the editor itself. What is typed over is asked
        // of the document: the editor may hear of a new selection later than of the letter.
        EditorView.domEventHandlers({
          beforeinput: (event, at) => {
            const over = shadow.getSelection?.() ?? document.getSelection();
            if (event.inputType !== "insertText" || over.isCollapsed
              || !at.contentDOM.contains(over.anchorNode)) return false;
            const ends = [at.posAtDOM(over.anchorNode, over.anchorOffset),
              at.posAtDOM(over.focusNode, over.focusOffset)];
            const from = Math.min(...ends);
            const insert = at.state.toText(event.data ?? "");
            event.preventDefault();
            at.dispatch({ changes: { from, to: Math.max(...ends), insert },
              selection: { anchor: from + insert.length }, userEvent: "input.type", scrollIntoView: true });
            return true;
          },
        }),
        EditorView.contentAttributes.of({ "aria-label": label.textContent, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) field.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  label.removeAttribute("for");
  label.hidden = true;
  field.required = false;
  field.hidden = true;
  form.dataset.ready = "true";
  return view;
};

// --- results --------------------------------------------------------------------------------------

const asked = new URLSearchParams(location.search).get("query");
const bar = document.getElementById("taking");
if (bar && asked) {
  bar.hidden = false;
  const said = bar.querySelector("[role='status']");
  bar.querySelector("[data-copy]").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = bar.dataset.copied;
    } catch { said.textContent = location.href; }
  });
  for (const button of bar.querySelectorAll("[data-type]")) {
    button.addEventListener("click", async () => {
      const answer = await fetch(`${root}/sparql?query=${encodeURIComponent(asked)}`,
        { headers: { Accept: button.dataset.type } });
      if (!answer.ok) { said.textContent = `${answer.status} ${answer.statusText}`; return; }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `results.${button.dataset.suffix}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
}

mount(await import(new URL(form.dataset.library, location.href)));
