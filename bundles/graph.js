// The drawing of whole graphs: what overview.js takes of sigma and graphology.
export { MultiGraph } from "graphology";
export { default as Sigma } from "sigma";
