"""What the history of the curriculum costs: the same imports and acts with its triggers and without, in turns.

Everything is rolled back after each turn, so every turn meets the same rows. CPU of this process and of PostgreSQL,
which a busy machine does not blur.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Report
from benchmarks.servers import ROOT, cpu_seconds
from benchmarks.serving import postgres_processes

TOPICS = 5000
HISTORY = "pgtrigger_%"


@contextmanager
def rolled_back(*, without: str = "") -> Iterator[None]:
    """A transaction that leaves nothing behind; `without`: a pattern of triggers that are off in it."""
    from django.db import connection, transaction

    with transaction.atomic():
        if without:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT format('ALTER TABLE %%I DISABLE TRIGGER %%I', relname, tgname) FROM pg_trigger "
                    "JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE %s AND NOT tgisinternal",
                    [without],
                )
                for (statement,) in cursor.fetchall():
                    cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def cpu(act: Callable[[], object], *, without: str = "") -> float:
    """Milliseconds."""
    pids = [os.getpid(), *postgres_processes(Path(os.environ["PATHNOTES_DATA"]))]
    with rolled_back(without=without):
        start = cpu_seconds(pids)
        act()
        return (cpu_seconds(pids) - start) * 1000


def usual(folder: Path) -> None:
    """Each note by the usual libraries: front matter, HTML, one row. No outline, no prerequisites, no undo."""
    import frontmatter
    from django.db import transaction
    from markdown_it import MarkdownIt

    from roadmap.models import Topic

    parser = MarkdownIt("commonmark").enable("table")
    with transaction.atomic():
        for number, file in enumerate(sorted(folder.iterdir())):
            meta, body = frontmatter.parse(file.read_text(encoding="utf-8"))
            fields = {"title": file.stem, "body": body, "body_html": parser.render(body), "hours": meta.get("hours")}
            Topic.objects.update_or_create(slug=f"usual-{number}", defaults=fields)


def measure(rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import notes
    from roadmap import search_text
    from roadmap.loading import load, prepare, store
    from roadmap.models import Roadmap, Topic
    from roadmap.notes.reading import read
    from roadmap.studio import verbs
    from roadmap.studio.doing import Asked
    from roadmap.waiting_bodies import render_waiting

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        file, vault = Path(folder) / "outline.md", Path(folder) / "vault"
        notes.outline(file, 2000)
        vault.mkdir()
        notes.vault(vault, TOPICS)
        load(file, by="benchmark")
        roadmap, topic = Roadmap.objects.get(title="Generated 2000"), Topic.objects.order_by("pk")[7]

        def rename() -> None:
            for number in range(10):
                verbs.rename(roadmap=roadmap, uid=topic.uid, title=f"Title {number}", asked=Asked("Ada", "1"))

        report = Report("The history of the curriculum")
        reading = cpu(lambda: prepare(vault, reading=read(vault)))  # here, since the CPU of a child is not counted
        prepared = prepare(vault, reading=read(vault))
        cases: dict[str, tuple[Callable[[], object], float]] = {
            f"first import of a vault of {TOPICS} notes": (lambda: store(prepared, by="benchmark"), reading),
            "ten renames on 2,000 topics": (rename, 0),
        }
        for name, (act, before) in cases.items():
            found: dict[bool, list[float]] = {True: [], False: []}
            for number in range(rounds):
                for history in (number % 2 == 0, number % 2 == 1):
                    found[history].append(before + cpu(act, without="" if history else HISTORY))
            report.add(f"{name}, without history", "ms", found[False])
            report.add(name, "ms", found[True], over=f"{name}, without history", target="≤ 1.5")
            if before:
                seconds = [(each - before) / 1000 for each in found[True]]
                report.add(f"applying {TOPICS} topics, of that", "s", seconds, target="< 3")
                whole = found[True]
        baseline = f"markdown-it-py and update_or_create, {TOPICS} notes"
        report.add(baseline, "ms", [cpu(lambda: usual(vault))])
        report.add("first import, over that", "ms", whole, over=baseline, target="≤ 0.2")
        report.notes.append(f"Of an import, {reading:.0f} ms are reading and planning, measured once.")
        with rolled_back():
            store(prepared, by="benchmark")
            waiting = list(Topic.objects.filter(body_html=None).values_list("pk", flat=True))
            shown = cpu(lambda: render_waiting(waiting))
            report.notes.append(
                f"{len(waiting)} of its texts wait: rendered all at once they take {shown:.0f} ms more."
            )
            later = cpu(search_text.finish)
            report.notes.append(f"Their words are read for the search when the import is committed: {later:.0f} ms.")
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sum(pg_total_relation_size(oid)) FILTER (WHERE relname LIKE '%event'), "
                    "sum(pg_total_relation_size(oid)) FILTER (WHERE relname NOT LIKE '%event') "
                    "FROM pg_class WHERE relkind = 'r' AND relname LIKE 'roadmap_%'"
                )
                events, curriculum = map(float, cursor.fetchone())
        report.notes.append(
            f"The first import's history takes {events / 1e6:.1f} MB beside {curriculum / 1e6:.1f} MB of curriculum."
        )
    report.write("history")


def main(rounds: int = 3) -> None:
    """In a process of its own, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        environ = {"PATHNOTES_DATA": f"{temporary}/data", "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
        environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "SECRET_KEY": secrets.token_urlsafe(50)}
        command = [sys.executable, "-m", "benchmarks.history", str(rounds)]
        subprocess.run(command, cwd=ROOT, env=os.environ | environ, check=True)


if __name__ == "__main__":
    measure(int(sys.argv[1])) if sys.argv[1:] else main()
