"""Upper limit of a source's flux."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV, NARROW_BANDS, energy_conversion
from pipeline.fit.models import photons_in_bins
from pipeline.measure.poisson.limits import upper_limit_beside
from pipeline.measure.poisson.posterior import SourceCounts
from pipeline.measure.rates import BandCounts, conversion


@lru_cache(maxsize=1)
def flux_shares() -> NDArray[np.float64]:
    """Share of bands 1..5 in the flux of band 8, for the spectrum of the ECFs (index 1.7, 3e20 cm-2)."""
    edges = np.linspace(0.2, 12.0, 11_801)
    centre = 0.5 * (edges[1:] + edges[:-1])
    energy = centre * photons_in_bins("powerlaw", 1.7, 0.03, (edges[:-1], edges[1:]))
    limits = [BANDS_KEV[band] for band in NARROW_BANDS]
    parts = np.array([energy[(centre >= low) & (centre < high)].sum() for low, high in limits])
    return np.asarray(parts / parts.sum())


def flux_upper_limit(cameras: list[BandCounts], confidence: float = 0.95) -> float:
    """Upper limit of the flux of band 8 (0.2-12 keV) from all counts of all cameras.

    Parameters
    ----------
    cameras : list of BandCounts
        Of one or several observations; those with unknown filters are left out.
    confidence : float
        Probability that the true flux is lower.

    Returns
    -------
    float
        erg cm-2 s-1, for the spectrum that the conversion factors stand for; NaN when no filter is known.
        See `upper_limit_beside`.
    """
    known = [one for one in cameras if np.all(np.isfinite(energy_conversion(one.camera, one.filter_name)))]
    if not known:
        return math.nan
    counts_per_flux = sum(float(np.sum(one.effective_s * conversion(one) * flux_shares())) for one in known)
    source, ring = (np.sum([getattr(one, name).sum() for one in known]) for name in ("source", "background"))
    expected = float(np.sum([one.expected.sum() for one in known]))
    variance = float(np.sum([(one.ratio * one.expected).sum() for one in known]))
    # One ratio that gives the summed background its mean and its variance.
    ratio = variance / expected if ring > 0 else float(np.mean([one.ratio for one in known]))
    counts = SourceCounts(np.array(source), np.array(expected / ratio), np.array(ratio))
    return float(upper_limit_beside(counts, confidence)) / counts_per_flux
