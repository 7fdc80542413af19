"""A mentor's pages and exports over simulated learners, and what it costs to keep what is counted of them.

`python -m benchmarks.mentors [LEARNERS]`: 100,000 of 100 topics, ten million state rows, unless said otherwise. There
are two databases: one with cohorts of 25 to 10,000 alone, one with everybody else too. Both serve at once, and the same
pages are asked of them in turns: what a page costs must not follow the table's size. The floor of a page authenticates,
asks the same of the database, and answers so many bytes. Raw is what a mentor's page would ask without
`RoadmapSummary`: GROUP BY over the state rows.

Simulating takes minutes. `BENCH_DATA=directory` keeps both databases there for the next run.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import drive
from benchmarks.measure import Report, exponent
from benchmarks.servers import ROOT, Server, cpu_seconds, product, resident
from benchmarks.serving import gets_plain, postgres_processes, signed_in

TOPICS = 100
COHORTS = (25, 100, 500, 1_000, 10_000)
ROUNDS = 5
SECONDS = 1.0


def seed(environ: dict[str, str], step: str, *numbers: int) -> dict[str, Any]:
    """Run this module's own `make` in a process with the product's settings; what it prints."""
    command = [sys.executable, "-m", "benchmarks.mentors_data", step, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


class Page:
    """One address of one server, asked over one connection in each round."""

    def __init__(self, server: Server, session: str, path: str, data: Path) -> None:
        self.server, self.path, self.data = server, path, data
        self.requests = gets_plain(signed_in(server.port, session), path)
        self.p50: list[float] = []
        """Milliseconds, of each round."""
        self.cpu: list[float] = []
        """Milliseconds of the application and of PostgreSQL, per answer."""

    def round(self) -> None:
        pids = [*self.server.pids, *postgres_processes(self.data)]
        before = cpu_seconds(pids)
        run = drive(self.server.port, self.requests, connections=1, seconds=SECONDS)
        if run.errors:
            raise RuntimeError(f"{self.path}: answers were errors")
        self.p50.append(run.p50 * 1000)
        self.cpu.append((cpu_seconds(pids) - before) / run.count * 1000)


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


@contextmanager
def kept() -> Iterator[Path]:
    named = os.environ.get("BENCH_DATA")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
        yield Path(named).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        yield Path(temporary)


def main(learners: int = 100_000) -> None:
    environ = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": "", "BUNDLED_ROADMAP": "no"}
    environ |= {"LOG_LEVEL": "ERROR", "SECRET_KEY": secrets.token_urlsafe(50), "HOUSEKEEPING": "no"}
    report = Report(f"Mentors: {learners:,} learners of {TOPICS} topics")
    with kept() as data:
        few, many = (environ | {"PATHNOTES_DATA": str(data / name)} for name in ("few", "many"))
        small = seed(few, "cohorts", TOPICS, *COHORTS)
        large = seed(many, "cohorts", TOPICS, *COHORTS)
        large |= seed(many, "others", learners - sum(COHORTS))
        load = os.getloadavg()[0]
        with product(few) as one, product(many) as other:
            pages(report, (one, small, data / "few"), (other, large, data / "many"))
            exports(report, other, large, data / "many")
            questions(report, seed(many, "questions", *COHORTS))
            contention(report, seed(few, "contention"))
    report.notes.append(
        f"{ROUNDS} rounds of {SECONDS:g} s in turns, one connection, one worker, {os.cpu_count()} cores, of which "
        f"{load:.1f} were at work before it began. Times of the database are PostgreSQL's own (EXPLAIN ANALYZE), the "
        "median of seven. CPU is that of the application and of PostgreSQL."
    )
    report.write("mentors")


def path_of(made: dict[str, Any], size: int, rest: str = "") -> str:
    return f"/cohorts/{made['slugs'][str(size)]}/{rest}"


Place = tuple[Server, dict[str, Any], Path]
"""A server, what was made in its database, and where that lies."""


def pages(report: Report, few: Place, many: Place) -> None:
    server, made, data = many
    session = made["session"]
    whole = path_of(made, 25, "?" + "&".join(f"open=module-{number}" for number in range(1, TOPICS // 10 + 1)))
    client = signed_in(server.port, session)
    cases = {(size, where is many): page(where, size) for size in COHORTS for where in (few, many)}
    every = Page(server, session, whole, data)
    bytes_of = {path: len(client.send("GET", path).body) for path in (path_of(made, 25), whole)}
    floors = {
        path: Page(server, session, f"/bench/floor{path_of(made, 25)}?size={size}", data)
        for path, size in bytes_of.items()
    }
    for _ in range(ROUNDS):
        for case in (*cases.values(), every, *floors.values()):
            case.round()
    for size in COHORTS:
        small, large = (f"matrix of {size:,}, {made['rows']:,} state rows, p50" for _, made, _ in (few, many))
        report.add(small, "ms", cases[size, False].p50)
        targets = "; ".join(filter(None, ("≤ 1.2 ×", {25: "< 7 ms", 10_000: "< 60 ms"}.get(size))))
        report.add(large, "ms", cases[size, True].p50, over=small, target=targets)
        report.add(f"matrix of {size:,}, CPU", "ms", cases[size, True].cpu)
    for path, shown, case in (
        (path_of(made, 25), "modules", cases[25, True]),
        (whole, f"all {TOPICS} topics", every),
    ):
        floor = f"floor of 25 × {shown} ({bytes_of[path] / 1000:.0f} kB), p50"
        report.add(floor, "ms", floors[path].p50)
        report.add(f"25 × {shown}, p50", "ms", case.p50, over=floor, target="< 7 ms")
        report.add(f"25 × {shown}, CPU", "ms", case.cpu)
    hundred = f"matrix of 100, {made['rows']:,} state rows, p50"
    report.add("the same of 10,000", "ms", cases[10_000, True].p50, over=hundred, target="≤ 1.2")
    sizes = [size for size in COHORTS if size >= 100]
    slope = exponent(sizes, [statistics.median(cases[size, True].p50) for size in sizes])
    report.add("exponent of p50 over the cohort's size, 100 to 10,000", "", [slope], target="≤ 1.1")
    rows = [place[1]["rows"] for place in (few, many)]
    slopes = [exponent(rows, [statistics.median(cases[size, of].p50) for of in (False, True)]) for size in COHORTS]
    report.add("exponent of p50 over the state rows, all cohorts", "", slopes, target="≤ 1.1")


def page(where: Place, size: int) -> Page:
    server, made, data = where
    return Page(server, made["session"], path_of(made, size), data)


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
    for size in COHORTS[1:]:
        name = f"rows of a page of 50, of {size:,} learners, database"
        over = "" if size == COHORTS[1] else f"rows of a page of 50, of {COHORTS[1]:,} learners, database"
        report.add(name, "ms", found["rows"][str(size)], over=over, target="≤ 1.2" if over else "")
    for size in (1_000, 10_000):
        raw = f"modules of {size:,} learners, raw GROUP BY"
        report.add(raw, "ms", found["raw"][str(size)])
        target = "≤ 0.05" if size == 1_000 else ""
        report.add(
            f"modules of {size:,} learners, packed rows", "ms", found["states"][str(size)], over=raw, target=target
        )
        report.add(f"the same, fetched and counted in the application, {size:,}", "ms", found["packed"][str(size)])
    report.add("check-off statement, nothing counted", "ms", found["plain"])
    report.add(
        "check-off statement", "ms", found["counted"], over="check-off statement, nothing counted", target="≤ 1.3"
    )


def contention(report: Report, found: dict[str, Any]) -> None:
    report.add("check-offs, 8 connections, nothing counted", "/s", found["plain"])
    report.add(
        "check-offs, 8 connections", "/s", found["counted"], over="check-offs, 8 connections, nothing counted",
        target="≥ 0.75",
    )  # fmt: skip
    report.add(f"drift after {found['acts']:,} acts in eight tabs of one learner", "", [found["drift"]], target="0")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
