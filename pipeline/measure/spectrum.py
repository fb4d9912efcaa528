"""Background-subtracted, grouped spectra."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV
from pipeline.measure.apertures import Patch
from pipeline.measure.rates import count_between, net_with_error

CHANNEL_KEV: Final = 0.05
LEAST_BINS: Final = 8
LEAST_COUNTS: Final = 3


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A spectrum of one camera, as seen: not divided by the mirror's area.

    Attributes
    ----------
    camera : str
        Camera.
    low_kev, high_kev : ndarray of shape (n,)
        Bin edges.
    rate, rate_error : ndarray of shape (n,)
        Background-subtracted rate in the circle, s-1 keV-1, and its error.
    background : ndarray of shape (n,)
        Background rate scaled to the circle, s-1 keV-1.
    counts : ndarray of shape (n,), int64
        All counts in the circle.
    exposure_s : float
        Live time.
    """

    camera: str
    low_kev: NDArray[np.float64]
    high_kev: NDArray[np.float64]
    rate: NDArray[np.float64]
    rate_error: NDArray[np.float64]
    background: NDArray[np.float64]
    counts: NDArray[np.int64]
    exposure_s: float


@lru_cache(maxsize=1)
def channel_edges() -> NDArray[np.float64]:
    """Edges of the 50 eV channels from 0.2 to 12 keV, about the cameras' energy resolution."""
    low, high = BANDS_KEV[8]
    edges = np.linspace(low, high, round((high - low) / CHANNEL_KEV) + 1)
    edges.setflags(write=False)
    return edges


def group_channels(counts: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """Join channels upwards until each group holds enough counts.

    Parameters
    ----------
    counts : ndarray of shape (n,)
        Counts per channel.
    wanted : int
        Counts per group; what is left at the top is a group of its own, so that an empty end does not drag
        the last full bin down.

    Returns
    -------
    ndarray of shape (m + 1,)
        Channel numbers where groups begin, and n; at least one group.
    """
    starts, held = [0], 0
    for channel, value in enumerate(counts.tolist()):
        held += value
        if held >= wanted:
            starts.append(channel + 1)
            held = 0
    if starts[-1] != len(counts):
        starts.append(len(counts))
    return np.array(starts, dtype=np.int64)


def group_size(total: int, wanted: int) -> int:
    """Counts per group: as wanted, but fewer for a faint source, so that it still has about eight bins."""
    return int(np.clip(total // LEAST_BINS, LEAST_COUNTS, wanted))


def make_spectrum(patch: Patch, wanted: int) -> Spectrum:
    """Group the events of a source into a background-subtracted spectrum.

    Parameters
    ----------
    patch : Patch
        Events of the source and its background.
    wanted : int
        Counts per bin to aim for.

    Returns
    -------
    Spectrum
        0.2-12 keV without gaps.
    """
    edges = channel_edges()
    source = count_between(edges, patch.source_ev / 1000.0)
    background = count_between(edges, patch.background_ev / 1000.0)
    bounds = group_channels(source, group_size(int(source.sum()), wanted))
    counts = np.add.reduceat(source, bounds[:-1])
    ring = np.add.reduceat(background, bounds[:-1]).astype(np.float64)
    low, high = edges[bounds[:-1]], edges[bounds[1:]]
    ratio = np.full(len(counts), float(np.mean(patch.ratio)))
    net, error = net_with_error(counts.astype(np.float64), ring, ratio)
    per_unit = 1.0 / (patch.live_s * (high - low))
    return Spectrum(
        camera=patch.camera,
        low_kev=low,
        high_kev=high,
        rate=net * per_unit,
        rate_error=error * per_unit,
        background=ratio * ring * per_unit,
        counts=counts,
        exposure_s=patch.live_s,
    )


def spectrum_facts(spectra: list[Spectrum], hard_kev: float = 2.0) -> dict[str, float]:
    """What a reader wants to know at a glance.

    Parameters
    ----------
    spectra : list of Spectrum
        One for each camera, at least one.
    hard_kev : float
        Border between soft and hard.

    Returns
    -------
    dict of str to float
        `net_counts`; `peak_energy_kev`, centre of the highest bin of the camera with most counts; and
        `hard_share`, net counts in bins centred above the border over all net counts (0 when there are none).
    """
    best = max(spectra, key=lambda one: int(one.counts.sum()))
    peak = int(np.argmax(best.rate))
    net = [one.rate * one.exposure_s * (one.high_kev - one.low_kev) for one in spectra]
    hard = sum(
        float(n[(s.low_kev + s.high_kev) / 2 > hard_kev].sum()) for n, s in zip(net, spectra, strict=True)
    )
    total = sum(float(n.sum()) for n in net)
    return {
        "net_counts": total,
        "peak_energy_kev": float(best.low_kev[peak] + best.high_kev[peak]) / 2,
        "hard_share": float(np.clip(hard / total, 0.0, 1.0)) if total > 0 else 0.0,
    }
