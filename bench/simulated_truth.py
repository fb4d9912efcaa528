"""Simulated fields, measured by a run of the pipeline, each source beside the truth it was drawn from.

The catalogue's fluxes are rates over factors of one spectrum (index 1.7, 3e20 cm-2), whatever the source's
own is; so the truth here is what its own spectrum gives by the same factors, not its flux. The truth of a
source that varies is the mean of its light curve over each camera's good time, after flares are cut.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.pipeline_run import python
from pipeline.bands import energy_conversion
from pipeline.config import RunConfig
from pipeline.inventory import take_inventory
from pipeline.measure.goodtime import GoodTime
from pipeline.measure.rates import BandCounts, counts_from_document, epic_flux
from pipeline.measure.variability.excess import excess_variance
from pipeline.observation import load_observation
from pipeline.psf import enclosed_fraction, surface_density
from pipeline.readers.events import MJD_REFERENCE
from pipeline.simulate import detector, timing
from pipeline.simulate.command import draw_curves, observation_files
from pipeline.simulate.files import FILTER
from pipeline.simulate.observation import Observation, PlacedSource, plan_observation
from pipeline.simulate.spectra import photon_spectrum
from pipeline.simulate.telescope import CAMERAS, band_matrix
from pipeline.units.records import read_record, unit_folder

DURATION_S = 30_000.0
SOFT, HARD = 1, 2
APERTURE = RunConfig().aperture_arcsec
_CAMERAS = {camera.name: camera for camera in CAMERAS}
Floats = np.ndarray


@dataclass(frozen=True)
class Field:
    """A simulated observation, with the light curves that its sources were drawn from."""

    plan: Observation
    curves: list[Floats]


@dataclass(frozen=True)
class Pair:
    """One source: what it should give, and what was measured.

    counts: expected from its own spectrum in all its circles, hr2_counts in the two bands alone.
    wings: neighbours' share of them there. flux, rate, hr2: (truth, measured, error). flux_error: what the
    truth leads one to expect. excess: (truth, measured, error) of the light curve's normalised excess
    variance. chance: chi2_prob.
    """

    counts: float
    hr2_counts: float
    wings: float
    flux: tuple[float, float, float]
    rate: tuple[float, float, float]
    hr2: tuple[float, float, float]
    excess: tuple[float, float, float]
    flux_error: float
    chance: float


def write_fields(out: Path, seed: int, fields: int, sources: int, constant: bool) -> list[Field]:
    """Fields of the simulator; `constant` takes the variability, and nothing else, from all sources."""
    written = []
    for number, rng in enumerate(np.random.default_rng(seed).spawn(fields), start=1):
        plan = plan_observation(number, sources, DURATION_S, rng)
        if constant:
            plan = replace(plan, sources=tuple(_steady(source) for source in plan.sources))
        curves = draw_curves(plan, rng)
        for name, content in observation_files(plan, curves, rng):
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        written.append(Field(plan, curves))
    return written


def _steady(source: PlacedSource) -> PlacedSource:
    return replace(source, model=replace(source.model, curve=timing.LightCurve("constant")))


def measured_pairs(fields: list[Field], sim: Path, out: Path) -> list[Pair]:
    """Every source of the fields, all of them measured at the places they were put, whatever came out."""
    folders = [str(sim / field.plan.obsid) for field in fields]
    python("-m", "pipeline", "run", *folders, "--out", str(out), "--jobs", "2")
    return [pair for field in fields for pair in pairs_of(field, sim, out)]


def pairs_of(field: Field, sim: Path, out: Path) -> Iterator[Pair]:
    """The sources of a field that lies in `sim`, as a run wrote them to `out`."""
    folder = sim / field.plan.obsid
    record = read_record(out / unit_folder(folder))
    detections = {one["name"]: one for one in record["detections"]}
    loaded = load_observation(take_inventory(folder), RunConfig())
    good = {one.events.camera: one.events.good_times[1] for one in loaded.cameras}
    wings = wing_shares(field.plan)
    for source, curve, share in zip(field.plan.sources, field.curves, wings, strict=True):
        found = detections.get(source.name)
        if found is not None:
            means = {name: mean_over(curve, field.plan.start_s, times) for name, times in good.items()}
            yield _pair(source, share, found, means, true_excess(field.plan, curve, found, out))


def _pair(
    source: PlacedSource,
    wings: float,
    found: dict,
    means: dict[str, float],
    excess: tuple[float, float, float],
) -> Pair:
    counts = [counts_from_document(one) for one in found["counts"]]
    rates = np.array([means[one.camera] * band_rates(source, one.camera) for one in counts])
    expected = rates * [one.effective_s for one in counts]
    factors = np.array([energy_conversion(one.camera, FILTER) for one in counts])
    flux = float(np.average((rates / factors).sum(axis=1), weights=expected.sum(axis=1)))
    summed = rates.sum(axis=0)
    hr2 = float((summed[HARD] - summed[SOFT]) / (summed[HARD] + summed[SOFT]))
    features = {name: np.nan if value is None else value for name, value in found["features"].items()}
    truths = {"flux_8_cgs": flux, "rate_8": float(summed.sum()), "hr2": hr2}
    triples = [(truth, features[name], features[f"{name}_err"]) for name, truth in truths.items()]
    both = float(expected[:, [SOFT, HARD]].sum())
    return Pair(
        *(float(expected.sum()), both, wings),
        *triples,
        *(excess, true_error(counts, expected), features["chi2_prob"]),
    )


def band_rates(source: PlacedSource, camera: str) -> Floats:
    """Mean on-axis rates (count/s) of bands 1-5 of a whole source."""
    return source.flux_cgs * (photon_spectrum(source.model.spectrum) @ band_matrix(_CAMERAS[camera]))


def true_error(counts: list[BandCounts], expected: Floats) -> float:
    """Error of the flux if every count were as expected."""
    ideal = [replace(one, source=mean + one.expected) for one, mean in zip(counts, expected, strict=True)]
    return epic_flux(ideal, expected)[1]


def mean_over(curve: Floats, start_s: float, good: GoodTime) -> float:
    """Mean of a relative rate in good time over its mean of all the time."""
    grid = timing.time_grid(DURATION_S)
    running = np.append(0.0, np.cumsum(0.5 * (curve[1:] + curve[:-1]) * np.diff(grid)))
    begin, end = (np.interp(times - start_s, grid, running) for times in (good.start, good.stop))
    return float(np.sum(end - begin) / good.seconds / (running[-1] / DURATION_S))


def wing_shares(plan: Observation) -> Floats:
    """Events of all other sources in each source's circle over its own there (pn, total counts)."""
    place = [np.array([getattr(one, name) for one in plan.sources]) for name in ("ra_deg", "dec_deg")]
    offsets = np.column_stack(detector.project_arcmin(*place, plan.pointing)) * 60.0
    distance = np.hypot(*(offsets[:, None] - offsets).transpose(2, 0, 1))
    density = np.where(np.eye(len(offsets)) > 0, 0.0, surface_density("PN", distance))
    total = np.array([band_rates(one, "PN").sum() for one in plan.sources])
    return density @ total * np.pi * APERTURE**2 / (total * enclosed_fraction("PN", APERTURE))


def true_excess(plan: Observation, curve: Floats, found: dict, out: Path) -> tuple[float, float, float]:
    """Normalised excess variance of the light curve's own bins: of the truth, measured, and its error."""
    path = next(product["path"] for product in found["products"] if product["kind"] == "lightcurve")
    document = json.loads((out / path).read_text())
    facts = document["facts"]
    if facts["excess_variance"] is None:
        return np.nan, np.nan, np.nan
    begin = (document["mjd_start"] - MJD_REFERENCE) * 86400.0 - plan.start_s
    used = max((_used_bins(one) for one in document["cameras"]), key=len) + begin
    edges = np.stack([used - document["bin_s"] / 2, used + document["bin_s"] / 2])
    whole = [GoodTime(*pair[:, None]) for pair in edges.T]
    means = np.array([mean_over(curve, 0.0, one) for one in whole])
    truth = excess_variance(means, np.zeros(len(means))).normalised
    return truth, facts["excess_variance"], facts["excess_variance_err"]


def _used_bins(camera: dict) -> Floats:
    """Centres of the bins (s from the start) that have a rate."""
    return np.array(
        [at for at, rate in zip(camera["time_s"], camera["rate"], strict=True) if rate is not None]
    )
