"""What sources of each class are like: spectra, variability, counterparts, place in the Galaxy.

The ranges follow published populations in their means and widths; they are not fitted to them, and no
scientific statement rests on them. Where they come from:

========== =========================================================================================
AGN        index 1.8 with scatter: Nandra & Pounds 1994, MNRAS 268, 405; Tozzi et al. 2006, A&A 451, 457,
           who also give the share and the columns of the obscured ones. Red noise of 5 to 30 %:
           Lanzuisi et al. 2014, ApJ 781, 105
stars      coronae of 0.3 to 1 keV: Guedel 2004, A&A Rev. 12, 71; flares, their decay times and peaks:
           Pye et al. 2015, A&A 581, A28
binaries   hard power laws and discs of about 1 keV: Done, Gierlinski & Kubota 2007, A&A Rev. 15, 1;
           dips: Diaz Trigo et al. 2006, A&A 445, 179; latitudes: Grimm et al. 2002, A&A 391, 923
CVs        hot plasma of 10 to 20 keV behind a partial absorber, iron line, modulation with the spin:
           Mukai 2017, PASP 129, 062001
all        log FX/Fr by class: Maccacaro et al. 1988, ApJ 326, 680; Krautter et al. 1999, A&A 350, 743;
           shares of the classes and the other properties: Tranin et al. 2022, A&A 657, A138
========== =========================================================================================

The counts of a source are not drawn from a flux distribution: they are uniform in their logarithm, so that a
field shows faint and bright sources alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.simulate.spectra import Spectrum
from pipeline.simulate.timing import LightCurve

CLASSES = ("agn", "star", "xrb", "cv")
LIMITING_MAGNITUDES = {"bmag": 22.5, "rmag": 22.0, "w1mag": 17.3, "w2mag": 16.7}


@dataclass(frozen=True)
class Counterpart:
    """Optical and infrared side: log10(FX/Fr), colours (mag), proper motion (mas/yr, NaN = none)."""

    log_fx_fr: float
    b_minus_r: float
    r_minus_w1: float
    w1_minus_w2: float
    seen_optical: bool
    seen_infrared: bool
    proper_motion_masyr: float


@dataclass(frozen=True)
class SourceModel:
    """A drawn source: class key, spectrum, light curve, counterpart, on-axis EPIC counts aimed at."""

    class_key: str
    spectrum: Spectrum
    curve: LightCurve
    counterpart: Counterpart
    counts: float


@dataclass(frozen=True)
class _CounterpartHabit:
    """Means and scatters of a class's counterparts: (mean, sigma); proper motion (median mas/yr, dex)."""

    log_fx_fr: tuple[float, float]
    b_minus_r: tuple[float, float]
    r_minus_w1: tuple[float, float]
    w1_minus_w2: tuple[float, float]
    seen: float
    proper_motion: tuple[float, float]
    proper_motion_seen: float
    foreground_share: float


_COUNTERPARTS = {
    "agn": _CounterpartHabit((0.1, 0.5), (0.7, 0.4), (3.2, 0.7), (1.0, 0.25), 0.92, (0.6, 0.3), 0.25, 1.0),
    "star": _CounterpartHabit(
        (-2.2, 0.6), (1.4, 0.6), (2.2, 0.9), (0.02, 0.1), 0.97, (15.0, 0.45), 0.92, 0.03
    ),
    "xrb": _CounterpartHabit((1.0, 0.9), (1.0, 0.7), (1.5, 1.0), (0.2, 0.3), 0.5, (4.0, 0.35), 0.7, 0.5),
    "cv": _CounterpartHabit((-0.1, 0.6), (0.5, 0.4), (1.5, 0.6), (0.15, 0.2), 0.9, (8.0, 0.35), 0.85, 0.1),
}


def foreground_nh_1e22(gal_lat_deg: float) -> float:
    """Galactic column (1e22 cm-2) towards a latitude (deg): a plane-parallel disc, capped at 1."""
    return float(min(0.03 / max(abs(np.sin(np.radians(gal_lat_deg))), 0.02), 1.0))


def draw_source(class_key: str, gal_lat_deg: float, rng: np.random.Generator) -> SourceModel:
    """Draw one source of a class seen at a Galactic latitude (deg)."""
    habit = _COUNTERPARTS[class_key]
    foreground = habit.foreground_share * foreground_nh_1e22(gal_lat_deg)
    return SourceModel(
        class_key=class_key,
        spectrum=_SPECTRA[class_key](foreground, rng),
        curve=_CURVES[class_key](rng),
        counterpart=_draw_counterpart(habit, rng),
        counts=float(10 ** rng.uniform(np.log10(80.0), np.log10(3500.0))),
    )


def draw_latitude_deg(class_key: str, rng: np.random.Generator) -> float:
    """Draw a Galactic latitude (deg) as a literature sample of the class would have."""
    isotropic = np.degrees(np.arcsin(rng.uniform(0.15, 1.0)))
    scale = {"star": 22.0, "xrb": 3.0, "cv": 16.0}.get(class_key, 0.0)
    scattered = min(rng.exponential(scale), 89.0) if scale else isotropic
    elsewhere = class_key == "agn" or rng.uniform() < 0.15
    return float((isotropic if elsewhere else scattered) * rng.choice([-1.0, 1.0]))


def magnitudes(model: SourceModel, flux_cgs: float) -> dict[str, float]:
    """Magnitudes bmag, rmag, w1mag, w2mag for a 0.2-12 keV flux (erg cm-2 s-1); NaN = not detected.

    Inverts log(FX/Fr) = log10 FX + 5.37 + r/2.5; fainter than the survey limits counts as not detected.
    """
    side = model.counterpart
    rmag = 2.5 * (side.log_fx_fr - np.log10(flux_cgs) - 5.37)
    w1mag = rmag - side.r_minus_w1
    full = {"bmag": rmag + side.b_minus_r, "rmag": rmag, "w1mag": w1mag, "w2mag": w1mag - side.w1_minus_w2}
    seen = {"b": side.seen_optical, "r": side.seen_optical, "w": side.seen_infrared}
    return {
        name: float(value) if seen[name[0]] and value < LIMITING_MAGNITUDES[name] else float("nan")
        for name, value in full.items()
    }


def _draw_counterpart(habit: _CounterpartHabit, rng: np.random.Generator) -> Counterpart:
    seen_optical = bool(rng.uniform() < habit.seen)
    moving = rng.uniform() < habit.proper_motion_seen
    median, dex = habit.proper_motion
    motion = median * 10 ** (dex * rng.normal())
    return Counterpart(
        log_fx_fr=float(rng.normal(*habit.log_fx_fr)),
        b_minus_r=float(rng.normal(*habit.b_minus_r)),
        r_minus_w1=float(rng.normal(*habit.r_minus_w1)),
        w1_minus_w2=float(rng.normal(*habit.w1_minus_w2)),
        seen_optical=seen_optical,
        seen_infrared=bool(rng.uniform() < habit.seen),
        proper_motion_masyr=float(motion) if seen_optical and moving else float("nan"),
    )


def _log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _agn_spectrum(foreground: float, rng: np.random.Generator) -> Spectrum:
    obscured = rng.uniform() < 0.3
    intrinsic = _log_uniform(0.1, 2.0, rng) if obscured else _log_uniform(0.003, 0.05, rng)
    iron = float(rng.uniform(0.05, 0.2)) if obscured else 0.0
    return Spectrum("powerlaw", float(rng.normal(1.8, 0.15)), foreground + intrinsic, iron_ew_kev=iron)


def _star_spectrum(foreground: float, rng: np.random.Generator) -> Spectrum:
    return Spectrum("coronal", _log_uniform(0.3, 1.0, rng), foreground + _log_uniform(0.003, 0.05, rng))


def _xrb_spectrum(foreground: float, rng: np.random.Generator) -> Spectrum:
    column = foreground + _log_uniform(0.2, 2.0, rng)
    if rng.uniform() < 0.4:
        return Spectrum("disc", float(rng.uniform(0.8, 1.5)), column)
    return Spectrum("powerlaw", float(rng.normal(1.6, 0.25)), column)


def _cv_spectrum(foreground: float, rng: np.random.Generator) -> Spectrum:
    return Spectrum(
        "bremsstrahlung",
        _log_uniform(10.0, 20.0, rng),
        foreground + _log_uniform(0.005, 0.08, rng),
        partial_nh_1e22=_log_uniform(2.0, 10.0, rng),
        covering=float(rng.uniform(0.4, 0.7)),
        iron_ew_kev=float(rng.uniform(0.2, 0.6)),
    )


def _agn_curve(rng: np.random.Generator) -> LightCurve:
    return LightCurve("red_noise", float(rng.uniform(0.05, 0.3)))


def _star_curve(rng: np.random.Generator) -> LightCurve:
    if rng.uniform() < 0.5:
        return LightCurve("constant")
    peak = _log_uniform(4.0, 30.0, rng)
    return LightCurve("flare", peak, _log_uniform(700.0, 3000.0, rng), float(rng.uniform(0.1, 0.8)))


def _xrb_curve(rng: np.random.Generator) -> LightCurve:
    kind = rng.choice(["red_noise", "dips", "outburst"], p=[0.5, 0.25, 0.25])
    if kind == "red_noise":
        return LightCurve("red_noise", float(rng.uniform(0.4, 0.8)))
    if kind == "dips":
        return LightCurve(
            "dips", float(rng.uniform(0.7, 0.95)), _log_uniform(5000, 12000, rng), float(rng.uniform())
        )
    return LightCurve(
        "outburst", _log_uniform(5.0, 20.0, rng), _log_uniform(4000, 12000, rng), float(rng.uniform())
    )


def _cv_curve(rng: np.random.Generator) -> LightCurve:
    return LightCurve(
        "periodic", float(rng.uniform(0.4, 0.9)), _log_uniform(1000, 9000, rng), float(rng.uniform())
    )


_SPECTRA: dict[str, Callable[[float, np.random.Generator], Spectrum]] = {
    "agn": _agn_spectrum,
    "star": _star_spectrum,
    "xrb": _xrb_spectrum,
    "cv": _cv_spectrum,
}
_CURVES: dict[str, Callable[[np.random.Generator], LightCurve]] = {
    "agn": _agn_curve,
    "star": _star_curve,
    "xrb": _xrb_curve,
    "cv": _cv_curve,
}
