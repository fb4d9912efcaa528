"""Spectra that lie in the input with their responses, and what a fit through those gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.errors import BadResponse, NotAPpsName
from pipeline.fit.models import ModelName
from pipeline.fit.spectral import Interval, fit_spectrum, fold
from pipeline.readers.events import CAMERAS
from pipeline.readers.fitsfile import opened_fits
from pipeline.readers.ppsnames import PpsName, parse_pps_name
from pipeline.readers.responses import EffectiveArea, Redistribution, read_area, read_redistribution
from pipeline.readers.spectra import PhaSpectrum, read_spectrum
from pipeline.ready.origin import Origin, read_origin, region_centre

THERMAL_GAIN: Final = 6.0
"""How much better (W) a thermal model must fit to be preferred to the power law."""
_MODELS: Final[tuple[ModelName, ...]] = ("powerlaw", "bremsstrahlung")
_PARTNERS: Final = {"background": "BGSPEC", "area": "SRCARF"}

R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class FileSpectrum:
    """A spectrum of the input, ready to be fitted.

    Attributes
    ----------
    spectrum, background : PhaSpectrum, PhaSpectrum or None
        The source and its background.
    matrix, area : Redistribution or None, EffectiveArea or None
        Responses, where they are at hand.
    origin : Origin
        Of which source and exposure it is.
    centre : tuple of float or None
        Sky pixel (X, Y) of the extraction region, where the file has one.
    """

    spectrum: PhaSpectrum
    background: PhaSpectrum | None
    matrix: Redistribution | None
    area: EffectiveArea | None
    origin: Origin
    centre: tuple[float, float] | None

    @property
    def camera(self) -> str:
        """``PN``, ``M1`` or ``M2``."""
        return self.origin.camera

    @property
    def filter_name(self) -> str:
        """Filter of the exposure; empty where the header is silent."""
        return self.origin.filter_name


@dataclass(frozen=True, eq=False)
class Shelf:
    """Spectral files of a folder by name, in lower case and without the ending of packed files."""

    paths: dict[str, Path]

    def find(self, name: str) -> Path | None:
        """The file that a header names, in whatever case and packing it lies here."""
        return self.paths.get(_key(Path(name).name)) if name else None


def _key(name: str) -> str:
    return name.lower().removesuffix(".gz")


def shelf_of(paths: list[Path]) -> Shelf:
    """The spectral files of a folder."""
    return Shelf({_key(path.name): path for path in paths})


def read_file_spectrum(path: Path, shelf: Shelf, with_matrix: bool = True) -> FileSpectrum | str:
    """Read a source spectrum with its background and responses.

    Parameters
    ----------
    path : Path
        OGIP spectrum.
    shelf : Shelf
        Where the files that its header names, or that the archive's naming pairs with it, may lie.
    with_matrix : bool
        Whether a spectrum without a redistribution matrix is of no use.

    Returns
    -------
    FileSpectrum or str
        A sentence where it is of no use: a background, another telescope, or no response.

    Raises
    ------
    PipelineError
        A file is damaged.
    """
    spectrum = read_spectrum(path)
    name = _pps_name(path.name)
    if spectrum.instrument not in CAMERAS or (name is not None and name.content != "SRSPEC"):
        return f"{path.name}: not a source spectrum of EPIC; not fitted"
    named = {"background": spectrum.background_file, "area": spectrum.ancillary_file}
    found = {part: shelf.find(text) or _partner(path, part, shelf) for part, text in named.items()}
    matrix = shelf.find(spectrum.response_file)
    if matrix is None and with_matrix:
        wanted = spectrum.response_file or "a redistribution matrix"
        return f"{path.name}: {wanted} is not here; not fitted (add the RMF)"
    return FileSpectrum(
        spectrum=spectrum,
        background=_maybe(read_spectrum, found["background"]),
        matrix=_maybe(read_redistribution, matrix),
        area=_maybe(read_area, found["area"]),
        origin=read_origin(path),
        centre=_centre(path),
    )


def _maybe(read: Callable[[Path], R], path: Path | None) -> R | None:
    return None if path is None else read(path)


def _pps_name(name: str) -> PpsName | None:
    try:
        return parse_pps_name(name)
    except NotAPpsName:
        return None


def _partner(path: Path, part: str, shelf: Shelf) -> Path | None:
    """The product that goes with a source spectrum by the archive's naming."""
    return shelf.find(path.name.upper().replace("SRSPEC", _PARTNERS[part])) if _pps_name(path.name) else None


def _centre(path: Path) -> tuple[float, float] | None:
    with opened_fits(path) as hdus:
        return region_centre(hdus)


def fit_file(source: FileSpectrum) -> dict[str, Any]:
    """Fit a power law and a thermal bremsstrahlung, and tell which describes the spectrum.

    Parameters
    ----------
    source : FileSpectrum
        Spectrum and responses.

    Returns
    -------
    dict
        `camera`, `file`, `model` (the power law, unless the other one fits clearly better), `photon_index`,
        `kt_kev`, `nh_1e22` each with value and 68 % range, `norm`, `flux_8_cgs`, `statistic`, `freedom`.

    Raises
    ------
    BadResponse, FitFailed
        The response is not of this spectrum, or the counts do not determine a model.
    """
    if source.matrix is None:
        raise BadResponse(f"{source.spectrum.name}: no redistribution matrix; add the RMF")
    data = fold(source.spectrum, source.background, (source.matrix, source.area))
    power, thermal = (fit_spectrum(data, model) for model in _MODELS)
    better = thermal.statistic < power.statistic - THERMAL_GAIN
    best = thermal if better else power
    return {
        "camera": source.camera,
        "file": source.spectrum.name,
        "model": best.model,
        "photon_index": _range(power.parameter),
        "kt_kev": _range(thermal.parameter),
        "nh_1e22": _range(best.nh_1e22),
        "norm": best.norm,
        "flux_8_cgs": best.flux_cgs,
        "statistic": best.statistic,
        "freedom": best.freedom,
    }


def _range(one: Interval) -> dict[str, float]:
    return {"value": one.value, "lower": one.lower, "upper": one.upper}


def index_of(fits: list[dict[str, Any]]) -> tuple[float, float]:
    """Photon index and half its 68 % range from fits of several cameras, weighted by inverse variance.

    Parameters
    ----------
    fits : list of dict
        From `fit_file`; those without a range on both sides are left out.

    Returns
    -------
    tuple of float
        NaN where none is left.
    """
    ranges = [fit["photon_index"] for fit in fits]
    pairs = [(one["value"], (one["upper"] - one["lower"]) / 2) for one in ranges]
    known = [(value, error) for value, error in pairs if math.isfinite(error) and error > 0]
    if not known:
        return math.nan, math.nan
    weight = sum(error**-2 for _, error in known)
    return sum(value * error**-2 for value, error in known) / weight, weight**-0.5
