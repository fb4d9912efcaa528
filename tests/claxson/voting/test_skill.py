import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claxson.core.classes import DECISIVE
from claxson.voting.models import GoldSource, Vote
from claxson.voting.rules.evidence import BEGINNING
from claxson.voting.rules.skill import skill_matrix
from claxson.voting.selectors import skill_of
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.leasing import hand_out

pairs = st.tuples(st.sampled_from(DECISIVE), st.sampled_from(DECISIVE))


@given(st.dictionaries(pairs, st.integers(0, 50)))
def test_each_row_is_a_probability(counts: dict[tuple[str, str], int]) -> None:
    for row in skill_matrix(counts, BEGINNING).values():
        assert sum(row.values()) == pytest.approx(1)
        assert min(row.values()) > 0


def test_nothing_known_is_the_crowd_and_many_answers_are_themselves() -> None:
    assert skill_matrix({}, BEGINNING)["agn"]["agn"] == pytest.approx(0.6)
    assert skill_matrix({("agn", "star"): 10_000}, BEGINNING)["agn"]["star"] > 0.99


@pytest.mark.django_db
def test_answers_count_by_the_level_they_were_given_at(make_source, make_voters) -> None:
    [voter] = make_voters(1)
    source = make_source()
    source.queue_entry.delete()
    GoldSource.objects.create(source=source, gold_class="cv", hidden=False)
    (held,) = hand_out(voter=voter, training=True)
    cast_vote(ballot=Ballot(held.token, "star", uuid.uuid4()))
    assert skill_of(voter.pk)["cv"]["star"] > skill_of(voter.pk, level=2)["cv"]["star"]
    Vote.objects.update(level=2)
    assert skill_of(voter.pk, level=2)["cv"]["star"] == skill_of(voter.pk)["cv"]["star"]
