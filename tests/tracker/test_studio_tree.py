"""The studio's pages: the tree, its acts with and without htmx, refusals, conflicts, history, and the query counts."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Edit, Placement, Roadmap, Section, Topic
from tests.factories import make_roadmap, make_section, make_source, make_topic, make_user, place
from tests.tracker.conftest import HTMX, Path, browser_of
from tracker.models import RoadmapEditor, TopicProgress, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture
def eve(editor: User) -> Client:
    return browser_of(editor)


def ground(path: Path) -> Section:
    return Section.objects.get(roadmap=path.roadmap, title="Ground")


def address(path: Path, *, open_: bool = True, at: object = "") -> str:
    keys = ",".join(str(s.pk) for s in Section.objects.filter(roadmap=path.roadmap)) if open_ else ""
    return f"{reverse('studio_roadmap', args=[path.roadmap.slug])}?open={keys}&at={at}"


def seen(client: Client, path: Path, uid: UUID) -> str:
    text = client.get(address(path)).content.decode()
    found = re.search(rf'data-uid="{uid}" data-seen="(\w+)"', text)
    assert found
    return found[1]


def act(client: Client, path: Path, name: str, uid: UUID, *, htmx: bool = False, **fields: Any) -> Any:
    data = {"act": name, "uid": str(uid), "operation": str(uuid4())} | fields
    extra: Any = {"headers": HTMX} if htmx else {}
    answer: Any = client.post(reverse("studio_act", args=[path.roadmap.slug]), data, **extra)
    return answer


class TestStudio:
    def test_it_works(self, eve: Client, path: Path) -> None:
        text = eve.get(reverse("studio")).content.decode()
        assert reverse("studio_roadmap", args=[path.roadmap.slug]) in text
        assert "3 topics" in text

    def test_a_roadmap_is_made(self, eve: Client) -> None:
        operation = str(uuid4())
        for _ in range(2):
            answer = eve.post(reverse("new_roadmap"), {"title": "Bees", "operation": operation})
            assert (answer.status_code, answer["Location"]) == (303, "/studio/bees/")
        assert Roadmap.objects.get().state == "draft"
        assert "Nothing stands here yet" in eve.get("/studio/bees/").content.decode()

    @pytest.mark.parametrize("title", ["", " ", "x" * 201])
    def test_a_title_is_needed(self, eve: Client, title: str) -> None:
        answer = eve.post(reverse("new_roadmap"), {"title": title, "operation": str(uuid4())})
        assert answer.status_code == 422
        assert not Roadmap.objects.exists()

    @pytest.mark.parametrize("title", ["Imports", "New", "Topics", "Health"])
    def test_no_roadmap_takes_the_address_of_a_page(self, eve: Client, title: str) -> None:
        eve.post(reverse("new_roadmap"), {"title": title, "operation": str(uuid4())})
        assert Roadmap.objects.get().slug == f"{title.lower()}-2"

    def test_learners_have_no_studio(self, ada: Client, path: Path) -> None:
        for name, arguments in [("studio", []), ("new_roadmap", []), ("studio_roadmap", [path.roadmap.slug])]:
            assert ada.get(reverse(name, args=arguments)).status_code == 404
        for name in ("studio_act", "studio_undo", "studio_redo"):
            assert ada.post(reverse(name, args=[path.roadmap.slug])).status_code == 404

    @pytest.mark.parametrize("count", [3, 60])
    def test_the_queries_do_not_grow(self, eve: Client, count: int) -> None:
        for number in range(count):
            make_topic(f"T{number}", make_section(make_roadmap(f"R{number}")))
        with CaptureQueriesContext(connection) as queries:
            eve.get(reverse("studio"))
        assert len(queries) <= 4


class TestTree:
    def test_branches_are_drawn_when_they_are_open(self, eve: Client, path: Path) -> None:
        closed = eve.get(address(path, open_=False)).content.decode()
        assert "Beginner" in closed
        assert "Soil" not in closed
        assert "Soil" in eve.get(address(path)).content.decode()

    def test_the_forms_of_one_thing(self, eve: Client, path: Path) -> None:
        text = eve.get(address(path, open_=False, at=path.soil.uid)).content.decode()
        assert 'aria-label="Edit Soil"' in text
        assert text.count('class="forms"') == 1

    @pytest.mark.parametrize(
        "query", ["open=x,,9999999999999999999,1;2&at=nothing", f"at={UUID(int=7)}", "open=" + "1," * 999]
    )
    def test_any_address_is_read(self, eve: Client, path: Path, query: str) -> None:
        assert eve.get(f"{reverse('studio_roadmap', args=[path.roadmap.slug])}?{query}").status_code == 200

    def test_no_such_roadmap(self, eve: Client) -> None:
        assert eve.get(reverse("studio_roadmap", args=["nowhere"])).status_code == 404

    @pytest.mark.parametrize("size", [3, 300])
    def test_the_queries_do_not_grow(self, eve: Client, path: Path, size: int) -> None:
        section = ground(path)
        for number in range(size):
            make_topic(f"T{number}", section)
        with CaptureQueriesContext(connection) as queries:
            assert eve.get(address(path)).status_code == 200
        assert len(queries) <= 12  # one asks for a draft, two what the roadmap follows and who follows it

    def test_too_much_at_once_stays_closed(self, eve: Client, path: Path) -> None:
        more = [make_section(path.roadmap, f"Part {n}") for n in range(2)]
        topics = Topic.objects.bulk_create(Topic(title=f"T{n}", slug=f"many-{n}") for n in range(500))
        Placement.objects.bulk_create(
            Placement(roadmap=path.roadmap, section=more[n % 2], topic=topic, position=n)
            for n, topic in enumerate(topics)
        )
        text = eve.get(address(path)).content.decode()
        assert "too much to show at once" in text
        assert text.count('class="node') < 300


class TestActs:
    def test_they_work(self, eve: Client, path: Path) -> None:
        answer = act(eve, path, "rename", path.soil.uid, title="Earth", seen=seen(eve, path, path.soil.uid))
        assert answer.status_code == 303
        text = eve.get(answer["Location"]).content.decode()
        assert "Renamed “Soil” to “Earth”." in text
        edit = Edit.objects.get()
        assert (edit.by, edit.actor) == ("Eve", str(User.objects.get(name="Eve").pk))

    @pytest.mark.parametrize("htmx", [True, False])
    def test_each_of_them(self, eve: Client, path: Path, htmx: bool) -> None:
        section, good = ground(path), 200 if htmx else 303
        other = make_topic("Earth", make_section(make_roadmap("Other")))
        wanted: list[tuple[str, UUID, dict[str, str]]] = [
            ("new_section", path.roadmap.uid, {"title": "Air", "kind": "level"}),
            ("new_section", section.uid, {"title": "Deep", "kind": "module"}),
            ("new_topic", section.uid, {"title": "Roots"}),
            ("rename", path.roadmap.uid, {"title": "Yard"}),
            ("move", path.pond.uid, {"parent": str(section.uid), "after": ""}),
            ("move", path.pond.uid, {"parent": str(section.uid), "after": str(path.soil.uid)}),
            ("step", path.pond.uid, {"way": "up"}),
            ("optional", path.sowing.uid, {"on": "yes"}),
            ("choice", section.uid, {"choose": "2"}),
            ("choice", section.uid, {"choose": ""}),
            ("duplicate", path.pond.uid, {}),
            ("steps", path.soil.uid, {"titles": "Dig\nSift\n"}),
            ("topics", path.pond.uid, {"titles": "Pond\nFish\n"}),
            ("merge", path.soil.uid, {"keep": str(other.uid)}),
            ("retire", path.sowing.uid, {}),
            ("restore", path.sowing.uid, {}),
            ("chain", section.uid, {"on": "no"}),
        ]
        for name, uid, fields in wanted:
            assert act(eve, path, name, uid, htmx=htmx, **fields).status_code == good, name
        assert Edit.objects.count() == len(wanted) - 1, "the last one changed nothing"

    def test_an_answer_for_htmx_is_the_tree_as_it_is(self, eve: Client, path: Path) -> None:
        keys = ",".join(str(s.pk) for s in Section.objects.all())
        text = act(eve, path, "rename", path.soil.uid, title="Earth", htmx=True, open=keys).content.decode()
        assert '<section class="studio-tree" id="tree"' in text
        assert text.count("hx-swap-oob") == 3
        assert "Earth" in text
        assert "<html" not in text

    def test_a_moved_thing_is_in_sight(self, eve: Client, path: Path) -> None:
        level = make_section(path.roadmap, "Later", kind="level")
        answer = act(eve, path, "move", path.soil.uid, htmx=True, parent=str(level.uid), after="last")
        assert f'id="n-{path.soil.uid}"' in answer.content.decode()

    def test_the_same_intent_is_done_once(self, eve: Client, path: Path) -> None:
        operation = str(uuid4())
        for _ in range(2):
            act(eve, path, "new_topic", ground(path).uid, title="Roots", operation=operation)
        assert Topic.objects.filter(title="Roots").count() == 1

    def test_what_was_done_stays_done(self, eve: Client, path: Path, learner: User) -> None:
        TopicProgress.objects.create(learner=learner, topic=path.soil, state="done", changed_at="2026-01-01T00:00Z")
        act(eve, path, "topics", path.soil.uid, titles="Clay\nSand")
        titles = TopicProgress.objects.filter(state="done").values_list("topic__title", flat=True)
        assert set(titles) == {"Clay", "Sand"}


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("rename", {"title": ""}),
            ("rename", {"title": "x" * 201}),
            ("move", {"parent": "nothing"}),
            ("step", {"way": "sideways"}),
            ("optional", {"on": "perhaps"}),
            ("choice", {"choose": "-1"}),
            ("nothing", {}),
            ("rename", {"title": "x", "operation": "7"}),
        ],
    )
    @pytest.mark.parametrize("htmx", [True, False])
    def test_what_is_not_understood(
        self, eve: Client, path: Path, name: str, fields: dict[str, str], htmx: bool
    ) -> None:
        answer = act(eve, path, name, path.soil.uid, htmx=htmx, **fields)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "Nothing was changed." in text
        assert ('id="tree"' in text) is not htmx, "what was typed stays in the page"
        assert not Edit.objects.exists()

    def test_what_cannot_be_is_said(self, eve: Client, path: Path) -> None:
        level = Section.objects.get(title="Beginner")
        answer = act(eve, path, "move", level.uid, parent=str(ground(path).uid), after="")
        assert answer.status_code == 409
        assert "A section cannot stand inside itself." in answer.content.decode()
        answer = act(eve, path, "chain", ground(path).uid, on="yes", htmx=True)
        assert answer.status_code == 200

    def test_a_thing_of_another_roadmap_is_not_here(self, eve: Client, path: Path) -> None:
        other = make_section(make_roadmap("Other"), "Theirs")
        assert act(eve, path, "choice", other.uid, choose="1").status_code == 409

    def test_get_does_nothing(self, eve: Client, path: Path) -> None:
        for name in ("studio_act", "studio_undo", "studio_redo"):
            assert eve.get(reverse(name, args=[path.roadmap.slug])).status_code == 405

    def test_who_edits_one_roadmap_leaves_what_others_show(self, path: Path) -> None:
        helper = make_user("Hanna")
        RoadmapEditor.objects.create(user=helper, roadmap=path.roadmap)
        hanna = browser_of(helper)
        place(path.soil, make_section(make_roadmap("Other")))
        assert act(hanna, path, "rename", path.sowing.uid, title="Seeding").status_code == 303
        assert act(hanna, path, "rename", path.soil.uid, title="Mine").status_code == 403
        assert act(hanna, path, "retire", ground(path).uid).status_code == 403
        assert act(hanna, path, "optional", path.soil.uid, on="yes").status_code == 303
        other = Roadmap.objects.get(title="Other")
        assert hanna.get(reverse("studio_roadmap", args=[other.slug])).status_code == 404
        assert hanna.get(reverse("studio")).status_code == 200
        assert hanna.get(reverse("new_roadmap")).status_code == 404


class TestTwoEditors:
    @pytest.mark.parametrize("htmx", [True, False])
    def test_the_second_is_asked(self, eve: Client, path: Path, htmx: bool) -> None:
        olga = browser_of(make_user("Olga", role="owner"))
        sign = seen(eve, path, path.soil.uid)
        act(olga, path, "rename", path.soil.uid, title="Earth", seen=sign)
        answer = act(eve, path, "rename", path.soil.uid, title="Ground", seen=sign, htmx=htmx)
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "rename it to “Ground”" in text
        assert "Renamed “Soil” to “Earth”" in text
        assert "Olga" in text
        form = text.split("conflict")[1].split("</form>")[0]
        again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        done = eve.post(reverse("studio_act", args=[path.roadmap.slug]), again)
        assert done.status_code == 303
        path.soil.refresh_from_db()
        assert path.soil.title == "Ground"


class TestHistory:
    def test_undo_and_redo(self, eve: Client, path: Path) -> None:
        act(eve, path, "rename", path.soil.uid, title="Earth")
        for name, title in [("studio_undo", "Soil"), ("studio_redo", "Earth")]:
            answer = eve.post(reverse(name, args=[path.roadmap.slug]), {"operation": str(uuid4())})
            assert answer.status_code == 303
            path.soil.refresh_from_db()
            assert path.soil.title == title
        answer = eve.post(reverse("studio_redo", args=[path.roadmap.slug]), {"operation": str(uuid4())}, headers=HTMX)
        assert answer.status_code == 409
        assert "nothing of yours to redo" in answer.content.decode()
        assert eve.post(reverse("studio_undo", args=[path.roadmap.slug])).status_code == 422

    def test_the_list(self, eve: Client, path: Path) -> None:
        act(eve, path, "rename", path.soil.uid, title="Earth")
        eve.post(reverse("studio_undo", args=[path.roadmap.slug]), {"operation": str(uuid4())})
        text = eve.get(reverse("studio_history", args=[path.roadmap.slug])).content.decode()
        assert "Renamed “Soil” to “Earth”" in text
        assert "undone" in text


def test_edits_of_what_notes_have_are_marked(eve: Client) -> None:
    roadmap = make_roadmap("Garden", slug="garden", source=make_source())
    section = make_section(roadmap, "Ground", origin={"places": [["a.md", [], "ground", 0]]})
    topic = make_topic("Soil", section, source=roadmap.source, origin={"places": [["a.md", ["ground"], "soil", 0]]})
    eve.post("/studio/garden/act/", {"act": "rename", "uid": topic.uid, "title": "Earth", "operation": str(uuid4())})
    topic.refresh_from_db()
    assert topic.overrides == {"title": "Soil"}
    assert "edited here" in eve.get(f"/studio/garden/?open={section.pk}").content.decode()
