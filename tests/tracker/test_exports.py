"""Files that leave a cohort: the figures of the pages, nobody else's learners, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path as File
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from roadmap.models import Roadmap, Topic
from roadmap.queries import tree_of
from tests.factories import assign, join, make_cohort, make_roadmap, make_section, make_topic, make_user
from tests.tracker.conftest import Path, browser_of
from tracker import progress, summaries
from tracker.exports import matrix, people
from tracker.exports.cells import BOM, line, text
from tracker.exports.xlsx import events_xlsx, matrix_xlsx
from tracker.models import Cohort, RoadmapSummary, TopicNote, User
from tracker.queries import standing
from tracker.views.exports import file_name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
PRINTED = st.characters(exclude_categories=["Cs", "Cc"], include_characters='\r\n\t",;')
URLS = ("export_csv", "export_xlsx", "events_csv", "events_xlsx")


@pytest.fixture
def assigned(path: Path, cohort_a: Cohort, learner_a: User, mentor_a: User) -> Path:
    """Cohort A walks the garden."""
    assign(path.roadmap, cohort_a)
    summaries.ensure(learners=[learner_a.pk], roadmaps=[path.roadmap.pk])
    return path


def do(learner: User, topic: Topic, state: str, *, roadmap: Roadmap | None = None, **fields: Any) -> None:
    roadmap_pk = roadmap.pk if roadmap else None
    progress.set_state(learner=learner, topic=topic.pk, state=state, operation=uuid4(), roadmap=roadmap_pk, **fields)


def rows_of(answer: Any) -> list[dict[str, str]]:
    data = b"".join(answer.streaming_content).decode()
    assert data.startswith(BOM)
    return list(csv.DictReader(io.StringIO(data[1:], newline="")))


def get(mentor: User, cohort: Cohort, url: str = "export_csv", **query: str) -> Any:
    return browser_of(mentor).get(reverse(url, args=[cohort.slug]), query)


def sheet_of(answer: Any) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]


class TestExportCsv:
    def test_it_works(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        do(learner_a, assigned.soil, "done")
        answer = get(mentor_a, cohort_a)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        (row,) = rows_of(answer)
        assert row == {
            "Learner number": str(learner_a.pk),
            "Learner": "Ada",
            "Share %": "50",
            "Done": "1",
            "Waived": "0",
            "Required": "2",
            "Learning": "0",
            "Skipped": "0",
            "Last move": row["Last move"],
            "Beginner %": "50",
            "Beginner › Ground %": "50",
            "Soil": "done",
            "Sowing": "to do",
            "Pond": "to do",
        }
        assert row["Last move"]

    def test_each_state(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        do(learner_a, assigned.soil, "waived", by=mentor_a)
        do(learner_a, assigned.sowing, "learning")
        do(learner_a, assigned.pond, "skipped")
        (row,) = rows_of(get(mentor_a, cohort_a))
        assert [row[name] for name in ("Soil", "Sowing", "Pond")] == ["waived", "learning", "skipped"]
        assert (row["Share %"], row["Waived"], row["Learning"]) == ("50", "1", "1")

    @pytest.mark.parametrize("how", ["kept", "stale", "missing"])
    def test_the_figures_are_those_of_the_learners_own_page(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, how: str
    ) -> None:
        do(learner_a, assigned.sowing, "done")
        do(learner_a, assigned.pond, "done")
        if how == "stale":
            RoadmapSummary.objects.update(revision=0, done=7, met=[9, 9])
        elif how == "missing":
            RoadmapSummary.objects.all().delete()
        (row,) = rows_of(get(mentor_a, cohort_a))
        own = standing(learner_a, assigned.roadmap).overlay
        assert row["Share %"] == str(own.total.percent)
        assert row["Done"] == str(own.total.done)
        assert row["Beginner › Ground %"] == str(own.shares[1].percent)

    def test_which_roadmap(self, assigned: Path, cohort_a: Cohort, mentor_a: User) -> None:
        second = make_roadmap("Kitchen")
        make_topic("Knives", make_section(second, "Tools"))
        assign(second, cohort_a, position=1)
        (row,) = rows_of(get(mentor_a, cohort_a, roadmap=second.slug))
        assert row["Knives"] == "to do"
        assert "Soil" not in row

    def test_a_roadmap_that_requires_nothing_is_empty_not_zero(
        self, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        roadmap = make_roadmap("Spare")
        make_topic("Extra", make_section(roadmap, "Extras", optional=True))
        assign(roadmap, cohort_a)
        (row,) = rows_of(get(mentor_a, cohort_a))
        assert (row["Share %"], row["Extras %"]) == ("", "")

    def test_by_name_and_across_batches(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(matrix, "BATCH", 3)
        names = ["bea", "Ada", "Çelik", "bea", "Zoe", "amir", "张伟", "Ada"]
        for name in names:
            join(make_user(name), cohort_a)
        found = rows_of(get(mentor_a, cohort_a))
        assert sorted(row["Learner"] for row in found) == sorted([*names, "Ada"])
        assert len({row["Learner number"] for row in found}) == 9
        shown = [row["Learner"].casefold() for row in found if row["Learner"].isascii()]
        assert shown == sorted(shown)

    def test_only_those_who_are_in_it_now(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, learner_b: User
    ) -> None:
        join(make_user("Gone"), cohort_a, left_at="2026-01-01T00:00Z")
        names = [row["Learner"] for row in rows_of(get(mentor_a, cohort_a))]
        assert names == ["Ada"], "nobody who left, no mentor, nobody of another cohort"

    def test_the_same_number_of_queries_for_3_learners_and_300(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User
    ) -> None:
        client = browser_of(mentor_a)

        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                answer: Any = client.get(reverse("export_csv", args=[cohort_a.slug]))
                rows_of(answer)
            return len(caught)

        def more(number: int) -> None:
            made = [join(make_user(f"Learner {i}"), cohort_a) for i in range(number)]
            summaries.ensure(learners=[user.pk for user in made], roadmaps=[assigned.roadmap.pk])

        more(2)
        queries()
        few = queries()
        more(297)
        assert queries() == few

    def test_memory_does_not_grow_with_the_learners(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is kept is a batch: of three learners here, whoever comes after them."""
        monkeypatch.setattr(matrix, "BATCH", 3)
        for number in range(10):
            join(make_user(f"Learner {number}"), cohort_a)
        read = iter(matrix.lines(mentor_a, cohort_a, tree_of(assigned.roadmap)))
        with CaptureQueriesContext(connection) as caught:
            next(read)
            first = len(caught)
            next(read), next(read)
            assert len(caught) == first, "one batch"
            next(read)
            assert len(caught) > first, "the next is asked for when it is wanted"


class TestExportXlsx:
    def test_it_works(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        do(learner_a, assigned.soil, "done")
        answer = get(mentor_a, cohort_a, "export_xlsx")
        assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
        head, row = sheet_of(answer)
        assert dict(zip(head, row, strict=True)) | {"Last move": None} == {
            "Learner number": learner_a.pk,
            "Learner": "Ada",
            "Share %": 50,
            "Done": 1,
            "Waived": 0,
            "Required": 2,
            "Learning": 0,
            "Skipped": 0,
            "Last move": None,
            "Beginner %": 50,
            "Beginner › Ground %": 50,
            "Soil": "done",
            "Sowing": "to do",
            "Pond": "to do",
        }

    def test_says_what_the_csv_says(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        do(learner_a, assigned.sowing, "skipped")
        (row,) = rows_of(get(mentor_a, cohort_a))
        head, cells = sheet_of(get(mentor_a, cohort_a, "export_xlsx"))
        assert {name: "" if cell is None else str(cell) for name, cell in zip(head, cells, strict=True)} == row

    def test_texts_are_texts(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        for name in ("=1+1", "https://example.org/", "12", "mailto:a@b.c", "internal:Sheet!A1", "a\x01b", "{=1}"):
            join(make_user(name), cohort_a)
        with matrix_xlsx(mentor_a, cohort_a, tree_of(assigned.roadmap)) as file:
            book = load_workbook(file)
        cells = [row[1] for row in book.active.iter_rows(min_row=2)]  # type: ignore[union-attr]
        assert {cell.value for cell in cells} >= {"=1+1", "https://example.org/", "12", "ab", "{=1}"}
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
        assert not [cell for cell in cells if cell.hyperlink]

    def test_nothing_is_left_behind(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, tmp_path: File, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        file = matrix_xlsx(mentor_a, cohort_a, tree_of(assigned.roadmap))
        assert list(tmp_path.iterdir()) == []
        file.close()

        def broken(*_: Any) -> Iterator[Any]:
            yield from ()
            raise RuntimeError

        monkeypatch.setattr("tracker.exports.xlsx.lines", broken)
        with pytest.raises(RuntimeError):
            matrix_xlsx(mentor_a, cohort_a, tree_of(assigned.roadmap))
        assert list(tmp_path.iterdir()) == []

    def test_more_rows_than_a_sheet_holds(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tracker.exports.xlsx.MOST_ROWS", 3)
        for state in ("learning", "done", "todo", "skipped", "done"):
            do(learner_a, assigned.soil, state)
        with events_xlsx(mentor_a, cohort_a) as file:
            book = load_workbook(file)
        assert book.sheetnames == ["Events", "Events 2", "Events 3"]
        assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]


class TestEvents:
    @pytest.fixture
    def acts(self, assigned: Path, learner_a: User, mentor_a: User) -> None:
        do(learner_a, assigned.soil, "learning")
        progress.set_step(learner=learner_a, step=assigned.step, done=True, operation=uuid4())
        do(learner_a, assigned.soil, "waived", by=mentor_a, through="mentor", note="Knows it from work")

    @pytest.mark.usefixtures("acts")
    def test_it_works(self, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        rows = rows_of(get(mentor_a, cohort_a, "events_csv"))
        assert [(row["Topic"], row["Step"], row["From"], row["To"], row["By"]) for row in rows] == [
            ("Soil", "", "to do", "learning", "Ada"),
            ("Soil", "Dig a hole", "open", "ticked", "Ada"),
            ("Soil", "", "learning", "waived", "Mira"),
        ]
        assert rows[-1]["Note"] == "Knows it from work"
        assert sheet_of(get(mentor_a, cohort_a, "events_xlsx"))[3][-1] == "Knows it from work"

    @pytest.mark.usefixtures("acts")
    def test_mentors_of_other_cohorts_have_no_name_here(
        self, assigned: Path, cohort_a: Cohort, cohort_b: Cohort, mentor_a: User, mentor_b: User, learner_a: User
    ) -> None:
        join(learner_a, cohort_b)
        do(learner_a, assigned.sowing, "waived", by=mentor_b, through="mentor", note="As Moritz said")
        found = b"".join(get(mentor_a, cohort_a, "events_csv").streaming_content).decode()
        assert "Another mentor" in found
        assert "Moritz" not in found

    def test_only_what_the_cohort_walks(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        hobby = make_topic("Hobby", make_section(make_roadmap("Free time")))
        do(learner_a, hobby, "done")
        assert rows_of(get(mentor_a, cohort_a, "events_csv")) == []

    def test_of_one_roadmap(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User) -> None:
        second = make_roadmap("Kitchen")
        knives = make_topic("Knives", make_section(second, "Tools"))
        assign(second, cohort_a, position=1)
        do(learner_a, assigned.soil, "done")
        do(learner_a, knives, "done")
        for wanted, topics in (("garden", {"Soil"}), (second.slug, {"Knives"}), ("", {"Soil", "Knives"})):
            for url in ("events_csv", "events_xlsx"):
                answer = get(mentor_a, cohort_a, url, roadmap=wanted)
                rows = rows_of(answer) if url == "events_csv" else sheet_of(answer)[1:]
                assert {row["Topic"] if isinstance(row, dict) else row[4] for row in rows} == topics

    def test_private_notes_are_in_no_file(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        do(learner_a, assigned.soil, "done")
        TopicNote.objects.create(learner=learner_a, topic=assigned.soil, text="Dear diary", shared=True)
        for url in URLS:
            assert b"diary" not in b"".join(get(mentor_a, cohort_a, url).streaming_content)

    def test_no_more_queries_for_more_events(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User
    ) -> None:
        from tracker.exports.events import events

        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                list(events(mentor_a, cohort_a))
            return len(caught)

        few = queries()
        for number in range(40):
            do(learner_a, assigned.soil, ("learning", "done")[number % 2])
            do(join(make_user(f"L{number}"), cohort_a), assigned.soil, "done")
        assert queries() == few


@pytest.mark.parametrize("url", URLS)
class TestEveryFile:
    def test_no_address(self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, url: str) -> None:
        do(learner_a, assigned.soil, "done")
        found = get(mentor_a, cohort_a, url)
        data = b"".join(found.streaming_content)
        if url.endswith("xlsx"):
            book = load_workbook(io.BytesIO(data))
            data = repr([[c.value for c in row] for row in book.active.iter_rows()]).encode()  # type: ignore[union-attr]
        assert b"Ada" in data
        assert b"@" not in data

    def test_refused(self, assigned: Path, cohort_a: Cohort, mentor_b: User, learner_a: User, url: str) -> None:
        address = reverse(url, args=[cohort_a.slug])
        assert Client().get(address).status_code == 302
        for stranger in (mentor_b, learner_a, make_user("Nobody"), make_user("Edda", role="editor")):
            assert browser_of(stranger).get(address).status_code == 404

    def test_who_runs_it_may(self, assigned: Path, cohort_a: Cohort, owner: User, learner_a: User, url: str) -> None:
        assert get(owner, cohort_a, url).status_code == 200

    def test_gone_archived_and_posted(
        self, assigned: Path, cohort_a: Cohort, mentor_a: User, learner_a: User, url: str
    ) -> None:
        assert browser_of(mentor_a).get(reverse(url, args=["none"])).status_code == 404
        assert browser_of(mentor_a).post(reverse(url, args=[cohort_a.slug])).status_code == 405
        Cohort.objects.update(archived_at="2026-01-01T00:00Z")
        assert get(mentor_a, cohort_a, url).status_code == 200, "archived cohorts stay readable"

    def test_a_cohort_without_learners(self, path: Path, cohort_a: Cohort, mentor_a: User, url: str) -> None:
        assign(path.roadmap, cohort_a)
        assert get(mentor_a, cohort_a, url).status_code == 200

    def test_its_name(self, assigned: Path, mentor_a: User, url: str) -> None:
        cohort = make_cohort('Größe/数学 "2026"\r\n\u202eevil')
        join(mentor_a, cohort, "mentor")
        assign(assigned.roadmap, cohort)
        said = get(mentor_a, cohort, url).headers["Content-Disposition"]
        assert said.startswith("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%E6%95%B0")
        assert said.endswith(".xlsx" if url.endswith("xlsx") else ".csv")
        assert "\n" not in said
        assert "%E2%80%AE" not in said


@pytest.mark.parametrize("url", URLS)
class TestWhichRoadmap:
    def test_not_assigned(self, assigned: Path, cohort_a: Cohort, mentor_a: User, url: str) -> None:
        assert get(mentor_a, cohort_a, url, roadmap=make_roadmap("Other").slug).status_code == 404
        assert get(mentor_a, cohort_a, url, roadmap="none").status_code == 404

    def test_none_assigned(self, cohort_a: Cohort, mentor_a: User, url: str) -> None:
        assert get(mentor_a, cohort_a, url).status_code == (200 if url.startswith("events") else 404)


class TestCells:
    @pytest.mark.parametrize(
        "evil",
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1+1", "－1", '=HYPERLINK("x")'],
    )
    def test_nothing_begins_a_formula(self, evil: str) -> None:
        assert text(evil).lstrip('"').startswith("'")

    @pytest.mark.parametrize("kind", ["Ada", "Ada-Lou", "3 = 3", "مريم", "数学", "O'Hara", "", "🌱"])
    def test_other_words_stay_as_they_are(self, kind: str) -> None:
        assert text(kind) == kind

    @given(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\r\n\t",;')), min_size=2)
    )
    def test_a_reader_gets_back_what_was_written(self, cells: list[str]) -> None:
        (read,) = csv.reader(io.StringIO(line(map(text, cells)), newline=""))
        assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]

    @given(st.text())
    def test_no_cell_breaks_out(self, word: str) -> None:
        (read,) = csv.reader(io.StringIO(line([text(word), "end"]), newline=""))
        assert len(read) == 2
        assert not read[0][:1] or read[0][0] not in "=+-@\t\r"


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("A", "B", "csv"), "A, B, DAY.csv"),
        (("../../etc", "passwd", "csv"), "etc, passwd, DAY.csv"),
        (("a\0b\nc", "", "csv"), "ab c, DAY.csv"),
        (("x" * 300, "B", "csv"), "x" * 80 + ", B, DAY.csv"),
    ],
)
def test_file_names(parts: Iterable[str], name: str) -> None:
    from django.utils import timezone

    assert file_name(*parts) == name.replace("DAY", f"{timezone.localdate():%Y-%m-%d}")


def test_shown_names_are_those_of_the_pages(cohort_a: Cohort, mentor_a: User) -> None:
    for name in ("", "Ada", " "):
        join(make_user(name), cohort_a)
    found = dict(next(people.learners(mentor_a, cohort_a)))
    assert found == {user.pk: user.shown_name for user in User.objects.filter(pk__in=found)}
