"""Where a photon falls: tangent plane, detector coordinates, chips and their gaps.

Sky and detector pixels are 0.05 arcsec, as in the archive's event lists. Detector axes are the sky offsets
(west, north) turned by the position angle: enough for chips and fields of view, not the true boresight.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.simulate.spectra import Floats
from pipeline.simulate.telescope import FIELD_RADIUS_ARCMIN, Camera

Ints = npt.NDArray[np.int64]
PIXEL_ARCSEC = 0.05
REFERENCE_PIXEL = 25921
_MOS_CHIP_ARCMIN = 10.9
_PN_CHIP_ARCMIN = (4.4, 13.6)
_HALF_GAP_ARCMIN = {"M1": 0.04, "M2": 0.04, "PN": 0.07}
# chip number by column of the MOS mosaic, from low to high y; the central chip is 1
_MOS_COLUMNS = ((6, 7), (5, 1, 2), (4, 3))


@dataclass(frozen=True)
class Pointing:
    """Direction of the optical axis: ICRS position and position angle, degrees."""

    ra_deg: float
    dec_deg: float
    pa_deg: float


def project_arcmin(ra_deg: Floats, dec_deg: Floats, pointing: Pointing) -> tuple[Floats, Floats]:
    """Tangent-plane offsets (arcmin; west, north) of positions (deg) from the pointing."""
    ra, dec = np.radians(ra_deg - pointing.ra_deg), np.radians(dec_deg)
    dec0 = np.radians(pointing.dec_deg)
    depth = np.sin(dec) * np.sin(dec0) + np.cos(dec) * np.cos(dec0) * np.cos(ra)
    west = -np.cos(dec) * np.sin(ra) / depth
    north = (np.sin(dec) * np.cos(dec0) - np.cos(dec) * np.sin(dec0) * np.cos(ra)) / depth
    return np.asarray(np.degrees(west) * 60), np.asarray(np.degrees(north) * 60)


def deproject_deg(west_arcmin: Floats, north_arcmin: Floats, pointing: Pointing) -> tuple[Floats, Floats]:
    """Positions (ra, dec in deg) of tangent-plane offsets (arcmin); the inverse of `project_arcmin`."""
    x, y = -np.radians(west_arcmin / 60), np.radians(north_arcmin / 60)
    dec0 = np.radians(pointing.dec_deg)
    ra = np.arctan2(x, np.cos(dec0) - y * np.sin(dec0))
    dec = np.arctan2((np.sin(dec0) + y * np.cos(dec0)) * np.cos(ra), np.cos(dec0) - y * np.sin(dec0))
    return np.asarray((pointing.ra_deg + np.degrees(ra)) % 360.0), np.asarray(np.degrees(dec))


def sky_pixels(offset_arcmin: Floats) -> Ints:
    """Sky pixel number of a tangent-plane offset (arcmin) along either axis."""
    return np.asarray(np.rint(offset_arcmin * 60 / PIXEL_ARCSEC), dtype=np.int64) + REFERENCE_PIXEL


def detector_arcmin(west: Floats, north: Floats, pa_deg: float) -> tuple[Floats, Floats]:
    """Detector coordinates (arcmin) of tangent-plane offsets (arcmin)."""
    cos, sin = np.cos(np.radians(pa_deg)), np.sin(np.radians(pa_deg))
    return np.asarray(cos * west + sin * north), np.asarray(-sin * west + cos * north)


def sky_offsets_arcmin(x: Floats, y: Floats, pa_deg: float) -> tuple[Floats, Floats]:
    """Tangent-plane offsets (arcmin) of detector coordinates (arcmin)."""
    return detector_arcmin(x, y, -pa_deg)


def in_field(x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """True where detector coordinates (arcmin) see the sky."""
    return np.asarray(np.hypot(x, y) <= FIELD_RADIUS_ARCMIN)


def chip_number(camera: Camera, x: Floats, y: Floats) -> Ints:
    """Number of the chip under detector coordinates (arcmin); 0 in a gap or beside the mosaic."""
    return _pn_chip(x, y) if camera.name == "PN" else _mos_chip(camera, x, y)


def _cell(value: Floats, size: float, cells: int, half_gap: float) -> Ints:
    """Index of the cell of a row of equal cells centred on 0; -1 outside and in the gaps."""
    scaled = value / size + cells / 2
    index = np.floor(scaled)
    edge = np.minimum(scaled - index, index + 1 - scaled) * size
    return np.where((index >= 0) & (index < cells) & (edge > half_gap), index, -1).astype(np.int64)


def _mos_chip(camera: Camera, x: Floats, y: Floats) -> Ints:
    half_gap = _HALF_GAP_ARCMIN[camera.name]
    column = _cell(x, _MOS_CHIP_ARCMIN, 3, half_gap)
    chip = np.zeros(x.shape, dtype=np.int64)
    for number, chips in enumerate(_MOS_COLUMNS):
        row = _cell(y, _MOS_CHIP_ARCMIN, len(chips), half_gap)
        chip = np.where((column == number) & (row >= 0), np.array(chips)[np.clip(row, 0, None)], chip)
    return chip


def _pn_chip(x: Floats, y: Floats) -> Ints:
    half_gap = _HALF_GAP_ARCMIN["PN"]
    column = _cell(x, _PN_CHIP_ARCMIN[0], 6, half_gap)
    row = _cell(y, _PN_CHIP_ARCMIN[1], 2, half_gap)
    return np.where((column >= 0) & (row >= 0), 1 + column + 6 * row, 0)
