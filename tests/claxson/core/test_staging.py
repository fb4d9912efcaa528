"""What numpy sends is what PostgreSQL has."""

import numpy as np
import pytest
from django.db import connection

from claxson.core.staging import stage_arrays

pytestmark = pytest.mark.django_db


def staged(**columns: np.ndarray) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        stage_arrays(cursor, "staged", columns)
        cursor.execute("SELECT * FROM staged")
        return cursor.fetchall()


def test_columns_of_every_type_arrive_as_they_were_sent() -> None:
    rng = np.random.default_rng(5)
    small, large = rng.integers(-(2**31), 2**31, 50, dtype=np.int32), rng.integers(-(2**63), 2**63 - 1, 50)
    real, several = rng.normal(size=50) * 10.0 ** rng.integers(-300, 300, 50), rng.normal(size=(50, 5))
    rows = staged(small=small, large=large, real=real, several=several)
    assert rows == list(zip(small.tolist(), large.tolist(), real.tolist(), several.tolist(), strict=True))


def test_numbers_that_are_none_arrive_too() -> None:
    rows = staged(x=np.array([-np.inf, np.inf, np.nan]))
    assert np.array_equal([x for (x,) in rows], [-np.inf, np.inf, np.nan], equal_nan=True)


def test_a_table_may_be_empty_and_is_made_anew_each_time() -> None:
    assert staged(x=np.array([1, 2])) == [(1,), (2,)]
    assert staged(x=np.empty(0)) == []
