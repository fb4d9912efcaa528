"""Pictures of the same piece of sky in other kinds of light, on the frame of the X-ray picture."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claxson.web.shown.numbers import fixed

VIEWS: dict[str, Promise] = {
    "ultraviolet": _("Ultraviolet"),
    "optical": _("Visible light"),
    "infrared": _("Infrared"),
}
MISSING: dict[str, Promise] = {
    "ultraviolet": _("No ultraviolet picture is stored with this source."),
    "optical": _("No picture in visible light is stored with this source."),
    "infrared": _("No infrared picture is stored with this source."),
}


@dataclass(frozen=True)
class Frame:
    """The X-ray picture that the others are laid on, north up, the source at its centre."""

    width_px: int
    height_px: int
    fov_arcmin: float | None


@dataclass(frozen=True)
class SkyView:
    """Where it lies is in pixels of the frame, written for SVG; what is not known is empty."""

    view: str
    label: str | Promise
    sha256: str
    x: str
    y: str
    width: str
    height: str
    fov_arcmin: str
    survey: str
    bands: str
    date: str
    attribution: str


def sky_views(variants: Iterable[Mapping[str, Any]], frame: Frame) -> Iterator[SkyView]:
    """From the shortest wavelength to the longest; a picture whose scale is not known cannot be laid down."""
    by_view = {str(variant.get("view")): variant for variant in variants}
    for view, label in VIEWS.items():
        variant = by_view.get(view)
        fov = variant.get("fov_arcmin") if variant else None
        if variant and frame.fov_arcmin and isinstance(fov, int | float) and fov > 0:
            yield _view(view, label, variant, (frame, fov / frame.fov_arcmin))


def missing_views(shown: Iterable[SkyView]) -> tuple[str, ...]:
    """One sentence for each kind of light there is no picture in."""
    there = {view.view for view in shown}
    return tuple(str(sentence) for view, sentence in MISSING.items() if view not in there)


def _view(view: str, label: Promise, variant: Mapping[str, Any], placed: tuple[Frame, float]) -> SkyView:
    frame, share = placed
    width, height = frame.width_px * share, frame.height_px * share
    return SkyView(
        view=view,
        label=label,
        sha256=variant["sha256"],
        x=f"{(frame.width_px - width) / 2:.2f}",
        y=f"{(frame.height_px - height) / 2:.2f}",
        width=f"{width:.2f}",
        height=f"{height:.2f}",
        fov_arcmin=fixed(float(variant["fov_arcmin"]), 1),
        survey="" if _is_simulated(variant) else _text(variant, "survey"),
        bands=_bands(variant.get("bands")),
        date=_text(variant, "date"),
        attribution="" if _is_simulated(variant) else _text(variant, "attribution"),
    )


def _is_simulated(variant: Mapping[str, Any]) -> bool:
    """Of no survey; that it is simulated the caption says in the language of the page."""
    return bool(variant.get("survey") == "simulated")


def _bands(bands: Any) -> str:
    """The names that astronomers write: R, B for the columns rmag, bmag."""
    names = bands if isinstance(bands, list) else []
    return ", ".join(str(name).removesuffix("mag").upper() for name in names)


def _text(variant: Mapping[str, Any], name: str) -> str:
    return str(variant.get(name) or "")
