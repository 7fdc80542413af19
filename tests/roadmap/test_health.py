"""What is found wrong with a curriculum, and what is not; all of it from plain facts."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from roadmap import editing
from roadmap.health.facts import facts as read_facts
from roadmap.health.findings import ABOUT, Facts, Finding, Kind, Need, Roadmap, Section, Topic, Weight, examine, on
from roadmap.models import Edit, Prerequisite, Resource
from tests.factories import make_roadmap, make_section, make_topic, require


def topic(key: int, title: str = "", **fields: object) -> Topic:
    return Topic(**{"id": key, "uid": UUID(int=key), "slug": f"t{key}", "title": title or f"Topic {key}"} | fields)  # type: ignore[arg-type]


ROADMAPS = (Roadmap(1, "one", "One"), Roadmap(2, "two", "Two", draft=True))
SECTIONS = (
    Section(10, 1, None, "level", "Beginner", "beginner"),
    Section(11, 1, 10, "module", "Ground", "ground"),
    Section(12, 1, None, "level", "Advanced", "advanced"),
    Section(20, 2, None, "level", "Beginner", "beginner"),
)
SEATED = ((11, 1), (12, 2), (20, 3))


def look(*needs: Need, topics: tuple[Topic, ...] = (), **fields: object) -> list[Finding]:
    base = {"roadmaps": ROADMAPS, "sections": SECTIONS, "seats": SEATED, "needs": needs}
    people = {each.id: each for each in (topic(1), topic(2), topic(3), *topics)}
    return examine(Facts(**base | {"topics": tuple(people.values())} | fields))  # type: ignore[arg-type]


def kinds(*needs: Need, **fields: object) -> list[Kind]:
    return [finding.kind for finding in look(*needs, **fields)]  # type: ignore[arg-type]


class TestExamine:
    def test_nothing_wrong(self) -> None:
        assert look() == []
        assert look(Need(2, 1)) == []
        assert examine(Facts()) == []

    def test_a_loop_with_what_would_open_it_across_roadmaps(self) -> None:
        (found,) = [each for each in look(Need(1, 2), Need(2, 3), Need(3, 1)) if each.kind == Kind.LOOP]
        assert [each.id for each in found.topics] == [1, 2, 3, 1]
        assert [(a.id, b.id) for a, b in found.links] == [(1, 2), (2, 3), (3, 1)]
        assert [each.slug for each in found.roadmaps] == ["one", "two"]
        assert found.weight == Weight.ERROR

    def test_a_loop_through_a_retired_topic_is_none(self) -> None:
        retired = topic(4, retired=True)
        assert Kind.LOOP not in kinds(Need(1, 4), Need(4, 1), topics=(retired,))

    def test_prerequisites(self) -> None:
        assert kinds(topics=(topic(1, unmet=("Alchemy",)),)) == [Kind.DANGLING]
        assert kinds(Need(1, 4), topics=(topic(4, retired=True),)) == [Kind.RETIRED]
        assert kinds(Need(2, 3)) == [Kind.HIDDEN]
        assert kinds(Need(3, 1)) == [], "a draft may need what is published"
        assert kinds(Need(2, 1, guessed=True)) == [Kind.GUESSED]

    def test_levels(self) -> None:
        (found,) = look(Need(1, 2))
        assert (found.kind, [each.id for each in found.topics]) == (Kind.LEVELS, [1, 2])
        early = (*SEATED, (11, 4))
        alike = {"topics": (topic(4),), "seats": early}
        assert kinds(Need(1, 2, "either"), Need(1, 4, "either"), **alike) == []
        assert kinds(Need(1, 2, "either"), Need(1, 4), **alike) == [Kind.LEVELS]
        assert kinds(Need(1, 4), **alike) == []

    def test_places(self) -> None:
        assert kinds(topics=(topic(4),)) == [Kind.UNSEATED]
        assert kinds(topics=(topic(4, retired=True),)) == []
        assert kinds(seats=((11, 1), (12, 2))) == [Kind.UNSEATED, Kind.EMPTY]

    def test_alike(self) -> None:
        (found,) = look(topics=(topic(3, "topic-2!"),))
        assert (found.kind, [each.id for each in found.topics]) == (Kind.DUPLICATE, [2, 3])
        (found,) = look(topics=(topic(3, names=("Topic-2", "topic 2")),))
        assert (found.kind, [each.id for each in found.topics]) == (Kind.DUPLICATE, [2, 3]), "another name counts, once"

    def test_of_nested_empty_sections_the_outer_one(self) -> None:
        inner = (Section(30, 1, None, "level", "Void", "void"), Section(31, 1, 30, "module", "Hollow", "hollow"))
        (found,) = look(sections=SECTIONS + inner)
        assert found.section is not None
        assert (found.kind, found.section.title) == (Kind.EMPTY, "Void")

    @pytest.mark.parametrize(("choose", "found"), [(1, []), (2, [Kind.CHOICE])])
    def test_choices(self, choose: int, found: list[Kind]) -> None:
        section = Section(12, 1, None, "level", "Advanced", "advanced", choose)
        assert kinds(sections=(*SECTIONS[:2], section, SECTIONS[3])) == found

    def test_broken_links(self) -> None:
        found = look(
            topics=(topic(1, links=("https://a.example", "https://b.example", "https://a.example")),),
            section_links=((12, "https://a.example"),),
            broken={"https://a.example": "answers 404"},
        )
        assert [(each.kind, each.said, each.url) for each in found] == [
            (Kind.BROKEN, "answers 404", "https://a.example")
        ] * 2

    def test_what_is_missing(self) -> None:
        assert kinds(topics=(topic(1, summary=False, hours=False),)) == [Kind.NO_SUMMARY, Kind.NO_HOURS]

    def test_on_one_roadmap(self) -> None:
        found = look(topics=(topic(1, hours=False), topic(4)))
        assert [each.kind for each in on(found, 1)] == [Kind.NO_HOURS]
        assert on(found, 2) == []

    def test_every_kind_is_explained_once(self) -> None:
        assert set(ABOUT) == set(Kind)


@pytest.mark.django_db
class TestFacts:
    def test_one_of_each_from_the_database(self) -> None:
        roadmap = make_roadmap("Garden", slug="garden")
        early = make_section(roadmap, "Beginner", kind="level", slug="b", position=0)
        late = make_section(roadmap, "Advanced", kind="level", slug="a", position=1)
        make_section(roadmap, "Void", parent=early)
        soil = make_topic("Soil", early, hours=1, summary="x", unmet=["Alchemy"])
        sowing = make_topic("Sowing", late, hours=1, summary="x")
        make_topic("Sowing", late)
        gone = make_topic("Gone", late, retired_at=timezone.now())
        make_topic("Nowhere")
        Resource.objects.create(topic=soil, title="x", url="https://a.example/")
        Resource.objects.create(section=late, title="x", url="HTTP://b.example/")
        Resource.objects.create(section=late, title="x", url="notes/b.md")
        require(soil, sowing, source="guess")
        require(sowing, gone)
        Prerequisite.objects.create(topic=sowing, requires=soil)
        known = read_facts({"https://a.example/": "answers 404", "HTTP://b.example/": "answers 500"})
        assert {each.kind for each in examine(known)} == set(Kind) - {Kind.HIDDEN, Kind.CHOICE}

    def test_nothing_of_a_retired_roadmap(self) -> None:
        make_topic("Soil", make_section(make_roadmap(retired_at=timezone.now())))
        assert [each.kind for each in examine(read_facts())] == [Kind.UNSEATED]

    def test_six_queries_for_few_and_many(self) -> None:
        section = make_section(make_roadmap())
        for many in (3, 60):
            for _ in range(many):
                make_topic(section=section)
            with CaptureQueriesContext(connection) as found:
                examine(read_facts())
            assert len(found) == 6


@pytest.mark.django_db
class TestCommand:
    def test_nothing_wrong(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("check_curriculum")
        assert "Nothing is wrong" in capsys.readouterr().out

    def test_hints_are_no_errors(self, capsys: pytest.CaptureFixture[str]) -> None:
        make_topic("Soil", make_section(make_roadmap(slug="garden")))
        call_command("check_curriculum", "--roadmap", "garden")
        assert "Soil: has no hours [garden]" in capsys.readouterr().out

    def test_errors_end_with_a_status(self, capsys: pytest.CaptureFixture[str]) -> None:
        make_topic("Soil", make_section(make_roadmap(slug="garden")), unmet=["Alchemy"], hours=1, summary="x")
        with pytest.raises(CommandError, match="1 error in"):
            call_command("check_curriculum", "--format", "json")
        out = capsys.readouterr().out
        assert '"kind": "dangling"' in out
        assert '"roadmaps": [\n      "garden"' in out

    def test_a_roadmap_that_is_none(self) -> None:
        with pytest.raises(CommandError, match="no roadmap none"):
            call_command("check_curriculum", "--roadmap", "none")


@pytest.mark.django_db
class TestConfirm:
    def test_a_guess_becomes_an_editors_word(self) -> None:
        a, b = make_topic("A"), make_topic("B")
        require(a, b, source="guess", reason="perhaps", group="g")
        for _ in range(2):
            editing.confirm_prerequisite(topic=a, requires=b, by="Edda")
        link = Prerequisite.objects.get()
        assert (link.source, link.reason, link.group) == ("editor", "perhaps", "g")
        assert Edit.objects.count() == 1

    def test_what_the_notes_say_stays_theirs(self) -> None:
        a, b = make_topic("A"), make_topic("B")
        require(a, b)
        editing.confirm_prerequisite(topic=a, requires=b, by="Edda")
        assert Prerequisite.objects.get().source == "notes"

    def test_what_is_gone(self) -> None:
        with pytest.raises(editing.RefusedEditError, match="any more"):
            editing.confirm_prerequisite(topic=make_topic("A"), requires=make_topic("B"), by="Edda")
