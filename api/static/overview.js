// The whole graph in WebGL, or on a plain canvas where there is none: places come from the server, so nothing moves but the reader. Filters
// hide, the search field and a click show one concept with what it is related to.
import { combobox } from "./combobox.js";

const root = document.body.dataset.root ?? "";
const section = document.getElementById("overview");
const holder = document.getElementById("canvas");
const form = document.getElementById("filters");
const card = document.getElementById("card");
const MANY = 20000;
const still = matchMedia("(prefers-reduced-motion: reduce)");

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const parts = (hex) => {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16));
};
// Edges are opaque: what shines through WebGL's canvas depends on how many lie over each other.
const mixed = (one, other, share) => {
  const to = parts(other);
  return `#${parts(one).map((value, i) => Math.round(value * share + to[i] * (1 - share))
    .toString(16).padStart(2, "0")).join("")}`;
};

const TOKENS = { "kind-part": "--hierarchy", cause: "--cause", sequence: "--sequence",
  measurement: "--measurement", people: "--people", association: "--association" };

const palette = (families, faintly) => {
  const ground = colour("--card");
  const own = families.map((key) => colour(TOKENS[key] ?? "--association"));
  return {
    ground, ink: colour("--ink"), line: colour("--line2"), accent: colour("--accent"),
    strong: own, faint: own.map((each) => mixed(each, ground, faintly)),
    node: mixed(colour("--ink2"), ground, 0.85), implied: mixed(colour("--ink3"), ground, 0.55),
    away: mixed(colour("--ink3"), ground, 0.22),
  };
};

const draws = (kind, wish) => {
  try {
    return Boolean(document.createElement("canvas").getContext(kind, wish));
  } catch { return false; }
};

const columns = (data) => {
  const { concepts, relations } = data;
  const implied = new Set(concepts.implied);
  const bySlug = new Map(concepts.slug.map((slug, n) => [slug, n]));
  const mention = data.bases.indexOf("mention");
  const degree = new Uint32Array(concepts.slug.length);
  relations.subject.forEach((subject, r) => {
    if (relations.basis[r] !== mention) { degree[subject] += 1; degree[relations.object[r]] += 1; }
  });
  return { ...data, implied, bySlug, mention, degree };
};

const drawn = async (data, { MultiGraph, Sigma }) => {
  const { concepts, relations } = data;
  const count = concepts.slug.length;
  const graph = new MultiGraph();
  // Neighbours lie 10 units apart; dots take half of that, the best connected more.
  let reach = 10;
  for (let n = 0; n < count; n += 1) {
    reach = Math.max(reach, Math.abs(concepts.x[n]), Math.abs(concepts.y[n]));
  }
  const apart = Math.min(holder.clientWidth, holder.clientHeight) / (0.2 * reach + 4);
  const dot = Math.min(Math.max(apart * 0.5, 0.9), 8);
  const most = data.degree.reduce((a, b) => Math.max(a, b), 1);
  const faintly = count > 5000 ? 0.2 : 0.5;
  for (let n = 0; n < count; n += 1) {
    graph.addNode(String(n), { n, x: concepts.x[n], y: -concepts.y[n], label: concepts.label[n],
      size: dot * (0.5 + 0.75 * Math.sqrt(data.degree[n] / most)) });
  }
  const add = (mentions) => {
    for (let r = 0; r < relations.subject.length; r += 1) {
      if ((relations.basis[r] === data.mention) === mentions) {
        graph.addEdgeWithKey(String(r), String(relations.subject[r]), String(relations.object[r]),
          { r, size: count > 5000 ? 0.6 : 1.1 });
      }
    }
  };
  add(false);

  let look = palette(data.families, faintly);
  let chosen = -1;
  let beside = new Set();
  let added = false;
  let wanted = { families: new Set(data.families.keys()), confidence: 0, implied: true,
    mentions: false, sets: null };

  const seen = (n) => (wanted.implied || !data.implied.has(n))
    && (!wanted.sets || wanted.sets.has(concepts.sources[n]));
  const joined = (r) => wanted.families.has(relations.family[r])
    && relations.confidence[r] >= wanted.confidence
    && (wanted.mentions || relations.basis[r] !== data.mention)
    && (!wanted.sets || wanted.sets.has(relations.sources[r]))
    && seen(relations.subject[r]) && seen(relations.object[r]);

  const onHover = (context, node, settings) => {
    context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    const wide = context.measureText(node.label).width + 12;
    context.fillStyle = look.ground;
    context.strokeStyle = look.line;
    context.beginPath();
    context.roundRect(node.x + node.size + 2, node.y - 12, wide, 24, 7);
    context.fill();
    context.stroke();
    context.fillStyle = look.ink;
    context.fillText(node.label, node.x + node.size + 8, node.y + settings.labelSize / 3);
    context.beginPath();
    context.arc(node.x, node.y, node.size + 2, 0, 2 * Math.PI);
    context.strokeStyle = look.accent;
    context.lineWidth = 2;
    context.stroke();
  };

  // A label that would lie over one drawn before it is left out; the chosen concept's never is.
  let taken = [];
  const onLabel = (context, node, settings) => {
    if (!node.label) return;
    context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    const left = node.x + node.size + 3;
    const box = [left - 2, node.y - 9, left + context.measureText(node.label).width + 4, node.y + 9];
    const free = taken.every((other) => box[0] >= other[2] || box[2] <= other[0]
      || box[1] >= other[3] || box[3] <= other[1]);
    if (!free && node.n !== chosen) return;
    taken.push(box);
    if (node.n === chosen) {
      context.fillStyle = look.ground;
      context.fillRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    }
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = look.ground;
    context.fillStyle = look.ink;
    context.strokeText(node.label, left, node.y + settings.labelSize / 3);
    context.fillText(node.label, left, node.y + settings.labelSize / 3);
  };

  const view = new Sigma(graph, holder, {
    labelFont: "Inter, sans-serif", labelWeight: "500", labelSize: 12.5,
    labelColor: { color: look.ink }, labelDensity: 1, labelGridCellSize: 90,
    labelRenderedSizeThreshold: dot * 0.85, hideEdgesOnMove: count > 5000,
    zIndex: true, stagePadding: 34, minCameraRatio: 0.004, maxCameraRatio: 3,
    defaultDrawNodeHover: onHover, defaultDrawNodeLabel: onLabel, allowInvalidContainer: true,
    nodeReducer: (key, node) => {
      if (!seen(node.n)) return { ...node, hidden: true };
      const colour = data.implied.has(node.n) ? look.implied : look.node;
      if (chosen < 0) return { ...node, color: colour };
      if (node.n === chosen) return { ...node, color: look.accent, size: Math.max(node.size * 1.2, 6), zIndex: 2, forceLabel: true };
      if (beside.has(node.n)) return { ...node, color: colour, zIndex: 1, forceLabel: beside.size <= 14 };
      return { ...node, color: look.away, label: "", zIndex: 0 };
    },
    edgeReducer: (key, edge) => {
      if (!joined(edge.r)) return { hidden: true };
      const family = relations.family[edge.r];
      if (chosen < 0) return { color: look.faint[family], size: edge.size };
      const near = relations.subject[edge.r] === chosen || relations.object[edge.r] === chosen;
      return near ? { color: look.strong[family], size: 1.8, zIndex: 1 } : { hidden: true };
    },
  });
  view.on("beforeRender", () => { taken = []; });
  const camera = view.getCamera();
  const go = (to) => { if (still.matches) camera.setState(to); else camera.animate(to, { duration: 400 }); };

  const counts = document.querySelectorAll("#shown b");
  const tell = () => {
    let nodes = 0;
    let edges = 0;
    for (let n = 0; n < count; n += 1) if (seen(n)) nodes += 1;
    for (let r = 0; r < relations.subject.length; r += 1) if (joined(r)) edges += 1;
    counts[0].textContent = nodes.toLocaleString(document.documentElement.lang);
    counts[1].textContent = edges.toLocaleString(document.documentElement.lang);
  };

  const choose = async (n, { move = false } = {}) => {
    chosen = n;
    beside = new Set();
    card.hidden = n < 0;
    if (n >= 0) {
      graph.forEachEdge(String(n), (key, edge) => {
        if (joined(edge.r)) beside.add(relations.subject[edge.r]).add(relations.object[edge.r]);
      });
      beside.delete(n);
      const slug = encodeURIComponent(concepts.slug[n]);
      const link = card.querySelector("h2 a");
      link.textContent = concepts.label[n];
      link.href = `${root}/concepts/${slug}`;
      const map = card.querySelector("[data-map]");
      map.href = `${map.dataset.map}${slug}`;
      const said = card.querySelector("p");
      said.textContent = "";
      fetch(`${root}/api/concepts/${slug}`).then((answer) => (answer.ok ? answer.json() : null)).then((found) => {
        const text = found?.definitions?.[0]?.text ?? "";
        if (chosen === n) said.textContent = text.length > 220 ? `${text.slice(0, 220)} …` : text;
      }).catch(() => {});
    }
    view.refresh({ skipIndexation: true });
    if (n >= 0 && move) {
      const at = view.getNodeDisplayData(String(n));
      go({ x: at.x, y: at.y, ratio: Math.min(camera.ratio, Math.max(0.02, 4 / Math.sqrt(count))) });
    }
  };

  const apply = () => {
    const given = new FormData(form);
    const source = given.get("source");
    const index = (key) => data.families.indexOf(key);
    wanted = {
      families: new Set(given.getAll("family").map(index)),
      confidence: Number(given.get("confidence")),
      implied: given.has("implied"), mentions: given.has("mentions"),
      sets: source ? new Set([...data.sets.keys()].filter((i) => data.sets[i].includes(source))) : null,
    };
    form.querySelector("output").textContent = (wanted.confidence / 100).toFixed(2);
    if (wanted.mentions && !added) { added = true; add(true); }
    tell();
    if (chosen >= 0) choose(seen(chosen) ? chosen : -1); else view.refresh({ skipIndexation: true });
  };

  form.addEventListener("input", (event) => { if (event.target.id !== "focus") apply(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = document.getElementById("focus").value.trim().toLowerCase();
    const n = concepts.label.findIndex((label) => label.toLowerCase() === asked);
    if (n >= 0) choose(n, { move: true });
  });
  const focus = document.getElementById("focus");
  combobox(focus, ({ slug, label }) => {
    focus.value = label;
    if (data.bySlug.has(slug)) choose(data.bySlug.get(slug), { move: true });
  });
  view.on("clickNode", ({ node }) => choose(Number(node)));
  view.on("doubleClickNode", (event) => {
    event.preventSigmaDefault();
    location.href = `${root}/concepts/${encodeURIComponent(concepts.slug[Number(event.node)])}`;
  });
  view.on("clickStage", () => choose(-1));
  view.on("enterNode", () => { holder.style.cursor = "pointer"; });
  view.on("leaveNode", () => { holder.style.cursor = ""; });
  card.querySelector("button").addEventListener("click", () => { choose(-1); holder.focus(); });

  const zoom = {
    in: () => go({ ...camera.getState(), ratio: camera.ratio / 1.6 }),
    out: () => go({ ...camera.getState(), ratio: camera.ratio * 1.6 }),
    all: () => go({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
  };
  for (const button of section.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", zoom[button.dataset.zoom]);
  }
  const step = (dx, dy) => () => {
    const now = camera.getState();
    go({ ...now, x: now.x + dx * 0.15 * now.ratio, y: now.y + dy * 0.15 * now.ratio });
  };
  const keys = { "+": zoom.in, "=": zoom.in, "-": zoom.out, 0: zoom.all, Escape: () => choose(-1),
    ArrowLeft: step(-1, 0), ArrowRight: step(1, 0), ArrowUp: step(0, 1), ArrowDown: step(0, -1) };
  holder.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });

  const repaint = () => {
    look = palette(data.families, faintly);
    view.setSetting("labelColor", { color: look.ink });
    view.refresh({ skipIndexation: true });
  };
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  tell();
  document.fonts.load("500 12.5px Inter").then(() => view.refresh({ skipIndexation: true }));
  section.dataset.ready = String(Math.round(performance.now()));
};

const failed = () => {
  section.hidden = true;
  document.getElementById("failed").hidden = false;
};

if (section) {
  const get = (address) => import(new URL(address, location.href));
  const plain = !draws("webgl2");
  if (!draws("2d")) failed();
  else {
    section.hidden = false;
    try {
      const [library, answer] = await Promise.all([
        get(plain ? section.dataset.flat : section.dataset.library), fetch(`${root}/api/overview`)]);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const data = columns(await answer.json());
      // WebGL without a graphics card takes seconds a frame for that many; a plain canvas does not.
      const slow = !plain && data.degree.length > MANY && !draws("webgl2", { failIfMajorPerformanceCaveat: true });
      await drawn(data, slow ? await get(section.dataset.flat) : library);
    } catch (error) {
      failed();
      console.error(error);
    }
  }
}
