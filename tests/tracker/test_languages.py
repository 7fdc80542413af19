"""In which language somebody reads: what they chose, else what their browser asks for, on every page that is kept."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone, translation
from openpyxl import load_workbook

from roadmap.in_words import listed
from roadmap.models import Edit
from roadmap.notes.rendering import render
from tests.factories import assign
from tests.tracker.conftest import HTMX, Path, browser_of
from tracker import given_notes, languages, mail, prose, script_words
from tracker.acts.reaching import nudge
from tracker.models import Cohort, Mail, User
from tracker.views.heads import head_html

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
ARABIC = re.compile("[\u0600-\u06ff]")
GERMAN_THEN_ARABIC = "de-AT,de;q=0.9,ar;q=0.8,en;q=0.5"


def speaking(user: User, language: str) -> User:
    User.objects.filter(pk=user.pk).update(language=language)
    return user


def text(response: Any) -> str:
    found: str = response.content.decode()
    return found


class TestWhichLanguage:
    @pytest.mark.parametrize(
        ("accepted", "spoken", "direction"),
        [
            ("", "en", "ltr"),
            ("ar", "ar", "rtl"),
            ("ar-EG", "ar", "rtl"),
            (GERMAN_THEN_ARABIC, "ar", "rtl"),
            ("zh-CN,zh;q=0.9", "zh-hans", "ltr"),
            ("pt-BR", "pt", "ltr"),
            ("es-419", "es", "ltr"),
            ("*", "en", "ltr"),
            ("xx, ;q=, ar;q=much", "en", "ltr"),
            ("ar" + "," * 100_000, "en", "ltr"),
        ],
    )
    def test_as_the_browser_asks(self, path: Path, accepted: str, spoken: str, direction: str) -> None:
        response = Client().get("/roadmaps/garden/", headers={"Accept-Language": accepted})
        assert f'<html lang="{spoken}" dir="{direction}" ' in text(response)
        assert response["Content-Language"] == spoken
        assert "set-cookie" not in response or settings.LANGUAGE_COOKIE_NAME not in response.cookies

    def test_the_switch_goes_before_the_browser(self, path: Path) -> None:
        visitor = Client()
        response = visitor.post("/language/", {"language": "es", "next": "/roadmaps/garden/?show=left"})
        assert (response.status_code, response["Location"]) == (303, "/roadmaps/garden/?show=left")
        assert 'lang="es"' in text(visitor.get("/roadmaps/garden/", headers={"Accept-Language": "ar"}))

    def test_visitors_have_the_switch_on_every_page(self, ada: Client, path: Path) -> None:
        """It leads back to the very page, also from a page that is kept; who has an account says it there."""
        visitor = Client()
        for place in ("/roadmaps/", "/roadmaps/garden/", "/roadmaps/garden/?show=left", "/accounts/login/"):
            page = text(visitor.get(place))
            switch = page[page.index('<form class="languages"') :]
            assert f'<input type="hidden" name="next" value="{place}">' in switch, place
            assert '<option value="ar" lang="ar" dir="rtl">' in switch
        assert 'class="languages"' not in text(ada.get("/roadmaps/garden/"))

    def test_the_switch_refuses(self, path: Path) -> None:
        visitor = Client()
        for language in ("", "xx", "en\0", "../ar"):
            assert visitor.post("/language/", {"language": language}).status_code in {400, 422}
        assert visitor.get("/language/").status_code == 405
        elsewhere = visitor.post("/language/", {"language": "ar", "next": "https://elsewhere.example/"})
        assert elsewhere["Location"] == "/roadmaps/"

    def test_what_a_person_set_goes_before_both(self, ada: Client, learner: User, path: Path) -> None:
        speaking(learner, "ar")
        ada.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
        response = ada.get("/roadmaps/garden/", headers={"Accept-Language": "pt"})
        assert '<html lang="ar" dir="rtl" ' in text(response)
        assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ar", "for error pages, and afterwards"
        missing = ada.get("/nowhere/")
        assert (missing.status_code, missing["Content-Language"]) == (404, "ar")

    def test_a_language_we_never_had_is_none(self, ada: Client, learner: User, path: Path) -> None:
        speaking(learner, "xx")
        ada.cookies[settings.LANGUAGE_COOKIE_NAME] = "yy"
        assert 'lang="pt"' in text(ada.get("/roadmaps/garden/", headers={"Accept-Language": "pt"}))

    def test_errors_before_any_view_are_said_in_it(self) -> None:
        response = Client().get("/roadmaps/?q=%ff", headers={"Accept-Language": "ar"})
        assert response.status_code == 400
        assert '<html lang="ar" dir="rtl">' in text(response)

    def test_it_costs_no_query(self, ada: Client, learner: User, path: Path) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                fields = {"state": "learning", "operation": str(uuid4()), "roadmap": "garden"}
                assert ada.post(f"/topics/{path.soil.slug}/state/", fields, headers=HTMX).status_code == 200
            return len(found)

        queries()
        queries()
        before = queries()
        speaking(learner, "ar")
        queries()  # reads anew what was remembered of them
        assert queries() == before


class TestWhatIsKept:
    """Pages are kept rendered; each must be kept for each language."""

    def both(self, reader: User, address: str) -> tuple[str, str, str]:
        """The page for an English reader, then an Arabic one, then an English one."""
        browser = browser_of(reader)
        pages = []
        for language in ("en", "ar", "en"):
            speaking(reader, language)
            pages.append(text(browser.get(address)))
        return tuple(pages)  # type: ignore[return-value]

    @pytest.mark.parametrize("query", ["", "?show=ready", "?topic=garden-soil"])
    def test_the_roadmap(self, learner: User, path: Path, query: str) -> None:
        first, arabic, last = self.both(learner, f"/roadmaps/garden/{query}")
        assert not ARABIC.search(re.sub(r'<select id="language".*?</select>', "", first, flags=re.S))
        assert 'lang="en"' in last
        assert "Skip to the content" not in arabic
        rows = arabic[arabic.index('<form id="progress"') :]
        assert ARABIC.search(rows[: rows.index("</form>")]), "the rows"
        head = arabic[arabic.index('<header id="head"') :]
        assert ARABIC.search(head[: head.index("</header>")]), "the head"

    def test_a_visitors(self, path: Path) -> None:
        for accepted in ("en", "ar", "es", "en"):
            page = text(Client().get("/roadmaps/garden/", headers={"Accept-Language": accepted}))
            assert bool(ARABIC.search(page[page.index("<main") : page.index("</main>")])) == (accepted == "ar")

    def test_the_answer_to_a_check_off(self, ada: Client, learner: User, path: Path) -> None:
        for state, language in (("learning", "en"), ("done", "ar"), ("todo", "en")):
            speaking(learner, language)
            fields = {"state": state, "operation": str(uuid4()), "roadmap": "garden"}
            said = text(ada.post(f"/topics/{path.soil.slug}/state/", fields, headers=HTMX))
            assert bool(ARABIC.search(said)) == (language == "ar")
            status = said[said.index('id="status"') :]
            assert bool(ARABIC.search(status)) == (language == "ar"), "what is said"

    def test_the_matrix_and_its_tag(self, path: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        assign(path.roadmap, cohort_a)
        browser = browser_of(mentor_a)
        tags: list[str] = []
        for language in ("en", "ar", "en"):
            speaking(mentor_a, language)
            response = browser.get(
                f"/cohorts/{cohort_a.slug}/?open=ground", headers={"If-None-Match": "".join(tags[-1:])}
            )
            assert response.status_code == 200, "the page of another language is another page"
            assert f'lang="{language}"' in text(response)
            cells = text(response)
            cells = cells[cells.index('id="rows"') :]
            assert bool(ARABIC.search(cells[: cells.index("</table>")])) == (language == "ar")
            tags.append(response["ETag"])
        assert tags[0] != tags[1]

    def test_a_learner_as_the_mentor_sees_them(
        self, path: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        assign(path.roadmap, cohort_a)
        first, arabic, last = self.both(mentor_a, f"/cohorts/{cohort_a.slug}/learners/{learner_a.pk}/?roadmap=garden")
        rows = arabic[arabic.index('class="topic') :]
        assert ARABIC.search(rows)
        assert 'lang="en"' in first
        assert 'lang="en"' in last

    def test_what_scripts_say(self) -> None:
        with translation.override("ar"):
            assert '"zero"' in script_words.script_words("matrix")
        assert '"one":"{n} learner changed."' in script_words.script_words("matrix")
        assert '"other":"{n} learners changed."' in script_words.script_words("matrix")
        assert '"to_dark":"Theme: light. Change to dark"' in script_words.script_words("shell")


class TestMail:
    def test_it_is_written_in_the_language_of_whoever_gets_it(
        self, path: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each translation names its language here, whatever is translated already."""
        monkeypatch.setattr("tracker.acts.reaching._", lambda words: f"{languages.current()}: {words}")
        monkeypatch.setattr("tracker.mail._", lambda words: f"{languages.current()}: {words}")
        learner_a.language = "ar"
        learner_a.save()
        with translation.override("es"):
            nudge(cohort=cohort_a, learner=learner_a, by=mentor_a, text="Hello", operation=uuid4())
            assert languages.current() == "es", "the mentor goes on in theirs"
        Mail.objects.update(due_at=timezone.now())
        (waiting,) = Mail.objects.all()
        message = mail._message(waiting)
        assert message.subject.startswith("ar: ")
        assert message.body.startswith("ar: ")
        assert "ar: To stop that:" in message.body

    def test_who_never_chose_reads_the_servers(self, learner: User) -> None:
        with translation.override("es"), languages.writing_to(learner):
            assert languages.current() == "en"
        with translation.override("es"), languages.writing_to(None):
            assert languages.current() == "es", "an address without an account gets the language of who invites it"


def test_a_step_on_the_way_shows_its_state(ada: Client, learner: User, path: Path) -> None:
    ada.post(f"/topics/{path.soil.slug}/state/", {"state": "learning", "operation": str(uuid4()), "roadmap": "garden"})
    speaking(learner, "es")
    assert '<span class="chip word">en curso</span>' in text(ada.get(f"/roadmaps/garden/goal/{path.sowing.slug}/"))


class TestWhatIsStored:
    """Stored in English, and said in the reader's language."""

    def test_the_history_old_rows_too(self, editor: User, path: Path) -> None:
        eve = browser_of(speaking(editor, "es"))
        data = {"act": "rename", "uid": str(path.soil.uid), "operation": str(uuid4()), "title": "Rich soil"}
        assert eve.post("/studio/garden/act/", data).status_code == 303
        pages = ["/studio/garden/history/", f"/studio/topics/{path.soil.slug}/history/", "/studio/garden/"]
        for page in pages:
            assert "Cambió el nombre de «Soil» a «Rich soil»" in text(eve.get(page)), page
        (edit,) = Edit.objects.all()
        assert edit.data["said"] == "Renamed “Soil” to “Rich soil”"
        Edit.objects.update(data={name: edit.data[name] for name in ("said", "things", "changes")})
        assert [text(eve.get(page)).count("Cambió el nombre de «Soil»") > 0 for page in pages] == [True] * 3

    def test_notes_of_events_that_nobody_wrote(self) -> None:
        with translation.override("es"):
            assert given_notes.shown("part of “A”", "merge") == "parte de «A»"
            assert given_notes.shown("part of “A”", "mentor") == "part of “A”"

    def test_labels_inside_of_notes(self) -> None:
        html = render(
            '| a |\n|---|\n| b |\n\n- [x] c\n\n`aria-label="Table"`', source="a.md", resolve_link=lambda _name: None
        ).html
        assert prose.told(html) == html
        with translation.override("es"):
            told = prose.told(html)
        assert ('aria-label="Tabla"' in told, 'aria-label="hecho"' in told) == (True, True)
        assert told.count("Table") == 1

    @pytest.mark.parametrize(("name", "head"), [("export.csv", "رقم المتعلّم"), ("events.csv", "الحدث")])
    def test_files_have_headings_in_it(
        self, cohort_a: Cohort, mentor_a: User, learner_a: User, path: Path, name: str, head: str
    ) -> None:
        """The rest of a file is written when its answer goes out, and by then somebody else may be spoken to."""
        assign(path.roadmap, cohort_a)
        answer: Any = browser_of(speaking(mentor_a, "ar")).get(f"/cohorts/{cohort_a.slug}/{name}")
        with translation.override("en"):
            lines = b"".join(answer.streaming_content).decode().splitlines()
        assert head in lines[0]
        assert name != "export.csv" or "للإنجاز" in lines[1]

    def test_a_workbook_runs_from_the_right(
        self, cohort_a: Cohort, mentor_a: User, learner_a: User, path: Path
    ) -> None:
        assign(path.roadmap, cohort_a)
        answer: Any = browser_of(speaking(mentor_a, "ar")).get(f"/cohorts/{cohort_a.slug}/export.xlsx")
        sheet: Any = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        assert (sheet.title, sheet.sheet_view.rightToLeft, sheet["A1"].value) == ("المصفوفة", True, "رقم المتعلّم")


class TestNumbersAndDates:
    @pytest.mark.parametrize(
        ("language", "day", "short", "number", "half"),
        [
            ("en", "8 May 2026", "8 May", "2,000", "1.5"),
            ("es", "8 de mayo de 2026", "8 May", "2\u00a0000", "1,5"),
            ("pt", "8 de Maio de 2026", "8 Mai", "2.000", "1,5"),
            ("ar", "8 مايو 2026", "8 مايو", "2,000", "1.5"),
            ("zh-hans", "2026年5月8日", "5月8日", "2,000", "1.5"),
        ],
    )
    def test_as_the_language_writes_them(self, language: str, day: str, short: str, number: str, half: str) -> None:
        with translation.override(language):
            assert formats.date_format(date(2026, 5, 8), "DATE_FORMAT") == day
            assert formats.date_format(date(2026, 5, 8), "MONTH_DAY_FORMAT") == short
            assert (languages.number(2000), languages.number(1.5)) == (number, half)
            assert languages.percent(12).startswith("12")

    def test_weeks_begin_where_they_begin(self) -> None:
        begins = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                begins[language] = formats.get_format("FIRST_DAY_OF_WEEK")
        assert begins == {"en": 1, "es": 1, "pt": 0, "ar": 6, "zh-hans": 1}

    def test_names_in_a_row(self) -> None:
        assert listed([]) == ""
        assert listed(["A"]) == "A"
        assert listed(["A", "B", "C"]) == "A, B and C"
        with translation.override("ar"):
            assert listed(["A", "B", "C"]) == "A، B وC"


def test_a_head_is_kept_for_each_language_at_once(learner: User, path: Path) -> None:
    """Two readers in turns do not make each other's anew."""
    from tracker import queries

    here = queries.standing(learner, path.roadmap)
    head_html(path.roadmap, here)
    with translation.override("ar"):
        head_html(path.roadmap, here)
    kept = {key: value for key, value in here.tree.kept.items() if "heads" in str(key)}
    assert len(kept) == 2
    head_html(path.roadmap, here)
    assert {key: value for key, value in here.tree.kept.items() if "heads" in str(key)} == kept


def test_the_browsers_language_needs_no_table() -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": "ar"})
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "\0"
    assert languages.of_browser(request) == "ar"
