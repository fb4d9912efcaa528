"""Images, exposure maps, background maps and detection masks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.wcs import WCS
from numpy.typing import NDArray

from pipeline.bands import BANDS_KEV
from pipeline.errors import MalformedFits, MissingHdu, MissingKeyword
from pipeline.readers.fitsfile import opened_fits


@dataclass(frozen=True, eq=False)
class SkyImage:
    """An image with its place on the sky.

    Attributes
    ----------
    name : str
        File name, for messages.
    data : ndarray of shape (ny, nx), float64
        Pixel values: counts, or seconds for an exposure map (vignetting included).
    wcs : astropy.wcs.WCS
        Celestial coordinates.
    energy_kev : tuple of float
        Energy range that the image stands for.
    physical : tuple of float or None
        (CRVAL1L, CRPIX1L, CDELT1L, CRVAL2L, CRPIX2L, CDELT2L): its pixels in event coordinates.
    exposure_id : str
        Exposure, e.g. ``S001``; empty when the header is silent.
    """

    name: str
    data: NDArray[np.float64]
    wcs: Any
    energy_kev: tuple[float, float]
    physical: tuple[float, ...] | None
    exposure_id: str = ""

    @property
    def arcsec_per_pixel(self) -> float:
        """Size of a pixel in arcsec."""
        return float(abs(self.wcs.wcs.cdelt[1]) * 3600.0)


def read_image(path: Path) -> SkyImage:
    """Read an EPIC image or exposure map from a primary HDU.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped.

    Returns
    -------
    SkyImage

    Raises
    ------
    TruncatedFits, UnreadableFile
        The file is damaged or cannot be opened.
    MissingHdu
        The primary HDU holds no two-dimensional image.
    MissingKeyword
        The header has no celestial coordinates.
    """
    with opened_fits(path) as hdus:
        return _sky_image(hdus[0], path)


def read_background_map(path: Path) -> SkyImage:
    """Read a background map (PPS type BKGMAP): expected background counts per pixel.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped.

    Returns
    -------
    SkyImage

    Raises
    ------
    TruncatedFits, UnreadableFile, MissingHdu, MissingKeyword
        As `read_image`.
    MalformedFits
        A pixel expects less than no counts, or is not a number.
    """
    image = read_image(path)
    if not np.all(image.data >= 0):
        raise MalformedFits(f"{path.name}[PRIMARY]: a background below zero; is it a background map?")
    return image


def read_detection_mask(path: Path) -> SkyImage:
    """Read a detection mask (PPS type DETMSK): 1 where sources were searched, else 0.

    Parameters
    ----------
    path : Path
        FITS file, plain or gzipped, with the mask in an HDU ``MASK`` or in the primary HDU.

    Returns
    -------
    SkyImage

    Raises
    ------
    TruncatedFits, UnreadableFile, MissingHdu, MissingKeyword
        As `read_image`.
    MalformedFits
        A pixel is neither 0 nor 1.
    """
    with opened_fits(path) as hdus:
        image = _sky_image(hdus["MASK"] if "MASK" in hdus else hdus[0], path)
    if not np.all(np.isin(image.data, (0.0, 1.0))):
        raise MalformedFits(f"{path.name}: pixels other than 0 and 1; is it a detection mask?")
    return image


def _sky_image(hdu: Any, path: Path) -> SkyImage:
    header, data, where = hdu.header, hdu.data, f"{path.name}[{hdu.name}]"
    if not isinstance(data, np.ndarray) or data.ndim != 2:
        raise MissingHdu(f"{where}: no two-dimensional image; is this the right kind of file?")
    wcs = WCS(header, naxis=2)
    if not wcs.has_celestial:
        raise MissingKeyword(f"{where}: no CTYPE1/CTYPE2 of a sky projection; the place is lost")
    keys = [f"{key}{axis}L" for axis in (1, 2) for key in ("CRVAL", "CRPIX", "CDELT")]
    physical = tuple(float(header[key]) for key in keys) if all(key in header for key in keys) else None
    energy, exposure_id = energy_range(header, path.name), str(header.get("EXPIDSTR", "")).strip()
    return SkyImage(path.name, np.array(data, dtype=np.float64), wcs, energy, physical, exposure_id)


def energy_range(header: Any, name: str) -> tuple[float, float]:
    """Energy range of an image in keV: from the data subspace (DSVALn of PI), else the PPS name, else all.

    Parameters
    ----------
    header : astropy.io.fits.Header or dict
        Header of the image.
    name : str
        File name; in PPS names the digit after the type is the band.

    Returns
    -------
    tuple of float
        Lower and upper energy.
    """
    for number in range(1, 20):
        if str(header.get(f"DSTYP{number}", "")).strip() == "PI":
            edges = re.findall(r"\d+", str(header.get(f"DSVAL{number}", "")))
            if len(edges) >= 2:
                return float(edges[0]) / 1000.0, float(edges[1]) / 1000.0
    band = re.search(r"(?:IMAGE_|EXPMAP|BKGMAP|DETMSK)(\d)\d{3}", name)
    return BANDS_KEV.get(int(band.group(1)), BANDS_KEV[8]) if band else BANDS_KEV[8]


def image_from_events(
    x: NDArray[np.float64], y: NDArray[np.float64], physical: tuple[float, ...], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Bin event coordinates onto the pixel grid of a SAS image.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Event coordinates in sky pixels.
    physical : tuple of float
        As in `SkyImage.physical`.
    shape : tuple of int
        (ny, nx) of the grid.

    Returns
    -------
    ndarray of shape (ny, nx), int64
        Counts; pixel = floor((X - CRVAL1L) / CDELT1L + CRPIX1L - 0.5), as evselect bins.
    """
    value_x, pixel_x, step_x, value_y, pixel_y, step_y = physical
    column = np.floor((x - value_x) / step_x + pixel_x - 0.5).astype(np.int64)
    row = np.floor((y - value_y) / step_y + pixel_y - 0.5).astype(np.int64)
    inside = (column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])
    flat = np.bincount(row[inside] * shape[1] + column[inside], minlength=shape[0] * shape[1])
    return flat.reshape(shape)
