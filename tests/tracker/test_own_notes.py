"""A learner's own notes and links: written, previewed, refused with nothing lost, found when the topic is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from roadmap.models import Alias
from tests.factories import make_section, make_topic
from tests.tracker.conftest import HTMX, Path, browser_of
from tracker import acts
from tracker.acts.noting import KEPT, LONGEST, MOST, forget_removed, version
from tracker.models import OwnResource, TopicNote, User
from tracker.own_notes import SHOWN, notebook, rendered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]


def write(learner: User, path: Path, text: str = "Clay", seen: str = "", *, shared: bool = False) -> TopicNote | None:
    return acts.write_note(learner=learner, topic=path.soil, text=text, shared=shared, seen=seen)


def send(client: Client, path: Path, text: str, seen: str = "", *, htmx: bool = False, to: str = "write_note"):  # type: ignore[no-untyped-def]
    data = {"text": text, "seen": seen, "roadmap": "garden", "panel": path.soil.slug if htmx else ""}
    return client.post(reverse(to, args=[path.soil.slug]), data, headers=HTMX if htmx else {})


class TestNotes:
    def test_it_is_markdown_and_links_lead_to_topics(self, learner: User, path: Path, ada: Client) -> None:
        Alias.objects.create(topic=path.pond, text="Water hole")
        text = (
            f"**Clay**, see [[Sowing]], [[{path.pond.slug}|the pond]], [[water hole]] and [[Nowhere]]; [[Sowing#When]]."
        )
        write(learner, path, text)
        html = ada.get(reverse("topic", args=[path.soil.slug])).content.decode()
        shown = html.partition('id="note-shown"')[2].partition("</section>")[0]
        assert "<strong>Clay</strong>" in shown
        assert shown.count(f'href="/topics/{path.sowing.slug}/"') == 2
        assert shown.count(f'href="/topics/{path.pond.slug}/"') == 2
        assert "Nowhere" in shown

    def test_markup_of_the_note_does_nothing(self, learner: User, path: Path) -> None:
        text = '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) <b onclick="x()">b</b>'
        html = rendered(learner, text)
        assert not any(tag in html for tag in ("<script", "<img", "<a ", "<b "))

    def test_a_link_leads_to_nothing_that_one_may_not_read(self, learner: User, path: Path) -> None:
        from tests.factories import make_roadmap

        hidden = make_topic("Secret", make_section(make_roadmap("Plans", state="draft")))
        assert hidden.slug not in rendered(learner, "[[Secret]]")
        assert path.soil.slug in rendered(learner, "[[soil]]")

    def test_too_long_comes_back_whole(self, learner: User, path: Path, ada: Client) -> None:
        text = "ü" * LONGEST
        assert send(ada, path, text).status_code == 303
        seen = version(TopicNote.objects.get())
        for htmx in (True, False):
            response = send(ada, path, text + "é!", seen, htmx=htmx)
            assert response.status_code == 422
            assert "20,002 characters" in response.content.decode()
        assert text + "é!" in response.content.decode(), "without JavaScript the page has what was typed"
        assert TopicNote.objects.get().text == text

    def test_another_window_loses_nothing(self, learner: User, path: Path, ada: Client) -> None:
        note = write(learner, path, "Theirs is here")
        response = send(ada, path, "Mine is here")
        html = response.content.decode()
        assert response.status_code == 409
        assert "Theirs is here" in html
        assert "Mine is here" in html
        assert f'value="{version(note)}"' in html, "saving again is over what is shown"
        response = send(ada, path, "Mine is here", htmx=True)
        html = response.content.decode()
        assert response.status_code == 409
        assert 'id="note-clash"' in html
        assert "Theirs is here" in html
        assert f'id="note-seen" type="hidden" name="seen" value="{version(note)}"' in html
        assert TopicNote.objects.get().text == "Theirs is here"
        assert send(ada, path, "Both", version(note)).status_code == 303
        assert TopicNote.objects.get().text == "Both"

    def test_removed_and_brought_back(self, learner: User, path: Path, ada: Client) -> None:
        note = write(learner, path, "Clay", shared=True)
        response = send(ada, path, "", version(note), htmx=True)
        assert "can be brought back" in response.content.decode()
        assert not TopicNote.objects.exists()
        page = ada.get(reverse("topic", args=[path.soil.slug])).content.decode()
        assert 'id="note-restore"' in page
        assert "Clay" not in page.partition('id="topic-note"')[2]
        assert ada.get(reverse("own_notes") + "?show=removed").content.decode().count("Bring it back") == 1
        for _ in range(2):
            response = ada.post(reverse("restore_note", args=[path.soil.slug]), {"next": "/notes/"})
            assert response.status_code == 303
        assert (TopicNote.objects.get().text, TopicNote.objects.get().shared) == ("Clay", True)
        assert ada.post(reverse("restore_note", args=[path.sowing.slug])).status_code == 422

    def test_writing_anew_replaces_what_was_removed(self, learner: User, path: Path) -> None:
        write(learner, path, "", version(write(learner, path)))
        assert write(learner, path, "Loam") is not None
        assert TopicNote.every.get().text == "Loam"

    def test_removed_notes_go_after_a_month(self, learner: User, path: Path) -> None:
        write(learner, path, "", version(write(learner, path)))
        assert forget_removed(now=timezone.now()) == 0
        TopicNote.every.update(removed_at=timezone.now() - KEPT - timedelta(minutes=1))
        assert forget_removed(now=timezone.now()) == 1
        assert not TopicNote.every.exists()

    def test_the_preview_saves_nothing(self, path: Path, ada: Client) -> None:
        html = send(ada, path, "*Loam*", htmx=True, to="preview_note").content.decode()
        assert html.lstrip().startswith("<section")
        assert "<em>Loam</em>" in html
        page = send(ada, path, "*Loam*", "old", to="preview_note").content.decode()
        assert "<em>Loam</em>" in page
        assert "*Loam*" in page.partition("<textarea")[2]
        assert 'name="seen" value="old"' in page
        assert not TopicNote.every.exists()

    def test_it_stays_when_the_topic_retires(self, learner: User, path: Path, ada: Client, other: User) -> None:
        write(learner, path, "Never forget")
        path.soil.placements.all().delete()
        type(path.soil).objects.filter(pk=path.soil.pk).update(retired_at=timezone.now())
        assert ada.get(reverse("topic", args=[path.soil.slug])).status_code == 404, "nothing was checked off there"
        assert "Never forget" in ada.get(reverse("own_notes")).content.decode()
        assert "no longer in the notes" in ada.get(reverse("own_note", args=[path.soil.slug])).content.decode()
        assert send(ada, path, "Still here", version(TopicNote.objects.get())).status_code == 303
        assert browser_of(other).get(reverse("own_note", args=[path.soil.slug])).status_code == 404
        assert send(browser_of(other), path, "Mine").status_code == 404


class TestLinks:
    def add(self, client: Client, path: Path, *, htmx: bool = False, **fields: str):  # type: ignore[no-untyped-def]
        data = {"url": "https://example.org/clay", "title": "On clay", "kind": "article"} | fields
        return client.post(reverse("add_resource", args=[path.soil.slug]), data, headers=HTMX if htmx else {})

    def test_added_shown_and_removed(self, path: Path, ada: Client, other: User) -> None:
        assert self.add(ada, path).status_code == 303
        assert self.add(ada, path, title="Clay, all of it", kind="book").status_code == 303
        own = OwnResource.objects.get()
        assert (own.title, own.kind) == ("Clay, all of it", "book")
        page = reverse("topic", args=[path.soil.slug])
        assert "Clay, all of it" in ada.get(page).content.decode()
        theirs = browser_of(other)
        assert "Clay, all of it" not in theirs.get(page).content.decode()
        remove = reverse("remove_resource", args=[path.soil.slug, own.pk])
        assert theirs.post(remove).status_code == 303
        assert OwnResource.objects.exists(), "somebody else's is none of theirs"
        for _ in range(2):
            assert ada.post(remove, headers=HTMX).status_code == 200
        assert not OwnResource.objects.exists()

    def test_without_a_title_it_is_its_address(self, path: Path, ada: Client) -> None:
        self.add(ada, path, title=" ")
        assert OwnResource.objects.get().title == "example.org/clay"

    def test_only_to_the_web(self, path: Path, ada: Client) -> None:
        for url in ("javascript:alert(1)", "ftp://example.org/x", "mailto:a@example.org", "x y", "", "https://",
                    "https://me:pw@example.org/", "//example.org/", "HTTPS:/x"):  # fmt: skip
            for htmx in (True, False):
                assert self.add(ada, path, url=url, htmx=htmx).status_code == 422, url
        assert not OwnResource.objects.exists()

    def test_no_more_than_it_takes(self, learner: User, path: Path, ada: Client) -> None:
        OwnResource.objects.bulk_create(
            OwnResource(learner=learner, topic=path.soil, title="x", url=f"https://example.org/{n}")
            for n in range(MOST)
        )
        response = self.add(ada, path)
        assert response.status_code == 409
        assert "https://example.org/clay" in response.content.decode(), "what was typed is in the form"
        assert self.add(ada, path, url="https://example.org/3", title="Three").status_code == 303


class TestNotebook:
    def fill(self, learner: User, path: Path, count: int) -> None:
        module = path.soil.placements.get().section
        topics = [make_topic(f"Plant {n}", module) for n in range(count)]
        TopicNote.objects.bulk_create(TopicNote(learner=learner, topic=t, text=f"leaf {t.title}") for t in topics)
        OwnResource.objects.bulk_create(
            OwnResource(learner=learner, topic=t, title="Seen", url="https://example.org/") for t in topics
        )

    def test_the_same_number_of_queries(self, learner: User, path: Path) -> None:
        counts = []
        for more in (3, SHOWN):
            self.fill(learner, path, more)
            with CaptureQueriesContext(
                connection,
            ) as made:
                book = notebook(learner)
            counts.append(len(made))
        assert counts == [5, 5]
        assert (len(book.kept), book.pages, book.total) == (SHOWN, 2, SHOWN + 3)

    def test_words_are_found_in_texts_titles_and_links(self, learner: User, other: User, path: Path) -> None:
        write(learner, path, "Clay is sticky\nand wet")
        acts.add_resource(learner=learner, topic=path.pond, title="Frogs", url="https://example.org/toad", kind="link")
        write(other, path, "Frogs of somebody else")
        for words, titles in {"sticky wet": ["Soil"], "pond": ["Pond"], "FROGS": ["Pond"], "toad": ["Pond"],
                              "sticky frogs": [], "": ["Pond", "Soil"], "100%": []}.items():  # fmt: skip
            assert [kept.topic.title for kept in notebook(learner, query=words).kept] == titles, words

    def test_pages_and_nothing(self, learner: User, path: Path, ada: Client) -> None:
        assert "There is no note yet" in ada.get("/notes/").content.decode()
        self.fill(learner, path, SHOWN + 1)
        assert 'rel="next"' in ada.get("/notes/").content.decode()
        last = ada.get("/notes/?page=99").content.decode()
        assert 'rel="prev"' in last
        assert "Page 2 of 2" in last
        assert "Fewer words find more" in ada.get("/notes/?q=zzz").content.decode()
        assert ada.get("/notes/?q=%F0%9F%8C%B1&page=x&show=removed").status_code == 200
