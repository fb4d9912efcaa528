"""The CSV files of a simulation: positions, counterparts, truth, labelled sample. Empty = missing."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np

from pipeline.simulate import detector
from pipeline.simulate.events import expected_counts
from pipeline.simulate.observation import Observation, PlacedSource
from pipeline.simulate.population import LIMITING_MAGNITUDES
from pipeline.simulate.reference import CLASS_LABELS, FEATURES, ReferenceSource
from pipeline.simulate.telescope import CAMERAS, FIELD_RADIUS_ARCMIN

POSITION_ERROR_ARCSEC = 0.7
UNRELATED_OBJECTS = 40
COUNTERPART_COLUMNS = ("ra_deg", "dec_deg", *LIMITING_MAGNITUDES, "proper_motion_masyr")
TRUTH_COLUMNS = (
    *("name", "obsid", "ra_deg", "dec_deg", "class", "gal_lat_deg", "flux_8_cgs"),
    *("expected_counts_m1", "expected_counts_m2", "expected_counts_pn"),
    *("continuum", "parameter", "nh_1e22", "partial_nh_1e22", "covering", "iron_ew_kev"),
    *("kind", "amplitude", "timescale_s", "phase", "log_fx_fr"),
)


def sources_csv(observation: Observation) -> str:
    """Positions only: name, ra_deg, dec_deg."""
    rows = [(s.name, _degrees(s.ra_deg), _degrees(s.dec_deg)) for s in observation.sources]
    return _csv(("name", "ra_deg", "dec_deg"), rows)


def counterparts_csv(observation: Observation, rng: np.random.Generator) -> str:
    """Optical and infrared objects of the field: detected counterparts, and unrelated objects.

    Counterparts lie 0.7 arcsec (one sigma per axis) off, as X-ray positions do from optical ones.
    """
    rows = [row for source in observation.sources for row in _counterpart(source, rng)]
    rows += _unrelated(observation, rng)
    return _csv(COUNTERPART_COLUMNS, [rows[index] for index in rng.permutation(len(rows))])


def truth_csv(observations: Iterable[Observation]) -> str:
    """Class and true parameters of every simulated source."""
    return _csv(TRUTH_COLUMNS, [_truth(o, source) for o in observations for source in o.sources])


def known_csv(observations: Iterable[Observation]) -> str:
    """Every second source of each class with its class, as if the literature knew it."""
    sources = [source for observation in observations for source in observation.sources]
    known = [
        source
        for key in CLASS_LABELS
        for source in [source for source in sources if source.model.class_key == key][::2]
    ]
    rows = [
        (s.name, _degrees(s.ra_deg), _degrees(s.dec_deg), CLASS_LABELS[s.model.class_key], "1") for s in known
    ]
    return _csv(("name", "ra_deg", "dec_deg", "Class", "simulated"), rows)


def reference_csv(sample: Iterable[ReferenceSource]) -> str:
    """The labelled sample: name, ra_deg, dec_deg, Class, features, simulated (always 1)."""
    header = ("name", "ra_deg", "dec_deg", "Class", *FEATURES, "simulated")
    rows = [
        (
            *(s.name, _degrees(s.ra_deg), _degrees(s.dec_deg), CLASS_LABELS[s.class_key]),
            *(_number(s.features[name]) for name in FEATURES),
            "1",
        )
        for s in sample
    ]
    return _csv(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.5g}"


def _degrees(value: float) -> str:
    return f"{value:.6f}"


def _counterpart(source: PlacedSource, rng: np.random.Generator) -> list[tuple[str, ...]]:
    north, east = rng.normal(0.0, POSITION_ERROR_ARCSEC / 3600, 2)
    motion = source.model.counterpart.proper_motion_masyr
    values = [*source.magnitudes().values(), motion]
    if np.all(np.isnan(values)):
        return []
    ra = source.ra_deg + east / np.cos(np.radians(source.dec_deg))
    return [(_degrees(ra % 360.0), _degrees(source.dec_deg + north), *map(_number, values))]


def _unrelated(observation: Observation, rng: np.random.Generator) -> list[tuple[str, ...]]:
    radius = FIELD_RADIUS_ARCMIN * np.sqrt(rng.uniform(size=UNRELATED_OBJECTS))
    angle = rng.uniform(0.0, 2 * np.pi, UNRELATED_OBJECTS)
    places = detector.deproject_deg(radius * np.cos(angle), radius * np.sin(angle), observation.pointing)
    depth = np.asarray(list(LIMITING_MAGNITUDES.values())) - rng.exponential(1.5, (UNRELATED_OBJECTS, 1))
    rows = zip(*places, depth, strict=True)
    return [(_degrees(ra), _degrees(dec), *map(_number, mags), "") for ra, dec, mags in rows]


def _truth(observation: Observation, source: PlacedSource) -> tuple[str, ...]:
    model = source.model
    shape = {**asdict(model.spectrum), **asdict(model.curve), "log_fx_fr": model.counterpart.log_fx_fr}
    counts = [expected_counts(source, observation, camera) for camera in CAMERAS]
    return (
        *(source.name, observation.obsid, _degrees(source.ra_deg), _degrees(source.dec_deg), model.class_key),
        *map(_number, (source.gal_lat_deg, source.flux_cgs, *counts)),
        *(value if isinstance(value, str) else _number(value) for value in shape.values()),
    )
