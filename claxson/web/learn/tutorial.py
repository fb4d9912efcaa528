"""The tutorial: plain pages one after the other; a script only remembers how far somebody has come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from claxson.core.classes import Answer, SourceClass
from claxson.web.learn.guide import examples

STEPS = ("welcome", "picture", "spectrum", "lightcurve", "numbers", "answers", "try")
# What serves best to show each thing: a star's light, a flaring star, a black hole's straight spectrum.
SHOWN = {"picture": "agn", "spectrum": "agn", "lightcurve": "star", "numbers": "star"}


def start(request: HttpRequest) -> HttpResponse:
    return redirect("tutorial_step", number=1)


def step(request: HttpRequest, number: int) -> HttpResponse:
    if not 1 <= number <= len(STEPS):
        raise Http404("no such step of the tutorial")
    name = STEPS[number - 1]
    context = {
        "number": number,
        "total": len(STEPS),
        "body": f"tutorial/{name}.html",
        "previous": number - 1,
        "next": number + 1 if number < len(STEPS) else None,
        "answers": Answer.choices,
        **_shown(name),
    }
    return render(request, "tutorial/step.html", context)


def _shown(name: str) -> dict[str, Any]:
    key = SHOWN.get(name)
    return {} if key is None else {"example": examples().get(key), "label": SourceClass(key).label}
