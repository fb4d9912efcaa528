"""The whole mission once, on real files, in a real browser."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bench.site import ROOT, Site

pytestmark = [pytest.mark.real_data, pytest.mark.browser, pytest.mark.crash, pytest.mark.timeout(400)]

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
STATE = """
import json
from claxson.learning.selectors import serving_model
from claxson.learning.models import ModelVersion
from claxson.voting.models import Consensus, Lease, QueueEntry
queue = QueueEntry.objects.filter(state="voting").order_by("-priority", "source_id")
print(json.dumps({
    "model": serving_model().pk,
    "versions": [(v.state, v.n_crowd) for v in ModelVersion.objects.order_by("pk")],
    "queue": [(e.source.name, e.priority) for e in queue.select_related("source")],
    "held": list(Lease.objects.filter(voter__user__username="marie").values_list("source__name", flat=True)),
    "decided": list(Consensus.objects.values_list("source__name", flat=True)),
}))
"""
# The test asks for the most worth looking at; one source in ten would come by lot.
NOTHING_BY_LOT = """
from dataclasses import asdict
from django.utils.timezone import now
from claxson.voting.models import QuestionVersion
from claxson.voting.rules.question import FIRST
rules = asdict(FIRST) | {"version": 2, "answers": list(FIRST.answers), "random_share": 0.0}
QuestionVersion.objects.create(**rules, reason="test", enacted_at=now())
"""


def state(site: Site) -> dict:
    return json.loads(site.query(STATE))


@pytest.fixture(scope="module")
def site(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on Abell 907 with real reference labels and a first model; its first source has 19 votes."""
    out = tmp_path_factory.mktemp("products")
    observation = real_data / "abell907" / "0404910601"
    command = [sys.executable, "-m", "pipeline", "run", str(observation), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with Site(settings={"CLAXSON_RETRAIN_AFTER_LABELS": "1"}) as running:
        running.query(NOTHING_BY_LOT)
        running.manage("ingest", str(out / "manifest.json"))
        running.manage("import_labels", *map(str, real_data.glob("*_labelled/*.csv")), allowed=(0, 1))
        running.manage("retrain")
        running.manage("simulate_crowd", "--sources", "1", "--votes", "19")
        running.start("serve")
        running.start("worker")
        yield running


@pytest.fixture
def page(chromium_path: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM)
        page = browser.new_page()
        page.set_default_timeout(30_000)
        yield page
        browser.close()


def sign_up(page: Page, site: Site) -> None:
    page.goto(f"http://127.0.0.1:{site.port}/en/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Username").fill("marie")
    page.locator("input[name=password1]").fill("polonium-1898")
    page.locator("input[name=password2]").fill("polonium-1898")
    page.get_by_role("button", name="Sign up").click()


def answer_by_keys(page: Page, source: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(source)
    expect(page.get_by_label("Keys: 1 to 6")).to_be_visible()  # shown by the script that listens to them
    expect(page.get_by_label("An AGN")).to_be_enabled()  # once the source is drawn
    page.keyboard.press("1")
    page.keyboard.press("Enter")


def expect_the_new_order(page: Page, held: list[str], queue: list[list]) -> None:
    """What was handed out before comes first; what follows it is the most worth looking at."""
    name = page.locator("#source-name")
    for _ in held:
        shown = name.inner_text().split("\n")[0].strip()
        assert shown in held
        answer_by_keys(page, shown)
        expect(name).not_to_contain_text(shown)
    expect(name).to_contain_text(next(source for source, _ in queue if source not in held))


def wait_for_new_model(site: Site, before: int) -> dict:
    deadline = time.monotonic() + 60
    while (now := state(site))["model"] == before and time.monotonic() < deadline:
        time.sleep(0.5)
    return now


def test_a_volunteers_twentieth_vote_teaches_the_classifier(site: Site, page: Page) -> None:
    before = state(site)
    first, url = before["queue"][0][0], f"http://127.0.0.1:{site.port}"
    sign_up(page, site)
    answer_by_keys(page, first)
    expect(page.get_by_text("the crowd has decided")).to_be_visible()
    after = wait_for_new_model(site, before["model"])
    assert after["decided"] == [first]
    assert after["versions"] == [["retired", 0], ["serving", 1]]
    page.goto(f"{url}/en/sources/{first}/")
    expect(page.get_by_text(f"model {after['model']}", exact=False).first).to_be_visible()
    page.goto(f"{url}/en/classify/")
    expect_the_new_order(page, after["held"], after["queue"])
    assert dict(after["queue"]) != dict(before["queue"][1:])
