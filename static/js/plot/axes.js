/* The axes of a plot: what they span, where their numbers stand and how they are written. */

const FONT = "12px system-ui, sans-serif";

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* To where equal distances are equal steps on the axis, and back. */
export const even = (log) => (log ? { there: Math.log, back: Math.exp } : { there: (v) => v, back: (v) => v });

export const drawable = (point, log) =>
  Number.isFinite(point.y) && Number.isFinite(point.x) && (!log || point.y > 0);

export function ranges({ cameras, logX, log }) {
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
export function columns(cameras, log) {
  const tables = cameras.map(({ points }) => {
    const shown = points.filter((point) => drawable(point, log));
    return [shown.map((point) => point.x), shown.map((point) => point.y)];
  });
  return uPlot.join(tables);
}

const plain = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 });
const mantissa = (v) => Number(v.toExponential(6).split("e")[0]);
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function power(value) {
  const [digits, exponent] = value.toExponential(0).split("e");
  const raised = [...String(Number(exponent))].map((sign) => SUPERSCRIPT[sign]).join("");
  return digits === "1" ? `10${raised}` : `${digits}·10${raised}`;
}

/* In one style along an axis: powers of ten where one of its numbers needs them. */
function labels(values) {
  const shown = values.filter((v) => v !== null && v !== 0);
  const style = shown.some((v) => Math.abs(v) < 1e-3) ? power : plain.format;
  return values.map((v) => (v === null ? "" : v === 0 ? "0" : style(v)));
}

/* uPlot's own go up by 10 ** n, which Chromium rounds for some n so that they never end. */
function logSplits(u, which, low, high) {
  const splits = [];
  for (let tens = Math.floor(Math.log10(low)); tens <= Math.log10(high); tens += 1) {
    splits.push(...[1, 2, 5].map((digit) => Number(`${digit}e${tens}`)));
  }
  const within = splits.filter((v) => v >= low && v <= high);
  return within.length > 1 ? within : evenSplits(low, high);
}

/* Zoomed in between two of those: even steps, two to ten of them. */
function evenSplits(low, high) {
  const tens = 10 ** Math.floor(Math.log10(high - low));
  const step = high - low < 3 * tens ? tens / 4 : tens;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

export function axis(text, log, side) {
  const stroke = () => colour("--ink-2");
  const grid = { stroke: () => colour("--plot-grid"), width: 1 };
  const own = log ? { splits: logSplits, filter: (u, splits) => (side === "y" ? powers(splits) : splits) } : {};
  const size = side === "y" ? (u, values) => 26 + 7 * Math.max(4, ...(values ?? []).map((v) => v.length)) : 36;
  return {
    label: text, stroke, grid, ticks: grid, font: FONT, labelFont: FONT, labelSize: 18, size,
    values: (u, splits) => labels(splits), ...own,
  };
}

/* On a steep spectrum only whole powers of ten are named; where there are none in sight, 2s and 5s too. */
function powers(splits) {
  const whole = splits.map((v) => (mantissa(v) === 1 ? v : null));
  return whole.filter((v) => v !== null).length > 1 ? whole : splits;
}
