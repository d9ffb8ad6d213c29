// Where a browser draws no WebGL, a Canvas2D stand-in for what overview.js uses of graphology and
// sigma. Lines lie on a canvas of their own and are drawn some thousands a frame, so that a large
// graph can be moved about in while they come.
const SLICE = 8000;
const STROKE = 256;
const IDLE = 160;
const MOST_LABELS = 400;

export class MultiGraph {
  nodes = [];
  edges = [];

  addNode(key, attributes) { this.nodes.push({ ...attributes, key }); }

  addEdgeWithKey(key, from, to, attributes) {
    this.edges.push({ ...attributes, key, from: Number(from), to: Number(to) });
  }

  forEachEdge(node, visit) {
    const n = Number(node);
    for (const edge of this.edges) if (edge.from === n || edge.to === n) visit(edge.key, edge);
  }
}

class Camera {
  state = { x: 0.5, y: 0.5, ratio: 1, angle: 0 };

  constructor(settings, changed) {
    this.settings = settings;
    this.changed = changed;
  }

  get ratio() { return this.state.ratio; }

  getState() { return { ...this.state }; }

  setState(to) {
    this.state = { ...this.state, ...to };
    const { minCameraRatio, maxCameraRatio } = this.settings;
    this.state.ratio = Math.min(Math.max(this.state.ratio, minCameraRatio), maxCameraRatio);
    this.changed();
  }

  animate(to) { this.setState(to); }
}

export class Sigma {
  constructor(graph, holder, settings) {
    Object.assign(this, { graph, holder, settings, heard: {}, hovered: -1, points: new Map() });
    this.camera = new Camera(settings, () => this.moved());
    [this.under, this.over] = [0, 1].map(() => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
      holder.append(canvas);
      return canvas.getContext("2d");
    });
    Object.assign(holder.style, { position: "relative", touchAction: "none" });
    const xs = graph.nodes.map((node) => node.x);
    const ys = graph.nodes.map((node) => node.y);
    const ends = (all) => all.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)],
      [Infinity, -Infinity]);
    const [[left, right], [low, high]] = [ends(xs), ends(ys)];
    const span = Math.max(right - left, high - low) || 1;
    this.xs = Float32Array.from(xs, (x) => 0.5 + (x - (left + right) / 2) / span);
    this.ys = Float32Array.from(ys, (y) => 0.5 + (y - (low + high) / 2) / span);
    this.listen();
    new ResizeObserver(() => this.resize()).observe(holder);
    this.refresh();
    this.resize();
  }

  getCamera() { return this.camera; }

  getNodeDisplayData(key) { return { x: this.xs[Number(key)], y: this.ys[Number(key)] }; }

  setSetting(name, value) { this.settings[name] = value; }

  on(name, told) { this.heard[name] = told; }

  tell(name, event = {}) { this.heard[name]?.({ ...event, preventSigmaDefault() {} }); }

  // What each dot and line looks like: once a change, not once a frame.
  refresh() {
    const { nodeReducer, edgeReducer } = this.settings;
    this.dots = this.graph.nodes.map((node) => nodeReducer(node.key, node));
    this.order = [...this.dots.keys()].filter((n) => !this.dots[n].hidden)
      .sort((a, b) => (this.dots[a].zIndex ?? 0) - (this.dots[b].zIndex ?? 0) || this.dots[a].size - this.dots[b].size);
    this.lines = [];
    for (const edge of this.graph.edges) {
      const look = edgeReducer(edge.key, edge);
      if (!look.hidden) this.lines.push({ from: edge.from, to: edge.to, ...look });
    }
    this.lines.sort((a, b) => (a.zIndex ?? 0) - (b.zIndex ?? 0) || (a.color < b.color ? -1 : Number(a.color > b.color)));
    this.ask();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.holder;
    const dense = Math.min(devicePixelRatio || 1, 2);
    for (const { canvas } of [this.under, this.over]) {
      canvas.width = width * dense;
      canvas.height = height * dense;
    }
    Object.assign(this, { width, height, dense });
    this.ask();
  }

  moved() {
    this.moving = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => { this.moving = false; this.ask(); }, IDLE);
    this.ask();
  }

  ask() {
    if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.draw(); });
  }

  get scale() {
    return (Math.min(this.width, this.height) - 2 * this.settings.stagePadding) / this.camera.ratio;
  }

  x(n) { return this.width / 2 + (this.xs[n] - this.camera.state.x) * this.scale; }

  y(n) { return this.height / 2 - (this.ys[n] - this.camera.state.y) * this.scale; }

  size(n) { return this.dots[n].size / Math.sqrt(this.camera.ratio); }

  draw() {
    const { under, over, dense, width, height } = this;
    for (const context of [under, over]) {
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, width, height);
    }
    cancelAnimationFrame(this.drawing);
    if (!(this.moving && this.settings.hideEdgesOnMove)) this.drawLines(0);
    const { labelRenderedSizeThreshold: least, defaultDrawNodeLabel, defaultDrawNodeHover } = this.settings;
    const named = [];
    const away = 1 / Math.sqrt(this.camera.ratio);
    let colour = null;
    for (const n of this.order) {
      const dot = this.dots[n];
      const x = this.x(n);
      const y = this.y(n);
      const size = dot.size * away;
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      if (dot.color !== colour) over.fillStyle = colour = dot.color;
      // A square of a few pixels looks like a dot and takes a tenth of the time.
      if (size < 1.6 || (this.moving && size < 4)) over.fillRect(x - size, y - size, 2 * size, 2 * size);
      else {
        over.beginPath();
        over.arc(x, y, size, 0, 2 * Math.PI);
        over.fill();
      }
      if (dot.label && (dot.forceLabel || size >= least)) named.push({ ...dot, x, y, size });
    }
    this.tell("beforeRender");
    for (const dot of named.reverse().slice(0, MOST_LABELS)) defaultDrawNodeLabel(over, dot, this.settings);
    if (this.hovered >= 0) {
      const n = this.hovered;
      const dot = { ...this.dots[n], x: this.x(n), y: this.y(n), size: this.size(n) };
      defaultDrawNodeHover(over, { ...dot, label: this.graph.nodes[n].label }, this.settings);
    }
  }

  drawLines(start) {
    const { under, width, height } = this;
    const end = Math.min(start + SLICE, this.lines.length);
    let style = "";
    let open = 0;
    under.beginPath();
    for (let i = start; i < end; i += 1) {
      const { from, to, color, size } = this.lines[i];
      const [x1, y1, x2, y2] = [this.x(from), this.y(from), this.x(to), this.y(to)];
      if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0 || Math.min(x1, x2) > width || Math.min(y1, y2) > height) continue;
      if (style !== color + size || open === STROKE) {  // one stroke of thousands of lines is slow
        under.stroke();
        under.beginPath();
        open = 0;
        style = color + size;
        under.strokeStyle = color;
        under.lineWidth = size;
      }
      under.moveTo(x1, y1);
      under.lineTo(x2, y2);
      open += 1;
    }
    under.stroke();
    if (end < this.lines.length) this.drawing = requestAnimationFrame(() => this.drawLines(end));
  }

  at(event) {
    const box = this.holder.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let found = -1;
    for (const n of this.order) {  // the last one lies on top
      const near = Math.hypot(this.x(n) - px, this.y(n) - py);
      if (near <= this.size(n) + 3) found = n;
    }
    return found;
  }

  hover(n) {
    if (n === this.hovered) return;
    this.hovered = n;
    this.tell(n < 0 ? "leaveNode" : "enterNode", { node: String(n) });
    this.ask();
  }

  zoom(by, event) {
    const { x, y, ratio } = this.camera.state;
    const box = this.holder.getBoundingClientRect();
    const [dx, dy] = [event.clientX - box.left - this.width / 2, event.clientY - box.top - this.height / 2];
    const before = this.scale;
    this.camera.setState({ ratio: ratio * by });
    this.camera.setState({ x: x + dx / before - dx / this.scale, y: y - dy / before + dy / this.scale });
  }

  listen() {
    const { holder, points } = this;
    const wide = () => {
      const [one, other] = [...points.values()];
      return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    };
    let begun = null;
    holder.addEventListener("pointerdown", (event) => {
      points.set(event.pointerId, event);
      begun = points.size === 1 ? event : null;
      holder.setPointerCapture(event.pointerId);
    });
    holder.addEventListener("pointermove", (event) => {
      const before = points.get(event.pointerId);
      if (!before) {
        this.hover(this.at(event));
        return;
      }
      const gap = points.size === 2 ? wide() : 0;
      points.set(event.pointerId, event);
      if (gap) this.zoom(gap / wide(), event);
      else if (points.size === 1) {
        const { x, y } = this.camera.state;
        this.camera.setState({ x: x - (event.clientX - before.clientX) / this.scale,
          y: y + (event.clientY - before.clientY) / this.scale });
      }
    });
    const ended = (event) => {
      points.delete(event.pointerId);
      if (event.type === "pointerup" && begun
        && Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) < 4) {
        const n = this.at(event);
        this.tell(n < 0 ? "clickStage" : "clickNode", { node: String(n) });
      }
      begun = null;
    };
    holder.addEventListener("pointerup", ended);
    holder.addEventListener("pointercancel", ended);
    holder.addEventListener("pointerleave", () => this.hover(-1));
    holder.addEventListener("dblclick", (event) => {
      const n = this.at(event);
      if (n >= 0) this.tell("doubleClickNode", { node: String(n) });
    });
    holder.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, event);
    }, { passive: false });
  }
}
