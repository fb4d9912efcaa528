"""What choosing sources is worth: votes until the model is so good, chosen sources beside random ones.

Assignment, retirement, review, online evidence and the aggregation of all votes are the site's own; sources
and classes are real; volunteers are simulated. `python -m bench active`; real sources as in bench.classifier.
"""

import itertools
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from bench.classifier import four_classes, properties
from classifier import NaiveBayesClassifier
from classifier.aggregation import aggregate_votes
from classifier.evaluation import cross_validated, log_losses
from claxson.core.classes import DECISIVE
from claxson.learning.teaching import CLASSES, lesson
from claxson.voting.rules import evidence
from claxson.voting.rules.assignment import interest, priority
from claxson.voting.rules.question import Question
from claxson.voting.rules.retirement import CONSENSUS_VOTES, needs_review, reason_to_close

# Of each class among what volunteers are shown and what the model is judged on: XMM's sky is mostly AGN.
SHARES = np.array([0.80, 0.01, 0.17, 0.02])
KNOWN_OF_EACH = 6  # sources with a class from the literature, from which everything starts
CROWD_WEIGHT = 0.6  # the middle one of those a retraining chooses from

# Experts, good ones, novices; and one in five careless, who answer at random or always the same.
KINDS = (0.08, 0.57, 0.15, 0.12, 0.08)
RIGHT = np.array([0.95, 0.85, 0.65, 0.25, 0.25])
RANDOM, ONE_ANSWER = 3, 4
# By true class in the order of CLASSES: what a wrong answer says.
MISTAKEN_FOR = np.array(
    [[0, 0.2, 0.35, 0.45], [0.25, 0, 0.45, 0.3], [0.55, 0.3, 0, 0.15], [0.65, 0.15, 0.2, 0]]
)
N_VOTERS = 150
TO_DECISIVE = np.array([DECISIVE.index(cls) for cls in CLASSES])
RETRAIN_AFTER = 0.05  # of the labels there are; the site asks for five more
GOLD_EACH = 20
N_GOLD = 60
GOLD_DIFFICULTY = 0.2


@dataclass(frozen=True)
class Sky:
    """Real sources: those known from the start, those to vote on, those that judge."""

    X: np.ndarray
    y: np.ndarray
    difficulty: np.ndarray
    known: np.ndarray
    pool: np.ndarray
    judges: np.ndarray

    @classmethod
    def dealt(cls, rng: np.random.Generator) -> "Sky":
        """Half judge; of the rest a few are known, and the others make a pool with the shares of the sky."""
        table = four_classes(properties())
        y = np.searchsorted(CLASSES, table.y)
        order = rng.permutation(len(y))
        judging = np.zeros(len(y), dtype=bool)
        known, pool = [], []
        for k in range(len(CLASSES)):
            rows = order[y[order] == k]
            half = len(rows) // 2
            judging[rows[:half]] = True
            known.append(rows[half : half + KNOWN_OF_EACH])
            pool.append(rows[half + KNOWN_OF_EACH :])
        size = min(len(rows) / share for rows, share in zip(pool, SHARES, strict=True))
        kept = [rows[: round(share * size)] for rows, share in zip(pool, SHARES, strict=True)]
        return cls(
            table.X, y, _difficulty(table.X, y, rng), np.concatenate(known), np.concatenate(kept),
            np.flatnonzero(judging),
        )  # fmt: skip

    def loss(self, model: NaiveBayesClassifier) -> float:
        """Mean log-loss on the judges, each class with its share of the sky."""
        truth = self.y[self.judges]
        weight = (SHARES / np.bincount(truth))[truth]
        return float((weight * log_losses(truth, model.predict_proba(self.X[self.judges]))).sum())


def _difficulty(X: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """From 0 to 1; half of what makes a source hard for people makes it hard for the model."""
    proba = cross_validated(NaiveBayesClassifier(), X, y, rng)
    loss = log_losses(y, proba).argsort().argsort() / len(y)
    rank = (loss + rng.random(len(y))).argsort().argsort()
    return np.asarray(np.sort(rng.beta(1.6, 4.0, len(y)))[rank])


@dataclass(frozen=True)
class People:
    """Simulated volunteers, each with a matrix of their own."""

    kind: np.ndarray
    right: np.ndarray
    favourite: np.ndarray
    cumulative: np.ndarray

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "People":
        kind = rng.choice(len(KINDS), N_VOTERS, p=KINDS)
        right = np.clip(RIGHT[kind][:, None] + 0.06 * rng.standard_normal((N_VOTERS, 4)), 0.05, 0.99)
        activity = np.exp(1.2 * rng.standard_normal(N_VOTERS))
        return cls(kind, right, rng.integers(0, 4, N_VOTERS), np.cumsum(activity / activity.sum()))

    def answer(self, voter: int, truth: int, difficulty: float, rng: np.random.Generator) -> int:
        if self.kind[voter] == ONE_ANSWER:
            return int(self.favourite[voter])
        if self.kind[voter] == RANDOM:
            return int(rng.integers(4))
        right = 0.25 + (self.right[voter, truth] - 0.25) * (1 - difficulty)
        if rng.random() < right:
            return truth
        return int(rng.choice(4, p=MISTAKEN_FOR[truth]))


class Campaign:
    """One crowd on one sky; `chosen`: by the site's rule, else one source after the other in random order."""

    def __init__(self, sky: Sky, question: Question, rng: np.random.Generator, *, chosen: bool) -> None:
        self.sky, self.question, self.rng, self.chosen = sky, question, rng, chosen
        self.people = People.drawn(rng)
        n = len(sky.pool)
        self.truth = sky.y[sky.pool]
        self.voted: list[set[int]] = [set() for _ in range(n)]
        self.votes: list[tuple[int, int, int]] = self._on_gold()  # source (gold below 0), voter, answer
        self.n_votes, self.is_open = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
        self.lottery, self.interests, self.priorities = rng.random(n), np.ones(n), np.ones(n)
        self.log_odds = [[0.0] * len(DECISIVE) for _ in range(n)]
        self.crowd, self.habits = evidence.Crowd(), dict[int, list[float]]()
        self.labels: dict[int, tuple[tuple[float, ...], float]] = {}
        self.n_closed = 0
        self.learn()

    def _on_gold(self) -> list[tuple[int, int, int]]:
        """What everybody answered on sources of known class, each class as often as any other."""
        asked = ((voter, gold) for voter in range(N_VOTERS) for gold in self._some_gold())
        return [
            (-1 - gold, voter, self.people.answer(voter, gold % 4, GOLD_DIFFICULTY, self.rng))
            for voter, gold in asked
        ]

    def _some_gold(self) -> np.ndarray:
        of_each = [self.rng.choice(N_GOLD // 4, GOLD_EACH // 4, replace=False) * 4 + k for k in range(4)]
        return np.concatenate(of_each)

    def run(self) -> Iterator[tuple[int, float]]:
        """Votes so far and the model's loss, at each retraining, until the pool is exhausted."""
        yield 0, self.loss
        learnt_at, cast = 0, 0
        while self.is_open.any():
            cast += 1
            self.vote(self.next_source())
            if self.n_closed - learnt_at >= max(5, RETRAIN_AFTER * learnt_at):
                learnt_at = self.n_closed
                self.learn()
                yield cast, self.loss
        self.learn()
        yield cast, self.loss

    def next_source(self) -> int:
        if self.chosen and self.rng.random() >= self.question.random_share:
            return int(np.argmax(np.where(self.is_open, self.priorities, -np.inf)))
        begun = 0 if self.chosen else (self.n_votes > 0)
        return int(np.argmax(np.where(self.is_open, self.lottery + begun, -np.inf)))

    def vote(self, source: int) -> None:
        """As `cast_vote` does: the evidence, then either the source closes or it moves in the queue."""
        voter = self._somebody_new(source)
        place = self.sky.pool[source]
        label = self.people.answer(voter, self.sky.y[place], self.sky.difficulty[place], self.rng)
        self.votes.append((source, voter, label))
        self.voted[source].add(voter)
        self.n_votes[source] += 1
        answer = CLASSES[label]
        said = evidence.of_vote(answer, self.habits.get(voter, self.crowd.habits))
        self.log_odds[source] = [a + b for a, b in zip(self.log_odds[source], said, strict=True)]
        posterior = self._posterior(source)
        if reason_to_close(self.question, posterior, int(self.n_votes[source])):
            self.is_open[source] = False
            self.n_closed += 1
        self._move(source, posterior)

    def _somebody_new(self, source: int) -> int:
        while True:
            voter = int(np.searchsorted(self.people.cumulative, self.rng.random()))
            if voter not in self.voted[source]:
                return voter

    def _posterior(self, source: int) -> dict[str, float]:
        return evidence.posterior(self.log_odds[source], int(self.n_votes[source]), self.crowd)

    def _move(self, source: int, posterior: dict[str, float]) -> None:
        progress = self.n_votes[source] / CONSENSUS_VOTES
        self.priorities[source] = priority(self.interests[source], posterior, progress)

    def learn(self) -> None:
        """All votes aggregated, the model fitted, every source's interest and priority anew."""
        self._aggregate()
        sky, closed = self.sky, sorted(self.labels)
        told = [int(np.argmax(self.labels[i][0])) for i in closed]
        trust = [CROWD_WEIGHT * self.labels[i][1] for i in closed]
        rows = np.concatenate([sky.known, sky.pool[closed]]).astype(np.intp)
        y = np.concatenate([sky.y[sky.known], np.array(told, dtype=np.int64)])
        weight = np.concatenate([np.ones(len(sky.known)), trust])
        model = NaiveBayesClassifier(priors=SHARES).fit(sky.X[rows], y, sample_weight=weight)
        self.loss = sky.loss(model)
        self._rank(model)

    def _rank(self, model: NaiveBayesClassifier) -> None:
        X = self.sky.X[self.sky.pool]
        rank = model.outlier_score(X).argsort().argsort() / max(len(X) - 1, 1)
        for source, proba in enumerate(model.predict_proba(X)):
            self.interests[source] = interest(dict(zip(CLASSES, proba.tolist(), strict=True)), rank[source])
            self._move(source, self._posterior(source))

    def _aggregate(self) -> None:
        """Soft labels of closed sources that need no review, and habits for the votes to come."""
        item, voter, label = np.array(self.votes).T
        label = TO_DECISIVE[label]
        gold = {i: int(TO_DECISIVE[(-1 - i) % 4]) for i in item[item < 0].tolist()}
        result = aggregate_votes(item, voter + 1, label, len(DECISIVE), gold=gold)
        self.crowd = evidence.Crowd(
            tuple(result.fit.class_shares), tuple(result.habits_of(0).ravel()), result.fit.calibration
        )
        self.habits = {v - 1: result.habits_of(v).ravel().tolist() for v in result.voters.tolist()}
        self._tell_anew(dict(zip(result.items.tolist(), result.posterior, strict=True)))

    def _tell_anew(self, posteriors: dict[int, np.ndarray]) -> None:
        self.log_odds = [[0.0] * len(DECISIVE) for _ in self.log_odds]
        for source, voter, label in self.votes:
            if source >= 0:
                said = evidence.of_vote(CLASSES[label], self.habits[voter])
                self.log_odds[source] = [a + b for a, b in zip(self.log_odds[source], said, strict=True)]
        self.labels = {}
        for source in np.flatnonzero(~self.is_open).tolist():
            p = posteriors[source]
            believed = dict(zip(DECISIVE, p.tolist(), strict=True))
            if not needs_review(self.question, believed):
                self.labels[source] = lesson(believed)


# ---- side by side -----------------------------------------------------------------------------------------

ARMS = {
    "random, 20 votes each": (False, Question()),
    "random, adaptive": (False, Question(adaptive=True)),
    "chosen, 20 votes each": (True, Question()),
    "chosen, adaptive": (True, Question(adaptive=True)),
    "chosen, adaptive, 8 votes at least": (True, Question(adaptive=True, least_votes=8)),
}
REFERENCE = next(iter(ARMS))
TARGETS = (0.120, 0.110, 0.105, 0.100, 0.095, 0.090)
MOST_VOTES = 9_000
GRID = np.arange(0, MOST_VOTES + 1, 50)
N_SEEDS = 8
N_RESAMPLES = 2000


def losses(job: tuple[str, int]) -> np.ndarray:
    """The model's loss at each point of GRID, in one run of one arm; a seed deals all arms the same sky."""
    arm, seed = job
    chosen, question = ARMS[arm]
    sky = Sky.dealt(np.random.default_rng(seed))
    campaign = Campaign(sky, question, np.random.default_rng(1000 + seed), chosen=chosen)
    steps = itertools.takewhile(lambda step: step[0] <= MOST_VOTES, campaign.run())
    votes, found = (np.array(column) for column in zip(*steps, strict=True))
    return np.asarray(found[np.searchsorted(votes, GRID, side="right") - 1])


def votes_needed(curves: np.ndarray, target: float) -> float:
    """Where the mean of these curves first is as low as that; NaN where it never is."""
    reached = curves.mean(axis=0) <= target
    return float(GRID[reached.argmax()]) if reached.any() else np.nan


def ratio(curves: dict[str, np.ndarray], arm: str, target: float) -> str:
    """Votes of the reference for one of this arm, with nine tenths of resamples of the seeds."""
    rng = np.random.default_rng(0)
    resampled = [
        votes_needed(curves[REFERENCE][rows], target) / votes_needed(curves[arm][rows], target)
        for rows in rng.integers(0, N_SEEDS, (N_RESAMPLES, N_SEEDS))
    ]
    if np.isnan(resampled).mean() > 0.05:  # too many never get there: no interval could be told
        return "-"
    middle = votes_needed(curves[REFERENCE], target) / votes_needed(curves[arm], target)
    low, high = np.nanquantile(resampled, [0.05, 0.95])
    return f"{middle:.1f} ({low:.1f}-{high:.1f})"


def report() -> str:
    """Votes to each target, and how many times fewer than in random order with 20 votes each."""
    jobs = [(arm, seed) for arm in ARMS for seed in range(N_SEEDS)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        found = dict(zip(jobs, pool.map(losses, jobs), strict=True))
    curves = {arm: np.array([found[arm, seed] for seed in range(N_SEEDS)]) for arm in ARMS}
    lines = []
    for arm in ARMS:
        needed = [votes_needed(curves[arm], target) for target in TARGETS]
        told = ", ".join("never" if np.isnan(n) else f"{n:.0f}" for n in needed)
        lines.append(f"| {arm}: votes to {', '.join(f'{t:.3f}' for t in TARGETS)} | {told} |")
        if arm != REFERENCE:
            ratios = ", ".join(ratio(curves, arm, target) for target in TARGETS)
            lines.append(f"| times fewer than {REFERENCE} | {ratios} |")
    lines += [f"| {arm}: loss at {MOST_VOTES} votes | {c.mean(0)[-1]:.3f} |" for arm, c in curves.items()]
    return "\n".join(lines)
