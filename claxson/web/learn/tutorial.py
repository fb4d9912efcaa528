"""The tutorial: plain pages one after the other; a script only remembers how far somebody has come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from claxson.core.classes import Answer, SourceClass
from claxson.web.learn.guide import Example, examples
from claxson.web.shown.verdict import clues_to, verdict

STEPS = ("welcome", "picture", "spectrum", "lightcurve", "numbers", "answers", "practice", "try")
# What serves best to show each thing; where there is no example of the first class, the next one serves.
SHOWN = {
    "picture": ("agn", "star", "xrb", "cv"),
    "spectrum": ("agn", "xrb", "star", "cv"),
    "lightcurve": ("star", "cv", "xrb", "agn"),
    "numbers": ("star", "agn", "cv", "xrb"),
}
# Of equally clear examples, preferably of a class that no step before has shown.
PRACTISED = ("xrb", "cv", "star", "agn")


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
        **(_practised(request.GET.get("answer", "")) if name == "practice" else _shown(name)),
    }
    return render(request, "tutorial/step.html", context)


def _shown(name: str) -> dict[str, Any]:
    found = examples() if name in SHOWN else {}
    keys = [key for key in SHOWN.get(name, ()) if key in found]
    if not keys:
        return {}
    best = max(keys, key=lambda key: _tells(name, found[key]))  # the first of equals
    return {"example": found[best], "label": SourceClass(best).label}


def _practised(answer: str) -> dict[str, Any]:
    """An example whose class is told once somebody has said what they take it for; nothing is stored."""
    found = examples()
    keys = [key for key in PRACTISED if key in found]
    if not keys:
        return {}
    key = max(keys, key=lambda key: _clarity(key, found[key]))  # the first of equals
    given = answer in Answer.values
    told = verdict(found[key].source.name, answer, key) if given else None
    return {"example": found[key], "answer": answer if given else "", "verdict": told}


def _clarity(key: str, example: Example) -> float:
    """How strongly what can be seen of this example points to its class."""
    return sum(clue.strength for clue in clues_to(key, example.source))


def _tells(name: str, example: Example) -> int:
    """How much this example shows of what the step explains."""
    if name == "numbers":
        return sum(clue.value is not None for clue in example.clues)
    plots = {"spectrum": example.observation.spectrum, "lightcurve": example.observation.lightcurve}
    return int(not plots[name].broken) if name in plots else 1
