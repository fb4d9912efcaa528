"""Any sequence of leases, votes, undos, promotions, adoptions, endings, quarantines, erasures, questions and
verdicts keeps what is promised of votes.
"""

import contextlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bench.history import History, stored, violations
from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.core.classes import Answer
from claxson.voting.aggregation.runs import aggregate_all
from claxson.voting.errors import IllegalStep, InvalidQuestion, NothingToUndo, TooFast, VoteRefused
from claxson.voting.models import GoldSource, Lease, QueueEntry, Vote, VoterRecord
from claxson.voting.oversight.quarantine import quarantine, release
from claxson.voting.oversight.questions import enact
from claxson.voting.oversight.recount import compare
from claxson.voting.oversight.review import confirm, overrule, reopen_for_votes, send_to_review
from claxson.voting.privacy.erasure import erase_person, erase_visitor
from claxson.voting.rules.question import GOLD_NEEDED
from claxson.voting.services.adoption import adopt
from claxson.voting.services.casting import Ballot, cast_vote
from claxson.voting.services.desk import question_in_force
from claxson.voting.services.leasing import hand_out, held_by, release_expired
from claxson.voting.services.skipping import report, skip
from claxson.voting.services.withdrawal import undo_last

N_VOTERS = 26
N_SOURCES = 3
ANSWERS = (tuple(Answer.values), tuple(answer for answer in Answer.values if answer != "other"))
PAST = "2020-01-01T00:00:00Z"
voters = st.integers(0, N_VOTERS - 1)
sources = st.integers(0, N_SOURCES - 1)
answers = st.sampled_from(Answer.values)


class Voting(RuleBasedStateMachine):
    """A small site; each run is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.history = History()
        self.cast: list[tuple[Ballot, int]] = []
        self.kept: list[tuple[int, str]] = []  # tokens nobody has answered yet
        made = Source.objects.bulk_create(
            Source(name=f"s{i}", origin="test", ra_deg=1, dec_deg=2) for i in range(N_SOURCES + GOLD_NEEDED)
        )
        QueueEntry.objects.bulk_create(QueueEntry(source=s) for s in made[:N_SOURCES])
        GoldSource.objects.bulk_create(
            GoldSource(source=s, gold_class="agn", hidden=i % 4 == 0) for i, s in enumerate(made[N_SOURCES:])
        )
        self.voters = Voter.objects.bulk_create(Voter() for _ in range(N_VOTERS))
        trained = [VoterRecord(voter=v, trained_at=PAST) for v in self.voters[6:]]
        VoterRecord.objects.bulk_create(trained)
        self.astronomers = [
            User.objects.create_user(f"astro{i}", role=User.Role.ASTRONOMER) for i in range(2)
        ]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    @rule(voter=voters, wanted=st.integers(1, 3), training=st.booleans())
    def ask(self, voter: int, wanted: int, training: bool) -> None:
        try:
            held = hand_out(voter=self.voters[voter], wanted=wanted, training=training)
        except TooFast:
            return
        self.kept += [(voter, lease.token) for lease in held]

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), answer=answers)
    def answer_one(self, data: st.DataObject, answer: str) -> None:
        _, token = self.kept.pop(data.draw(st.integers(0, len(self.kept) - 1)))
        self.send(Ballot(token, answer, uuid.uuid4()))

    def send(self, ballot: Ballot) -> None:
        key = str(ballot.key)
        self.history.note("invoke", "vote", key=key)
        try:
            vote = cast_vote(ballot=ballot).vote_id
        except VoteRefused:
            self.history.note("fail", "vote", key=key)
            return
        self.history.note("ok", "vote", key=key, vote=vote)
        self.cast.append((ballot, vote))

    def source(self, place: int) -> Source:
        return Source.objects.exclude(queue_entry=None).order_by("pk")[place]

    @rule(source=sources, n=st.integers(1, N_VOTERS), answer=answers)
    def many_vote(self, source: int, n: int, answer: str) -> None:
        pk = self.source(source).pk
        for voter in self.voters[-n:]:
            try:
                held = hand_out(voter=voter, only=[pk])
            except TooFast:
                continue
            for lease in held:
                self.send(Ballot(lease.token, answer, uuid.uuid4()))

    @precondition(lambda self: self.cast)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        ballot, _ = data.draw(st.sampled_from(self.cast))
        self.send(ballot)

    @rule(voter=voters)
    def take_back(self, voter: int) -> None:
        with contextlib.suppress(NothingToUndo):
            self.kept.append((voter, undo_last(voter=self.voters[voter]).token))

    @rule(voter=voters, with_report=st.booleans())
    def pass_over(self, voter: int, with_report: bool) -> None:
        """The oldest source they hold; its token is kept, for an answer that comes after all."""
        for held in held_by(self.voters[voter])[:1]:
            if with_report:
                report(voter=self.voters[voter], source_id=held.source_id, reason="plot")
            else:
                skip(voter=self.voters[voter], source_id=held.source_id)

    @rule(one_in=st.integers(1, 4))
    def half_hours_end(self, one_in: int) -> None:
        ids = list(Lease.objects.order_by("pk").values_list("pk", flat=True))[::one_in]
        Lease.objects.filter(pk__in=ids).update(expires_at=PAST)

    @rule()
    def places_are_freed(self) -> None:
        release_expired()

    @rule(voter=voters)
    def train(self, voter: int) -> None:
        VoterRecord.objects.filter(voter=self.voters[voter]).update(trained_at=PAST)

    @rule(visitor=st.integers(0, N_VOTERS - 2))
    def sign_in(self, visitor: int) -> None:
        """Into the last voter's account: both identities become one."""
        user, _ = User.objects.get_or_create(username="ada")
        Voter.objects.filter(pk=self.voters[-1].pk).update(user=user)
        if Voter.objects.filter(pk=self.voters[visitor].pk, user=None).exists():
            adopt(visitor=self.voters[visitor], user=user)
            self.voters[visitor] = Voter.objects.create()

    @rule(voter=voters)
    def quarantine(self, voter: int) -> None:
        quarantine(voter=self.voters[voter], reason="x")

    @rule(voter=voters)
    def release(self, voter: int) -> None:
        release(voter=self.voters[voter], reason="x")

    @rule(voter=voters)
    def erase(self, voter: int) -> None:
        """Votes keep their number and lose their key: the history is told the new one."""
        person = Voter.objects.select_related("user").get(pk=self.voters[voter].pk)
        keys = dict(Vote.objects.filter(voter=person).values_list("pk", "key"))
        if person.user:
            erase_person(user=person.user)
        else:
            erase_visitor(voter=person)
        assert not Voter.objects.filter(pk=self.voters[voter].pk).exists()
        anew = dict(Vote.objects.filter(pk__in=keys).values_list("pk", "key"))
        renamed = {str(key): str(anew[pk]) for pk, key in keys.items()}
        for event in self.history.events:
            event["key"] = renamed.get(event["key"], event["key"])
        self.voters[voter] = Voter.objects.create()

    @rule(answers=st.sampled_from(ANSWERS), wording=st.sampled_from(["", "What is it?"]))
    def ask_otherwise(self, answers: tuple[str, ...], wording: str) -> None:
        with contextlib.suppress(InvalidQuestion):
            enact(question=replace(question_in_force(), answers=answers, wording=wording), reason="x")

    @rule(source=sources, act=st.sampled_from([confirm, send_to_review, reopen_for_votes]))
    def decide(self, source: int, act: Callable[..., None]) -> None:
        with contextlib.suppress(IllegalStep):
            act(source=self.source(source), actor=self.astronomers[0], reason="x")

    @rule(source=sources, answer=answers, second=st.booleans())
    def contradict(self, source: int, answer: str, second: bool) -> None:
        with contextlib.suppress(IllegalStep):
            for actor in self.astronomers[: 1 + second]:
                overrule(source=self.source(source), answer=answer, actor=actor, reason="x")

    @rule()
    def aggregate(self) -> None:
        aggregate_all()

    @invariant()
    def counters_equal_rows(self) -> None:
        assert compare() == []

    @invariant()
    def promises_hold(self) -> None:
        assert violations(self.history, json.loads(stored())) == []

    @invariant()
    def nobody_counts_twice(self) -> None:
        twice = Vote.objects.filter(counted=True).values("voter", "source").annotate(n=Count("pk"))
        assert not twice.filter(n__gt=1).exists()

    @invariant()
    def only_fitting_votes_count(self) -> None:
        assert not Vote.objects.filter(counted=True, level=1).exists()
        assert not Vote.objects.filter(counted=True, answer="unsure").exists()


@pytest.mark.django_db
def test_any_sequence_of_acts_keeps_every_promise() -> None:
    few = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Voting, settings=few)
