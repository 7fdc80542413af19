"""Reading in a child: the same reading, and every way in which a child can end is one sentence."""

from __future__ import annotations

import logging
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from roadmap.in_words import in_words
from roadmap.notes import guarded, reading
from roadmap.notes.apart import parent
from roadmap.notes.apart.child import Bounds, Room
from roadmap.notes.apart.page import Page
from roadmap.notes.apart.parent import Progress, StoppedError, run
from roadmap.notes.files import NoteFile
from roadmap.notes.items import Requirement, Resource
from roadmap.notes.limits import DEFAULT
from roadmap.notes.writing import Asked, Notes, NotWritableError, apart, write
from roadmap.uploads.bundle import UploadRefusedError
from roadmap.uploads.unzipping import unzip_apart
from tests.roadmap.test_uploads import packed

HERE = __name__
TEXT = "# Garden\n\n## Ground\n\n- Soil\n- Water\n"
BOTH = pytest.mark.parametrize("fork", [True, False], ids=["forked", "started"])


# What the children do.


def echo(request: dict[str, Any], payload: bytes, _: Room) -> bytes:
    return str(request["word"]).encode() + payload


def hang(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    from roadmap.notes import headway

    headway.at("deep/slow.md")
    time.sleep(60)
    return b""


def spin(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    while True:
        pass


def swallow(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    from roadmap.notes import headway

    headway.at("huge.md")
    return b"x" * (600 << 20)


def enough(request: dict[str, Any], _payload: bytes, room: Room) -> bytes:
    room(request["size"])
    return b"%d" % len(b"x" * (300 << 20))


def die(request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    os.kill(os.getpid(), request["signal"])
    time.sleep(10)
    return b""


def leave(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    os._exit(0)


def stumble(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    raise ZeroDivisionError


def chatter(_request: dict[str, Any], _payload: bytes, _room: Room) -> bytes:
    print("to the terminal", flush=True)
    os.write(2, b"to standard error")
    return b"quiet"


def work(function: Any) -> str:
    return f"{HERE}:{function.__name__}"


def children() -> list[str]:
    """Those of this process that were not waited for."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()


class TestChild:
    @BOTH
    def test_it_answers(self, fork: bool) -> None:
        answer = run(work(echo), {"word": "é"}, b"\0" * 3_000_000, fork=fork)
        assert answer.data == "é".encode() + b"\0" * 3_000_000
        assert answer.cpu > 0

    @BOTH
    def test_it_writes_nowhere(self, fork: bool, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(work(chatter), {}, fork=fork).data == b"quiet"
        assert capfd.readouterr() == ("", "")

    @BOTH
    @pytest.mark.parametrize(
        ("function", "bounds", "says", "source"),
        [
            (hang, Bounds(wall=0.6), "took more than 0.6 s", "deep/slow.md"),
            (hang, Bounds(stall=0.6), "came no further for 0.6 s", "deep/slow.md"),
            (spin, Bounds(cpu=1), "took more than 1 s of computing", ""),
            (swallow, Bounds(), "took more memory than it may", "huge.md"),
            (leave, Bounds(), "broke off", ""),
        ],
        ids=["wall", "stall", "cpu", "memory", "gone"],
    )
    def test_it_is_stopped(self, fork: bool, function: Any, bounds: Bounds, says: str, source: str) -> None:
        # A Python of its own needs a while to start; the clock of the watch runs from the beginning.
        before = children()
        if not fork and function is hang:
            bounds = Bounds(wall=5.0) if "took" in says else Bounds(stall=5.0)
            says = says.replace("0.6", "5")
        with pytest.raises(StoppedError, match=says) as stopped:
            run(work(function), {}, bounds=bounds, fork=fork)
        assert stopped.value.source == source
        assert set(children()) <= set(before)

    @pytest.mark.parametrize(
        ("number", "says"), [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGABRT, "SIGABRT"), (signal.SIGKILL, "memory")]
    )
    def test_it_dies(self, number: signal.Signals, says: str) -> None:
        with pytest.raises(StoppedError, match=says):
            run(work(die), {"signal": int(number)})

    def test_its_own_fault_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.ERROR), pytest.raises(StoppedError, match="broke off on our side"):
            run(work(stumble), {})
        assert "ZeroDivisionError" in caplog.text

    def test_memory_grows_with_the_notes(self) -> None:
        bounds = Bounds(memory=100 << 20)
        assert run(work(enough), {"size": 40 << 20}, bounds=bounds, fork=False).data == b"%d" % (300 << 20)
        with pytest.raises(StoppedError, match="memory"):
            run(work(enough), {"size": 1 << 20}, bounds=bounds, fork=False)

    def test_whoever_gives_up_leaves_none_behind(self) -> None:
        def interrupt(_: Progress) -> None:
            raise KeyboardInterrupt

        before = children()
        with pytest.raises(KeyboardInterrupt):
            run(work(hang), {}, tell=interrupt)
        assert set(children()) <= set(before)

    def test_a_system_without_limits_is_said_once(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from roadmap.notes.apart import child

        monkeypatch.setattr(child, "_memory_of_this", lambda _: 0)
        parent._say_unlimited.cache_clear()
        for _ in range(2):
            assert run(work(echo), {"word": "a"}, fork=True).data == b"a"
        assert caplog.text.count("no limits of memory") == 1

    def test_threads_forbid_a_fork(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from threading import Event, Thread

        monkeypatch.undo()
        over = Event()
        thread = Thread(target=over.wait)
        thread.start()
        try:
            assert not ALONE()
        finally:
            over.set()
            thread.join()


ALONE = parent.may_fork
"""As it is before the tests say that all may fork."""


class TestPage:
    def test_it_is_read_while_and_after(self) -> None:
        with Page() as page:
            page.tell("", 8)
            page.tell("a.md", 0)
            page.tell("ü" * 2_000, 0)
            assert page.look()[1:3] == (2, 8)
            assert page.source.startswith("üü")
            with Page(os.dup(page.handle)) as other:
                assert other.look() == page.look()


class TestReading:
    @BOTH
    def test_it_is_the_same(self, fork: bool, tmp_path: Path) -> None:
        for number in range(30):
            head = f'---\nid: "n{number}"\nodd: [1, {{a: b}}]\n---\n'
            (tmp_path / f"{number}.md").write_text(f"{head}# Note {number}\n\nWords ü.\n\n- [ ] step\n", "utf-8")
        links = "\n".join(f"- [[{number}]] — about it" for number in range(31))
        (tmp_path / "Map.md").write_text(f"#map\n\n# All\n\n## Topics\n\n{links}\n", "utf-8")
        found = guarded.read(tmp_path, fork=fork).reading
        assert found == reading.read(tmp_path)
        assert found.digests == reading.read(tmp_path).digests
        assert len(found.paths[0].items) == 31

    @BOTH
    def test_a_file_or_nothing(self, fork: bool, tmp_path: Path) -> None:
        note = tmp_path / "a.md"
        note.write_text("# A\n\n## M\n\n- b\n- c\n", "utf-8")
        for path in (note, tmp_path / "none", tmp_path / "a\0b"):
            assert guarded.read(path, fork=fork).reading == reading.read(path)

    def test_one_that_ends_early_is_one_problem(self, tmp_path: Path) -> None:
        (tmp_path / "first.md").write_text("# A\n\n- b\n", "utf-8")
        found = guarded.read(tmp_path, bounds=Bounds(wall=0.0), opener=f"{HERE}:slow").reading
        assert found.paths == ()
        (problem,) = found.problems
        assert (problem.source, problem.severity, problem.code) == (tmp_path.name, "error", "reading-stopped")
        assert problem.message == (
            "Reading took more than 0 s; nothing was changed. Name a smaller folder, or fewer files, then try again."
        )
        assert spanish(problem.message).startswith("La lectura tardó más de 0 s; no se cambió nada.")

    def test_it_tells_how_far_it_is(self, tmp_path: Path) -> None:
        for number in range(300):
            (tmp_path / f"{number}.md").write_text(f"# Note {number}\n\nWords.\n", "utf-8")
        heard: list[Progress] = []
        guarded.read(tmp_path, tell=heard.append)
        assert heard[-1].total == 600
        assert heard[-1].notes == 300
        assert heard[-1].source.endswith(".md")


def slow(root: Path, limits: Any = DEFAULT) -> Any:
    time.sleep(30)
    return guarded.opened(root, limits)


class TestZip:
    @pytest.mark.parametrize("forked", [True, False])
    def test_it_works(self, forked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parent, "may_fork", lambda: forked)
        found = unzip_apart(packed(("n/a.md", b"# A\n"), ("n/b/ü.md".encode().decode(), b"\xff\0"), ("n/p.png", b"p")))
        assert found.files == {"a.md": b"# A\n", "b/ü.md": b"\xff\0"}
        assert found.folder == "n"
        assert found.left_out == {"no notes": 1}

    def test_it_is_refused(self) -> None:
        with pytest.raises(UploadRefusedError, match="end is missing") as refused:
            unzip_apart(b"no zip")
        assert "falta el final" in spanish(refused.value)

    def test_it_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parent, "may_fork", lambda: False)
        large = packed(*((f"{number}.md", b"x" * 1_000_000) for number in range(20)))
        with pytest.raises(UploadRefusedError, match=r"Unpacking the zip took more memory than it may, so it") as why:
            unzip_apart(large, bounds=Bounds(memory=2 << 20))
        assert spanish(why.value).startswith("La extracción del zip necesitó más memoria de la permitida")


@BOTH
class TestWriting:
    """Notes written to in a child: as here, or a sentence."""

    @pytest.mark.parametrize(
        ("field", "new"),
        [
            ("title", "Erde \U0001f331 & <b>"), ("hours", 2.5), ("optional", True), ("details", ("hot", "cold")),
            ("resources", (Resource("Book", "https://b.example", "book"),)), ("requires", [Requirement("Soil", "wet")]),
        ],
    )  # fmt: skip
    def test_as_here(self, fork: bool, field: str, new: Any) -> None:
        here = Notes.of((NoteFile("README.md", TEXT.encode()), NoteFile("a.md", b"# A\r\n\nText\xff\n")), "garden")
        there = apart.read(here.files, "garden", fork=fork)
        assert there == here
        old: dict[str, Any] = {"title": "Water", "hours": None, "optional": False}
        asked = Asked("README.md", 6, "Water", field, old.get(field, ()), new)
        assert apart.write(there, asked, fork=fork) == write(here, asked)

    def test_what_is_refused(self, fork: bool) -> None:
        notes = Notes.of((NoteFile("README.md", TEXT.encode()),), "garden")
        asked = Asked("README.md", 6, "Fire", "title", "Fire", "Ash")
        with pytest.raises(NotWritableError, match="does not stand at line 6") as refused:
            apart.write(notes, asked, fork=fork)
        assert refused.value.code == "not-there"
        assert refused.value.message == "“Fire” does not stand at line 6 of README.md any more."
        assert spanish(refused.value) == "«Fire» ya no está en la línea 6 de README.md."

    @pytest.mark.parametrize(
        ("field", "new", "english", "said"),
        [
            ("title", "3. Earth", "It would change the number of “Earth”, too.",
             "También cambiaría esto de «Earth»: número."),
            ("body", "A text.", "Its text has no place of its own in the notes: no note is only about it.",
             "Su texto no tiene un lugar propio en las notas: ninguna nota trata solo de este tema."),
        ],
    )  # fmt: skip
    def test_it_is_refused_in_the_readers_language(
        self, fork: bool, field: str, new: str, english: str, said: str
    ) -> None:
        notes = Notes.of((NoteFile("README.md", b"# Garden\n\n- **Soil** (clay): what it is\n- Water\n"),), "garden")
        asked = Asked("README.md", 3, "Soil", field, "Soil" if field == "title" else "", new)
        with pytest.raises(NotWritableError) as refused:
            apart.write(notes, asked, fork=fork)
        assert (refused.value.message, spanish(refused.value)) == (english, said)


def spanish(said: object) -> str:
    with translation.override("es"):
        return in_words(said)


def test_notes_for_writing_that_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "POLL", 0.0001)  # it is looked at long before another Python can be there
    says = r"^Reading the notes took more than 0 s, so it was stopped\.$"
    with pytest.raises(NotWritableError, match=says) as stopped:
        apart.read((NoteFile("README.md", TEXT.encode()),), "garden", bounds=Bounds(wall=0.0), fork=False)
    assert stopped.value.code == apart.STOPPED
    assert spanish(stopped.value) == "La lectura de las notas tardó más de 0 s, así que se detuvo."
