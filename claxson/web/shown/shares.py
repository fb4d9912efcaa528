"""Shares of a whole as bars: label, percentage and shape; colour only repeats what they say."""

from collections.abc import Mapping
from dataclasses import dataclass

from claxson.core.classes import Answer, SourceClass


@dataclass(frozen=True)
class Bar:
    """`key` names the shape and the colour."""

    key: str
    label: str
    percent: float

    @property
    def width(self) -> str:
        """For an SVG attribute: never in the language's own number format."""
        return f"{self.percent:.2f}"


def class_bars(probabilities: Mapping[str, float]) -> list[Bar]:
    """The classifier's probabilities, the likeliest first."""
    labels = {str(choice.value): str(choice.label) for choice in SourceClass}
    return _bars(probabilities, labels)


def answer_bars(shares: Mapping[str, float]) -> list[Bar]:
    """How the crowd's votes fell, the commonest answer first."""
    labels = {str(choice.value): str(choice.label) for choice in Answer}
    return _bars(shares, labels)


def _bars(shares: Mapping[str, float], labels: Mapping[str, str]) -> list[Bar]:
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return [Bar(key, labels.get(key, key), 100 * min(max(share, 0.0), 1.0)) for key, share in ordered]
