"""Imports through the browser: it works, and then everything that is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from roadmap.loading import load
from roadmap.models import Import, NoteSource, Roadmap, Topic
from roadmap.uploads import shelf
from tests.factories import make_user
from tests.tracker.conftest import browser_of
from tracker import progress
from tracker.imports import jobs
from tracker.models import TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

GARDEN = """# Garden

## Beginner

### Ground
- Soil
- Sowing
- Watering
- Mulching
"""


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    jobs.forget_those(lambda key: True)


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


def note(text: str, name: str = "Garden.md") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def upload(client: Client, *files: SimpleUploadedFile, **fields: Any) -> Any:
    return client.post(reverse("upload_notes"), {"files": list(files), **fields})


def uploaded(client: Client, *files: SimpleUploadedFile, **fields: Any) -> str:
    """The address of the plan."""
    answer = upload(client, *files, **fields)
    assert answer.status_code == 303, answer.content.decode()
    return str(answer.headers["Location"])


def token_on(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def apply(client: Client, plan: str, **fields: str) -> Any:
    page = client.get(plan).content.decode()
    return client.post(f"{plan}apply/", {"token": token_on(page)} | fields)


def brought_in(client: Client, text: str = GARDEN) -> NoteSource:
    assert apply(client, uploaded(client, note(text))).status_code == 303
    return NoteSource.objects.get(location__startswith="upload:")


def done(learner: User, title: str) -> None:
    topic, roadmap = Topic.objects.get(title=title), Roadmap.objects.get()
    progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4(), roadmap=roadmap.pk)


class TestBringingNotesIn:
    def test_it_works(self, eve: Client, editor: User) -> None:
        plan = uploaded(eve, note(GARDEN))
        page = eve.get(plan).content.decode()
        assert "Nothing is changed yet" in page
        assert "Watering" in page
        assert not Topic.objects.exists()
        answer = eve.post(f"{plan}apply/", {"token": token_on(page)})
        assert answer.status_code == 303
        assert set(Topic.objects.values_list("title", flat=True)) == {"Soil", "Sowing", "Watering", "Mulching"}
        made = Import.objects.get()
        assert made.by == editor.shown_name
        there = eve.get(answer.headers["Location"], follow=True)
        assert "It can be taken back" in there.content.decode()
        assert answer.headers["Location"].startswith(reverse("import_source", args=[made.source.uid]))
        assert "This plan is applied" in eve.get(plan).content.decode()

    def test_a_later_state_is_recognised(self, eve: Client) -> None:
        source = brought_in(eve)
        ids = dict(Topic.objects.values_list("title", "uid"))
        later = GARDEN.replace("- Mulching\n", "- Mulching with straw\n- Pruning\n")
        plan = uploaded(eve, note(later), source=source.uid)
        page = eve.get(plan).content.decode()
        assert "Pruning" in page
        assert shelf.root_of(source.location) is not None
        if "Unclear" in page:
            eve.post(f"{plan}answer/", {"every": "first"})
        assert apply(eve, plan).status_code == 303
        assert Topic.objects.get(title="Soil").uid == ids["Soil"]
        assert Topic.objects.filter(title="Pruning").exists()
        assert NoteSource.objects.count() == 1

    def test_a_folder_keeps_its_paths(self, eve: Client) -> None:
        body = "".join(
            f'--x\r\nContent-Disposition: form-data; name="folder"; filename="{name}"\r\n\r\n{text}\r\n'
            for name, text in {
                "vault/README.md": "# Vault\n\n## Beginner\n- [[Soil]]\n- [[Sowing]]\n",
                "vault/deep/er/Soil.md": "# Soil\n\nEarth.",
                "vault/deep/Sowing.md": "# Sowing\n\nSeeds.",
                "vault/.obsidian/x.md": "# no",
                "vault/picture.png": "no",
            }.items()
        )
        answer = eve.generic("POST", reverse("upload_notes"), f"{body}--x--\r\n", "multipart/form-data; boundary=x")
        assert answer.status_code == 303
        (waiting,) = shelf.of(User.objects.get(role="editor").pk)
        root = shelf.notes_of(waiting)
        assert root.name == "vault"
        found = {path.relative_to(root).as_posix() for path in root.rglob("*.md")}
        assert found == {"README.md", "deep/er/Soil.md", "deep/Sowing.md"}
        assert waiting.left_out == {"no notes": 1, "hidden or of tools": 1}
        assert all(path.stat().st_mode & 0o077 == 0 for path in root.parent.rglob("*"))

    def test_a_zip_is_unpacked(self, eve: Client) -> None:
        plan = uploaded(eve, SimpleUploadedFile("notes.zip", packed({"Garden/Garden.md": GARDEN})))
        assert "Mulching" in eve.get(plan).content.decode()

    def test_a_few_of_the_notes_leave_the_others(self, eve: Client) -> None:
        two = {"a/Garden.md": GARDEN, "a/Kitchen.md": "# Kitchen\n\n## Beginner\n- Boiling\n- Frying\n"}
        assert apply(eve, uploaded(eve, SimpleUploadedFile("n.zip", packed(two)))).status_code == 303
        source = NoteSource.objects.get()
        only = note("# Kitchen\n\n## Beginner\n- Boiling\n- Frying\n- Baking\n", "Kitchen.md")
        plan = uploaded(eve, only, source=source.uid, over="yes")
        page = eve.get(plan).content.decode()
        assert "Baking" in page
        assert 'id="retired"' not in page

    def test_what_waited_for_the_same_source_gives_way(self, eve: Client, editor: User) -> None:
        source = brought_in(eve)
        first = uploaded(eve, note(GARDEN + "- A\n"), source=source.uid)
        second = uploaded(eve, note(GARDEN + "- B\n"), source=source.uid)
        assert eve.get(first).status_code == 404
        assert eve.get(second).status_code == 200
        assert len(shelf.of(editor.pk)) == 1


def packed(files: Mapping[str, str | bytes]) -> bytes:
    there = io.BytesIO()
    with zipfile.ZipFile(there, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return there.getvalue()


class TestThePlan:
    def test_it_says_what_becomes_of_learners(self, eve: Client, learner: User) -> None:
        source = brought_in(eve)
        for title in ("Soil", "Sowing", "Watering", "Mulching"):
            done(learner, title)
        later = GARDEN.replace("- Mulching\n", "") + "- Pruning\n- Grafting\n"
        page = eve.get(uploaded(eve, note(later), source=source.uid)).content.decode()
        assert "1 learner" in page
        assert "1 falls, from 100 % to 60 %" in page
        assert "What they have done stays done" in page

    def test_words_that_differ_are_shown_and_no_copy_stays(self, eve: Client, settings: Any, tmp_path: Path) -> None:
        settings.READINGS_DIR = tmp_path / "readings"
        first = "# G\n\n## Beginner\n- [[Soil]]\n- [[Sowing]]\n"
        files = {
            "v/README.md": first,
            "v/Soil.md": "# Soil\n\nEarth is brown and deep.",
            "v/Sowing.md": "# Sowing\n\nx",
        } | {f"v/other {number}.md": "# Other\n\nx" for number in range(60)}
        assert apply(eve, uploaded(eve, SimpleUploadedFile("v.zip", packed(files)))).status_code == 303
        files["v/Soil.md"] = "# Soil\n\nEarth is black and deep."
        again = SimpleUploadedFile("v.zip", packed(files))
        page = eve.get(uploaded(eve, again, source=NoteSource.objects.get().uid)).content.decode()
        assert "<del>brown</del><ins>black</ins>" in page
        assert not settings.READINGS_DIR.exists()

    def test_problems_show_their_line(self, eve: Client) -> None:
        text = "# G\n\n## Beginner\n- " + "x" * 300 + "\n- Soil\n"
        page = eve.get(uploaded(eve, note(text))).content.decode()
        assert "Garden.md:4" in page
        assert '<code dir="auto">- xxxx' in page

    def test_a_change_is_left_out_and_taken_in(self, eve: Client) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note(GARDEN + "- Pruning\n- Grafting\n"), source=source.uid)
        key = re.search(
            r'value="(added-[0-9a-f]+)">Leave out<span class="hide"> Pruning', eve.get(plan).content.decode()
        )
        assert key
        assert eve.post(f"{plan}parts/", {"leave_out": key[1]}).status_code == 303
        assert "1 change left out" in eve.get(plan).content.decode()
        eve.post(f"{plan}parts/", {"take_in": key[1]})
        assert "left out." not in eve.get(plan).content.decode()
        eve.post(f"{plan}parts/", {"leave_out": key[1]})
        assert apply(eve, plan).status_code == 303
        assert set(Topic.objects.values_list("title", flat=True)) >= {"Grafting"}
        assert not Topic.objects.filter(title="Pruning").exists()
        again = eve.get(uploaded(eve, note(GARDEN + "- Pruning\n- Grafting\n"), source=source.uid)).content.decode()
        assert "Pruning" in again

    def test_a_retirement_is_left_out(self, eve: Client, learner: User) -> None:
        source = brought_in(eve)
        done(learner, "Sowing")
        plan = uploaded(eve, note(GARDEN.replace("- Sowing\n", "")), source=source.uid)
        page = eve.get(plan).content.decode()
        key = re.search(r'value="(retired-[0-9a-f]+)"', page)
        assert key
        assert "1 learner" in page
        eve.post(f"{plan}parts/", {"leave_out": key[1]})
        assert "There is nothing to apply" in eve.get(plan).content.decode()
        assert Topic.objects.get(title="Sowing").retired_at is None
        assert TopicProgress.objects.get(topic__title="Sowing").state == "done"

    def test_unclear_topics_are_asked(self, eve: Client) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note(GARDEN.replace("Watering", "Watering plants well")), source=source.uid)
        page = eve.get(plan).content.decode()
        if "The same as" not in page:
            pytest.fail("recognised beyond doubt")
        assert 'name="token"' not in page
        assert eve.post(f"{plan}apply/", {"token": "x" * 64}).status_code == 409
        name, uid = re.search(r'name="(q-[0-9a-f]+)" value="([0-9a-f-]{36})"', page).groups()  # type: ignore[union-attr]
        assert eve.post(f"{plan}answer/", {name: uid}).status_code == 303
        assert apply(eve, plan).status_code == 303
        assert Topic.objects.get(title="Watering plants well").uid == UUID(uid)

    def test_a_split_is_asked_and_goes_on_with_what_was_done(self, eve: Client, learner: User) -> None:
        source = brought_in(eve, GARDEN.replace("- Watering\n- Mulching", "- Watering and mulching"))
        done(learner, "Watering and mulching")
        plan = uploaded(eve, note(GARDEN), source=source.uid)
        page = eve.get(plan).content.decode()
        assert "<bdi>split; “Mulching” is part of it too</bdi>" in page
        assert "same section, title " in page
        assert eve.post(f"{plan}answer/", {"every": "first"}).status_code == 303
        assert "part of <bdi>Watering and mulching</bdi>: whoever has done that has done this" in (
            eve.get(plan).content.decode()
        )
        assert apply(eve, plan).status_code == 303
        states = dict(TopicProgress.objects.filter(learner=learner).values_list("topic__title", "state"))
        assert states == {"Watering": "done", "Mulching": "done"}
        made = Import.objects.first()
        assert made is not None
        assert eve.post(reverse("undo_import", args=[source.uid]), {"asked": made.uid}).status_code == 303
        states = dict(TopicProgress.objects.filter(learner=learner).values_list("topic__title", "state"))
        assert states == {"Watering and mulching": "done", "Mulching": "todo"}

    def test_a_note_turned_into_a_folder_is_asked(self, eve: Client) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note(GARDEN.replace("- Mulching", "\n#### Mulching\n- Straw\n- Bark")), source=source.uid)
        page = eve.get(plan).content.decode()
        assert "<bdi>Mulching</bdi>, <bdi>divided into “Straw” and “Bark”</bdi>" in page
        assert "<span>New topics</span>" in page


class TestApplying:
    def test_twice_is_once(self, eve: Client) -> None:
        plan = uploaded(eve, note(GARDEN))
        token = token_on(eve.get(plan).content.decode())
        for _ in range(2):
            assert eve.post(f"{plan}apply/", {"token": token}).status_code == 303
        assert Import.objects.count() == 1

    def test_a_stale_plan_is_refreshed_and_not_applied(self, eve: Client, editor: User) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note(GARDEN + "- Pruning\n"), source=source.uid)
        token = token_on(eve.get(plan).content.decode())
        other = browser_of(make_user("Emil", role="editor"))
        assert apply(other, uploaded(other, note(GARDEN + "- Grafting\n"), source=source.uid)).status_code == 303
        answer = eve.post(f"{plan}apply/", {"token": token})
        assert answer.status_code == 409
        assert "The curriculum changed since you looked" in answer.content.decode()
        assert not Topic.objects.filter(title="Pruning").exists()
        assert "Grafting" in answer.content.decode()
        assert Import.objects.count() == 2

    def test_an_edit_that_no_page_shows_makes_it_stale_too(self, eve: Client) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note(GARDEN + "- Pruning\n"), source=source.uid)
        token = token_on(eve.get(plan).content.decode())
        Topic.objects.filter(title="Soil").update(summary="Changed beside every verb")
        assert eve.post(f"{plan}apply/", {"token": token}).status_code == 409
        assert not Topic.objects.filter(title="Pruning").exists()
        assert apply(eve, plan).status_code == 303

    def test_many_retirements_need_a_yes(self, eve: Client) -> None:
        source = brought_in(eve)
        plan = uploaded(eve, note("# Garden\n\n## Beginner\n\n### Ground\n- Soil\n"), source=source.uid)
        answer = apply(eve, plan)
        assert answer.status_code == 422
        assert "3 of 4 topics" in answer.content.decode()
        assert apply(eve, plan, retire_many="yes").status_code == 303

    def test_broken_notes_need_a_yes(self, eve: Client) -> None:
        broken = SimpleUploadedFile("Broken.md", b"# B\n\n- \xff\xfe\x00x\n- y\0")
        plan = uploaded(eve, note(GARDEN), broken)
        assert apply(eve, plan).status_code == 422
        assert not Topic.objects.exists()
        assert apply(eve, plan, skip_broken="yes").status_code == 303

    def test_notes_with_nothing_to_learn(self, eve: Client) -> None:
        page = eve.get(uploaded(eve, note("Just a sentence."))).content.decode()
        assert "There is nothing to learn" in page
        assert 'name="token"' not in page

    def test_it_is_taken_back_once(self, eve: Client) -> None:
        source = brought_in(eve)
        first = Import.objects.get()
        assert apply(eve, uploaded(eve, note(GARDEN + "- Pruning\n"), source=source.uid)).status_code == 303
        second = Import.objects.exclude(pk=first.pk).get()
        undo = reverse("undo_import", args=[source.uid])
        assert eve.post(undo, {"asked": first.uid}).status_code == 409
        for _ in range(2):
            assert eve.post(undo, {"asked": second.uid}).status_code == 303
        first.refresh_from_db()
        assert first.state == "applied"
        assert Topic.objects.get(title="Pruning").retired_at is not None
        page = eve.get(reverse("import_source", args=[source.uid]) + f"?opened={second.uid}").content.decode()
        assert "Taken back" in page

    def test_thrown_away(self, eve: Client) -> None:
        plan = uploaded(eve, note(GARDEN))
        assert eve.post(f"{plan}drop/").status_code == 303
        assert eve.get(plan).status_code == 404
        assert not NoteSource.objects.exists()


class TestSourcesOnDisk:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "garden"
        folder.mkdir()
        (folder / "README.md").write_text(GARDEN)
        return folder

    def test_read_again(self, eve: Client, folder: Path) -> None:
        load(folder, by="owner")
        source = NoteSource.objects.get()
        (folder / "README.md").write_text(GARDEN + "- Pruning\n")
        assert "changed on disk since" in eve.get(reverse("imports")).content.decode()
        answer = eve.post(reverse("read_source", args=[source.uid]))
        assert answer.status_code == 303
        assert "Pruning" in eve.get(answer.headers["Location"]).content.decode()
        assert apply(eve, answer.headers["Location"]).status_code == 303
        assert Topic.objects.filter(title="Pruning").exists()

    def test_a_folder_that_is_gone(self, eve: Client, folder: Path) -> None:
        load(folder, by="owner")
        (folder / "README.md").unlink()
        folder.rmdir()
        answer = eve.post(reverse("read_source", args=[NoteSource.objects.get().uid]))
        assert answer.status_code == 422
        assert "not where they were read" in answer.content.decode()

    def test_nothing_is_uploaded_over_it(self, eve: Client, folder: Path) -> None:
        load(folder, by="owner")
        answer = upload(eve, note(GARDEN), source=NoteSource.objects.get().uid)
        assert answer.status_code == 422
        assert "lie on the server" in answer.content.decode()


class TestWhoMay:
    def test_learners_see_no_imports(self, ada: Client, eve: Client) -> None:
        plan = uploaded(eve, note(GARDEN))
        for path in (reverse("imports"), plan):
            assert ada.get(path).status_code == 404
        assert upload(ada, note(GARDEN)).status_code == 404
        assert ada.post(f"{plan}apply/").status_code == 404

    def test_a_plan_is_its_makers_own(self, eve: Client) -> None:
        plan = uploaded(eve, note(GARDEN))
        other = browser_of(make_user("Emil", role="editor"))
        assert other.get(plan).status_code == 404
        assert other.post(f"{plan}apply/").status_code == 404

    def test_unknown(self, eve: Client) -> None:
        assert eve.get(reverse("import_plan", args=[uuid4()])).status_code == 404
        assert eve.get(reverse("import_source", args=[uuid4()])).status_code == 404
        assert upload(eve, note(GARDEN), source=uuid4()).status_code == 404
