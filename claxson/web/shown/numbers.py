"""Numbers as people write them in the active language."""

import math

from django.utils.formats import get_format, number_format

MOST = math.log(1e6)  # beyond a million to one a factor says no more
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def written(value: float, digits: int = 3) -> str:
    """Significant digits as people write them: the language's decimal sign, a real minus, powers of ten."""
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    raised = f"·10{str(int(power)).translate(SUPERSCRIPTS)}" if power else ""
    return localised(mantissa) + raised


def signed(value: float, decimals: int) -> str:
    """With its sign, whichever it is."""
    return localised(f"{value:+.{decimals}f}")


def fixed(value: float, decimals: int) -> str:
    return localised(f"{value:.{decimals}f}")


def localised(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}").replace(".", str(get_format("DECIMAL_SEPARATOR")))


def times(log_odds: float) -> str:
    """Natural log-odds of either sign as a factor from 1 upwards, to two digits."""
    factor = math.exp(min(abs(log_odds), MOST))
    if factor < 9.95:
        return localised(f"{factor:.1f}")
    digits = len(str(round(factor))) - 2
    return str(number_format(round(factor, -digits), decimal_pos=0, force_grouping=True))
