"""The search over 3,000 topics with texts, and what its rows cost an import.

Of a search the whole request is timed, in the process that answers it, against the list of roadmaps in the same run.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.history import TOPICS, cpu, rolled_back
from benchmarks.measure import Report
from benchmarks.servers import ROOT

SEARCHED = 3000
ROUNDS = 15


def measure(rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from benchmarks import notes
    from roadmap import search_text
    from roadmap.loading import load, prepare, store
    from roadmap.models import Topic

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    report = Report("The search")
    with tempfile.TemporaryDirectory() as folder:
        vault, large = Path(folder) / "vault", Path(folder) / "large"
        vault.mkdir()
        large.mkdir()
        notes.vault(large, TOPICS)
        prepared = prepare(large)
        found: dict[str, list[float]] = {"": [], "search_%": []}
        for number in range(rounds):
            for without in ("", "search_%") if number % 2 else ("search_%", ""):
                found[without].append(cpu(lambda: store(prepared, by="benchmark"), without=without))
        name = f"storing {TOPICS} notes"
        report.add(f"{name}, without the search", "ms", found["search_%"])
        report.add(name, "ms", found[""], over=f"{name}, without the search")
        with rolled_back():
            store(prepared, by="benchmark")
            later = cpu(search_text.finish)
        report.notes.append(f"The words of {TOPICS} texts are read after the import: {later:.0f} ms.")
        notes.vault(vault, SEARCHED)
        load(vault, by="benchmark")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"Host": "127.0.0.1"})
    title = Topic.objects.order_by("pk")[SEARCHED // 2].title
    word = title.split()[0].lower()
    queries = {
        "one word": word,
        "its beginning": word[:3],
        "a whole title": title,
        "a mistyped word": word[:2] + word[3:],
        "nothing": "qqqqqq",
    }
    times: dict[str, list[float]] = {name: [] for name in ("the list of roadmaps", *queries)}
    for number in range(ROUNDS + 2):
        for name, spent in times.items():
            path, data = ("/search/", {"q": queries[name]}) if name in queries else ("/roadmaps/", {})
            start = time.perf_counter()
            answer = client.get(path, data)
            if number > 1:
                spent.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200
    report.add("the list of roadmaps", "ms", times.pop("the list of roadmaps"))
    for name, values in times.items():
        report.add(f"search of {SEARCHED} topics: {name}", "ms", values, over="the list of roadmaps", target="p50 < 30")
    report.write("search")
    print(report.markdown())


def main(rounds: int = 2) -> None:
    """In a process of its own, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="pathnotes-bench-") as temporary:
        environ = {"PATHNOTES_DATA": f"{temporary}/data", "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
        environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "SECRET_KEY": secrets.token_urlsafe(50)}
        command = [sys.executable, "-m", "benchmarks.search", str(rounds)]
        subprocess.run(command, cwd=ROOT, env=os.environ | environ, check=True)


if __name__ == "__main__":
    measure(int(sys.argv[1])) if sys.argv[1:] else main()
