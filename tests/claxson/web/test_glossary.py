"""The glossary says what the translations say."""

import unicodedata
from pathlib import Path

import pytest

from claxson.core import messages

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("fr", "es", "el", "it")
STEM = 0.75  # of a word is the same in all its forms


def rows() -> list[list[str]]:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return table[2:]


def texts(language: str) -> list[tuple[str, str]]:
    catalog = messages.read(messages.po_path(ROOT, language), language)
    return [(plain(message.id), plain(message.string)) for message in catalog if message.id]


def plain(text: object) -> str:
    """Without accents, which move as words change their endings."""
    forms = " ".join([text] if isinstance(text, str) else list(text))
    letters = unicodedata.normalize("NFD", forms.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def has(text: str, term: str) -> bool:
    """Word by word, whatever their endings."""
    return all(word[: max(2, round(STEM * len(word)))] in text for word in plain(term).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_the_one_that_the_translations_use(language: str) -> None:
    column = 1 + LANGUAGES.index(language)
    found = texts(language)
    wrong = [
        f"{row[0]}: {row[column]}"
        for row in rows()
        if not any(has(said, row[column]) for meant, said in found if plain(row[0]) in meant)
    ]
    assert wrong == []


def test_a_wrong_term_would_be_found() -> None:
    assert not has(plain("Une courbe de luminosité"), "courbe de lumière")
    assert has(plain("Deux courbes de lumière"), "courbe de lumière")
