"""What a simulation gives back from end to end: fluxes, hardness and variability beside the truth.

Sources are sorted by the counts that the truth makes one expect, never by measured ones, and a mean is
weighted by the errors that the truth makes one expect: what came out bright by chance has a larger error.
"""

import tempfile
from pathlib import Path

import numpy as np

from bench.simulated_truth import Pair, measured_pairs, write_fields

CLASSES = ((10.0, 30.0), (30.0, 100.0), (100.0, 300.0), (300.0, 3000.0))
ABOUT_A_HUNDRED = (60.0, 170.0)
MUCH_WING = 0.03
LEAST_SOURCES = 20
# Seed, fields, sources in each, whether all are made constant.
SPARSE = (31, 60, 16, True)
CROWDED = (32, 16, 60, True)
VARIABLE = (33, 16, 60, False)


def report() -> str:
    with tempfile.TemporaryDirectory() as name:
        sparse, crowded, variable = (
            drawn(Path(name) / str(number), *plan) for number, plan in enumerate((SPARSE, CROWDED, VARIABLE))
        )
    steady = sparse + crowded
    rows = flux_rows([one for one in steady if one.wings < MUCH_WING], "constant, alone")
    rows += flux_rows([one for one in steady if one.wings >= MUCH_WING], "constant, in wings of others")
    rows += flux_rows(variable, "as drawn, most of them variable")
    return "\n".join([*rows, *hardness_rows(steady), *excess_rows(steady, variable)])


def drawn(folder: Path, seed: int, fields: int, sources: int, constant: bool) -> list[Pair]:
    written = write_fields(folder / "sim", seed, fields, sources, constant)
    return measured_pairs(written, folder / "sim", folder / "run")


def flux_rows(pairs: list[Pair], kind: str) -> list[str]:
    rows = []
    for low, high in CLASSES:
        chosen = [one for one in pairs if low <= one.counts < high]
        if len(chosen) >= LEAST_SOURCES:
            rows.append(
                f"| {kind}, {low:.0f}-{high:.0f} counts, {len(chosen)} sources | flux {flux_ratio(chosen)}, "
                f"rate {rate_ratio(chosen)}; pulls of fluxes {pulls([one.flux for one in chosen])} |"
            )
    return rows


def flux_ratio(pairs: list[Pair]) -> str:
    return "{:.3f} ± {:.3f}".format(*ratio([one.flux for one in pairs], [one.flux_error for one in pairs]))


def rate_ratio(pairs: list[Pair]) -> str:
    """Measured over true, each source by its counts."""
    weighted = [one.rate[0] / one.counts**0.5 for one in pairs]
    value, _ = ratio([one.rate for one in pairs], weighted)
    spread = sum((one.counts * one.rate[2] / one.rate[0]) ** 2 for one in pairs) ** 0.5
    return f"{value:.3f} ± {spread / sum(one.counts for one in pairs):.3f}"


def ratio(triples: list[tuple[float, float, float]], expected: list[float]) -> tuple[float, float]:
    """Measured over true, by least squares with the expected errors, and the error of that."""
    (true, found, _), weight = np.array(triples).T, np.array(expected) ** -2.0
    total = float(np.sum(weight * true**2))
    return float(np.sum(weight * found * true)) / total, total**-0.5


def pulls(triples: list[tuple[float, float, float]]) -> str:
    true, found, error = np.array(triples).T
    pull = (found - true) / error
    pull = pull[np.isfinite(pull)]
    by_median = 1.4826 * np.median(abs(pull - np.median(pull)))
    return f"{pull.mean():+.2f}, {pull.std():.2f} wide, {by_median:.2f} by median"


def hardness_rows(steady: list[Pair]) -> list[str]:
    low, high = ABOUT_A_HUNDRED
    known = [one for one in steady if low <= one.hr2_counts < high and np.isfinite(one.hr2[1])]
    off = np.array([one.hr2[1] - one.hr2[0] for one in known])
    bias = f"{off.mean():+.3f} ± {off.std() / len(off) ** 0.5:.3f}"
    what = f"HR2, constant, {low:.0f}-{high:.0f} counts in bands 2 and 3, {len(known)} sources"
    return [f"| {what} | measured - true {bias}; pulls {pulls([one.hr2 for one in known])} |"]


def excess_rows(steady: list[Pair], variable: list[Pair]) -> list[str]:
    chance = np.mean([one.chance < 0.01 for one in steady])
    known = [one for one in steady if one.counts >= CLASSES[2][0] and np.isfinite(one.excess[2])]
    found = np.array([one.excess[1] for one in known])
    mean = f"{found.mean():+.4f} ± {found.std() / len(found) ** 0.5:.4f}"
    bright = [one for one in variable if one.counts >= CLASSES[3][0] and np.isfinite(one.excess[2])]
    true, seen, error = np.array([one.excess for one in bright]).T
    share = f"{seen.sum() / true.sum():.3f} ± {np.sum(error**2) ** 0.5 / true.sum():.3f}"
    return [
        f"| chance of being constant, constant, {len(steady)} sources | under 0.01: {chance:.1%} |",
        f"| excess variance, constant, 100 counts and more, {len(known)} sources | mean {mean}; pulls "
        f"{pulls([one.excess for one in known])} |",
        f"| excess variance, as drawn, 300 counts and more, {len(bright)} sources | sum of measured over sum "
        f"of true {share} |",
    ]
