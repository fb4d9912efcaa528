"""Models on disk come back as they were, or not at all."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from classifier import CRITERIA, DensityConfig, NaiveBayesClassifier
from classifier.errors import InvalidSettingError, ModelDamagedError, ModelMissingError, ModelSchemaError
from classifier.model_files import ModelFile, load_model, save_model

CARD = {"labels": "literature", "log_loss": 0.14}


@pytest.fixture(scope="module")
def sources() -> np.ndarray:
    X = np.random.default_rng(8).normal(size=(120, 15))
    X[np.random.default_rng(9).random(X.shape) < 0.3] = np.nan
    return X


@pytest.fixture(scope="module")
def model(sources: np.ndarray) -> NaiveBayesClassifier:
    y = np.where(np.nan_to_num(sources[:, 4]) > 0, "agn", "star")
    return NaiveBayesClassifier(CRITERIA, {"agn": 0.7, "star": 0.3}, density=DensityConfig(n_grid=64)).fit(
        sources, y
    )


@pytest.fixture
def saved(model: NaiveBayesClassifier, tmp_path: Path) -> ModelFile:
    return save_model(model, tmp_path / "models", CARD)


def rewrite(saved: ModelFile, change: dict[str, object]) -> str:
    """Give the model's JSON other values and the pair the name it then deserves."""
    text = saved.path.with_suffix(".json").read_text()
    changed = json.dumps({**json.loads(text), **change}).encode()
    digest = hashlib.sha256(saved.path.read_bytes() + changed).hexdigest()
    (saved.path.parent / f"{digest}.json").write_bytes(changed)
    saved.path.with_name(f"{digest}.npz").write_bytes(saved.path.read_bytes())
    return digest


def test_a_loaded_model_predicts_bit_for_bit(
    model: NaiveBayesClassifier, saved: ModelFile, sources: np.ndarray
) -> None:
    loaded, card = load_model(saved.path.parent, saved.sha256)
    assert card == CARD
    for method in ("predict", "predict_proba", "outlier_score"):
        np.testing.assert_array_equal(getattr(loaded, method)(sources), getattr(model, method)(sources))
    np.testing.assert_array_equal(loaded.explain(sources).terms, model.explain(sources).terms)


def test_a_loaded_model_can_be_trained_again(
    saved: ModelFile, model: NaiveBayesClassifier, sources: np.ndarray
) -> None:
    loaded, _ = load_model(saved.path.parent, saved.sha256)
    again = loaded.fit(sources, model.predict(sources)).predict_proba(sources)
    expected = NaiveBayesClassifier(CRITERIA, {"agn": 0.7, "star": 0.3}, density=DensityConfig(n_grid=64))
    np.testing.assert_array_equal(again, expected.fit(sources, model.predict(sources)).predict_proba(sources))


def test_the_name_is_the_hash_of_the_two_files(saved: ModelFile) -> None:
    both = saved.path.read_bytes() + saved.path.with_suffix(".json").read_bytes()
    assert hashlib.sha256(both).hexdigest() == saved.sha256 == saved.path.stem


def test_the_same_model_gives_the_same_bytes(
    model: NaiveBayesClassifier, saved: ModelFile, tmp_path: Path
) -> None:
    again = save_model(model, tmp_path / "elsewhere", dict(reversed(CARD.items())))
    assert again.sha256 == saved.sha256
    assert again.path.read_bytes() == saved.path.read_bytes()


def test_nothing_half_written_stays_behind(saved: ModelFile) -> None:
    assert {p.suffix for p in saved.path.parent.iterdir()} == {".npz", ".json"}
    assert len(list(saved.path.parent.iterdir())) == 2


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_single_flipped_bit_is_noticed(saved: ModelFile, suffix: str) -> None:
    file = saved.path.with_suffix(suffix)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelDamagedError, match="damaged"):
        load_model(saved.path.parent, saved.sha256)


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_cut_file_is_noticed(saved: ModelFile, suffix: str) -> None:
    file = saved.path.with_suffix(suffix)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ModelDamagedError):
        load_model(saved.path.parent, saved.sha256)


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd"])
def test_a_missing_model_is_named(saved: ModelFile, sha256: str) -> None:
    with pytest.raises(ModelMissingError, match="hash"):
        load_model(saved.path.parent, sha256)


@pytest.mark.parametrize("change", [{"schema": "claxson.model/99"}, {"settings": {}}, {"classes": {}}])
def test_another_layout_is_refused(saved: ModelFile, change: dict[str, object]) -> None:
    with pytest.raises(ModelSchemaError, match="retrain"):
        load_model(saved.path.parent, rewrite(saved, change))


def test_a_card_that_json_cannot_hold_is_refused(model: NaiveBayesClassifier, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match="JSON"):
        save_model(model, tmp_path, {"when": object()})


@pytest.mark.parametrize("labels", [[0, 1], [True, False], np.array(["agn", "star"], dtype=object)])
def test_labels_keep_their_type(labels: list[object], tmp_path: Path) -> None:
    fitted = NaiveBayesClassifier().fit([[0.0], [1.0]], labels)
    loaded, _ = load_model(tmp_path, save_model(fitted, tmp_path, {}).sha256)
    assert loaded.classes_.dtype == fitted.classes_.dtype
    assert loaded.classes_.tolist() == fitted.classes_.tolist()
