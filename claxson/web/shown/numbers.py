"""Numbers as people write them in the active language."""

from django.utils.formats import get_format


def written(value: float, digits: int = 3) -> str:
    """Significant digits, with the language's decimal sign and a real minus."""
    return localised(f"{value:.{digits}g}")


def signed(value: float, decimals: int) -> str:
    """With its sign, whichever it is."""
    return localised(f"{value:+.{decimals}f}")


def fixed(value: float, decimals: int) -> str:
    return localised(f"{value:.{decimals}f}")


def localised(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}").replace(".", str(get_format("DECIMAL_SEPARATOR")))
