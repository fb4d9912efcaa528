"""Three-colour cut-outs: counts as a FITS cube, and a picture that keeps faint sources visible."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from pipeline.bands import COLOUR_BANDS_KEV
from pipeline.config import RunConfig
from pipeline.measure.apertures import Camera
from pipeline.measure.exposure import ExposureMap, map_for_energy
from pipeline.readers.skyframe import local_map

SMOOTHING_ARCSEC: Final = 6.0
LEAST_EXPOSURE_SHARE: Final = 0.15
COLOUR_SMOOTHING_ARCSEC: Final = 9.0
SOFTENING: Final = 0.06
NOISE_SIGMAS: Final = 10.0


@dataclass(frozen=True, eq=False)
class Cutout:
    """Images of one source in three bands.

    Attributes
    ----------
    counts : ndarray of shape (3, n, n), float64
        Events of all cameras; row 0 is the south edge, column 0 the east edge.
    exposure_s : ndarray of shape (3, n, n), float64
        Summed exposure of the cameras.
    wcs : astropy.wcs.WCS
        Celestial coordinates; the source is exactly at the centre.
    """

    counts: NDArray[np.float64]
    exposure_s: NDArray[np.float64]
    wcs: Any


def centred_wcs(ra_deg: float, dec_deg: float, pixels: int, pixel_arcsec: float) -> Any:
    """A tangent-plane WCS of a square image, north up and east left, with a position at its centre.

    Parameters
    ----------
    ra_deg, dec_deg : float
        ICRS position of the centre.
    pixels : int
        Side in pixels.
    pixel_arcsec : float
        Size of a pixel.

    Returns
    -------
    astropy.wcs.WCS
    """
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [ra_deg, dec_deg]
    wcs.wcs.crpix = [pixels / 2 + 0.5] * 2
    wcs.wcs.cdelt = [-pixel_arcsec / 3600.0, pixel_arcsec / 3600.0]
    wcs.wcs.radesys = "ICRS"
    wcs.wcs.set()
    return wcs


def make_cutout(cameras: list[Camera], ra_deg: float, dec_deg: float, config: RunConfig) -> Cutout:
    """Cut three images about a position out of all cameras of an observation.

    Parameters
    ----------
    cameras : list of Camera
        At least one.
    ra_deg, dec_deg : float
        ICRS position.
    config : RunConfig
        Size and pixels.

    Returns
    -------
    Cutout
    """
    size = config.cutout_pixels
    wcs = centred_wcs(ra_deg, dec_deg, size, config.cutout_pixel_arcsec)
    counts = np.zeros((len(COLOUR_BANDS_KEV), size, size))
    exposure = np.zeros_like(counts)
    for camera in cameras:
        added, seconds = _one_camera(camera, (ra_deg, dec_deg), wcs, config)
        counts += added
        exposure += seconds
    return Cutout(counts, exposure, wcs)


def _one_camera(
    camera: Camera, centre: tuple[float, float], wcs: Any, config: RunConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    frame, size = camera.events.frame, config.cutout_pixels
    x, y = (float(v[0]) for v in frame.to_pixel(*centre))
    to_grid = local_map(frame, x, y, wcs)
    # The half diagonal covers the square whatever the angle between the frames.
    near = camera.near(x, y, 0.75 * size * config.cutout_pixel_arcsec / frame.arcsec_per_pixel)
    column, row = to_grid.apply(camera.events.x[near] - x, camera.events.y[near] - y)
    edges = np.arange(size + 1) - 0.5
    energy = camera.events.pi_ev[near] / 1000.0
    bands = [(energy >= low) & (energy < high) for low, high in COLOUR_BANDS_KEV]
    counts = np.array([np.histogram2d(row[b], column[b], [edges, edges])[0] for b in bands])
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float64)
    offsets = to_grid.invert(columns.ravel(), rows.ravel())
    maps = [map_for_energy(list(camera.maps), low, high) for low, high in COLOUR_BANDS_KEV]
    sampled = {id(chart): _sample(camera, chart, (x, y), offsets).reshape(size, size) for chart in maps}
    return counts, np.array([sampled[id(chart)] for chart in maps])


def _sample(
    camera: Camera,
    chart: ExposureMap,
    at: tuple[float, float],
    offsets: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    return chart.at(*local_map(camera.events.frame, *at, chart.wcs).apply(*offsets))


def cutout_fits(cutout: Cutout, extra: dict[str, object]) -> bytes:
    """The counts as a FITS cube (float32, band is the third axis).

    Parameters
    ----------
    cutout : Cutout
        The images.
    extra : dict
        More header cards.

    Returns
    -------
    bytes
        A FITS file; the same for the same input, as no date is written.
    """
    header = cutout.wcs.to_header()
    header["WCSAXES"] = 2
    header["BUNIT"] = "count"
    for number, (low, high) in enumerate(COLOUR_BANDS_KEV, start=1):
        header[f"BAND{number}LO"] = (low, "[keV] lower energy of plane")
        header[f"BAND{number}HI"] = (high, "[keV] upper energy of plane")
    for name, value in extra.items():
        header[name] = value
    stream = io.BytesIO()
    fits.PrimaryHDU(cutout.counts.astype(np.float32), header).writeto(stream)
    return stream.getvalue()


def draw(cutout: Cutout, config: RunConfig) -> NDArray[np.uint8]:
    """Turn a cut-out into colours by one rule for all sources.

    Brightness: the counts of each band are smoothed, divided by the equally smoothed exposure and freed of
    their median; the bands are added with the weight 1/noise. White is the peak of the source itself (within
    half the aperture), but never less than ten times the noise; the scale is that of asinh, linear up to
    twice the noise or 6 % of white. A faint source is thus as visible as the noise allows, whatever bright
    source stands beside it. Colour: the same bands, smoothed more, with their noise added to each, so that
    empty sky stays grey and only what is significant takes a colour.

    Parameters
    ----------
    cutout : Cutout
        The images.
    config : RunConfig
        Sizes.

    Returns
    -------
    ndarray of shape (n, n, 3), uint8
        Red, green, blue; row 0 is the north edge, as in picture files.
    """
    lit = _lit(cutout.exposure_s[0], config)
    if not lit.any():
        return np.zeros((*lit.shape, 3), dtype=np.uint8)
    sharp, noise = _background_free(cutout, lit, SMOOTHING_ARCSEC / config.cutout_pixel_arcsec)
    weight = noise.mean() / noise
    total = np.tensordot(weight, sharp, axes=1)
    spread = _noise(total, lit)
    white = max(float(total[_centre(total.shape, config)].max()), NOISE_SIGMAS * spread)
    soft = max(SOFTENING * white, 2.0 * spread)
    brightness = np.arcsinh(np.clip(total, 0.0, white) / soft) / np.arcsinh(white / soft)
    coloured = brightness * _chroma(cutout, lit, config)
    levels = np.rint(255.0 * np.moveaxis(coloured * lit, 0, -1)[::-1])
    return np.asarray(levels, dtype=np.uint8)


def _chroma(cutout: Cutout, lit: NDArray[np.bool_], config: RunConfig) -> NDArray[np.float64]:
    """Share of each colour, the strongest one set to 1."""
    smooth, noise = _background_free(cutout, lit, COLOUR_SMOOTHING_ARCSEC / config.cutout_pixel_arcsec)
    shares = np.maximum(smooth, 0.0) + 2.0 * noise.mean()
    return np.asarray(shares / shares.max(axis=0))


def _background_free(
    cutout: Cutout, lit: NDArray[np.bool_], sigma: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smoothed rates without their median, and the noise of each band."""
    pairs = zip(cutout.counts, cutout.exposure_s, strict=True)
    rates = np.array([_smooth_rate(counts, exposure, sigma) for counts, exposure in pairs])
    rates = np.array([np.where(lit, rate - np.median(rate[lit]), 0.0) for rate in rates])
    return rates, np.array([_noise(rate, lit) for rate in rates])


def _noise(image: NDArray[np.float64], lit: NDArray[np.bool_]) -> float:
    """One sigma, from the spread below the median, which no bright neighbour can lift."""
    lower, middle = np.percentile(image[lit], [16.0, 50.0])
    return max(float(middle - lower), 1e-3 * float(image.max()), 1e-12)


def _smooth_rate(
    counts: NDArray[np.float64], exposure: NDArray[np.float64], sigma: float
) -> NDArray[np.float64]:
    seconds = ndimage.gaussian_filter(exposure, sigma, mode="nearest")
    return np.asarray(ndimage.gaussian_filter(counts, sigma, mode="nearest") / np.maximum(seconds, 1e-9))


def _lit(exposure: NDArray[np.float64], config: RunConfig) -> NDArray[np.bool_]:
    """Pixels with enough exposure about them; narrow gaps between CCDs are bridged by the smoothing."""
    sigma = SMOOTHING_ARCSEC / config.cutout_pixel_arcsec
    seconds = ndimage.gaussian_filter(exposure, sigma, mode="nearest")
    return np.asarray(seconds > LEAST_EXPOSURE_SHARE * max(float(seconds.max()), 1e-9))


def _centre(shape: tuple[int, ...], config: RunConfig) -> NDArray[np.bool_]:
    rows, columns = np.indices(shape) - (shape[0] - 1) / 2
    return np.asarray(np.hypot(rows, columns) <= config.aperture_arcsec / config.cutout_pixel_arcsec / 2)


def cutout_png(cutout: Cutout, config: RunConfig) -> bytes:
    """The drawn cut-out as a PNG file, enlarged smoothly; nothing is drawn over the pixels.

    Parameters
    ----------
    cutout : Cutout
        The images.
    config : RunConfig
        Sizes.

    Returns
    -------
    bytes
        A PNG file.
    """
    side = config.cutout_png_pixels
    picture = Image.fromarray(draw(cutout, config)).resize((side, side), Image.Resampling.BICUBIC)
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def picture_meta(ra_deg: float, dec_deg: float, config: RunConfig) -> dict[str, object]:
    """What a viewer needs to place a drawn cut-out on the sky.

    Parameters
    ----------
    ra_deg, dec_deg : float
        Centre, ICRS.
    config : RunConfig
        Sizes.

    Returns
    -------
    dict
        The WCS belongs to the drawn picture's own pixels, counted from 1 at the lower left, as in FITS.
    """
    side = config.cutout_png_pixels
    field = config.cutout_pixels * config.cutout_pixel_arcsec
    step = field / side / 3600.0
    centre = side / 2 + 0.5
    axes = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CUNIT1": "deg", "CUNIT2": "deg", "RADESYS": "ICRS"}
    numbers = {
        "CRVAL1": ra_deg,
        "CRVAL2": dec_deg,
        "CRPIX1": centre,
        "CRPIX2": centre,
        "CDELT1": -step,
        "CDELT2": step,
    }
    return {
        "width_px": side,
        "height_px": side,
        "pixel_arcsec": field / side,
        "fov_arcmin": field / 60.0,
        "bands_kev": [list(band) for band in COLOUR_BANDS_KEV],
        "source_radius_arcsec": config.aperture_arcsec,
        "north_up": True,
        "wcs": axes | numbers,
    }
