"""Drawn cut-outs as picture files, and what a viewer must know of them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bands import COLOUR_BANDS_KEV
from pipeline.config import RunConfig
from pipeline.products.cutout import Cutout
from pipeline.products.files import Product, Variant
from pipeline.products.fits_image import cutout_fits
from pipeline.products.stretch import Levels, draw, draw_band, draw_counts, legend, levels_of

PNG_LEVEL: Final = 1
WEBP_QUALITY: Final = 88


def enlarged(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A picture at another size, interpolated smoothly."""
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC))


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG file of a picture, shape (n, n, 3) or (n, n).

    Every row is stored as its difference from the row above: on smooth pictures as small as what a general
    encoder finds by trial, in a third of the time.
    """
    flat = pixels.reshape(len(pixels), -1)
    rows = np.empty((flat.shape[0], flat.shape[1] + 1), dtype=np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    rows[1:, 1:] = flat[1:] - flat[:-1]
    kind = 2 if pixels.ndim == 3 else 0
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, kind, 0, 0, 0)
    packed = zlib.compress(rows.tobytes(), PNG_LEVEL)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def webp_bytes(pixels: NDArray[np.uint8], quality: int = WEBP_QUALITY) -> bytes:
    """A WebP file of a picture; the same bytes for the same picture."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", quality=quality, method=0)
    return stream.getvalue()


def cutout_products(cutout: Cutout, base: str, about: dict[str, object], config: RunConfig) -> list[Product]:
    """The drawn picture with its variants, and the counts as FITS.

    Parameters
    ----------
    cutout : Cutout
        The images.
    base : str
        Path of the products without their ending.
    about : dict
        Header cards of the FITS file, with OBS_ID.
    config : RunConfig
        Sizes.

    Returns
    -------
    list of Product
        Of the kinds cutout and cutout_fits. Nothing is drawn over the pixels: the source's circle is a layer
        that the viewer draws, from the meta data.
    """
    levels = levels_of(cutout, config)
    obsid = str(about["OBS_ID"])
    colour = draw(levels, config)
    meta = picture_meta(cutout, levels, config)
    variants = (*_variants(colour, levels, base, config), _counted(cutout, levels, base))
    picture = png_bytes(enlarged(colour, config.cutout_png_pixels))
    cube = {"bands_kev": meta["bands_kev"], "pixel_arcsec": config.cutout_pixel_arcsec, "unit": "count"}
    return [
        Product("cutout", obsid, f"{base}_cutout.png", picture, meta, variants),
        Product("cutout_fits", obsid, f"{base}_cutout.fits", cutout_fits(cutout, about), cube),
    ]


def _variants(colour: NDArray[np.uint8], levels: Levels, base: str, config: RunConfig) -> Iterator[Variant]:
    """The small picture of lists, and each band alone."""
    side = config.cutout_small_pixels
    small = {"width_px": side, "height_px": side}
    yield Variant("small", f"{base}_small.webp", webp_bytes(enlarged(colour, side)), small)
    side = config.cutout_band_pixels
    for number, (low, high) in enumerate(COLOUR_BANDS_KEV):
        picture = webp_bytes(enlarged(draw_band(levels, number), side))
        meta = {"width_px": side, "height_px": side, "energy_kev": [low, high]}
        yield Variant("band", f"{base}_band{number + 1}.webp", picture, meta)


def _counted(cutout: Cutout, levels: Levels, base: str) -> Variant:
    """The counts unsmoothed, a pixel of the picture for each of the cut-out: for the viewer to enlarge."""
    pixels = draw_counts(cutout, levels)
    meta = {"width_px": pixels.shape[1], "height_px": pixels.shape[0]}
    return Variant("counts", f"{base}_counts.png", png_bytes(pixels), meta)


def picture_meta(cutout: Cutout, levels: Levels, config: RunConfig) -> dict[str, Any]:
    """What a viewer needs to place a drawn cut-out on the sky and to explain it.

    Parameters
    ----------
    cutout : Cutout
        The images.
    levels : Levels
        Their scale.
    config : RunConfig
        Sizes.

    Returns
    -------
    dict
        The WCS belongs to the drawn picture's own pixels, counted from 1 at the lower left, as in FITS.
    """
    side, (ra_deg, dec_deg) = config.cutout_png_pixels, cutout.frame.crval
    field = config.cutout_pixels * config.cutout_pixel_arcsec
    step, centre = field / side / 3600.0, side / 2 + 0.5
    axes = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CUNIT1": "deg", "CUNIT2": "deg", "RADESYS": "ICRS"}
    places = {"CRVAL1": ra_deg, "CRVAL2": dec_deg, "CRPIX1": centre, "CRPIX2": centre}
    return {
        "width_px": side,
        "height_px": side,
        "pixel_arcsec": field / side,
        "fov_arcmin": field / 60.0,
        "bands_kev": [list(band) for band in COLOUR_BANDS_KEV],
        "source_radius_arcsec": config.aperture_arcsec,
        "north_up": True,
        "wcs": axes | places | {"CDELT1": -step, "CDELT2": step},
        "legend": legend(levels),
    }
