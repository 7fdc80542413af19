"""Uploads at their limits, plans made beside the request, and what is counted of learners."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import uploads
from roadmap import apply as apply_module
from roadmap import guarding
from roadmap.apply import BusyError, apply_plan
from roadmap.models import Import, NoteSource, Placement, Roadmap, Topic
from roadmap.plan import Curriculum, plan
from roadmap.stored import curriculum_of
from roadmap.uploads import bundle, shelf
from tests.factories import make_section, make_source, make_user, place
from tests.roadmap.outlines import level, module, one, topic
from tests.tracker.conftest import browser_of
from tests.tracker.test_imports import GARDEN, apply, note, packed, token_on, upload, uploaded
from tracker import progress
from tracker.effects import effects_of
from tracker.imports import jobs, pages, planning, verbs
from tracker.models import TopicProgress, User
from tracker.packed import shares_of  # noqa: F401
from tracker.queries import standing

pytestmark = pytest.mark.usefixtures("static_root")
MANY = "# Large\n\n## Beginner\n" + "".join(f"- Topic number {n}\n" for n in range(30))


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    jobs.forget_those(lambda key: True)


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


def large(size: int) -> list[SimpleUploadedFile]:
    """Notes of so many bytes together."""
    text = b"# N\n\n" + b"word " * 150_000
    return [SimpleUploadedFile(f"n{n}.md", text) for n in range(size // len(text) + 1)]


@pytest.mark.django_db
class TestLargeUploads:
    def test_more_than_other_addresses_take(self, eve: Client) -> None:
        assert upload(eve, *large(3 << 20)).status_code == 303

    def test_of_nobody_else(self, eve: Client, ada: Client) -> None:
        assert upload(ada, *large(3 << 20)).status_code == 413
        assert upload(Client(), *large(3 << 20)).status_code == 413
        answer = eve.post(reverse("read_source", args=[uuid4()]), {"files": large(3 << 20)})
        assert answer.status_code == 413

    def test_beyond_the_limit(self, eve: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MOST", 2 << 20)
        answer = upload(eve, *large(3 << 20))
        assert answer.status_code == 413
        assert "An upload may have 2 MiB. Nothing was kept." in answer.content.decode()

    def test_too_many_notes(self, eve: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "NOTES", 2)
        answer = upload(eve, *(note("# A", f"{n}.md") for n in range(4)))
        assert answer.status_code == 422
        assert "more than 2 notes" in answer.content.decode()

    def test_too_much_together(self, eve: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "UNPACKED", 1 << 20)
        answer = upload(eve, *large(2 << 20))
        assert answer.status_code == 422
        assert "together have more" in answer.content.decode()

    def test_a_note_that_is_too_long(self, eve: Client) -> None:
        answer = upload(eve, SimpleUploadedFile("long.md", b"x" * (bundle.NOTE + 1)))
        assert answer.status_code == 422
        assert "“long.md” has 1.0 MiB; a note may have 1" in answer.content.decode()

    @pytest.mark.parametrize("name", ["../../etc/passwd.md", "/etc/x.md", "a/../../x.md"])
    def test_hostile_names_of_files(self, eve: Client, name: str) -> None:
        part = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n# A\r\n--x--\r\n'
        answer = eve.generic("POST", reverse("upload_notes"), part, "multipart/form-data; boundary=x")
        assert answer.status_code == 422
        assert "Nothing was kept, and nothing was changed." in answer.content.decode()

    @pytest.mark.parametrize(
        ("files", "says"),
        [
            ([], "Nothing was chosen"),
            ([("a.png", b"x")], "no notes in it"),
            ([("a.zip", b"no zip")], "end is missing"),
            ([("a.zip", packed({"../b.md": "x"}))], "leads out of its folder"),
            ([("a.zip", packed({"b.md": "x"})), ("c.md", b"x")], "A zip comes alone"),
            ([("a.zip", packed({"b.png": "x"}))], "no notes in it"),
        ],
    )
    def test_every_refusal_is_a_sentence(self, eve: Client, files: list[tuple[str, bytes]], says: str) -> None:
        answer = upload(eve, *(SimpleUploadedFile(name, data) for name, data in files))
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert not NoteSource.objects.exists()
        assert shelf.of(User.objects.get(role="editor").pk) == []


@pytest.mark.django_db(transaction=True)
class TestBeside:
    """Plans of large notes are made in a thread, which has a connection of its own."""

    @pytest.fixture(autouse=True)
    def _all_are_large(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.IMPORTS_AT_ONCE = 10
        monkeypatch.setattr(jobs, "PATIENCE", 0.05)

    @staticmethod
    def until(client: Client, path: str, text: str) -> str:
        for _ in range(100):
            page: str = client.get(path).content.decode()
            if text in page:
                return page
            time.sleep(0.05)
        raise AssertionError(page)

    def test_it_works(self, eve: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        gate, read = Event(), guarding.look
        monkeypatch.setattr(guarding, "look", lambda *given, **how: gate.wait(10) and read(*given, **how))
        made = uploaded(eve, note(MANY))
        page = eve.get(made).content.decode()
        assert "<progress" in page
        assert 'http-equiv="refresh"' in page
        assert eve.post(f"{made}apply/", {"token": "x"}).headers["Location"] == made
        gate.set()
        token = token_on(self.until(eve, made, 'name="token"'))
        assert eve.post(f"{made}apply/", {"token": token}).status_code == 303
        self.until(eve, made, "This plan is applied")
        assert Import.objects.count() == 1

    def test_a_plan_that_cannot_be_made_is_said_and_tried_again(
        self, eve: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            time.sleep(0.2)
            raise ZeroDivisionError

        made = uploaded(eve, note(MANY))
        with monkeypatch.context() as patched:
            patched.setattr(guarding, "look", broken)
            assert "<progress" in eve.get(made).content.decode()
            with pytest.raises(ZeroDivisionError):
                self.until(eve, made, 'name="token"')
        self.until(eve, made, 'name="token"')

    def test_what_went_wrong_while_storing_is_told(self, eve: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        made = uploaded(eve, note(MANY))
        token = token_on(self.until(eve, made, 'name="token"'))

        def busy(**_: Any) -> None:
            time.sleep(0.2)
            raise BusyError

        monkeypatch.setattr(apply_module, "apply_plan", busy)
        assert eve.post(f"{made}apply/", {"token": token}).status_code == 303
        assert "Storing the changes" in eve.get(made).content.decode()
        self.until(eve, made, "Another change of the curriculum is under way. Nothing was changed")
        monkeypatch.undo()
        assert not Topic.objects.exists()


def stored(source: NoteSource, *titles: str) -> None:
    now = curriculum_of(source)
    notes = one(level("Beginner", module("Ground", *(topic(title) for title in titles))))
    planned = plan(now, notes)
    if planned.unclear:
        planned = plan(now, notes, answers=dict.fromkeys(q.number for q in planned.unclear))
    apply_plan(plan=planned, source=source, by="test", retire_many=True)


def after(source: NoteSource, *titles: str) -> tuple[Curriculum, Curriculum]:
    now = curriculum_of(source)
    notes = one(level("Beginner", module("Ground", *(topic(title) for title in titles))))
    planned = plan(now, notes)
    answers = dict.fromkeys(q.number for q in planned.unclear)
    return now, plan(now, notes, answers=answers).target


def done(learner: User, *titles: str) -> None:
    roadmap = Roadmap.objects.earliest("pk")
    for each in Topic.objects.filter(title__in=titles):
        progress.set_state(learner=learner, topic=each.pk, state="done", operation=uuid4(), roadmap=roadmap.pk)


@pytest.mark.django_db
class TestEffects:
    def test_it_is_what_learners_then_see(self) -> None:
        source = make_source()
        stored(source, "Soil", "Sowing", "Watering", "Mulching")
        learners = [make_user(f"L{n}") for n in range(4)]
        for learner, titles in zip(learners, (["Soil"], ["Soil", "Sowing"], ["Mulching"], []), strict=True):
            done(learner, *titles)
        roadmap = Roadmap.objects.get()
        was = [standing(learner, roadmap).overlay.total.percent for learner in learners]
        now, target = after(source, "Soil", "Sowing", "Pruning", "Grafting", "Raking")
        ids = dict(Topic.objects.values_list("title", "uid"))
        effects = effects_of(now, target, ids.values())
        stored(source, "Soil", "Sowing", "Pruning", "Grafting", "Raking")
        roadmap = Roadmap.objects.get()
        then = [standing(learner, roadmap).overlay.total.percent for learner in learners]
        ((_, found),) = effects.roadmaps
        falls = [(a, b) for a, b in zip(was, then, strict=True) if a and b is not None and a > b]
        assert found.learners == 3
        assert found.fall == len(falls)
        assert found.worst == max(falls, key=lambda pair: pair[0] - pair[1])
        assert effects.topics[ids["Mulching"]].learners == 1
        assert effects.topics[ids["Soil"]].learners == 2

    def test_a_topic_that_comes_back_counts_what_was_done(self, learner: User) -> None:
        source = make_source()
        stored(source, "Soil", "Sowing")
        done(learner, "Sowing")
        stored(source, "Soil")
        now, target = after(source, "Soil", "Sowing")
        ((_, found),) = effects_of(now, target, ()).roadmaps
        assert (found.fall, found.rise) == (0, 1)

    def test_other_sources_roadmaps_that_show_it(self, learner: User) -> None:
        source = make_source()
        stored(source, "Soil", "Sowing")
        elsewhere = Roadmap.objects.create(title="Elsewhere", slug="elsewhere")
        section = make_section(elsewhere)
        for each in Topic.objects.all():
            place(each, section)
        progress.set_state(
            learner=learner, topic=Topic.objects.get(title="Soil").pk, state="done", operation=uuid4(),
            roadmap=elsewhere.pk,
        )  # fmt: skip
        now, target = after(source, "Sowing")
        effects = dict(effects_of(now, target, ()).roadmaps)
        assert effects["Elsewhere"].worst == (50, 0)

    def test_nothing_they_did_is_lost(self, eve: Client, learner: User) -> None:
        assert apply(eve, uploaded(eve, note(GARDEN))).status_code == 303
        done(learner, "Soil", "Sowing", "Watering")
        before = set(TopicProgress.objects.filter(state="done").values_list("topic", flat=True))
        gone = uploaded(
            eve, note("# Garden\n\n## Beginner\n\n### Ground\n- Soil\n"), source=NoteSource.objects.get().uid
        )
        assert apply(eve, gone, retire_many="yes").status_code == 303
        assert set(TopicProgress.objects.filter(state="done").values_list("topic", flat=True)) == before

    @pytest.mark.parametrize("number", [3, 300])
    def test_queries_do_not_grow_with_learners_or_topics(self, number: int) -> None:
        source = make_source()
        titles = [f"Topic {n}" for n in range(number)]
        stored(source, *titles)
        roadmap, first = Roadmap.objects.get(), Topic.objects.earliest("pk")
        for n in range(number // 3):
            progress.set_state(
                learner=make_user(f"L{n}"), topic=first.pk, state="done", operation=uuid4(), roadmap=roadmap.pk
            )
        now, target = after(source, *titles[1:], "More")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            effects_of(now, target, [found.uid for found in now.topics])
        assert len(queries) <= 9
        assert Placement.objects.count() == number


@pytest.mark.django_db
class TestQueries:
    @staticmethod
    def asked(work: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    def test_sources(self) -> None:
        make_source()
        few = self.asked(pages.sources)
        for _ in range(300):
            make_source()
        assert self.asked(pages.sources) == few == 2

    def test_history(self) -> None:
        source = make_source()
        stored(source, "Soil")
        few = self.asked(lambda: pages.source_page(source, "", None))
        for n in range(12):
            stored(source, "Soil", f"Topic {n}")
        assert self.asked(lambda: pages.source_page(source, "", None)) == few

    def test_a_plan(self, eve: Client, editor: User) -> None:
        def asked(text: str) -> int:
            waiting = verbs.receive(by=editor, files=[("a.md", text.encode())], left_out={})
            return self.asked(lambda: pages.plan_page(waiting, planning.plan_of(waiting).outcome()))

        assert asked(GARDEN) == asked(GARDEN + "".join(f"- Topic {n}\n" for n in range(300)))
