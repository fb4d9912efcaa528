"""Rules of aggregation side by side: on real crowds, on synthetic ones, and beside crowd-kit.

`python -m bench.crowd` prints the tables. Real votes come from CLAXSON_REAL_DATA, else ../shared/data.
crowd-kit is a referee only and no part of the project: CLAXSON_CROWDKIT_PYTHON names an interpreter of an
environment of its own (`pip install crowd-kit==1.4.2 scikit-learn==1.6.1`); without it the tables say so.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.pipeline_run import real_data
from classifier.aggregation import METHODS, Calibration, OnlinePosterior, Score, aggregate_votes
from classifier.aggregation.scoreboard import score_posterior
from classifier.retirement import Decision, by_agreement, by_certainty, by_votes

REAL_SETS = ("CF_amt", "ZenCrowd_us", "bluebird", "dog", "rte", "trec", "tweet_sentiment", "web")
REFEREE = "CLAXSON_CROWDKIT_PYTHON"
REFEREE_RULES = (
    "MajorityVote", "Wawa", "ZeroBasedSkill", "DawidSkene", "OneCoinDawidSkene", "GLAD", "MACE"
)  # fmt: skip
REFEREE_SECONDS = 240  # per rule and set
FIGURES = ("accuracy", "macro_f1", "log_loss", "ece")

REFEREE_SCRIPT = """
import json, sys, time
import numpy, pandas
from crowdkit.aggregation import classification as rules
folder, name = sys.argv[1:]
votes = pandas.DataFrame(numpy.load(folder + "/votes.npy"), columns=["task", "worker", "label"])
rule = getattr(rules, name)(**({"n_iter": 100} if "DawidSkene" in name else {}))
started = time.perf_counter()
table = rule.fit_predict_proba(votes)
seconds = time.perf_counter() - started
table = table.reindex(columns=range(int(sys.stdin.read()))).fillna(0.0).sort_index()
numpy.savez(folder + "/referee.npz", items=table.index.to_numpy(), posterior=table.to_numpy())
print(json.dumps(seconds))
"""

MEASURE_SCRIPT = """
import json, pathlib, sys, time
import numpy
from classifier.aggregation import aggregate_votes
votes = numpy.load(sys.argv[1])
started, cpu = time.perf_counter(), time.process_time()
aggregate_votes(votes[0], votes[1], votes[2], 4, sys.argv[2])
wall, cpu = time.perf_counter() - started, time.process_time() - cpu
status = pathlib.Path("/proc/self/status").read_text().split()  # ru_maxrss would hold the parent's peak
print(json.dumps([wall, cpu, int(status[status.index("VmHWM:") + 1]) / 1024]))
"""


@dataclass(frozen=True)
class Crowd:
    """Votes whose truth is known where `truth` is not -1."""

    name: str
    item: np.ndarray
    voter: np.ndarray
    label: np.ndarray
    n_classes: int
    truth: dict[int, int]

    def score(self, name: str, items: np.ndarray, posterior: np.ndarray) -> Score:
        rows = [row for row, item in enumerate(items.tolist()) if item in self.truth]
        truth = np.array([self.truth[int(items[row])] for row in rows])
        return score_posterior(name, posterior[rows], truth)


# ---- synthetic votes ------------------------------------------------------------------------------------

CLASS_SHARES = (0.5, 0.3, 0.12, 0.08)  # agn, star, xrb, cv
MISTAKEN_FOR = np.array(
    [[0, 0.35, 0.45, 0.2], [0.55, 0, 0.15, 0.3], [0.65, 0.2, 0, 0.15], [0.25, 0.45, 0.3, 0]]
)
SWAPPED = np.array([1, 0, 3, 2])
EXPERT, GOOD, NOVICE, RANDOM, ONE_ANSWER, SWAPPER = range(6)
SKILL = np.array([0.96, 0.85, 0.62, 0.25, 0.25, 0.85])
FRIENDLY = (0.05, 0.45, 0.37, 0.08, 0.03, 0.02)
HOSTILE = (0.05, 0.30, 0.30, 0.20, 0.10, 0.05)


def synthetic_crowd(
    rng: np.random.Generator,
    n_items: int,
    n_voters: int,
    kinds: tuple[float, ...] = FRIENDLY,
    votes_per_item: int = 20,
) -> Crowd:
    """Votes of experts, good volunteers, novices and nuisances on sources of unequal difficulty.

    Each source is seen by `votes_per_item` distinct voters, drawn by log-normal activity; "not sure" (some
    10 %, more on hard sources) is left out already.
    """
    kind = rng.choice(6, n_voters, p=kinds)
    activity = np.exp(1.7 * rng.standard_normal(n_voters))
    voter = _distinct_voters(rng, n_items, votes_per_item, activity / activity.sum()).ravel()
    truth, difficulty = rng.choice(4, n_items, p=CLASS_SHARES), rng.beta(1.6, 4.0, n_items)
    item = np.repeat(np.arange(n_items), votes_per_item)
    skill = np.clip(SKILL[kind][:, None] + 0.06 * rng.standard_normal((n_voters, 4)), 0.05, 0.99)
    label = _answers(rng, kind, skill, voter, truth[item], difficulty[item])
    sure = rng.random(len(item)) >= 0.04 + 0.22 * difficulty[item]
    known = dict(enumerate(truth.tolist()))
    return Crowd(f"synthetic {n_items}", item[sure], voter[sure], label[sure], 4, known)


def _distinct_voters(rng: np.random.Generator, n_items: int, n: int, chance: np.ndarray) -> np.ndarray:
    """The first n distinct voters of a long random sequence, for each item."""
    cumulative = np.cumsum(chance)
    drawn, missing = np.empty((n_items, n), np.int64), np.arange(n_items)
    while len(missing):
        sequence = np.searchsorted(cumulative, rng.random((len(missing), 4 * n)) * cumulative[-1])
        order = np.argsort(sequence, axis=1, kind="stable")
        ranked = np.take_along_axis(sequence, order, 1)
        first = np.ones(sequence.shape, dtype=bool)
        np.put_along_axis(first, order[:, 1:], ranked[:, 1:] != ranked[:, :-1], 1)
        rank = first.cumsum(axis=1)
        enough = rank[:, -1] >= n
        taken = first[enough] & (rank[enough] <= n)
        drawn[missing[enough]] = sequence[enough][taken].reshape(-1, n)
        missing = missing[~enough]
    return drawn


def _answers(
    rng: np.random.Generator,
    kind: np.ndarray,
    skill: np.ndarray,
    voter: np.ndarray,
    truth: np.ndarray,
    difficulty: np.ndarray,
) -> np.ndarray:
    n, who = len(voter), kind[voter]
    right = rng.random(n) < 0.25 + (skill[voter, truth] - 0.25) * (1 - difficulty)
    wrong = (rng.random(n)[:, None] > MISTAKEN_FOR.cumsum(axis=1)[truth]).sum(axis=1).clip(0, 3)
    wrong = np.where((who == NOVICE) & (rng.random(n) < 0.25) & (truth != 0), 0, wrong)
    label = np.where(right, truth, wrong)
    label = np.where(who == RANDOM, rng.integers(0, 4, n), label)
    label = np.where(who == ONE_ANSWER, rng.choice(4, len(kind))[voter], label)
    return np.where(who == SWAPPER, SWAPPED[label], label)


# ---- rules on crowds ------------------------------------------------------------------------------------


def real_crowd(name: str) -> Crowd:
    folder = real_data() / "crowd_votes" / name
    votes = np.loadtxt(folder / "label.csv", delimiter=",", skiprows=1, dtype=np.int64)
    truth = np.loadtxt(folder / "truth.csv", delimiter=",", skiprows=1, dtype=np.int64)
    n_classes = int(max(votes[:, 2].max(), truth[:, 1].max())) + 1
    return Crowd(name, *votes.T, n_classes, dict(truth.tolist()))


def our_scores(crowd: Crowd) -> Iterator[tuple[Score, float]]:
    for method in METHODS:
        started = time.perf_counter()
        result = aggregate_votes(crowd.item, crowd.voter, crowd.label, crowd.n_classes, method)
        yield crowd.score(method, result.items, result.posterior), time.perf_counter() - started


def referee_scores(crowd: Crowd, python: str) -> Iterator[tuple[Score, float]]:
    """crowd-kit's rules on the same votes, scored by the same functions; rules that fail are left out."""
    with tempfile.TemporaryDirectory() as scratch:
        np.save(f"{scratch}/votes.npy", np.column_stack([crowd.item, crowd.voter, crowd.label]))
        for rule in REFEREE_RULES:
            try:
                done = subprocess.run(
                    [python, "-W", "ignore", "-c", REFEREE_SCRIPT, scratch, rule],
                    input=str(crowd.n_classes), capture_output=True, text=True,
                    timeout=REFEREE_SECONDS, check=True,
                )  # fmt: skip
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as problem:
                print(f"crowd-kit {rule} on {crowd.name}: {type(problem).__name__}", file=sys.stderr)
                continue
            table = np.load(f"{scratch}/referee.npz")
            score = crowd.score(f"crowd-kit {rule}", table["items"], table["posterior"])
            yield score, json.loads(done.stdout.splitlines()[-1])


def score_all(crowds: list[Crowd]) -> dict[str, dict[str, tuple[Score, float]]]:
    """method -> crowd -> score and seconds."""
    python = os.environ.get(REFEREE)
    scores: dict[str, dict[str, tuple[Score, float]]] = {}
    for crowd in crowds:
        found = [*our_scores(crowd), *(referee_scores(crowd, python) if python else ())]
        for score, seconds in found:
            scores.setdefault(score.method, {})[crowd.name] = (score, seconds)
    return scores


# ---- tables ---------------------------------------------------------------------------------------------


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def head(*cells: object) -> str:
    return f"{row(*cells)}\n{row(*('---' for _ in cells))}"


def accuracy_table(crowds: list[Crowd], scores: dict[str, dict[str, tuple[Score, float]]]) -> str:
    """Accuracy per crowd, and the means of all figures for rules that managed every crowd."""
    lines = [head("rule", *(c.name for c in crowds), *(f"mean {figure}" for figure in FIGURES), "s")]
    for method, by_crowd in scores.items():
        cells = [f"{by_crowd[c.name][0].accuracy:.3f}" if c.name in by_crowd else "-" for c in crowds]
        complete = len(by_crowd) == len(crowds)
        means = [np.mean([getattr(score, f) for score, _ in by_crowd.values()]) for f in FIGURES]
        shown = [f"{mean:.4f}" if complete else "-" for mean in means]
        lines.append(row(method, *cells, *shown, f"{sum(s for _, s in by_crowd.values()):.1f}"))
    if not os.environ.get(REFEREE):
        lines.append(f"\ncrowd-kit was not asked: {REFEREE} names no interpreter.")
    return "\n".join(lines)


def synthetic_table(cases: dict[str, Crowd]) -> str:
    lines = [head("votes", "rule", *FIGURES, "s")]
    for name, crowd in cases.items():
        for method, found in score_all([crowd]).items():
            score, seconds = found[crowd.name]
            figures = (f"{getattr(score, figure):.3f}" for figure in FIGURES)
            lines.append(row(name, method, *figures, f"{seconds:.2f}"))
    return "\n".join(lines)


def cost_table(crowd: Crowd) -> str:
    """Seconds and peak memory of the whole process (interpreter, libraries and votes included)."""
    lines = [head("rule", "wall s", "CPU s", "peak MB")]
    with tempfile.TemporaryDirectory() as scratch:
        path = f"{scratch}/votes.npy"
        np.save(path, np.stack([crowd.item, crowd.voter, crowd.label]))
        for method in METHODS:
            command = [sys.executable, "-c", MEASURE_SCRIPT, path, method]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            wall, cpu, peak = json.loads(done.stdout)
            lines.append(row(method, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}"))
    return "\n".join(lines)


STOPS = {
    "20 votes": lambda _posterior, counts: by_votes(int(counts.sum())),
    "P >= 0.90, 5 votes at least": lambda posterior, counts: by_certainty(posterior, int(counts.sum()), 0.90),
    "P >= 0.95, 5 votes at least": lambda posterior, counts: by_certainty(posterior, int(counts.sum()), 0.95),
    "P >= 0.99, 5 votes at least": lambda posterior, counts: by_certainty(posterior, int(counts.sum()), 0.99),
    "80 % agree, 5 votes at least": lambda _posterior, counts: by_agreement(counts),
}


def retirement_table(crowd: Crowd) -> str:
    """Habits learnt on the even sources, the rules tried on the odd ones, vote by vote."""
    half = crowd.item % 2 == 0
    learnt = aggregate_votes(crowd.item[half], crowd.voter[half], crowd.label[half], crowd.n_classes)
    habits = {int(v): learnt.habits_of(int(v)) for v in np.unique(crowd.voter)}
    lines = [head("rule", "P", "mean votes", "accuracy", "retired", "accuracy of the retired")]
    for how, calibration in (("calibrated", learnt.fit.calibration), ("product of votes", Calibration())):
        start = OnlinePosterior.before_votes(learnt.fit.class_shares, calibration)
        for name, rule in STOPS.items():
            outcome = [_until(rule, start, habits, crowd, votes) for votes in _votes_of(crowd, ~half)]
            used, right, retired = np.array(outcome).T
            sure = right[retired > 0].mean() if retired.any() else np.nan
            figures = f"{used.mean():.1f}", f"{right.mean():.3f}", f"{retired.mean():.0%}", f"{sure:.3f}"
            lines.append(row(name, how, *figures))
    return "\n".join(lines)


def _votes_of(crowd: Crowd, chosen: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of each chosen item's votes, in the order they came in."""
    positions = np.flatnonzero(chosen)
    ends = np.flatnonzero(np.diff(crowd.item[positions])) + 1
    yield from np.split(positions, ends)


def _until(
    rule: object, start: OnlinePosterior, habits: dict[int, np.ndarray], crowd: Crowd, votes: np.ndarray
) -> tuple[int, bool, bool]:
    """Votes used, whether the label is right, whether the rule retired the source."""
    source, counts = start, np.zeros(crowd.n_classes, dtype=np.int64)
    decision: Decision | None = None
    for vote in votes:
        label = int(crowd.label[vote])
        source = source.after(label, habits[int(crowd.voter[vote])])
        counts[label] += 1
        decision = rule(source.posterior, counts)
        if decision.retired:
            break
    right = int(source.posterior.argmax()) == crowd.truth[int(crowd.item[votes[0]])]
    return source.n_votes, right, bool(decision and decision.retired)


def report() -> str:
    """Two lines for the overview of `python -m bench`; `python -m bench.crowd` prints the tables."""
    crowds = [real_crowd(name) for name in REAL_SETS]
    scores = score_all(crowds)
    lines = []
    for method, by_crowd in scores.items():
        if len(by_crowd) == len(crowds):
            mean = np.mean([score.accuracy for score, _ in by_crowd.values()])
            lines.append(f"| votes to labels, mean accuracy on 8 real crowds, {method} | {mean:.4f} |")
    return "\n".join(lines)


def main() -> None:
    print("## Real crowds: accuracy\n", flush=True)
    crowds = [real_crowd(name) for name in REAL_SETS]
    print(accuracy_table(crowds, score_all(crowds)), flush=True)
    rng = np.random.default_rng(1)
    cases = {
        "A, 1000 x 20": synthetic_crowd(rng, 1_000, 300),
        "A, 10000 x 20": synthetic_crowd(rng, 10_000, 1_500),
        "B, 10000 x 20": synthetic_crowd(rng, 10_000, 1_500, HOSTILE),
        "A, 10000 x 3": synthetic_crowd(rng, 10_000, 1_500, FRIENDLY, 3),
    }
    print(f"\n## Synthetic crowds\n\n{synthetic_table(cases)}", flush=True)
    print(f"\n## When to stop (A, 10000 sources)\n\n{retirement_table(cases['A, 10000 x 20'])}", flush=True)
    print(f"\n## Cost of 100000 sources x 20 votes\n\n{cost_table(synthetic_crowd(rng, 100_000, 8_000))}")


if __name__ == "__main__":
    main()
