"""The layouts of labelled tables: their columns, their classes, how features follow; no database.

A new layout is one more `Dialect` in `DIALECTS`. Missing values are NaN in the columns given and returned.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from claxson.catalogue.features import (
    FEATURES,
    INFRARED_ZERO_POINT,
    OPTICAL_ZERO_POINT,
    FloatArray,
    galactic_latitude_deg,
    log_flux_ratio,
    log_variability,
)
from claxson.core.classes import SourceClass

Columns = Mapping[str, FloatArray]

CLASSES = {
    "AGN": SourceClass.AGN,
    "QSO": SourceClass.AGN,
    "STAR": SourceClass.STAR,
    "LM-STAR": SourceClass.STAR,
    "HM-STAR": SourceClass.STAR,
    "YSO": SourceClass.STAR,
    "LMXB": SourceClass.XRB,
    "HMXB": SourceClass.XRB,
    "XRB": SourceClass.XRB,
    "CV": SourceClass.CV,
}

# Energy flux of a power law of photon index 1.7, as the 4XMM catalogue assumes: 0.2-12 keV over 0.5-7 keV.
BAND_8_OVER_CSC_BROAD = (12**0.3 - 0.2**0.3) / (7**0.3 - 0.5**0.3)
# The table stands this in for a band without a detection: the mean of a half-normal of width 1e-17.
CSC_FILLED_IN = 1e-17 * np.sqrt(2 / np.pi)
MAS_PER_ARCSEC = 1000.0


@dataclass(frozen=True)
class Dialect:
    """One layout: `signature` tells it from others, `required` must be there, `numbers` may be."""

    title: str
    origin: str
    ra: str
    dec: str
    signature: frozenset[str]
    numbers: tuple[str, ...]
    features: Callable[[Columns], dict[str, FloatArray]]
    reference: str = ""
    simulated: str = ""

    @property
    def required(self) -> frozenset[str]:
        return frozenset({"name", self.ra, self.dec, "Class"}) | self.signature


def class_of(original: str) -> SourceClass | None:
    """The class that a publication's class belongs to; None where it is none of ours."""
    return CLASSES.get(original.strip().upper())


def recognise(header: Sequence[str]) -> Dialect | None:
    """The layout of whose signature the header shows most; None where it shows nothing of any."""
    best = max(DIALECTS, key=lambda dialect: len(dialect.signature & set(header)))
    return best if best.signature & set(header) else None


def _ratios(flux_cgs: FloatArray, columns: Columns, names: Sequence[str]) -> dict[str, FloatArray]:
    features = ("log_fx_fb", "log_fx_fr", "log_fx_fw1", "log_fx_fw2")
    zero_points = (OPTICAL_ZERO_POINT, OPTICAL_ZERO_POINT, INFRARED_ZERO_POINT, INFRARED_ZERO_POINT)
    return {
        feature: log_flux_ratio(flux_cgs, columns[name], zero_point)
        for feature, name, zero_point in zip(features, names, zero_points, strict=True)
    }


def _xmm_features(columns: Columns) -> dict[str, FloatArray]:
    """4XMM-DR13: the table leaves F8 empty for half of its sources, mostly faint ones.

    There the geometric mean of the faintest and the brightest detection stands in for it; where both are
    given they agree within 0.2 dex for nine sources in ten.
    """
    fmin, fmax = columns["sc_ep_8_fmin"], columns["sc_ep_8_fmax"]
    flux = np.where(np.isfinite(columns["F8"]), columns["F8"], np.sqrt(np.abs(fmin * fmax)))
    return {
        **{f"hr{n}": columns[f"HR{n}"] for n in (1, 2, 3, 4)},
        "gal_lat_deg": galactic_latitude_deg(columns["ra"], columns["dec"]),
        **_ratios(flux, columns, ("BP", "RP", "W1", "W2")),
        "log_fmax_fmin": log_variability(fmin, fmax),
        "flux_8_cgs": flux,
        "chi2_prob": columns["sc_chi2prob"],
    }


def _csc_features(columns: Columns) -> dict[str, FloatArray]:
    """Chandra's ratios of soft, medium and hard band are not XMM's: hr1 to hr4 stay missing.

    A source filled in in all three bands has no flux. The table's proper motions are in arcsec/yr (those of
    its AGN, Gaia's noise at their magnitude, are about 0.0004), and 0 where Gaia fitted no motion.
    """
    bands = np.array([columns[name] for name in ("Fcsc_s", "Fcsc_m", "Fcsc_h")])
    detected = ~np.isclose(bands, CSC_FILLED_IN, rtol=1e-6, atol=0).all(axis=0)
    flux: FloatArray = np.where(detected, bands.sum(axis=0), np.nan) * BAND_8_OVER_CSC_BROAD
    motion = np.where(columns["PM"] == 0, np.nan, columns["PM"]) * MAS_PER_ARCSEC
    return {
        "gal_lat_deg": galactic_latitude_deg(columns["ra"], columns["dec"]),
        "photon_index": columns["powlaw_gamma_mean"],
        "photon_index_err": columns["e_powlaw_gamma_mean"],
        "proper_motion_masyr": motion,
        **_ratios(flux, columns, ("BPmag", "RPmag", "W1mag", "W2mag")),
        "flux_8_cgs": flux,
    }


def _own_features(columns: Columns) -> dict[str, FloatArray]:
    latitude = galactic_latitude_deg(columns["ra_deg"], columns["dec_deg"])
    given = {name: columns[name] for name in OWN_NUMBERS}
    given["gal_lat_deg"] = np.where(np.isfinite(given["gal_lat_deg"]), given["gal_lat_deg"], latitude)
    return given


OWN_NUMBERS = tuple(name + suffix for name in FEATURES for suffix in ("", "_err"))

DIALECTS = (
    Dialect(
        title="4XMM-DR13 labelled sources",
        origin="4xmm-dr13",
        ra="ra",
        dec="dec",
        signature=frozenset({"F8", "sc_ep_8_fmin", "sc_ep_8_fmax"}),
        numbers=("HR1", "HR2", "HR3", "HR4", "BP", "RP", "W1", "W2", "sc_chi2prob"),
        features=_xmm_features,
        reference="ref",
    ),
    Dialect(
        title="Chandra CSC 2 labelled sources",
        origin="csc-2",
        ra="ra",
        dec="dec",
        signature=frozenset({"Fcsc_s", "Fcsc_m", "Fcsc_h"}),
        numbers=(
            *("powlaw_gamma_mean", "e_powlaw_gamma_mean", "PM"),
            *("BPmag", "RPmag", "W1mag", "W2mag"),
        ),
        features=_csc_features,
    ),
    Dialect(
        title="CLAXSON reference sources",
        origin="reference",
        ra="ra_deg",
        dec="dec_deg",
        signature=frozenset({"simulated"}),
        numbers=OWN_NUMBERS,
        features=_own_features,
        simulated="simulated",
    ),
)
