"""Who is trained: twenty classifications, and three in four right of the last twenty gold answers."""

import math
from collections.abc import Sequence

CLASSIFICATIONS = 20
WINDOW = 20
SUCCESS = 0.75
RIGHT = math.ceil(SUCCESS * WINDOW)


def is_trained(n_votes: int, last_gold: Sequence[bool]) -> bool:
    """`last_gold`: whether each of the newest gold answers was right, at most WINDOW of them."""
    if n_votes < CLASSIFICATIONS or len(last_gold) < WINDOW:
        return False
    return sum(last_gold[:WINDOW]) >= RIGHT
