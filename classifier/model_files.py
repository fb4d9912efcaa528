"""Models on disk: arrays as npz, the rest as JSON, found by the hash of their content."""

import contextlib
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from classifier.densities import DensityConfig, DensityTable
from classifier.errors import InvalidSettingError, ModelDamagedError, ModelMissingError, ModelSchemaError
from classifier.evidence import EvidenceTable
from classifier.features import FeatureSpec
from classifier.naive_bayes import NaiveBayesClassifier
from classifier.terms.axes import Axis
from classifier.terms.presence import PresencePattern, Survey
from classifier.terms.scoring import Scorer
from classifier.terms.stack import PATTERNS, Term, TermStack, fine_table, with_missing
from classifier.typicality import Typicality
from classifier.weighting import WeightingConfig

SCHEMA = "claxson.model/2"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: equal models give equal bytes
DENSITY_ARRAYS = ("lo", "step", "count", "sigma", "mass")
LEARNED_ARRAYS = ("class_count_", "class_prior_", "feature_weights_", "term_weights_")

JOINT = ("pair", "detection")  # terms whose tables are stored; the others follow from densities and counts

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class ModelFile:
    """Where a model was saved.

    Attributes
    ----------
    sha256 : str
        Hash of the npz file followed by the JSON file; the name of both.
    path : Path
        The npz file; the JSON file lies beside it.
    """

    sha256: str
    path: Path


def save_model(model: NaiveBayesClassifier, folder: Path, card: Mapping[str, Any]) -> ModelFile:
    """Write a fitted model; the same model and card always give the same bytes and name.

    Parameters
    ----------
    model : NaiveBayesClassifier
        Fitted.
    folder : Path
        Where to; made if absent.
    card : mapping
        What should be known about the model (labels used, figures, date, ...), as JSON can hold it.

    Returns
    -------
    ModelFile

    Raises
    ------
    InvalidSettingError
        When the card or the class labels cannot be written as JSON.
    """
    check_is_fitted(model)
    arrays, description = _pack(_arrays(model)), _json(_describe(model, card))
    digest = hashlib.sha256(arrays + description).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    _write_atomically(folder / f"{digest}.json", description)
    _write_atomically(folder / f"{digest}.npz", arrays)
    return ModelFile(digest, folder / f"{digest}.npz")


def load_model(folder: Path, sha256: str) -> tuple[NaiveBayesClassifier, dict[str, Any]]:
    """Read a model that `save_model` wrote.

    Parameters
    ----------
    folder : Path
        Where from.
    sha256 : str
        Its hash.

    Returns
    -------
    model : NaiveBayesClassifier
        Predicts bit for bit as the one saved.
    card : dict
        As saved.

    Raises
    ------
    ModelMissingError
        When one of the two files is not there, or `sha256` is not a hash.
    ModelDamagedError
        When the bytes do not have that hash.
    ModelSchemaError
        When the layout is not the one this version writes.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ModelMissingError(f"{sha256!r} is not the hash of a model: 64 hexadecimal digits are needed")
    arrays = _read(folder / f"{sha256}.npz")
    text = _read(folder / f"{sha256}.json")
    if hashlib.sha256(arrays + text).hexdigest() != sha256:
        raise ModelDamagedError(f"model {sha256[:12]} in {folder} is damaged: restore both files, or retrain")
    description = _parse(text, sha256)
    try:
        return _rebuild(_unpack(arrays), description), description["card"]
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ModelSchemaError(f"model {sha256[:12]} claims {SCHEMA} but lacks {error}; retrain") from error


def _arrays(model: NaiveBayesClassifier) -> Arrays:
    stack, typicality = model.terms_, model.typicality_
    densities, presence = stack.densities, stack.presence
    axes = {f"axis.{j}": np.stack([axis.knots, axis.places]) for j, axis in enumerate(stack.axes)}
    pairs = {f"table.{t}": table for t, table in enumerate(stack.tables) if stack.terms[t].kind in JOINT}
    return {
        **axes,
        **pairs,
        "presence.patterns": presence.patterns,
        "presence.counts": presence.counts,
        **{f"density.{name}": getattr(densities, name) for name in DENSITY_ARRAYS},
        **{name: getattr(model, name) for name in LEARNED_ARRAYS},
        "typicality.z": typicality.z_quantiles,
        "typicality.doubt": typicality.doubt_quantiles,
        "typicality.surprise": typicality.surprise_quantiles,
    }


def _describe(model: NaiveBayesClassifier, card: Mapping[str, Any]) -> dict[str, Any]:
    stack = model.terms_
    return {
        "schema": SCHEMA,
        "card": dict(card),
        "classes": {"labels": model.classes_.tolist(), "dtype": model.classes_.dtype.str},
        "features": [asdict(spec) for spec in model.features_],
        "features_given": model.features is not None,
        "feature_names_in": getattr(model, "feature_names_in_", np.array([])).tolist(),
        "terms": [asdict(term) for term in stack.terms],
        "surveys": [asdict(survey) for survey in stack.presence.surveys],
        "background": stack.densities.background,
        "shrinkage": stack.densities.shrinkage,
        "settings": _settings(model),
    }


def _settings(model: NaiveBayesClassifier) -> dict[str, Any]:
    priors, weights = model.priors, model.category_weights
    return {
        "priors": None if priors is None else model.class_prior_.tolist(),
        "category_weights": dict(weights) if isinstance(weights, Mapping) else weights,
        "density": None if model.density is None else asdict(model.density),
        "weighting": None if model.weighting is None else asdict(model.weighting),
    }


def _json(description: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(description, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise InvalidSettingError(
            f"the model's card or class labels cannot be written as JSON: {error}"
        ) from error
    return text.encode() + b"\n"


def _pack(arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", ZIP_EPOCH)
            entry.create_system = 3
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(entry, member.getvalue())
    return stream.getvalue()


def _unpack(arrays: bytes) -> Arrays:
    with np.load(io.BytesIO(arrays), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _write_atomically(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:12]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)  # mkstemp keeps others out, but the web server may be another user
        Path(name).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelMissingError(f"no model file {path}; check the hash and the folder, or retrain") from error


def _parse(text: bytes, sha256: str) -> dict[str, Any]:
    try:
        description = json.loads(text)
        schema = description["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelSchemaError(f"model {sha256[:12]} names no schema; {SCHEMA} is needed, retrain") from error
    if schema != SCHEMA:
        raise ModelSchemaError(f"model {sha256[:12]} has the schema {schema!r}; {SCHEMA} is needed, retrain")
    return dict(description)


def _rebuild(arrays: Arrays, description: Mapping[str, Any]) -> NaiveBayesClassifier:
    specs = tuple(FeatureSpec(**spec) for spec in description["features"])
    settings = dict(description["settings"])
    density, weighting = settings.pop("density"), settings.pop("weighting")
    model = NaiveBayesClassifier(
        features=specs if description["features_given"] else None,
        density=None if density is None else DensityConfig(**density),
        weighting=None if weighting is None else WeightingConfig(**weighting),
        **settings,
    )
    model.features_ = specs
    model.n_features_in_ = len(specs)
    if description["feature_names_in"]:
        model.feature_names_in_ = np.array(description["feature_names_in"], dtype=object)
    classes = description["classes"]
    model.classes_ = np.array(classes["labels"], dtype=np.dtype(classes["dtype"]))
    _restore_learned(model, arrays, description)
    return model


def _restore_learned(model: NaiveBayesClassifier, arrays: Arrays, description: Mapping[str, Any]) -> None:
    for name in LEARNED_ARRAYS:
        setattr(model, name, arrays[name])
    model.terms_ = _stack(arrays, description)
    model.scorer_ = Scorer.of(model.terms_, model.features_, model.term_weights_)
    quantiles = (arrays[f"typicality.{name}"] for name in ("z", "doubt", "surprise"))
    model.typicality_ = Typicality(model.terms_.densities, *quantiles)


def _stack(arrays: Arrays, description: Mapping[str, Any]) -> TermStack:
    densities = DensityTable(
        **{name: arrays[f"density.{name}"] for name in DENSITY_ARRAYS},
        shrinkage=description["shrinkage"],
        background=description["background"],
    )
    surveys = tuple(Survey(s["name"], tuple(s["members"]), s["coverage"]) for s in description["surveys"])
    presence = PresencePattern(surveys, arrays["presence.patterns"], arrays["presence.counts"])
    terms = tuple(Term(**term) for term in description["terms"])
    evidence = EvidenceTable.of(densities)
    axes = tuple(Axis(*arrays[f"axis.{j}"]) for j in range(len(description["features"])))
    single = {t: fine_table(evidence, term.a) for t, term in enumerate(terms) if term.kind == "property"}
    apart = any(term.kind == "rare pattern" for term in terms)  # older files have one term for all patterns
    found = presence.tables(apart=apart) if presence.surveys else {}
    pattern = {t: with_missing(found[term.kind]) for t, term in enumerate(terms) if term.kind in PATTERNS}
    joint = {t: arrays[f"table.{t}"] for t, term in enumerate(terms) if term.kind in JOINT}
    tables = {**single, **pattern, **joint}
    return TermStack(axes, densities, presence, terms, tuple(tables[t] for t in range(len(terms))))
