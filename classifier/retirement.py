"""When a source has been voted on enough; each rule is a function of the votes alone.

Votes counted here are decisive: "not sure" is no vote. A rule says whether the source retires and why, in
words for a log or a page; the caller keeps the votes, chooses the rules and acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.errors import InvalidSettingError, VoteError

VOTES_NEEDED = 20
CERTAINTY = 0.99
AGREEMENT = 0.8
LEAST_VOTES = 5
ROUNDING = 1e-12


@dataclass(frozen=True)
class Decision:
    """Whether a source retires, and why.

    Attributes
    ----------
    retired : bool
        True when no more votes are asked for.
    rule : {"votes", "certainty", "agreement"}
        The rule that decided.
    reason : str
        The figures it decided on.
    """

    retired: bool
    rule: str
    reason: str


def by_votes(n_votes: int, needed: int = VOTES_NEEDED) -> Decision:
    """Retire after a number of votes.

    Parameters
    ----------
    n_votes : int
        Decisive votes on the source.
    needed : int
        Votes that suffice.

    Returns
    -------
    Decision

    Raises
    ------
    VoteError
        When `n_votes` is negative.
    InvalidSettingError
        When `needed` is below 1.
    """
    _check(n_votes, needed)
    return Decision(n_votes >= needed, "votes", f"{n_votes} of {needed} votes")


def by_certainty(
    posterior: npt.ArrayLike, n_votes: int, certainty: float = CERTAINTY, least_votes: int = LEAST_VOTES
) -> Decision:
    """Retire when one class is probable enough, after a least number of votes.

    Parameters
    ----------
    posterior : array-like of shape (n_classes,)
        Class probabilities from the votes alone; with a classifier's opinion in them, labels would come
        to train what made them.
    n_votes : int
        Decisive votes on the source.
    certainty : float
        Probability that suffices, in (0, 1].
    least_votes : int
        Fewer votes never suffice: early posteriors rest on the voters' habits alone.

    Returns
    -------
    Decision

    Raises
    ------
    VoteError
        When the posterior is not a row of probabilities, or `n_votes` is negative.
    InvalidSettingError
        When a threshold is out of range.
    """
    _check(n_votes, least_votes, certainty)
    highest = float(_probabilities(posterior).max())
    retired = n_votes >= least_votes and highest >= certainty - ROUNDING
    reason = f"P = {highest:.4f} of {certainty:g} after {n_votes} votes, {least_votes} at least"
    return Decision(retired, "certainty", reason)


def by_agreement(
    counts: npt.ArrayLike, agreement: float = AGREEMENT, least_votes: int = LEAST_VOTES
) -> Decision:
    """Retire when a share of the votes names the same class, after a least number of votes.

    Parameters
    ----------
    counts : array-like of int of shape (n_classes,)
        Decisive votes per class.
    agreement : float
        Share of votes that suffices, in (0, 1].
    least_votes : int
        Fewer votes never suffice.

    Returns
    -------
    Decision

    Raises
    ------
    VoteError
        When a count is negative or no whole number.
    InvalidSettingError
        When a threshold is out of range.
    """
    votes = np.asarray(counts)
    if votes.ndim != 1 or not votes.size or not np.issubdtype(votes.dtype, np.integer) or (votes < 0).any():
        raise VoteError(f"votes per class must be a row of whole numbers from 0, not {counts!r}")
    n_votes = int(votes.sum())
    _check(n_votes, least_votes, agreement)
    share = int(votes.max()) / n_votes if n_votes else 0.0
    retired = n_votes >= least_votes and share >= agreement - ROUNDING
    reason = f"{share:.0%} of {n_votes} votes agree, {agreement:.0%} of {least_votes} at least"
    return Decision(retired, "agreement", reason)


def first_retiring(decisions: Sequence[Decision]) -> Decision:
    """The first decision to retire; if none does, the last one.

    Parameters
    ----------
    decisions : sequence of Decision
        What the rules in force say, the most welcome reason first, the cap on votes last.

    Returns
    -------
    Decision

    Raises
    ------
    InvalidSettingError
        When no rule is in force: the source would never retire.
    """
    if not decisions:
        raise InvalidSettingError("no rule of retirement is in force: the source would never retire")
    return next((decision for decision in decisions if decision.retired), decisions[-1])


def _check(n_votes: int, least_votes: int, threshold: float = 1.0) -> None:
    if n_votes < 0:
        raise VoteError(f"{n_votes} votes: a number of votes is at least 0")
    if least_votes < 1:
        raise InvalidSettingError(f"{least_votes} votes needed: at least 1 must be")
    if not 0.0 < threshold <= 1.0:
        raise InvalidSettingError(f"threshold {threshold} is not in (0, 1]")


def _probabilities(posterior: npt.ArrayLike) -> npt.NDArray[np.float64]:
    row = np.asarray(posterior, dtype=np.float64)
    if row.ndim != 1 or not row.size or not np.isfinite(row).all() or abs(row.sum() - 1.0) > 1e-6:
        raise VoteError(f"a posterior is a row of probabilities that sum to 1, not {posterior!r}")
    if (row < 0).any():
        raise VoteError(f"a posterior holds no negative probability: {posterior!r}")
    return row
