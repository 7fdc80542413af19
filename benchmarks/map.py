"""The map: how long its layout takes and how that grows, and the page of 2,000 topics in Chromium.

The layout is pure, so it is timed in this process, in CPU seconds, against what Python's own `graphlib` takes to put
the same graph in order; a loop of fixed length says how fast the machine is.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from graphlib import TopologicalSorter
from random import Random

from benchmarks import chromium
from benchmarks.measure import Report, exponent, interleaved
from benchmarks.servers import ROOT, product
from roadmap.graph import reduced
from roadmap.layered import Arc, Group, Node, laid_out

SIZES = [100, 1000, 2000]
PER_MODULE = 10
TIERS = 14
"""Modules come in so many tiers; a topic needs others of its module, or of modules in tiers before its own."""
ROUNDS = 7
LOOP = 2_000_000


def pairs(topics: int) -> list[tuple[int, int]]:
    """(topic, what it needs), by place: one and a half for each topic."""
    dice, modules = Random(topics), topics // PER_MODULE
    found: set[tuple[int, int]] = set()
    while len(found) < topics * 3 // 2:
        topic = dice.randrange(1, topics)
        module = topic // PER_MODULE
        if dice.random() < 0.6 and topic % PER_MODULE:
            found.add((topic, module * PER_MODULE + dice.randrange(topic % PER_MODULE)))
            continue
        tier = module * TIERS // modules
        first = max(0, tier - 1 - int(dice.expovariate(0.8))) * modules // TIERS * PER_MODULE
        end = tier * modules // TIERS * PER_MODULE
        if first < end:
            found.add((topic, dice.randrange(first, end)))
    return sorted(found)


def cases(topics: int) -> dict[str, Callable[[], object]]:
    edges, dice = pairs(topics), Random(topics)
    needs: dict[int, list[int]] = {topic: [] for topic in range(topics)}
    for topic, need in edges:
        needs[topic].append(need)
    nodes = [Node(topic, topic // PER_MODULE, 40.0 + 15 * dice.randrange(3)) for topic in range(topics)]
    groups = [Group(heading=16) for _ in range(topics // PER_MODULE)]
    arcs = [Arc(need, topic) for topic, need in edges]
    return {
        f"in order, {topics} topics": lambda: list(TopologicalSorter(needs).static_order()),
        f"reduction, {topics} topics": lambda: reduced(needs),
        f"layout, {topics} topics": lambda: laid_out(nodes, groups, arcs),
    }


def fixed_loop() -> int:
    total = 0
    for number in range(LOOP):
        total += number & 3
    return total


def layouts(report: Report, rounds: int) -> None:
    measured: dict[str, Callable[[], object]] = {"a fixed loop": fixed_loop}
    for size in SIZES:
        measured |= cases(size)
    found = interleaved(measured, rounds=rounds)
    report.add(f"a loop of {LOOP:,} additions", "ms", [s * 1000 for s in found["a fixed loop"]])
    medians = []
    for size in SIZES:
        order = f"in order, {size} topics"
        report.add(order, "ms", [s * 1000 for s in found[order]])
        for name in (f"reduction, {size} topics", f"layout, {size} topics"):
            target = "< 250" if (name, size) == (f"layout, {size} topics", 2000) else ""
            figure = report.add(name, "ms", [s * 1000 for s in found[name]], over=order, target=target)
        medians.append(figure.median)
    report.notes.append(f"The layout grows with the topics to the power of {exponent(SIZES, medians):.2f}.")


def seed() -> None:
    """In a process with a database of its own: a roadmap of 2,000 topics; print its slug."""
    import django

    django.setup()
    from django.core.management import call_command

    from roadmap.models import Placement, Prerequisite, Roadmap, Section, Topic

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    size = SIZES[-1]
    roadmap = Roadmap.objects.create(title="Large", slug="large")
    topics = Topic.objects.bulk_create(
        Topic(title=f"Topic {number} of the large roadmap", slug=f"topic-{number}") for number in range(size)
    )
    for module in range(size // PER_MODULE):
        section = Section.objects.create(
            roadmap=roadmap, kind="module", title=f"Module {module}", slug=f"m{module}", position=module
        )
        Placement.objects.bulk_create(
            Placement(roadmap=roadmap, section=section, topic=topic, position=place)
            for place, topic in enumerate(topics[module * PER_MODULE : (module + 1) * PER_MODULE])
        )
    Prerequisite.objects.bulk_create(
        Prerequisite(topic=topics[topic], requires=topics[need]) for topic, need in pairs(size)
    )
    json.dump(roadmap.slug, sys.stdout)


def pages(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        environ = {"PATHNOTES_DATA": f"{temporary}/data", "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
        environ |= {"BUNDLED_ROADMAP": "no", "SECRET_KEY": secrets.token_urlsafe(50)}
        command = [sys.executable, "-m", "benchmarks.map", "seed"]
        settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        made = subprocess.run(command, cwd=ROOT, env=os.environ | environ | settings, check=True, capture_output=True)
        slug = json.loads(made.stdout)
        nobody = {"name": "nobody", "value": "0", "domain": "127.0.0.1", "path": "/"}
        with product(environ) as ours:
            for name, query in (("a module and what is near", ""), (f"all {SIZES[-1]} topics", "?whole=1")):
                url = f"http://127.0.0.1:{ours.port}/roadmaps/{slug}/map/{query}"
                visits, _ = chromium.visit(url, nobody, rounds=5, clicks=0)
                seen = chromium.medians(visits)
                report.add(f"Chromium, {name}: on the wire", "kB", [b / 1000 for b in seen["wire_bytes"]])
                report.add(f"Chromium, {name}: first paint", "ms", seen["first_paint"])
                report.add(f"Chromium, {name}: usable", "ms", seen["usable"], target="< 1000")


def main(rounds: int = ROUNDS) -> None:
    report = Report("The map")
    layouts(report, rounds)
    pages(report)
    report.write("map")


if __name__ == "__main__":
    seed() if sys.argv[1:] == ["seed"] else main()
