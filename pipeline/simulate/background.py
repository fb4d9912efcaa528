"""A field beside its sources: sky, particles, a soft-proton flare, and events that cleaning must drop."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.bands import NARROW_BANDS, band_of
from pipeline.simulate.detector import Ints, in_field
from pipeline.simulate.observation import ProtonFlare
from pipeline.simulate.spectra import BIN_KEV, ENERGIES_KEV, Floats, Spectrum, photon_spectrum
from pipeline.simulate.telescope import (
    FIELD_RADIUS_ARCMIN,
    Camera,
    effective_area_cm2,
    energy_sigma_kev,
    vignetting,
)

DETECTOR_HALF_ARCMIN = 14.5
BAD_SHARE = 0.10
# De Luca & Molendi 2004, A&A 419, 837: cosmic background, 2.24e-11 erg cm-2 s-1 deg-2 in 2-10 keV, index 1.41
_COSMIC_FLUX_CGS_DEG2 = 4.0e-11
_LOCAL_FLUX_CGS_DEG2 = 1.6e-11
_COSMIC = Spectrum("powerlaw", 1.41, 0.03)
_LOCAL = Spectrum("coronal", 0.2, 0.02)
_PROTON_INDEX = 0.6
_PROTON_CUT_KEV = 6.0


@dataclass(frozen=True)
class Photons:
    """Detected events before they are digitised: arrays of one length.

    time_s from the MOS start; x, y detector coordinates (arcmin); energy_kev as measured; rejected = True
    where the standard filter must drop the event.
    """

    time_s: Floats
    x_arcmin: Floats
    y_arcmin: Floats
    energy_kev: Floats
    rejected: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time_s)


def join(parts: list[Photons]) -> Photons:
    """One set of events out of several."""
    columns = ("time_s", "x_arcmin", "y_arcmin", "energy_kev", "rejected")
    return Photons(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def select(photons: Photons, keep: npt.NDArray[np.bool_] | Ints) -> Photons:
    """The events where `keep` is True, or in the order of its indices."""
    columns = (photons.time_s, photons.x_arcmin, photons.y_arcmin, photons.energy_kev, photons.rejected)
    return Photons(*(column[keep] for column in columns))  # type: ignore[arg-type]


def sky_spectrum(camera: Camera) -> Floats:
    """Sky background on axis: count s-1 keV-1 arcmin-2 on the energy grid, before energy redistribution."""
    area = effective_area_cm2(camera)
    photons = _COSMIC_FLUX_CGS_DEG2 * photon_spectrum(_COSMIC) + _LOCAL_FLUX_CGS_DEG2 * photon_spectrum(
        _LOCAL
    )
    return np.asarray(photons * area / 3600)


def particle_spectrum(camera: Camera) -> Floats:
    """Particle background of the whole detector: count s-1 keV-1; flat with a camera's fluorescence lines."""
    lines = sum(share for _, share in camera.particle_lines_kev)
    continuum = ENERGIES_KEV**-0.2 * (ENERGIES_KEV > 0.15)
    shape = (1 - lines) * continuum / (continuum.sum() * BIN_KEV)
    for centre, share in camera.particle_lines_kev:
        width = float(energy_sigma_kev(camera, np.array(centre)))
        gauss = np.exp(-0.5 * ((ENERGIES_KEV - centre) / width) ** 2)
        shape = shape + share * gauss / (gauss.sum() * BIN_KEV)
    return np.asarray(camera.particle_rate * shape)


@lru_cache(maxsize=8)
def band_rates_arcmin2(camera: Camera) -> Floats:
    """Quiet background near the axis in bands 1-5, count s-1 arcmin-2, shape (5,)."""
    spectrum = sky_spectrum(camera) + particle_spectrum(camera) / (2 * DETECTOR_HALF_ARCMIN) ** 2
    band = band_of(ENERGIES_KEV)
    return np.array([spectrum[band == index].sum() * BIN_KEV for index in range(len(NARROW_BANDS))])


def draw_energies_kev(spectrum: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Draw energies (keV) from a spectrum on the energy grid (any scale)."""
    running = np.concatenate([[0.0], np.cumsum(spectrum)])
    edges = np.concatenate([ENERGIES_KEV - BIN_KEV / 2, [ENERGIES_KEV[-1] + BIN_KEV / 2]])
    return np.asarray(np.interp(rng.uniform(0.0, running[-1], count), running, edges))


def blur_kev(camera: Camera, energy_kev: Floats, rng: np.random.Generator) -> Floats:
    """Measured energies (keV) of photons: Gaussian redistribution."""
    return np.asarray(energy_kev + energy_sigma_kev(camera, energy_kev) * rng.normal(size=energy_kev.shape))


def draw_sky(camera: Camera, duration_s: float, rng: np.random.Generator) -> Photons:
    """Sky background of the whole field over a duration (s), vignetted."""
    spectrum = sky_spectrum(camera)
    full = (
        float(spectrum.sum()) * BIN_KEV * np.pi * FIELD_RADIUS_ARCMIN**2 * duration_s * camera.live_fraction
    )
    count = rng.poisson(full)
    x, y = _places_in_field(count, rng)
    seen = rng.uniform(size=count) < vignetting(np.hypot(x, y))
    energy = blur_kev(camera, draw_energies_kev(spectrum, count, rng), rng)
    time = rng.uniform(0.0, duration_s, count)
    return select(Photons(time, x, y, energy, np.zeros(count, dtype=bool)), seen)


def draw_particles(camera: Camera, duration_s: float, rng: np.random.Generator) -> Photons:
    """Particle background of the whole detector, uniform, corners included."""
    spectrum = particle_spectrum(camera)
    count = rng.poisson(float(spectrum.sum()) * BIN_KEV * duration_s * camera.live_fraction)
    x, y = rng.uniform(-DETECTOR_HALF_ARCMIN, DETECTOR_HALF_ARCMIN, (2, count))
    energy = draw_energies_kev(spectrum, count, rng)
    return Photons(rng.uniform(0.0, duration_s, count), x, y, energy, np.zeros(count, dtype=bool))


def draw_protons(camera: Camera, flare: ProtonFlare, quiet_rate: float, rng: np.random.Generator) -> Photons:
    """A soft-proton flare (times in s), at its centre `peak` times the quiet rate (count/s)."""
    integral = flare.peak * quiet_rate * flare.width_s * np.sqrt(2 * np.pi)
    count = rng.poisson(integral * camera.live_fraction)
    time = rng.normal(flare.centre_s, flare.width_s, count)
    x, y = _places_in_field(count, rng)
    shape = ENERGIES_KEV**-_PROTON_INDEX * np.exp(-ENERGIES_KEV / _PROTON_CUT_KEV)
    energy = draw_energies_kev(shape, count, rng)
    return Photons(time, x, y, energy, np.zeros(count, dtype=bool))


def draw_rejected(good: int, duration_s: float, rng: np.random.Generator) -> Photons:
    """Detector noise beside `good` valid events, to be dropped by the standard filter: soft, uniform."""
    count = rng.poisson(BAD_SHARE * good)
    x, y = rng.uniform(-DETECTOR_HALF_ARCMIN, DETECTOR_HALF_ARCMIN, (2, count))
    energy = draw_energies_kev(ENERGIES_KEV**-3.0, count, rng)
    return Photons(rng.uniform(0.0, duration_s, count), x, y, energy, np.ones(count, dtype=bool))


def _places_in_field(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    radius = FIELD_RADIUS_ARCMIN * np.sqrt(rng.uniform(size=count))
    angle = rng.uniform(0.0, 2 * np.pi, count)
    return np.asarray(radius * np.cos(angle)), np.asarray(radius * np.sin(angle))


def quiet_rate(camera: Camera) -> float:
    """Quiet background of the field (count/s): sky with the mean vignetting, and particles."""
    ring = (np.arange(100) + 0.5) / 100 * FIELD_RADIUS_ARCMIN
    mean_vignetting = float(np.average(vignetting(ring), weights=ring))
    field = np.pi * FIELD_RADIUS_ARCMIN**2
    sky = float(sky_spectrum(camera).sum()) * BIN_KEV * field * mean_vignetting
    return sky + camera.particle_rate * field / (2 * DETECTOR_HALF_ARCMIN) ** 2


def outside_field(photons: Photons) -> npt.NDArray[np.bool_]:
    """True for events in the corners, which the mirrors do not reach."""
    return np.asarray(~in_field(photons.x_arcmin, photons.y_arcmin))
