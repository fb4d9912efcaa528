"""Casting a vote: the vote, its counters, the online posterior and the consensus are one transaction."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from claxson.core.classes import DECISIVE, Answer
from claxson.core.statements import row_of
from claxson.voting.errors import (
    AlreadyVoted,
    ForgedLease,
    KeyReused,
    UnknownAnswer,
    UnknownSource,
)
from claxson.voting.models import CONSENSUS_VOTES, Adoption, Vote, VoterRecord
from claxson.voting.rules import evidence
from claxson.voting.rules.training import CLASSIFICATIONS, WINDOW, is_trained
from claxson.voting.selectors import last_gold_answers
from claxson.voting.services.closing import close
from claxson.voting.services.desk import Desk, read_desk
from claxson.voting.services.entry import Effect, Entry, effect_of_vote, locked_entry
from claxson.voting.tokens import LeaseToken, read_token

ERASED = "This account was erased at this moment; nothing was stored."
VOTE = """
INSERT INTO voting_vote
    (key, voter_id, source_id, question_version, answer, nothing_seen, comment, dwell_ms, level, gold_class,
     counted, late, mode, propensity, cast_at, withdrawn_why)
SELECT %(key)s, %(voter)s, %(source)s, %(version)s, %(answer)s, %(nothing_seen)s, %(comment)s,
       %(dwell_ms)s::int, %(level)s, %(gold_class)s, {counted}, {late}, coalesce(lease.mode, ''),
       lease.propensity, statement_timestamp(), ''
"""
# What follows every vote: the voter's counters, and the day in the voter's own time zone.
COUNTERS = """
record AS (
    UPDATE voting_voterrecord r SET
        n_votes = r.n_votes + 1, n_gold = r.n_gold + %(on_gold)s::int, n_right = r.n_right + %(right)s::int
    FROM cast_vote WHERE r.voter_id = cast_vote.voter_id
    RETURNING r.voter_id, r.n_votes, r.n_gold,
              (statement_timestamp() AT TIME ZONE r.time_zone)::date AS day
), day AS (
    INSERT INTO voting_activeday (voter_id, day, n_votes) SELECT voter_id, day, 1 FROM record
    ON CONFLICT (voter_id, day) DO UPDATE SET n_votes = voting_activeday.n_votes + 1
)
"""
# One statement: the queue entry is locked, the vote inserted, the lease used up and the counters moved by it.
# A vote whose lease has ended is kept, never counted; if its voter was handed the source anew meanwhile, in
# another tab, that lease serves it. It does nothing where voter or key were seen before, where the entry
# is no longer what it was when this vote's effect on it was worked out, or where the voter has gone.
CAST = f"""
WITH entry AS MATERIALIZED (
    SELECT source_id, state = 'voting' AS is_open, n_votes, n_leased
    FROM voting_queueentry WHERE source_id = %(source)s AND xmin = %(row_version)s::xid FOR UPDATE
), who AS MATERIALIZED (
    SELECT r.voter_id FROM entry JOIN voting_voterrecord r ON r.voter_id = %(voter)s FOR NO KEY UPDATE OF r
), lease AS MATERIALIZED (
    SELECT l.id, l.reserved, l.mode, l.propensity, l.expires_at > statement_timestamp() AS live
    FROM entry CROSS JOIN who JOIN voting_lease l USING (voter_id, source_id) FOR UPDATE OF l
), cast_vote AS (
    {
    VOTE.format(
        counted=f'''entry.is_open AND %(counts)s AND coalesce(lease.live, false)
            AND (lease.reserved OR entry.n_votes + entry.n_leased < {CONSENSUS_VOTES})''',
        late="NOT entry.is_open OR NOT coalesce(lease.live, false)",
    )
}
    FROM entry CROSS JOIN who LEFT JOIN lease ON true
    ON CONFLICT DO NOTHING RETURNING id, voter_id, counted, late
), used AS (
    DELETE FROM voting_lease USING cast_vote, lease WHERE voting_lease.id = lease.id
), {COUNTERS}
UPDATE voting_queueentry q SET
    n_votes = q.n_votes + vote.counted::int,
    n_leased = q.n_leased - coalesce(lease.reserved, false)::int,
    state = CASE WHEN vote.counted AND q.n_votes + 1 = {CONSENSUS_VOTES} THEN 'consensus' ELSE q.state END,
    log_odds = CASE WHEN vote.counted THEN %(log_odds)s::float8[] ELSE q.log_odds END,
    priority = CASE WHEN vote.counted THEN %(priority)s ELSE q.priority END
FROM entry CROSS JOIN cast_vote vote CROSS JOIN record LEFT JOIN lease ON true
WHERE q.source_id = entry.source_id
RETURNING vote.id, vote.late, record.n_votes, record.n_gold, vote.counted, q.n_votes
"""
CAST_ON_GOLD = f"""
WITH lease AS (
    DELETE FROM voting_lease WHERE voter_id = %(voter)s AND source_id = %(source)s
    RETURNING mode, propensity, expires_at > statement_timestamp() AS live
), cast_vote AS (
    {VOTE.format(counted="false", late="NOT coalesce(lease.live, false)")}
    FROM (SELECT) AS once LEFT JOIN lease ON true ON CONFLICT DO NOTHING RETURNING id, voter_id, late
), {COUNTERS}
SELECT cast_vote.id, late, n_votes, n_gold FROM cast_vote LEFT JOIN record ON true
"""


@dataclass(frozen=True)
class Ballot:
    """What a client sends: `lease` is the token it was handed, `key` its own, so that the same request again
    is the same vote."""

    lease: str
    answer: str
    key: UUID
    nothing_seen: bool = False
    comment: str = ""
    dwell_ms: int | None = None


@dataclass(frozen=True)
class CastVote:
    """What became of a ballot; `gold_class` only where the voter may be told it."""

    vote_id: int
    source_id: int
    counted: bool
    late: bool
    n_votes: int
    replayed: bool = False
    reached_consensus: bool = False
    gold_class: str = ""
    promoted: bool = False


@dataclass(frozen=True)
class _Cast:
    """A ballot with whom it is from and what is known of them."""

    ballot: Ballot
    token: LeaseToken
    desk: Desk

    @property
    def is_current(self) -> bool:
        """Whether the question has the same answers still as when this source was handed out."""
        return self.token.question_version >= self.desk.question.counts_since

    @property
    def is_known_answer(self) -> bool:
        """An answer that the question had at the time is kept, even if it has it no longer."""
        known = self.desk.question.answers if self.is_current else Answer.values
        return self.ballot.answer in known

    def parameters(self) -> dict[str, Any]:
        ballot, desk = self.ballot, self.desk
        decisive = ballot.answer in DECISIVE
        return {
            "key": ballot.key,
            "voter": self.token.voter,
            "source": self.token.source_id,
            "version": self.token.question_version,
            "answer": ballot.answer,
            "nothing_seen": ballot.nothing_seen,
            "comment": ballot.comment,
            "dwell_ms": ballot.dwell_ms,
            "level": 2 if desk.trained else 1,
            "gold_class": desk.gold_class,
            "counts": decisive and desk.counts and self.is_current,
            "on_gold": decisive and bool(desk.gold_class),
            "right": ballot.answer == desk.gold_class,
        }

    def effect_on(self, entry: Entry) -> Effect:
        """What becomes of the entry if the vote counts."""
        desk, answer = self.desk, self.ballot.answer
        said = evidence.of_vote(answer, desk.habits) if answer in DECISIVE else [0.0] * evidence.K
        return effect_of_vote(entry, said, desk.crowd, desk.question)


def cast_vote(*, ballot: Ballot, voter_id: UUID | None = None) -> CastVote:
    """Store a vote once and for ever, count it, and close the source when it is enough.

    `voter_id`: who sends it, where that is known otherwise than by the lease.
    """
    token = read_token(ballot.lease)
    if voter_id is not None and token.voter != voter_id:
        raise ForgedLease("This source was handed to somebody else; nothing was stored.")
    desk = read_desk(token.voter, token.source_id)
    if desk is None:
        token = _of_adopted(token)
        desk = read_desk(token.voter, token.source_id)
    if desk is None:
        raise UnknownSource("This voter is not known here; nothing was stored.")
    cast = _Cast(ballot, token, desk)
    if not cast.is_known_answer:
        raise UnknownAnswer(f"There is no answer “{ballot.answer}”; nothing was stored.")
    if desk.gold_class:
        with transaction.atomic():
            return _on_gold(cast)
    return _at_once(cast) or _step_by_step(cast)


def _of_adopted(token: LeaseToken) -> LeaseToken:
    """Given as a visitor, sent after their votes went to an account: it goes there too."""
    adopted = Adoption.objects.filter(visitor=token.voter).first()
    return replace(token, voter=adopted.voter_id) if adopted else token


def _at_once(cast: _Cast) -> CastVote | None:
    """A vote after which nothing is left to do is one statement; None where it is more, or did nothing."""
    desk = cast.desk
    if desk.entry is None or not (desk.trained or desk.n_votes + 1 < CLASSIFICATIONS):
        return None
    effect = cast.effect_on(desk.entry)
    if effect.reason_to_close:
        return None
    row = row_of(CAST, cast.parameters() | effect.parameters)
    if row is None:
        return None
    vote_id, late, _, _, counted, n_votes = row
    return CastVote(vote_id, cast.token.source_id, counted, late, n_votes)


@transaction.atomic
def _step_by_step(cast: _Cast) -> CastVote:
    """The source is locked before it is known whether this vote closes it, and its voter promoted after."""
    source_id = cast.token.source_id
    entry = locked_entry(source_id)
    if entry is None:
        raise UnknownSource("There is no such source open to votes; nothing was stored.")
    effect = cast.effect_on(entry)
    row = row_of(CAST, cast.parameters() | effect.parameters)
    if row is None:
        return _first_vote(cast, entry.n_votes)
    vote_id, late, of_voter, on_gold, counted, n_votes = row
    closes = counted and bool(effect.reason_to_close)
    if closes:
        close(source_id, effect, cast.desk.question)
    promoted = _promoted(cast, of_voter, on_gold)
    return CastVote(vote_id, source_id, counted, late, n_votes, reached_consensus=closes, promoted=promoted)


def _on_gold(cast: _Cast) -> CastVote:
    row = row_of(CAST_ON_GOLD, cast.parameters())
    told = "" if cast.desk.hidden else cast.desk.gold_class
    if row is None:
        return _first_vote(cast, 0, told)
    vote_id, late, *of_voter = row
    promoted = _promoted(cast, *of_voter)
    return CastVote(vote_id, cast.token.source_id, False, late, n_votes=0, gold_class=told, promoted=promoted)


def _first_vote(cast: _Cast, n_votes: int, told: str = "") -> CastVote:
    """The stored vote where this request was made before; the fitting refusal where it was not."""
    stored = Vote.objects.filter(key=cast.ballot.key).first()
    if stored is None and not VoterRecord.objects.filter(voter=cast.token.voter).exists():
        raise UnknownSource(ERASED)  # it went while this vote waited for its source
    if stored is None:
        raise AlreadyVoted("You have voted on this source before; your first vote stands.")
    sent = (cast.token.voter, cast.token.source_id, cast.ballot.answer)
    if (stored.voter_id, stored.source_id, stored.answer) != sent or stored.withdrawn_at:
        raise KeyReused("This key belongs to another vote; nothing was stored. Vote again on a new page.")
    return CastVote(
        stored.pk,
        stored.source_id,
        stored.counted,
        stored.late,
        n_votes,
        replayed=True,
        gold_class=told,
    )


def _promoted(cast: _Cast, n_votes: int | None, n_gold: int | None) -> bool:
    """A beginner who has done enough, and well enough, is trained from the next vote on."""
    voter = cast.token.voter
    if n_votes is None or n_gold is None:  # their record went meanwhile
        raise UnknownSource(ERASED)
    if cast.desk.trained or n_votes < CLASSIFICATIONS or n_gold < WINDOW:
        return False
    if not is_trained(n_votes, last_gold_answers(voter)):
        return False
    return VoterRecord.objects.filter(voter=voter, trained_at=None).update(trained_at=Now()) == 1
