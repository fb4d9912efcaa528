"""A fit takes a while: nobody who votes waits for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from claxson.learning import services
from claxson.learning.services import retrain
from claxson.voting.models import ConsensusRun, QueueEntry, VoterRecord

pytestmark = pytest.mark.django_db(transaction=True)


def lock_all_that_votes_change() -> None:
    """As votes on every source by every voter would; fails where somebody else holds any."""
    try:
        with transaction.atomic():
            list(QueueEntry.objects.select_for_update(nowait=True))
            list(VoterRecord.objects.select_for_update(nowait=True))
    finally:
        connection.close()


def test_while_a_candidate_is_fitted_voters_and_sources_are_free(
    literature: None, make_source: Any, crowd_votes: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd_votes(make_source("open"), 5)
    fit = services._candidate

    def looked_at(*arguments: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lock_all_that_votes_change).result()
        return fit(*arguments)

    monkeypatch.setattr(services, "_candidate", looked_at)
    assert retrain(trigger="test").version.pk
    assert ConsensusRun.objects.count() == 1
