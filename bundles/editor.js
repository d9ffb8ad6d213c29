// The editor of the query page: what query.js takes of CodeMirror and its SPARQL grammar.
export { basicSetup, EditorView } from "codemirror";
export { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
export { EditorState, Prec } from "@codemirror/state";
export { keymap } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { sparql, SparqlLanguage } from "codemirror-lang-sparql";
