"""Reads over models and predictions."""

from claxson.learning.models import ModelVersion, Prediction


def serving_model() -> ModelVersion | None:
    return ModelVersion.objects.filter(state=ModelVersion.State.SERVING).first()


def prediction_of(source_id: int) -> Prediction | None:
    return Prediction.objects.select_related("model").filter(pk=source_id).first()
