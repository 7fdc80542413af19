"""The form of a topic in the studio: saved, shown beside the notes, refused, never lost; what it requires."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.models import Alias, Edit, NoteSource, Prerequisite, Resource, Roadmap, Step, Topic
from roadmap.plan import plan
from roadmap.stored import curriculum_of
from roadmap.studio import doing, fields
from tests.factories import make_roadmap, make_section, make_source, make_topic, make_user, require
from tests.roadmap.outlines import link, module, one, step, topic
from tests.roadmap.test_apply import bring
from tests.tracker.conftest import HTMX, Path, browser_of
from tracker import progress, topic_editing, topic_forms
from tracker.models import RoadmapEditor, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]

NOTES = one(
    module(
        "Ground",
        topic("Soil", step("Dig"), step("Rake"), body="Begins all. See [[Seeds]].", hours=3.0, summary="What it is.",
              details=("clay", "sand"), aliases=("Earth",), resources=(link("https://soil.example/", "All of it"),)),
        topic("Seeds", body="In [[Soil]].", needs=("Soil",)),
        topic("Harvest", needs=("Seeds",)),
    ),
    title="Garden",
)  # fmt: skip


@pytest.fixture
def source() -> NoteSource:
    source = make_source()
    bring(source, NOTES)
    return source


@pytest.fixture
def soil(source: NoteSource) -> Topic:
    return Topic.objects.get(title="Soil")


@pytest.fixture
def seeds(source: NoteSource) -> Topic:
    return Topic.objects.get(title="Seeds")


@pytest.fixture
def harvest(source: NoteSource) -> Topic:
    return Topic.objects.get(title="Harvest")


@pytest.fixture
def eve(editor: User) -> Client:
    """The editor's browser."""
    return browser_of(editor)


def form(found: Topic, **changed: Any) -> dict[str, Any]:
    """What a browser sends for the page as it is now, with some fields typed over."""
    typed = topic_forms.stored(topic_editing.plain_topic(found))
    data: dict[str, Any] = {name: text.replace("\n", "\r\n") for name, text in typed.texts.items()}
    rows = typed.step_rows()
    data |= {"step_uid": [r.uid for r in rows], "step_title": [r.title for r in rows]}
    data |= {"step_place": [r.place for r in rows], "step_retired": [r.uid for r in rows if r.retired]}
    links = typed.resource_rows()
    data |= {"resource_row": [str(i) for i in range(1, len(links) + 1)]}
    data |= {f"resource_{name}": [getattr(r, name) for r in links] for name in ("title", "url", "kind", "place")}
    return data | {"seen": typed.seen_json, "operation": str(uuid4())} | changed


def save(client: Client, found: Topic, **changed: Any) -> Any:
    return client.post(f"/studio/topics/{found.slug}/save/", form(found, **changed))


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def replan(source: NoteSource) -> list[str]:
    """What reading the same notes again would change."""
    again = plan(curriculum_of(source), NOTES)
    return [] if again.empty else [str(change.as_json()) for change in again.changes] or ["not empty"]


class TestStudioTopic:
    def test_it_works(self, eve: Client, soil: Topic) -> None:
        answer = eve.get(f"/studio/topics/{soil.slug}/")
        assert answer.status_code == 200
        text = text_of(answer)
        assert 'value="Soil"' in text
        assert "Begins all. See [[Seeds]]." in text
        assert text.count("from the notes") == 8

    def test_a_former_address_leads_here(self, eve: Client, soil: Topic) -> None:
        Alias.objects.create(topic=soil, text="ground", kind="slug")
        answer = eve.get("/studio/topics/ground/?roadmap=garden")
        assert (answer.status_code, answer["Location"]) == (302, "/studio/topics/soil/?roadmap=garden")

    def test_nobody_else_finds_it(self, soil: Topic, learner: User, client: Client) -> None:
        for name in ("", "needs/"):
            assert browser_of(learner).get(f"/studio/topics/soil/{name}").status_code == 404
            assert client.get(f"/studio/topics/soil/{name}").status_code == 302
        for name in ("save/", "preview/", "needs/set/", "needs/remove/", "needs/noted/"):
            assert browser_of(learner).post(f"/studio/topics/soil/{name}", form(soil)).status_code == 404
            assert browser_of(learner).get(f"/studio/topics/soil/{name}").status_code == 405
        assert browser_of(learner).get("/studio/titles/?q=soil").status_code == 404

    def test_no_such_topic(self, eve: Client, soil: Topic) -> None:
        assert eve.get("/studio/topics/nothing/").status_code == 404
        assert eve.post("/studio/topics/nothing/save/", form(soil)).status_code == 404

    def test_a_topic_of_no_source_and_no_roadmap_is_shown(self, eve: Client) -> None:
        lost = make_topic("Lost")
        text = text_of(eve.get(f"/studio/topics/{lost.slug}/"))
        assert "stands on no roadmap" in text
        assert "from the notes" not in text
        assert save(eve, lost, title="Found").status_code == 409

    def test_as_many_queries_for_many_steps_and_roadmaps(self, eve: Client, soil: Topic) -> None:
        make_topic_part(soil, 99)
        few = queries(lambda: eve.get(f"/studio/topics/{soil.slug}/"))
        for number in range(30):
            make_topic_part(soil, number)
        assert queries(lambda: eve.get(f"/studio/topics/{soil.slug}/")) == few


def make_topic_part(soil: Topic, number: int) -> None:
    Step.objects.create(topic=soil, title=f"Step {number}", position=10 + number)
    Resource.objects.create(topic=soil, title=f"Book {number}", position=10 + number)
    make_section_with(soil, make_roadmap(f"Other {number}"))
    require(soil, make_topic(f"Needed {number}"))


def make_section_with(soil: Topic, roadmap: Roadmap) -> None:
    from tests.factories import place

    place(soil, make_section(roadmap, "Somewhere"))


def queries(call: Callable[[], Any]) -> int:
    call()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert call().status_code == 200
    return len(captured)


class TestSaveTopic:
    def test_every_field_is_saved_as_an_override(self, eve: Client, soil: Topic, source: NoteSource) -> None:
        dig, rake = soil.steps.all()
        answer = save(
            eve, soil, title="Good soil", aliases="Loam\r\nEarth", summary="New.", body="New **text**, [[Seeds]].",
            details="loam", hours="4.5",
            step_uid=[str(rake.uid), str(dig.uid), ""], step_title=["Rake well", "Dig", "Water"],
            step_place=["1", "2", "3"],
            resource_row=["1", "2"], resource_title=["", "All of it"],
            resource_url=["https://youtu.be/x", "https://soil.example/"],
            resource_kind=["", "link"], resource_place=["1", "2"],
        )  # fmt: skip
        assert answer.status_code == 303, text_of(answer)
        soil.refresh_from_db()
        assert (soil.title, soil.summary, soil.details, float(soil.hours or 0)) == ("Good soil", "New.", ["loam"], 4.5)
        assert "<strong>text</strong>" in (soil.body_html or "")
        assert "/topics/seeds/" in (soil.body_html or "")
        assert [s.title for s in soil.steps.filter(retired_at=None)] == ["Rake well", "Dig", "Water"]
        assert soil.steps.get(title="Rake well").uid == rake.uid
        assert [(r.title, r.kind) for r in soil.resources.all()] == [
            ("https://youtu.be/x", "video"),
            ("All of it", "link"),
        ]
        assert soil.overrides["title"] == "Soil"
        assert soil.overrides["steps"] == ["Dig", "Rake"]
        assert set(soil.overrides) == {"title", "aliases", "summary", "body", "details", "hours", "steps", "resources"}
        assert replan(source) == []
        assert curriculum_of(source).topics == plan(curriculum_of(source), NOTES).target.topics

    def test_bodies_that_link_to_it_are_rendered_again(self, eve: Client, soil: Topic, seeds: Topic) -> None:
        assert "/topics/soil/" in (seeds.body_html or "")
        save(eve, soil, slug="loam")
        seeds.refresh_from_db()
        assert "/topics/loam/" in (seeds.body_html or "")
        assert seeds.revision == 1

    def test_an_address_that_changes_leads_on(self, eve: Client, soil: Topic, source: NoteSource) -> None:
        answer = save(eve, soil, slug="Good Loam")
        assert answer["Location"] == "/studio/topics/good-loam/?roadmap=garden"
        assert eve.get("/topics/soil/")["Location"].startswith("/topics/good-loam/")
        assert replan(source) == []
        soil.refresh_from_db()
        save(eve, soil, slug="soil")
        assert eve.get("/topics/good-loam/")["Location"].startswith("/topics/soil/")
        assert list(Alias.objects.filter(kind="slug").values_list("text", flat=True)) == ["good-loam"]

    def test_an_address_of_another_topic_is_refused(self, eve: Client, soil: Topic, seeds: Topic) -> None:
        Alias.objects.create(topic=seeds, text="grain", kind="slug")
        for taken in ("seeds", "grain"):
            answer = save(eve, soil, slug=taken, summary="Typed.")
            assert answer.status_code == 409
            assert "is taken: it leads to “Seeds”" in text_of(answer)
            assert "Typed." in text_of(answer)
        soil.refresh_from_db()
        assert (soil.slug, soil.summary) == ("soil", "What it is.")

    def test_nothing_typed_over_changes_nothing(self, eve: Client, soil: Topic) -> None:
        assert save(eve, soil).status_code == 303
        soil.refresh_from_db()
        assert (soil.overrides, soil.revision) == ({}, 1)
        assert not Edit.objects.exists()

    def test_typed_back_to_what_the_notes_say_is_no_override(self, eve: Client, soil: Topic) -> None:
        save(eve, soil, summary="Other.")
        save(eve, soil, summary="What it is.")
        soil.refresh_from_db()
        assert soil.overrides == {}

    def test_the_same_form_twice_is_one_act(self, eve: Client, soil: Topic) -> None:
        sent = form(soil, summary="Once.")
        for _ in range(2):
            assert eve.post("/studio/topics/soil/save/", sent).status_code == 303
        assert Edit.objects.count() == 1

    def test_it_is_recorded_undone_and_redone(self, eve: Client, soil: Topic, editor: User) -> None:
        dig, _rake = soil.steps.all()
        save(eve, soil, title="Loam", slug="loam", body="Other.", step_gone=[str(dig.uid)])
        edit = Edit.objects.get()
        assert (edit.by, edit.data["said"]) == ("Eve", "Changed title, address, body and steps of “Soil”")
        roadmap = Roadmap.objects.get(slug="garden")
        asked = doing.Asked("Eve", str(editor.pk))
        doing.undo(roadmap=roadmap, asked=asked)
        soil.refresh_from_db()
        assert (soil.title, soil.slug, soil.overrides) == ("Soil", "soil", {})
        assert "Begins all" in (soil.body_html or "")
        assert not soil.steps.exclude(retired_at=None).exists()
        assert eve.get("/topics/loam/").status_code == 301
        doing.redo(roadmap=roadmap, asked=asked)
        soil.refresh_from_db()
        assert (soil.title, soil.slug) == ("Loam", "loam")
        assert soil.steps.get(uid=dig.uid).retired_at is not None

    def test_a_step_is_retired_with_its_ticks_and_brought_back(self, eve: Client, soil: Topic, learner: User) -> None:
        dig = soil.steps.get(title="Dig")
        progress.set_step(learner=learner, step=dig, done=True, operation=uuid4())
        save(eve, soil, step_gone=[str(dig.uid)])
        assert not soil.steps.filter(uid=dig.uid, retired_at=None).exists()
        save(eve, soil, step_back=[str(dig.uid)])
        assert soil.steps.filter(uid=dig.uid, retired_at=None).exists()
        assert dig.progress.get().done

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("title", "", "This field is required."),
            ("title", "x" * 201, "at most 200"),
            ("slug", "🎉", "at least one letter or digit"),
            ("hours", "-1", "greater than or equal"),
            ("hours", "many", "Enter a number."),
            ("resource_url", ["javascript:alert(1)", ""], "is no web address"),
            ("resource_kind", ["sculpture", ""], "Choose a kind"),
        ],
    )
    def test_what_cannot_be_stored_comes_back(
        self, eve: Client, soil: Topic, field: str, value: Any, said: str
    ) -> None:
        answer = save(eve, soil, summary="Typed by hand.", **{field: value})
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert "Typed by hand." in text_of(answer)
        soil.refresh_from_db()
        assert soil.overrides == {}

    @pytest.mark.parametrize("seen", ["", "nonsense", "[]", "{}", '{"x": 1}'])
    def test_without_what_was_seen_nothing_is_saved(self, eve: Client, soil: Topic, seen: str) -> None:
        answer = save(eve, soil, seen=seen, summary="Typed.")
        assert answer.status_code == 422
        assert "Typed." in text_of(answer)
        assert not Edit.objects.exists()

    def test_somebody_elses_steps_are_not_taken(self, eve: Client, soil: Topic, seeds: Topic) -> None:
        other = Step.objects.create(topic=seeds, title="Sow")
        save(eve, soil, step_uid=[str(other.uid)], step_title=["Mine"], step_place=["1"])
        other.refresh_from_db()
        assert (other.topic, other.title) == (seeds, "Sow")
        assert soil.steps.filter(title="Mine").exists()


class TestTwoEditors:
    @pytest.fixture
    def other(self) -> Client:
        return browser_of(make_user("Edwin", role="editor"))

    def test_both_versions_side_by_side(self, eve: Client, other: Client, soil: Topic) -> None:
        loaded = form(soil)
        assert save(other, soil, summary="Theirs.", details="peat").status_code == 303
        mine = loaded | {"summary": "Mine.", "title": "My soil"}
        answer = eve.post("/studio/topics/soil/save/", mine)
        text = text_of(answer)
        assert answer.status_code == 409
        assert "Edwin" in text
        assert ">Mine.</pre>" in text
        assert ">Theirs.</pre>" in text
        assert 'value="My soil"' in text
        assert [row[0] for row in answer.context["conflict"]["rows"]] == ["summary", "details"]
        typed = answer.context["typed"]
        assert (typed.texts["summary"], typed.texts["details"]) == ("Mine.", "peat")
        soil.refresh_from_db()
        assert (soil.title, soil.summary) == ("Soil", "Theirs.")

    @pytest.mark.parametrize(("choice", "kept"), [("mine", "Mine."), ("theirs", "Theirs.")])
    def test_the_choice_is_saved(self, eve: Client, other: Client, soil: Topic, choice: str, kept: str) -> None:
        loaded = form(soil)
        save(other, soil, summary="Theirs.", details="peat")
        mine = loaded | {"summary": "Mine.", "title": "My soil"}
        answer = eve.post("/studio/topics/soil/save/", mine)
        typed = answer.context["typed"]
        again = mine | typed.texts | {"seen": typed.seen_json, "operation": str(uuid4()), "keep_summary": choice}
        assert eve.post("/studio/topics/soil/save/", again).status_code == 303
        soil.refresh_from_db()
        assert (soil.title, soil.summary, soil.details) == ("My soil", kept, ["peat"])

    def test_once_more_in_between_is_asked_once_more(self, eve: Client, other: Client, soil: Topic) -> None:
        loaded = form(soil)
        save(other, soil, summary="Theirs.")
        answer = eve.post("/studio/topics/soil/save/", loaded | {"summary": "Mine."})
        save(other, soil, summary="Theirs again.")
        again = loaded | {"summary": "Mine.", "seen": answer.context["typed"].seen_json, "operation": str(uuid4())}
        answer = eve.post("/studio/topics/soil/save/", again)
        assert answer.status_code == 409
        assert ">Theirs again.</pre>" in text_of(answer)

    def test_steps_too(self, eve: Client, other: Client, soil: Topic) -> None:
        loaded = form(soil)
        dig, _rake = soil.steps.all()
        save(other, soil, step_gone=[str(dig.uid)])
        answer = eve.post("/studio/topics/soil/save/", loaded | {"step_title": ["Dig deep", "Rake", "", ""]})
        assert answer.status_code == 409
        assert ">Dig deep\nRake</pre>" in text_of(answer)
        assert ">Rake</pre>" in text_of(answer)

    def test_an_address_changed_meanwhile_loses_nothing(self, eve: Client, other: Client, soil: Topic) -> None:
        loaded = form(soil)
        save(other, soil, slug="loam")
        answer = eve.post("/studio/topics/soil/save/", loaded | {"summary": "Mine."})
        assert answer.status_code == 409
        assert "Mine." in text_of(answer)


class TestOverrides:
    def test_one_is_dropped_and_the_rest_saved(self, eve: Client, soil: Topic, source: NoteSource) -> None:
        save(eve, soil, title="Loam", summary="Other.", body="Other.")
        text = text_of(eve.get("/studio/topics/soil/"))
        assert text.count("edited here") == 3
        assert text.count("Take the notes’ version") >= 3
        assert save(eve, soil, drop="body", details="typed").status_code == 303
        soil.refresh_from_db()
        assert (soil.title, soil.body, soil.details) == ("Loam", "Begins all. See [[Seeds]].", ["typed"])
        assert "Begins all" in (soil.body_html or "")
        assert set(soil.overrides) == {"title", "summary", "details"}
        assert replan(source) == []

    @pytest.mark.parametrize("field", ["title", "aliases", "summary", "details", "hours", "steps", "resources"])
    def test_each_field_returns_to_the_notes(self, eve: Client, soil: Topic, source: NoteSource, field: str) -> None:
        before = curriculum_of(source)
        changed = {"hours": "9", "resource_title": ["Else", ""], "step_title": ["Else", "Rake", "", ""]}
        name = {"steps": "step_title", "resources": "resource_title"}.get(field, field)
        save(eve, soil, **{name: changed.get(name, "Else")})
        soil.refresh_from_db()
        assert field in soil.overrides
        save(eve, soil, drop=field)
        soil.refresh_from_db()
        assert soil.overrides == {}
        assert fields.digests(topic_editing.plain_topic(soil)) == fields.digests(before.topic_by_uid()[soil.uid])
        assert replan(source) == []

    @pytest.mark.parametrize("field", ["body", "nonsense", "needs", "inside"])
    def test_what_is_no_override_is_not_dropped(self, eve: Client, soil: Topic, field: str) -> None:
        assert save(eve, soil, drop=field).status_code == 303
        assert not Edit.objects.exists()


class TestPreviewTopic:
    def test_a_fragment_with_htmx(self, eve: Client, soil: Topic) -> None:
        body = "**Bold** [[Seeds]] [[Nowhere]] <script>alert(1)</script>"
        answer = eve.post("/studio/topics/soil/preview/", {"body": body}, headers=HTMX)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert text.lstrip().startswith('<section class="preview" id="preview"')
        assert "<strong>Bold</strong>" in text
        assert 'href="/topics/seeds/"' in text
        assert "<script" not in text
        soil.refresh_from_db()
        assert soil.body == "Begins all. See [[Seeds]]."

    def test_the_whole_page_without(self, eve: Client, soil: Topic) -> None:
        answer = eve.post("/studio/topics/soil/preview/", form(soil, body="**Bold**", title="Typed title"))
        text = text_of(answer)
        assert answer.status_code == 200
        assert "<strong>Bold</strong>" in text
        assert 'value="Typed title"' in text
        assert "data-unsaved" in text
        assert not Edit.objects.exists()

    def test_the_stored_text_is_rendered_the_same(self, eve: Client, soil: Topic) -> None:
        body = "# One\n\n- [[Seeds|grain]]\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        shown = eve.post("/studio/topics/soil/preview/", {"body": body}, headers=HTMX).context["body"]
        save(eve, soil, body=body)
        soil.refresh_from_db()
        assert soil.body_html == shown


class TestStudioTitles:
    def test_titles_and_other_names(self, eve: Client, soil: Topic) -> None:
        for words in ("soi", "earth"):
            assert 'data-title="Soil"' in text_of(eve.get(f"/studio/titles/?q={words}&topic=seeds"))
        assert "No topic is called so" in text_of(eve.get("/studio/titles/?q=%25"))
        assert "titles" not in eve.get("/studio/titles/").context["found"]

    def test_only_what_a_text_can_link_to(self, eve: Client, soil: Topic) -> None:
        make_topic("Soil of others")
        assert "Soil of others" not in text_of(eve.get("/studio/titles/?q=soil&topic=soil"))
        assert "Soil of others" in text_of(eve.get("/studio/titles/?q=soil"))

    def test_who_edits_one_roadmap_is_told_of_no_other_draft(self, path: Path, learner: User) -> None:
        RoadmapEditor.objects.create(user=learner, roadmap=path.roadmap)
        make_topic("Soil of a draft", make_section(make_roadmap("Secret", state="draft"), "All"))
        client = browser_of(learner)
        assert 'data-title="Soil"' in text_of(client.get("/studio/titles/?q=soil"))
        assert client.get(f"/studio/topics/{path.sowing.slug}/").status_code == 200
        assert "of a draft" not in text_of(client.get("/studio/titles/?q=soil"))
        assert "of a draft" not in text_of(client.get(f"/studio/topics/{path.sowing.slug}/needs/?q=soil"))

    def test_as_many_queries_for_many(self, eve: Client, soil: Topic) -> None:
        few = queries(lambda: eve.get("/studio/titles/?q=soil"))
        section = make_section(make_roadmap("Many"), "All")
        for number in range(50):
            make_topic(f"Soil {number}", section)
        assert queries(lambda: eve.get("/studio/titles/?q=soil")) == few


class TestTopicNeeds:
    def test_it_works(self, eve: Client, seeds: Topic) -> None:
        text = text_of(eve.get("/studio/topics/seeds/needs/"))
        assert "stated in the notes" in text
        assert "Soil" in text

    def test_a_search_says_what_it_would_lock(self, eve: Client, path: Path, learner: User) -> None:
        other = make_topic("Weather", make_section(path.roadmap, "More"))
        for name in ("Ada", "Ben", "Cid", "Dan"):
            walker = make_user(name)
            progress.set_state(
                learner=walker, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
            )
        progress.set_state(learner=walker, topic=other.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk)
        begun = make_user("Eva")
        progress.set_state(
            learner=begun, topic=path.sowing.pk, state="learning", operation=uuid4(), roadmap=path.roadmap.pk
        )
        assert topic_editing.would_lock(path.sowing, [other.pk, path.soil.pk]) == {other.pk: 3, path.soil.pk: 0}
        text = text_of(eve.get(f"/studio/topics/{path.sowing.slug}/needs/?q=weather"))
        assert "Advises 3 learners to wait who have not begun it" in text

    def test_a_loop_is_drawn_before_it_is_tried(self, eve: Client, soil: Topic, harvest: Topic) -> None:
        answer = eve.get("/studio/topics/soil/needs/?q=harvest")
        assert answer.context["found"][0].loop == ("Soil", "Harvest", "Seeds", "Soil")
        assert "Require it" not in text_of(answer)

    def test_as_many_queries_for_many(self, eve: Client, seeds: Topic) -> None:
        section = make_section(make_roadmap("Many"), "All")
        for number in range(3):
            make_topic(f"Thing {number}", section)
        few = queries(lambda: eve.get("/studio/topics/seeds/needs/?q=thing"))
        for number in range(40):
            require(seeds, make_topic(f"Need {number}", section))
            make_topic(f"Thing {3 + number}", section)
        assert queries(lambda: eve.get("/studio/topics/seeds/needs/?q=thing")) == few


class TestSetNeed:
    def test_it_works(self, eve: Client, harvest: Topic, soil: Topic, source: NoteSource) -> None:
        answer = need(eve, harvest, soil, reason="  It grows   there. ")
        assert (answer.status_code, answer["Location"]) == (303, "/studio/topics/harvest/needs/?roadmap=garden")
        link = Prerequisite.objects.get(topic=harvest, requires=soil)
        assert (link.reason, link.group, link.source) == ("It grows there.", "", "editor")
        assert Edit.objects.get().verb == "add_prerequisite"
        assert replan(source) == []

    def test_alternatives(self, eve: Client, harvest: Topic, seeds: Topic, soil: Topic, source: NoteSource) -> None:
        need(eve, harvest, soil, beside=str(seeds.uid))
        assert set(harvest.needs.values_list("group", flat=True)) == {"either-1"}
        assert "One of these is enough" in text_of(eve.get("/studio/topics/harvest/needs/"))
        assert replan(source) == []
        need(eve, harvest, soil, path="remove")
        assert list(harvest.needs.values_list("requires__title", "group")) == [("Seeds", "")]
        assert replan(source) == []

    def test_a_reason_for_what_the_notes_state(
        self, eve: Client, seeds: Topic, soil: Topic, source: NoteSource
    ) -> None:
        need(eve, seeds, soil, reason="Since.")
        seeds.refresh_from_db()
        assert seeds.overrides["needs"][str(soil.uid)]["reason"] == ""
        assert replan(source) == []
        assert "The notes say: stated in the notes, without a reason." in text_of(
            eve.get("/studio/topics/seeds/needs/")
        )
        need(eve, seeds, soil, path="noted")
        seeds.refresh_from_db()
        assert seeds.overrides == {}
        assert seeds.needs.get().source == "notes"
        assert replan(source) == []

    def test_a_guess_is_confirmed(self, eve: Client, path: Path) -> None:
        Prerequisite.objects.filter(topic=path.sowing).update(source="guess")
        assert "Yes, it is needed" in text_of(eve.get(f"/studio/topics/{path.sowing.slug}/needs/"))
        need(eve, path.sowing, path.soil, reason="nothing grows on stone", beside=str(path.soil.uid))
        assert path.sowing.needs.get().source == "editor"

    def test_a_loop_is_refused_and_drawn(self, eve: Client, soil: Topic, harvest: Topic) -> None:
        answer = need(eve, soil, harvest, q="harvest")
        assert answer.status_code == 409
        assert set(answer.context["loop"]["titles"]) == {"Soil", "Harvest", "Seeds"}
        assert "Nothing was changed" in text_of(answer)
        assert not soil.needs.exists()
        assert not Edit.objects.exists()

    def test_itself_nothing_and_too_much(self, eve: Client, soil: Topic, seeds: Topic) -> None:
        assert need(eve, soil, soil).status_code == 409
        assert eve.post("/studio/topics/soil/needs/set/", {"requires": "nowhere"}).status_code == 422
        assert eve.post("/studio/topics/soil/needs/set/").status_code == 422
        assert need(eve, seeds, soil, reason="x" * 501).status_code == 422
        assert need(eve, seeds, soil, beside=str(UUID(int=5))).status_code == 409
        assert need(eve, seeds, soil, beside="nonsense").status_code == 303

    def test_undone(self, eve: Client, harvest: Topic, soil: Topic, editor: User) -> None:
        need(eve, harvest, soil, reason="Since.")
        doing.undo(roadmap=Roadmap.objects.get(slug="garden"), asked=doing.Asked("Eve", str(editor.pk)))
        assert not harvest.needs.filter(requires=soil).exists()


class TestRemoveNeed:
    def test_what_the_notes_state_stays_away(self, eve: Client, seeds: Topic, soil: Topic, source: NoteSource) -> None:
        assert need(eve, seeds, soil, path="remove").status_code == 303
        assert not seeds.needs.exists()
        assert replan(source) == []
        assert "In the notes, but taken away here" in text_of(eve.get("/studio/topics/seeds/needs/"))
        assert need(eve, seeds, soil, path="noted").status_code == 303
        assert seeds.needs.get().source == "notes"
        assert replan(source) == []

    def test_what_was_not_required(self, eve: Client, seeds: Topic, harvest: Topic) -> None:
        assert need(eve, seeds, harvest, path="remove").status_code == 303
        assert need(eve, seeds, harvest, path="noted").status_code == 303
        assert not Edit.objects.exists()

    def test_back_into_a_loop_is_refused(self, eve: Client, seeds: Topic, soil: Topic) -> None:
        need(eve, seeds, soil, path="remove")
        need(eve, soil, seeds)
        answer = need(eve, seeds, soil, path="noted")
        assert answer.status_code == 409
        assert not seeds.needs.exists()


def need(client: Client, found: Topic, requires: Topic, *, path: str = "set", **data: str) -> Any:
    data |= {"requires": requires.slug, "operation": str(uuid4())}
    return client.post(f"/studio/topics/{found.slug}/needs/{path}/", data)
