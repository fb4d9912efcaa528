/* What is painted into a plot: points of the cameras, models, backgrounds, blocks, and time without data. */

import { colour, drawable } from "./axes.js";

const SHAPES = { PN: "circle", M1: "square", M2: "triangle", ALL: "diamond" };

const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
const cameraColour = (camera) => colour(`--${camera.toLowerCase()}`) || colour("--ink");

const SYMBOLS = {
  diamond: (c, x, y, r) => {
    c.moveTo(x, y - 1.4 * r);
    c.lineTo(x + 1.4 * r, y);
    c.lineTo(x, y + 1.4 * r);
    c.lineTo(x - 1.4 * r, y);
    c.closePath();
  },
  circle: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  square: (c, x, y, r) => c.rect(x - r, y - r, 2 * r, 2 * r),
  triangle: (c, x, y, r) => {
    c.moveTo(x, y - 1.2 * r);
    c.lineTo(x + 1.1 * r, y + r);
    c.lineTo(x - 1.1 * r, y + r);
    c.closePath();
  },
};

/* What is painted within the axes stays within them. */
function within(paint) {
  const draw = (u) => {
    const c = u.ctx;
    const { left, top, width, height } = u.bbox;
    c.save();
    c.beginPath();
    c.rect(left, top, width, height);
    c.clip();
    paint(u, c);
    c.restore();
  };
  return { hooks: { draw } };
}

/* Crosses: as wide as the bin, as high as the uncertainty, with the camera's own symbol in the middle. */
export function crosses(cameras, log) {
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
    c.globalAlpha = 0.4;
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
  return within((u, c) => cameras.forEach((camera, i) => u.series[i + 1].show && drawCamera(u, c, camera)));
}

/* The blocks as one line of steps over the points of the camera they were found in. */
export function steps(cameras, blocks, log) {
  const camera = cameras.findIndex(({ name }) => name === blocks[0]?.camera);
  return within((u, c) => {
    if (camera >= 0 && !u.series[camera + 1].show) return;
    c.strokeStyle = colour("--blocks");
    c.lineWidth = 2.2 * devicePixelRatio;
    c.beginPath();
    for (const block of blocks.filter((one) => !log || one.rate > 0)) {
      const y = u.valToPos(block.rate, "y", true);
      c.lineTo(u.valToPos(block.from, "x", true), y);
      c.lineTo(u.valToPos(block.to, "x", true), y);
    }
    c.stroke();
  });
}

/* Time in which nothing was recorded, or which flares of the background spoilt, is shaded: an empty stretch there
   says nothing about the source. */
export function shading(gaps) {
  const drawClear = (u) => {
    u.ctx.fillStyle = colour("--plot-gap");
    const { left, top, width, height } = u.bbox;
    for (const gap of gaps) {
      const [from, to] = gap.map((x) => clamp(u.valToPos(x, "x", true), left, left + width));
      u.ctx.fillRect(from, top, to - from, height);
    }
  };
  return { hooks: { drawClear } };
}

/* What is to be looked at: a stretch of the x axis in another tint. */
export function highlight({ from, to }) {
  const drawClear = (u) => {
    if (from === undefined) return;
    const { left, top, width, height } = u.bbox;
    const [begin, end] = [from, to].map((x) => clamp(u.valToPos(Number(x), "x", true), left, left + width));
    u.ctx.fillStyle = colour("--halo");
    u.ctx.fillRect(begin, top, end - begin, height);
  };
  return { hooks: { drawClear } };
}
