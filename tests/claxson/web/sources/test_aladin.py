"""The page with the sky atlas of the CDS, and that nothing of it is anywhere else."""

from typing import Any

import pytest
from django.test import Client

from claxson.catalogue.models import Source

CDS = "unistra.fr"


@pytest.fixture
def switched_on(settings: Any) -> None:
    settings.ALADIN = True


def test_it_is_off_unless_wanted(client: Client, seen_source: Source) -> None:
    assert client.get(f"/en/sources/{seen_source.name}/aladin/").status_code == 404
    assert "aladin" not in client.get(f"/en/sources/{seen_source.name}/").text.lower()
    assert "Aladin" not in client.get("/en/privacy/").text


@pytest.mark.usefixtures("switched_on")
def test_its_policy_is_its_own(client: Client, seen_source: Source) -> None:
    source_page = client.get(f"/en/sources/{seen_source.name}/")
    page = client.get(f"/en/sources/{seen_source.name}/aladin/")
    assert "/aladin/" in source_page.text
    assert CDS in page.headers["Content-Security-Policy"]
    assert CDS not in source_page.headers["Content-Security-Policy"]
    assert "unsafe" not in source_page.headers["Content-Security-Policy"]
    assert "the CDS in Strasbourg" in client.get("/en/privacy/").text


@pytest.mark.usefixtures("switched_on")
def test_there_is_no_sky_around_a_simulated_source(client: Client, seen_source: Source) -> None:
    Source.objects.update(simulated=True)
    assert "aladin" not in client.get(f"/en/sources/{seen_source.name}/").text
    assert client.get(f"/en/sources/{seen_source.name}/aladin/").status_code == 404
