"""Numbers as people write them in the active language."""

from django.utils.formats import get_format

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
