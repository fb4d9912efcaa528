"""What a source that the crowd has decided on teaches a model; no database."""

from collections.abc import Mapping

from claxson.core.classes import SourceClass

CLASSES = tuple(sorted(cls.value for cls in SourceClass))


def lesson(believed: Mapping[str, float]) -> tuple[tuple[float, ...], float]:
    """Shares of CLASSES, and how far they are trusted; the trust is 0 where there is nothing to teach.

    Only the most probable class is taught, with its probability for a weight. The doubt is left out: a few
    per cent of "perhaps a cataclysmic variable" on each of many galaxies would teach more of that class than
    all of its own sources do.
    """
    known = [believed.get(cls, 0.0) for cls in CLASSES]
    trust = max(known)
    winner = known.index(trust)
    return tuple(float(k == winner) for k in range(len(known))), trust
