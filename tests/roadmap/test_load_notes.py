"""`manage.py load_notes` on folders of real files: plan, ask, store, undo; nobody's tick is lost."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap.apply import NothingToUndoError
from roadmap.because import Because, Through
from roadmap.editing import retire_topic
from roadmap.loading import NotesRefusedError, load, load_bundled, prepare, undo
from roadmap.locks import curriculum_lock
from roadmap.models import Import, NoteSource, Roadmap, Step, Topic
from roadmap.stored import curriculum_of
from tracker.models import StepProgress, TopicProgress, User
from tracker.touched import learners_on

VAULT = {
    "README.md": """# Course

## Beginner

### 1. Maths

- **Calculus** — Rates of change and accumulated totals of functions.
- **Probability** — Random variables and what to expect of them.
- **Statistics and inference** — Conclusions about a population from a sample.
- [[Optimization]] — Going downhill.

### 2. Programming

- **Python** — The common language of data work. ^python
- **Git** — History that can be walked back.
- **Testing** — Knowing that it works.
- **Debugging** — Finding out why it does not.
- **Profiling** — Finding out where the time goes.
- **Packaging** — Handing it to others.
""",
    "topics/optimization.md": """---
id: optimization
---
# Optimization

Walk against the gradient.

## Steps

- [ ] Derive a gradient
- [ ] Pick a learning rate
""",
}


class Vault:
    """A folder of notes that a test edits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(VAULT)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def run(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("load_notes", str(path), *options, stdout=out)
    return out.getvalue()


def tick_everything() -> dict[int, str]:
    """A learner finishes every topic and every step; returns topic key -> title."""
    learner = User.objects.create(email=f"{User.objects.count()}@example.org")
    now = timezone.now()
    topics = Topic.objects.filter(retired_at=None)
    TopicProgress.objects.bulk_create(
        TopicProgress(learner=learner, topic=t, state="done", changed_at=now) for t in topics
    )
    steps = Step.objects.filter(retired_at=None)
    StepProgress.objects.bulk_create(StepProgress(learner=learner, step=s, done=True, changed_at=now) for s in steps)
    return {topic.pk: topic.title for topic in topics}


def ticks() -> tuple[int, int]:
    return TopicProgress.objects.filter(state="done").count(), StepProgress.objects.filter(done=True).count()


@pytest.mark.django_db
class TestLoad:
    def test_it_works(self, vault: Vault) -> None:
        assert "10 added" in run(vault.folder, "--yes")
        assert Topic.objects.count() == 10
        assert [s.title for s in Step.objects.all()] == ["Derive a gradient", "Pick a learning rate"]

    def test_a_second_run_says_nothing_to_change(self, vault: Vault) -> None:
        run(vault.folder, "--yes")
        assert run(vault.folder, "--yes").strip().endswith("Nothing to change.")
        assert Import.objects.count() == 1

    def test_a_second_run_asks_the_database_little(self, vault: Vault) -> None:
        load(vault.folder, by="Ada")
        with CaptureQueriesContext(connection) as captured:
            assert prepare(vault.folder).nothing
        assert len(captured) == 3

    def test_plan_changes_nothing(self, vault: Vault) -> None:
        assert "10 added" in run(vault.folder, "--plan")
        assert not Topic.objects.exists()
        assert not NoteSource.objects.exists()

    def test_without_a_terminal_it_wants_a_yes(self, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
        with pytest.raises(CommandError, match="--yes"):
            run(vault.folder)
        assert not Topic.objects.exists()

    def test_on_a_terminal_it_asks(self, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
        for answer, stored in (("n", 0), ("y", 10)):
            monkeypatch.setattr("sys.stdin", Terminal(answer))
            if stored:
                run(vault.folder)
            else:
                with pytest.raises(CommandError, match="Nothing was changed"):
                    run(vault.folder)
            assert Topic.objects.count() == stored

    def test_learners_are_counted_and_places_named(self, vault: Vault) -> None:
        run(vault.folder, "--yes")
        tick_everything()
        tick_everything()
        vault.edit(
            "README.md",
            ("Random variables", "Stochastic variables"),
            ("- **Git** — History that can be walked back.\n", ""),
        )
        said = run(vault.folder, "--plan")
        assert "“Probability”  (README.md:8; 2 learners)" in said
        assert "“Git”, from Course / Beginner / Programming  (2 learners)" in said
        assert "summary: “Random variables and what to expect of them.” → “Stochastic" in said
        assert said.strip().endswith("1 changed, 1 retired. At most 2 learners on one changed topic.")

    def test_json_for_programs(self, vault: Vault) -> None:
        run(vault.folder, "--yes")
        tick_everything()
        vault.edit("README.md", ("**Debugging**", "**Debuging**"))
        data = json.loads(run(vault.folder, "--plan", "--json"))
        [change] = [change for change in data["changes"] if change["what"] == "topic"]
        assert (change["kind"], change["was"], change["now"], change["learners"]) == (
            "renamed",
            "Debugging",
            "Debuging",
            1,
        )
        assert {"changes", "unclear", "problems", "counts", "empty", "retires_many"} <= data.keys()

    def test_undo(self, vault: Vault) -> None:
        run(vault.folder, "--yes")
        done = tick_everything()
        vault.edit(
            "README.md",
            ("**Git** — History", "**Git** — The history"),
            ("- **Packaging** — Handing it to others.\n", ""),
        )
        run(vault.folder, "--yes")
        assert "Taken back" in run(vault.folder, "--undo")
        assert Topic.objects.get(title="Git").summary == "History that can be walked back."
        assert Topic.objects.filter(retired_at=None, pk__in=done).count() == 10
        assert ticks() == (10, 2)

    def test_undo_of_nothing(self, vault: Vault) -> None:
        with pytest.raises(CommandError, match="No notes were ever loaded"):
            run(vault.folder, "--undo")
        with pytest.raises(NothingToUndoError):
            undo(vault.folder, by="Ada")

    def test_a_single_file(self, tmp_path: Path) -> None:
        file = tmp_path / "list.md"
        file.write_text("# List\n\n## Things\n\n- **One** — first\n- **Two** — second\n", encoding="utf-8")
        run(file, "--yes")
        assert sorted(Topic.objects.values_list("title", flat=True)) == ["One", "Two"]

    def test_another_road_to_the_folder_is_the_same_source(self, vault: Vault, tmp_path: Path) -> None:
        run(vault.folder, "--yes")
        (tmp_path / "link").symlink_to(vault.folder)
        assert "Nothing to change" in run(tmp_path / "link", "--yes")
        assert NoteSource.objects.count() == 1


class Terminal(io.StringIO):
    """Standard input of a person who types these lines."""

    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
class TestNoTickIsLost:
    """Every edit of the notes with everything ticked before it: what was ticked is there or retired, never gone."""

    @pytest.fixture(autouse=True)
    def ticked(self, vault: Vault) -> dict[int, str]:
        run(vault.folder, "--yes")
        return tick_everything()

    def load(self, vault: Vault, *options: str) -> None:
        run(vault.folder, "--yes", *options)
        assert ticks() == (10, 2)
        assert "Nothing to change" in run(vault.folder, "--yes")

    def live(self, ticked: dict[int, str]) -> dict[str, str]:
        """Title before -> title now, of the ticked topics that are not retired."""
        return {ticked[topic.pk]: topic.title for topic in Topic.objects.filter(retired_at=None) if topic.pk in ticked}

    def test_rename_with_the_same_text(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit("README.md", ("**Calculus** — Rates", "**Analysis** — Rates"))
        self.load(vault)
        assert self.live(ticked)["Calculus"] == "Analysis"

    def test_rename_by_id(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit("README.md", ("**Python** — The common language of data work.", "**Programs** — All new."))
        self.load(vault)
        assert self.live(ticked)["Python"] == "Programs"

    def test_rename_of_note_and_link_together(self, vault: Vault, ticked: dict[int, str]) -> None:
        (vault.folder / "topics/optimization.md").rename(vault.folder / "topics/gradient-descent.md")
        vault.edit("topics/gradient-descent.md", ("# Optimization", "# Gradient descent"))
        vault.edit("README.md", ("[[Optimization]] — Going downhill.", "[[Gradient descent]] — Down."))
        self.load(vault)
        assert self.live(ticked)["Optimization"] == "Gradient descent"

    def test_an_unclear_rename_is_asked(
        self, vault: Vault, ticked: dict[int, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vault.edit(
            "README.md",
            ("**Profiling** — Finding out where the time goes.", "**Measuring** — Finding out where time is lost."),
        )
        with pytest.raises(CommandError, match="1 question is open"):
            run(vault.folder, "--yes")
        assert "Unclear 1: “Measuring” (README.md:18) is" in run(vault.folder, "--plan")
        monkeypatch.setattr("sys.stdin", Terminal("what?\n1\n"))
        self.load(vault)
        assert self.live(ticked)["Profiling"] == "Measuring"

    @pytest.mark.parametrize("answer", [("--accept", "1"), ("--accept", "1.1"), ("--accept", "all")])
    def test_an_unclear_rename_accepted(self, vault: Vault, ticked: dict[int, str], answer: tuple[str, str]) -> None:
        vault.edit(
            "README.md",
            ("**Profiling** — Finding out where the time goes.", "**Measuring** — Finding out where time is lost."),
        )
        self.load(vault, *answer)
        assert self.live(ticked)["Profiling"] == "Measuring"

    def test_an_unclear_rename_rejected(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit(
            "README.md",
            ("**Profiling** — Finding out where the time goes.", "**Measuring** — Finding out where time is lost."),
        )
        self.load(vault, "--reject", "1")
        assert "Profiling" not in self.live(ticked)
        assert Topic.objects.get(title="Profiling").retired_at is not None

    @pytest.mark.parametrize("words", [("--accept", "2"), ("--accept", "1.9"), ("--reject", "x"), ("--accept", "0")])
    def test_an_answer_to_no_question(self, vault: Vault, words: tuple[str, str]) -> None:
        vault.edit(
            "README.md",
            ("**Profiling** — Finding out where the time goes.", "**Measuring** — Finding out where time is lost."),
        )
        with pytest.raises(CommandError, match=words[1]):
            run(vault.folder, "--yes", *words)

    def test_move_and_reorder(self, vault: Vault, ticked: dict[int, str]) -> None:
        line = "- **Git** — History that can be walked back.\n"
        vault.edit("README.md", (line, ""), ("- **Calculus**", f"{line}- **Calculus**"))
        self.load(vault)
        assert self.live(ticked) == {title: title for title in ticked.values()}
        assert Topic.objects.get(title="Git").placements.get().section.title == "Maths"

    def test_split_by_id_later_and_text_into_a_note(self, vault: Vault, ticked: dict[int, str]) -> None:
        """An inline topic gets a note of its own."""
        vault.edit("README.md", ("- **Git** — History that can be walked back.", "- [[Git]]"))
        vault.write({"topics/git.md": "---\nid: git\n---\n# Git\n\nHistory that can be walked back, at length.\n"})
        self.load(vault)
        assert self.live(ticked) == {title: title for title in ticked.values()}

    def test_split(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit(
            "README.md",
            (
                "- **Statistics and inference** — Conclusions about a population from a sample.",
                "- **Statistics** — Describing what was measured.\n- **Inference** — Concluding from it.",
            ),
        )
        self.load(vault, "--reject", "all")
        assert set(ticked.values()) - set(self.live(ticked)) == {"Statistics and inference"}

    def test_merge_by_removal(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit(
            "README.md",
            ("- **Testing** — Knowing that it works.\n", ""),
            (
                "- **Debugging** — Finding out why it does not.",
                "- **Debugging** (testing too) — Finding out why it does not.",
            ),
        )
        self.load(vault)
        assert set(ticked.values()) - set(self.live(ticked)) == {"Testing"}

    def test_re_case_and_re_encode(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.edit("README.md", ("**Calculus**", "**CALCULUS**"), ("**Git**", "**Gít**"))
        run(vault.folder, "--yes", "--reject", "all")
        tick_everything()
        vault.edit("README.md", ("**Gít**", f"**{unicodedata.normalize('NFD', 'Gít')}**"))
        before = Topic.objects.count()
        run(vault.folder, "--yes")
        assert Topic.objects.count() == before
        assert self.live(ticked)["Calculus"] == "CALCULUS"

    def test_remove_and_restore(self, vault: Vault, ticked: dict[int, str]) -> None:
        line = "- **Git** — History that can be walked back.\n"
        vault.edit("README.md", (line, ""))
        self.load(vault)
        assert "Git" not in self.live(ticked)
        vault.edit("README.md", ("- **Testing**", f"{line}- **Testing**"))
        self.load(vault)
        assert self.live(ticked)["Git"] == "Git"

    def test_everything_moved_to_another_file(self, vault: Vault, ticked: dict[int, str]) -> None:
        (vault.folder / "README.md").rename(vault.folder / "Course.md")
        self.load(vault)
        assert self.live(ticked) == {title: title for title in ticked.values()}

    def test_the_wrong_folder_is_noticed(self, vault: Vault, ticked: dict[int, str]) -> None:
        vault.write({"README.md": "# Course\n\n## Beginner\n\n### 1. Maths\n\n- **Calculus** — Rates.\n"})
        (vault.folder / "topics/optimization.md").unlink()
        with pytest.raises(CommandError, match="--retire-many"):
            run(vault.folder, "--yes")
        assert len(self.live(ticked)) == 10
        self.load(vault, "--retire-many")
        assert self.live(ticked) == {"Calculus": "Calculus"}

    def test_what_an_editor_retired_stays_retired(self, vault: Vault, ticked: dict[int, str]) -> None:
        retire_topic(topic=Topic.objects.get(title="Git"), by="Ed")
        vault.edit("README.md", ("History that can", "A history that can"))
        self.load(vault)
        assert "Git" not in self.live(ticked)


@pytest.mark.django_db
class TestBadInput:
    """A sentence with the place, exit status 1, nothing changed."""

    def refused(self, path: Path, match: str) -> str:
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(CommandError, match=match) as caught:
            call_command("load_notes", str(path), "--yes", stdout=out, stderr=err)
        assert out.getvalue() == "", "what is refused is not announced as a plan"
        assert str(caught.value).removesuffix(" Nothing was changed.") not in err.getvalue(), "said once"
        assert caught.value.returncode == 1
        assert not Topic.objects.exists()
        assert not NoteSource.objects.exists()
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_a_missing_path(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "nowhere", "nowhere")

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        self.refused(tmp_path, "Nothing was changed")

    def test_a_folder_without_notes(self, tmp_path: Path) -> None:
        (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
        self.refused(tmp_path, "Nothing was changed")

    def test_a_binary_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_bytes(bytes(range(256)) * 40)
        assert "a.md" in self.refused(tmp_path / "a.md", "Nothing was changed")

    def test_notes_without_topics(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("Just a sentence.\n", encoding="utf-8")
        self.refused(tmp_path, "Nothing was changed")

    def test_invalid_yaml_has_its_line(self, vault: Vault) -> None:
        vault.write({"topics/optimization.md": "---\nid: [unclosed\n---\n# Optimization\n"})
        assert "topics/optimization.md:" in self.refused(vault.folder, "Nothing was changed")

    def test_the_rest_of_broken_notes_when_asked(self, vault: Vault) -> None:
        vault.write({"topics/optimization.md": "---\nid: [unclosed\n---\n# Optimization\n"})
        run(vault.folder, "--yes", "--skip-broken")
        assert Topic.objects.count() == 10

    def test_a_note_that_broke_since_is_reported_though_nothing_else_changed(self, vault: Vault) -> None:
        run(vault.folder, "--yes")
        vault.write({"topics/loose.md": "---\nid: [unclosed\n---\nA note that nothing links to.\n"})
        with pytest.raises(CommandError, match=r"topics/loose\.md:"):
            run(vault.folder, "--yes")
        assert "Nothing to change" in run(vault.folder, "--yes", "--skip-broken")

    def test_a_loop_is_named_with_its_place(self, vault: Vault) -> None:
        vault.edit(
            "README.md",
            ("- **Git** — History that can be walked back.", "- **Git** — History.\n  - requires:: [[Testing]]"),
            ("- **Testing** — Knowing that it works.", "- **Testing** — Knowing.\n  - requires:: [[Git]]"),
        )
        said = self.refused(vault.folder, "loop")
        assert "“Git” → “Testing” → “Git”" in said or "“Testing” → “Git” → “Testing”" in said
        assert "README.md:1" in said

    def test_two_notes_with_one_id(self, vault: Vault) -> None:
        vault.write({"topics/git.md": "---\nid: optimization\n---\n# Git\n\nText.\n"})
        vault.edit("README.md", ("- **Git** — History that can be walked back.", "- [[Git]]"))
        said = self.refused(vault.folder, "optimization")
        assert ".md:" in said

    def test_a_huge_file(self, tmp_path: Path) -> None:
        with (tmp_path / "huge.md").open("wb") as file:
            file.write(b"# Huge\n")
            file.truncate(50 * 1024 * 1024)
        assert "huge.md" in self.refused(tmp_path / "huge.md", "Nothing was changed")

    def test_a_zip_without_notes(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
            archive.writestr("README.rst", VAULT["README.md"])
        assert "notes.zip" in self.refused(tmp_path / "notes.zip", "Nothing was changed")

    def test_errors_after_a_good_import_change_nothing(self, vault: Vault) -> None:
        load(vault.folder, by="Ada")
        before = curriculum_of(NoteSource.objects.get())
        vault.write({"README.md": "# Course\n", "topics/optimization.md": "---\nid: [\n---\n"})
        with pytest.raises(NotesRefusedError):
            load(vault.folder, by="Ada")
        assert curriculum_of(NoteSource.objects.get()) == before


@pytest.mark.django_db
class TestBundled:
    @pytest.fixture
    def bundled(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
        monkeypatch.setattr(settings, "CURRICULA_DIR", tmp_path / "curricula")
        return Vault(tmp_path / "curricula" / "ai-engineer")

    def test_it_is_loaded_once(self, bundled: Vault) -> None:
        assert load_bundled(by="Pathnotes") is not None
        assert NoteSource.objects.get().location == "bundled:ai-engineer"
        assert load_bundled(by="Pathnotes") is None

    def test_taken_back_it_stays_away(self, bundled: Vault) -> None:
        load_bundled(by="Pathnotes")
        undo(bundled.folder, by="Ada")
        assert load_bundled(by="Pathnotes") is None
        assert not Roadmap.objects.filter(retired_at=None).exists()

    def test_new_topics_of_a_new_version_arrive(self, bundled: Vault) -> None:
        load_bundled(by="Pathnotes")
        bundled.edit("README.md", ("- **Git**", "- **Linux** — A kernel and its friends.\n- **Git**"))
        assert load_bundled(by="Pathnotes") is not None
        assert Topic.objects.filter(retired_at=None).count() == 11

    @pytest.mark.parametrize(
        "change",
        [
            ("- **Git** — History that can be walked back.\n", ""),
            ("**Profiling** — Finding out where the time goes.", "**Measuring** — Slow."),
        ],
    )
    def test_what_a_person_must_see_waits(self, bundled: Vault, change: tuple[str, str]) -> None:
        load_bundled(by="Pathnotes")
        bundled.edit("README.md", change)
        assert load_bundled(by="Pathnotes") is None
        assert Topic.objects.filter(retired_at=None).count() == 10

    def test_the_one_that_ships_is_without_errors_and_reads_the_same_twice(self) -> None:
        applied = load_bundled(by="Pathnotes")
        assert applied is not None
        assert [p for p in applied.problems if p["severity"] != "info"] == []
        assert applied.counts["added"] >= 110
        source = NoteSource.objects.get()
        assert curriculum_of(source).fingerprint() == applied.after["fingerprint"]
        assert prepare(settings.CURRICULA_DIR / "ai-engineer").nothing


@pytest.mark.django_db
class TestLearnersOn:
    def test_it_counts_who_began(self) -> None:
        topics = [Topic.objects.create(title=t, slug=t.lower()) for t in "ABC"]
        for email, states in (("a@example.org", "done learning"), ("b@example.org", "skipped todo")):
            learner = User.objects.create(email=email)
            for topic, state in zip(topics, states.split(), strict=False):
                TopicProgress.objects.create(learner=learner, topic=topic, state=state, changed_at=timezone.now())
        assert learners_on(t.uid for t in topics) == {topics[0].uid: 2, topics[1].uid: 1}


TOPICS = 300
KILLED = """
import sys, time
from pathlib import Path
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
import roadmap.rows
from roadmap.loading import load
run = roadmap.rows._run

def slowly(sql, *arguments, when):
    if when:
        print("writing", flush=True)
        time.sleep(0.05)  # between any two statements there is a moment to be killed in
    run(sql, *arguments, when=when)

roadmap.rows._run = slowly
load(Path(sys.argv[1]), by="Ada", retire_many=True)
print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_the_old_tree_or_the_new_one_stands(vault: Vault) -> None:
    """SIGKILL at random moments of the writing of an import: never a mixture, and the lock is free again."""

    def notes(version: str) -> str:
        topics = "".join(f"- **Topic {i}** — Words of version {version}. ^t{i}\n" for i in range(TOPICS))
        return f"# Course\n\n## Module {version}\n\n{topics}"

    vault.write({"README.md": notes("1")})
    (vault.folder / "topics/optimization.md").unlink()
    load(vault.folder, by="Ada")
    tick_everything()
    old = 0
    for number in range(2, 12):
        vault.write({"README.md": notes(str(number))})
        before = versions()
        # The last rounds are left to end: at least one new tree is seen too.
        killed = killed_import(vault.folder, random.uniform(0, 0.3) if number < 11 else 30)
        with curriculum_lock(Because("test", Through.ACT)):
            after = versions()
        assert after in (before, {str(number)}), f"a mixture of {after} after {before}"
        assert TopicProgress.objects.filter(state="done").count() == TOPICS
        old += killed and after == before
    assert old >= 3, "hardly a kill hit the import"
    assert versions() == {"11"}


def versions() -> set[str]:
    """The versions that stand in the database: sections, topics and the record of imports must agree."""
    topics = {summary.split()[-1].rstrip(".") for summary in Topic.objects.values_list("summary", flat=True)}
    sections = {roadmap.sections.get().title.split()[-1] for roadmap in Roadmap.objects.all()}
    seats = Roadmap.objects.get().placements.count()
    assert seats == TOPICS
    return topics | sections


def killed_import(folder: Path, after: float) -> bool:
    """Import in a process of its own, killed so many seconds after it began to write; False when it ended before."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", KILLED, str(folder), connection.settings_dict["NAME"]]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False
