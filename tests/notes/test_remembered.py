"""What is kept of a reading: the second one is as if nothing were kept, whatever changed and whatever broke."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.notes import guarded, packing, reading
from roadmap.notes.items import Reading
from roadmap.notes.limits import DEFAULT
from roadmap.notes.remembered import shelf, snapshot
from tests.notes.test_properties import MARKDOWNISH

LONG_AGO = time.time() - 3_600


@pytest.fixture(autouse=True)
def _keep_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "WORTH_KEEPING", 1)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "readings"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Twenty topics, some with requirements, in two maps below one; all of it older than the clock is exact."""
    root = tmp_path / "vault"
    (root / "deep").mkdir(parents=True)
    for number in range(20):
        needs = f'requires: ["[[T{number - 1}]]"]\n' if number % 3 == 1 else ""
        head = f'---\nid: "i{number}"\n{needs}---\n' if number % 2 else ""
        folder = root / "deep" if number % 5 == 0 else root
        (folder / f"T{number}.md").write_text(
            f"{head}# T{number}\n\nSome words on it, and more of them than of lists.\n\n- [ ] a step\n", "utf-8"
        )
    for at, name in enumerate(("One", "Two")):
        links = "\n".join(f"- [[T{number}]] — told" for number in range(at * 10, at * 10 + 10))
        (root / f"{name}.md").write_text(f"#map\n\n# {name}\n\n## Topics\n\n{links}\n- [[Later {at}]]\n", "utf-8")
    (root / "All.md").write_text("#map\n\n# All\n\n## Maps\n\n- [[One]]\n- [[Two]]\n", "utf-8")
    age(root)
    return root


def age(root: Path) -> None:
    """Make it old on disk; the time of a change itself cannot be set, so that is waited for where it matters."""
    for path in [root, *root.rglob("*")]:
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are relied on at once."""
    monkeypatch.setattr(snapshot, "_OLD_ENOUGH", 0)


def twice(root: Path, kept: Path, read: int | None = None) -> Reading:
    """Read with what is kept; the same as without, and so many notes were read for it."""
    done = guarded.read(root, kept=kept)
    plain = reading.read(root)
    assert done.reading == plain
    assert done.reading.digests == plain.digests
    assert list(done.reading.digests) == list(plain.digests)
    assert packing.pack(done.reading) == packing.pack(plain)
    if read is not None:
        assert done.read == read
    return done.reading


@pytest.mark.usefixtures("settled")
class TestSecondReading:
    def test_nothing_changed(self, vault: Path, kept: Path) -> None:
        twice(vault, kept, read=23)
        twice(vault, kept, read=0)

    def test_only_what_changed_is_read(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        for name in ("T3.md", "T4.md", "deep/T5.md"):
            with (vault / name).open("a", encoding="utf-8") as file:
                file.write("\nAnother sentence.\n\n- [x] another step\n")
        found = twice(vault, kept, read=3)
        assert "Another sentence." in repr(found)
        twice(vault, kept, read=3)

    def test_a_file_that_is_put_in_its_place(self, vault: Path, kept: Path) -> None:
        """As editors save: the folder changed as well."""
        twice(vault, kept)
        beside = vault / "T3.new"
        beside.write_text((vault / "T3.md").read_text("utf-8") + "\nMore.\n", "utf-8")
        beside.replace(vault / "T3.md")
        twice(vault, kept, read=1)

    def test_touched_is_not_changed(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        for path in vault.rglob("*.md"):
            path.touch()
        twice(vault, kept, read=0)

    def test_problems_come_and_go(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        note = vault / "T2.md"
        text = note.read_text("utf-8")
        note.write_text("---\na: [\n---\n" + text, "utf-8")
        assert [problem.source for problem in twice(vault, kept, read=1).problems if problem.severity == "error"]
        note.write_text(text, "utf-8")
        twice(vault, kept, read=0)

    @pytest.mark.parametrize(
        ("name", "was", "now"),
        [
            ("T2.md", "# T2", "# Renamed"),
            ("T2.md", "# T2", '---\nid: "i1"\n---\n# T2'),
            ("T2.md", "# T2", "---\naliases: [T9]\n---\n# T2"),
            ("T2.md", "# T2", "---\nrequires: [T9]\n---\n# T2"),
            ("T2.md", "Some words", "Prerequisites: [[T9]]\n\nSome words"),
            ("T2.md", "# T2", "#map\n\n# T2\n\n- [[T8]]\n- [[T9]]\n"),
            ("T2.md", "Some words", "- [[T8]]\n- [[T9]]\n- [[T7]]\n"),
            ("T2.md", "- [ ] a step", "- [ ] a step ^i3"),
            ("T2.md", "- [ ] a step", "- [ ] a step\n  - requires:: [[T7]]"),
            ("T2.md", "Some words", "- x\n" * 300),
            ("T2.md", "# T2", "# " + "T" * 300),
            ("All.md", "# All", "# Everything"),
            ("One.md", "- [[T3]] — told\n", ""),
            ("All.md", "- [[Two]]", "- [[One]]"),
        ],
    )
    def test_a_change_that_others_see_is_read_with_everything(
        self, vault: Path, kept: Path, name: str, was: str, now: str
    ) -> None:
        before = twice(vault, kept)
        note = vault / name
        text = note.read_text("utf-8")
        assert was in text
        note.write_text(text.replace(was, now, 1), "utf-8")
        after = twice(vault, kept, read=23)
        assert after != before
        twice(vault, kept, read=0)

    def test_names_that_come_and_go(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        (vault / "deep" / "New.md").write_text("# New\n\nWords.\n", "utf-8")
        twice(vault, kept, read=24)
        (vault / "T3.md").rename(vault / "deep" / "T3.md")
        twice(vault, kept, read=24)
        (vault / "T4.md").unlink()
        twice(vault, kept, read=23)
        shutil.rmtree(vault / "deep")
        twice(vault, kept)

    def test_a_note_that_is_none_any_more(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        note = vault / "T3.md"
        note.write_bytes(b"# T3\0")
        twice(vault, kept)
        note.write_bytes(b"x" * (DEFAULT.note_bytes + 1))
        twice(vault, kept)
        note.unlink()
        note.symlink_to("/etc/passwd")
        found = twice(vault, kept)
        assert "root:" not in repr(found)
        note.unlink()
        os.mkfifo(note)
        twice(vault, kept)

    def test_a_folder_that_becomes_a_link_is_not_followed(self, vault: Path, kept: Path, tmp_path: Path) -> None:
        twice(vault, kept)
        (vault / "deep").rename(tmp_path / "elsewhere")
        (vault / "deep").symlink_to(tmp_path / "elsewhere")
        twice(vault, kept)

    def test_lessons_by_file(self, tmp_path: Path, kept: Path) -> None:
        root = tmp_path / "lessons"
        root.mkdir()
        for number in range(8):
            (root / f"{number}-lesson.md").write_text(f"# Lesson {number}\n\nProse about it, at length.\n", "utf-8")
        twice(root, kept)
        (root / "3-lesson.md").write_text("# Lesson 3\n\nProse about it, at greater length.\n", "utf-8")
        twice(root, kept, read=1)
        (root / "3-lesson.md").write_text("---\na: b\n---\n# Lesson 3\n\nProse about it.\n", "utf-8")
        twice(root, kept, read=8)  # its topic stands on another line
        twice(root, kept, read=0)


class TestTimes:
    def test_what_changed_just_now_may_change_again(self, vault: Path, kept: Path) -> None:
        """Two changes within one tick of the file system's clock bear the same time."""
        note = vault / "T3.md"
        twice(vault, kept)
        status = note.stat()
        text = note.read_bytes()
        note.write_bytes(text.replace(b"words", b"wards"))
        os.utime(note, ns=(status.st_atime_ns, status.st_mtime_ns))
        twice(vault, kept, read=1)


@pytest.mark.usefixtures("settled")
class TestShelf:
    def entry(self, kept: Path) -> Path:
        (entry,) = kept.iterdir()
        return entry

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda data: b"",
            lambda data: b"\0" * len(data),
            lambda data: data[:-1],
            lambda data: data[: len(data) // 2],
            lambda data: data.replace(b"Some words", b"Evil words", 1),
            lambda data: b"0" * 64 + data[64:],
            lambda data: data + b"x",
        ],
        ids=["empty", "zeros", "cut", "half", "changed", "version", "longer"],
    )
    def test_what_is_damaged_is_made_anew(self, vault: Path, kept: Path, spoil: object) -> None:
        twice(vault, kept)
        whole = self.entry(kept).read_bytes()
        assert callable(spoil)
        self.entry(kept).write_bytes(spoil(whole))
        assert self.entry(kept).read_bytes() != whole
        twice(vault, kept, read=23)
        twice(vault, kept, read=0)

    def test_it_can_be_thrown_away_at_any_time(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        shutil.rmtree(kept.parent)
        twice(vault, kept, read=23)

    def test_it_is_for_this_account_alone(self, vault: Path, kept: Path) -> None:
        twice(vault, kept)
        assert kept.stat().st_mode & 0o777 == 0o700
        assert kept.parent.stat().st_mode & 0o777 == 0o700
        assert self.entry(kept).stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("what", ["folder", "entry", "link"])
    def test_what_others_could_have_written_is_not_read(self, vault: Path, kept: Path, what: str) -> None:
        twice(vault, kept)
        entry = self.entry(kept)
        if what == "folder":
            kept.chmod(0o777)
        elif what == "entry":
            entry.chmod(0o666)
        else:
            entry.rename(kept.parent / "elsewhere")
            entry.symlink_to(kept.parent / "elsewhere")
        assert shelf.get(kept, entry.name) is None
        twice(vault, kept, read=23)

    def test_it_takes_no_more_room_than_it_may(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shelf, "MOST_BYTES", 2_500)
        for number in range(5):
            assert shelf.put(kept, f"{number}{shelf.ENDING}", b"x" * 1_000)
            os.utime(kept / f"{number}{shelf.ENDING}", (LONG_AGO + number, LONG_AGO + number))
        assert sorted(path.name[0] for path in kept.iterdir()) == ["3", "4"]
        monkeypatch.setattr(shelf, "ENTRY", 10)
        assert not shelf.put(kept, f"5{shelf.ENDING}", b"x" * 11)

    def test_a_disk_that_is_full_stops_nobody(self, vault: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way", "utf-8")
        twice(vault, tmp_path / "file" / "readings", read=23)

    def test_other_bounds_are_another_reading(self, vault: Path, kept: Path) -> None:
        from dataclasses import replace

        twice(vault, kept)
        small = replace(DEFAULT, title=3)
        assert guarded.read(vault, kept=kept, limits=small).reading == reading.read(vault, limits=small)


EDIT = st.one_of(
    st.sampled_from(
        ["Words.", "- [ ] step", "- [x] other", "requires:: [[T1]]", "# Other", "- [[T0]]\n- [[T1]]\n- [[T2]]", "^here"]
    ),
    MARKDOWNISH,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(MARKDOWNISH, min_size=3, max_size=6),
    mapped=st.booleans(),
    edits=st.lists(st.tuples(st.integers(0, 5), st.booleans(), EDIT), min_size=1, max_size=3),
)
def test_any_change_of_any_notes(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    texts: list[str],
    mapped: bool,
    edits: list[tuple[int, bool, str]],
) -> None:
    monkeypatch.setattr(snapshot, "_OLD_ENOUGH", 0)
    root, kept = tmp_path_factory.mktemp("vault"), tmp_path_factory.mktemp("kept")
    for at, text in enumerate(texts):
        write(root / f"T{at}.md", f"# T{at}\n\nProse that is longer than what is listed here.\n\n{text}")
    if mapped:
        links = "\n".join(f"- [[T{at}]]" for at in range(len(texts) + 1))
        write(root / "Map.md", f"#map\n\n# Map\n\n## All\n\n{links}\n")
    twice(root, kept)
    for at, end, text in edits:
        note = root / f"T{at % len(texts)}.md"
        before = note.read_text("utf-8")
        write(note, f"{before}\n\n{text}" if end else f"# T{at % len(texts)}\n\n{text}\n\n{before}")
        twice(root, kept)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(MARKDOWNISH, min_size=1, max_size=4))
def test_packing_loses_nothing(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    root = tmp_path_factory.mktemp("vault")
    for at, text in enumerate(texts):
        write(root / f"{at}.md", f"---\nodd: [a, {{b: c}}]\nhours: {at}\n---\n# N{at}\n\n- [[{at + 1}]]\n\n{text}")
    found = reading.read(root)
    again = packing.unpack(packing.pack(found))
    assert again == found
    assert again.digests == found.digests


def test_every_field_is_packed() -> None:
    """A new field of a kind that packing does not know is an error when it is imported, not a loss."""
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Odd:
        what: set[int]

    with pytest.raises(TypeError, match=r"Odd\.what"):
        packing._Shape(Odd)
