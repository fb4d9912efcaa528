"""How fast leases may be asked for: a bucket of tokens that fills steadily; no database."""

BURST = 60.0
PER_SECOND = 0.5
# Sources one voter may hold at once: the one before them, and five fetched ahead for a poor line.
MOST_HELD = 6
LEASE_MINUTES = 30
# Visitors without an account that one network may send in a day: a school has many.
NEWCOMERS_PER_DAY = 200


def tokens_now(tokens: float, seconds_since: float | None) -> float:
    """What the bucket holds after so many seconds; None: it was never used, and is full."""
    if seconds_since is None:
        return BURST
    return min(BURST, tokens + PER_SECOND * max(seconds_since, 0.0))


def seconds_until(tokens: float, wanted: int) -> int:
    """How long until that many tokens are there."""
    return max(0, int(-(-(wanted - tokens) // PER_SECOND)))
