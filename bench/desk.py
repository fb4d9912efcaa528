"""Classifying in headless Chromium on the demo's data: key press to next source drawn, and bytes on the line.

`CLAXSON_PORT` names a demo that is running already.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.demo import demo_folder, running_demo

VOTES = 30
SLOWER = 4  # a phone's processor, as Lighthouse takes it
LOOK_S = 1.5  # somebody very quick
WIDE = {"width": 1280, "height": 900}
# From the key to the frame after the one in which the source is there: pictures decoded, plots drawn.
WATCH = """
() => {
  window.took = [];
  const count = (desk, which) => desk.querySelectorAll(which).length;
  const whole = (desk) =>
    count(desk, ".plot[data-drawn]") === count(desk, ".plot:not(details *)") &&
    !desk.querySelector(".send").disabled;
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const [from, before] = [event.timeStamp, document.getElementById("desk").dataset.source];
    const look = () => {
      const desk = document.getElementById("desk");
      if (desk.dataset.source === before || !whole(desk)) requestAnimationFrame(look);
      else requestAnimationFrame(() => took.push(performance.now() - from));
    };
    requestAnimationFrame(look);
  }, true);
}
"""


@dataclass
class Line:
    """Bytes that came over the line, with headers, without what the browser had kept; and what was asked."""

    n_bytes: int = 0
    asked: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._asked)
        session.on("Network.loadingFinished", self._received)

    def _asked(self, event: dict[str, Any]) -> None:
        self.asked.append(event["response"]["url"])

    def _received(self, event: dict[str, Any]) -> None:
        self.n_bytes += int(event["encodedDataLength"])


@dataclass(frozen=True)
class Measured:
    first_page: int
    with_five_ahead: int
    each_next: float
    took_ms: list[float]
    slower_ms: list[float]


def measure(port: int) -> Measured:
    with chromium() as page:
        line = Line()
        line.listen(page)
        # The first page by itself: nothing is fetched ahead.
        page.route("**/api/v1/leases/", lambda route: route.abort())
        page.goto(f"http://127.0.0.1:{port}/en/classify/")
        page.wait_for_load_state("networkidle")
        first = line.n_bytes
        page.unroute_all()
        page.evaluate("() => dispatchEvent(new Event('online'))")
        page.wait_for_timeout(8_000)
        ahead = line.n_bytes
        assert sum(url.endswith("/part") for url in line.asked) == 5, line.asked
        page.evaluate(WATCH)
        took = votes(page)
        each = (line.n_bytes - ahead) / VOTES
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return Measured(first, ahead, each, took, votes(page))


@contextmanager
def chromium() -> Iterator[Page]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_context(viewport=WIDE).new_page()
        browser.close()


def votes(page: Page) -> list[float]:
    """Milliseconds from each key press to the next source, sorted."""
    page.evaluate("() => took.splice(0)")
    for i in range(VOTES):
        page.keyboard.press(str(1 + i % 5))
        page.keyboard.press("Enter")
        page.wait_for_function("n => took.length > n", arg=i)
        time.sleep(LOOK_S)
    page.wait_for_load_state("networkidle")
    return sorted(page.evaluate("() => took"))


def report() -> str:
    if port := os.environ.get("CLAXSON_PORT"):
        return rows(measure(int(port)))
    with demo_folder() as folder, running_demo(folder) as port:
        return rows(measure(port))


def rows(found: Measured) -> str:
    return "\n".join(
        [
            f"| key press to next source drawn, {VOTES} votes | {spread(found.took_ms)} (wanted: 100 ms) |",
            f"| the same on a processor {SLOWER} times slower | {spread(found.slower_ms)} |",
            f"| first classify page | {found.first_page / 1000:.0f} kB (wanted: 500 kB) |",
            f"| the same with five sources fetched ahead | {found.with_five_ahead / 1000:.0f} kB |",
            f"| each next source, its vote included | {found.each_next / 1000:.0f} kB (wanted: 150 kB) |",
        ]
    )


def spread(ms: list[float]) -> str:
    return f"p50 {ms[len(ms) // 2]:.0f} ms, p95 {ms[int(0.95 * len(ms))]:.0f} ms, longest {ms[-1]:.0f} ms"
