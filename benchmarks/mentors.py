"""A mentor's pages and exports over simulated learners, and what it costs to keep what is counted of them.

`python -m benchmarks.mentors [LEARNERS]`: 100,000 of 100 topics, ten million state rows, unless said otherwise. Cohorts
of 25 to 10,000 are made first and measured, then everybody else, and the same pages again: what a page costs must not
follow the table's size. Raw is what a mentor's page would ask without `RoadmapSummary`: GROUP BY over the state rows.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import drive
from benchmarks.measure import Report
from benchmarks.servers import ROOT, Server, product, resident
from benchmarks.serving import gets_plain, postgres_processes, signed_in

TOPICS = 100
COHORTS = (25, 100, 500, 1_000, 10_000)
ROUNDS = 5
SECONDS = 2.0


def seed(environ: dict[str, str], step: str, *numbers: int) -> dict[str, Any]:
    """Run this module's own `make` in a process with the product's settings; what it prints."""
    command = [sys.executable, "-m", "benchmarks.mentors_data", step, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def p50(server: Server, session: str, path: str) -> list[float]:
    """Milliseconds at the median of each of a few runs, one connection."""
    client = signed_in(server.port, session)
    request = gets_plain(client, path)
    runs = [drive(server.port, request, connections=1, seconds=SECONDS) for _ in range(ROUNDS)]
    if any(run.errors for run in runs):
        raise RuntimeError(f"{path}: answers were errors")
    return [run.p50 * 1000 for run in runs]


def download(server: Server, session: str, path: str) -> tuple[float, int]:
    """(seconds, bytes) of one whole answer, read as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"pathnotes-session={session}"})
    answer = connection.getresponse()
    size = 0
    while part := answer.read(1 << 16):
        size += len(part)
    elapsed = time.perf_counter() - start
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return elapsed, size


@contextmanager
def peak(pids: list[int]) -> Iterator[list[float]]:
    """MiB of these processes: before, and the most while the block ran."""
    seen = [resident(pids)]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            seen.append(resident(pids))

    thread = threading.Thread(target=watch)
    thread.start()
    found: list[float] = []
    try:
        yield found
    finally:
        stop.set()
        thread.join()
        found += [seen[0], max(seen)]


def main(learners: int = 100_000) -> None:
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        data = Path(temporary) / "data"
        environ = {"PATHNOTES_DATA": str(data), "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": ""}
        environ |= {"BUNDLED_ROADMAP": "no", "LOG_LEVEL": "ERROR", "SECRET_KEY": secrets.token_urlsafe(50)}
        made = seed(environ, "cohorts", TOPICS, *COHORTS)
        with product(environ) as server:
            report = Report(f"Mentors: {learners:,} learners of {TOPICS} topics")
            small = {size: p50(server, made["session"], path_of(made, size)) for size in COHORTS}
            few = made["rows"]
            everybody = seed(environ, "others", learners - sum(COHORTS))
            pages(report, server, made, small, few, everybody["rows"])
            exports(report, server, made, data)
            questions(report, seed(environ, "questions", *COHORTS))
            report.notes.append(
                f"{ROUNDS} runs of {SECONDS:g} s, one connection, one worker, {os.cpu_count()} cores. "
                "Times of the database are PostgreSQL's own (EXPLAIN ANALYZE), the median of fifteen."
            )
            report.write("mentors")


def path_of(made: dict[str, Any], size: int, rest: str = "") -> str:
    return f"/cohorts/{made['slugs'][str(size)]}/{rest}"


def pages(  # noqa: PLR0917
    report: Report, server: Server, made: dict[str, Any], small: dict[int, list[float]], few: int, many: int
) -> None:
    targets = {25: "< 7 ms", 10_000: "< 60 ms"}
    for size in COHORTS:
        report.add(f"matrix of {size:,}, {few:,} state rows, p50", "ms", small[size])
    for size in COHORTS:
        name = f"matrix of {size:,}, {few:,} state rows, p50"
        now = p50(server, made["session"], path_of(made, size))
        target = "; ".join(filter(None, ("≤ 1.2 ×", targets.get(size))))
        report.add(f"matrix of {size:,}, {many:,} state rows, p50", "ms", now, over=name, target=target)


def exports(report: Report, server: Server, made: dict[str, Any], data: Path) -> None:
    session = made["session"]
    runs = [download(server, session, path_of(made, 500, "export.csv")) for _ in range(ROUNDS)]
    report.add("CSV of 500 × 100", "ms", [seconds * 1000 for seconds, _ in runs], target="< 60 ms")
    pids = [pid for pid in server.pids if pid not in postgres_processes(data)]
    with peak(pids) as memory:
        seconds, size = download(server, session, path_of(made, 10_000, "export.csv"))
    report.add(f"CSV of 10,000 × 100 ({size / 1e6:.1f} MB)", "s", [seconds])
    report.add("memory it took", "MiB", [memory[1] - memory[0]], target="constant")
    seconds, size = download(server, session, path_of(made, 10_000, "export.xlsx"))
    report.add(f"XLSX of 10,000 × 100 ({size / 1e6:.1f} MB)", "s", [seconds], target="< 20 s")


def questions(report: Report, found: dict[str, Any]) -> None:
    """What PostgreSQL alone takes, raw against packed, and a check-off with and without what is counted."""
    for size in COHORTS:
        report.add(
            f"sorting {size:,} by need, database", "ms", found["need"][str(size)], target="≤ 15" * (size == 10_000)
        )
    for size in (1_000, 10_000):
        raw = f"modules of {size:,} learners, raw GROUP BY"
        report.add(raw, "ms", found["raw"][str(size)])
        target = "≤ 0.05" if size == 1_000 else ""
        report.add(
            f"modules of {size:,} learners, packed rows", "ms", found["packed"][str(size)], over=raw, target=target
        )
    report.add("check-off statement, nothing counted", "ms", found["plain"])
    report.add(
        "check-off statement", "ms", found["counted"], over="check-off statement, nothing counted", target="≤ 1.3"
    )


def median_of(run: Callable[[], float], times: int = 15) -> float:
    return statistics.median(run() for _ in range(times))


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
