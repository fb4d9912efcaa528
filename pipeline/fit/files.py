"""Spectra that lie in the input with their responses, and what a fit through those gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.errors import NotAPpsName
from pipeline.fit.models import ModelName
from pipeline.fit.spectral import Interval, fit_spectrum, fold
from pipeline.readers.events import CAMERAS
from pipeline.readers.fitsfile import opened_fits
from pipeline.readers.ppsnames import PpsName, parse_pps_name
from pipeline.readers.responses import EffectiveArea, Redistribution, read_area, read_redistribution
from pipeline.readers.spectra import PhaSpectrum, read_spectrum

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
    response : tuple
        Redistribution matrix and effective area.
    camera : str
        ``PN``, ``M1`` or ``M2``.
    number : int
        Number of the source in the archive's list; 0 when the name does not say.
    centre : tuple of float or None
        Sky pixel (X, Y) of the extraction region, where the file has one.
    """

    spectrum: PhaSpectrum
    background: PhaSpectrum | None
    response: tuple[Redistribution, EffectiveArea | None]
    camera: str
    number: int
    centre: tuple[float, float] | None


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


def read_file_spectrum(path: Path, shelf: Shelf) -> FileSpectrum | str:
    """Read a source spectrum with its background and responses.

    Parameters
    ----------
    path : Path
        OGIP spectrum.
    shelf : Shelf
        Where the files that its header names, or that the archive's naming pairs with it, may lie.

    Returns
    -------
    FileSpectrum or str
        A sentence where it cannot be fitted: a background, another telescope, or no response.

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
    if matrix is None:
        wanted = spectrum.response_file or "a redistribution matrix"
        return f"{path.name}: {wanted} is not here; not fitted (add the RMF)"
    background = _maybe(read_spectrum, found["background"])
    response = read_redistribution(matrix), _maybe(read_area, found["area"])
    camera, number = CAMERAS[spectrum.instrument], name.source if name else 0
    return FileSpectrum(spectrum, background, response, camera, number, _centre(path))


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
    """Middle of the first included shape of the extraction region, in sky pixels."""
    with opened_fits(path) as hdus:
        for hdu in hdus[1:]:
            names = getattr(getattr(hdu, "columns", None), "names", ())
            if hdu.name.startswith("REG") and {"SHAPE", "X", "Y"} <= set(names) and len(hdu.data):
                x, y = (hdu.data[axis][0] for axis in ("X", "Y"))
                return float(_first(x)), float(_first(y))
    return None


def _first(value: Any) -> Any:
    return value[0] if hasattr(value, "__len__") else value


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
    data = fold(source.spectrum, source.background, source.response)
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
