import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from claxson.catalogue.models import Source
from claxson.voting.models import QueueEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path, settings: Any) -> Path:
    """A pipeline run of two sources, of which the first has a cut-out."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "a.png").write_bytes(b"png")
    product = {"kind": "cutout", "obsid": "0123456701", "path": "a.png", "media_type": "image/png"}
    product["sha256"] = hashlib.sha256(b"png").hexdigest()
    place = {"ra_deg": 1.0, "dec_deg": 2.0}
    sources = [{"name": "CLX J1", "products": [product], **place}, {"name": "CLX J2", **place}]
    path = tmp_path / "manifest.json"
    frame = {"schema": "claxson.manifest/1", "observations": [{"obsid": "0123456701"}], "sources": sources}
    path.write_text(json.dumps(frame))
    return path


def test_sources_with_products_are_opened_to_votes(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ingest", run)
    assert [entry.source.name for entry in QueueEntry.objects.all()] == ["CLX J1"]
    assert "2 added, 0 changed, 0 unchanged, 0 refused (1 sources newly" in capsys.readouterr().out


def test_a_second_ingest_leaves_the_queue_as_it_is(run: Path) -> None:
    call_command("ingest", run)
    QueueEntry.objects.update(n_votes=7, priority=0.25)
    call_command("ingest", run)
    assert list(QueueEntry.objects.values_list("n_votes", "priority")) == [(7, 0.25)]


def test_a_file_that_is_no_manifest_ends_with_2(run: Path) -> None:
    run.write_text("{}")
    with pytest.raises(CommandError, match="not a manifest") as end:
        call_command("ingest", run)
    assert (end.value.returncode, Source.objects.count()) == (2, 0)
