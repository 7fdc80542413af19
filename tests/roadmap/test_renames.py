"""Files that git saw renamed: their topics are the same without a question, whatever else changed with the name."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from roadmap.loading import load, prepare
from roadmap.models import Import, NoteSource, Topic
from roadmap.notes.reading import read
from roadmap.plan import Curriculum, Plan, plan
from roadmap.plan.renames import as_renamed
from roadmap.source_files import SourceReading
from tests.roadmap.repository import Repository, needs_git

TREES = {
    "README.md": "# Course\n\n## Beginner\n\n- [[Trees]]\n- [[Graphs]]\n- [[Queues]]\n",
    "Trees.md": "# Trees\n\nNodes below nodes, and one way to each of them from the top of all.\n",
    "Graphs.md": "# Graphs\n\nNodes and edges, in whatever shape they come, with loops and without.\n",
    "Queues.md": "# Queues\n\nWho came first is served first, as at any counter.\n",
}
HIERARCHIES = {
    "README.md": "# Course\n\n## Beginner\n\n- [[Hierarchies]]\n- [[Graphs]]\n- [[Queues]]\n",
    "Hierarchies.md": "# Hierarchies\n\nOffices, folders and families have a head, and so has this.\n",
}


def written(root: Path, files: dict[str, str]) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def replan(root: Path, before: dict[str, str], gone: list[str], after: dict[str, str], **more: object) -> Plan:
    now = plan(Curriculum(), read(written(root, before))).target
    for name in gone:
        (root / name).unlink()
    return plan(now, read(written(root, after)), **more)  # type: ignore[arg-type]


def became(planned: Plan, was: str) -> str:
    """What the topic of that title is called now; empty where it is retired."""
    [uid] = [topic.uid for topic in planned.now.topics if topic.title == was]
    topic = planned.target.topic_by_uid()[uid]
    return "" if topic.retired else topic.title


class TestPlan:
    def test_a_note_with_another_name_and_another_text(self, tmp_path: Path) -> None:
        unknown = replan(tmp_path / "a", TREES, ["Trees.md"], HIERARCHIES)
        assert became(unknown, "Trees") != "Hierarchies", "nothing but git could know"
        known = replan(tmp_path / "b", TREES, ["Trees.md"], HIERARCHIES, renamed={"Trees.md": "Hierarchies.md"})
        assert not known.unclear
        assert became(known, "Trees") == "Hierarchies"
        assert not known.retired

    def test_topics_in_a_file_that_is_called_otherwise(self, tmp_path: Path) -> None:
        """Two files of the same titles, of which one is renamed and rewritten: by title alone they may be others."""
        before = {
            "one.md": "# One\n\n## Start\n\n- Overview — what the first book is about, in few words\n- Index one\n",
            "two.md": "# Two\n\n## Start\n\n- Overview — how to cook rice without a lid\n- Index two\n",
        }
        after = {"three.md": "# Three\n\n## Begin\n\n- Overview — something else altogether, of ships\n- Index two\n"}
        unknown = replan(tmp_path / "a", before, ["two.md"], after)
        assert unknown.unclear or unknown.retired
        known = replan(tmp_path / "b", before, ["two.md"], after, renamed={"two.md": "three.md"})
        assert not known.unclear
        assert not known.retired
        assert not known.counts.get("added")

    def test_a_file_that_gives_its_name_to_headings(self, tmp_path: Path) -> None:
        before = {"01 Ground.md": "- Soil\n- Sowing\n", "02 Water.md": "- Rain\n- Wells\n"}
        after = {"01 Earth.md": "- Soil\n- Sowing\n"}
        known = replan(tmp_path / "v", before, ["01 Ground.md"], after, renamed={"01 Ground.md": "01 Earth.md"})
        assert not known.unclear
        assert not known.retired
        assert not known.counts.get("added")

    def test_what_is_still_there_was_not_renamed(self, tmp_path: Path) -> None:
        reading = read(written(tmp_path / "v", TREES))
        now = plan(Curriculum(), reading).target
        for wrong in ({"Trees.md": "Graphs.md"}, {"Trees.md": "nowhere.md"}, {"nothing.md": "Trees.md"}, {}):
            assert as_renamed(now, wrong, reading.digests) == now

    def test_the_stored_curriculum_stays_what_the_plan_starts_from(self, tmp_path: Path) -> None:
        known = replan(tmp_path / "v", TREES, ["Trees.md"], HIERARCHIES, renamed={"Trees.md": "Hierarchies.md"})
        assert {place.document for topic in known.now.topics for place in topic.origin.places} >= {"Trees.md"} or {
            topic.origin.link for topic in known.now.topics
        } >= {"trees"}
        assert "hierarchies" in {topic.origin.link for topic in known.target.topics}


@needs_git
@pytest.mark.django_db
class TestFromGit:
    def test_it_works(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "course")
        first = repository.commit(TREES)
        load(repository.folder, by="Ada")
        uid = Topic.objects.get(title="Trees").uid
        assert Import.objects.get().checkout == {"commit": first, "branch": "main", "dirty": False}
        repository.git("mv", "Trees.md", "Hierarchies.md")
        repository.commit({"README.md": HIERARCHIES["README.md"]})
        second = repository.commit(HIERARCHIES)
        prepared = prepare(repository.folder)
        assert prepared.plan is not None
        assert not prepared.plan.unclear
        assert not prepared.plan.retired
        load(repository.folder, by="Ada")
        assert Topic.objects.get(title="Hierarchies").uid == uid
        assert Import.objects.first().checkout["commit"] == second  # type: ignore[union-attr]

    def test_the_commands_words(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "course")
        commit = repository.commit(TREES)
        repository.write({"README.md": TREES["README.md"] + "- Heaps\n"})

        def said(*options: str) -> str:
            out = io.StringIO()
            call_command("load_notes", str(repository.folder), *options, stdout=out, stderr=io.StringIO())
            return out.getvalue()

        assert f"Read from commit {commit[:8]} on main, with changes that are not committed." in said("--plan")
        assert json.loads(said("--plan", "--json"))["checkout"] == {"commit": commit, "branch": "main", "dirty": True}
        said("--yes")
        read_at = SourceReading.objects.get()
        assert read_at.checkout == {"commit": commit, "branch": "main", "dirty": True}
        later = repository.commit()
        said("--yes")
        again = SourceReading.objects.get()
        assert again.at > read_at.at, "read again, although nothing changed"
        assert again.checkout == {"commit": later, "branch": "main", "dirty": False}
        assert Import.objects.count() == 1

    def test_an_import_that_was_taken_back_is_not_where_it_starts(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "course")
        repository.commit(TREES)
        load(repository.folder, by="Ada")
        repository.git("mv", "Trees.md", "Hierarchies.md")
        repository.commit()
        repository.commit(HIERARCHIES)
        load(repository.folder, by="Ada")
        call_command("load_notes", str(repository.folder), "--undo", stdout=io.StringIO())
        assert Topic.objects.filter(title="Trees", retired_at=None).exists()
        load(repository.folder, by="Ada")
        assert Topic.objects.filter(title="Hierarchies", retired_at=None).exists()
        assert Topic.objects.count() == 3

    def test_outside_of_git_nothing_is_known(self, tmp_path: Path) -> None:
        load(written(tmp_path / "plain", TREES), by="Ada")
        assert Import.objects.get().checkout == {}
        assert SourceReading.objects.get().checkout == {}
        assert SourceReading.objects.get().by == "Ada"
        assert NoteSource.objects.get().last_read.at
