"""Why the classifier says what it says."""

import pytest

from claxson.catalogue.models import Source
from claxson.learning import reasons
from claxson.learning.models import Prediction
from claxson.learning.reasons import reasons_for
from claxson.learning.selectors import serving_model
from claxson.learning.services import retrain
from claxson.web.sources.reasons import STRONGEST, why

pytestmark = pytest.mark.django_db


@pytest.fixture
def learnt(literature: None) -> Source:
    """A source of a sky on which a model has learnt, and that lacks one of the two measurements."""
    retrain(trigger="test")
    return Source.objects.exclude(features__log_fx_fr=None).earliest("pk")


def test_the_reasons_add_up_to_the_odds_that_are_shown(learnt: Source) -> None:
    found = reasons_for(learnt.features, serving_model())
    told = Prediction.objects.get(source=learnt)
    assert found.best == told.best
    assert found.log_odds == pytest.approx(found.prior + sum(one.log_odds for one in found.reasons), abs=0.05)
    assert found.log_odds == pytest.approx(found.prior + sum(found.categories.values()))
    assert [abs(one.log_odds) for one in found.reasons] == sorted(
        (abs(one.log_odds) for one in found.reasons), reverse=True
    )


def test_what_was_not_measured_gives_no_reason_and_is_told(learnt: Source) -> None:
    found = reasons_for({"hr2": learnt.features["hr2"]}, serving_model())
    assert {name for one in found.reasons for name in one.features} == {"hr2"}
    assert "log_fx_fr" in {lack.feature for lack in found.lacks}


def test_a_process_reads_a_model_once(learnt: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    real = reasons.load
    monkeypatch.setattr(reasons, "load", lambda version: calls.append(version) or real(version))
    reasons._model.cache_clear()
    for _ in range(3):
        reasons_for(learnt.features, serving_model())
    assert len(calls) == 1


def test_a_lost_file_gives_none_and_is_tried_again(learnt: Source, model_root) -> None:
    version = serving_model()
    reasons._model.cache_clear()
    lost = model_root / f"{version.sha256}.npz"
    content = lost.read_bytes()
    lost.unlink()
    assert reasons_for(learnt.features, version) is None
    lost.write_bytes(content)
    assert reasons_for(learnt.features, version) is not None


def test_they_are_shown_in_words_with_the_strongest_few_apart(learnt: Source) -> None:
    found = reasons_for(learnt.features, serving_model())
    shown = why(found, learnt.features)
    assert len(shown.strongest) <= STRONGEST
    assert len(shown.strongest) + len(shown.others) == len(found.reasons)
    assert all(one.values for one in shown.strongest)
    assert {weight.label for _, weight in shown.parts} <= {shown.best, shown.second}
