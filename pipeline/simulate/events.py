"""The event list of one camera in one observation, and its flare curve."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.simulate import background, detector, timing
from pipeline.simulate.background import Photons
from pipeline.simulate.detector import PIXEL_ARCSEC, Ints
from pipeline.simulate.observation import Observation, PlacedSource
from pipeline.simulate.spectra import BIN_KEV, Floats, photon_spectrum
from pipeline.simulate.telescope import Camera, effective_area_cm2, psf_radii_arcsec, vignetting

ENERGY_RANGE_KEV = (0.12, 14.5)
OUT_OF_FIELD_BIT = 16
HARMLESS_BIT = 11
HARMLESS_SHARE = 0.03
GAP_START_SHARE = 0.35
GAP_S = 300.0
CURVE_BAND_EV = (500, 7500)
CURVE_MASK_ARCSEC = 45.0
CURVE_SIGMAS = 5.0


@dataclass(frozen=True)
class EventList:
    """Digitised events of one camera, sorted by time; one array per column of the archive's table.

    time_s since MJD 50814 (TT); x, y sky and det_x, det_y detector pixels of 0.05 arcsec; energy_ev; flag;
    pattern; chip. gtis_s maps a chip to its good times, shape (n, 2), same time system.
    """

    camera: Camera
    time_s: Floats
    x: Ints
    y: Ints
    det_x: Ints
    det_y: Ints
    energy_ev: Ints
    flag: Ints
    pattern: Ints
    chip: Ints
    gtis_s: dict[int, Floats]

    def __len__(self) -> int:
        return len(self.time_s)

    def on_time_s(self, chip: int) -> float:
        """Good time (s) of a chip."""
        return float(np.diff(self.gtis_s[chip], axis=1).sum())

    def live_time_s(self, chip: int) -> float:
        """Live time (s) of a chip."""
        return self.on_time_s(chip) * self.camera.live_fraction


@dataclass(frozen=True)
class FlareCurve:
    """Background curve of the field, sources cut out: bin centres (s), count/s, and the cut (count/s)."""

    time_s: Floats
    rate: Floats
    error: Floats
    fraction_exposed: Floats
    threshold: float
    bin_s: float


def expose(
    observation: Observation, curves: list[Floats], camera: Camera, rng: np.random.Generator
) -> EventList:
    """Draw the events of one camera.

    Parameters
    ----------
    observation : Observation
        The plan.
    curves : list of ndarray
        Relative rates of the sources on `timing.time_grid(duration_s)`, the same for every camera.
    camera : Camera
        The camera.
    rng : Generator
        Randomness.
    """
    duration = observation.duration_s
    parts = [
        _draw_source(observation, source, curve, camera, rng)
        for source, curve in zip(observation.sources, curves, strict=True)
    ]
    parts += [background.draw_sky(camera, duration, rng), background.draw_particles(camera, duration, rng)]
    parts.append(background.draw_protons(camera, observation.flare, background.quiet_rate(camera), rng))
    parts.append(background.draw_rejected(sum(len(part) for part in parts), duration, rng))
    return _digitise(background.join(parts), observation, camera, rng)


def good_times_s(observation: Observation, camera: Camera) -> dict[int, Floats]:
    """Good time intervals per chip (s since MJD 50814): one gap for all, chips staggered by a frame or so."""
    start = observation.start_s + camera.start_delay_s
    stop = observation.start_s + observation.duration_s
    gap = observation.start_s + GAP_START_SHARE * observation.duration_s
    chips = range(1, camera.ccds + 1)
    return {chip: np.array([[start + 2.6 * chip, gap], [gap + GAP_S, stop - 2.6 * chip]]) for chip in chips}


def expected_counts(source: PlacedSource, observation: Observation, camera: Camera) -> float:
    """Mean number of events of a source, gaps between chips and in time left aside."""
    west, north = _offsets_arcmin(source, observation)
    detected = photon_spectrum(source.model.spectrum) * effective_area_cm2(camera)
    on_axis = source.flux_cgs * float(detected.sum()) * BIN_KEV
    return float(on_axis * vignetting(np.hypot(west, north)) * observation.duration_s * camera.live_fraction)


def flare_curve(events: EventList, observation: Observation) -> FlareCurve:
    """Curve of the good events (0.5-7.5 keV) away from the sources; cut five sigma over its median."""
    good = _curve_events(events, observation)
    start = observation.start_s + events.camera.start_delay_s
    bin_s = events.camera.curve_bin_s
    edges = np.arange(start, observation.start_s + observation.duration_s + bin_s / 2, bin_s)
    exposed = _fraction_exposed(edges, events.gtis_s[1]) * events.camera.live_fraction
    counts = np.histogram(events.time_s[good], edges)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(exposed > 0, counts / (bin_s * exposed), np.nan)
        error = np.where(exposed > 0, np.sqrt(np.maximum(counts, 1)) / (bin_s * exposed), np.nan)
    median = float(np.nanmedian(rate))
    threshold = median + CURVE_SIGMAS * np.sqrt(median / bin_s)
    return FlareCurve(0.5 * (edges[1:] + edges[:-1]), rate, error, exposed, float(threshold), bin_s)


def screened_live_time_s(events: EventList, curve: FlareCurve, chip: int) -> float:
    """Live time (s) of a chip in the bins of the flare curve that lie under its cut."""
    edges = np.append(curve.time_s - curve.bin_s / 2, curve.time_s[-1] + curve.bin_s / 2)
    exposed_s = _fraction_exposed(edges, events.gtis_s[chip]) * curve.bin_s
    quiet = np.nan_to_num(curve.rate, nan=np.inf) <= curve.threshold
    return float(exposed_s[quiet].sum() * events.camera.live_fraction)


def _draw_source(
    observation: Observation, source: PlacedSource, curve: Floats, camera: Camera, rng: np.random.Generator
) -> Photons:
    count = rng.poisson(expected_counts(source, observation, camera))
    grid = timing.time_grid(observation.duration_s)
    west, north = _offsets_arcmin(source, observation)
    radius, angle = psf_radii_arcsec(camera, count, rng) / 60, rng.uniform(0.0, 2 * np.pi, count)
    x, y = detector.detector_arcmin(
        west + radius * np.cos(angle), north + radius * np.sin(angle), observation.pointing.pa_deg
    )
    detected = photon_spectrum(source.model.spectrum) * effective_area_cm2(camera)
    energy = background.blur_kev(camera, background.draw_energies_kev(detected, count, rng), rng)
    time = timing.arrival_times_s(grid, curve, count, rng)
    photons = Photons(time, x, y, energy, np.zeros(count, dtype=bool))
    return background.select(photons, np.logical_not(background.outside_field(photons)))


def _digitise(
    photons: Photons, observation: Observation, camera: Camera, rng: np.random.Generator
) -> EventList:
    gtis = good_times_s(observation, camera)
    chip = detector.chip_number(camera, photons.x_arcmin, photons.y_arcmin)
    time = photons.time_s + observation.start_s
    low, high = ENERGY_RANGE_KEV
    keep = _in_good_time(time, chip, gtis)
    keep &= (photons.energy_kev > low) & (photons.energy_kev < high)
    kept = background.select(photons, keep)
    order = np.argsort(kept.time_s, kind="stable")
    kept = background.select(kept, order)
    west, north = detector.sky_offsets_arcmin(kept.x_arcmin, kept.y_arcmin, observation.pointing.pa_deg)
    flag, pattern = _draw_quality(kept, camera, rng)
    return EventList(
        camera=camera,
        time_s=time[keep][order],
        x=detector.sky_pixels(west),
        y=detector.sky_pixels(north),
        det_x=np.rint(kept.x_arcmin * 60 / PIXEL_ARCSEC).astype(np.int64),
        det_y=np.rint(kept.y_arcmin * 60 / PIXEL_ARCSEC).astype(np.int64),
        energy_ev=np.rint(kept.energy_kev * 1000).astype(np.int64),
        flag=flag,
        pattern=pattern,
        chip=chip[keep][order],
        gtis_s=gtis,
    )


def _in_good_time(time_s: Floats, chip: Ints, gtis_s: dict[int, Floats]) -> npt.NDArray[np.bool_]:
    good = np.zeros(time_s.shape, dtype=bool)
    for number, intervals in gtis_s.items():
        inside = np.zeros(time_s.shape, dtype=bool)
        for start, stop in intervals:
            inside |= (time_s >= start) & (time_s < stop)
        good |= inside & (chip == number)
    return good


def _draw_quality(photons: Photons, camera: Camera, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """FLAG and PATTERN: rejected events fail by flag, by pattern, or by both; a few have a harmless bit."""
    count = len(photons)
    shares = np.asarray(camera.pattern_shares)
    widths = np.array([1, 4, 4, 4])[: len(shares)]
    per_pattern = np.repeat(shares / shares.sum() / widths, widths)
    pattern = rng.choice(len(per_pattern), size=count, p=per_pattern)
    reason = rng.integers(0, 3, count)
    by_pattern, by_flag = photons.rejected & (reason != 0), photons.rejected & (reason != 1)
    pattern = np.where(by_pattern, rng.integers(camera.max_pattern + 1, 32, count), pattern)
    flag = np.where(by_flag, 1 << rng.choice(camera.reject_bits, size=count), 0)
    flag |= np.where(rng.uniform(size=count) < HARMLESS_SHARE, 1 << HARMLESS_BIT, 0)
    flag |= np.where(background.outside_field(photons), 1 << OUT_OF_FIELD_BIT, 0)
    return flag.astype(np.int64), pattern.astype(np.int64)


def _curve_events(events: EventList, observation: Observation) -> npt.NDArray[np.bool_]:
    reject = sum(1 << bit for bit in (*events.camera.reject_bits, OUT_OF_FIELD_BIT))
    low, high = CURVE_BAND_EV
    good = ((events.flag & reject) == 0) & (events.pattern <= events.camera.max_pattern)
    good &= (events.energy_ev > low) & (events.energy_ev <= high)
    radius = CURVE_MASK_ARCSEC / PIXEL_ARCSEC
    for source in observation.sources:
        west, north = _offsets_arcmin(source, observation)
        x, y = detector.sky_pixels(west), detector.sky_pixels(north)
        good &= (events.x - x) ** 2 + (events.y - y) ** 2 > radius**2
    return np.asarray(good)


def _offsets_arcmin(source: PlacedSource, observation: Observation) -> tuple[Floats, Floats]:
    place = np.array(source.ra_deg), np.array(source.dec_deg)
    return detector.project_arcmin(*place, observation.pointing)


def _fraction_exposed(edges_s: Floats, intervals_s: Floats) -> Floats:
    """Share of each bin that lies in the intervals."""
    starts, stops = intervals_s.T
    overlap = np.minimum(edges_s[1:, None], stops) - np.maximum(edges_s[:-1, None], starts)
    return np.asarray(np.clip(overlap, 0, None).sum(axis=1) / np.diff(edges_s))
