"""A small sky whose classes differ, as literature labels and as sources that a crowd can vote on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.retraining import is_held_out
from claxson.accounts.models import Voter
from claxson.catalogue.models import Source
from claxson.voting.models import Label, QueueEntry

CENTRES = {"agn": (0.2, 0.3), "star": (-0.5, -2.5), "xrb": (0.6, 1.5), "cv": (0.3, -0.5)}


def features_of(cls: str, rng: np.random.Generator, scatter: float = 0.4) -> dict[str, float | None]:
    hr2, ratio = rng.normal(CENTRES[cls], scatter)
    return {"hr2": float(hr2), "log_fx_fr": None if rng.random() < 0.2 else float(ratio)}


@pytest.fixture(autouse=True)
def model_root(settings: Any, tmp_path: Path) -> Path:
    settings.MODEL_ROOT = tmp_path / "models"
    return Path(settings.MODEL_ROOT)


@pytest.fixture
def literature(db: None) -> None:
    rng = np.random.default_rng(3)
    names = [(cls, f"REF {cls} {i:03d}") for cls in CENTRES for i in range(60)]
    sources = [
        Source(name=name, origin="test", ra_deg=1, dec_deg=2, features=features_of(cls, rng))
        for cls, name in names
    ]
    Source.objects.bulk_create(sources)
    Label.objects.bulk_create(
        Label(source=source, source_class=cls, original_class=cls.upper(), provenance="test")
        for source, (cls, _) in zip(sources, names, strict=True)
    )


@pytest.fixture
def close_source(db: None, vote_on: Callable[..., object]) -> Callable[..., Source]:
    """A source that twenty voters have identified as `cls`; its name is one that may train."""

    def close(cls: str, number: int = 0) -> Source:
        name = next(n for n in (f"CLX {cls} {number} {i}" for i in range(100)) if not is_held_out(n))
        features = features_of(cls, np.random.default_rng(number))
        source = Source.objects.create(name=name, origin="test", ra_deg=3, dec_deg=4, features=features)
        QueueEntry.objects.create(source=source)
        for i in range(20):
            voter, _ = Voter.objects.get_or_create(simulated_name=f"voter {i}")
            vote_on(source, voter, cls if i < 17 else "other")
        return source

    return close
