"""Whether a candidate may replace the incumbent."""

from dataclasses import dataclass

from classifier.evaluation import Interval

# Nats per source. The same labels aggregated anew move every loss by less; no use could tell.
NEGLIGIBLE = 5e-4


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate may replace the incumbent, and why.

    Attributes
    ----------
    promote : bool
        The decision.
    reason : str
        One sentence, with the figures it rests on.
    """

    promote: bool
    reason: str


def judge(difference: Interval, margin: float) -> Verdict:
    """Decide between candidate and incumbent (rule in `retrain`).

    Parameters
    ----------
    difference : Interval
        Mean log-loss, candidate minus incumbent; up to NEGLIGIBLE counts as none.
    margin : float
        Largest mean difference allowed.

    Returns
    -------
    Verdict
    """
    figures = _figures(difference)
    if difference.low > NEGLIGIBLE:
        return Verdict(False, f"kept the incumbent: the candidate is worse ({figures})")
    if difference.mean > margin:
        return Verdict(False, f"kept the incumbent: the candidate loses more than {margin:g} ({figures})")
    return Verdict(True, f"promoted: the candidate is not worse than the incumbent ({figures})")


def judge_first(difference: Interval) -> Verdict:
    """Decide about a candidate without an incumbent (rule in `retrain`).

    Parameters
    ----------
    difference : Interval
        Mean log-loss, candidate minus priors alone.

    Returns
    -------
    Verdict
    """
    if difference.high < 0:
        return Verdict(True, f"promoted: better than the priors alone ({_figures(difference)})")
    return Verdict(
        False, f"not promoted: not shown to be better than the priors alone ({_figures(difference)})"
    )


def _figures(d: Interval) -> str:
    return f"mean log-loss difference {d.mean:+.4f}, {d.level:.0%} interval {d.low:+.4f} to {d.high:+.4f}"
