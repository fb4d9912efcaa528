from collections.abc import Callable

import pytest

from claxson.accounts.models import Voter


@pytest.fixture
def people(make_voters: Callable[[int], list[Voter]]) -> list[Voter]:
    return make_voters(3)
