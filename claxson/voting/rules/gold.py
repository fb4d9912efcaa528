"""How often a voter meets a source of known class; no database.

The chances fall as Zooniverse's and Space Warps's do: many examples at first, never none.
"""

STEPS = ((20, 0.4), (40, 0.3), (60, 0.2))
LEAST_CHANCE = 0.1
# Gold that is never told measures skill without teaching it: a few in a hundred, for everybody.
HIDDEN_CHANCE = 0.05


def training_chance(n_votes: int) -> float:
    """The probability that the next source is one that tells its class afterwards."""
    return next((chance for below, chance in STEPS if n_votes < below), LEAST_CHANCE)


def draw(n_votes: int, u: float) -> str:
    """`training`, `hidden` or `` (a source to vote on), by a number drawn evenly from [0, 1)."""
    if u < HIDDEN_CHANCE:
        return "hidden"
    return "training" if u < HIDDEN_CHANCE + training_chance(n_votes) else ""
