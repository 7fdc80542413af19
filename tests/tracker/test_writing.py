"""Writing edits back to the notes: the page of it, the acts, who may, the trail, the command line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.loading import load, prepare
from roadmap.models import Edit, NoteSource, Roadmap, Topic
from roadmap.source_files import SourceFiles
from roadmap.studio import one_topic
from roadmap.writeback.looking import opened_source
from tests.factories import make_user
from tests.tracker.conftest import browser_of
from tracker import audit, writing
from tracker.models import RoadmapEditor, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

README = "# Garden\n\n## Ground\n\n- **Soil** (clay, sand): what it is\n- Seeds — small things\n- Harvest\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "README.md").write_text(README, encoding="utf-8")
    load(root, by="owner")
    return root


@pytest.fixture
def source(folder: Path, editor: User) -> NoteSource:
    found = NoteSource.objects.get()
    writing.allow_writing(source=found, allowed=True, by=editor)
    return found


@pytest.fixture
def eve(editor: User) -> Client:
    """The editor's browser."""
    return browser_of(editor)


@pytest.fixture(autouse=True)
def _committed() -> Iterator[None]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def edit(named: str, /, **wanted: Any) -> Topic:
    found = Topic.objects.get(title=named)
    asked = one_topic.asked_by(name="Edda", key=1)
    one_topic.edit_topic(topic=found, roadmap=Roadmap.objects.get(), wanted=wanted, seen={}, drop="", asked=asked)
    found.refresh_from_db()
    return found


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def forms(answer: Any) -> list[dict[str, Any]]:
    """What each form that writes would send."""
    found = []
    for form in re.findall(
        r'<form method="post" action="[^"]*/notes/write/">(.*?)</form>', answer.content.decode(), re.S
    ):
        pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
        sent: dict[str, Any] = dict(pairs)
        found.append(sent | {"field": [value for name, value in pairs if name == "field"]})
    return found


def page(client: Client, topic: Topic) -> Any:
    return client.get(reverse("topic_notes", args=[topic.slug]))


def write(client: Client, topic: Topic, sent: dict[str, Any]) -> Any:
    return client.post(reverse("write_notes", args=[topic.slug]), sent)


class TestTopicNotes:
    def test_it_works(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth", summary="all | of it")
        shown = page(eve, soil)
        text = re.sub(r"<[^>]+>", "", text_of(shown))
        assert shown.status_code == 200
        assert "- **Soil** (clay, sand): what it is" in text
        assert "- **Earth** (clay, sand): what it is" in text
        assert "- **Soil** (clay, sand): all | of it" in text
        assert "README.md" in text
        assert [sent["field"] for sent in forms(shown)] == [["title"], ["summary"], ["title", "summary"]]
        assert (folder / "README.md").read_text(encoding="utf-8") == README

    def test_nothing_waits(self, eve: Client, source: NoteSource) -> None:
        assert "the notes say all that stands here" in text_of(page(eve, Topic.objects.get(title="Soil")))

    def test_what_cannot_be_written_says_why(self, eve: Client, source: NoteSource) -> None:
        shown = page(eve, edit("Soil", title="3. Earth"))
        assert "stays an edit" in text_of(shown)
        assert "It would change the number" in text_of(shown)
        assert forms(shown) == []

    def test_it_says_why_in_the_readers_language(self, eve: Client, editor: User, source: NoteSource) -> None:
        User.objects.filter(pk=editor.pk).update(language="es")
        shown = text_of(page(eve, edit("Soil", title="3. Earth")))
        assert "También cambiaría esto de «Earth»: número." in shown
        assert "It would change" not in shown

    def test_off_it_leads_to_the_switch(self, eve: Client, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        shown = text_of(page(eve, soil))
        assert "is not allowed" in shown
        assert reverse("import_source", args=[NoteSource.objects.get().uid]) in shown
        assert "Write to the notes" not in text_of(eve.get(f"/studio/topics/{soil.slug}/"))

    def test_the_topics_own_page_leads_here(self, eve: Client, source: NoteSource) -> None:
        soil = edit("Soil", title="Earth")
        shown = text_of(eve.get(f"/studio/topics/{soil.slug}/"))
        assert f"/studio/topics/{soil.slug}/notes/?roadmap=garden#w-title" in shown
        assert "Write to the notes" in text_of(eve.get(f"/studio/topics/{soil.slug}/needs/"))

    def test_a_topic_of_no_notes(self, eve: Client) -> None:
        alone = Topic.objects.create(title="Alone", slug="alone")
        assert "comes from no notes" in text_of(page(eve, alone))

    def test_as_many_queries_for_many_topics(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert page(eve, soil).status_code == 200
            return len(queries)

        asked()
        few = asked()
        (folder / "README.md").write_text(README + "".join(f"- Plant {n}\n" for n in range(300)), encoding="utf-8")
        load(folder, by="owner")
        assert asked() == few


class TestWriteNotes:
    def test_it_works(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth")
        (sent,) = forms(page(eve, soil))
        answer = write(eve, soil, sent)
        assert (answer.status_code, answer["Location"]) == (303, f"/studio/topics/{soil.slug}/notes/?roadmap=garden")
        assert (folder / "README.md").read_text(encoding="utf-8") == README.replace("**Soil**", "**Earth**")
        assert prepare(folder).nothing
        shown = text_of(page(eve, soil))
        assert "Wrote title of “Earth” to README.md" in shown
        assert "Take it back" in shown

    def test_all_at_once(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="Earth", summary="new", details=["loam"])
        sent = forms(page(eve, soil))[-1]
        assert write(eve, soil, sent).status_code == 303
        assert "- **Earth** (loam): new\n" in (folder / "README.md").read_text(encoding="utf-8")
        soil.refresh_from_db()
        assert soil.overrides == {}

    def test_the_same_form_twice_is_one_act(self, eve: Client, source: NoteSource) -> None:
        soil = edit("Soil", title="Earth")
        (sent,) = forms(page(eve, soil))
        assert [write(eve, soil, sent).status_code for _ in range(2)] == [303, 303]
        assert Edit.objects.filter(verb="write_back").count() == 1

    def test_two_editors_at_once(self, eve: Client, source: NoteSource, folder: Path) -> None:
        other = browser_of(make_user("Edwin", role="editor"))
        soil = edit("Soil", title="Earth")
        (mine,), (theirs,) = forms(page(eve, soil)), forms(page(other, soil))
        assert write(other, soil, theirs).status_code == 303
        edit("Earth", title="Mud")
        answer = write(eve, soil, mine)
        assert answer.status_code == 409
        assert "not what you saw" in text_of(answer)
        assert "**Mud**" in text_of(answer)
        assert b"**Earth**" in (folder / "README.md").read_bytes()

    def test_a_file_that_changed(self, eve: Client, source: NoteSource, folder: Path) -> None:
        """409 says what is different; reading the notes again, as it offers, lets it be written."""
        soil = edit("Soil", title="Earth")
        (sent,) = forms(page(eve, soil))
        (folder / "README.md").write_text(README + "\n\n", encoding="utf-8")
        answer = write(eve, soil, sent)
        assert answer.status_code == 409
        assert "README.md changed since the notes were read" in text_of(answer)
        assert reverse("read_source", args=[source.uid]) in text_of(answer)
        assert (folder / "README.md").read_text(encoding="utf-8") == README + "\n\n"
        assert eve.post(reverse("read_source", args=[source.uid])).status_code == 303
        (sent,) = forms(page(eve, soil))
        assert write(eve, soil, sent).status_code == 303

    def test_what_cannot_be_said(self, eve: Client, editor: User, source: NoteSource, folder: Path) -> None:
        soil = edit("Soil", title="3. Earth", summary="new")
        shown = forms(page(eve, soil))
        assert [sent["field"] for sent in shown] == [["summary"]]
        token = opened_source(NoteSource.objects.get()).look(soil.uid, ["title"]).token
        answer = write(eve, soil, {"field": "title", "seen": token, "operation": str(uuid4())})
        assert answer.status_code == 422
        assert "It would change the number of “Earth”, too. Nothing was written" in text_of(answer)
        User.objects.filter(pk=editor.pk).update(language="es")
        answer = write(eve, soil, {"field": "title", "seen": token, "operation": str(uuid4())})
        assert answer.status_code == 422
        assert "También cambiaría esto de «Earth»: número. No se ha escrito nada" in text_of(answer)
        assert (folder / "README.md").read_text(encoding="utf-8") == README

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"field": "title"},
            {"seen": "x"},
            {"field": "colour", "seen": "x"},
            {"field": ["title"] * 2, "seen": "x"},
        ],
    )
    def test_what_is_not_understood(self, eve: Client, source: NoteSource, sent: dict[str, Any]) -> None:
        answer = write(eve, edit("Soil", title="Earth"), sent)
        assert answer.status_code == 422
        assert "could not be understood" in text_of(answer)

    def test_who_may(self, source: NoteSource, learner: User, client: Client, folder: Path) -> None:
        """Who edits one roadmap alone does not write to files of the server."""
        soil = edit("Soil", title="Earth")
        helper = make_user("Hanna")
        RoadmapEditor.objects.create(user=helper, roadmap=Roadmap.objects.get())
        for who, get, post in ((browser_of(learner), 404, 404), (browser_of(helper), 403, 403), (client, 302, 302)):
            assert page(who, soil).status_code == get
            assert write(who, soil, {"field": "title", "seen": "x"}).status_code == post
            assert who.post(reverse("unwrite_notes", args=[soil.slug]), {"written": str(uuid4())}).status_code == post
        assert write(browser_of(make_user("Ed", role="editor")), soil, {}).status_code == 422
        assert eve_get(source) == 405
        assert (folder / "README.md").read_text(encoding="utf-8") == README


def eve_get(source: NoteSource) -> int:
    who = browser_of(make_user("Emil", role="editor"))
    return int(who.get(reverse("allow_writing", args=[source.uid])).status_code)


class TestUnwriteNotes:
    def written(self, eve: Client) -> tuple[Topic, Edit]:
        soil = edit("Soil", title="Earth")
        (sent,) = forms(page(eve, soil))
        assert write(eve, soil, sent).status_code == 303
        return soil, Edit.objects.get(verb="write_back")

    def back(self, client: Client, soil: Topic, written: str) -> Any:
        return client.post(reverse("unwrite_notes", args=[soil.slug]), {"written": written, "roadmap": "garden"})

    def test_it_works(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil, done = self.written(eve)
        assert self.back(eve, soil, str(done.operation)).status_code == 303
        assert (folder / "README.md").read_text(encoding="utf-8") == README
        soil.refresh_from_db()
        assert (soil.title, soil.overrides) == ("Earth", {"title": "Soil"})
        shown = text_of(page(eve, soil))
        assert "taken back" in shown
        assert "Take it back" not in shown

    def test_a_file_that_was_changed_since(self, eve: Client, source: NoteSource, folder: Path) -> None:
        soil, done = self.written(eve)
        with (folder / "README.md").open("a", encoding="utf-8") as file:
            file.write("- Weeds\n")
        answer = self.back(eve, soil, str(done.operation))
        assert answer.status_code == 409
        assert "README.md changed since" in text_of(answer)
        load(folder, by="owner")
        answer = self.back(eve, soil, str(done.operation))
        assert answer.status_code == 409
        assert "was changed since this was written to it" in text_of(answer)

    def test_what_was_never_written(self, eve: Client, source: NoteSource) -> None:
        soil, _ = self.written(eve)
        assert self.back(eve, soil, str(uuid4())).status_code == 404
        assert self.back(eve, soil, "x").status_code == 422


class TestAllowWriting:
    def test_it_works(self, eve: Client, folder: Path) -> None:
        source = NoteSource.objects.get()
        where, at = reverse("allow_writing", args=[source.uid]), reverse("import_source", args=[source.uid])
        assert "Allow writing to these files" in text_of(eve.get(at))
        assert eve.post(where, {"allowed": "yes"}).status_code == 303
        assert "Write nothing to them any more" in text_of(eve.get(at))
        assert eve.post(where, {"allowed": "yes"}).status_code == 303
        assert eve.post(where, {"allowed": "no"}).status_code == 303
        source.refresh_from_db()
        assert not source.writable
        said = [(entry.by, entry.said, entry.title) for entry in audit.trail(audit.Asked(kind="notes")).entries]
        assert said[:2] == [
            ("Eve", "forbade writing to the files of", "Garden"),
            ("Eve", "allowed writing to the files of", "Garden"),
        ]

    def test_the_trail_has_what_was_written_and_who_took_it_back(
        self, eve: Client, owner: User, source: NoteSource
    ) -> None:
        soil = edit("Soil", title="Earth")
        (sent,) = forms(page(eve, soil))
        write(eve, soil, sent)
        done = Edit.objects.get(verb="write_back")
        browser_of(owner).post(reverse("unwrite_notes", args=[soil.slug]), {"written": str(done.operation)})
        first, second, *_ = audit.trail(audit.Asked()).entries
        assert (first.by, first.verb, first.title) == ("Olga", "undo", "Earth")
        assert (second.by, second.said) == ("Eve", "wrote an edit to the notes")
        assert second.more == "Wrote title of “Earth” to README.md"

    def test_uploaded_notes_have_no_switch(self, eve: Client) -> None:
        source = NoteSource.objects.create(location="upload:abc", title="Uploaded")
        assert "Writing back" not in text_of(eve.get(reverse("import_source", args=[source.uid])))
        answer = eve.post(reverse("allow_writing", args=[source.uid]), {"allowed": "yes"})
        assert answer.status_code == 409
        assert "no folder to write to" in text_of(answer)

    def test_what_is_not_understood(self, eve: Client, folder: Path) -> None:
        source = NoteSource.objects.get()
        assert eve.post(reverse("allow_writing", args=[source.uid]), {"allowed": "perhaps"}).status_code == 422
        assert not NoteSource.objects.get().writable


class TestFilesRead:
    def test_an_import_remembers_them(self, folder: Path) -> None:
        assert list(SourceFiles.objects.get().digests) == ["README.md"]

    def test_reading_notes_that_say_nothing_new_does_too(self, folder: Path) -> None:
        before = SourceFiles.objects.get().digests
        (folder / "README.md").write_text(README + "\n", encoding="utf-8")
        call_command("load_notes", str(folder), "--plan", stdout=io.StringIO())
        assert SourceFiles.objects.get().digests == before
        call_command("load_notes", str(folder), stdout=io.StringIO())
        assert SourceFiles.objects.get().digests != before


class TestCommand:
    def run(self, *words: str) -> str:
        out = io.StringIO()
        call_command("write_back", *words, stdout=out)
        return out.getvalue()

    def test_it_works(self, source: NoteSource, folder: Path) -> None:
        edit("Soil", title="Earth")
        edit("Seeds", summary="3. tiny | things")
        edit("Harvest", title="3. Reap")
        planned = self.run(str(folder), "--plan")
        assert "“Earth”, title: to be written\n  README.md:5\n  - - **Soil** (clay, sand)" in planned
        assert "2 can be written, 1 stay edits over the notes." in planned
        assert (folder / "README.md").read_text(encoding="utf-8") == README
        said = self.run(str(source.uid), "--yes")
        assert "Wrote title of “Earth” to README.md." in said
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert text == README.replace("**Soil**", "**Earth**").replace("small things", "3. tiny | things")
        assert prepare(folder).nothing
        assert "0 can be written, 1 stay" in self.run(str(folder), "--yes")

    def test_nothing_waits(self, source: NoteSource, folder: Path) -> None:
        assert "Nothing waits" in self.run(str(folder))

    def test_it_asks(self, source: NoteSource, folder: Path) -> None:
        edit("Soil", title="Earth")
        with pytest.raises(CommandError, match="no terminal to ask on"):
            self.run(str(folder))
        assert (folder / "README.md").read_text(encoding="utf-8") == README

    def test_the_switch(self, folder: Path) -> None:
        edit("Soil", title="Earth")
        with pytest.raises(CommandError, match="is not allowed"):
            self.run(str(folder), "--yes")
        assert "Edits may be written to" in self.run(str(folder), "--allow")
        self.run(str(folder), "--forbid")
        assert not NoteSource.objects.get().writable

    def test_notes_that_nobody_loaded(self, db: None, tmp_path: Path) -> None:
        for named in (str(tmp_path), str(uuid4())):
            with pytest.raises(CommandError, match="No notes were ever loaded"):
                self.run(named)

    def test_notes_that_changed(self, source: NoteSource, folder: Path) -> None:
        edit("Soil", title="Earth")
        (folder / "README.md").write_text(README + "- Weeds\n", encoding="utf-8")
        with pytest.raises(CommandError, match="“Weeds” added"):
            self.run(str(folder), "--yes")
