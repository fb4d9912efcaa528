"""Votes out of the database as arrays, by binary COPY: millions in seconds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from claxson.core.classes import DECISIVE
from claxson.voting.models import GoldSource

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# Counted votes, and answers on gold: of everybody, for they teach how each voter answers.
VOTES = """
SELECT v.source_id::int8, r.id::int8, (array_position(%s::text[], v.answer::text) - 1)::int4
FROM voting_vote v JOIN voting_voterrecord r USING (voter_id)
WHERE v.answer <> 'unsure' AND v.withdrawn_at IS NULL AND v.set_aside_at IS NULL
  AND (v.counted OR v.gold_class <> '')
"""
# PostgreSQL's binary COPY: per row the number of fields, then the length and the value of each.
ROW = np.dtype(
    [
        ("n", ">i2"),
        ("l1", ">i4"),
        ("item", ">i8"),
        ("l2", ">i4"),
        ("voter", ">i8"),
        ("l3", ">i4"),
        ("label", ">i4"),
    ]
)
HEADER = len(b"PGCOPY\n\xff\r\n\0") + 8
TRAILER = 2


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
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({VOTES}) TO STDOUT (FORMAT binary)", [list(DECISIVE)]) as copy,
    ):
        data = b"".join(copy)
    rows = np.frombuffer(data, dtype=ROW, offset=HEADER, count=(len(data) - HEADER - TRAILER) // ROW.itemsize)
    item, voter, label = (rows[name].astype(np.int64) for name in ("item", "voter", "label"))
    return VoteTable(item, voter, label, _gold())


def _gold() -> dict[int, int]:
    rows = GoldSource.objects.values_list("source_id", "gold_class")
    return {source_id: DECISIVE.index(gold_class) for source_id, gold_class in rows}
