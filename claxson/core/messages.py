"""Message catalogues without GNU gettext: Babel extracts, updates, checks and compiles them.

Texts stand in Python and in templates; JavaScript gets its texts from the templates.
"""

import io
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
DOMAIN = "django"
PLACEHOLDER = re.compile(r"(?<!%)%(?:\(\w+\))?[ds]")

# Texts of Django that people here see, and that Django itself has not translated into all our languages.
BORROWED = (
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)

Found = tuple[int, str, Any, list[str]]


def extract_template(
    file: Any, keywords: Iterable[str], comment_tags: Iterable[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Babel's extraction method for Django templates.

    Django turns a template into Python-like text with everything but the messages blotted out; the
    parentheses around it keep Python's tokenizer from minding the indentation.
    """
    text = templatize(file.read().decode("utf-8"))
    source = io.BytesIO(f"({text}\n)".encode())
    yield from extract_python(source, keywords, comment_tags, {**options, "encoding": "utf-8"})


# Folder, files in it, and the extraction method.
SOURCES = (
    ("claxson", "**.py", "python"),
    ("templates", "**.html", f"{__name__}:extract_template"),
    ("templates", "**.txt", f"{__name__}:extract_template"),
)


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one entry of one language."""

    language: str
    what: str
    message: str

    def __str__(self) -> str:
        return f"{self.language}: {self.what}: {self.message}"


def languages() -> list[str]:
    """All but the one the texts are written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def po_path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def extracted(root: Path) -> Catalog:
    """Every message in the project's sources; where it stands is told by file, as lines move too often."""
    catalog = Catalog(project="CLAXSON", charset="utf-8", fuzzy=False)
    for message in BORROWED:
        catalog.add(message, locations=[("django", None)])
    for folder, pattern, method in SOURCES:
        found = extract_from_dir(
            root / folder,
            method_map=[(pattern, method)],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for filename, _line, message, comments, context in found:
            place = (f"{folder}/{filename}", None)
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file; an empty one where there is no file yet."""
    if not path.exists():
        return Catalog(
            locale=language,
            domain=DOMAIN,
            header_comment="# The site's texts in one language; `manage.py messages update` keeps this file.",
            project="CLAXSON",
            version="1",
            msgid_bugs_address="see README",
            last_translator="the CLAXSON contributors",
            language_team="the CLAXSON contributors",
            revision_date=datetime.now(UTC),
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(root: Path) -> dict[str, int]:
    """Bring every language's file in line with the sources; how many messages each still lacks."""
    template = extracted(root)
    return {language: _update_one(root, language, template) for language in languages()}


def _update_one(root: Path, language: str, template: Catalog) -> int:
    path = po_path(root, language)
    catalog = read(path, language)
    created = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.creation_date = created  # else every update would change every file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return sum(not _translated(message) for message in _entries(catalog))


def check(root: Path) -> list[Complaint]:
    """Missing, fuzzy, stale and inconsistent entries of every language."""
    template = extracted(root)
    return [
        complaint
        for language in languages()
        for complaint in _check_one(language, read(po_path(root, language), language), template)
    ]


def _check_one(language: str, catalog: Catalog, template: Catalog) -> Iterator[Complaint]:
    wanted = {_key(message) for message in _entries(template)}
    present = {_key(message): message for message in _entries(catalog)}
    for key in sorted(wanted - present.keys()):
        yield Complaint(language, "missing", key[1])
    for key, message in present.items():
        for what in _faults(message, catalog, stale=key not in wanted):
            yield Complaint(language, what, key[1])


def _faults(message: Message, catalog: Catalog, *, stale: bool) -> Iterator[str]:
    if stale:
        yield "stale"
    if message.fuzzy:
        yield "fuzzy"
    if not _translated(message):
        yield "not translated"
    elif _placeholders(message.string) != _placeholders(message.id):
        yield "other placeholders than the original"
    if message.pluralizable and len(message.string) != catalog.num_plurals:
        yield f"needs {catalog.num_plurals} plural forms"


def compile_all(root: Path) -> int:
    """Write the .mo files that Django reads; how many."""
    for language in languages():
        path = po_path(root, language)
        draft = path.with_suffix(f".{uuid.uuid4().hex}")
        with draft.open("wb") as file:
            write_mo(file, read(path, language))
        draft.replace(path.with_suffix(".mo"))  # a running server never reads half a file
    return len(languages())


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _key(message: Message) -> tuple[str, str]:
    """Context and (singular) text: what identifies a message."""
    return message.context or "", _forms(message.id)[0]


def _forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _translated(message: Message) -> bool:
    return all(_forms(message.string)) and bool(_forms(message.string))


def _placeholders(text: Any) -> set[str]:
    return {name for form in _forms(text) for name in PLACEHOLDER.findall(form)}
