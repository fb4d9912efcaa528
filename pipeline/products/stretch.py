"""From rates to colours: one rule for all sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.bands import COLOUR_BANDS_KEV
from pipeline.config import RunConfig
from pipeline.products.cutout import Cutout
from pipeline.products.smoothing import SCALES_ARCSEC, blurred, kept_share, smooth_adaptively

LEAST_EXPOSURE_SHARE: Final = 0.15
COLOUR_SMOOTHING_ARCSEC: Final = 7.0
PSF_ARCSEC: Final = 6.0
LEAST_WHITE_SIGMA: Final = 10.0
LEAST_WHITE_COUNTS: Final = 10.0
SOFTENING: Final = 0.05
SOFT_SIGMA: Final = 2.0
KNEE: Final = 0.85
SKY_LEVEL: Final = 0.045


@dataclass(frozen=True, eq=False)
class Levels:
    """A cut-out ready to be painted.

    Attributes
    ----------
    excess : ndarray of shape (3, n, n)
        Rate above the sky, count s-1 per pixel; row 0 is the south edge.
    lit : ndarray of bool, shape (n, n)
        Pixels with enough exposure.
    white : float
        The rate, all bands together, that is drawn at the knee of the scale.
    soft : float
        Where the scale turns from linear to logarithmic.
    noise : float
        One sigma of the sky within the point spread function, all bands together.
    """

    excess: NDArray[np.float64]
    lit: NDArray[np.bool_]
    white: float
    soft: float
    noise: float


def levels_of(cutout: Cutout, config: RunConfig) -> Levels:
    """Smooth a cut-out and choose its scale by the one rule.

    The rates are smoothed adaptively and freed of the sky's median. The scale is that of asinh. Its knee is
    the peak of the source itself (within half the aperture), but never less than what would stand ten sigma
    above the sky; it is linear up to two sigma, or 5 % of the knee. A faint source is thus as visible as the
    noise allows whatever stands beside it, and what is brighter than the knee keeps its shape in the upper
    15 % of the range, on a logarithmic scale up to the brightest pixel.

    Parameters
    ----------
    cutout : Cutout
        The images.
    config : RunConfig
        Sizes.

    Returns
    -------
    Levels
    """
    pixel = config.cutout_pixel_arcsec
    smooth = smooth_adaptively(cutout.counts, cutout.exposure_s, pixel)
    lit = _lit(cutout.exposure_s, PSF_ARCSEC / pixel)
    if not lit.any() or smooth.exposure_s <= 0:
        return Levels(np.zeros_like(smooth.rate), np.zeros_like(lit), 1.0, 1.0, 1.0)
    sky = np.array([np.median(plane[lit]) for plane in smooth.rate])
    excess = (smooth.rate - sky[:, None, None]) * lit
    area = 4.0 * np.pi * (PSF_ARCSEC / pixel) ** 2
    noise = float(np.sqrt(smooth.sky * area + 1.0) / area / smooth.exposure_s)
    total = excess.sum(axis=0)
    peak = float(total[_centre(total.shape, config)].max())
    white = max(peak, LEAST_WHITE_SIGMA * noise)
    return Levels(excess, lit, white, max(SOFTENING * white, SOFT_SIGMA * noise), noise)


def brightness(rate: NDArray[np.float64], levels: Levels) -> NDArray[np.float64]:
    """Rates above the sky on the common scale: 0 the sky, 0.85 the knee, 1 the brightest pixel."""
    below = np.arcsinh(np.clip(rate, 0.0, levels.white) / levels.soft) / np.arcsinh(
        levels.white / levels.soft
    )
    # A decade of room at least, so that a source just above the knee is not lifted to full white.
    top = max(float(levels.excess.sum(axis=0).max()) / levels.white, 10.0)
    above = np.log(np.maximum(rate / levels.white, 1.0)) / np.log(top)
    return np.asarray(KNEE * below + (1.0 - KNEE) * above)


def draw(levels: Levels, config: RunConfig) -> NDArray[np.uint8]:
    """The three bands as red, green and blue.

    Brightness follows the sum of the bands. The colour is the share of each band, smoothed a little more,
    with the noise added to all three, so that only what is significant takes a colour. Exposed sky is a very
    dark grey, what no camera saw is black.

    Parameters
    ----------
    levels : Levels
        From `levels_of`.
    config : RunConfig
        Sizes.

    Returns
    -------
    ndarray of shape (n, n, 3), uint8
        Row 0 is the north edge, as in picture files.
    """
    smooth = blurred(np.maximum(levels.excess, 0.0), COLOUR_SMOOTHING_ARCSEC / config.cutout_pixel_arcsec)
    shares = smooth + levels.noise / 2.0
    chroma = shares / shares.max(axis=0)
    light = brightness(levels.excess.sum(axis=0), levels)
    return _painted(np.moveaxis(light * chroma, 0, -1), levels.lit[:, :, None])


def draw_band(levels: Levels, band: int) -> NDArray[np.uint8]:
    """One band as grey, on the same scale as the sum of all bands.

    Parameters
    ----------
    levels : Levels
        From `levels_of`.
    band : int
        0, 1 or 2.

    Returns
    -------
    ndarray of shape (n, n), uint8
        Row 0 is the north edge.
    """
    return _painted(brightness(levels.excess[band], levels), levels.lit)


def draw_counts(cutout: Cutout, levels: Levels) -> NDArray[np.uint8]:
    """Every X-ray as it was counted, without smoothing: pixels as red, green and blue.

    Brightness is the logarithm of the counts of all bands, up to the brightest pixel or ten counts; the
    colour is each band's share.

    Parameters
    ----------
    cutout : Cutout
        The images.
    levels : Levels
        What is lit in them, from `levels_of`.

    Returns
    -------
    ndarray of shape (n, n, 3), uint8
        Row 0 is the north edge.
    """
    total = cutout.counts.sum(axis=0)
    light = np.log1p(total) / np.log1p(max(float(total.max()), LEAST_WHITE_COUNTS))
    chroma = cutout.counts / np.maximum(cutout.counts.max(axis=0), 1.0)
    return _painted(np.moveaxis(light * chroma, 0, -1), levels.lit[:, :, None])


def _painted(light: NDArray[np.float64], lit: NDArray[np.bool_]) -> NDArray[np.uint8]:
    shown = (SKY_LEVEL + (1.0 - SKY_LEVEL) * light) * lit
    return np.asarray(np.rint(255.0 * np.clip(shown, 0.0, 1.0))[::-1], dtype=np.uint8)


def legend(levels: Levels) -> dict[str, Any]:
    """The facts of a legend: which colour is which energy, and which rate is how bright.

    Parameters
    ----------
    levels : Levels
        From `levels_of`.

    Returns
    -------
    dict
        Rates in count s-1 per sky pixel, all bands together, above the sky.
    """
    colours = ("red", "green", "blue")
    return {
        "colours": [
            {"colour": colour, "energy_kev": list(band)}
            for colour, band in zip(colours, COLOUR_BANDS_KEV, strict=True)
        ],
        "stretch": "asinh",
        "soft_rate": levels.soft,
        "knee_rate": levels.white,
        "knee_level": KNEE,
        "sky_noise_rate": levels.noise,
        "smoothing_arcsec": [SCALES_ARCSEC[0], SCALES_ARCSEC[-1]],
        "unit": "count s-1 pixel-1",
    }


def _lit(exposure_s: NDArray[np.float64], sigma: float) -> NDArray[np.bool_]:
    """Pixels with enough exposure about them; narrow gaps between CCDs are bridged by the smoothing."""
    seconds = blurred(exposure_s[0], sigma) / kept_share(exposure_s.shape[-1], sigma)
    return np.asarray(seconds > LEAST_EXPOSURE_SHARE * max(float(seconds.max()), 1e-9))


def _centre(shape: tuple[int, ...], config: RunConfig) -> NDArray[np.bool_]:
    rows, columns = np.indices(shape) - (shape[0] - 1) / 2
    return np.asarray(np.hypot(rows, columns) <= config.aperture_arcsec / config.cutout_pixel_arcsec / 2)
