"""The corpus of hostile notes by every way that notes come in: the command line, a folder, an archive in the browser.

By each the verdict is the one of the manifest, each problem is one line, time and memory stay within bounds, and no
check-off is touched.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Import, Roadmap, Topic
from roadmap.notes import guarded
from roadmap.notes.apart import parent
from roadmap.notes.apart.parent import Answer
from roadmap.notes.items import Problem, Reading
from roadmap.uploads import shelf
from tests.notes.hostile import CPU_SECONDS, Row, allowed, rows_of, unfit, verdict
from tests.pace import cpu_within, slowness
from tests.tracker.conftest import browser_of
from tracker.imports import jobs
from tracker.models import TopicProgress, User

pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("static_root"),
]

KINDS = ("yaml", "markdown", "xss", "unicode", "bytes", "structure", "size")
MEMORY = 512 << 20
ALONE = {"unicode/023-title-200-astral": {"import"}}
"""A title is cut where it is kept: in a folder, a note that no outline names has none that is."""
GOOD = "# Garden\n\n## Ground\n\n- Soil\n- Sowing\n- Watering\n\n## Kitchen\n\n- Peeling\n- Boiling\n"


class Watch:
    """What the children took, and what was read."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.readings: list[Reading] = []

    def over(self, seconds: float) -> list[str]:
        """Which children took more than they may."""
        return [
            f"{answer.cpu:.1f} s, {answer.peak >> 20} MiB"
            for answer in self.answers
            if answer.cpu > seconds or answer.peak > MEMORY
        ]


@pytest.fixture(autouse=True)
def _jobs_end() -> Iterator[None]:
    """No plan is being made any more when the tables go."""
    yield
    for thread in threading.enumerate():
        if thread.name == "import":
            thread.join(60)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen, run, read = Watch(), parent.run, guarded.read

    def watched_run(*given: Any, **named: Any) -> Answer:
        seen.answers.append(run(*given, **named))
        return seen.answers[-1]

    def watched_read(*given: Any, **named: Any) -> guarded.Outcome:
        outcome = read(*given, **named)
        seen.readings.append(outcome.reading)
        return outcome

    monkeypatch.setattr(parent, "run", watched_run)
    monkeypatch.setattr(guarded, "read", watched_read)
    return seen


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    folder = tmp_path / "garden"
    folder.mkdir()
    (folder / "README.md").write_text(GOOD, "utf-8")
    call_command("load_notes", str(folder), "--yes", stdout=io.StringIO())
    return folder


@pytest.fixture
def _ticks_stay(garden: Path, learner: User) -> Iterator[None]:
    """A learner has ticked everything; all of it is there afterwards as it was."""
    now = timezone.now()
    topics = list(Topic.objects.all())
    assert len(topics) == 5
    TopicProgress.objects.bulk_create(
        TopicProgress(learner=learner, topic=topic, state="done", changed_at=now) for topic in topics
    )
    before = list(TopicProgress.objects.order_by("pk").values())
    yield
    assert list(TopicProgress.objects.order_by("pk").values()) == before


def by_command(path: Path, watch: Watch) -> list[Problem]:
    """What `read_notes` says of one note, as problems; where it refuses, what it says is the first error."""
    out = io.StringIO()
    try:
        call_command("read_notes", str(path), "--format", "json", stdout=out)
    except CommandError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        reading = watch.readings[-1]
        errors = [problem.message for problem in reading.problems if problem.severity == "error"]
        assert not reading.paths
        assert refusal.isprintable()
        assert not errors or refusal.endswith(errors[0])
        return list(reading.problems)
    return [Problem(**problem) for problem in json.loads(out.getvalue())["problems"]]


@pytest.mark.usefixtures("_ticks_stay")
class TestRoutes:
    def test_command_line(self, corpus: Path, watch: Watch) -> None:
        found = []
        rows = [row for kind in KINDS for row in rows_of(corpus, kind)]
        assert len(rows) == 274
        for row in rows:
            problems = by_command(row.path, watch)
            found += [f"{row.name}: {message!r}" for message in unfit(problems)]
            if row.name.startswith(("structure/", "unicode/")) and row.expect == "warn":
                continue  # some concern two notes: their folder says it, see below
            if verdict(problems) not in allowed(row):
                found.append(f"{row.name}: {verdict(problems)}, not {allowed(row)}: {row.why}")
        assert found == []
        assert len(watch.answers) == len(rows)
        assert max(answer.peak for answer in watch.answers) > 20 << 20  # it is measured
        assert watch.over(CPU_SECONDS * slowness()) == []

    def test_folder(self, corpus: Path, garden: Path, watch: Watch) -> None:
        """Beside good notes, and named by no outline: each has its verdict, and what was loaded before stays."""
        rows = []
        for kind in KINDS:
            shutil.copytree(corpus / "notes" / kind, garden / kind)
            rows += rows_of(corpus, kind)
        out, err = io.StringIO(), io.StringIO()
        call_command("load_notes", str(garden), "--yes", "--skip-broken", "--retire-many", stdout=out, stderr=err)
        (reading,) = watch.readings
        by_source: dict[str, list[Problem]] = {}
        for problem in reading.problems:
            by_source.setdefault(problem.source, []).append(problem)
        found = [f"{message!r}" for message in unfit(reading.problems)]
        for row in rows:
            problems = by_source.get(f"{row.path.parent.name}/{row.path.name}", [])
            # A folder knows more of a note than the note itself: names that another one has too.
            right = allowed(row) | ({"warn"} if row.expect == "import" else set()) | ALONE.get(row.name, set())
            if verdict(problems) not in right:
                found.append(f"{row.name}: {verdict(problems)}, not {allowed(row)}: {row.why}")
        assert found == []
        lines = (out.getvalue() + err.getvalue()).splitlines()
        assert [line for line in lines if not line.isprintable()] == []
        assert Import.objects.count() == 1
        assert Topic.objects.filter(title="Watering", retired_at=None).exists()
        assert watch.over(CPU_SECONDS * slowness() * 10) == []

    def test_folder_of_traps(self, corpus: Path, watch: Watch) -> None:
        traps = corpus / "fs" / "vault"
        out, err = io.StringIO(), io.StringIO()
        call_command("load_notes", str(traps), "--yes", "--skip-broken", stdout=out, stderr=err)
        (reading,) = watch.readings
        assert unfit(reading.problems) == []
        seen: dict[str, list[Problem]] = {}
        for problem in reading.problems:
            seen.setdefault(problem.source, []).append(problem)
        manifest: list[dict[str, Any]] = json.loads((corpus / "manifest.json").read_text("utf-8"))
        rows = [row for row in manifest if row["cls"] == "fs"]
        assert len(rows) == 33
        found = []
        for row in rows:
            name = row["path"].removeprefix("fs/vault/").replace("\n", "\\n")
            if name.startswith(".git"):
                assert name not in seen
                continue
            if name.endswith("deep.md"):
                name = "/".join(["d"] * 33)
            if os.geteuid() == 0 and name in {"unreadable.md", "closed"}:
                continue  # nothing is closed to root
            met = verdict(seen.get(name, []))
            # What is left out is never read; the folder as a whole goes on, so it is a warning.
            if met not in {row["expect"], "warn" if row["expect"] == "reject" else row["expect"]}:
                found.append(f"{name}: {met}, not {row['expect']}: {row['why']}")
        assert found == []
        assert "root:" not in repr(reading.paths)
        assert watch.over(CPU_SECONDS * slowness()) == []

    def test_archives(self, corpus: Path, editor: User, watch: Watch, settings: Any, tmp_path: Path) -> None:
        settings.UPLOADS_DIR = tmp_path / "uploads"
        settings.IMPORTS_AT_ONCE = 64 << 20  # within the request, so that it is over when it is answered
        jobs.forget_those(lambda key: True)
        eve = browser_of(editor)
        rows = rows_of(corpus, "zip")
        assert len(rows) == 51
        found = [complaint for row in rows for complaint in self.sent(eve, row, watch)]
        assert found == []
        assert watch.over(CPU_SECONDS * slowness()) == []
        assert Import.objects.count() == 1

    def sent(self, eve: Client, row: Row, watch: Watch) -> Iterator[str]:
        """What is wrong with how an archive is answered."""
        watch.readings.clear()
        sent = SimpleUploadedFile(row.path.name, row.path.read_bytes())
        answer = eve.post(reverse("upload_notes"), {"files": [sent]})
        if answer.status_code == 422:
            met = "refuse"
        elif answer.status_code == 303:
            page = eve.get(answer.headers["Location"])
            if page.status_code != 200:
                yield f"{row.name}: its plan is answered with {page.status_code}"
            if "<script>window" in page.content.decode() or "javascript:" in page.content.decode().casefold():
                yield f"{row.name}: a live script on its plan"
            (reading,) = watch.readings
            (waiting, *_) = shelf.of(User.objects.get(role="editor").pk)
            yield from (f"{row.name}: {message!r}" for message in unfit(reading.problems))
            # Notes that are refused do not stop the others: of the archive that is a warning.
            met = {"reject": "warn"}.get(verdict(list(reading.problems)), verdict(list(reading.problems)))
            met = "warn" if waiting.left_out and met == "import" else met
        else:
            met = f"status {answer.status_code}"
        if met not in allowed(row):
            yield f"{row.name}: {met}, not {allowed(row)}: {row.why}"


class TestApplied:
    @pytest.mark.parametrize("name", ["markdown/008-tasks-2000", "unicode/005-bidi-override"])
    def test_over_what_somebody_has_done(
        self, corpus: Path, tmp_path: Path, learner: User, watch: Watch, name: str
    ) -> None:
        """A note that turns hostile: what was done of it is kept, the report is plain, its pages are inert."""
        (row,) = [row for kind in KINDS for row in rows_of(corpus, kind) if row.name == name]
        note = tmp_path / row.path.name
        note.write_text("# Own\n\n## Part\n\n- Alpha\n- a\n", "utf-8")
        call_command("load_notes", str(note), "--yes", stdout=io.StringIO())
        for topic in Topic.objects.filter(title__in=["Alpha", "a"]):
            TopicProgress.objects.create(learner=learner, topic=topic, state="done", changed_at=timezone.now())
        done = list(TopicProgress.objects.order_by("pk").values())
        shutil.copy(row.path, note)
        out = io.StringIO()
        with cpu_within(CPU_SECONDS):
            call_command("load_notes", str(note), "--yes", "--retire-many", stdout=out, stderr=out)
        assert [line for line in out.getvalue().splitlines() if not line.isprintable()] == []
        assert list(TopicProgress.objects.order_by("pk").values()) == done
        assert watch.over(CPU_SECONDS * slowness()) == []
        roadmap = Roadmap.objects.get(source__location=str(note), retired_at=None)
        lena = browser_of(learner)
        seated = Topic.objects.filter(placements__roadmap=roadmap)[0]
        for address in (
            reverse("roadmap", args=[roadmap.slug]),
            reverse("topic", args=[seated.slug]),
            reverse("search") + "?q=a",
        ):
            answer = lena.get(address)
            assert answer.status_code == 200, address
            assert "javascript:" not in answer.content.decode().casefold()
