"""`manage.py same_topics`: topics of one name listed, made one, and parted again, with everybody's progress."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from roadmap.models import Alias, Edit, Roadmap, Topic
from roadmap.publishing import drafts
from tests.factories import make_roadmap, make_section, make_source, make_topic, make_user
from tests.tracker.test_studio_merging import standing
from tracker import audit, progress
from tracker.models import ProgressEvent, TopicProgress, User

pytestmark = pytest.mark.django_db


def same_topics(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("same_topics", *words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def listed() -> dict[str, list[str]]:
    return {
        group["name"]: [topic["slug"] for topic in group["topics"]]
        for group in json.loads(same_topics("--json"))["groups"]
    }


def put(learner: User, topic: Topic, state: str) -> None:
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), by=None, roadmap=None)


def state_of(learner: User, topic: Topic) -> str:
    found = TopicProgress.objects.filter(learner=learner, topic=topic).first()
    return found.state if found else "todo"


@pytest.fixture
def two() -> tuple[Topic, Topic]:
    one = make_topic("Linear algebra", make_section(make_roadmap("Maths")), slug="algebra", source=make_source())
    return one, make_topic("LINEAR–ALGEBRA", make_section(make_roadmap("Robots")), slug="algebra-2")


class TestTheList:
    def test_titles_that_fold_to_the_same(self, two: tuple[Topic, Topic], learner: User) -> None:
        make_topic("Calculus", make_section(make_roadmap("Calculus")))
        put(learner, two[0], "done")
        put(make_user(), two[0], "learning")
        [group] = json.loads(same_topics("--json"))["groups"]
        assert {t["slug"]: (t["roadmaps"], t["learners"], t["done"]) for t in group["topics"]} == {
            "algebra": (["Maths"], 2, 1),
            "algebra-2": (["Robots"], 0, 0),
        }
        said = same_topics()
        assert "“LINEAR–ALGEBRA”: 2 topics" in said
        assert "algebra “Linear algebra”: on “Maths”, notes “" in said
        assert "”; 2 learners, 1 done" in said

    def test_other_names_count(self) -> None:
        nets = make_topic("Convolutional networks", make_section(make_roadmap()), slug="nets")
        Alias.objects.create(topic=nets, text="cnn")
        make_topic("CNN", make_section(make_roadmap()), slug="cnn")
        assert list(listed().values()) == [["cnn", "nets"]]

    def test_not_those_of_one_place_nor_retired_ones(self) -> None:
        section = make_section(make_roadmap())
        make_topic("Exercises", section)
        make_topic("Exercises", section)
        assert listed() == {}
        assert "No two topics on different roadmaps are called alike." in same_topics()

    def test_a_former_address_is_no_name(self, two: tuple[Topic, Topic]) -> None:
        Alias.objects.create(topic=two[0], text="calculus", kind="slug")
        make_topic("Calculus", make_section(make_roadmap()))
        assert len(listed()) == 1


class TestMergeAndUnmerge:
    def test_there_and_back(self, two: tuple[Topic, Topic], learner: User) -> None:
        keep, gone = two
        put(learner, gone, "done")
        before = standing()
        assert "Merged “LINEAR–ALGEBRA” into “Linear algebra”." in same_topics(
            "--merge", "algebra", "algebra-2", "--yes"
        )
        assert (state_of(learner, keep), state_of(learner, gone)) == ("done", "done")
        assert listed() == {}
        assert "Merged: algebra-2 into algebra" in same_topics()
        assert [m["gone"]["slug"] for m in json.loads(same_topics("--json"))["merged"]] == ["algebra-2"]
        said = same_topics("--unmerge", str(gone.uid), "--yes")
        assert "Parted “LINEAR–ALGEBRA” from “Linear algebra” again." in said
        assert standing() == before
        assert [event.now for event in ProgressEvent.objects.filter(topic=keep)] == ["todo", "done"]
        assert len(listed()) == 1

    def test_it_is_on_the_trail(self, two: tuple[Topic, Topic]) -> None:
        same_topics("--merge", "algebra", "algebra-2", "--yes")
        same_topics("--unmerge", "algebra-2", "--yes")
        said = [entry.detail.get("said") for entry in audit.trail(audit.Asked()).entries]
        assert said[:2] == [
            "Parted “LINEAR–ALGEBRA” from “Linear algebra” again",
            "Merged “LINEAR–ALGEBRA” into “Linear algebra”",
        ]

    def test_as_json(self, two: tuple[Topic, Topic]) -> None:
        done = json.loads(same_topics("--merge", "algebra", "algebra-2", "--yes", "--json"))
        assert (done["done"], done["keep"]["slug"], done["gone"]["slug"]) == ("merged", "algebra", "algebra-2")
        assert json.loads(same_topics("--unmerge", "algebra-2", "--yes", "--json"))["done"] == "parted"

    def test_in_a_draft_it_waits(self, two: tuple[Topic, Topic], learner: User) -> None:
        drafts.begin(roadmap=Roadmap.objects.get(title="Maths"), by="Edda")
        put(learner, two[1], "done")
        assert "It waits in a draft revision" in same_topics("--merge", "algebra", "algebra-2", "--yes")
        assert state_of(learner, two[0]) == "todo"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--merge", "algebra", "none"), "There is no topic “none”: give its slug or its uid."),
            (("--merge", "algebra", "algebra"), "These are one topic already."),
            (("--unmerge", "algebra-2"), "“LINEAR–ALGEBRA” is not merged into another topic."),
        ],
    )
    def test_refusals(self, two: tuple[Topic, Topic], words: tuple[str, ...], said: str) -> None:
        with pytest.raises(CommandError, match=said):
            same_topics(*words, "--yes")
        assert not Edit.objects.exists()

    def test_it_asks(self, two: tuple[Topic, Topic]) -> None:
        with pytest.raises(CommandError, match="no terminal to ask on"):
            same_topics("--merge", "algebra", "algebra-2")
        assert not Edit.objects.exists()


VAULT = {
    "maths/README.md": "# Maths\n\n## Numbers\n\n- **Algebra** — Letters.\n- **Calculus** — Change.\n",
    "robots/README.md": "# Robots\n\n## Moving\n\n- **Algebra** — For arms and legs.\n- **Motors** — What turns.\n",
}


def test_after_imports_too(tmp_path: Path, learner: User) -> None:
    """Notes that say something else meanwhile, of the two and of what stands beside them."""
    for name, text in VAULT.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
        call_command("load_notes", (tmp_path / name).parent, "--yes", stdout=io.StringIO())
    [(keep, gone)] = listed().values()
    for slug in (keep, gone):
        assert Topic.objects.get(slug=slug).source is not None
    put(learner, Topic.objects.get(slug=gone), "done")
    same_topics("--merge", keep, gone, "--yes")
    (tmp_path / "maths/README.md").write_text(
        VAULT["maths/README.md"].replace("Letters", "Letters for numbers") + "- **Logic** — Truth.\n"
    )
    (tmp_path / "robots/README.md").write_text(
        VAULT["robots/README.md"].replace("- **Motors**", "- **Gears** — Teeth.\n- **Motors**")
    )
    for name in VAULT:
        call_command("load_notes", (tmp_path / name).parent, "--yes", stdout=io.StringIO())
    assert Topic.objects.get(slug=gone).replaced_by == Topic.objects.get(slug=keep)
    same_topics("--unmerge", gone, "--yes")
    seats = {t.slug: [(p.roadmap.title, p.section.title) for p in t.placements.all()] for t in Topic.objects.all()}
    assert sorted([*seats[keep], *seats[gone]]) == [("Maths", "Numbers"), ("Robots", "Moving")]
    assert {len(seats[keep]), len(seats[gone])} == {1}
    assert state_of(learner, Topic.objects.get(slug=keep)) == "todo"
    assert state_of(learner, Topic.objects.get(slug=gone)) == "done"
    for name in VAULT:
        out = io.StringIO()
        call_command("load_notes", (tmp_path / name).parent, "--plan", stdout=out)
        assert "Nothing to change." in out.getvalue()
