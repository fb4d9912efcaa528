"""Votes out of the database as arrays: millions in seconds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

from claxson.core.classes import DECISIVE
from claxson.voting.models import GoldSource

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

K = len(DECISIVE)
LABEL = " ".join(f"WHEN '{answer}' THEN {k}" for k, answer in enumerate(DECISIVE))
# Counted votes, and answers on gold: of everybody, for they teach how each voter answers. A few thousand to a
# row that comes back, for a row costs Python as much as fifty votes: numbers of sources in a row, and of
# voters' records and answers together.
VOTES = f"""
SELECT string_agg(int8send(v.source_id), ''), string_agg(int8send(r.id * {K} + CASE v.answer {LABEL} END), '')
FROM voting_vote v JOIN voting_voterrecord r USING (voter_id)
WHERE v.answer <> 'unsure' AND v.withdrawn_at IS NULL AND v.set_aside_at IS NULL
  AND (v.counted OR v.gold_class <> '')
GROUP BY v.id / 4096
"""


@dataclass(frozen=True)
class VoteTable:
    """One row a vote: source, number of the voter's record, place of the answer in DECISIVE."""

    item: IntArray
    voter: IntArray
    label: IntArray
    gold: dict[int, int]

    def __len__(self) -> int:
        return len(self.item)

    @property
    def columns(self) -> tuple[IntArray, IntArray, IntArray]:
        return self.item, self.voter, self.label


def read_votes() -> VoteTable:
    """Every vote that says something of a source or of its voter."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        blocks = cursor.execute(VOTES, binary=True).fetchall()
    item, answer = (_numbers(b"".join(block[column] for block in blocks)) for column in (0, 1))
    voter, label = np.divmod(answer, K)
    return VoteTable(item, voter, label, _gold())


def _numbers(sent: bytes) -> IntArray:
    return np.frombuffer(sent, dtype=">i8").astype(np.int64)


def _gold() -> dict[int, int]:
    rows = GoldSource.objects.values_list("source_id", "gold_class")
    return {source_id: DECISIVE.index(gold_class) for source_id, gold_class in rows}
