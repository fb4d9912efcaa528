import pytest

from classifier.retraining import is_held_out
from claxson.catalogue.models import Source
from claxson.learning.models import ModelVersion, Prediction
from claxson.learning.selectors import serving_model
from claxson.learning.services import NothingToLearnFrom, load, retrain
from claxson.voting.models import Consensus, Label, QueueEntry

pytestmark = pytest.mark.django_db


def test_the_first_model_is_promoted_and_predicts_every_source(literature) -> None:
    outcome = retrain(trigger="by hand")
    assert outcome.promoted
    assert outcome.n_predicted == Prediction.objects.count() == Source.objects.count()
    assert all(abs(sum(p.probabilities.values()) - 1) < 1e-4 for p in Prediction.objects.all())


def test_without_labels_it_says_that_there_is_nothing_to_learn_from(db) -> None:
    with pytest.raises(NothingToLearnFrom, match="no model could be fitted"):
        retrain(trigger="by hand")
    assert not ModelVersion.objects.exists()


def test_consensus_labels_join_the_training(literature, close_source) -> None:
    retrain(trigger="by hand")
    for number in range(3):
        close_source("xrb", number)
    outcome = retrain(trigger="by hand")
    assert outcome.version.n_crowd == 3
    assert serving_model() == outcome.version
    assert ModelVersion.objects.filter(state="retired").count() == 1


def test_the_crowds_posterior_is_stored_with_its_method(literature, close_source) -> None:
    source = close_source("star")
    retrain(trigger="by hand")
    consensus = Consensus.objects.get(source=source)
    assert consensus.method == "dawid-skene"
    assert consensus.posterior["star"] > 0.9


def test_a_candidate_that_is_worse_is_refused_and_changes_no_prediction(literature, close_source) -> None:
    retrain(trigger="by hand")
    before = list(Prediction.objects.values_list("source_id", "probabilities").order_by("pk"))
    scramble_training_labels()
    outcome = retrain(trigger="by hand")
    assert not outcome.promoted
    assert outcome.version.state == ModelVersion.State.REFUSED
    assert list(Prediction.objects.values_list("source_id", "probabilities").order_by("pk")) == before


def scramble_training_labels() -> None:
    for i, label in enumerate(Label.objects.select_related("source")):
        if not is_held_out(label.source.name):
            label.source_class = ["agn", "star", "xrb", "cv"][i % 4]
            label.save()


def test_new_predictions_set_the_order_of_the_queue(literature, close_source) -> None:
    source = close_source("agn")
    QueueEntry.objects.filter(pk=source.pk).update(interest=-1)
    retrain(trigger="by hand")
    assert 0 <= QueueEntry.objects.get(pk=source.pk).interest <= 1


def test_the_serving_model_can_be_loaded_and_predicts_the_same(literature) -> None:
    outcome = retrain(trigger="by hand")
    assert load(outcome.version).classes_.tolist() == ["agn", "cv", "star", "xrb"]


def test_an_incumbent_whose_file_is_lost_does_not_block_retraining(literature, model_root) -> None:
    retrain(trigger="by hand")
    for file in model_root.iterdir():
        file.unlink()
    outcome = retrain(trigger="by hand")
    assert outcome.promoted
    assert "better than the priors" in outcome.reason
