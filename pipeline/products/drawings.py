"""Spectra and light curves as static SVG drawings, for papers, printing and pages without scripts.

Colours are those of Okabe & Ito (2008), told apart with every kind of colour vision; each camera also has a
symbol of its own.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final

from pipeline.products.axes import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    document,
    frame,
    short,
    text,
)

COLOURS: Final = {"PN": "#0072B2", "M1": "#D55E00", "M2": "#009E73"}
BLOCKS: Final = "#CC79A7"
GREY: Final = "#e4e4e4"
MOST_CONTRAST: Final = 1e4
MOST_SIGMA: Final = 12.0
ENERGY: Final = "Energy (keV)"
RESIDUALS_Y: Final = (float(HEIGHT - BOTTOM), float(HEIGHT - BOTTOM - 84))
AXIS_X: Final = (float(LEFT), float(WIDTH - RIGHT))
AXIS_Y: Final = (float(HEIGHT - BOTTOM), float(TOP))

Document = dict[str, Any]
Point = tuple[float, float, float, float, float]
"""Low, middle and high x, value, error."""


def draw_spectrum(spectrum: Document, title: str) -> bytes:
    """Draw a spectrum: both axes logarithmic, crosses per camera, the background as thin steps.

    Parameters
    ----------
    spectrum : dict
        Document of schema ``claxson.spectrum/1``.
    title : str
        Its title.

    Returns
    -------
    bytes
        An SVG file; bins at or below zero cannot be shown on a logarithmic axis and are left out.
    """
    points = {camera["camera"]: _spectral_points(camera) for camera in spectrum["cameras"]}
    shown = [point for one in points.values() for point in one]
    if not shown:
        return _empty(title)
    ceiling = max(point[3] + point[4] for point in shown)
    # A bin that is all but empty must not stretch the axis over decades.
    floor = max(min(max(point[3] - point[4], point[3] / 4) for point in shown), ceiling / MOST_CONTRAST)
    x = Scale(min(p[0] for p in shown), max(p[2] for p in shown), *AXIS_X, log=True)
    below = _residuals(spectrum, x)
    y = Scale(floor / 1.2, ceiling * 1.3, RESIDUALS_Y[1] - 8 if below else AXIS_Y[0], AXIS_Y[1], log=True)
    parts = [frame(x, y, ("" if below else ENERGY, "count s⁻¹ keV⁻¹"))]
    parts += [_background(camera, x, y) for camera in spectrum["cameras"]]
    parts += [_crosses(name, one, x, y) for name, one in points.items()]
    parts += [_model(camera, x, y) for camera in spectrum["cameras"] if "model" in camera]
    return document(title, [*parts, below, _legend(points, title)])


def _model(camera: Document, x: Scale, y: Scale) -> str:
    """The model as steps over the bins; what lies below the axis is left out."""
    rows = zip(camera["energy_lo_kev"], camera["energy_hi_kev"], camera["model"], strict=True)
    path, joined = [], False
    for low, high, value in rows:
        seen = value is not None and value > y.low
        if seen:
            path.append(
                f"{'L' if joined else 'M'}{short(x.at(low))} {short(y.at(value))}H{short(x.at(high))}"
            )
        joined = seen
    colour = COLOURS.get(camera["camera"], "#000")
    return f'<path d="{"".join(path)}" stroke="{colour}" stroke-width="1.5" fill="none"/>'


def _residuals(spectrum: Document, x: Scale) -> str:
    """The panel below: measured less model, in errors; nothing without a model."""
    points = {}
    for camera in spectrum["cameras"]:
        columns = (camera["energy_lo_kev"], camera["energy_hi_kev"], camera.get("residual", []))
        rows = [row for row in zip(*columns, strict=False) if row[2] is not None]
        points[camera["camera"]] = [(low, math.sqrt(low * high), high, far, 1.0) for low, high, far in rows]
    far = [abs(point[3]) for one in points.values() for point in one]
    if not far:
        return ""
    reach = min(max(*far, 3.0) + 1.0, MOST_SIGMA)
    y = Scale(-reach, reach, *RESIDUALS_Y)
    zero = f'<path d="M{x.start} {short(y.at(0))}H{x.stop}" stroke="#333"/>'
    crosses = [_crosses(name, one, x, y) for name, one in points.items()]
    return frame(x, y, (ENERGY, "residual / error"), 3) + zero + "".join(crosses)


def draw_lightcurve(curve: Document, title: str) -> bytes:
    """Draw a light curve: crosses per camera, blocks, and time without data or with background flares grey.

    Parameters
    ----------
    curve : dict
        Document of schema ``claxson.lightcurve/1``.
    title : str
        Its title.

    Returns
    -------
    bytes
        An SVG file.
    """
    half = curve["bin_s"] / 2000
    points = {camera["camera"]: _timed_points(camera, half) for camera in curve["cameras"]}
    shown = [point for one in points.values() for point in one]
    if not shown:
        return _empty(title)
    blocks = curve.get("blocks") or {"start_s": [], "stop_s": [], "rate": []}
    low = min(p[3] - p[4] for p in shown)
    high = max([p[3] + p[4] for p in shown] + blocks["rate"])
    margin = 0.06 * ((high - low) or 1.0)
    x = Scale(min(p[0] for p in shown), max(p[2] for p in shown), *AXIS_X)
    y = Scale(min(low - margin, 0.0), high + margin, *AXIS_Y)
    grey = [*_gaps(curve["gti_s"]), *curve.get("background_flares_s", [])]
    parts = [_stretch(interval, x, y) for interval in grey]
    parts.append(frame(x, y, ("Time (ks)", "count s⁻¹")))
    parts += [_crosses(name, one, x, y) for name, one in points.items()]
    parts.append(_steps(blocks, x, y))
    return document(title, [*parts, _legend(points, title)])


def _spectral_points(camera: Document) -> list[Point]:
    columns = (camera["energy_lo_kev"], camera["energy_hi_kev"], camera["rate"], camera["rate_err"])
    rows = zip(*columns, strict=True)
    return [(low, math.sqrt(low * high), high, rate, error) for low, high, rate, error in rows if rate > 0]


def _timed_points(camera: Document, half_ks: float) -> list[Point]:
    rows = zip(camera["time_s"], camera["rate"], camera["rate_err"], strict=True)
    timed = [(time / 1000, rate, error) for time, rate, error in rows if rate is not None]
    return [(time - half_ks, time, time + half_ks, rate, error) for time, rate, error in timed]


def _crosses(name: str, points: list[Point], x: Scale, y: Scale) -> str:
    strokes, symbols = [], []
    for low, middle, high, value, error in points:
        at, height = x.at(middle), y.at(value)
        bottom = y.start if y.log and value <= error else y.at(value - error)
        # Written with `short`'s format in place: thousands of numbers a drawing.
        strokes.append(f"M{x.at(low):.1f} {height:.1f}H{x.at(high):.1f}")
        strokes.append(f"M{at:.1f} {bottom:.1f}V{y.at(value + error):.1f}")
        symbols.append(_symbol(name, at, height))
    colour = COLOURS.get(name, "#000")
    crosses = f'<path d="{"".join(strokes)}" stroke="{colour}" fill="none"/>'
    return crosses + f'<path d="{"".join(symbols)}" fill="{colour}"/>'


def _symbol(name: str, x: float, y: float, size: float = 2.6) -> str:
    """Circle, square or triangle, as a path."""
    s, d = short(size), short(2 * size)
    if name == "M1":
        return f"M{x - size:.1f} {y - size:.1f}h{d}v{d}h-{d}z"
    if name == "M2":
        return f"M{x:.1f} {y - size:.1f}l{s} {d}h-{d}z"
    return f"M{x - size:.1f} {y:.1f}a{s} {s} 0 1 0 {d} 0a{s} {s} 0 1 0 -{d} 0z"


def _background(camera: Document, x: Scale, y: Scale) -> str:
    rows = zip(camera["energy_lo_kev"], camera["energy_hi_kev"], camera["background"], strict=True)
    steps = [
        f"M{short(x.at(low))} {short(y.at(value))}H{short(x.at(high))}"
        for low, high, value in rows
        if value > 0
    ]
    colour = COLOURS.get(camera["camera"], "#000")
    return f'<path d="{"".join(steps)}" stroke="{colour}" stroke-opacity=".4" fill="none"/>'


def _steps(blocks: Document, x: Scale, y: Scale) -> str:
    rows = zip(blocks["start_s"], blocks["stop_s"], blocks["rate"], strict=True)
    path = "".join(
        f"{'L' if number else 'M'}{short(x.at(start / 1000))} {short(y.at(rate))}H{short(x.at(stop / 1000))}"
        for number, (start, stop, rate) in enumerate(rows)
    )
    return f'<path d="{path}" stroke="{BLOCKS}" stroke-width="2.5" fill="none"/>'


def _gaps(intervals: list[list[float]]) -> list[list[float]]:
    pairs = pairwise(intervals)
    return [[before[1], after[0]] for before, after in pairs if after[0] > before[1]]


def _stretch(interval: list[float], x: Scale, y: Scale) -> str:
    left, right = (min(max(x.at(edge / 1000), x.start), x.stop) for edge in interval)
    size = f'width="{short(right - left)}" height="{short(y.start - y.stop)}"'
    return f'<rect x="{short(left)}" y="{short(y.stop)}" {size} fill="{GREY}"/>' if right > left else ""


def _legend(points: dict[str, list[Point]], title: str) -> str:
    parts = [text((LEFT, 18), title)]
    for number, name in enumerate(points):
        at = WIDTH - RIGHT - 52.0 * (len(points) - number) + 12
        parts.append(f'<path d="{_symbol(name, at, 14, 4)}" fill="{COLOURS.get(name, "#000")}"/>')
        parts.append(text((at + 9, 18), name))
    return "".join(parts)


def _empty(title: str) -> bytes:
    return document(title, [text((LEFT, 18), title), text((WIDTH / 2, HEIGHT / 2), "no data")])
