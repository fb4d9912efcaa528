/* The stored JSON of spectra and light curves, as plots need it. */

export const TOGETHER = "ALL";

const inThousands = (intervals) => intervals.map((interval) => interval.map((s) => s / 1000));

/* Bayesian blocks: one of them says no more than the mean does. */
function stretches(blocks) {
  if (!blocks || blocks.rate.length < 2) return [];
  const { camera } = blocks;
  return blocks.rate.map((rate, i) => ({ camera, from: blocks.start_s[i] / 1000, to: blocks.stop_s[i] / 1000, rate }));
}

/* The stretches between good time intervals, in thousands of seconds. */
function gapsBetween(intervals) {
  const sorted = inThousands(intervals).sort((a, b) => a[0] - b[0]);
  return sorted.slice(1).map((next, i) => [sorted[i][1], next[0]]).filter(([start, stop]) => stop > start);
}

/* The rates of cameras with the same bins added up, as far as all of them observed; errors in quadrature. */
export function together(cameras) {
  const points = cameras[0].points.map((point, i) => {
    const bin = cameras.map((camera) => camera.points[i]);
    const y = bin.every((one) => Number.isFinite(one.y)) ? bin.reduce((sum, one) => sum + one.y, 0) : null;
    return { ...point, y, error: Math.hypot(...bin.map((one) => one.error)) };
  });
  return { name: TOGETHER, points };
}

/* Both kinds of product in one form: points with their widths and uncertainties, camera by camera. */
export const READERS = {
  spectrum(product) {
    const cameras = product.cameras.map((camera) => ({
      name: camera.camera,
      points: camera.rate.map((rate, i) => ({
        x: Math.sqrt(camera.energy_lo_kev[i] * camera.energy_hi_kev[i]),
        low: camera.energy_lo_kev[i],
        high: camera.energy_hi_kev[i],
        y: rate,
        error: camera.rate_err[i],
        background: camera.background?.[i],
        model: camera.model?.[i],
      })),
    }));
    return { cameras, logX: true, log: true, gaps: [], blocks: [] };
  },
  lightcurve(product) {
    const half = product.bin_s / 2;
    const cameras = product.cameras.map((camera) => ({
      name: camera.camera,
      points: camera.time_s.map((time, i) => ({
        x: time / 1000,
        low: (time - half) / 1000,
        high: (time + half) / 1000,
        y: camera.rate[i],
        error: camera.rate_err[i],
      })),
    }));
    const gaps = [...gapsBetween(product.gti_s ?? []), ...inThousands(product.background_flares_s ?? [])];
    return { cameras, logX: false, log: false, gaps, blocks: stretches(product.blocks) };
  },
};
