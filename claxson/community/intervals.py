"""How uncertain a share is; no database."""

import math

Z_95 = 1.959964


def wilson(right: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; from 0 to 1 where there is nothing to go by."""
    if total == 0:
        return 0.0, 1.0
    share, z2 = right / total, Z_95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z_95 / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)
