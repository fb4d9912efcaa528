"""Axes of a drawn plot: scales, ticks, and SVG elements with short numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 400
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEFT, RIGHT, TOP, BOTTOM = 78, 14, 30, 52


@dataclass(frozen=True)
class Scale:
    """From values to pixels along one axis.

    Attributes
    ----------
    low, high : float
        Range of values; both positive when `log`.
    start, stop : float
        Pixels of the two.
    log : bool
        Whether steps are factors.
    """

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """Pixel of a value; what lies beyond the range is drawn at its end."""
        if self.log:
            share = math.log(max(value, 1e-300) / self.low) / self._factors
        else:
            share = (value - self.low) / (self.high - self.low)
        within = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
        return self.start + within * (self.stop - self.start)

    @cached_property
    def _factors(self) -> float:
        return math.log(self.high / self.low)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Round values within the range: powers of ten and their 2s and 5s, or about so many even steps."""
        if self.log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            digits = (1, 2, 5) if self.high / self.low < 300 else (1,)
            values = [digit * 10.0**power for power in powers for digit in digits]
        else:
            rough = (self.high - self.low) / wanted
            size = 10.0 ** math.floor(math.log10(rough))
            step = size * next(m for m in (1, 2, 5, 10) if m * size >= rough)
            values = [step * n for n in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [value for value in values if self.low <= value <= self.high]


def short(number: float) -> str:
    """A pixel with one decimal."""
    return f"{number:.1f}"


def written(value: float) -> str:
    """The number of a tick: small and large ones as powers of ten."""
    plain = f"{value:g}"
    if "e" not in plain:
        return plain
    digits, _, power = plain.partition("e")
    raised = str(int(power)).translate(_RAISED)
    return f"10{raised}" if digits == "1" else f"{digits}\N{MULTIPLICATION SIGN}10{raised}"


def line(ends: tuple[float, float, float, float], style: str) -> str:
    """A straight line from x1, y1 to x2, y2."""
    x1, y1, x2, y2 = map(short, ends)
    return f'<path d="M{x1} {y1}L{x2} {y2}" {style}/>'


def text(at: tuple[float, float], content: str, style: str = "") -> str:
    """Words at x, y."""
    safe = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<text x="{short(at[0])}" y="{short(at[1])}" {style}>{safe}</text>'


def frame(x: Scale, y: Scale, labels: tuple[str, str], steps: int = 5) -> str:
    """Box, ticks, numbers and labels of a plot; without a label of x its numbers are left out too."""
    grid = 'stroke="#ddd" stroke-width="1"'
    parts = []
    for value in x.ticks():
        parts.append(line((x.at(value), y.start, x.at(value), y.stop), grid))
        if labels[0]:
            parts.append(text((x.at(value), y.start + 18), written(value), 'text-anchor="middle"'))
    for value in y.ticks(steps):
        parts.append(line((x.start, y.at(value), x.stop, y.at(value)), grid))
        parts.append(text((x.start - 6, y.at(value) + 4), written(value), 'text-anchor="end"'))
    box = f"M{x.start} {y.start}H{x.stop}V{y.stop}H{x.start}Z"
    parts.append(f'<path d="{box}" fill="none" stroke="#333"/>')
    middle = (y.start + y.stop) / 2
    turned = f'text-anchor="middle" transform="rotate(-90 16 {short(middle)})"'
    if labels[0]:
        parts.append(text(((x.start + x.stop) / 2, y.start + 40), labels[0], 'text-anchor="middle"'))
    parts.append(text((16, middle), labels[1], turned))
    return "".join(parts)


def document(title: str, parts: list[str]) -> bytes:
    """A whole SVG file; its title is what a screen reader says."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13" fill="#222">'
    )
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return f"{head}<title>{safe}</title>{ground}{''.join(parts)}</svg>\n".encode()
