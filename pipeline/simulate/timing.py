"""Light curves of the simulated sources, and arrival times drawn from them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.simulate.spectra import Floats

Variability = Literal["constant", "red_noise", "flare", "periodic", "dips", "outburst"]
GRID_S = 20.0
RED_NOISE_SHORTEST_S = 1000.0


@dataclass(frozen=True)
class LightCurve:
    """Shape of a light curve.

    Parameters
    ----------
    kind : {"constant", "red_noise", "flare", "periodic", "dips", "outburst"}
        Family.
    amplitude : float
        Standard deviation of ln(rate) for red noise; peak over quiescence for a flare or an outburst;
        semi-amplitude (0 to 1) of a modulation; depth (0 to 1) of a dip.
    timescale_s : float
        Decay time, period, or recurrence time (s).
    phase : float
        Start of the event as a share of the exposure, or phase of the period (0 to 1).
    """

    kind: Variability
    amplitude: float = 0.0
    timescale_s: float = 1000.0
    phase: float = 0.0


def time_grid(duration_s: float) -> Floats:
    """Times (s from the start) at which light curves are tabulated, every 20 s, end included."""
    return np.linspace(0.0, duration_s, max(2, int(np.ceil(duration_s / GRID_S)) + 1))


def relative_rate(curve: LightCurve, times_s: Floats, rng: np.random.Generator) -> Floats:
    """Rate over its mean at evenly spaced times (s); positive, mean 1. Only red noise draws from `rng`."""
    rate: Floats
    match curve.kind:
        case "constant":
            rate = np.ones_like(times_s)
        case "red_noise":
            rate = np.exp(curve.amplitude * _red_noise(times_s, rng))
        case "periodic":
            rate = 1 + curve.amplitude * np.sin(2 * np.pi * (times_s / curve.timescale_s + curve.phase))
        case "dips":
            folded = (times_s / curve.timescale_s + curve.phase) % 1.0
            rate = np.where(np.abs(folded - 0.5) < 0.1, 1 - curve.amplitude, 1.0)
        case "flare" | "outburst":
            rate = 1 + (curve.amplitude - 1) * _fast_rise_slow_decay(curve, times_s)
    positive = np.maximum(rate, 0.01)
    return np.asarray(positive / positive.mean())


def _fast_rise_slow_decay(curve: LightCurve, times_s: Floats) -> Floats:
    since = times_s - curve.phase * times_s[-1]
    rise = 0.1 * curve.timescale_s
    shape = np.where(
        since < 0, np.exp(np.minimum(since, 0) / rise), np.exp(-np.maximum(since, 0) / curve.timescale_s)
    )
    return np.asarray(shape)


def _red_noise(times_s: Floats, rng: np.random.Generator) -> Floats:
    """Noise of power ~ frequency^-2 and unit variance (Timmer & Koenig 1995, A&A 300, 707)."""
    frequency = np.fft.rfftfreq(len(times_s), d=times_s[1] - times_s[0])[1:]
    amplitude = 1 / frequency * (frequency < 1 / RED_NOISE_SHORTEST_S)
    draw = rng.normal(size=(2, len(frequency)))
    series = np.fft.irfft(np.concatenate([[0], amplitude * (draw[0] + 1j * draw[1])]), len(times_s))
    return np.asarray(series / max(float(series.std()), 1e-12))


def arrival_times_s(times_s: Floats, rate: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Draw `count` arrival times (s, unsorted) from a tabulated rate by inverting its running integral."""
    steps = 0.5 * (rate[1:] + rate[:-1]) * np.diff(times_s)
    integral = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(np.interp(rng.uniform(0.0, integral[-1], count), integral, times_s))
