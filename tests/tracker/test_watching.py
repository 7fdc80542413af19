"""Notes that are watched: what is plain is applied, the rest waits for an editor, and nothing is lost by itself."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from roadmap.apply import StalePlanError, undo_last
from roadmap.loading import load, store
from roadmap.locks import BusyError
from roadmap.models import Import, NoteSource, Topic
from roadmap.source_files import SourceReading
from roadmap.uploads import shelf
from tests.config.running import wait_until
from tests.factories import make_user
from tests.roadmap.repository import Repository, needs_git
from tests.tracker.conftest import browser_of
from tests.tracker.test_imports import GARDEN, apply
from tracker.imports import jobs
from tracker.models import User
from tracker.watching import loop, rereading
from tracker.watching.loop import Watch
from tracker.watching.rereading import Outcome, reread
from tracker.watching.seeing import Waker, differences, look

UNCLEAR = GARDEN.replace("- Mulching\n", "- Mulching with straw\n")


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    jobs.forget_those(lambda key: True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "garden"
    folder.mkdir()
    (folder / "README.md").write_text(GARDEN)
    return folder


def live() -> set[str]:
    return set(Topic.objects.filter(retired_at=None).values_list("title", flat=True))


@pytest.mark.django_db
class TestReread:
    @pytest.fixture(autouse=True)
    def _loaded(self, folder: Path) -> None:
        load(folder, by="owner")

    def waiting(self) -> shelf.Waiting:
        [waiting] = shelf.all_waiting()
        return waiting

    def test_what_is_plain_is_applied(self, folder: Path) -> None:
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")
        assert reread(folder) == Outcome("applied", "applied: 1 added.")
        assert "Pruning" in live()
        assert [made.by for made in Import.objects.all()] == ["watching", "owner"]
        assert SourceReading.objects.get().by == "watching"
        assert not shelf.all_waiting()

    def test_nothing_new_is_noted_as_read(self, folder: Path) -> None:
        before = SourceReading.objects.get()
        assert reread(folder).came == "nothing"
        after = SourceReading.objects.get()
        assert (before.by, after.by) == ("owner", "watching")
        assert after.at > before.at
        assert Import.objects.count() == 1

    def test_a_new_folder_is_loaded(self, tmp_path: Path) -> None:
        (tmp_path / "new.md").write_text("# New\n\n- one\n- two\n")
        assert reread(tmp_path / "new.md").came == "applied"
        assert {"one", "two"} <= live()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (UNCLEAR, "1 unclear"),
            (GARDEN.replace("- Soil\n", ""), "1 to be retired"),
            ("---\nid: [\n---\n" + GARDEN, "1 error"),
        ],
        ids=["unclear", "retired", "broken"],
    )
    def test_what_a_person_must_see_waits(self, folder: Path, text: str, said: str) -> None:
        (folder / "README.md").write_text(text)
        (folder / "more.md").write_text("# More\n\n- Beds\n")
        outcome = reread(folder)
        assert outcome.came == "waits"
        assert said in outcome.said
        assert live() == {"Soil", "Sowing", "Watering", "Mulching"}
        waiting = self.waiting()
        assert (waiting.by, waiting.reader, waiting.location) == (0, "watching", str(folder.resolve()))
        assert SourceReading.objects.get().by == "watching"

    @pytest.mark.usefixtures("static_root")
    def test_a_later_change_takes_its_place_and_keeps_the_answers(self, folder: Path, eve: Client) -> None:
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        first = self.waiting()
        assert reread(folder).came == "waits"
        assert self.waiting() == first, "the same notes: the same plan"
        plan = reverse("import_plan", args=[first.uid])
        eve.post(f"{plan}answer/", {"every": "first"})
        (folder / "README.md").write_text(UNCLEAR + "- Pruning\n")
        reread(folder)
        second = self.waiting()
        assert second.uid != first.uid
        assert second.answers
        assert eve.get(plan).status_code == 404
        plan = reverse("import_plan", args=[second.uid])
        eve.post(f"{plan}answer/", {"every": "new"})  # what came since; the answer from before stays
        assert apply(eve, plan).status_code == 303
        assert live() == {"Soil", "Sowing", "Watering", "Mulching with straw", "Pruning"}
        assert Topic.objects.count() == 5
        assert reread(folder).came == "nothing"

    def test_it_goes_when_the_notes_are_as_they_were(self, folder: Path) -> None:
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        (folder / "README.md").write_text(GARDEN)
        assert "thrown away" in reread(folder).said
        assert not shelf.all_waiting()

    def test_it_goes_when_something_plain_follows(self, folder: Path) -> None:
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")
        assert reread(folder).came == "applied"
        assert not shelf.all_waiting()

    def test_a_plan_that_is_being_stored_is_left_alone(self, folder: Path) -> None:
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        shelf.change(self.waiting(), applying=time.time())
        (folder / "README.md").write_text(GARDEN)
        reread(folder)
        assert self.waiting().applying

    def test_a_folder_that_is_away_retires_nothing(self, folder: Path) -> None:
        folder.rename(folder.with_name("away"))
        assert reread(folder).came == "unreadable"
        folder.mkdir()
        outcome = reread(folder)
        assert outcome.came == "unreadable"
        assert "empty folder" in outcome.said
        assert len(live()) == 4
        assert not shelf.all_waiting()
        assert SourceReading.objects.get().by == "owner"

    def test_a_zip_that_is_half_written(self, folder: Path, tmp_path: Path) -> None:
        path = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
        assert reread(path).came == "applied"
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert reread(path).came == "unreadable"
        path.write_bytes(whole)
        assert reread(path).came == "nothing"

    def test_what_was_taken_back_is_not_applied_again_by_itself(self, folder: Path) -> None:
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")
        reread(folder)
        undo_last(source=NoteSource.objects.get(), by="Eve")
        outcome = reread(folder)
        assert outcome.came == "waits"
        assert "taken back" in outcome.said
        assert "Pruning" not in live()

    def test_a_loop_of_prerequisites_waits_with_its_reason(self, folder: Path) -> None:
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")

        def refused(*_: object, **__: object) -> None:
            from roadmap.apply import PrerequisiteLoopError

            raise PrerequisiteLoopError(["Soil", "Sowing", "Soil"])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rereading, "store", refused)
            assert reread(folder).came == "waits"
        assert "loop of prerequisites" in self.waiting().problem

    def test_an_editor_who_was_faster(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")
        real, calls = store, []

        def stale_once(*given: Any, **named: Any) -> Import | None:
            calls.append(1)
            if len(calls) == 1:
                raise StalePlanError
            return real(*given, **named)

        monkeypatch.setattr(rereading, "store", stale_once)
        assert reread(folder).came == "applied"

    @needs_git
    def test_the_commit_is_recorded(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "course")
        commit = repository.commit({"a.md": "# A\n\n- one\n- two\n"})
        assert f"(commit {commit[:8]})" in reread(repository.folder).said
        assert Import.objects.first().checkout["commit"] == commit  # type: ignore[union-attr]


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestPages:
    def test_sources_say_who_read_them_and_what_waits(self, folder: Path, eve: Client, editor: User) -> None:
        load(folder, by="owner")
        page = eve.get(reverse("imports")).content.decode()
        assert "by <bdi>owner</bdi>" in page
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        source = NoteSource.objects.get()
        for address in (reverse("imports"), reverse("import_source", args=[source.uid])):
            page = eve.get(address).content.decode()
            assert "by <bdi>watching</bdi>" in page
            assert "Changed while it was watched" in page
            [waiting] = shelf.all_waiting()
            assert reverse("import_plan", args=[waiting.uid]) in page
            assert "unchanged on disk" in page, "what waits was read"
        plan = eve.get(reverse("import_plan", args=[waiting.uid]))
        assert plan.status_code == 200
        assert "Mulching with straw" in plan.content.decode()
        assert SourceReading.objects.get().by == "watching", "looking at the plan is not reading the source"

    def test_another_editor_sees_it_too_and_whose_plans_there_are(self, folder: Path, eve: Client) -> None:
        load(folder, by="owner")
        source = NoteSource.objects.get()
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        [watched] = shelf.all_waiting()
        eve.post(reverse("read_source", args=[source.uid]))
        ted = browser_of(make_user("Ted", role=User.Role.EDITOR))
        page = ted.get(reverse("import_source", args=[source.uid])).content.decode()
        assert "A plan of" in page
        [own] = [each for each in shelf.all_waiting() if each.by]
        assert str(own.uid) not in page
        assert str(watched.uid) in page
        assert ted.get(reverse("import_plan", args=[own.uid])).status_code == 404
        assert ted.get(reverse("import_plan", args=[watched.uid])).status_code == 200
        assert SourceReading.objects.get().by == User.objects.get(pk=own.by).shown_name

    def test_a_new_folder_that_waits_is_found_too(self, tmp_path: Path, eve: Client) -> None:
        (tmp_path / "new").mkdir()
        (tmp_path / "new/a.md").write_text("# New\n\n- one\n- two\n")
        (tmp_path / "new/b.md").write_text("---\nid: [\n---\n# Broken\n\n- three\n")
        assert reread(tmp_path / "new").came == "waits"
        assert not NoteSource.objects.exists()
        [waiting] = shelf.all_waiting()
        plan = reverse("import_plan", args=[waiting.uid])
        assert plan in eve.get(reverse("imports")).content.decode()
        assert apply(eve, plan, skip_broken="yes").status_code == 303
        assert NoteSource.objects.get().location == str((tmp_path / "new").resolve())
        assert "New" in live()

    def test_learners_do_not(self, folder: Path) -> None:
        load(folder, by="owner")
        (folder / "README.md").write_text(UNCLEAR)
        reread(folder)
        [waiting] = shelf.all_waiting()
        ada = browser_of(make_user("Ada"))
        assert ada.get(reverse("import_plan", args=[waiting.uid])).status_code == 404

    @needs_git
    def test_the_commit_is_shown(self, tmp_path: Path, eve: Client) -> None:
        repository = Repository(tmp_path / "course")
        commit = repository.commit({"a.md": "# A\n\n- one\n- two\n"})
        repository.write({"a.md": "# A\n\n- one\n- two\n- three\n"})
        load(repository.folder, by="owner")
        page = eve.get(reverse("import_source", args=[NoteSource.objects.get().uid])).content.decode()
        assert page.count(f">{commit[:8]}</code> on <bdi>main</bdi>, with changes that were not committed") == 2


class TestSeeing:
    def test_a_change_of_a_note_is_one(self, folder: Path) -> None:
        before = look(folder)
        (folder / "deep").mkdir()
        (folder / "deep/a.md").write_text("# A")
        after = look(folder)
        assert after != before
        assert differences(before, after) == ["deep/a.md"]
        before = after
        facts = (folder / "README.md").stat()
        (folder / "README.md").write_text(GARDEN.upper())
        os.utime(folder / "README.md", ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert differences(before, look(folder)) == ["README.md"], "with the same size and the same time"

    def test_what_is_no_note_is_none(self, folder: Path) -> None:
        before = look(folder)
        (folder / ".obsidian").mkdir()
        for name in (".README.md.swp", "README.md~", "4913", "#README.md#", ".obsidian/x.md", "picture.png", "a.tmp"):
            (folder / name).write_text("x")
        (folder / "link.md").symlink_to(folder / "README.md")
        assert look(folder) == before

    def test_a_folder_that_is_not_there(self, folder: Path) -> None:
        assert not look(folder / "nowhere").there
        assert look(folder / "README.md").notes.keys() == {"README.md"}

    def test_where_git_stands_counts_and_its_lock_is_seen(self, folder: Path) -> None:
        (folder / ".git/logs").mkdir(parents=True)
        (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
        before = look(folder)
        (folder / ".git/logs/HEAD").write_text("0 1 Ada commit\n")
        assert look(folder) != before
        assert not look(folder).busy
        (folder / ".git/index.lock").touch()
        assert look(folder).busy
        worktree = folder.with_name("worktree")
        worktree.mkdir()
        (worktree / ".git").write_text(f"gitdir: {folder}/.git\n")
        assert look(worktree).busy

    def test_the_file_system_wakes(self, folder: Path) -> None:
        woken = threading.Event()
        waker = Waker(woken.set)
        try:
            waker.watch({folder: look(folder).root})
            wait_until(lambda: waker.works, "it watches")

            def touched() -> bool:
                (folder / "new.md").write_text(str(time.monotonic()))
                return woken.wait(0.5)

            wait_until(touched, "it is told")
        finally:
            waker.stop()
        assert not waker.works


class Watched:
    """A watch in a thread, with what it read and said. Reading is not what is tested here."""

    def __init__(self, *paths: Path, read: Callable[[Path], Outcome] | None = None) -> None:
        self.read: list[tuple[float, str]] = []
        self.said: list[str] = []
        self._read = read
        self.watch = Watch(lambda: paths, self.said.append, self.reread)
        self.thread = threading.Thread(target=self.watch.run, daemon=True)

    def reread(self, path: Path) -> Outcome:
        text = (path / "README.md").read_text() if path.is_dir() else ""
        self.read.append((time.monotonic(), text))
        return self._read(path) if self._read else Outcome("applied", f"read {len(self.read)}")

    def __enter__(self) -> Watched:
        self.thread.start()
        self.until(1)
        return self

    def __exit__(self, *_: object) -> None:
        began = time.monotonic()
        self.watch.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.took_to_stop = time.monotonic() - began

    @property
    def last(self) -> str:
        """What it said last; nothing was said before the first reading is over."""
        return self.said[-1] if self.said else ""

    def until(self, times: int) -> None:
        wait_until(lambda: len(self.read) >= times, f"it was read {times} times")


class TestLoop:
    def test_a_change_is_read_within_two_seconds(self, folder: Path) -> None:
        taken = []
        with Watched(folder) as watched:
            for number in range(3):
                (folder / "README.md").write_text(GARDEN + f"- {number}\n")
                changed = time.monotonic()
                watched.until(2 + number)
                taken.append(watched.read[-1][0] - changed)
                assert watched.read[-1][1].endswith(f"- {number}\n")
        assert min(taken) < 2.0, "on a machine that does nothing else each of them is"
        assert watched.last.startswith(f"{folder}: README.md changed; read")

    def test_where_the_file_system_tells_nothing(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Waker, "watch", lambda self, folders: None)
        with Watched(folder) as watched:
            (folder / "README.md").write_text("# Other\n")
            watched.until(2)

    def test_many_files_at_once_are_read_once(self, folder: Path) -> None:
        with Watched(folder) as watched:
            for number in range(200):
                (folder / f"{number}.md").write_text("# A\n")
                time.sleep(0.002)
            watched.until(2)
            time.sleep(3 * loop.QUIET)
            assert len(watched.read) <= 3, "in bursts, not one by one"
        assert "and 197 more changed" in " ".join(watched.said) or len(watched.read) == 3

    def test_saving_by_rename(self, folder: Path) -> None:
        with Watched(folder) as watched:
            (folder / ".README.md.new").write_text("# Saved\n")
            (folder / ".README.md.new").replace(folder / "README.md")
            watched.until(2)
            assert watched.read[-1][1] == "# Saved\n"
            (folder / "README.md~").write_text("x")
            (folder / ".README.md.swp").write_text("x")
            time.sleep(3 * loop.QUIET)
            assert len(watched.read) == 2

    def test_one_that_never_rests_is_read_all_the_same(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "LONGEST", 1.0)
        stop = threading.Event()

        def write() -> None:
            number = 0
            while not stop.wait(0.05):
                number += 1
                (folder / "README.md").write_text(f"# {number}\n")

        with Watched(folder) as watched:
            writer = threading.Thread(target=write)
            writer.start()
            try:
                watched.until(3)
            finally:
                stop.set()
                writer.join()

    def test_git_at_work_is_waited_for(self, folder: Path) -> None:
        (folder / ".git").mkdir()
        with Watched(folder) as watched:
            (folder / ".git/index.lock").touch()
            (folder / "README.md").write_text("# Half\n")
            time.sleep(4 * loop.QUIET)
            assert len(watched.read) == 1
            (folder / "README.md").write_text("# Whole\n")
            (folder / ".git/index.lock").unlink()
            watched.until(2)
            assert watched.read[-1][1] == "# Whole\n"

    def test_a_folder_that_goes_and_comes_back(self, folder: Path) -> None:
        def read(path: Path) -> Outcome:
            return Outcome("applied", "here") if path.exists() else Outcome("unreadable", "gone")

        with Watched(folder, read=read) as watched:
            for number in range(2):
                folder.rename(folder.with_name("away"))
                wait_until(lambda: watched.last.endswith("gone"), "it is gone")
                folder.with_name("away").rename(folder)
                wait_until(lambda: watched.last.endswith("it is there again; here"), "it is back")
                (folder / "README.md").write_text(f"# {number}\n")
                wait_until(lambda: watched.last.endswith("README.md changed; here"), "it is watched as before")

    def test_a_crash_does_not_end_it(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        crashes = iter([RuntimeError("boom"), RecursionError(), MemoryError()])

        def read(path: Path) -> Outcome:
            for crash in crashes:
                raise crash
            return Outcome("applied", "well")

        with Watched(folder, read=read) as watched:
            for number in range(3):
                (folder / "README.md").write_text(f"# {number}\n")
                watched.until(number + 2)
            wait_until(lambda: watched.last.endswith("well"), "it goes on")
        assert "boom" in caplog.text
        assert "broke on our side" in watched.said[0]

    def test_a_database_that_is_away_is_waited_for(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "AGAIN", 0.05)
        answers = iter([OperationalError("no\nserver"), OperationalError("no server"), BusyError()])

        def read(path: Path) -> Outcome:
            for error in answers:
                raise error
            return Outcome("applied", "stored")

        with Watched(folder, read=read) as watched:
            wait_until(lambda: any("stored" in said for said in watched.said), "it is stored")
        assert [said.split(" (")[0].split(": ")[-1] for said in watched.said] == [
            "The database is away",
            "The database is there again.",
            "stored",
        ]
        assert len(watched.read) == 4

    def test_it_ends_at_once(self, folder: Path) -> None:
        with Watched(folder) as watched:
            pass
        assert watched.took_to_stop < 10, "a waker has its turn, and nothing else is waited for"

    def test_sources_that_come_and_go(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "SOURCES", 0.1)
        other = folder.with_name("other")
        other.mkdir()
        (other / "README.md").write_text("# Other\n")
        paths = [folder]
        read: list[Path] = []

        def reading(path: Path) -> Outcome:
            read.append(path)
            return Outcome("nothing", "nothing to change.")

        watch = Watch(lambda: list(paths), print, reading)
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        try:
            wait_until(lambda: folder in read, "the first is read")
            paths.append(other)
            wait_until(lambda: other in read, "the second is read")
        finally:
            watch.stop()
            thread.join(20)
