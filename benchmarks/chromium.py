"""What a person waits for: the roadmap page cold in Chromium, and a click until the mark is there."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Visit:
    requests: int
    wire_bytes: int
    """Compressed bodies and headers of everything the page loaded, cache empty."""
    script_bytes: int
    first_paint: float
    usable: float
    """Milliseconds until the document's scripts have run (DOMContentLoaded)."""
    longest_task: float
    largest_paint: float
    shift: float
    """Of the layout, as web vitals sum it: moves that no input of a person began."""


def _listen(network: CDPSession) -> tuple[dict[str, str], dict[str, float]]:
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.on("Network.responseReceived", lambda e: kinds.__setitem__(e["requestId"], e["type"]))
    network.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    return kinds, sizes


TIMES = """() => ({
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  usable: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
  longest: Math.max(0, ...window.__seen.tasks),
  largest: window.__seen.largest,
  shift: window.__seen.shift,
})"""
WATCH = """window.__seen = {tasks: [], largest: 0, shift: 0};
const watch = (type, each) =>
  new PerformanceObserver(list => list.getEntries().forEach(each)).observe({type, buffered: true});
watch('longtask', entry => window.__seen.tasks.push(entry.duration));
watch('largest-contentful-paint', entry => window.__seen.largest = entry.startTime);
watch('layout-shift', entry => { if (!entry.hadRecentInput) window.__seen.shift += entry.value });"""
LOOP = """() => { const start = performance.now(); let sum = 0;
  for (let i = 0; i < 2e7; i++) sum = (sum + i * 7) % 1000003;
  return performance.now() - start + (sum < 0 ? 1 : 0) }"""
CLICKS = """async (count) => {
  const times = [];
  const open = document.querySelectorAll('.topic .state[aria-checked=false]');
  for (const control of [...open].slice(0, count)) {
    const id = control.closest('.topic').id, start = performance.now();
    control.click();
    await new Promise(resolve => { // a timer would be 4 ms late: browsers slow down those that begin one another
      const look = () => {
        const row = document.getElementById(id);
        if (row.matches('.done') && !row.querySelector('[aria-busy]')) { watch.disconnect(); resolve(); }
      };
      const watch = new MutationObserver(look);
      watch.observe(document.getElementById(id).parentNode, { attributes: true, childList: true, subtree: true });
      look();
    });
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 60));
  }
  return times;
}"""


def calibrate(rounds: int) -> list[float]:
    """Milliseconds of a loop that is always the same: what the machine is worth while it measures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        times = [float(page.evaluate(LOOP)) for _ in range(rounds)]
        browser.close()
    return times


def visit(
    url: str, cookie: dict[str, Any], *, rounds: int = 5, clicks: int = 20, slowed: int = 1
) -> tuple[list[Visit], list[float]]:
    """Cold visits in fresh contexts, then milliseconds of `clicks` check-offs until the answer is on the page.

    `slowed` is how many times slower the processor of the page is made for the visits; the clicks have all of it.
    """
    visits: list[Visit] = []
    times: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number in range(rounds):
            context = browser.new_context(service_workers="block")
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            page.add_init_script(WATCH)
            protocol = context.new_cdp_session(page)
            kinds, sizes = _listen(protocol)
            protocol.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            page.goto(url, wait_until="networkidle")
            page.wait_for_load_state("load")  # the network may be idle while scripts still run
            page.wait_for_timeout(200)  # observers report a little later
            seen = page.evaluate(TIMES)
            scripts = sum(int(size) for request, size in sizes.items() if kinds.get(request) == "Script")
            total = int(sum(sizes.values()))
            protocol.send("Emulation.setCPUThrottlingRate", {"rate": 1})
            visits.append(
                Visit(
                    len(sizes), total, scripts, seen["paint"], seen["usable"], seen["longest"], seen["largest"],
                    seen["shift"],
                )
            )  # fmt: skip
            if number == rounds - 1 and clicks:
                times = page.evaluate(CLICKS, clicks)
            context.close()
        browser.close()
    return visits, times


def medians(visits: list[Visit]) -> dict[str, list[float]]:
    names = (
        "requests", "wire_bytes", "script_bytes", "first_paint", "usable", "longest_task", "largest_paint", "shift",
    )  # fmt: skip
    return {name: [float(getattr(v, name)) for v in visits] for name in names}


def median(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")
