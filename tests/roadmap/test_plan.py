"""What an import would change, and who is who across re-readings (docs/notes-format.md, "Identity")."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace
from uuid import UUID

import pytest

from roadmap.notes.items import Item, Reading, Requirement
from roadmap.plan import Curriculum, Need, Plan, plan
from roadmap.plan.curriculum import Curriculum as Plain
from roadmap.plan.keys import Slugs, key, link_key, loose, slugify
from roadmap.plan.report import as_json, describe
from tests.roadmap.outlines import kinds, level, link, module, one, path, reading, step, stored, titled, topic

LONG = "A sentence that is long enough to know the topic by, whatever it is called."


def replan(before: Reading, after: Reading, **more: object) -> tuple[Curriculum, Plan]:
    now = stored(before)
    return now, plan(now, after, **more)  # type: ignore[arg-type]


def kept(before: Reading, after: Reading, was: str, now: str | None = None) -> bool:
    """Whether the topic called `was` is the one called `now` afterwards, and alive."""
    first, planned = replan(before, after)
    assert not planned.unclear
    uid = titled(first, was).uid
    found = planned.target.topic_by_uid()[uid]
    return found.title == (now or was) and not found.retired


class TestFirstImport:
    def test_it_works(self) -> None:
        planned = plan(
            Curriculum(),
            one(
                level(
                    "Beginner",
                    module("Maths", topic("Calculus"), topic("Probability", step("Toss a coin"), needs=("calculus",))),
                )
            ),
        )
        assert kinds(planned) == {"added": ["Calculus", "Probability"]}
        assert planned.counts == {"added": 2, "roadmaps": 1}
        [roadmap] = planned.target.roadmaps
        assert [(s.kind, s.title, s.slug) for s in roadmap.sections] == [
            ("level", "Beginner", "beginner"),
            ("module", "Maths", "maths"),
        ]
        assert roadmap.sections[1].parent == roadmap.sections[0].uid
        calculus, probability = titled(planned.target, "Calculus"), titled(planned.target, "Probability")
        assert [seat.topic for seat in roadmap.sections[1].seats] == [calculus.uid, probability.uid]
        assert probability.needs == (Need(calculus.uid),)
        assert [s.title for s in probability.steps] == ["Toss a coin"]

    def test_topics_under_no_heading_get_a_module_of_the_roadmaps_name(self) -> None:
        [roadmap] = stored(one(topic("A"), topic("B"), title="List")).roadmaps
        assert [(s.title, len(s.seats)) for s in roadmap.sections] == [("List", 2)]

    def test_nested_topics_are_seated_after_the_one_they_stand_under(self) -> None:
        curriculum = stored(one(module("M", topic("A", topic("A1")), topic("B"))))
        assert [curriculum.topic_by_uid()[seat.topic].title for _, _, seat in curriculum.seats()] == ["A", "A1", "B"]

    def test_what_columns_cannot_hold_is_cut(self) -> None:
        found = stored(
            one(
                module("M", topic("t" * 999, step("s" * 999), summary="a\0b", hours=1e9, resources=(link("u" * 2001),)))
            )
        ).topics[0]
        assert len(found.title) == 200
        assert len(found.steps[0].title) == 500
        assert (found.summary, found.hours, found.resources[0].url) == ("ab", None, "")

    def test_a_line_of_the_report_is_one_line_that_reads_from_left_to_right(self) -> None:
        hostile = path(
            "Course", module("Basics", topic("a\u202ecba\x1b[31m", body="b\u2028c")), meta=(("by", "x\u2066y"),)
        )
        first = stored(one(module("Basics", topic("Alpha"))))
        lines = list(describe(plan(first, reading(hostile), answers={1: None}), {}))
        assert any("a\\u202ecba\\x1b[31m" in line for line in lines)
        assert any("x\\u2066y" in line for line in lines)
        assert all(line.isprintable() for line in lines)

    def test_unknown_locking_is_reported(self) -> None:
        planned = plan(Curriculum(), reading(path("P", module("M", topic("T")), meta=(("locking", "iron"),))))
        assert [p.code for p in planned.problems] == ["locking-unknown"]
        assert planned.target.roadmaps[0].locking == "advisory"


class TestSameReadingAgain:
    NOTES = one(
        level(
            "Beginner",
            module("M", topic("A", step("s"), step("s"), id="a", hours=2.5), topic("A", summary="other"), ordered=True),
            module("N", topic("B", link="B", needs=("A",), resources=(link("https://x.example"),))),
        ),
        topic("Loose end"),
    )

    def test_plans_nothing(self) -> None:
        now, planned = replan(self.NOTES, self.NOTES)
        assert planned.empty
        assert planned.target is now
        assert planned.changes == ()

    def test_another_order_of_files_plans_nothing(self) -> None:
        one_, two = path("P", module("M", topic("A")), source="p.md"), path("Q", module("M", topic("B")), source="q.md")
        now, planned = replan(reading(one_, two), reading(two, one_))
        assert kinds(planned) == {}
        assert {r.uid for r in planned.target.roadmaps} == {r.uid for r in now.roadmaps}

    def test_json_holds_all_of_it(self) -> None:
        now = stored(self.NOTES)
        assert Plain.from_json(now.as_json()) == now
        assert Plain.from_json(now.as_json()).fingerprint() == now.fingerprint()

    def test_the_fingerprint_is_that_of_its_json(self) -> None:
        """Imports of years ago were stored with it."""
        for now in (stored(self.NOTES), Plain()):
            whole = json.dumps(now.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert now.fingerprint() == now.fingerprint(now.texts()) == hashlib.sha256(whole.encode()).hexdigest()

    def test_lines_that_only_shifted_change_nothing(self) -> None:
        _, planned = replan(one(module("M", topic("A", line=5))), one(module("M", topic("A", line=50), line=40)))
        assert planned.empty


class TestWhoIsWho:
    def test_an_explicit_id_wins_over_everything(self) -> None:
        before = one(module("M", topic("Old", id="x"), topic("New")))
        after = one(module("Elsewhere", topic("Completely different", id="X")), module("M", topic("Old")))
        now, planned = replan(before, after)
        assert titled(planned.target, "Completely different").uid == titled(now, "Old").uid

    def test_a_relabelled_link_to_the_same_note_is_the_same_topic(self) -> None:
        assert kept(one(module("M", topic("A", link="Note"))), one(module("M", topic("Z", link="note.md"))), "A", "Z")

    def test_an_id_given_later_keeps_the_topic(self) -> None:
        now, planned = replan(one(module("M", topic("A"))), one(module("M", topic("A", id="a"))))
        assert titled(planned.target, "A").uid == titled(now, "A").uid
        assert [f.name for c in planned.changes for f in c.fields] == ["id"]
        assert kept(one(module("M", topic("A", id="a"))), one(module("N", topic("Z", id="a"))), "A", "Z")

    @pytest.mark.parametrize("other", ["calculus", "CALCULUS", " Calculus ", "Cal\u200bculus"])
    def test_re_cased_or_re_encoded(self, other: str) -> None:
        now, planned = replan(
            one(module("M", topic("Calculus"), topic("B"))), one(module("M", topic(other), topic("B")))
        )
        assert {t.uid for t in planned.target.topics} == {t.uid for t in now.topics}
        assert not planned.unclear

    def test_composed_and_decomposed_accents_are_one(self) -> None:
        decomposed = unicodedata.normalize("NFD", "Algèbre linéaire")
        assert kept(
            one(module("M", topic("Algèbre linéaire"))),
            one(module("M", topic(decomposed))),
            "Algèbre linéaire",
            decomposed,
        )

    def test_reordered(self) -> None:
        before = one(module("M", topic("A"), topic("B"), topic("C")))
        now, planned = replan(before, one(module("M", topic("C"), topic("A"), topic("B"))))
        assert {t.uid for t in planned.target.topics} == {t.uid for t in now.topics}
        assert [c.fields[0].name for c in planned.changes] == ["order"]

    def test_renumbered(self) -> None:
        before = one(module("M", topic("A", number=1), topic("B", number=2), number=1))
        now, planned = replan(before, one(module("M", topic("B", number=1), topic("A", number=2), number=7)))
        for title in "AB":
            assert titled(now, title).uid == titled(planned.target, title).uid

    def test_moved_to_another_module(self) -> None:
        before = one(module("M", topic("A"), topic("B")), module("N", topic("C")))
        now, planned = replan(before, one(module("M", topic("B")), module("N", topic("C"), topic("A"))))
        assert kinds(planned) == {"moved": ["A"]}
        [change] = planned.changes
        assert (change.was, change.now) == ("Course / M", "Course / N")
        assert titled(planned.target, "A").uid == titled(now, "A").uid

    def test_moved_to_another_document(self) -> None:
        before = reading(path("P", module("M", topic("A"), topic("B")), source="p.md"))
        after = reading(
            path("P", module("M", topic("B")), source="p.md"), path("Q", module("X", topic("A")), source="q.md")
        )
        assert kept(before, after, "A")

    def test_equal_titles_in_different_places_stay_two_topics(self) -> None:
        both = one(module("Maths", topic("Optimization")), module("Deep learning", topic("Optimization")))
        now, planned = replan(both, both)
        assert len(now.topics) == 2
        assert planned.empty

    def test_equal_titles_in_different_documents_are_suggested_as_the_same(self) -> None:
        two = [path(n, module("M", topic("Git", source=f"{n}.md", line=4)), source=f"{n}.md") for n in ("p", "q")]
        planned = plan(Curriculum(), reading(*two))
        assert len(planned.target.topics) == 2
        [problem] = planned.problems
        assert (problem.severity, problem.code) == ("info", "same-title")
        assert "p.md:4, q.md:4" in problem.message

    def test_suggestions_are_bounded(self) -> None:
        two = [
            path(n, module("M", *(topic(f"T {i}", source=f"{n}.md") for i in range(99))), source=f"{n}.md")
            for n in "pq"
        ]
        assert len(plan(Curriculum(), reading(*two)).problems) == 11

    def test_one_of_two_of_a_name_removed(self) -> None:
        before = one(module("Maths", topic("Optimization")), module("Deep learning", topic("Optimization"), topic("X")))
        now, planned = replan(before, one(module("Maths", topic("Optimization")), module("Deep learning", topic("X"))))
        assert kinds(planned) == {"retired": ["Optimization"]}
        seat = now.roadmaps[0].sections[0].seats[0]
        assert not planned.target.topic_by_uid()[seat.topic].retired

    def test_same_title_with_other_text_in_another_document_is_asked(self) -> None:
        before = reading(
            path(
                "P",
                module(
                    "Maths",
                    topic("Optimization", summary="Convex sets, gradients and duality of programs."),
                    topic("B"),
                ),
            ),
        )
        after = reading(
            path("P", module("Maths", topic("B"))),
            path(
                "Q",
                module("Shops", topic("Optimization", summary="Make your landing page rank higher.", source="q.md")),
                source="q.md",
            ),
        )
        _, planned = replan(before, after)
        assert [q.title for q in planned.unclear] == ["Optimization"]

    def test_twins_in_one_section_are_told_apart_by_their_text(self) -> None:
        before = one(module("M", topic("Project", summary="Build a shop"), topic("Project", summary="Build a game")))
        now, planned = replan(before, one(module("M", topic("Project", summary="Build a game"))))
        game = next(t for t in now.topics if t.summary == "Build a game")
        assert not planned.target.topic_by_uid()[game.uid].retired
        assert kinds(planned) == {"retired": ["Project"]}

    def test_a_renamed_module_moves_nobody(self) -> None:
        before = one(module("Maths", topic("A"), topic("B")), module("N", topic("A")))
        now, planned = replan(before, one(module("Mathematics", topic("A"), topic("B")), module("N", topic("A"))))
        assert kinds(planned) == {}
        assert kinds(planned, "section") == {"renamed": ["Mathematics"]}
        assert planned.target.roadmaps[0].sections[0].slug == now.roadmaps[0].sections[0].slug

    def test_a_renamed_level_keeps_its_modules(self) -> None:
        before = one(level("Beginner", module("M", topic("A")), module("N", topic("B"))))
        _, planned = replan(before, one(level("First steps", module("M", topic("A")), module("N", topic("B")))))
        assert [(c.kind, c.what, c.title) for c in planned.changes] == [("renamed", "section", "First steps")]

    def test_a_renamed_roadmap_in_a_renamed_file(self) -> None:
        notes = [module("M", topic("A"), topic("B"))]
        now, planned = replan(reading(path("Old", *notes, source="a.md")), reading(path("New", *notes, source="b.md")))
        assert [(c.kind, c.what, c.title) for c in planned.changes] == [("renamed", "roadmap", "New")]
        assert planned.target.roadmaps[0].slug == now.roadmaps[0].slug

    def test_a_linked_note_is_one_topic_in_every_roadmap(self) -> None:
        planned = plan(
            Curriculum(),
            reading(
                path("P", module("M", topic("Git", link="Git", summary="Said here"))),
                path("Q", module("N", topic("Version control", link="git")), source="q.md"),
            ),
        )
        [git] = planned.target.topics
        assert (git.title, git.summary) == ("Git", "Said here")
        assert len(list(planned.target.seats())) == 2

    def test_a_shared_id_is_one_topic_in_every_roadmap(self) -> None:
        first = reading(
            path("P", module("M", topic("Git", id="git"))),
            path("Q", module("N", topic("git", id="git")), source="q.md"),
        )
        assert len(stored(first).topics) == 1

    def test_twice_in_one_roadmap_takes_one_seat(self) -> None:
        planned = plan(Curriculum(), one(module("M", topic("Git", link="Git")), module("N", topic("Git", link="Git"))))
        assert len(list(planned.target.seats())) == 1
        assert [p.code for p in planned.problems] == ["seated-twice"]

    def test_two_topics_with_one_id_are_an_error_with_both_places(self) -> None:
        planned = plan(Curriculum(), one(module("M", topic("A", id="x", line=4), topic("B", id="x", line=8))))
        [problem] = planned.errors
        assert (problem.source, problem.line, problem.code) == ("README.md", 8, "id-twice")
        assert "README.md:4" in problem.message


class TestRenames:
    def test_an_alias_is_the_authors_word_for_it(self) -> None:
        before = one(module("M", topic("CNNs"), topic("B")))
        after = one(module("M", topic("Convolutional networks", aliases=("CNNs",)), topic("B")))
        assert kept(before, after, "CNNs", "Convolutional networks")

    def test_a_former_alias_becomes_the_title(self) -> None:
        before = one(module("M", topic("Linear algebra", aliases=("LinAlg",)), topic("B")))
        assert kept(before, one(module("M", topic("LinAlg"), topic("B"))), "Linear algebra", "LinAlg")

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ("Backpropogation", "Backpropagation"),
            ("Object-oriented programming", "Object oriented programming"),
            ("Transfromers", "Transformers"),
        ],
    )
    def test_typing_put_right(self, was: str, now: str) -> None:
        assert kept(one(module("M", topic(was), topic("B"))), one(module("M", topic(now), topic("B"))), was, now)

    def test_the_same_text_under_another_title(self) -> None:
        before = one(module("M", topic("Nets", summary=LONG), topic("B")))
        assert kept(
            before, one(module("M", topic("Neural networks", summary=LONG), topic("B"))), "Nets", "Neural networks"
        )

    def test_the_same_links_and_a_like_title_in_the_same_section(self) -> None:
        resources = (link("https://course.example/dl"),)
        before = one(module("M", topic("Deep nets", resources=resources), topic("B")))
        after = one(module("M", topic("Deep networks", resources=resources), topic("B")))
        assert kept(before, after, "Deep nets", "Deep networks")

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ("Supervised learning", "Unsupervised learning"),
            ("Linear regression", "Logistic regression"),
            ("Encoder", "Decoder"),
            ("Week 3", "Week 4"),
            ("Calculus I", "Calculus II"),
            ("C", "R"),
            ("CNNs", "Convolutional networks"),
        ],
    )
    def test_what_is_merely_alike_or_in_the_same_place_is_asked_not_guessed(self, was: str, now: str) -> None:
        before = one(module("M", topic("A"), topic(was), topic("B")))
        after = one(module("M", topic("A"), topic(now), topic("B")))
        _, planned = replan(before, after)
        assert [q.title for q in planned.unclear] == [now]
        assert [c.title for c in planned.unclear[0].candidates] == [was]

    def test_another_text_in_the_same_place_is_another_topic(self) -> None:
        before = one(
            module("M", topic("A"), topic("Fortran", summary="Punched cards and numerical recipes of old."), topic("B"))
        )
        after = one(
            module("M", topic("A"), topic("Rust", summary="Ownership, borrowing, fearless concurrency."), topic("B"))
        )
        _, planned = replan(before, after)
        assert not planned.unclear
        assert kinds(planned) == {"added": ["Rust"], "retired": ["Fortran"]}

    def test_a_question_answered_yes_is_a_rename(self) -> None:
        before = one(module("M", topic("A"), topic("CNNs"), topic("B")))
        after = one(module("M", topic("A"), topic("Convolutional networks"), topic("B")))
        now, planned = replan(before, after, answers={1: 0})
        assert not planned.unclear
        assert kinds(planned) == {"renamed": ["Convolutional networks"]}
        found = titled(planned.target, "Convolutional networks")
        assert (found.uid, found.slug) == (titled(now, "CNNs").uid, "cnns")

    def test_a_question_answered_no_is_a_new_topic(self) -> None:
        before = one(module("M", topic("A"), topic("CNNs"), topic("B")))
        after = one(module("M", topic("A"), topic("Convolutional networks"), topic("B")))
        _, planned = replan(before, after, answers={1: None})
        assert not planned.unclear
        assert kinds(planned) == {"added": ["Convolutional networks"], "retired": ["CNNs"]}
        assert plan(planned.target, after).empty

    def test_two_answers_cannot_make_one_topic_two(self) -> None:
        before = one(module("M", topic("Probability and statistics"), topic("B")))
        after = one(module("M", topic("Probability"), topic("Statistics"), topic("B")))
        now, planned = replan(before, after)
        assert len(planned.unclear) == 2
        _, answered = replan(before, after, answers={1: 0, 2: 0})
        assert len({t.uid for t in answered.target.topics}) == 3
        assert not answered.unclear
        assert len(now.topics) == 2


class TestEvidence:
    """What is weighed of a candidate, in words."""

    @staticmethod
    def of(was: Item, now: Item) -> dict[str, tuple[float, str]]:
        _, planned = replan(
            one(module("M", topic("A"), was, topic("B"))), one(module("M", topic("A"), now, topic("B")))
        )
        [question] = planned.unclear
        [candidate] = question.candidates
        assert candidate.why == ", ".join(found.said for found in candidate.evidence)
        return {found.kind: (round(found.value, 2), found.said) for found in candidate.evidence}

    def test_place_title_and_resources(self) -> None:
        both = (link("https://a.example"), link("https://b.example"))
        found = self.of(topic("Encoder", resources=both), topic("Tokens", resources=(*both, link("https://c.example"))))
        assert found["place"] == (1.0, "same place, between the same neighbours")
        assert found["title"][1] == f"title {found['title'][0]:.0%} alike".replace("%", " %")
        assert found["resources"] == (0.8, "2 of 3 resources the same")
        same = self.of(topic("Encoder", resources=both), topic("Tokens", resources=both))
        assert same["resources"] == (1.0, "same 2 resources")
        other = self.of(topic("Encoder", resources=both[:1]), topic("Encoding", resources=both[1:]))
        assert other["resources"] == (0.0, "other resources")

    def test_text_body_and_links(self) -> None:
        found = self.of(
            topic("Encoder", summary="In short.", body="Words of the note, at some length.", related=("Attention",)),
            topic("Tokens", summary="In short.", body="Words of the note, cut.", related=("attention.md",)),
        )
        assert found["text"] == (1.0, "same text")
        assert 0 < found["body"][0] < 1
        assert found["links"] == (1.0, "same link")

    def test_another_id_speaks_against_it(self) -> None:
        """The notes call them two: a title that would be a slip of typing is asked."""
        found = self.of(topic("Transfromers", id="one"), topic("Transformers", id="two"))
        assert found["id"] == (0.0, "another id (two, it was one)")
        assert found["title"][1] == "titles one slip of typing apart"

    def test_as_json(self) -> None:
        before = one(module("M", topic("A"), topic("Encoder"), topic("B")))
        _, planned = replan(before, one(module("M", topic("A"), topic("Decoder"), topic("B"))))
        [question] = as_json(planned, {})["unclear"]
        [candidate] = question["candidates"]
        assert [found["kind"] for found in candidate["evidence"]] == ["place", "title"]
        assert (candidate["how"], candidate["evidence"][0]["value"]) == ("renamed", 1.0)


class TestSplitMergeRemoveRestore:
    def test_split_retires_the_old_topic_and_loses_nothing(self) -> None:
        before = one(module("M", topic("Probability and statistics"), topic("B"), topic("C"), topic("D")))
        after = one(module("M", topic("Probability"), topic("Statistics"), topic("B"), topic("C"), topic("D")))
        now, planned = replan(before, after, answers={1: None, 2: None})
        old = planned.target.topic_by_uid()[titled(now, "Probability and statistics").uid]
        assert old.retired
        assert kinds(planned)["retired"] == ["Probability and statistics"]

    def test_merged_by_linking_one_note_names_the_heir(self) -> None:
        before = reading(
            path("P", module("M", topic("Git", link="Git"))), path("Q", module("N", topic("Git basics")), source="q.md")
        )
        after = reading(
            path("P", module("M", topic("Git", link="Git"))),
            path("Q", module("N", topic("Git basics", link="Git")), source="q.md"),
        )
        now, planned = replan(before, after)
        basics = planned.target.topic_by_uid()[titled(now, "Git basics").uid]
        assert basics.retired
        assert basics.replaced_by == titled(now, "Git").uid

    def test_removed_and_restored(self) -> None:
        full, less = one(module("M", topic("A"), topic("B"))), one(module("M", topic("B")))
        now, planned = replan(full, less)
        assert kinds(planned) == {"retired": ["A"]}
        assert plan(planned.target, less).empty
        back = plan(planned.target, full)
        assert kinds(back) == {"revived": ["A"]}
        assert back.target == now

    def test_a_removed_roadmap_is_retired_with_its_topics_and_revived(self) -> None:
        p, q = path("P", module("M", topic("A"))), path("Q", module("N", topic("B")), source="q.md")
        now, planned = replan(reading(p, q), reading(p))
        assert [(c.kind, c.what) for c in planned.changes] == [("retired", "roadmap"), ("retired", "topic")]
        assert plan(planned.target, reading(p, q)).target == now

    def test_an_empty_reading_retires_nothing(self) -> None:
        now, planned = replan(one(module("M", topic("A"))), Reading())
        assert planned.target is now
        assert [p.code for p in planned.errors] == ["nothing-to-learn"]

    def test_many_retirements_are_noticed(self) -> None:
        topics = [topic(f"Topic {word}") for word in "abcdefghij"]
        assert replan(one(module("M", *topics)), one(module("M", *topics[:7])))[1].retires_many
        assert not replan(one(module("M", *topics)), one(module("M", *topics[:8])))[1].retires_many


class TestFields:
    def test_changed_fields_are_named_with_both_values(self) -> None:
        _, planned = replan(
            one(module("M", topic("A", hours=2.0))), one(module("M", topic("A", hours=3.5, summary="S", line=7)))
        )
        [change] = planned.changes
        assert (change.kind, change.line) == ("changed", 7)
        assert {(f.name, f.was, f.now) for f in change.fields} == {("hours", "2", "3.5"), ("summary", "", "S")}

    def test_a_browsers_edit_is_kept_and_the_notes_value_remembered(self) -> None:
        now = stored(one(module("M", topic("A", summary="notes"))))
        edited = replace(now, topics=(replace(now.topics[0], summary="mine", overrides={"summary": "notes"}),))
        assert plan(edited, one(module("M", topic("A", summary="notes")))).empty
        planned = plan(edited, one(module("M", topic("A", summary="newer"))))
        found = planned.target.topics[0]
        assert (found.summary, found.overrides) == ("mine", {"summary": "newer"})
        assert [(f.name, f.kept) for c in planned.changes for f in c.fields] == [("summary", True)]

    def test_a_title_edited_in_the_browser_is_still_found_by_the_notes_title(self) -> None:
        now = stored(one(module("M", topic("A"), topic("B")), module("N", topic("C"))))
        edited = replace(
            now,
            topics=tuple(
                replace(t, title="My name", overrides={"title": "A"}) if t.title == "A" else t for t in now.topics
            ),
        )
        planned = plan(edited, one(module("M", topic("B")), module("N", topic("C"), topic("A"))))
        assert kinds(planned) == {"moved": ["My name"]}

    def test_steps_keep_their_ticks(self) -> None:
        before = one(module("M", topic("A", step("One"), step("Two"), step("Same"), step("Same"))))
        after = one(module("M", topic("A", step("two"), step("Same"), step("Three"), step("Same"), step("One"))))
        now, planned = replan(before, after)
        were = {s.uid: s.title for s in now.topics[0].steps}
        assert [were.get(s.uid) for s in planned.target.topics[0].steps] == ["Two", "Same", None, "Same", "One"]
        back = plan(planned.target, before)
        assert [s.title for s in back.target.topics[0].steps if s.retired] == ["Three"]
        assert [s.uid for s in back.target.topics[0].steps if not s.retired] == list(were)


class TestNeeds:
    def test_matching_is_forgiving(self) -> None:
        curriculum = stored(
            one(
                module(
                    "M",
                    topic("Object-Oriented Programming", aliases=("OOP",)),
                    topic("A", needs=("object oriented programming",)),
                    topic("B", needs=("oop",)),
                    topic("C", needs=("Nowhere",)),
                )
            )
        )
        oop = titled(curriculum, "Object-Oriented Programming").uid
        assert [n.topic for n in titled(curriculum, "A").needs] == [oop]
        assert [n.topic for n in titled(curriculum, "B").needs] == [oop]
        assert titled(curriculum, "C").unmet == ("Nowhere",)

    def test_the_nearest_of_a_name_is_meant(self) -> None:
        curriculum = stored(
            one(
                module("M", topic("Intro", summary="m"), topic("A", needs=("Intro",))),
                module("N", topic("Intro", summary="n")),
            )
        )
        assert curriculum.topic_by_uid()[titled(curriculum, "A").needs[0].topic].summary == "m"

    def test_an_ambiguous_name_is_a_problem(self) -> None:
        planned = plan(
            Curriculum(),
            one(module("M", topic("Intro")), module("N", topic("Intro")), module("O", topic("A", needs=("Intro",)))),
        )
        assert [p.code for p in planned.problems] == ["requirement-ambiguous"]
        assert titled(planned.target, "A").unmet == ("Intro",)

    def test_an_ordered_module_is_a_chain(self) -> None:
        curriculum = stored(one(module("M", topic("A"), topic("B"), topic("C"), ordered=True)))
        assert titled(curriculum, "C").needs == (Need(titled(curriculum, "B").uid, source="chain"),)

    def test_a_stated_reason_stands_before_the_chain(self) -> None:
        why = Requirement("A", reason="because")
        curriculum = stored(one(module("M", topic("A"), topic("B", needs=(why,)), ordered=True)))
        assert [(n.reason, n.source) for n in titled(curriculum, "B").needs] == [("because", "notes")]

    def test_alternatives_keep_their_group_and_a_lone_one_is_plain(self) -> None:
        either = tuple(Requirement(t, group="1") for t in ("A", "B"))
        lone = (Requirement("A", group="1"), Requirement("Nowhere", group="1"))
        curriculum = stored(one(module("M", topic("A"), topic("B"), topic("C", needs=either), topic("D", needs=lone))))
        assert [n.group for n in titled(curriculum, "C").needs] == ["1", "1"]
        assert [n.group for n in titled(curriculum, "D").needs] == [""]

    def test_a_loop_is_an_error_that_names_it(self) -> None:
        planned = plan(
            Curriculum(),
            one(
                module(
                    "M",
                    topic("A", needs=("C",), line=3),
                    topic("B", needs=("A",), line=4),
                    topic("C", needs=("B",), line=5),
                )
            ),
        )
        [problem] = planned.errors
        assert problem.code == "prerequisite-loop"
        assert problem.line > 0
        for title in "ABC":
            assert f"“{title}”" in problem.message
        assert sum(len(t.needs) for t in planned.target.topics) == 2

    def test_of_a_loop_the_weaker_link_goes(self) -> None:
        planned = plan(Curriculum(), one(module("M", topic("A", needs=("B",)), topic("B"), ordered=True)))
        assert [n.source for t in planned.target.topics for n in t.needs] == ["notes"]

    def test_thousands_of_loops_are_cut(self) -> None:
        topics = [t for i in range(2000) for t in (topic(f"a{i}", needs=(f"b{i}",)), topic(f"b{i}", needs=(f"a{i}",)))]
        planned = plan(Curriculum(), one(module("M", *topics)))
        assert sum(len(t.needs) for t in planned.target.topics) == 2000
        assert len(planned.errors) == 50

    def test_an_editors_link_stays_and_one_taken_away_stays_away(self) -> None:
        notes = one(module("M", topic("A"), topic("B", needs=("A",)), topic("C")))
        now = stored(notes)
        a, b, c = (titled(now, title) for title in "ABC")
        removed = {"needs": {str(a.uid): {"topic": str(a.uid), "reason": "", "group": "", "source": "notes"}}}
        edited = replace(b, needs=(Need(c.uid, "mine", source="editor"),), overrides=removed)
        now = replace(now, topics=tuple(edited if t.uid == b.uid else t for t in now.topics))
        assert plan(now, notes).empty
        planned = plan(now, one(module("M", topic("A"), topic("B"), topic("C"))))
        assert titled(planned.target, "B").overrides == {}
        assert titled(planned.target, "B").needs == (Need(c.uid, "mine", source="editor"),)


class TestWhatAnEditorMade:
    def test_a_topic_kept_alive_keeps_its_seat(self) -> None:
        now = stored(one(module("M", topic("A"), topic("B"))))
        alive = replace(titled(now, "A"), overrides={"retired": True})
        now = replace(now, topics=tuple(alive if t.uid == alive.uid else t for t in now.topics))
        planned = plan(now, one(module("M", topic("B"))))
        assert not titled(planned.target, "A").retired
        assert [planned.target.topic_by_uid()[s.topic].title for _, _, s in planned.target.seats()] == ["B", "A"]
        assert plan(planned.target, one(module("M", topic("B")))).empty

    def test_a_topic_an_editor_retired_stays_retired(self) -> None:
        notes = one(module("M", topic("A"), topic("B")))
        now = stored(notes)
        gone = replace(titled(now, "A"), retired=True, overrides={"retired": False})
        now = replace(now, topics=tuple(gone if t.uid == gone.uid else t for t in now.topics))
        assert plan(now, notes).empty

    def test_a_seat_of_another_sources_topic_stays(self) -> None:
        notes = one(module("M", topic("A")))
        now = stored(notes)
        guest = UUID(int=7)
        section = now.roadmaps[0].sections[0]
        seats = (*section.seats, section.seats[0]._replace(topic=guest, position=1))
        now = replace(now, roadmaps=(replace(now.roadmaps[0], sections=(replace(section, seats=seats),)),))
        assert plan(now, notes).empty
        planned = plan(now, one(module("M", topic("New", summary=LONG), topic("A"))))
        assert [s.topic for _, _, s in planned.target.seats()][-1] == guest


class TestKeysAndSlugs:
    def test_keys(self) -> None:
        assert key("STRASSE") == key("Straße")
        assert key("  A \t B ") == "a b"
        assert loose("Object-Oriented  (OOP)") == "object oriented oop"
        assert len({loose("C"), loose("C++"), loose("C#")}) == 3
        assert loose("🎉") == "🎉"
        assert link_key("Folder/Some-Note.md#part") == link_key("folder/some note")

    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Linear algebra", "linear-algebra"),
            ("C++", "c-plus-plus"),
            ("C#", "c-sharp"),
            ("线性代数", "线性代数"),
            ("Алгебра!", "алгебра"),
            ("🎉", ""),
            ("---", ""),
        ],
    )
    def test_slugs(self, title: str, slug: str) -> None:
        assert slugify(title) == slug

    def test_taken_slugs_get_a_number(self) -> None:
        slugs = Slugs({"a", "a-2"}, ["topic-1"])
        assert [slugs.take("A", "x"), slugs.take("a", "x"), slugs.take("🎉", "topic-1")] == ["a-3", "a-4", "topic-1-2"]

    def test_a_slug_never_changes_and_never_collides(self) -> None:
        now = stored(one(module("M", topic("Git", id="a"), topic("GIT", id="b"), topic("🎉"))))
        assert sorted(t.slug for t in now.topics)[:2] == ["git", "git-2"]
        renamed = plan(now, one(module("M", topic("Subversion", id="a"), topic("GIT", id="b"), topic("🎉"))))
        assert {t.uid: t.slug for t in renamed.target.topics} == {t.uid: t.slug for t in now.topics}
        elsewhere = plan(Curriculum(), one(module("M", topic("Git"))), taken=("git",))
        assert elsewhere.target.topics[0].slug == "git-2"
