"""A simulated literature sample: known classes, with the features a run of the pipeline would measure.

Hardness ratios, photon index and flux come from the same spectra folded through the same cameras, with
Poisson counts on a background, and through the same measuring functions as real events.
"""

from dataclasses import dataclass

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from pipeline.bands import HARDNESS_BANDS, NARROW_BANDS
from pipeline.config import RunConfig
from pipeline.measure.counterparts import INFRARED_ZERO, OPTICAL_ZERO, flux_ratio
from pipeline.measure.features import band_features
from pipeline.measure.rates import BandCounts
from pipeline.psf import enclosed_fraction
from pipeline.simulate.background import band_rates_arcmin2
from pipeline.simulate.files import FILTER
from pipeline.simulate.observation import class_quotas, flux_for_counts, iau_name
from pipeline.simulate.population import (
    CLASSES,
    SourceModel,
    draw_latitude_deg,
    draw_source,
    magnitudes,
)
from pipeline.simulate.spectra import Floats, photon_spectrum
from pipeline.simulate.telescope import (
    CAMERAS,
    Camera,
    band_matrix,
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
SEVERAL_VISITS_SHARE = 0.45
_CONFIG = RunConfig()


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


def draw_reference(count: int, rng: np.random.Generator) -> list[ReferenceSource]:
    """Draw a labelled sample of `count` sources: 0.60 AGN, 0.28 star, 0.07 XRB, 0.05 CV, in random order."""
    keys = rng.permutation(np.repeat(CLASSES, class_quotas(SHARES, count)))
    latitudes = np.array([draw_latitude_deg(str(key), rng) for key in keys])
    longitudes = rng.uniform(0.0, 360.0, count)
    places = SkyCoord(l=longitudes * u.deg, b=latitudes * u.deg, frame="galactic").icrs
    where = zip(places.ra.deg.tolist(), places.dec.deg.tolist(), latitudes.tolist(), strict=True)
    return [_draw_one(str(key), place, rng) for key, place in zip(keys, where, strict=True)]


def measure(model: SourceModel, rng: np.random.Generator) -> list[BandCounts]:
    """Counts of a source in each camera, as a run of the pipeline on a 30 ks observation would give them."""
    photons = photon_spectrum(model.spectrum) * flux_for_counts(model, EXPOSURE_S)
    share = float(vignetting(np.array(rng.uniform(1.0, 12.0))))
    return [_measure_camera(camera, photons, share, rng) for camera in CAMERAS]


def _measure_camera(camera: Camera, photons: Floats, share: float, rng: np.random.Generator) -> BandCounts:
    live = EXPOSURE_S * camera.live_fraction
    share = share * enclosed_fraction(camera.name, _CONFIG.aperture_arcsec)
    inner, outer = _CONFIG.annulus_arcsec
    ratio = np.full(len(NARROW_BANDS), _CONFIG.aperture_arcsec**2 / (outer**2 - inner**2))
    background = band_rates_arcmin2(camera) * live * np.pi * (_CONFIG.aperture_arcsec / 60) ** 2
    in_circle = rng.poisson(photons @ band_matrix(camera) * live * share + background).astype(np.float64)
    in_ring = rng.poisson(background / ratio).astype(np.float64)
    return BandCounts(camera.name, FILTER, in_circle, in_ring, ratio, np.full(len(ratio), live * share))


def _draw_one(key: str, place: tuple[float, float, float], rng: np.random.Generator) -> ReferenceSource:
    ra, dec, latitude = place
    model = draw_source(key, latitude, rng)
    measured = band_features(measure(model, rng))
    flux = measured["flux_8_cgs"]
    features = {
        "gal_lat_deg": latitude,
        **{name: measured[name] for name in (*HARDNESS_BANDS, "photon_index")},
        "proper_motion_masyr": model.counterpart.proper_motion_masyr,
        **_flux_ratios(model, flux if flux > measured["flux_8_cgs_err"] else float("nan")),
        **_variability(key, measured["counts_8"], rng),
        **_surroundings(key, rng),
        "flux_8_cgs": flux,
    }
    return ReferenceSource(iau_name(ra, dec), ra, dec, key, features)


def _flux_ratios(model: SourceModel, flux: float) -> dict[str, float]:
    mags = magnitudes(model, flux_for_counts(model, EXPOSURE_S))
    zeros = {"bmag": OPTICAL_ZERO, "rmag": OPTICAL_ZERO, "w1mag": INFRARED_ZERO, "w2mag": INFRARED_ZERO}
    return {f"log_fx_f{name[:-3]}": flux_ratio(flux, mag, zeros[name]) for name, mag in mags.items()}


def _variability(key: str, net_counts: float, rng: np.random.Generator) -> dict[str, float]:
    mean, sigma = _HABITS[key].log_fmax_fmin
    ratio = abs(float(rng.normal(mean, sigma)))
    error = float(rng.uniform(0.8, 1.2)) / np.log(10) * np.sqrt(2 / max(net_counts, 10.0))
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
