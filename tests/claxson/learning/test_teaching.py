import numpy as np
import pytest

from classifier import NaiveBayesClassifier
from claxson.learning.teaching import CLASSES, lesson


def test_the_most_probable_class_is_taught_with_its_probability_for_a_weight() -> None:
    shares, trust = lesson({"agn": 0.9, "cv": 0.06, "star": 0.04})
    assert dict(zip(CLASSES, shares, strict=True)) == {"agn": 1.0, "cv": 0.0, "star": 0.0, "xrb": 0.0}
    assert trust == 0.9


@pytest.mark.parametrize(("believed", "trust"), [({}, 0.0), ({"other": 1.0}, 0.0), ({"cv": 1.0}, 1.0)])
def test_what_is_none_of_the_classes_teaches_nothing(believed: dict[str, float], trust: float) -> None:
    assert lesson(believed)[1] == trust


def test_doubt_about_the_many_teaches_nothing_about_the_few() -> None:
    """Two hundred galaxies, each "perhaps a cataclysmic variable", beside four cataclysmic variables."""
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.normal(0, 1, 200), rng.normal(4, 1, 4)])[:, None]
    believed = [{"agn": 0.95, "cv": 0.05}] * 200 + [{"cv": 1.0}] * 4
    taught = [lesson(one) for one in believed]
    y = [CLASSES[int(np.argmax(shares))] for shares, _ in taught]
    weights = [trust for _, trust in taught]
    even = {"agn": 0.5, "cv": 0.5}
    model = NaiveBayesClassifier(priors=even).fit(x, y, sample_weight=weights)
    soft = NaiveBayesClassifier(priors=even).fit(
        np.concatenate([x, x[:200]]), [*y, *["cv"] * 200], sample_weight=[*weights, *[0.05] * 200]
    )
    doubt, of_soft = (fitted.predict_proba([[4.0]])[0, 0] for fitted in (model, soft))
    assert doubt < of_soft / 5
