"""Search: what is found, by whom, in which order; and the rows that PostgreSQL finds it by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap import search_text
from roadmap.models import Alias, Placement, Roadmap, Section, Topic
from roadmap.redraw import redraw
from roadmap.search_text import SearchText
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user, place
from tracker import catching_up, palette, progress, search, summaries
from tracker.models import Enrolment, RoadmapEditor, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


@pytest.fixture(autouse=True)
def _learnt_anew() -> Iterator[None]:
    search.forget()
    yield
    search.forget()


@pytest.fixture
def module() -> Section:
    return make_section(make_roadmap("Learning", state="listed"), "Networks")


def titles(typed: str, person: User | AnonymousUser | None = None, page: int = 1) -> list[str]:
    found = search.search(person or AnonymousUser(), typed, page=page)
    return ["".join(text for text, _ in hit.title) for hit in found.topics]


class TestFound:
    def test_it_works(self, module: Section) -> None:
        make_topic("Backpropagation", module, summary="How the gradient comes back.", slug="back")
        (hit,) = search.search(AnonymousUser(), "gradi").topics
        assert hit.title == [("Backpropagation", False)]
        assert hit.address == f"/topics/back/?roadmap={module.roadmap.slug}"
        assert hit.place == ("Learning", "Networks")
        assert hit.line == [("How the ", False), ("gradient", True), (" comes back.", False)]

    @pytest.mark.parametrize(
        ("title", "typed"),
        [
            ("Réseaux de neurones", "reseaux neurones"),
            ("Reseaux", "Réseaux"),
            ("C++ templates", "c++"),
            ("C# and .NET", "c# .net"),
            ("Object-Oriented Design", "object oriented"),
            ("node.js", "js"),
            ("机器学习基础", "学习"),
            ("データベース", "データ"),
            ("تعلّم الآلة", "تعلم"),
            ("Straßenkarten", "strassen"),
            ("Машинное обучение", "машин"),
        ],
    )
    def test_folded(self, module: Section, title: str, typed: str) -> None:
        make_topic(title, module)
        assert titles(typed) == [title]

    def test_in_order_of_what_was_meant(self, module: Section) -> None:
        make_topic("Sorting lists of graphs and trees", module)
        make_topic("Trees", module, body="A graph without loops. " * 9)
        make_topic("Graph theory", module)
        make_topic("Networks of roads", module, summary="As a graph.")
        make_topic("Graph", module)
        found = titles("graph")
        assert found[:2] == ["Graph", "Graph theory"]
        assert found[2] == "Sorting lists of graphs and trees"
        assert set(found[3:]) == {"Trees", "Networks of roads"}

    def test_aliases_and_details(self, module: Section) -> None:
        topic = make_topic("Singular value decomposition", module, details=["rank", "low-rank approximation"])
        Alias.objects.create(topic=topic, text="SVD")
        assert titles("svd") == titles("approximation") == [topic.title]
        (hit,) = search.search(AnonymousUser(), "svd").topics
        assert hit.line == [("Also called ", False), ("SVD", True)], "why it is found"
        (hit,) = search.search(AnonymousUser(), "singular").topics
        assert hit.line == [("rank, low-rank approximation", False)]

    def test_all_words_or_those_there_are(self, module: Section) -> None:
        make_topic("Linear algebra", module)
        make_topic("Linear regression", module)
        assert titles("linear algebra") == ["Linear algebra"]
        found = search.search(AnonymousUser(), "algebra zzzz")
        assert found.any_word
        assert [hit.title[-1] for hit in found.topics] == [("algebra", True)]
        assert set(titles("algebra regression")) == {"Linear algebra", "Linear regression"}

    def test_a_mistyped_word(self, module: Section) -> None:
        make_topic("Gradient descent", module)
        found = search.search(AnonymousUser(), "grdient desent")
        assert found.instead == "gradient descent"
        assert found.total == 1
        assert not search.search(AnonymousUser(), "xyzzyx").total

    def test_roadmaps(self, module: Section) -> None:
        (hit,) = search.search(AnonymousUser(), "learn").roadmaps
        assert hit.address == module.roadmap.get_absolute_url()

    @pytest.mark.parametrize(
        "typed",
        ["", "   ", "&|!()", "'", "\\", "a'b\\c:*", "<->", "\0", "((((", "zzz & | !", ":*", "%", "x" * 5000, "\u202e"],
    )
    def test_odd_input(self, module: Section, typed: str) -> None:
        make_topic("Anything", module)
        search.search(AnonymousUser(), typed)
        status = 400 if "\0" in typed else 200
        assert Client().get("/search/", {"q": typed}).status_code == status
        assert Client().get("/search/palette/", {"q": typed}).status_code == status

    def test_pages(self, module: Section) -> None:
        for number in range(25):
            make_topic(f"Leaf {number:02}", module)
        found = search.search(AnonymousUser(), "leaf")
        assert (found.total, len(found.topics)) == (25, 20)
        assert len(set(titles("leaf")) | set(titles("leaf", page=2))) == 25
        html = Client().get("/search/?q=leaf").content.decode()
        assert 'rel="next" href="?q=leaf&amp;page=2"' in html


class TestWhoSees:
    def test_states(self, module: Section) -> None:
        ada = make_user("Ada")
        topic = make_topic("Backpropagation", module)
        progress.set_state(learner=ada, topic=topic.pk, state="done", operation=uuid.uuid4())
        (hit,) = search.search(ada, "backprop").topics
        assert (hit.state, hit.word) == ("done", "done")
        assert search.search(AnonymousUser(), "backprop").topics[0].state == ""

    def test_drafts_and_unlisted(self) -> None:
        for state in Roadmap.State:
            make_topic(f"Secret {state}", make_section(make_roadmap(f"Secret roadmap {state}", state=state)))
        gone = make_roadmap("Secret gone", state="listed")
        make_topic("Secret gone", make_section(gone))
        Roadmap.objects.filter(pk=gone.pk).update(retired_at="2026-01-01T00:00Z")
        make_topic("Secret retired", make_section(make_roadmap(state="listed")), retired_at="2026-01-01T00:00Z")
        make_topic("Secret nowhere")
        ada, edda, ed = make_user("Ada"), make_user("Edda", role="editor"), make_user("Ed")
        assert titles("secret") == titles("secret", ada) == ["Secret listed"]
        assert set(titles("secret", edda)) == {"Secret listed", "Secret unlisted", "Secret draft"}
        Enrolment.objects.create(learner=ada, roadmap=Roadmap.objects.get(state="unlisted"))
        summaries.rebuild()
        assert set(titles("secret", ada)) == {"Secret listed", "Secret unlisted"}
        assert len(search.search(ada, "secret").roadmaps) == 2
        RoadmapEditor.objects.create(user=ed, roadmap=Roadmap.objects.get(state="draft"), by=edda)
        assert set(titles("secret", ed)) == {"Secret listed", "Secret draft"}

    def test_a_place_that_is_seen_and_walked(self, module: Section) -> None:
        ada = make_user("Ada")
        topic = make_topic("Shared", module)
        Roadmap.objects.filter(pk=module.roadmap_id).update(position=5)
        hidden, walked = make_roadmap("Hidden", state="draft"), make_roadmap("Walked", state="listed", position=9)
        for roadmap in (hidden, walked):
            place(topic, make_section(roadmap))
        assert search.search(ada, "shared").topics[0].place[0] == "Learning"
        Enrolment.objects.create(learner=ada, roadmap=walked)
        assert search.search(ada, "shared").topics[0].place[0] == "Walked"

    def test_assigned_roadmaps_are_found(self) -> None:
        unlisted = make_roadmap("Inner", state="unlisted")
        make_topic("Inner topic", make_section(unlisted))
        cohort = make_cohort()
        ada = join(make_user("Ada"), cohort)
        assign(unlisted, cohort)
        summaries.rebuild()
        assert titles("inner", ada) == ["Inner topic"]

    def test_as_many_queries_for_thirty_as_for_three(self, module: Section) -> None:
        ada, counts = make_user("Ada"), []
        for size in (3, 30):
            for number in range(size):
                make_topic(f"Branch {size} {number}", module)
            with CaptureQueriesContext(connection) as found:
                search.search(ada, "branch")
            counts.append(len(found))
        assert counts == [5, 5]


class TestRows:
    """Triggers keep them, whoever writes."""

    def text(self, topic: Topic) -> tuple[str, str, str]:
        row = SearchText.objects.get(topic=topic)
        return row.title, row.names, str(row.vector)

    def test_every_write_is_seen(self) -> None:
        topic = make_topic("Old name", summary="first")
        Topic.objects.filter(pk=topic.pk).update(title="Névé", body="deep")
        title, names, vector = self.text(topic)
        assert (title, names) == ("neve", "neve")
        assert "'deep'" in vector
        assert "'first':" in vector
        alias = Alias.objects.create(topic=topic, text="Firn")
        assert self.text(topic)[1] == "neve firn"
        Alias.objects.filter(pk=alias.pk).update(text="Ice")
        assert self.text(topic)[1] == "neve ice"
        alias.delete()
        assert self.text(topic)[1] == "neve"
        Alias.objects.create(topic=topic, text="neve-old", kind="slug")
        assert self.text(topic)[1] == "neve"
        topic.aliases.all().delete()
        topic.delete()
        assert not SearchText.objects.exists()

    def test_every_topic_has_one(self, module: Section) -> None:
        Topic.objects.bulk_create(Topic(title=f"Many {n}", slug=f"many-{n}") for n in range(50))
        assert SearchText.objects.count() == 50
        assert str(SearchText.objects.first()) == "many 0"


def many(section: Section, *, body: str = "Crevasses of number {n}.") -> list[Topic]:
    """As an import of hundreds writes them: more at once than are read at once."""
    topics = [Topic(title=f"Glacier {n}", slug=f"glacier-{n}", body=body.format(n=n)) for n in range(201)]
    made = Topic.objects.bulk_create(topics)
    seats = [
        Placement(roadmap=section.roadmap, section=section, topic=topic, position=n) for n, topic in enumerate(made)
    ]
    Placement.objects.bulk_create(seats)
    return made


class TestTextsThatWait:
    def waiting(self) -> int:
        return SearchText.objects.filter(waits=True).count()

    def test_many_at_once_are_read_later_and_found_before(self, module: Section) -> None:
        many(module)
        assert self.waiting() == 201
        before = search.search(AnonymousUser(), "crevas")
        assert before.total == 201
        assert titles("glacier 177 crevasses") == ["Glacier 177"]  # a name and a word of the text
        assert titles("crevasses nowhere") == titles("crevasses")  # some of the words
        assert search_text.finish() == 201
        assert self.waiting() == 0
        assert search_text.finish() == 0
        after = search.search(AnonymousUser(), "crevas")
        assert [found.title for found in after.topics] == [found.title for found in before.topics]
        assert titles("glacier 177 crevasses") == ["Glacier 177"]

    def test_what_is_read_later_is_what_would_have_been_read_at_once(self, module: Section) -> None:
        topics = many(module, body="Ice of the {n}th **Névé**, C++ too. 氷河 " + "and more " * 50)
        search_text.finish()
        later = dict(SearchText.objects.values_list("topic_id", "vector"))
        for topic in topics[:3]:
            Topic.objects.filter(pk=topic.pk).update(body="else")
            Topic.objects.filter(pk=topic.pk).update(body=topic.body)
        assert self.waiting() == 0
        assert dict(SearchText.objects.values_list("topic_id", "vector")) == later

    def test_a_text_that_changes_while_it_waits_is_read_as_it_is_now(self, module: Section) -> None:
        topics = many(module)
        Topic.objects.filter(pk=topics[3].pk).update(body="moraine")
        assert self.waiting() == 200
        assert titles("moraine") == ["Glacier 3"]
        Alias.objects.create(topic=topics[4], text="Firn")
        assert self.waiting() == 199
        assert titles("firn crevasses") == ["Glacier 4"]
        search_text.finish()
        assert titles("moraine") == ["Glacier 3"]
        assert search.search(AnonymousUser(), "crevasses").total == 200

    def test_topics_without_a_text_wait_for_nothing(self, module: Section) -> None:
        many(module, body="")
        assert self.waiting() == 0

    def test_what_a_process_left_behind_is_found(self, module: Section) -> None:
        many(module)
        catching_up.overdue()
        assert self.waiting() == 0


@pytest.mark.django_db(transaction=True)
class TestTextsThatWaitBesideWriters:
    def test_who_writes_one_of_them_is_not_waited_for(self) -> None:
        topics = many(make_section(make_roadmap("Learning")))
        beside = connection.copy()
        try:
            beside.set_autocommit(False)
            with beside.cursor() as writer:
                writer.execute("UPDATE roadmap_topic SET body = 'moraine' WHERE id = %s", [topics[3].pk])
            assert search_text.finish() == 200
            assert titles("moraine") == []  # not committed yet
            assert search.search(AnonymousUser(), "crevasses").total == 201
            beside.commit()
        finally:
            beside.close()
        assert titles("moraine") == ["Glacier 3"]
        assert not SearchText.objects.filter(waits=True).exists()

    def test_a_command_reads_them_when_it_has_committed(self) -> None:
        with transaction.atomic():
            roadmap = make_roadmap("Learning")
            many(make_section(roadmap))
            redraw([roadmap.pk])
            assert SearchText.objects.filter(waits=True).exists()
        assert not SearchText.objects.filter(waits=True).exists()


class TestPalette:
    def names(self, person: User | AnonymousUser, query: str) -> list[str]:
        return ["".join(text for text, _ in entry.title) for entry in palette.entries(person, query)]

    def test_before_anything_is_typed(self, module: Section) -> None:
        ada = make_user("Ada")
        Enrolment.objects.create(learner=ada, roadmap=module.roadmap)
        assert self.names(ada, "")[:5] == ["Learning", "Today", "Roadmaps", "Review", "Notes"]
        assert self.names(AnonymousUser(), "")[:2] == ["Roadmaps", "Sign in"]

    def test_pages_by_right(self) -> None:
        assert self.names(make_user(), "stu") == []
        assert self.names(make_user(role="editor"), "stu") == ["Studio"]
        assert self.names(make_user(role="owner"), "audit") == ["Audit log"]

    def test_what_each_is_stands_in_the_language_of_the_page(self, module: Section) -> None:
        html = Client().get("/search/palette/?q=", headers={"Accept-Language": "es"}).content.decode()
        assert set(re.findall(r'<span class="chip tag">([^<]*)</span>', html)) == {"página", "acción"}

    def test_topics_and_acts(self, module: Section) -> None:
        make_topic("Themes of a book", module)
        found = palette.entries(make_user(), "them")
        assert [entry.kind for entry in found] == ["act", "topic"]
        assert found[0].act == "theme"
        html = Client().get("/search/palette/?q=them").content.decode()
        assert html.count('role="option"') == 3
