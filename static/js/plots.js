/* Spectra and light curves, drawn by uPlot out of the stored JSON products.
   A plot that cannot be loaded says so in its place; nothing else on the page depends on it. */

import { READERS } from "./products.js";

const SHAPES = { PN: "circle", M1: "square", M2: "triangle" };
const FONT = "12px system-ui, sans-serif";
const ZOOM = 0.6; // what is left of the range after one step in
const STEP = 0.25; // of the range, for one step aside

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const cameraColour = (camera) => colour(`--${camera.toLowerCase()}`) || colour("--ink");

const drawable = (point, log) =>
  Number.isFinite(point.y) && Number.isFinite(point.x) && (!log || point.y > 0);

function ranges({ cameras, logX, log }) {
  const points = cameras.flatMap((camera) => camera.points.filter((point) => drawable(point, log)));
  const spread = (low, high, log) => {
    if (log) return [low / 1.3, high * 1.3];
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    return [low - margin, high + margin];
  };
  const lows = points.map((p) => (log ? Math.max(p.y - p.error, p.y / 4) : Math.min(0, p.y - p.error)));
  return {
    x: spread(Math.min(...points.map((p) => p.low)), Math.max(...points.map((p) => p.high)), logX),
    y: spread(Math.min(...lows), Math.max(...points.map((p) => p.y + p.error)), log),
  };
}

/* uPlot wants one x column; each camera has its own points, so they are joined with gaps. */
function columns(cameras, log) {
  const tables = cameras.map(({ points }) => {
    const shown = points.filter((point) => drawable(point, log));
    return [shown.map((point) => point.x), shown.map((point) => point.y)];
  });
  return uPlot.join(tables);
}

const SYMBOLS = {
  circle: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  triangle: (c, x, y, r) => {
    c.moveTo(x, y - 1.2 * r);
    c.lineTo(x + 1.1 * r, y + r);
    c.lineTo(x - 1.1 * r, y + r);
    c.closePath();
  },
};

/* Crosses: as wide as the bin, as high as the uncertainty, with the camera's own symbol in the middle. */
function crosses(cameras, log) {
  const draw = (u) => {
    const c = u.ctx;
    const { left, top, width, height } = u.bbox;
    c.save();
    c.beginPath();
    c.rect(left, top, width, height);
    c.clip();
    cameras.forEach((camera, i) => u.series[i + 1].show && drawCamera(u, c, camera));
    c.restore();
  };
  const drawCamera = (u, c, camera) => {
    const ratio = devicePixelRatio;
    c.strokeStyle = c.fillStyle = cameraColour(camera.name);
    c.lineWidth = 1.2 * ratio;
    const size = (camera.points.length > 150 ? 1.7 : 2.6) * ratio;
    for (const point of camera.points.filter((p) => drawable(p, log))) drawPoint(u, c, point, camera, size);
    drawBackground(u, c, camera.points);
    drawModel(u, c, camera.points);
  };
  /* A step for each bin: the model was folded through the camera, so it is compared bin by bin. */
  const drawModel = (u, c, points) => {
    c.beginPath();
    for (const point of points.filter((p) => p.model > 0)) {
      const y = u.valToPos(point.model, "y", true);
      c.lineTo(u.valToPos(point.low, "x", true), y);
      c.lineTo(u.valToPos(point.high, "x", true), y);
    }
    c.stroke();
  };
  const drawBackground = (u, c, points) => {
    c.save();
    c.globalAlpha = 0.55;
    c.lineWidth = devicePixelRatio;
    c.setLineDash([2 * devicePixelRatio, 2 * devicePixelRatio]);
    c.beginPath();
    for (const point of points.filter((p) => p.background > 0)) {
      const y = u.valToPos(point.background, "y", true);
      c.moveTo(u.valToPos(point.low, "x", true), y);
      c.lineTo(u.valToPos(point.high, "x", true), y);
    }
    c.stroke();
    c.restore();
  };
  const drawPoint = (u, c, point, camera, size) => {
    const x = u.valToPos(point.x, "x", true);
    const y = u.valToPos(point.y, "y", true);
    const low = point.y - point.error;
    const bottom = log && low <= 0 ? u.bbox.top + u.bbox.height : u.valToPos(low, "y", true);
    c.beginPath();
    c.moveTo(u.valToPos(point.low, "x", true), y);
    c.lineTo(u.valToPos(point.high, "x", true), y);
    c.moveTo(x, bottom);
    c.lineTo(x, u.valToPos(point.y + point.error, "y", true));
    c.stroke();
    c.beginPath();
    SYMBOLS[SHAPES[camera.name] ?? "circle"](c, x, y, size);
    c.fill();
  };
  return { hooks: { draw } };
}

/* The blocks as one line of steps over the points. */
function steps(blocks, log) {
  const draw = (u) => {
    const c = u.ctx;
    const { left, top, width, height } = u.bbox;
    c.save();
    c.beginPath();
    c.rect(left, top, width, height);
    c.clip();
    c.strokeStyle = colour("--blocks");
    c.lineWidth = 2.2 * devicePixelRatio;
    c.beginPath();
    for (const block of blocks.filter((one) => !log || one.rate > 0)) {
      const y = u.valToPos(block.rate, "y", true);
      c.lineTo(u.valToPos(block.from, "x", true), y);
      c.lineTo(u.valToPos(block.to, "x", true), y);
    }
    c.stroke();
    c.restore();
  };
  return { hooks: { draw } };
}

/* Time in which nothing was recorded, or which flares of the background spoilt, is shaded: an empty stretch there says nothing about the source. */
function shading(gaps) {
  const drawClear = (u) => {
    u.ctx.fillStyle = colour("--plot-gap");
    const { left, top, width, height } = u.bbox;
    for (const gap of gaps) {
      const [from, to] = gap.map((x) => Math.min(Math.max(u.valToPos(x, "x", true), left), left + width));
      u.ctx.fillRect(from, top, to - from, height);
    }
  };
  return { hooks: { drawClear } };
}

const plain = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 });
const mantissa = (v) => Number(v.toExponential(6).split("e")[0]);
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function label(value) {
  if (value === null) return "";
  if (value !== 0 && Math.abs(value) < 1e-3) {
    const [digits, power] = value.toExponential(0).split("e");
    const raised = [...String(Number(power))].map((sign) => SUPERSCRIPT[sign]).join("");
    return digits === "1" ? `10${raised}` : `${digits}·10${raised}`;
  }
  return plain.format(value);
}

/* uPlot's own go up by 10 ** n, which Chromium rounds for some n so that they never end. */
function logSplits(u, which, low, high) {
  const splits = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    splits.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  return splits.filter((v) => v >= low && v <= high);
}

function axis(text, log, side) {
  const stroke = () => colour("--ink-2");
  const grid = { stroke: () => colour("--plot-grid"), width: 1 };
  const own = log ? { splits: logSplits, filter: (u, splits) => (side === "y" ? powers(splits) : splits) } : {};
  const size = side === "y" ? (u, values) => 26 + 7 * Math.max(4, ...(values ?? []).map((v) => v.length)) : 36;
  return {
    label: text, stroke, grid, ticks: grid, font: FONT, labelFont: FONT, labelSize: 18, size,
    values: (u, splits) => splits.map(label), ...own,
  };
}

/* On a steep spectrum only whole powers of ten are named; where there are none in sight, 2s and 5s too. */
function powers(splits) {
  const whole = splits.map((v) => (mantissa(v) === 1 ? v : null));
  return whole.filter((v) => v !== null).length > 1 ? whole : splits;
}

/* What is drawn ahead of time gets the size of the plot whose place it will take. */
function sizeOf(box) {
  const place = box.isConnected ? box : document.querySelector(`[data-plot="${box.dataset.plot}"][data-drawn]`);
  return place ? { width: place.clientWidth, height: place.clientHeight } : null;
}

function options(box, { cameras, logX, log, gaps, blocks }, full) {
  return {
    ...sizeOf(box),
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: true }, points: { show: false }, y: false },
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: (u, min, max) => (min === null ? full.x : [min, max]) },
      y: { distr: log ? 3 : 1, range: () => full.y },
    },
    axes: [axis(box.dataset.x, logX, "x"), axis(box.dataset.y, log, "y")],
    series: [{}, ...cameras.map(({ name }) => ({ label: name, points: { show: false }, paths: () => null }))],
    plugins: [shading(gaps), crosses(cameras, log), steps(blocks, log)],
  };
}

function zoomed([low, high], how, log) {
  const there = log ? Math.log : (v) => v;
  const back = log ? Math.exp : (v) => v;
  const [a, b] = [there(low), there(high)];
  const factor = { in: ZOOM, out: 1 / ZOOM }[how] ?? 1;
  const shift = ({ left: -STEP, right: STEP }[how] ?? 0) * (b - a);
  const half = ((b - a) * factor) / 2;
  const middle = (a + b) / 2 + shift;
  return [back(middle - half), back(middle + half)];
}

const KEYS = { "+": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "all" };

/* A plot and the buttons around it; switching the scale draws it anew, what is in view stays. */
class Drawn {
  constructor(box, shown) {
    this.box = box;
    this.shown = shown;
    this.draw();
  }

  draw() {
    const { box, shown } = this;
    const view = this.plot ? [this.plot.scales.x.min, this.plot.scales.x.max] : null;
    this.plot?.destroy();
    this.full = ranges(shown);
    this.plot = new uPlot(options(box, shown, this.full), columns(shown.cameras, shown.log), box);
    this.show(view ?? this.full.x);
    this.plot.over.addEventListener("dblclick", () => this.show(this.full.x));
    touch(this);
  }

  show([min, max]) {
    this.plot.setScale("x", { min, max });
  }

  act(how) {
    const { min, max } = this.plot.scales.x;
    this.show(how === "all" ? this.full.x : zoomed([min, max], how, this.shown.logX));
  }
}

/* One finger moves the plot sideways, two zoom it; up and down the page scrolls as ever. */
function touch(drawn) {
  const fingers = new Map();
  const { over } = drawn.plot;
  const value = (clientX) => drawn.plot.posToVal(clientX - over.getBoundingClientRect().left, "x");
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, value(event.clientX));
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const held = fingers.get(event.pointerId);
    const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
    drawn.show(dragged(drawn, { held, now: value(event.clientX), fixed: others[0] }));
    fingers.set(event.pointerId, value(event.clientX));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    over.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
}

function dragged({ plot, shown }, { held, now, fixed }) {
  const there = shown.logX ? Math.log : (v) => v;
  const back = shown.logX ? Math.exp : (v) => v;
  const view = [plot.scales.x.min, plot.scales.x.max].map(there);
  if (fixed === undefined) return view.map((v) => back(v + there(held) - there(now)));
  const middle = there(fixed);
  const factor = Math.min(Math.max((there(held) - middle) / (there(now) - middle || 1), 0.5), 2);
  return view.map((v) => back(middle + (v - middle) * factor));
}

function connect(figure, drawn) {
  const toolbar = figure.querySelector(".cameras");
  const cameras = [...toolbar.querySelectorAll(".toggle input")];
  const scale = toolbar.querySelector("[data-log]");
  const showCameras = () => cameras.forEach((input, i) => drawn.plot.setSeries(i + 1, { show: input.checked }));
  toolbar.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => drawn.act(button.dataset.zoom));
  });
  for (const input of cameras) {
    input.checked = true;
    input.addEventListener("change", showCameras);
  }
  scale.checked = drawn.shown.log;
  scale.addEventListener("change", () => {
    drawn.shown.log = scale.checked;
    drawn.draw();
    showCameras();
  });
  drawn.box.addEventListener("keydown", (event) => {
    const how = KEYS[event.key];
    if (!how || event.ctrlKey || event.metaKey || event.altKey) return;
    drawn.act(how);
    event.preventDefault();
    event.stopPropagation();
  });
  toolbar.hidden = false;
}

const plots = new WeakMap(); // box -> what is drawn in it

async function draw(box) {
  const response = await fetch(box.dataset.src);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const drawn = new Drawn(box, READERS[box.dataset.plot](await response.json()));
  plots.set(box, drawn);
  connect(box.closest("figure"), drawn);
  new ResizeObserver(() => box.isConnected && fit(box, drawn.plot)).observe(box);
  box.dataset.drawn = "";
}

function fit(box, plot) {
  const { width, height } = sizeOf(box);
  if (width !== plot.width || height !== plot.height) plot.setSize({ width, height });
  else plot.syncRect(true); // drawn ahead, it did not know where it would stand
}

async function drawOrSay(box) {
  try {
    await draw(box);
  } catch (error) {
    box.textContent = box.dataset.failed;
    box.classList.add("plot-failed");
    box.removeAttribute("role");
    box.removeAttribute("aria-label");
    box.removeAttribute("tabindex");
    console.warn(box.dataset.src, error);
  }
}

const begun = new WeakMap(); // box -> when it is drawn, or has said why not

/* Draws every plot below `root` once; settled when those in sight are drawn. A plot inside closed details has no size
   yet: it is drawn when they are opened. */
export function drawPlots(root) {
  const boxes = [...root.querySelectorAll("[data-plot]")].filter(sizeOf);
  return Promise.all(boxes.map((box) => {
    if (!begun.has(box)) {
      const folded = box.closest("details:not([open])");
      if (folded) folded.addEventListener("toggle", () => drawOrSay(box), { once: true });
      begun.set(box, folded ? undefined : drawOrSay(box));
    }
    return begun.get(box);
  }));
}

/* What is taken off the page lets go of the window's events. */
export function removePlots(root) {
  for (const box of root.querySelectorAll("[data-drawn]")) plots.get(box).plot.destroy();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const box of document.querySelectorAll("[data-drawn]")) plots.get(box).plot.redraw(false, true);
});
drawPlots(document);
