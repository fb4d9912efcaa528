"""Settings of a run. They are written into the manifest, and their hash decides whether to redo it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class RunConfig:
    """Every number that changes the outcome of a run.

    Attributes
    ----------
    aperture_arcsec : float
        Radius of the source circle.
    annulus_arcsec : tuple of float
        Inner and outer radius of the background ring.
    extended_annulus_arcsec : tuple of float
        The same for a source on extended emission, whose background changes over the wider ring.
    merge_arcsec : float
        Positions closer than this are one source.
    extended_arcsec : float
        Regions with a larger radius are extended emission, not point sources.
    counterpart_arcsec : float
        Largest distance of a counterpart.
    detection_likelihood : float
        -ln of the chance probability that a detection must reach.
    cutout_pixels, cutout_pixel_arcsec : int, float
        Side of a cut-out in sky pixels, and the size of one.
    cutout_png_pixels, cutout_small_pixels, cutout_band_pixels, cutout_sky_pixels : int
        Sides of the drawn picture, of the small one for lists, of the pictures of single bands, and of those
        of a simulated optical and infrared sky.
    spectrum_group_counts : int
        Counts per spectral bin to aim for.
    lightcurve_bin_counts : float
        Mean counts per time bin and camera to aim for.
    only_real : bool
        Refuse simulated observations.
    """

    aperture_arcsec: float = 20.0
    annulus_arcsec: tuple[float, float] = (60.0, 120.0)
    extended_annulus_arcsec: tuple[float, float] = (25.0, 50.0)
    merge_arcsec: float = 8.0
    extended_arcsec: float = 60.0
    counterpart_arcsec: float = 5.0
    detection_likelihood: float = 17.0
    cutout_pixels: int = 60
    cutout_pixel_arcsec: float = 4.0
    cutout_png_pixels: int = 300
    cutout_small_pixels: int = 120
    cutout_band_pixels: int = 120
    cutout_sky_pixels: int = 200
    spectrum_group_counts: int = 15
    lightcurve_bin_counts: float = 10.0
    only_real: bool = False

    def as_json(self) -> dict[str, object]:
        """The settings as plain JSON values (tuples become lists)."""
        plain: dict[str, object] = json.loads(json.dumps(asdict(self)))
        return plain

    def sha256(self) -> str:
        """Hash of the settings, independent of their order."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()
