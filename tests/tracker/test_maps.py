"""The map of a roadmap: what of it is shown, the page, its list and its file."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.layered import Arc
from roadmap.models import Placement, Prerequisite, Roadmap, Topic
from roadmap.tree import Need, Tree
from tests.factories import make_roadmap, make_section, make_topic, make_user, require
from tests.tracker.conftest import Path, browser_of
from tests.trees import branch, done, marks_on, tree, trees
from tracker import progress
from tracker.maps.alone import styles
from tracker.maps.asked import MANY, Asked, edges, found_topic, shown
from tracker.maps.page import looks_of
from tracker.models import Goal, User
from tracker.packed import Mark, pack
from tracker.queries import Standing

SVG = "{http://www.w3.org/2000/svg}"


def standing(grown: Tree, marks: dict[int, Mark] | None = None) -> Standing:
    return Standing(grown, pack(grown, marks or {}))


def row_of_modules(modules: int, per: int = 10) -> Tree:
    """Each topic needs the one before it."""
    topics = modules * per
    return tree(
        *(branch(f"M{m}", *range(m * per + 1, m * per + per + 1)) for m in range(modules)),
        needs={n: [n - 1] for n in range(2, topics + 1)},
    )


class TestAsked:
    def test_what_is_not_understood_is_left_out(self) -> None:
        assert Asked.of({"hops": "many", "whole": "yes", "left": "0", "goal": "  "}) == Asked()

    @pytest.mark.parametrize(("hops", "steps"), [("0", 0), ("3", 3), ("99", 5), ("-1", 2), ("٣", 2), ("1" * 99, 2)])
    def test_steps_have_a_limit(self, hops: str, steps: int) -> None:
        assert Asked.of({"hops": hops}).hops == steps

    def test_its_address_says_it_again(self) -> None:
        asked = Asked("a b", 3, whole=True, left=True, everything=True, goal="ü&x", listed=True)
        assert Asked.of(QueryDict(asked.query()[1:]).dict()) == asked
        assert Asked().query() == "?", "an empty address would keep what is there"


class TestShown:
    def test_a_small_roadmap_is_shown_whole(self) -> None:
        assert len(shown(standing(row_of_modules(MANY // 10)), Asked()).topics) == MANY

    def test_a_larger_one_begins_with_the_module_that_one_is_at_and_what_is_near(self) -> None:
        grown = row_of_modules(16)
        seen = shown(standing(grown, done(*range(1, 26))), Asked())
        assert seen.module is not None
        assert seen.module.title == "M2"
        assert seen.topics == tuple(range(19, 33))
        assert len(shown(standing(grown), Asked(whole=True)).topics) == 160

    def test_a_module_with_as_many_steps_around_it_as_asked(self) -> None:
        here = standing(row_of_modules(3))
        assert shown(here, Asked(module="branch-1", hops=0)).topics == tuple(range(11, 21))
        assert shown(here, Asked(module="branch-1", hops=1)).topics == tuple(range(10, 22))

    def test_a_level_shows_its_modules(self) -> None:
        grown = tree(branch("L", branch("A", 1), branch("B", 2)), branch("M", 3))
        assert shown(standing(grown), Asked(module="branch-0", hops=0)).topics == (1, 2)

    def test_only_what_is_left(self) -> None:
        marks = done(1) | {2: Mark("skipped"), 3: Mark("learning", started=True), 4: Mark("waived", started=True)}
        here = standing(row_of_modules(1, 6), marks)
        assert shown(here, Asked(left=True)).topics == (3, 5, 6)

    def test_the_way_to_a_goal(self) -> None:
        grown = tree(branch("M", 1, 2, 3, 4, 5), needs={2: [1], 3: [2], 5: [4]})
        seen = shown(standing(grown, done(1)), Asked(goal="t3"))
        assert (seen.topics, seen.way) == ((1, 2, 3), (2,))
        assert shown(standing(grown, done(1)), Asked(goal="t3", left=True)).topics == (2, 3)

    def test_what_is_not_there_is_said(self) -> None:
        here = standing(row_of_modules(1))
        assert shown(here, Asked(goal="nowhere")).unknown == "nowhere"
        assert shown(here, Asked(module="nowhere")).unknown == "nowhere"
        assert len(shown(here, Asked(module="nowhere")).topics) == 10

    def test_topics_of_other_roadmaps_that_are_needed_come_last(self) -> None:
        assert shown(standing(tree(branch("M", 1), needs={1: [9]})), Asked()).topics == (1, 9)

    def test_nothing(self) -> None:
        assert shown(standing(tree(branch("M"))), Asked()).topics == ()

    @pytest.mark.parametrize(
        ("text", "topic"), [("t2", 2), ("neural NETS", 3), ("neu", 2), ("net", 2), ("", None), ("zzz", None)]
    )
    def test_a_topic_is_found_by_slug_title_beginning_or_part(self, text: str, topic: int | None) -> None:
        facts = {2: {"title": "Neural networks"}, 3: {"title": "Neural nets"}}
        found = found_topic(tree(branch("M", 1, 2, 3), facts=facts), text)
        assert (found and found.id) == topic


class TestEdges:
    def test_leaves_out_what_follows(self) -> None:
        grown = tree(branch("M", 1, 2, 3), needs={2: [1], 3: [1, 2]})
        found = edges(grown, (1, 2, 3), everything=False)
        assert found.arcs == (Arc(1, 2), Arc(2, 3))
        assert found.implied == 1
        assert Arc(1, 3) in edges(grown, (1, 2, 3), everything=True).arcs

    def test_what_follows_only_through_a_topic_that_is_not_shown_stays(self) -> None:
        grown = tree(branch("M", 1, 2, 3), needs={2: [1], 3: [1, 2]})
        assert edges(grown, (1, 3), everything=False).arcs == (Arc(1, 3),)

    def test_alternatives_stay_and_imply_nothing(self) -> None:
        """One may take 2 and never meet 1, so that 3 needs 1 by itself."""
        either = [Need(2, group="a"), Need(4, group="a"), Need(1)]
        found = edges(tree(branch("M", 1, 2, 3, 4), needs={2: [1], 3: either}), (1, 2, 3, 4), everything=False)
        assert found.alternatives == {Arc(2, 3), Arc(4, 3)}
        assert set(found.arcs) == {Arc(1, 2), Arc(1, 3), Arc(2, 3), Arc(4, 3)}

    @settings(max_examples=20)
    @given(st.data())
    def test_each_is_a_need_between_topics_shown_and_none_comes_twice(self, data: st.DataObject) -> None:
        grown = data.draw(trees())
        here = standing(grown, data.draw(marks_on(grown)))
        asked = Asked(left=data.draw(st.booleans()), everything=data.draw(st.booleans()))
        seen = shown(here, asked)
        found = edges(grown, seen.topics, everything=asked.everything)
        needs = {Arc(n, t) for t, groups in grown.asked.items() for group in groups for n in group}
        assert set(found.arcs) <= {arc for arc in needs if {arc.source, arc.target} <= set(seen.topics)}
        assert len(set(found.arcs)) == len(found.arcs)
        if not asked.left:
            assert set(grown.order) <= set(seen.topics)
        assert looks_of(here).keys() >= set(seen.topics)


class TestLooks:
    def test_each_state_has_a_class_a_mark_and_a_word(self) -> None:
        grown = tree(branch("M", 1, 2, 3, 4, 5, 6), needs={2: [1], 6: [5]}, facts={4: {"revision": 2}})
        marks = {3: Mark("learning", started=True), 4: Mark("done", 1, started=True), 5: Mark("skipped")}
        looks = looks_of(standing(grown, marks))
        assert [(looks[n].kind, looks[n].word) for n in range(1, 7)] == [
            ("ready", "ready"),
            ("later", "needs 1"),
            ("learning", "learning"),
            ("done", "done"),
            ("skipped", "skipped"),
            ("ready", "ready"),
        ]
        assert looks[4].said == "done, changed since"

    def test_a_strict_roadmap_locks(self) -> None:
        looks = looks_of(standing(tree(branch("M", 1, 2), needs={2: [1]}, locking="strict")))
        assert looks[2][:3] == ("locked", "locked, needs 1", "locked, needs 1")


def html_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def picture(html: str) -> ET.Element:
    found = re.search(r'<svg id="map".*?</svg>(?=</div>)', html, re.S)
    assert found
    return ET.fromstring(found[0])  # noqa: S314 (our own answer)


def node(html: str, topic: Topic) -> ET.Element:
    found = [g for g in picture(html).iter("g") if g.get("id") == f"n{topic.pk}"]
    assert len(found) == 1
    return found[0]


def list_row(html: str, topic: Topic) -> str:
    found = re.search(rf'<li class="[^"]*" id="l{topic.pk}">.*?</dl></li>', html, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


MAP = "/roadmaps/garden/map/"


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestRoadmapMap:
    def test_draws_each_topic_as_a_link_with_its_state(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        html = html_of(ada, MAP)
        soil, sowing = node(html, path.soil), node(html, path.sowing)
        assert soil.get("class") == "n done"
        link = soil.find("a")
        assert link is not None
        assert link.get("href") == "/topics/garden-soil/?roadmap=garden"
        assert link.get("aria-label") == "Soil, done"
        assert sowing.get("class") == "n ready"
        assert [p.get("data-from") for p in sowing.iter("path") if p.get("class") == "e"] == [str(path.soil.pk)]

    def test_tiles_hold_their_topics_and_the_file_has_none(
        self, client: Client, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = picture(html_of(client, MAP))
        monkeypatch.setattr("tracker.maps.drawn.TILED", 1)
        Roadmap.objects.update(revision=99)
        tiled = picture(html_of(client, MAP))
        found = []
        for tile in tiled.findall("foreignObject/svg"):
            x, y, width, height = map(int, tile.attrib["viewBox"].split())
            assert (tile.get("width"), tile.get("height")) == (str(width), str(height))
            for box in tile.iter("rect"):
                left, top, wide, high = (int(box.attrib[name]) for name in ("x", "y", "width", "height"))
                assert x < left < left + wide < x + width
                assert y < top < top + high < y + height
            found += [g.get("id") for g in tile.findall("g")]
        assert found == [g.get("id") for g in whole.findall("g") if g.get("id")]
        lines = {(e.get("data-from"), e.get("data-to"), e.get("d")) for e in whole.iter("path") if e.get("data-to")}
        assert lines == {(e.get("data-from"), e.get("data-to"), e.get("d")) for e in tiled.findall("g/path")}
        assert "foreignObject" not in client.get("/roadmaps/garden/map.svg").content.decode()

    def test_says_the_same_as_a_list_with_reasons(self, client: Client, path: Path) -> None:
        html = html_of(client, MAP)
        assert "Needs Soil ready nothing grows on stone" in list_row(html, path.sowing)
        assert "Opens Sowing needs 1, better later" in list_row(html, path.soil)
        assert 'href="/roadmaps/garden/#s-ground"' in html

    def test_alternatives_are_dashed_and_said(self, client: Client, path: Path) -> None:
        Prerequisite.objects.all().delete()
        require(path.pond, path.soil, group="a")
        require(path.pond, path.sowing, group="a")
        html = html_of(client, MAP)
        lines = [p.get("class") for p in node(html, path.pond).iter("path") if p.get("data-from")]
        assert lines == ["e any", "e any"]
        assert "one of these: Soil ready Sowing ready" in list_row(html, path.pond)
        assert "dashed: one of these is enough" in html

    def test_a_strict_roadmap_shows_locks(self, client: Client, path: Path) -> None:
        Roadmap.objects.update(locking="strict")
        html = html_of(client, MAP)
        assert node(html, path.sowing).get("class") == "n locked"
        assert "locked, needs 1" in list_row(html, path.soil)

    def test_titles_are_text_whatever_they_hold(self, client: Client, path: Path) -> None:
        title = "<script>\"&'</script> " + "سلام 机器 " + "x" * 120
        Topic.objects.filter(pk=path.soil.pk).update(title=title)
        Roadmap.objects.filter(pk=path.roadmap.pk).update(revision=99)
        html = html_of(client, MAP)
        assert "<script>&quot;" not in html
        soil = node(html, path.soil)
        assert soil.get("data-title") == title
        text = "".join("".join(t.itertext()) for t in soil.iter("text"))
        assert " ".join(title.split()) in text, "wrapped, never cut"
        assert "<script>" not in client.get("/roadmaps/garden/map.svg").content.decode()

    def test_filters_are_addresses(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        html = html_of(ada, f"{MAP}?left=1")
        assert f'id="n{path.soil.pk}"' not in html
        assert f'id="n{path.sowing.pk}"' in html
        html = html_of(ada, f"{MAP}?goal=sow")
        assert "path to Sowing" in html
        assert "Nothing stands before it" in html
        assert f'id="n{path.pond.pk}"' not in html
        html = html_of(ada, f"{MAP}?list=1")
        assert 'id="map"' not in html
        assert list_row(html, path.soil)
        html = html_of(ada, f"{MAP}?module=%3Cb%3E&hops=x")
        assert "Nothing here is called “<bdi>&lt;b&gt;</bdi>”" in html

    def test_when_nothing_is_left_it_says_so(self, ada: Client, learner: User, path: Path) -> None:
        for topic in (path.soil, path.sowing, path.pond):
            progress.set_state(
                learner=learner, topic=topic.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
            )
        assert "Nothing is left here" in html_of(ada, f"{MAP}?left=1")

    def test_an_empty_roadmap_says_so(self, client: Client) -> None:
        make_roadmap("Bare", slug="bare")
        assert "no topics yet" in html_of(client, "/roadmaps/bare/map/")
        assert client.get("/roadmaps/bare/map.svg").status_code == 200

    def test_offers_the_path_to_ones_goal_and_to_no_other(self, ada: Client, learner: User, path: Path) -> None:
        Goal.objects.create(learner=make_user("Bob"), roadmap=path.roadmap, topic=path.pond)
        assert "Path to your goal" not in html_of(ada, MAP)
        Goal.objects.create(learner=learner, roadmap=path.roadmap, topic=path.sowing)
        html = html_of(ada, f"{MAP}?left=1")
        assert 'href="/roadmaps/garden/map/?left=1&amp;goal=garden-sowing"' in html
        assert "Path to your goal" in html
        Placement.objects.filter(topic=path.sowing).delete()
        Roadmap.objects.filter(pk=path.roadmap.pk).update(revision=99)
        assert "Path to your goal" not in html_of(ada, MAP), "it is not on the roadmap any more"

    def test_a_topic_of_another_roadmap_that_is_needed_is_there_by_name(self, client: Client, path: Path) -> None:
        other = make_topic("Weather", make_section(make_roadmap("Sky", slug="sky"), "Air"))
        require(path.soil, other)
        html = html_of(client, MAP)
        assert "From other roadmaps" in html
        assert [p.get("data-from") for p in node(html, path.soil).iter("path") if p.get("data-to")] == [str(other.pk)]

    def test_ones_states_are_nobody_elses(self, ada: Client, learner: User, other: User, path: Path) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        assert node(html_of(ada, MAP), path.soil).get("class") == "n done"
        assert node(html_of(browser_of(other), MAP), path.soil).get("class") == "n ready"

    @pytest.mark.parametrize("address", [MAP, "/roadmaps/garden/map.svg"])
    def test_refuses(self, client: Client, path: Path, address: str) -> None:
        assert client.post(address).status_code == 405
        Roadmap.objects.update(state="draft")
        assert client.get(address).status_code == 404
        assert client.get(address.replace("garden", "none")).status_code == 404

    def test_asks_as_much_for_three_topics_as_for_many(self, ada: Client, path: Path) -> None:
        ada.get(MAP)
        with CaptureQueriesContext(
            connection,
        ) as few:
            ada.get(MAP)
        made = Topic.objects.bulk_create(Topic(title=f"T{i}", slug=f"t{i}") for i in range(80))
        Placement.objects.bulk_create(
            Placement(roadmap=path.roadmap, section_id=path.soil.placements.get().section_id, topic=topic, position=9)
            for topic in made
        )
        Prerequisite.objects.bulk_create(Prerequisite(topic=one, requires=other) for other, one in pairwise(made))
        Roadmap.objects.filter(pk=path.roadmap.pk).update(revision=99)
        ada.get(MAP)
        with CaptureQueriesContext(connection) as many:
            assert b"83 topics" in ada.get(MAP).content
        assert len(many) == len(few)


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
class TestRoadmapMapSvg:
    def test_is_a_file_with_its_styles_and_a_title(self, client: Client, path: Path) -> None:
        response = client.get("/roadmaps/garden/map.svg?goal=sowing")
        assert response["Content-Type"] == "image/svg+xml"
        assert response["Content-Disposition"] == 'attachment; filename="garden-map.svg"'
        root = ET.fromstring(response.content)  # noqa: S314 (our own answer)
        title, about, style = root.find(f"{SVG}title"), root.find(f"{SVG}desc"), root.find(f"{SVG}style")
        assert title is not None
        assert title.text == "Garden: path to Sowing"
        assert about is not None
        assert (about.text or "").startswith("2 topics.")
        assert style is not None
        digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in response["Content-Security-Policy"]
        links = [link.get("href", "") for link in root.iter(f"{SVG}a")]
        assert links
        assert all(link.startswith("http://testserver/") for link in links)

    def test_its_colours_are_written_out_for_light_and_dark(self) -> None:
        assert "var(" not in styles()
        assert "light-dark(" not in styles()
        light, dark = styles().split("@media (prefers-color-scheme:dark)")
        assert light.count("#") == dark.count("#") > 20

    def test_shows_ones_own_states(self, ada: Client, learner: User, path: Path) -> None:
        progress.set_state(
            learner=learner, topic=path.soil.pk, state="done", operation=uuid4(), roadmap=path.roadmap.pk
        )
        assert f'id="n{path.soil.pk}"' in ada.get("/roadmaps/garden/map.svg").content.decode()
        assert 'class="n done"' in ada.get("/roadmaps/garden/map.svg").content.decode()
