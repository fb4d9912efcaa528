/* Spectra and light curves, drawn by uPlot out of the stored JSON products.
   A plot that cannot be loaded says so in its place; nothing else on the page depends on it. */

import { axis, columns, even, ranges } from "./plot/axes.js";
import { crosses, highlight, shading, steps } from "./plot/painting.js";
import { READERS, TOGETHER, together } from "./products.js";

const ZOOM = 0.6; // what is left of the range after one step in
const STEP = 0.25; // of the range, for one step aside

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
    plugins: [highlight(box.dataset), shading(gaps), crosses(cameras, log), steps(cameras, blocks, log)],
  };
}

function zoomed([low, high], how, log) {
  const { there, back } = even(log);
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
  moving = false;

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
    movable(this);
    this.move(this.moving);
  }

  /* Dragging moves what is shown, and the wheel zooms it; else dragging marks a stretch to zoom into. */
  move(on) {
    this.moving = on;
    Object.assign(this.plot.cursor.drag, { x: !on, setScale: !on });
    this.plot.over.classList.toggle("moving", on);
  }

  /* The cameras that are switched on decide how high the plot reaches. */
  showCameras(on) {
    on.forEach((show, i) => this.plot.setSeries(i + 1, { show }));
    const own = ranges({ ...this.shown, cameras: this.shown.cameras.filter((_, i) => on[i]) }).y;
    // Of cameras that are off, or have nothing above zero on a logarithmic scale, there is no range.
    const [min, max] = own.every(Number.isFinite) ? own : this.full.y;
    this.plot.setScale("y", { min, max });
  }

  /* Something of the data stays in view. */
  show([min, max]) {
    if (min >= this.full.x[1] || max <= this.full.x[0]) return;
    this.plot.setScale("x", { min, max });
  }

  zoomAbout(value, factor) {
    const { there, back } = even(this.shown.logX);
    const middle = there(value);
    this.show([this.plot.scales.x.min, this.plot.scales.x.max].map((v) => back(middle + (there(v) - middle) * factor)));
  }

  act(how) {
    const { min, max } = this.plot.scales.x;
    this.show(how === "all" ? this.full.x : zoomed([min, max], how, this.shown.logX));
  }
}

/* One finger moves the plot sideways, two zoom it; up and down the page scrolls as ever. So does the mouse, and its
   wheel, once "Move" is on. */
function movable(drawn) {
  const fingers = new Map();
  const { over } = drawn.plot;
  const value = (clientX) => drawn.plot.posToVal(clientX - over.getBoundingClientRect().left, "x");
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" && !drawn.moving) return;
    if (drawn.moving) over.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, value(event.clientX));
  });
  const turned = (event) => {
    if (!drawn.moving) return;
    event.preventDefault();
    drawn.zoomAbout(value(event.clientX), Math.exp(event.deltaY / 400));
  };
  over.addEventListener("wheel", turned, { passive: false });
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

function dragged(drawn, { held, now, fixed }) {
  const { there, back } = even(drawn.shown.logX);
  const view = [drawn.plot.scales.x.min, drawn.plot.scales.x.max].map(there);
  if (fixed === undefined) return view.map((v) => back(v + there(held) - there(now)));
  const middle = there(fixed);
  const factor = Math.min(Math.max((there(held) - middle) / (there(now) - middle || 1), 0.5), 2);
  return view.map((v) => back(middle + (v - middle) * factor));
}

const choicesOf = (figure) => [...figure.querySelectorAll(".cameras .toggle input")];
const isSum = (input) => input.value === TOGETHER;

/* Either single cameras or all together; without "All together" the single ones come back. */
function settle(cameras, changed) {
  for (const other of cameras.filter((one) => isSum(one) !== isSum(changed))) {
    if (isSum(changed)) other.checked = !changed.checked;
    else if (changed.checked) other.checked = false;
  }
}

function connect(figure, drawn) {
  const toolbar = figure.querySelector(".cameras");
  const cameras = choicesOf(figure);
  const scale = toolbar.querySelector("[data-log]");
  const showCameras = () => drawn.showCameras(cameras.map((input) => input.checked));
  const move = toolbar.querySelector("[data-pan]");
  toolbar.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => drawn.act(button.dataset.zoom));
  });
  for (const input of cameras) {
    input.checked = input.defaultChecked; // whatever a reload remembers
    input.addEventListener("change", () => {
      settle(cameras, input);
      showCameras();
    });
  }
  showCameras();
  move.checked = false;
  move.addEventListener("change", () => drawn.move(move.checked));
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
  const shown = READERS[box.dataset.plot](await response.json());
  const figure = box.closest("figure");
  if (choicesOf(figure).some(isSum)) shown.cameras.push(together(shown.cameras));
  const drawn = new Drawn(box, shown);
  plots.set(box, drawn);
  connect(figure, drawn);
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
