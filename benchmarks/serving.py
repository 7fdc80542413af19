"""The roadmap page and the check-off over HTTP, against a bare Django view and pgbench's same transaction.

One granian worker each, the same machine, interleaved rounds. CPU is that of the application's processes and, where
said, of PostgreSQL's. The client is benchmarks/load.py; it takes CPU of its own, from both sides of every ratio alike.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

from benchmarks import chromium
from benchmarks.load import Client, Load, drive
from benchmarks.measure import Report
from benchmarks.servers import ROOT, Server, cpu_seconds, descendants, granian, product, resident

SIZES = [100, 120, 1000, 2000]
SECONDS = 2.0


def seed(environ: dict[str, str], sizes: list[int] = SIZES) -> tuple[list[str], dict[str, str]]:
    command = [sys.executable, "-m", "benchmarks.seed", *map(str, sizes)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout)
    return found["sessions"], found["roadmaps"]


class Measured:
    """Figures of one kind of request over several rounds: rate, median seconds, CPU seconds a request."""

    def __init__(self, name: str, run: Callable[[], tuple[Load, float]]) -> None:
        self.name, self.run = name, run
        self.rate: list[float] = []
        self.p50: list[float] = []
        self.cpu: list[float] = []

    def round(self) -> None:
        load, cpu = self.run()
        if load.errors:
            raise RuntimeError(f"{self.name}: {load.errors} of {load.count} answers were errors")
        self.rate.append(load.rate)
        self.p50.append(load.p50 * 1000)
        self.cpu.append(cpu / load.count * 1000)


def signed_in(port: int, session: str) -> Client:
    client = Client(port)
    client.cookies["pathnotes-session"] = session
    return client


def gets(client: Client, path: str) -> Callable[[int], Iterator[bytes]]:
    request = client.head("GET", path, Accept_Encoding="gzip")

    def requests(_: int) -> Iterator[bytes]:
        while True:
            yield request

    return requests


def check_offs(clients: list[Client], page: str) -> Callable[[int], Iterator[bytes]]:
    """Each connection is a learner of its own who walks down the page, checking and unchecking, as the script does."""
    forms = []
    back = quote(page, safe="")
    for client in clients:
        html = client.send("GET", page).body.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
        roadmap = re.search(r'name="roadmap" value="([^"]+)"', html)
        assert token, "the page has no progress form"
        assert roadmap, "the page's form names no roadmap"
        forms.append((token[1], roadmap[1], re.findall(r'formaction="(/topics/[^"]+)"', html)))

    def requests(number: int) -> Iterator[bytes]:
        client = clients[number % len(clients)]
        token, roadmap, urls = forms[number % len(clients)]
        turn = 0
        while True:
            state = "done" if turn // len(urls) % 2 == 0 else "todo"
            fields = f"csrfmiddlewaretoken={token}&state={state}&operation={uuid.uuid4()}&roadmap={roadmap}&next={back}"
            yield client.head("POST", urls[turn % len(urls)], fields.encode(), HX_Request="true")
            turn += 1

    return requests


PGBENCH = """\\set learner random(1, 8)
\\set place random(0, 99)
SELECT 1 FROM tracker_session LIMIT 1;
SELECT outcome FROM tracker_set_topic_state(
    (SELECT id FROM tracker_user ORDER BY id LIMIT 1 OFFSET :learner - 1),
    (SELECT topic_id FROM roadmap_placement ORDER BY id LIMIT 1 OFFSET :place),
    (ARRAY['todo', 'done'])[1 + (random() < 0.5)::int], gen_random_uuid(), NULL, 'page', '', NULL, NULL,
    NULL, NULL, '{}', '{}', '{}', '{}', '{}');
"""


def pgbench(data: Path) -> Load:
    """The check-off's own statement on the embedded server, 8 clients, no application."""
    from config.embedded.server import server_for

    server = server_for(data)
    dsn = server.ensure_running().dsn
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH)
        script.flush()
        command = [str(server.program("pgbench")), "-n", "-M", "prepared", "-f", script.name]
        command += ["-c", "8", "-j", "1", "-T", "3", dsn]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
    assert rate, done.stdout
    assert latency, done.stdout
    return Load(float(rate[1]), float(latency[1]) / 1000, float("nan"), 0, 0)


def postgres_processes(data: Path) -> list[int]:
    """The embedded server's processes, found through the parent of a connection to it."""
    import psycopg

    from config.embedded.server import server_for

    with psycopg.connect(server_for(data).ensure_running().dsn) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        parent = Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1]
        return descendants(int(parent))


def case(
    name: str, server: Server, requests: Callable[[int], Iterator[bytes]], *, connections: int, data: Path | None = None
) -> Measured:
    def run() -> tuple[Load, float]:
        pids = [*server.pids, *(postgres_processes(data) if data else [])]
        before = cpu_seconds(pids)
        load = drive(server.port, requests, connections=connections, seconds=SECONDS)
        return load, cpu_seconds(pids) - before

    return Measured(name, run)


def main(rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        data = Path(temporary) / "data"
        environ = {"PATHNOTES_DATA": str(data), "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": ""}
        environ |= {"BUNDLED_ROADMAP": "no", "LOG_LEVEL": "ERROR"}
        environ["SECRET_KEY"] = secrets.token_urlsafe(50)  # the seeded sessions are signed with it
        sessions, slugs = seed(environ)
        application = "benchmarks.bare:application"
        with (
            granian(application, {}) as bare,
            granian(application, {"STOCK": "yes"}) as stock,
            product(environ) as ours,
            limited(data, environ["SECRET_KEY"]) as limit,
        ):
            measure((bare, stock, limit), ours, data, sessions, slugs, rounds)


def limited(data: Path, key: str) -> AbstractContextManager[Server]:
    """`benchmarks.limit` on the product's database."""
    from config.embedded.server import server_for

    dsn = server_for(data).ensure_running().dsn
    return granian("benchmarks.limit:application", {"LIMIT_DSN": dsn, "SECRET_KEY": key})


def measure(  # noqa: PLR0917
    floors: tuple[Server, Server, Server],
    ours: Server,
    data: Path,
    sessions: list[str],
    slugs: dict[str, str],
    rounds: int,
) -> None:
    """`floors`: a bare view without middleware, and with that of a new project; the least a check-off does."""
    bare, stock, limit = floors
    idle = resident([*ours.pids, *postgres_processes(data)])
    clients = [signed_in(ours.port, key) for key in sessions]
    first = clients[0]

    def page(size: int) -> str:
        return f"/roadmaps/{slugs[str(size)]}/"

    sizes = {size: len(first.send("GET", page(size)).body) for size in SIZES}
    cases = {
        "bare view, 8 connections": case("bare view", bare, gets(Client(bare.port), "/"), connections=8),
        "bare view of a new project": case("stock view", stock, gets(Client(stock.port), "/"), connections=8),
        "least check-off, 8 connections": case(
            "least",
            limit,
            check_offs([signed_in(limit.port, key) for key in sessions], "/page/"),
            connections=8,
            data=data,
        ),
        "check-off, 8 connections": case("check-off", ours, check_offs(clients, page(100)), connections=8, data=data),
        "check-off of 2,000 topics": case(
            "check-off 2000", ours, check_offs(clients, page(2000)), connections=8, data=data
        ),
        "check-off, 1 connection": case(
            "check-off", ours, check_offs(clients[:1], page(100)), connections=1, data=data
        ),
    }
    for size in (100, 2000):
        floor = f"/bench/floor/{slugs[str(size)]}/?size={sizes[size]}"
        cases[f"floor of the page, {size} topics"] = case("floor", ours, gets(first, floor), connections=1)
        cases[f"roadmap page, {size} topics"] = case("page", ours, gets_plain(first, page(size)), connections=1)
        plain = f"/bench/plain/{slugs[str(size)]}/"
        cases[f"its rows in plain templates, {size}"] = case("plain", ours, gets_plain(first, plain), connections=1)
    for _ in range(rounds):
        for one in cases.values():
            one.round()
    report = Report("The check-off and the roadmap page")
    write_check_offs(report, cases, [pgbench(data) for _ in range(3)])
    write_pages(report, cases)
    write_chromium(report, ours, sessions[0], page)
    report.add("idle memory of server and database", "MiB", [idle], target="< 250")
    report.add("the same after all of this", "MiB", [resident([*ours.pids, *postgres_processes(data)])])
    report.notes.append(
        f"{rounds} interleaved rounds of {SECONDS:g} s, one worker of 8 threads, {os.cpu_count()} cores "
        "shared with the client. CPU of a check-off includes PostgreSQL's."
    )
    report.write("serving")


def gets_plain(client: Client, path: str) -> Callable[[int], Iterator[bytes]]:
    """Without compression: rendering is what is compared."""
    request = client.head("GET", path)

    def requests(_: int) -> Iterator[bytes]:
        while True:
            yield request

    return requests


def write_check_offs(report: Report, cases: dict[str, Measured], limits: list[Load]) -> None:
    bare, one = cases["bare view, 8 connections"], cases["check-off, 8 connections"]
    stock, least = cases["bare view of a new project"], cases["least check-off, 8 connections"]
    report.add("bare view, 8 connections", "req/s", bare.rate)
    report.add("bare view of a new project, 8 connections", "req/s", stock.rate)
    report.add("pgbench, the same statement", "tps", [load.rate for load in limits], over="bare view, 8 connections")
    over = "bare view, 8 connections"
    report.add("the least a check-off does, 8 connections", "req/s", least.rate, over=over)
    report.add("check-off, 8 connections", "req/s", one.rate, over=over, target="≥ 0.12")
    report.add("the same", "req/s", one.rate, over="bare view of a new project, 8 connections")
    report.add("check-off of 2,000 topics", "req/s", cases["check-off of 2,000 topics"].rate, over=over)
    report.add("bare view, CPU", "ms", bare.cpu)
    report.add("bare view of a new project, CPU", "ms", stock.cpu)
    least_name = "the least a check-off does, CPU with PostgreSQL's"
    report.add(least_name, "ms", least.cpu, over="bare view, CPU")
    report.add("check-off, CPU with PostgreSQL's", "ms", one.cpu, over="bare view, CPU", target="≤ 8")
    report.add("the same CPU", "ms", one.cpu, over="bare view of a new project, CPU")
    report.add("the same CPU, of the least", "ms", one.cpu, over=least_name)
    report.add("check-off p50, 1 connection", "ms", cases["check-off, 1 connection"].p50)


def write_pages(report: Report, cases: dict[str, Measured]) -> None:
    for size, floor_target in ((100, "≤ 2"), (2000, "≤ 3")):
        floor, ours, plain = (
            cases[f"{name}{size}{tail}"]
            for name, tail in (
                ("floor of the page, ", " topics"),
                ("roadmap page, ", " topics"),
                ("its rows in plain templates, ", ""),
            )
        )
        report.add(f"floor, {size} topics, p50", "ms", floor.p50)
        report.add(
            f"roadmap page, {size} topics, p50",
            "ms",
            ours.p50,
            over=f"floor, {size} topics, p50",
            target=f"{floor_target}{'; p50 < 4 ms' if size == 100 else ''}",
        )
        report.add(f"plain templates, {size} topics, CPU", "ms", plain.cpu)
        report.add(
            f"roadmap page, {size} topics, CPU",
            "ms",
            ours.cpu,
            over=f"plain templates, {size} topics, CPU",
            target="≤ 0.15" if size == 2000 else "",
        )


def write_chromium(report: Report, ours: Server, session: str, page: Callable[[int], str]) -> None:
    cookie = {"name": "pathnotes-session", "value": session, "domain": "127.0.0.1", "path": "/"}
    for size in (120, 2000):
        visits, clicks = chromium.visit(f"http://127.0.0.1:{ours.port}{page(size)}", cookie)
        seen = chromium.medians(visits)
        name = f"Chromium, {size} topics, cold"
        if size == 120:
            report.add(f"{name}: requests", "", seen["requests"], target="≤ 6")
            report.add(f"{name}: on the wire", "kB", [b / 1000 for b in seen["wire_bytes"]], target="≤ 45")
            report.add(f"{name}: script", "kB", [b / 1000 for b in seen["script_bytes"]], target="< 30")
        report.add(f"{name}: first paint", "ms", seen["first_paint"], target="< 300" if size == 120 else "")
        report.add(f"{name}: usable", "ms", seen["usable"], target="< 500" if size == 2000 else "")
        report.add(f"{name}: longest task", "ms", seen["longest_task"], target="< 50" if size == 120 else "")
        if clicks:
            report.add(f"{name}: click to shown done", "ms", clicks, target="< 20")


if __name__ == "__main__":
    main()
