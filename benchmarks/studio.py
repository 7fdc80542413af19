"""The studio over HTTP: acts, the tree branch by branch, the form of a topic, and how acts grow with the roadmap.

One granian worker, one connection; what is timed is the whole round trip. Each act is committed, with its history.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import Client
from benchmarks.measure import Report, exponent
from benchmarks.servers import ROOT, product
from benchmarks.serving import seed, signed_in

SIZES = [100, 1000, 2000, 10_000]
SHOWN = 2000
"""Topics of the roadmap that the table is about; the other sizes say how an act grows."""
WARM = 2


def prepare() -> None:
    """In a process with a database: make the first learner an editor; print what there is to act on."""
    import django

    django.setup()
    from roadmap.models import Placement, Roadmap
    from tracker.models import User

    User.objects.filter(email="learner0@example.org").update(role=User.Role.EDITOR)
    found = {}
    for roadmap in Roadmap.objects.filter(retired_at=None, placements__isnull=False).distinct():
        seats = Placement.objects.filter(roadmap=roadmap).order_by("pk").select_related("topic", "section")
        first, last = seats[0], seats.reverse()[0]
        found[roadmap.slug] = {
            "uid": str(last.topic.uid),
            "slug": last.topic.slug,
            "requires": first.topic.slug,
            "section": str(first.section.uid),
            "home": str(last.section.uid),
            "key": last.section.pk,
        }
    json.dump(found, sys.stdout)


@dataclass
class Desk:
    """An editor before one roadmap."""

    client: Client
    slug: str
    it: dict[str, Any]
    turn: int = 0

    def __post_init__(self) -> None:
        page = self.client.send("GET", self.tree).body.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the tree has no form"
        self.token = token[1]

    @property
    def tree(self) -> str:
        return f"/studio/{self.slug}/?open={self.it['key']}"

    def get(self, path: str) -> None:
        answer = self.client.send("GET", path, Accept_Encoding="gzip")
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    def post(self, path: str, **fields: Any) -> None:
        data = {"csrfmiddlewaretoken": self.token, "operation": uuid.uuid4(), "open": self.it["key"], **fields}
        answer = self.client.send("POST", path, urlencode(data).encode(), HX_Request="true")
        if answer.status not in {200, 303}:
            raise RuntimeError(f"{path}: {answer.status}")

    def act(self, name: str, **fields: Any) -> None:
        self.turn += 1
        self.post(f"/studio/{self.slug}/act/", act=name, uid=self.it["uid"], **fields)

    def rename(self) -> None:
        self.act("rename", title=f"Called otherwise {self.turn}")

    def move(self) -> None:
        self.act("move", parent=self.it["section" if self.turn % 2 else "home"], after="last")

    def optional(self) -> None:
        self.act("optional", on="yes" if self.turn % 2 else "no")

    def prerequisite(self) -> None:
        self.turn += 1
        do = "set" if self.turn % 2 else "remove"
        self.post(f"/studio/topics/{self.it['slug']}/needs/{do}/", requires=self.it["requires"], roadmap=self.slug)


def timed(act: Callable[[], None], times: int) -> list[float]:
    """Milliseconds of each, after some that warm up."""
    found = []
    for number in range(WARM + times):
        start = time.perf_counter()
        act()
        if number >= WARM:
            found.append((time.perf_counter() - start) * 1000)
    return found


def measure(desks: dict[int, Desk], times: int) -> None:
    report = Report("The studio")
    desk = desks[SHOWN]
    for name, act in {"rename": desk.rename, "move": desk.move, "make optional": desk.optional,
                      "prerequisite": desk.prerequisite}.items():  # fmt: skip
        report.add(f"{name}, {SHOWN} topics", "ms", timed(act, times), target="p50 < 100")
    slug = desk.it["slug"]
    for name, path in {
        "tree, closed": f"/studio/{desk.slug}/",
        "tree, one branch open": desk.tree,
        "form of a topic": f"/studio/topics/{slug}/?roadmap={desk.slug}",
        "search for a prerequisite": f"/studio/topics/{slug}/needs/?q=gra&roadmap={desk.slug}",
        "history of the roadmap": f"/studio/{desk.slug}/history/",
        "history of a topic": f"/studio/topics/{slug}/history/",
    }.items():
        report.add(f"{name}, {SHOWN} topics", "ms", timed(lambda path=path: desk.get(path), times))  # type: ignore[misc]
    for name in ("rename", "move", "optional", "prerequisite"):
        costs = [statistics.median(timed(getattr(each, name), times)) for each in desks.values()]
        said = ", ".join(f"{size}: {cost:.0f} ms" for size, cost in zip(desks, costs, strict=True))
        report.notes.append(f"Growth of {name}: {said}; exponent {exponent([*desks], costs):.2f} (target ≤ 1.1).")
    report.write("studio")


def main(times: int = 15, sizes: tuple[int, ...] = tuple(SIZES)) -> None:
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        environ = {"PATHNOTES_DATA": str(Path(temporary) / "data"), "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
        environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "BUNDLED_ROADMAP": "no"}
        environ["SECRET_KEY"] = secrets.token_urlsafe(50)
        sessions, slugs = seed(environ, [*sizes])
        command = [sys.executable, "-m", "benchmarks.studio", "prepare"]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=True)
        things = json.loads(done.stdout)
        with product(environ) as server:
            client = signed_in(server.port, sessions[0])
            measure({n: Desk(client, slugs[str(n)], things[slugs[str(n)]]) for n in sizes}, times)


if __name__ == "__main__":
    prepare() if sys.argv[1:] == ["prepare"] else main()
