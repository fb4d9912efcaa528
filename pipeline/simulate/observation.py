"""The plan of one simulated observation: where it looks, when, and which sources are in its field."""

from dataclasses import dataclass

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from pipeline.simulate.detector import Pointing, deproject_deg, sky_offsets_arcmin
from pipeline.simulate.population import CLASSES, SourceModel, draw_source, magnitudes
from pipeline.simulate.spectra import Floats, photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix

FIRST_START_S = 4.0e8
BETWEEN_STARTS_S = 2.0e6
PLACING_RADIUS_ARCMIN = 12.0
SEPARATION_ARCMIN = 1.5
_TRIES = 2000


@dataclass(frozen=True)
class Field:
    """A kind of field: name, Galactic latitude (deg), class shares in the order of CLASSES."""

    name: str
    gal_lat_deg: float
    shares: tuple[float, float, float, float]


FIELDS = (
    Field("SIM high latitude", 52.0, (0.70, 0.22, 0.03, 0.05)),
    Field("SIM Galactic plane", -2.0, (0.15, 0.42, 0.28, 0.15)),
    Field("SIM middle latitude", 19.0, (0.50, 0.34, 0.06, 0.10)),
)


@dataclass(frozen=True)
class ProtonFlare:
    """A soft-proton flare: centre and Gaussian width (s from the MOS start), peak over quiet."""

    centre_s: float
    width_s: float
    peak: float


@dataclass(frozen=True)
class PlacedSource:
    """A source with its place (ICRS deg) and mean 0.2-12 keV flux (erg cm-2 s-1)."""

    name: str
    ra_deg: float
    dec_deg: float
    gal_lat_deg: float
    flux_cgs: float
    model: SourceModel

    def magnitudes(self) -> dict[str, float]:
        """Magnitudes of the counterpart; NaN = not detected."""
        return magnitudes(self.model, self.flux_cgs)


@dataclass(frozen=True)
class Observation:
    """One observation, ready to be exposed; times in s since MJD 50814 (TT)."""

    obsid: str
    target: str
    pointing: Pointing
    start_s: float
    duration_s: float
    flare: ProtonFlare
    sources: tuple[PlacedSource, ...]


def obsid_of(number: int) -> str:
    """Identifier of the n-th simulated observation: 99nnnnnn01, beyond any the archive has given."""
    return f"99{number:06d}01"


def iau_name(ra_deg: float, dec_deg: float) -> str:
    """`SIM Jhhmmss.s+ddmmss`, truncated and not rounded, as the IAU asks."""
    tenths = int(np.floor(ra_deg % 360.0 * 2400 + 1e-6))
    seconds = int(np.floor(abs(dec_deg) * 3600 + 1e-6))
    sign = "-" if dec_deg < 0 else "+"
    hours, minutes, rest = tenths // 36000, tenths // 600 % 60, tenths % 600
    ra = f"{hours:02d}{minutes:02d}{rest // 10:02d}.{rest % 10}"
    return f"SIM J{ra}{sign}{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def flux_for_counts(model: SourceModel, duration_s: float) -> float:
    """Flux (erg cm-2 s-1) that gives the model its counts, on axis, all cameras, over a duration (s)."""
    photons = photon_spectrum(model.spectrum)
    live = [(photons @ band_matrix(camera)).sum() * camera.live_fraction for camera in CAMERAS]
    return float(model.counts / (duration_s * sum(live)))


def class_quotas(shares: tuple[float, ...], total: int) -> tuple[int, ...]:
    """Split a number of sources by shares, largest remainders first."""
    exact = np.asarray(shares) / sum(shares) * total
    quotas = np.floor(exact).astype(int)
    for index in np.argsort(quotas - exact, kind="stable")[: total - quotas.sum()]:
        quotas[index] += 1
    return tuple(int(quota) for quota in quotas)


def plan_observation(number: int, sources: int, duration_s: float, rng: np.random.Generator) -> Observation:
    """Draw the n-th observation (counted from 1): the kinds of field take turns."""
    field = FIELDS[(number - 1) % len(FIELDS)]
    pointing = _draw_pointing(field, rng)
    return Observation(
        obsid=obsid_of(number),
        target=field.name,
        pointing=pointing,
        start_s=FIRST_START_S + number * BETWEEN_STARTS_S,
        duration_s=duration_s,
        flare=ProtonFlare(
            centre_s=float(rng.uniform(0.65, 0.8)) * duration_s,
            width_s=0.04 * duration_s,
            peak=float(rng.uniform(6.0, 10.0)),
        ),
        sources=_draw_sources(field, pointing, (sources, duration_s), rng),
    )


def _draw_pointing(field: Field, rng: np.random.Generator) -> Pointing:
    galactic = SkyCoord(l=rng.uniform(0, 360) * u.deg, b=field.gal_lat_deg * u.deg, frame="galactic")
    return Pointing(float(galactic.icrs.ra.deg), float(galactic.icrs.dec.deg), float(rng.uniform(0, 360)))


def _draw_sources(
    field: Field, pointing: Pointing, size: tuple[int, float], rng: np.random.Generator
) -> tuple[PlacedSource, ...]:
    count, duration_s = size
    keys = np.repeat(CLASSES, class_quotas(field.shares, count))
    x, y = _draw_places(count, rng)
    ra, dec = deproject_deg(*sky_offsets_arcmin(x, y, pointing.pa_deg), pointing)
    latitude = SkyCoord(ra * u.deg, dec * u.deg, frame="icrs").galactic.b.deg
    placed = []
    for key, where in zip(rng.permutation(keys), zip(ra, dec, latitude, strict=True), strict=True):
        model = draw_source(str(key), float(where[2]), rng)
        flux = flux_for_counts(model, duration_s)
        position = (float(where[0]), float(where[1]))
        placed.append(PlacedSource(iau_name(*position), *position, float(where[2]), flux, model))
    return tuple(placed)


def _draw_places(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Detector places (arcmin) that keep their distance from each other as long as the field has room."""
    places = np.empty((0, 2))
    for attempt in range(_TRIES * count):
        radius, angle = PLACING_RADIUS_ARCMIN * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
        place = np.array([radius * np.cos(angle), radius * np.sin(angle)])
        crowded = np.any(np.hypot(*(places - place).T) < SEPARATION_ARCMIN)
        if not crowded or attempt > _TRIES:
            places = np.vstack([places, place])
        if len(places) == count:
            break
    return places[:, 0], places[:, 1]
