"""The field guide: a page with examples, and the panel that other pages open."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from claxson.catalogue.selectors import ShownSource, shown_sources
from claxson.tutorial.clues import distinctness
from claxson.voting.literature.examples import ExampleOf, possible_examples
from claxson.web.learn.entries import ENTRIES, GLOSSARY, Entry
from claxson.web.shown.facts import Fact, clues
from claxson.web.shown.observations import ShownObservation, observations

ENOUGH_COUNTS = 150


@dataclass(frozen=True)
class Example:
    """A source whose class the literature or the crowd has told, with its longest observation."""

    source: ShownSource
    by_crowd: bool
    clues: list[Fact]
    observation: ShownObservation


@dataclass(frozen=True)
class IllustratedEntry:
    entry: Entry
    example: Example | None


def guide(request: HttpRequest) -> HttpResponse:
    """With `?panel` in short, for the panel beside a page."""
    found = examples()
    entries = [IllustratedEntry(entry, found.get(entry.key)) for entry in ENTRIES]
    template = "guide/panel.html" if "panel" in request.GET else "guide/guide.html"
    return render(request, template, {"glossary": GLOSSARY, "illustrated": entries})


def examples() -> dict[str, Example]:
    """One for each class there is one of: that shows most clearly what the guide says of it."""
    chosen: dict[str, ExampleOf] = {}
    for one in sorted(possible_examples(), key=_serves, reverse=True):  # of equals the brightest stays first
        chosen.setdefault(one.source_class, one)
    shown = {source.name: source for source in shown_sources(one.name for one in chosen.values())}
    return {key: _example(shown[one.name], one.by_crowd) for key, one in chosen.items() if one.name in shown}


def _serves(one: ExampleOf) -> tuple[bool, bool, float]:
    """The greatest serves best: real rather than simulated, with enough X-rays to see anything, and clear."""
    can_be_seen = (one.features.get("counts_8") or 0) >= ENOUGH_COUNTS
    return not one.simulated, can_be_seen, distinctness(one.source_class, one.features)


def _example(source: ShownSource, by_crowd: bool) -> Example:
    return Example(source, by_crowd, clues(source.features), observations(source)[0])
