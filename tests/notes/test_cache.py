"""A reading that is kept for the next one: always the same as without it, and less to look at."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.notes import cache, guarded, headway, packing, reading
from roadmap.notes.apart.child import Bounds
from roadmap.notes.cache import snapshot, store
from roadmap.notes.items import Reading
from roadmap.notes.limits import DEFAULT
from tests.notes.test_properties import MARKDOWNISH

EXAMPLES = int(os.environ.get("CACHE_EXAMPLES", "40"))
NAMES = ["a.md", "b.md", "c d.md", "Map.md", "README.md", "x/one.md", "x/2 two.md", "x/README.md", "x/y/a.md"]
SETTINGS = ["SUMMARY.md", "mkdocs.yml", "x/.pages", "x/_category_.json", "graph.json", "other.json"]
TARGETS = ["a", "b", "c d", "Map", "x/one", "2 two", "A", "Beta", "nowhere", "x/y/a"]
FIELDS = st.sampled_from(
    [
        *(
            'id: "n1"',
            'id: "n2"',
            "title: A",
            "title: Beta",
            "tags: [map]",
            "tags: [x]",
            "aliases: [Beta, b]",
            "hours: 3",
        ),
        *(
            "hours: 4",
            "order: 1",
            "order: 2",
            "weight: 7",
            "requires: [A]",
            'requires: ["[[b]]", nothing]',
            "optional: true",
        ),
        *(
            "related: [[b]]",
            "summary: Says it.",
            "odd: [1, {a: b}]",
            "broken: [",
            "resources: ['[B](https://b.example)']",
        ),
    ]
)
PIECES = st.one_of(
    st.sampled_from(
        [
            *(
                "# A",
                "# Beta",
                "# ",
                "## Steps",
                "## Prerequisites",
                "Words of prose.",
                "More words, and more.",
                "#map",
            ),
            *(
                "- [ ] step one ^s1",
                "- [x] step two",
                "- [ ] step two\n  - requires:: A",
                "requires:: B",
                "- Alpha (x, y)",
            ),
            *(
                "| a | b |\n|---|---|\n| c | d |",
                "- one\n- two\n- three",
                "1. first\n2. second",
                "---",
                "```\ncode\n```",
            ),
            *(
                "[B](b.md)",
                "- " + "long " * 60 + "title",
                "- [" + "x" * 310 + "](https://a.example)",
                "Prerequisites: Beta",
            ),
        ]
    ),
    st.lists(st.sampled_from(TARGETS), min_size=1, max_size=6).map(
        lambda names: "\n".join(f"- [[{n}]]" for n in names)
    ),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(lambda ns: "\n".join(f"- [N]({n})" for n in ns)),
    MARKDOWNISH,
)
SET = st.sampled_from(
    [
        *(
            "- [A](a.md)\n- [B](b.md)\n",
            "nav:\n  - A: a.md\n  - b.md\n",
            "nav:\n  - 2 two.md\n  - ...\n",
            '{"label": "X"}',
        ),
        *(
            '{"title": "G", "topics": [{"id": "a"}, {"id": "b", "requires": ["a"]}]}',
            '{"a": 1}',
            "order: desc\n",
            "- - :",
        ),
    ]
)
NOTE = st.tuples(st.lists(FIELDS, max_size=4), st.lists(PIECES, max_size=5)).map(
    lambda both: "\n".join(["---", *both[0], "---", ""] if both[0] else []) + "\n\n".join(both[1]) + "\n"
)
CALM = st.tuples(
    st.sampled_from(["", "---\nhours: 3\n---\n", '---\nid: "n1"\ntags: [x]\n---\n', "---\nrequires: [A]\n---\n"]),
    st.sampled_from(["# A\n", "# Beta\n", "", "Not the first line.\n\n# Beta\n"]),
    st.lists(
        st.sampled_from(["Words of prose.", "- [ ] step one ^s1", "- [x] step two", "- one\n- two", "[B](b.md)"]),
        max_size=4,
    ),
).map(lambda parts: f"{parts[0]}{parts[1]}\n" + "\n\n".join(parts[2]) + "\n")
"""Lessons, as most notes of a folder are."""
VAULT = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), CALM, min_size=2, max_size=8),
    st.dictionaries(st.sampled_from(NAMES), NOTE, max_size=2),
    st.dictionaries(st.sampled_from(SETTINGS), SET, max_size=1),
).map(lambda parts: parts[0] | parts[1] | parts[2])
EVERY = "#map\n\n# All\n\n## Topics\n\n" + "\n".join(f"- [[{name}]]" for name in TARGETS) + "\n"
TWICE = "#map\n\n# Again\n\n## Part\n\n- [[a]] (optional)\n  - its own words\n- [[b]] — here\n- [[c d]]\n  - [ ] mine\n"
QUIET = st.sampled_from(
    ["Prose.", "- [ ] a step", "- [x] a step ^s2", "- a\n- b\n- c", "## Steps\n\n- [ ] z\n  - requires:: A"]
)
EDIT = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), NOTE),
    st.tuples(st.just("append"), st.sampled_from(NAMES), PIECES),
    *[st.tuples(st.just("append"), st.sampled_from(NAMES[:5]), QUIET)] * 4,
    *[st.tuples(st.just("swap"), st.sampled_from(NAMES[:5]), st.sampled_from(["Words Prose", "one of", "3 4"]))] * 2,
    st.tuples(st.just("write"), st.sampled_from(NAMES), CALM),
    st.tuples(st.just("set"), st.sampled_from(NAMES), FIELDS),
    st.tuples(st.just("swap"), st.sampled_from(NAMES), st.sampled_from(["e o", "a b", "[x] [ ]", "3 4", "Words More"])),
    st.tuples(st.just("write"), st.sampled_from(SETTINGS), SET),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(["remove", "touch", "link"]), st.sampled_from([*NAMES, *SETTINGS]), st.just("")),
)


def same(found: Reading, expected: Reading) -> None:
    """The same to the last field, those that do not count for equality too."""
    assert found == expected
    assert packing.pack(found) == packing.pack(expected)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).unlink(missing_ok=True)
    (root / name).write_text(text, "utf-8", errors="replace")


def edit(root: Path, what: str, name: str, with_: str) -> None:
    """Do it to a note, if there is such a note."""
    note = root / name
    if what == "write":
        write(root, name, with_)
    if note.is_symlink() or not note.is_file():
        return
    text = note.read_text("utf-8")
    if what == "append":
        note.write_text(f"{text}\n{with_}\n", "utf-8", errors="replace")
    elif what == "set":
        head, body = ("---\n", text[4:]) if text.startswith("---\n") else ("---\n", f"---\n{text}")
        note.write_text(f"{head}{with_}\n{body}", "utf-8")
    elif what == "swap":
        old, _, new = with_.partition(" ") if "[" not in with_ else ("[x]", "", "[ ]")
        note.write_text(text.replace(old, new, 1), "utf-8")
    elif what == "rename":
        (root / with_).parent.mkdir(parents=True, exist_ok=True)
        note.rename(root / with_)
    elif what == "remove":
        note.unlink()
    elif what == "touch":
        note.touch()
    elif what == "link":
        note.unlink()
        note.symlink_to(root / "a.md")


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    VAULT, st.sampled_from([1, 3, 1, 2, 0]), st.lists(st.lists(EDIT, min_size=1, max_size=2), min_size=1, max_size=5)
)
def test_whatever_changes_it_is_the_reading_without(
    tmp_path_factory: pytest.TempPathFactory, notes: dict[str, str], hubs: int, script: list[list[tuple[str, str, str]]]
) -> None:
    home = tmp_path_factory.mktemp("cache")
    root = home / "vault"
    root.mkdir()
    for name, text in notes.items():
        write(root, name, text)
    for name, text in {"All.md": EVERY, "Again.md": TWICE}.items():
        if hubs & (1 if text is EVERY else 2):
            write(root, name, text)
    same(cache.read(root, cached=home / "kept", least=0), reading.read(root))
    for edits in script:
        for each in edits:
            edit(root, *each)
        same(cache.read(root, cached=home / "kept", least=0), reading.read(root))
    shutil.rmtree(home)


def vault(root: Path, notes: int = 60) -> Path:
    """A map of lessons, and lessons that require each other."""
    root.mkdir()
    links = "\n".join(f"- [[lesson {number}]] — about it" for number in range(notes))
    write(root, "Map.md", f"#map\n\n# All\n\n## Topics\n\n{links}\n")
    for number in range(notes):
        needs = f'requires: ["[[lesson {number - 1}]]", unheard of]\n' if number else ""
        body = f"# Lesson {number}\n\nWords.\n\n- [ ] step {number}\n"
        write(root, f"lesson {number}.md", f'---\nid: "n{number}"\nhours: 3\n{needs}---\n\n{body}')
    return root


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes files old enough for their signs to be believed: that takes seconds, so it is a moment here."""
    monkeypatch.setattr(snapshot, "YOUNG", 20_000_000)
    return lambda: time.sleep(0.05)


def looked_at(root: Path, kept: Path) -> set[str]:
    """The notes that are looked at to read the folder, which must give what it gives without anything kept."""
    seen: set[str] = set()
    with headway.watched(lambda source, _: seen.add(source)):
        found = cache.read(root, cached=kept)
    same(found, reading.read(root))
    return seen - {""}


def test_a_file_that_was_young_is_not_believed(tmp_path: Path, old: Callable[[], None]) -> None:
    """It may be written twice within one step of the file system's clock, with the same size."""
    root = vault(tmp_path / "vault", 3)
    before, after = snapshot.take(root, DEFAULT), snapshot.take(root, DEFAULT)
    assert before is not None
    assert after is not None
    assert after.signs == before.signs
    assert after.changed_since(before) == [0, 1, 2, 3]
    old()
    later = snapshot.take(root, DEFAULT)
    assert later is not None
    assert later.changed_since(later) == []


class TestAgain:
    @pytest.fixture
    def root(self, tmp_path: Path, old: Callable[[], None]) -> Path:
        root = vault(tmp_path / "vault")
        old()
        assert len(looked_at(root, tmp_path / "kept")) == 61
        return root

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ("Words.", "Many more words.\n\n## And a heading\n\n- a list\n"),
            ("hours: 3", "hours: 4"),
            ("hours: 3", "summary: Told.\noptional: true\nodd: {a: [1]}\nresources: ['[B](https://b.example)']"),
            ("[ ] step", "[x] step"),
            ("- [ ] step", "- [ ] another\n- [ ] step"),
            ("hours: 3\n", "tags: [calm]\n"),
        ],
    )
    def test_what_is_its_own_changes_nothing_else(self, root: Path, was: str, now: str) -> None:
        for name in ("lesson 7.md", "lesson 30.md"):
            write(root, name, (root / name).read_text("utf-8").replace(was, now))
        assert looked_at(root, root.parent / "kept") == {"lesson 7.md", "lesson 30.md"}

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ("# Lesson 7", "# Lesson 8"),
            ('id: "n7"', 'id: "n8"'),
            ("hours: 3", "aliases: [Lesson 5]"),
            ("unheard of", "heard of"),
            ("- [ ] step 7", "- [ ] step 7 ^n9"),
            ("- [ ] step 7", "- [ ] step 7\n  - requires:: Lesson 3"),
            ("- [ ] step 7", "- [ ] " + "step " * 150),
            ("Words.", "\n".join(f"- [[lesson {number}]]" for number in range(9))),
            ("Words.", "\n".join(f"- [L](lesson%20{number}.md)" for number in range(9))),
            ("hours: 3", "tags: [map"),
            ("Words.", "\0"),
        ],
    )
    def test_what_others_see_is_read_anew(self, root: Path, was: str, now: str) -> None:
        write(root, "lesson 7.md", (root / "lesson 7.md").read_text("utf-8").replace(was, now))
        assert len(looked_at(root, root.parent / "kept")) == 61

    def test_what_is_drawn_of_a_note_is_seen(self, root: Path) -> None:
        for words in ("## Part\n\n- one\n- two", "## Part\n\n- one\n- three"):
            write(root, "lesson 3.md", f"# Lesson 3\n\n{words}\n")
            found = cache.read(root, cached=root.parent / "kept", roots=["lesson 3"])
            same(found, reading.read(root, roots=["lesson 3"]))

    def test_what_was_too_long_and_is_no_more(self, root: Path, old: Callable[[], None]) -> None:
        short = (root / "lesson 7.md").read_text("utf-8")
        for text in (short.replace("step", "step " * 150), short):
            write(root, "lesson 7.md", text)
            old()
            assert len(looked_at(root, root.parent / "kept")) == 61

    @pytest.mark.parametrize(
        ("was", "now", "looks"),
        [
            ("Words.", "Other words.", 1),
            ("hours: 3", "hours: 4", 1),
            ("hours: 3", "order: 2", 60),
            ("hours: 3", "hours: 3\nodd: 1", 60),
            ("Words.", "\n".join(["Words."] * 9), 60),  # hardly a list any more
            ("Words.", "## A\n\n- a\n- b\n- c\n- d\n\n## B\n\n- e\n- f\n- g\n- h\n\n" + "- one more\n" * 9, 60),
            ("# Lesson 7", "#map\n\n# Lesson 7\n\n## Part\n\n- [[lesson 1]]\n- [[lesson 2]]", 60),
        ],
    )
    def test_in_a_folder_without_a_map(self, tmp_path: Path, was: str, now: str, looks: int) -> None:
        root = vault(tmp_path / "vault")
        (root / "Map.md").unlink()
        looked_at(root, tmp_path / "kept")
        write(root, "lesson 7.md", (root / "lesson 7.md").read_text("utf-8").replace(was, now))
        assert len(looked_at(root, tmp_path / "kept")) == looks

    def test_of_what_only_looks_changed_the_bytes_are_looked_at(self, root: Path, old: Callable[[], None]) -> None:
        for note in root.iterdir():
            note.touch()
        old()
        assert looked_at(root, root.parent / "kept") == set()
        (kept,) = (root.parent / "kept").iterdir()
        assert kept.stat().st_mtime_ns >= max(note.stat().st_mtime_ns for note in root.iterdir())
        write(root, "lesson 7.md", (root / "lesson 7.md").read_text("utf-8").replace("Words", "Sword"))
        assert looked_at(root, root.parent / "kept") == {"lesson 7.md"}

    def test_many_changes_are_read_whole_and_kept(self, root: Path) -> None:
        for number in range(30):
            write(root, f"lesson {number}.md", (root / f"lesson {number}.md").read_text("utf-8") + "\nMore.\n")
        time.sleep(0.05)
        assert len(looked_at(root, root.parent / "kept")) == 61
        assert looked_at(root, root.parent / "kept") == set()

    def test_files_come_and_go(self, root: Path) -> None:
        (root / "lesson 3.md").rename(root / "lesson 99.md")
        assert len(looked_at(root, root.parent / "kept")) == 61
        (root / "lesson 4.md").unlink()
        assert len(looked_at(root, root.parent / "kept")) == 60
        (root / "lesson 5.md").unlink()
        (root / "lesson 5.md").symlink_to(root / "lesson 6.md")
        assert len(looked_at(root, root.parent / "kept")) == 59


class TestKept:
    def test_damage_is_ignored_and_mended(self, tmp_path: Path) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        looked_at(root, kept)
        (file,) = kept.iterdir()
        whole = file.read_bytes()
        assert store.load(kept, file.stem) is not None
        spots = [0, len(store.MAGIC), len(store.MAGIC) + 9, *range(len(whole) // 9, len(whole), len(whole) // 9)]
        flipped = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in spots]
        for damaged in [b"", whole[:30], whole[: len(whole) // 2], whole[:-1], whole + b"x", *flipped]:
            file.write_bytes(damaged)
            assert store.load(kept, file.stem) is None
        assert len(looked_at(root, kept)) == 61
        assert looked_at(root, kept) == set()
        file.unlink()
        assert len(looked_at(root, kept)) == 61

    def test_it_is_of_this_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        looked_at(root, kept)
        monkeypatch.setattr(store, "VERSION", "another")
        assert len(looked_at(root, kept)) == 61

    def test_each_question_has_its_own(self, tmp_path: Path) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        looked_at(root, kept)
        same(cache.read(root, cached=kept, roots=["lesson 3"]), reading.read(root, roots=["lesson 3"]))
        same(cache.read(root, cached=kept), reading.read(root))
        assert len(list(kept.iterdir())) == 2

    def test_what_others_may_write_is_not_believed(self, tmp_path: Path) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        looked_at(root, kept)
        (file,) = kept.iterdir()
        assert (kept.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
        file.chmod(0o622)
        assert len(looked_at(root, kept)) == 61
        elsewhere = file.rename(tmp_path / "elsewhere")
        file.symlink_to(elsewhere)
        assert len(looked_at(root, kept)) == 61
        kept.chmod(0o777)
        assert len(looked_at(root, kept)) == 61

    def test_where_nothing_can_be_kept_it_is_read(self, tmp_path: Path) -> None:
        root = vault(tmp_path / "vault")
        (tmp_path / "file").touch()
        for kept in (tmp_path / "file", tmp_path / "none" / "kept", tmp_path / "a\0b"):
            assert len(looked_at(root, kept)) == 61
        assert not (tmp_path / "none").exists()
        small = vault(tmp_path / "small", 3)
        looked_at(small, tmp_path / "kept")
        assert not (tmp_path / "kept").exists()

    def test_what_was_used_last_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "FILES", 2)
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        kept.mkdir(0o700)
        left = kept / "died.new"
        left.touch()
        os.utime(left, (1, 1))
        for roots in ([], ["lesson 1"], [], ["lesson 2"]):
            cache.read(root, cached=kept, roots=roots)
            time.sleep(0.01)
        assert len(list(kept.iterdir())) == 2
        assert looked_at(root, kept) == set()


def doomed(root: Path, limits: object) -> object:
    raise MemoryError


class TestInAChild:
    def test_it_is_the_same(self, tmp_path: Path) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        write(root, "lesson 9.md", "---\ntags: [map\n---\n\n# Lesson 9\n\n#\n")
        for change in ("", "Told otherwise.", "## \n"):
            write(root, "lesson 7.md", f"# Lesson 7\n\n{change}\n")
            expected = guarded.read(root)
            assert expected.lines
            for fork in (True, True, False) if change == "Told otherwise." else (True,):
                found = guarded.read(root, fork=fork, cached=kept)
                same(found.reading, expected.reading)
                assert found.lines == expected.lines

    def test_what_ends_early_is_not_kept(self, tmp_path: Path) -> None:
        root, kept = vault(tmp_path / "vault"), tmp_path / "kept"
        found = guarded.read(root, cached=kept, opener=f"{__name__}:doomed").reading
        assert [problem.code for problem in found.problems] == ["reading-stopped"]
        assert not kept.exists()
        looked_at(root, kept)
        (before,) = [(file.name, file.read_bytes()) for file in kept.iterdir()]
        write(root, "lesson 7.md", (root / "lesson 7.md").read_text("utf-8") + "\nMore.\n" * 100_000)
        (stopped,) = guarded.read(root, cached=kept, bounds=Bounds(wall=0.3)).reading.problems
        assert stopped.code == "reading-stopped"
        assert [(file.name, file.read_bytes()) for file in kept.iterdir()] == [before]
