"""Every kind of edit of a folder of notes, through the reader and into the tables: planned as what it is.

Each begins with a learner who is done with every topic. What is certain is planned, what is not is asked, and nobody
has less afterwards.
"""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from roadmap.models import Topic
from tracker import summaries
from tracker.merging import ORDER
from tracker.models import Enrolment, ProgressEvent, TopicProgress, User

pytestmark = pytest.mark.django_db

Notes = dict[str, str]

OUTLINE = """
# Course

## Beginner

### Maths

- **Calculus** — Rates of change.
- **Probability** — Chance and what to expect.
- **Statistics** — Samples.

### Programming

- **Python** — A language.
- **Git** — History.
- **Testing** — Knowing it works.

## Advanced

### Systems

- **Compilers** — From text to code.
- **Databases** — Rows and queries.
"""
BOTH = "- **Probability and statistics** — Chance, samples and what to expect of them.\n"
TWO = "- **Probability** — Chance and what to expect.\n- **Statistics** — Samples.\n"
LESSONS = {
    "maths/calculus.md": "# Calculus\n\nRates of change and totals, at length here.\n",
    "maths/algebra.md": "# Algebra\n\nLetters for numbers, and what to do with them.\n",
    "code/python.md": "# Python\n\nA language with batteries included in it.\n",
    "code/git.md": "# Git\n\nHistory that can be walked back, branch by branch.\n",
}
GIT = LESSONS["code/git.md"]
MAP = {
    "README.md": "# Course\n\n## Basics\n\n- [[Git]]\n- [[Python]]\n",
    "git.md": "# Git\n\nHistory that can be walked back.\n\n## Branches\n\nSide by side.\n\n## Remotes\n\nShare it.\n",
    "python.md": "# Python\n\nA language.\n",
}
FOLDER = {
    "README.md": MAP["README.md"],
    "python.md": MAP["python.md"],
    "git/README.md": "# Git\n\nHistory that can be walked back.\n\n- [[Branches]]\n- [[Remotes]]\n",
    "git/branches.md": "# Branches\n\nSide by side.\n",
    "git/remotes.md": "# Remotes\n\nShare it.\n",
}
ONE_NOTE = {n: t for n, t in LESSONS.items() if not n.startswith("code/")} | {
    "code/python.md": LESSONS["code/python.md"],
    "code/testing.md": "# Testing\n\nKnowing that it works before others do.\n",
}
GIT_FOLDER = ONE_NOTE | {
    "code/git/intro.md": "# Intro\n\nWhat Git is, and why one keeps all of the history.\n",
    "code/git/branches.md": "# Branches\n\nLines of work side by side, and how they join again.\n",
    "code/git/remotes.md": "# Remotes\n\nShare it with others, over a network or a disk.\n",
}
TOLD = {name: text.replace("# ", "## ") for name, text in GIT_FOLDER.items() if name.startswith("code/git/")}
GIT_NOTE = ONE_NOTE | {"code/git.md": "# Git\n\n" + "\n".join(TOLD.values())}
GIT_LISTED = ONE_NOTE | {"code/git.md": "# Git\n\nIn a few words.\n\n## Branches\n\nMany.\n\n## Remotes\n\nSome.\n"}
GIT_OTHER = ONE_NOTE | {"code/git.md": "# Git\n\nSomething else altogether is told here.\n"}
TABLE = "# Course\n\n## Maths\n\n| Topic | About |\n|---|---|\n| Calculus | Change |\n| Algebra | Letters |\n"


class Desk:
    """A folder of notes, loaded, with a learner who is done with all of it."""

    def __init__(self, root: Path, learner: User) -> None:
        self.root, self.learner = root, learner

    def begin(self, notes: Notes) -> None:
        self.write(notes)
        self.load("--yes")
        for topic in Topic.objects.all():
            self.done(topic)
        self.were = self.states()

    def write(self, notes: Notes) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        for name, text in notes.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(dedent(text).lstrip("\n"))

    def load(self, *words: str) -> str:
        out = io.StringIO()
        call_command("load_notes", self.root, *words, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    def done(self, topic: Topic, state: str = "done") -> None:
        TopicProgress.objects.create(learner=self.learner, topic=topic, state=state, changed_at=timezone.now())
        ProgressEvent.objects.create(
            learner=self.learner, topic=topic, was="todo", now=state, revision=1, at=timezone.now()
        )

    def states(self) -> dict[str, str]:
        """Title of each live topic -> the learner's state."""
        found = {t.pk: t.title for t in Topic.objects.filter(retired_at=None)}
        states = dict(TopicProgress.objects.filter(learner=self.learner).values_list("topic", "state"))
        return {title: states.get(pk, "todo") for pk, title in found.items()}


@pytest.fixture
def desk(tmp_path: Path, learner: User) -> Desk:
    return Desk(tmp_path / "vault", learner)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


MODULE = "### Programming\n\n- **Python** — A language.\n- **Git** — History.\n- **Testing** — Knowing it works.\n"
CERTAIN: dict[str, tuple[Notes, Notes, list[str]]] = {
    "a file renamed": (
        {"course.md": OUTLINE}, {"curriculum.md": OUTLINE},
        ["Nothing that a learner sees would change; where things stand in the notes is noted anew."],
    ),
    "a lesson's file renamed": (
        LESSONS, {("maths/analysis.md" if n == "maths/calculus.md" else n): t for n, t in LESSONS.items()},
        ["Nothing that a learner sees would change; where things stand in the notes is noted anew."],
    ),
    "a folder renamed": (
        LESSONS, {n.replace("maths/", "mathematics/"): t for n, t in LESSONS.items()},
        ["“maths” → section “mathematics”", "Only sections change."],
    ),
    "a folder moved": (
        LESSONS, {n.replace("maths/", "code/maths/"): t for n, t in LESSONS.items()},
        ["section “maths”: vault → code", "Only sections change."],
    ),
    "a lesson moved to another folder": (
        LESSONS, {n.replace("maths/algebra", "code/algebra"): t for n, t in LESSONS.items()},
        ["“Algebra”: vault / maths → vault / code", "1 moved. At most 1 learner on one changed topic."],
    ),
    "a heading reworded": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace("### Maths", "### Mathematics for the curious")},
        ["“Maths” → section “Mathematics for the curious”", "Only sections change."],
    ),
    "a level reworded": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace("## Beginner", "## Foundations")},
        ["“Beginner” → section “Foundations”", "Only sections change."],
    ),
    "a title reworded, its id kept": (
        {"c.md": OUTLINE.replace("— History.", "— History. ^git")},
        {"c.md": OUTLINE.replace("**Git** — History.", "**Version control** — Who did what. ^git")},
        ["“Git” → “Version control”", "1 renamed, 1 changed. At most 1 learner on one changed topic."],
    ),
    "another order": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace("- **Testing** — Knowing it works.\n", "").replace(
            "- **Python**", "- **Testing** — Knowing it works.\n- **Python**")},
        ["section “Programming”", "in another order", "Only sections change."],
    ),
    "a topic to another level": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace("- **Git** — History.\n", "") + "- **Git** — History.\n"},
        ["“Git”: Course / Beginner / Programming → Course / Advanced / Systems",
         "1 moved. At most 1 learner on one changed topic."],
    ),
    "a module to another level": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace(MODULE, "") + "\n" + MODULE},
        ["section “Programming”: Beginner → Advanced", "Only sections change."],
    ),
    "two modules made one": (
        {"c.md": OUTLINE}, {"c.md": OUTLINE.replace("\n### Programming\n\n", "").replace("### Maths", "### Basics")},
        ["“Maths” → section “Basics”", "section “Programming”", "3 moved. At most 1 learner on one changed topic."],
    ),
    "a list item turned into a note": (
        {"c.md": OUTLINE},
        {"c.md": OUTLINE.replace("- **Git** — History.", "- [[Git]] — History."), "git.md": "# Git\n\nAll of it.\n"},
        ["body: “All of it.”", "1 changed. At most 1 learner on one changed topic."],
    ),
    "a table turned into a list": (
        {"c.md": TABLE}, {"c.md": "# Course\n\n## Maths\n\n- **Calculus** — Change\n- **Algebra** — Letters\n"},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CERTAIN)
def test_what_is_certain_is_planned_as_what_it_is(desk: Desk, name: str) -> None:
    before, after, said = CERTAIN[name]
    desk.begin(before)
    desk.write(after)
    told = lines(desk.load("--plan"))
    text = "\n".join(told)
    assert all(line in text for line in said), text
    assert not any(word in text for word in ("Unclear", "New: ", " topics\n", "Retired (kept", )) or name in {
        "a folder moved", "two modules made one",
    }, text  # fmt: skip
    desk.load("--yes")
    assert set(desk.states().values()) == {"done"}
    assert len(desk.states()) == len(desk.were)
    assert lines(desk.load("--plan")) in (["Nothing to change."], [])


class TestSplit:
    @pytest.fixture(autouse=True)
    def _begun(self, desk: Desk) -> None:
        desk.begin({"c.md": OUTLINE.replace(TWO, BOTH)})
        desk.write({"c.md": OUTLINE})

    def test_it_is_asked(self, desk: Desk) -> None:
        said = desk.load("--plan")
        assert "“Probability and statistics”, split; “Statistics” is part of it too?" in said
        assert "“Probability and statistics”, split; “Probability” is part of it too?" in said
        with pytest.raises(CommandError, match="2 questions are open"):
            desk.load("--yes")
        assert desk.states() == desk.were

    def test_whoever_had_done_it_has_done_the_parts(self, desk: Desk) -> None:
        said = desk.load("--yes", "--accept", "all")
        assert "“Probability and statistics” → “Probability”" in said
        assert "“Statistics”, part of “Probability and statistics”: whoever has done that has done this" in said
        assert (desk.states()["Probability"], desk.states()["Statistics"]) == ("done", "done")
        assert desk.load("--plan").strip() == "Nothing to change."

    def test_one_alone_is_a_new_name(self, desk: Desk) -> None:
        desk.load("--yes", "--accept", "1", "--reject", "2")
        assert (desk.states()["Probability"], desk.states()["Statistics"]) == ("done", "todo")

    def test_neither_is_two_new_topics(self, desk: Desk) -> None:
        desk.load("--yes", "--reject", "all")
        assert (desk.states()["Probability"], desk.states()["Statistics"]) == ("todo", "todo")
        assert TopicProgress.objects.filter(topic__title="Probability and statistics", state="done").exists()

    def test_taken_back_all_is_as_it_was(self, desk: Desk) -> None:
        desk.load("--yes", "--accept", "all")
        desk.load("--undo")
        assert desk.states() == desk.were


class TestMerge:
    @pytest.fixture(autouse=True)
    def _begun(self, desk: Desk) -> None:
        desk.begin({"c.md": OUTLINE})
        desk.write({"c.md": OUTLINE.replace(TWO, BOTH)})

    def only(self, desk: Desk, title: str) -> None:
        """The learner is done with this one of the two alone."""
        other = {"Probability": "Statistics", "Statistics": "Probability"}[title]
        TopicProgress.objects.filter(topic__title=other).delete()

    def test_it_is_asked_with_the_evidence(self, desk: Desk) -> None:
        [question] = json.loads(desk.load("--plan", "--json"))["unclear"]
        assert [(c["title"], c["how"], c["beside"]) for c in question["candidates"]] == [
            ("Probability", "merged", ["Statistics"]), ("Statistics", "merged", ["Probability"]),
        ]  # fmt: skip
        weighed = {found["kind"]: found["said"] for found in question["candidates"][0]["evidence"]}
        assert weighed["place"] == "same section"
        assert weighed["title"] == "title 65 % alike, words added or taken away"
        assert weighed["text"].startswith("text ")
        assert "1  “Probability”, made one with “Statistics”?" in desk.load("--plan")

    @pytest.mark.parametrize("done", ["Probability", "Statistics"])
    @pytest.mark.parametrize("answer", ["1.1", "1.2"])
    def test_the_better_state_goes_on(self, desk: Desk, done: str, answer: str) -> None:
        self.only(desk, done)
        said = desk.load("--yes", "--accept", answer)
        kept, gone = ("Probability", "Statistics")[:: 1 if answer == "1.1" else -1]
        assert f"“{gone}”, now part of “Probability and statistics”" in said
        assert f"“{kept}” → “Probability and statistics”" in said
        assert desk.states()["Probability and statistics"] == "done"
        assert list(summaries.disagreements()) == []
        before = desk.states()
        desk.load("--undo")
        assert {title for title in ("Probability", "Statistics") if desk.states()[title] == "done"} == {done}
        assert before.keys() != desk.states().keys()

    def test_a_new_topic_leaves_both_behind(self, desk: Desk) -> None:
        desk.load("--yes", "--reject", "1")
        assert desk.states()["Probability and statistics"] == "todo"

    def test_what_was_done_since_outlives_the_undo(self, desk: Desk) -> None:
        self.only(desk, "Statistics")
        desk.load("--yes", "--accept", "1.1")
        topic = Topic.objects.get(title="Probability and statistics")
        for was, now in (("done", "learning"), ("learning", "done")):
            ProgressEvent.objects.create(
                learner=desk.learner, topic=topic, was=was, now=now, revision=1, at=timezone.now()
            )
        desk.load("--undo")
        assert desk.states()["Probability"] == "done"


class TestNoteIntoFolder:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (MAP, FOLDER),
            (LESSONS, {n: t for n, t in LESSONS.items() if t != GIT} | {"code/git/README.md": GIT}
             | {f"code/{n}": t for n, t in FOLDER.items() if n in {"git/branches.md", "git/remotes.md"}}),
        ],
        ids=["map", "lessons"],
    )  # fmt: skip
    def test_its_parts_are_done_by_whoever_had_done_it(self, desk: Desk, before: Notes, after: Notes) -> None:
        desk.begin(before)
        desk.write(after)
        assert "“Git”, divided into “Branches” and “Remotes”?" in desk.load("--plan")
        with pytest.raises(CommandError, match="1 question is open"):
            desk.load("--yes")
        said = desk.load("--yes", "--accept", "1")
        assert "“Branches”, part of “Git”: whoever has done that has done this" in said
        assert (desk.states()["Branches"], desk.states()["Remotes"]) == ("done", "done")
        assert desk.load("--plan").strip() == "Nothing to change."
        desk.load("--undo")
        assert desk.states() == desk.were

    def test_or_they_are_new(self, desk: Desk) -> None:
        desk.begin(MAP)
        desk.write(FOLDER)
        desk.load("--yes", "--reject", "1")
        assert (desk.states()["Branches"], desk.states()["Remotes"]) == ("todo", "todo")

    def test_and_back_again_it_is_the_same_topic(self, desk: Desk) -> None:
        desk.begin(MAP)
        desk.write(FOLDER)
        desk.load("--yes", "--accept", "1")
        desk.write(MAP)
        assert "Revived: 1 topic" in desk.load("--plan", "--yes")
        desk.load("--yes")
        assert desk.states() == desk.were


def test_the_learners_share_stays(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    """Who was through with everything is through with everything after a split."""
    desk.begin({"c.md": OUTLINE.replace(TWO, BOTH)})
    roadmap = Topic.objects.get(title="Git").placements.get().roadmap
    Enrolment.objects.create(learner=desk.learner, roadmap=roadmap)
    summaries.rebuild()
    desk.write({"c.md": OUTLINE})
    with django_capture_on_commit_callbacks(execute=True):
        desk.load("--yes", "--accept", "all")
    row = roadmap.summaries.get(learner=desk.learner)
    assert (row.done, row.required) == (8, 8)
    assert list(summaries.disagreements()) == []


class TestFolderIntoNote:
    """The other way round: `git/intro.md`, `git/branches.md` … become `git.md`."""

    def test_with_all_that_was_in_it_it_is_made_of_them(self, desk: Desk) -> None:
        desk.begin(GIT_FOLDER)
        desk.write(GIT_NOTE)
        said = desk.load("--yes")
        assert [f"“{title}”, now part of “Git”" in said for title in ("Intro", "Branches", "Remotes")] == [True] * 3
        assert "Unclear" not in said
        assert desk.states() == dict.fromkeys(("Calculus", "Algebra", "Python", "Testing", "Git"), "done")
        assert desk.load("--plan").strip() == "Nothing to change."
        desk.load("--undo")
        assert desk.states() == desk.were

    @pytest.mark.parametrize(
        ("were", "becomes"),
        [
            (("done", "done", "todo"), "learning"), (("learning", "todo", "todo"), "learning"),
            (("done", "skipped", "waived"), "done"), (("skipped", "skipped", "skipped"), "skipped"),
            (("skipped", "todo", "todo"), "todo"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("id_", ["", "---\nid: git\n---\n"], ids=["new", "goes on as the first"])
    def test_who_had_done_a_part_has_not_done_all(
        self, desk: Desk, were: tuple[str, ...], becomes: str, id_: str
    ) -> None:
        first = {"code/git/intro.md": id_ + GIT_FOLDER["code/git/intro.md"]}
        desk.write(GIT_FOLDER | first)
        desk.load("--yes")
        for title, state in zip(("Intro", "Branches", "Remotes"), were, strict=True):
            if state != "todo":
                desk.done(Topic.objects.get(title=title), state)
        before = desk.states()
        desk.write(GIT_NOTE | {"code/git.md": id_ + GIT_NOTE["code/git.md"]})
        desk.load("--yes")
        best = max(becomes, were[0], key=ORDER.index) if id_ else becomes  # nobody's progress goes down
        assert desk.states()["Git"] == best
        desk.load("--undo")
        assert desk.states() == before

    @pytest.mark.parametrize(
        ("after", "evidence"),
        [
            (GIT_LISTED, "called as the section was, same roadmap, names 67 % of them, has 0 % of their texts"),
            (GIT_OTHER, "called as the section was, same roadmap, names none of them, has 0 % of their texts"),
        ],
        ids=["some", "none"],
    )
    def test_with_less_it_is_asked(self, desk: Desk, after: Notes, evidence: str) -> None:
        desk.begin(GIT_FOLDER)
        desk.write(after)
        said = desk.load("--plan")
        assert "Unclear 1: “Git” (code/git.md:1) is" in said
        assert "“git”, made of “Branches”, “Intro” and “Remotes”?" in said
        assert evidence in said
        with pytest.raises(CommandError, match="1 question is open"):
            desk.load("--yes")
        desk.load("--yes", "--accept", "1")
        assert desk.states()["Git"] == "done"
        desk.load("--undo")
        desk.load("--yes", "--reject", "1", "--retire-many")
        assert desk.states()["Git"] == "todo"

    def test_one_that_went_elsewhere_makes_it_a_question(self, desk: Desk) -> None:
        desk.begin(GIT_FOLDER)
        desk.write(GIT_NOTE | {"code/remotes.md": GIT_FOLDER["code/git/remotes.md"]})
        said = desk.load("--plan")
        assert "“Remotes”: notes / code / git → notes / code" in said.replace("vault /", "notes /")
        assert "“git”, made of “Branches” and “Intro”?" in said

    def test_and_back_again_each_is_what_it_was(self, desk: Desk) -> None:
        desk.begin(GIT_FOLDER)
        desk.write(GIT_NOTE)
        desk.load("--yes")
        desk.write(GIT_FOLDER)
        desk.load("--yes")
        assert desk.states() == desk.were
