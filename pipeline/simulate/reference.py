"""A simulated literature sample: known classes, with the features a run of the pipeline would measure.

Hardness ratios, photon index and flux come from the same spectra folded through the same cameras, with
Poisson counts on a background, as for the simulated events.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from pipeline.bands import HARDNESS_BANDS
from pipeline.simulate.background import band_rates_arcmin2
from pipeline.simulate.observation import class_quotas, flux_for_counts, iau_name
from pipeline.simulate.population import (
    CLASSES,
    SourceModel,
    draw_latitude_deg,
    draw_source,
    magnitudes,
)
from pipeline.simulate.spectra import Floats, Spectrum, photon_spectrum
from pipeline.simulate.telescope import (
    CAMERAS,
    band_matrix,
    conversion_factors_1e11,
    encircled_fraction,
    vignetting,
)

SHARES = (0.60, 0.28, 0.07, 0.05)
CLASS_LABELS = {"agn": "AGN", "star": "star", "xrb": "XRB", "cv": "CV"}
FEATURES = (
    "gal_lat_deg",
    *HARDNESS_BANDS,
    "photon_index",
    "proper_motion_masyr",
    "log_fx_fb",
    "log_fx_fr",
    "log_fx_fw1",
    "log_fx_fw2",
    "log_fmax_fmin",
    "log_fmaxlo_fminup",
    "separation_galaxy_radius",
    "log_lx",
    "flux_8_cgs",
)
EXPOSURE_S = 30_000.0
APERTURE_ARCSEC = 20.0
MIN_COUNTS_FOR_INDEX = 100.0
SEVERAL_VISITS_SHARE = 0.45
_INDEX_GRID = np.linspace(0.0, 4.0, 81)
_OPTICAL, _INFRARED = 5.37, 6.95


@dataclass(frozen=True)
class _Habit:
    """log Fmax/Fmin (mean, sigma); separation/galaxy radius (share, range); log LX (share, mean, sigma)."""

    log_fmax_fmin: tuple[float, float]
    in_galaxy: tuple[float, float]
    log_lx: tuple[float, float, float]


_HABITS = {
    "agn": _Habit((0.28, 0.18), (0.04, 3.0), (0.05, 41.0, 0.8)),
    "star": _Habit((0.30, 0.30), (0.02, 3.0), (0.60, 29.5, 0.9)),
    "xrb": _Habit((0.90, 0.50), (0.15, 1.0), (0.40, 36.5, 1.2)),
    "cv": _Habit((0.45, 0.25), (0.01, 3.0), (0.50, 31.3, 0.8)),
}


@dataclass(frozen=True)
class ReferenceSource:
    """A labelled source: name, ICRS position (deg), class key, features by name (NaN = missing)."""

    name: str
    ra_deg: float
    dec_deg: float
    class_key: str
    features: dict[str, float]


@dataclass(frozen=True)
class BandRates:
    """Measured EPIC rates (count/s, all cameras, on-axis) in bands 1-5, their errors, the net counts."""

    rate: Floats
    error: Floats
    net_counts: float


def draw_reference(count: int, rng: np.random.Generator) -> list[ReferenceSource]:
    """Draw a labelled sample of `count` sources: 0.60 AGN, 0.28 star, 0.07 XRB, 0.05 CV, in random order."""
    keys = rng.permutation(np.repeat(CLASSES, class_quotas(SHARES, count)))
    return [_draw_one(str(key), rng) for key in keys]


def measure_rates(model: SourceModel, rng: np.random.Generator) -> BandRates:
    """Rates of a source in a 20 arcsec aperture and 30 ks, with Poisson noise."""
    photons = photon_spectrum(model.spectrum) * flux_for_counts(model, EXPOSURE_S)
    share = encircled_fraction(APERTURE_ARCSEC) * float(vignetting(np.array(rng.uniform(1.0, 12.0))))
    rate, variance, net = np.zeros(5), np.zeros(5), 0.0
    for camera in CAMERAS:
        live = EXPOSURE_S * camera.live_fraction
        source = photons @ band_matrix(camera) * live * share
        noise = band_rates_arcmin2(camera) * live * np.pi * (APERTURE_ARCSEC / 60) ** 2
        counts = rng.poisson(source + noise)
        rate += (counts - noise) / (live * share)
        variance += np.maximum(counts, 1.0) / (live * share) ** 2
        net += float((counts - noise).sum())
    return BandRates(rate, np.sqrt(variance), net)


def hardness_ratios(rate: Floats) -> dict[str, float]:
    """hr1..hr4 of rates in bands 1-5; negative rates count as zero; NaN where both bands are empty."""
    positive = np.clip(rate, 0.0, None)
    ratios = {}
    for name, (soft, hard) in HARDNESS_BANDS.items():
        low, high = positive[soft - 1], positive[hard - 1]
        ratios[name] = float((high - low) / (high + low)) if high + low > 0 else float("nan")
    return ratios


def photon_index(rates: BandRates) -> float:
    """Index of the power law (NH 3e20 cm-2) nearest to the band rates (chi2); NaN below 100 counts."""
    if rates.net_counts < MIN_COUNTS_FOR_INDEX:
        return float("nan")
    model, weight = _power_law_rates(), 1 / rates.error**2
    scale = (model * weight) @ rates.rate / ((model**2) @ weight)
    chi2 = ((rates.rate - scale[:, None] * model) ** 2) @ weight
    return float(_INDEX_GRID[np.argmin(chi2)])


def flux_cgs(rate: Floats) -> float:
    """Flux (erg cm-2 s-1) in 0.2-12 keV: sum over bands of rate over conversion factor."""
    factors = sum(conversion_factors_1e11(camera) for camera in CAMERAS)
    return float(np.sum(np.clip(rate, 0.0, None) / (factors * 1e11)))


@lru_cache(maxsize=1)
def _power_law_rates() -> Floats:
    matrix = sum(band_matrix(camera) for camera in CAMERAS)
    rates = [photon_spectrum(Spectrum("powerlaw", float(index), 0.03)) @ matrix for index in _INDEX_GRID]
    return np.array(rates)


def _draw_one(key: str, rng: np.random.Generator) -> ReferenceSource:
    latitude = draw_latitude_deg(key, rng)
    place = SkyCoord(l=rng.uniform(0, 360) * u.deg, b=latitude * u.deg, frame="galactic").icrs
    model = draw_source(key, latitude, rng)
    rates = measure_rates(model, rng)
    flux = flux_cgs(rates.rate)
    features = {
        "gal_lat_deg": latitude,
        **hardness_ratios(rates.rate),
        "photon_index": photon_index(rates),
        "proper_motion_masyr": model.counterpart.proper_motion_masyr,
        **_flux_ratios(model, flux),
        **_variability(key, rates, rng),
        **_surroundings(key, rng),
        "flux_8_cgs": flux,
    }
    ra, dec = float(place.ra.deg), float(place.dec.deg)
    return ReferenceSource(iau_name(ra, dec), ra, dec, key, features)


def _flux_ratios(model: SourceModel, flux: float) -> dict[str, float]:
    mags = magnitudes(model, flux)
    offsets = {"bmag": _OPTICAL, "rmag": _OPTICAL, "w1mag": _INFRARED, "w2mag": _INFRARED}
    return {f"log_fx_f{name[:-3]}": np.log10(flux) + offsets[name] + mag / 2.5 for name, mag in mags.items()}


def _variability(key: str, rates: BandRates, rng: np.random.Generator) -> dict[str, float]:
    mean, sigma = _HABITS[key].log_fmax_fmin
    ratio = abs(float(rng.normal(mean, sigma)))
    error = float(rng.uniform(0.8, 1.2)) / np.log(10) * np.sqrt(2 / max(rates.net_counts, 10.0))
    if rng.uniform() > SEVERAL_VISITS_SHARE:
        ratio = float("nan")
    return {"log_fmax_fmin": ratio, "log_fmaxlo_fminup": ratio - 2 * error}


def _surroundings(key: str, rng: np.random.Generator) -> dict[str, float]:
    share, widest = _HABITS[key].in_galaxy
    known, mean, sigma = _HABITS[key].log_lx
    separation, luminosity = rng.uniform(0.0, widest), rng.normal(mean, sigma)
    near, measured = rng.uniform(size=2) < (share, known)
    missing = float("nan")
    return {
        "separation_galaxy_radius": float(separation) if near else missing,
        "log_lx": float(luminosity) if measured else missing,
    }
