import numpy as np
import pytest

from claxson.voting.oversight.lockstep import pairs_in_lockstep
from claxson.voting.rules.crowd import CLASSES, answer_of, make_crowd

N_SOURCES = 300


@pytest.fixture(scope="module")
def votes() -> np.ndarray:
    """(source, voter, label): forty volunteers, everybody on a third of the sources."""
    rng = np.random.default_rng(11)
    crowd = make_crowd(40, rng)
    truth = rng.choice(CLASSES, N_SOURCES, p=[0.5, 0.3, 0.12, 0.08])
    rows = [
        (source, voter, CLASSES.index(answer))
        for voter, volunteer in enumerate(crowd)
        for source in rng.permutation(N_SOURCES)[:100]
        if (answer := answer_of(volunteer, truth[source], rng)) != "unsure"
    ]
    return np.array(rows, dtype=np.int64)


def pairs(votes: np.ndarray, suspects: range = range(100)) -> set[tuple[int, int]]:
    found = pairs_in_lockstep(*votes.T, np.array(suspects))
    return {(pair.one, pair.other) for pair in found}


def copies(votes: np.ndarray, rng: np.random.Generator, slips: int = 0) -> np.ndarray:
    """Voters 50 and 51 give the same drawn answers on sixty sources."""
    source = rng.permutation(N_SOURCES)[:60]
    label = rng.integers(0, 4, 60)
    slipped = np.where(np.arange(60) < slips, (label + 1) % 4, label)
    puppets = [np.stack([source, np.full(60, v), x], axis=1) for v, x in ((50, label), (51, slipped))]
    return np.concatenate([votes, *puppets])


def test_independent_people_are_never_a_pair(votes) -> None:
    assert pairs(votes) == set()


def test_two_who_give_the_same_odd_answers_are_a_pair(votes) -> None:
    assert pairs(copies(votes, np.random.default_rng(1))) == {(50, 51)}


def test_a_slip_now_and_then_does_not_hide_them(votes) -> None:
    assert pairs(copies(votes, np.random.default_rng(1), slips=3)) == {(50, 51)}


def test_the_evidence_can_be_checked(votes) -> None:
    [pair] = pairs_in_lockstep(*copies(votes, np.random.default_rng(1)).T, np.arange(100))
    assert pair.shared == pair.agreed > 50
    assert pair.rare == pair.rare_agreed > 20
    assert 0.3 < pair.expected < 0.8


def test_two_flawless_eyes_are_no_pair(votes) -> None:
    usual = [np.bincount(votes[votes[:, 0] == s, 2], minlength=4).argmax() for s in range(N_SOURCES)]
    flawless = [np.stack([np.arange(N_SOURCES), np.full(N_SOURCES, v), usual], axis=1) for v in (60, 61)]
    assert pairs(np.concatenate([votes, *flawless])) == set()


def test_only_suspects_are_paired(votes) -> None:
    assert pairs(copies(votes, np.random.default_rng(1)), range(50)) == set()


def test_no_votes_are_no_pairs() -> None:
    assert pairs(np.empty((0, 3), dtype=np.int64)) == set()


def test_few_shared_sources_prove_nothing(votes) -> None:
    found = copies(votes, np.random.default_rng(1))
    late = np.isin(found[:, 1], (50, 51)) & (np.cumsum(np.isin(found[:, 1], (50,))) > 29)
    assert pairs(found[~late]) == set()
