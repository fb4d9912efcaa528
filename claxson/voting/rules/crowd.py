"""A simulated crowd, for demos and tests: who they are and how they answer. No database.

The make-up follows what platforms report of real volunteers: a few experts, many who are good, novices who
take much for an AGN, and some who answer at random. Its votes are marked as simulated for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from claxson.core.classes import Answer, SourceClass

CLASSES = tuple(cls.value for cls in SourceClass)


@dataclass(frozen=True)
class Kind:
    """One kind of volunteer: how often right, how often undecided, and where wrong answers go."""

    share: float
    right: float
    unsure: float = 0.08
    wrong_to_agn: float = 0.25


KINDS: Mapping[str, Kind] = {
    "expert": Kind(share=0.08, right=0.92, unsure=0.03),
    "good": Kind(share=0.50, right=0.78),
    "novice": Kind(share=0.32, right=0.58, unsure=0.12, wrong_to_agn=0.6),
    "random": Kind(share=0.10, right=1 / len(CLASSES), unsure=0.02, wrong_to_agn=1 / 3),
}


@dataclass(frozen=True)
class SimulatedVolunteer:
    """A member of the crowd."""

    name: str
    kind: str


def make_crowd(size: int, rng: np.random.Generator) -> tuple[SimulatedVolunteer, ...]:
    """`size` volunteers, their kinds drawn by the shares above."""
    shares = np.array([kind.share for kind in KINDS.values()])
    kinds = rng.choice(list(KINDS), size=size, p=shares / shares.sum())
    return tuple(
        SimulatedVolunteer(f"Simulated volunteer {i + 1:02d}", str(kind)) for i, kind in enumerate(kinds)
    )


def answer_of(volunteer: SimulatedVolunteer, seen_class: str, rng: np.random.Generator) -> str:
    """What this volunteer answers about a source that looks like `seen_class`."""
    kind = KINDS[volunteer.kind]
    if rng.random() < kind.unsure:
        return Answer.UNSURE.value
    if rng.random() < kind.right:
        return seen_class
    wrong = [cls for cls in CLASSES if cls != seen_class]
    if "agn" in wrong and rng.random() < kind.wrong_to_agn:
        return "agn"
    return str(rng.choice(wrong))


# Where no true class is known, the crowd looks at the source as the field guide teaches it, never at a model:
# a crowd that repeated the classifier would teach it its own mistakes.
SOFT_HR2 = -0.4
HARD_HR3 = 0.1
PLANE_DEG = 10.0


def looks_like(features: Mapping[str, float | None]) -> str:
    """The class by rules of thumb: soft is a star, hard and in the plane a binary, all else an AGN."""
    softness, hardness = features.get("hr2"), features.get("hr3")
    optical, latitude = features.get("log_fx_fr"), features.get("gal_lat_deg")
    if (optical is not None and optical < -1) or (softness is not None and softness < SOFT_HR2):
        return SourceClass.STAR.value
    in_plane = latitude is not None and abs(latitude) < PLANE_DEG
    if in_plane and hardness is not None and hardness > HARD_HR3:
        return SourceClass.XRB.value
    return SourceClass.AGN.value
