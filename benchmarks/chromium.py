"""What a person waits for: the roadmap page cold in Chromium, and a click until the mark is there."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, sync_playwright

CHROMIUM = "/usr/bin/chromium"
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
  longest: Math.max(0, ...(window.__tasks || [])),
})"""
WATCH_TASKS = """window.__tasks = []; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.__tasks.push(entry.duration)
}).observe({type: 'longtask', buffered: true})"""
CLICKS = """async (count) => {
  const times = [];
  const open = document.querySelectorAll('[data-topic] button[role=checkbox][aria-checked=false]');
  const controls = [...open].slice(0, count);
  for (const control of controls) {
    const row = control.closest('[data-topic]'), id = row.id, start = performance.now();
    control.click();
    await new Promise(resolve => {
      const look = () => document.getElementById(id).dataset.state === 'done'
        && !document.getElementById(id).matches('[data-waiting]') ? resolve() : setTimeout(look, 1);
      look();
    });
    times.push(performance.now() - start);
    await new Promise(resolve => setTimeout(resolve, 60));
  }
  return times;
}"""


def visit(url: str, cookie: dict[str, Any], *, rounds: int = 5, clicks: int = 20) -> tuple[list[Visit], list[float]]:
    """Cold visits in fresh contexts, then milliseconds of `clicks` check-offs until the answer is on the page."""
    visits: list[Visit] = []
    times: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number in range(rounds):
            context = browser.new_context()
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            page.add_init_script(WATCH_TASKS)
            kinds, sizes = _listen(context.new_cdp_session(page))
            page.goto(url, wait_until="networkidle")
            page.wait_for_load_state("load")  # the network may be idle while scripts still run
            seen = page.evaluate(TIMES)
            scripts = sum(int(size) for request, size in sizes.items() if kinds.get(request) == "Script")
            total = int(sum(sizes.values()))
            visits.append(Visit(len(sizes), total, scripts, seen["paint"], seen["usable"], seen["longest"]))
            if number == rounds - 1 and clicks:
                times = page.evaluate(CLICKS, clicks)
            context.close()
        browser.close()
    return visits, times


def medians(visits: list[Visit]) -> dict[str, list[float]]:
    names = ("requests", "wire_bytes", "script_bytes", "first_paint", "usable", "longest_task")
    return {name: [float(getattr(v, name)) for v in visits] for name in names}


def median(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")
