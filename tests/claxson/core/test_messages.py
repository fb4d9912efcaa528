from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import write_po
from django.conf import settings
from django.core.management import CommandError, call_command

from claxson.core import messages

PAGE = """{% load i18n %}
  {% if a %}
    {% blocktranslate trimmed count n=n %}{{ n }} vote{% plural %}{{ n }} votes{% endblocktranslate %}
  {% endif %}
{% translate "Answer" context "verb" %} text that is blotted out, it's "odd" (
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "BORROWED", ())
    (tmp_path / "claxson").mkdir()
    (tmp_path / "claxson" / "a.py").write_text('from x import gettext as _\n_("Hello %(name)s")\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    return tmp_path


def translate_all(root: Path, text: str) -> None:
    for language in messages.languages():
        path = messages.po_path(root, language)
        catalog = messages.read(path, language)
        for message in catalog:
            if message.id:
                message.string = (text, text) if message.pluralizable else text
        with path.open("wb") as file:
            write_po(file, catalog)


def test_every_text_of_the_site_is_translated_and_none_is_stale() -> None:
    assert [str(complaint) for complaint in messages.check(settings.BASE_DIR)] == []


def test_texts_are_found_in_python_and_in_templates(project: Path) -> None:
    found = {message.id for message in messages.extracted(project) if message.id}
    assert found == {"Hello %(name)s", "Answer", ("%(n)s vote", "%(n)s votes")}


def test_a_template_is_read_whatever_its_indentation(project: Path) -> None:
    found = messages.extract_template(BytesIO(PAGE.encode()), ["ngettext", "pgettext"], [], {})
    assert [function for _line, function, _text, _comments in found] == ["ngettext", "pgettext"]


def test_an_update_adds_every_message_to_every_language(project: Path) -> None:
    assert messages.update(project) == dict.fromkeys(["fr", "es", "el", "it"], 3)
    complaints = messages.check(project)
    assert len(complaints) == 12
    assert {complaint.what for complaint in complaints} == {"not translated"}


def test_a_message_that_left_the_sources_is_stale_until_the_next_update(project: Path) -> None:
    messages.update(project)
    translate_all(project, "x %(name)s %(n)s")
    (project / "templates" / "page.html").unlink()
    assert "stale" in {complaint.what for complaint in messages.check(project)}
    messages.update(project)
    assert "stale" not in {complaint.what for complaint in messages.check(project)}


def test_a_lost_placeholder_is_found(project: Path) -> None:
    messages.update(project)
    translate_all(project, "bonjour")
    assert "fr: other placeholders than the original: Hello %(name)s" in map(str, messages.check(project))


def test_a_language_without_a_file_misses_everything(project: Path) -> None:
    assert {complaint.what for complaint in messages.check(project)} == {"missing"}


def test_a_second_update_changes_nothing(project: Path) -> None:
    messages.update(project)
    before = messages.po_path(project, "fr").read_bytes()
    messages.update(project)
    assert messages.po_path(project, "fr").read_bytes() == before


def test_compiled_messages_can_be_read(project: Path) -> None:
    messages.update(project)
    assert messages.compile_all(project) == 4
    assert messages.po_path(project, "el").with_suffix(".mo").stat().st_size > 0


def test_the_command_fails_on_a_bad_catalogue(project: Path, settings: object) -> None:
    settings.BASE_DIR = project  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="need work"):
        call_command("messages", "check")
