"""Draft revisions: acts wait in them, are published as one, clash with what is live, are thrown away, cost little."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.apply import NotAppliedError, PrerequisiteLoopError
from roadmap.editing import RefusedEditError
from roadmap.models import Edit, Placement, Prerequisite, Roadmap, Section, Step, Topic
from roadmap.publishing.content import published_content
from roadmap.publishing.desk import open_draft
from roadmap.publishing.drafted import draft_content
from roadmap.publishing.drafts import DraftGoneError, begin, discard, take_up
from roadmap.publishing.publish import ClashesError, DraftChangedError, publish, token_of
from roadmap.studio import one_topic, verbs
from roadmap.studio.doing import ChangedMeanwhileError, NothingToTakeBackError, redo, undo
from roadmap.studio.shape import children, roadmap_in
from tests.factories import make_roadmap, make_section, make_source, make_topic, place, require
from tests.roadmap.outlines import level, module, one, topic
from tests.roadmap.test_apply import bring
from tests.roadmap.test_studio import edda, eve, s, sign, t

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden() -> Roadmap:
    roadmap = make_roadmap("Garden", slug="garden")
    ground, water = make_section(roadmap, "Ground"), make_section(roadmap, "Water")
    for title in ("Soil", "Seeds", "Stones"):
        make_topic(title, ground)
    make_topic("Pond", water)
    return roadmap


def shown(roadmap: Roadmap) -> Any:
    """What a reader finds, by titles: sections with what stands in them, topics with what is theirs."""
    found = published_content(roadmap)
    tree = roadmap_in(found, roadmap.uid)
    called = dict(Topic.objects.values_list("uid", "title"))
    sections = {section.uid: section for section in tree.sections}
    topics = found.topic_by_uid()

    def of(parent: UUID | None) -> list[Any]:
        return [
            (
                sections[c.uid].title,
                sections[c.uid].optional,
                sections[c.uid].choose,
                sections[c.uid].ordered,
                of(c.uid),
            )
            if c.section
            else (topics[c.uid].title, topics[c.uid].retired, c.optional)
            for c in children(tree).get(parent, [])
        ]

    told = [
        (
            each.title, each.slug, each.summary, each.body, each.hours, each.aliases, each.retired,
            sorted((called[need.topic], need.source, need.reason) for need in each.needs),
            [(step.title, step.retired) for step in each.steps],
        )
        for each in found.topics
    ]  # fmt: skip
    return tree.title, of(None), sorted(told)


def everything() -> dict[str, list[Any]]:
    """All rows that learners read from."""
    models: tuple[Any, ...] = (Roadmap, Section, Placement, Prerequisite, Step)
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    return rows | {"Topic": list(Topic.objects.exclude(retired_at__isnull=False, source=None).order_by("pk").values())}


def acts_on(roadmap: Roadmap) -> None:
    """One act of each kind."""
    verbs.create_section(roadmap=roadmap, parent=None, title="Deep", kind="level", asked=edda())
    verbs.rename(roadmap=roadmap, uid=roadmap.uid, title="The garden", asked=edda())
    verbs.rename(roadmap=roadmap, uid=t("Soil"), title="Earth", asked=edda())
    verbs.move(roadmap=roadmap, uid=t("Stones"), parent=s("Water"), after=None, asked=edda())
    verbs.set_optional(roadmap=roadmap, uid=t("Pond"), optional=True, asked=edda())
    verbs.set_choice(roadmap=roadmap, uid=s("Ground"), choose=1, asked=edda())
    verbs.set_ordered(roadmap=roadmap, uid=s("Water"), ordered=True, asked=edda())
    verbs.create_topic(roadmap=roadmap, section=s("Ground"), title="Roots", asked=edda(), index=0)
    verbs.retire(roadmap=roadmap, uid=t("Seeds"), asked=edda())
    verbs.split_into_steps(roadmap=roadmap, uid=t("Pond"), titles=["Dig", "Fill"], asked=edda())
    pond = Topic.objects.get(title="Pond")
    wanted = {"summary": "Water that stands.", "body": "*Deep*", "hours": 2.5, "slug": "pool"}
    one_topic.edit_topic(topic=pond, roadmap=roadmap, wanted=wanted, seen={}, drop="", asked=edda())
    soil = Topic.objects.get(uid=pond.uid)
    one_topic.set_need(
        topic=Topic.objects.get(title="Roots"), roadmap=roadmap, requires=soil, reason="so", beside=None, asked=edda()
    )
    verbs.duplicate(roadmap=roadmap, uid=s("Ground"), asked=edda())


class TestDraft:
    def test_it_works(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        edit = verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        assert edit is not None
        assert edit.draft_act.draft == draft
        assert Topic.objects.filter(title="Soil").exists()
        revision = publish(draft=draft, by="Edda", note="Plain words.")
        assert Topic.objects.filter(title="Earth").exists()
        assert (revision.number, revision.how, revision.by, revision.note) == (2, "draft", "Edda", "Plain words.")
        assert (revision.draft, open_draft(garden)) == (draft, None)

    def test_nothing_of_it_is_in_the_tables(self, garden: Roadmap) -> None:
        before = everything()
        begin(roadmap=garden, by="Edda")
        verbs.create_section(roadmap=garden, parent=None, title="Deep", kind="level", asked=edda())
        verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda())
        verbs.split_into_topics(roadmap=garden, uid=t("Soil"), titles=["Clay", "Sand"], asked=edda())
        verbs.merge(
            roadmap=garden, keep=Topic.objects.get(title="Pond"), gone=Topic.objects.get(title="Stones"), asked=edda()
        )
        verbs.retire(roadmap=garden, uid=s("Ground"), asked=edda())
        undo(roadmap=garden, asked=edda())
        assert everything() == before
        waiting = Topic.objects.get(title="Roots")
        assert (waiting.retired_at is not None, waiting.source, waiting.placements.count()) == (True, None, 0)

    def test_every_kind_of_act_is_published_as_if_it_was_done_at_once(self, garden: Roadmap) -> None:
        with transaction.atomic():
            acts_on(garden)
            direct = shown(garden)
            transaction.set_rollback(True)
        draft = begin(roadmap=garden, by="Edda")
        assert shown(garden) != direct
        acts_on(garden)
        publish(draft=draft, by="Edda")
        assert shown(garden) == direct
        assert Topic.objects.get(slug="pool").body_html == '<p dir="auto"><em>Deep</em></p>\n'

    def test_the_same_operation_is_done_once(self, garden: Roadmap) -> None:
        begin(roadmap=garden, by="Edda")
        operation = uuid4()
        for _ in range(2):
            verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda(operation=operation))
        assert Topic.objects.filter(title="Roots").count() == 1

    def test_beginning_publishing_and_throwing_away_twice(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        assert begin(roadmap=garden, by="Eve") == draft
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        assert publish(draft=draft, by="Edda") == publish(draft=draft, by="Eve")
        with pytest.raises(DraftGoneError, match="published"):
            discard(draft=draft, by="Eve")

    def test_only_what_is_published_has_one(self, garden: Roadmap) -> None:
        Roadmap.objects.update(state="draft")
        with pytest.raises(RefusedEditError, match="need not wait"):
            begin(roadmap=garden, by="Edda")
        Roadmap.objects.update(state="listed", retired_at=timezone.now())
        with pytest.raises(RefusedEditError, match="retired"):
            begin(roadmap=garden, by="Edda")

    def test_a_loop_is_refused_with_its_topics(self, garden: Roadmap) -> None:
        soil, seeds = (Topic.objects.get(title=title) for title in ("Soil", "Seeds"))
        require(soil, seeds)
        begin(roadmap=garden, by="Edda")
        verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda())
        roots = Topic.objects.get(title="Roots")
        one_topic.set_need(topic=roots, roadmap=garden, requires=soil, reason="", beside=None, asked=edda())
        with pytest.raises(PrerequisiteLoopError) as refused:
            one_topic.set_need(topic=seeds, roadmap=garden, requires=roots, reason="", beside=None, asked=edda())
        assert set(refused.value.titles) == {"Soil", "Seeds", "Roots"}
        assert Edit.objects.count() == 2

    def test_a_topic_made_and_taken_back_is_never_published(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        verbs.create_topic(roadmap=garden, section=s("Ground"), title="Roots", asked=edda())
        undo(roadmap=garden, asked=edda())
        publish(draft=draft, by="Edda")
        roots = Topic.objects.get(title="Roots")
        assert (roots.placements.count(), roots.retired_at is not None) == (0, True)


class TestTwoEditors:
    def test_both_work_in_it(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.move(roadmap=garden, uid=t("Pond"), parent=s("Ground"), after=None, asked=eve())
        assert undo(roadmap=garden, asked=edda()).data["said"].startswith("Renamed")
        with pytest.raises(NothingToTakeBackError):
            undo(roadmap=garden, asked=edda())
        redo(roadmap=garden, asked=edda())
        draft.refresh_from_db()
        assert draft.acts == 4
        publish(draft=draft, by="Eve", acts=4)
        assert list(Placement.objects.filter(section__title="Ground").values_list("topic__title", flat=True)) == [
            "Pond", "Earth", "Seeds", "Stones",
        ]  # fmt: skip

    def test_what_was_changed_in_it_meanwhile_is_not_overwritten(self, garden: Roadmap) -> None:
        seen = sign(garden, t("Soil"))
        begin(roadmap=garden, by="Edda")
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda(seen))
        with pytest.raises(ChangedMeanwhileError) as refused:
            verbs.rename(roadmap=garden, uid=t("Soil"), title="Ground", asked=eve(seen))
        assert refused.value.last is not None
        assert (refused.value.title, refused.value.last.by) == ("Earth", "Edda")

    def test_publishing_what_nobody_looked_at_is_refused(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        with pytest.raises(DraftChangedError):
            publish(draft=draft, by="Eve", acts=0)
        assert Topic.objects.filter(title="Soil").exists()

    def test_acts_before_the_draft_are_not_undone_in_it(self, garden: Roadmap) -> None:
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        draft = begin(roadmap=garden, by="Edda")
        with pytest.raises(NothingToTakeBackError):
            undo(roadmap=garden, asked=edda())
        discard(draft=draft, by="Edda")
        undo(roadmap=garden, asked=edda())
        assert Topic.objects.filter(title="Soil").exists()


class TestThrownAway:
    def test_learners_never_knew_and_it_can_be_taken_up_again(self, garden: Roadmap) -> None:
        before = everything()
        draft = begin(roadmap=garden, by="Edda")
        verbs.rename(roadmap=garden, uid=t("Soil"), title="Earth", asked=edda())
        verbs.create_topic(roadmap=garden, section=s("Water"), title="Rain", asked=edda())
        for _ in range(2):
            discard(draft=draft, by="Edda")
        assert everything() == before
        verbs.move(roadmap=garden, uid=t("Seeds"), parent=s("Water"), after=None, asked=edda())
        for _ in range(2):
            take_up(draft=draft, by="Eve")
        publish(draft=draft, by="Eve")
        assert list(Placement.objects.filter(section__title="Water").values_list("topic__title", flat=True)) == [
            "Seeds", "Pond", "Rain",
        ]  # fmt: skip
        assert Topic.objects.filter(title="Earth").exists()

    def test_not_while_another_one_is_open(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        discard(draft=draft, by="Edda")
        begin(roadmap=garden, by="Edda")
        with pytest.raises(DraftGoneError):
            take_up(draft=draft, by="Edda")
        with pytest.raises(DraftGoneError, match="thrown away"):
            publish(draft=draft, by="Edda")


NOTES = one(
    module("Ground", topic("Soil"), topic("Seeds"), topic("Stones")),
    module("Water", topic("Pond"), topic("Rain")),
)


class TestLiveChanges:
    @pytest.fixture
    def noted(self) -> Roadmap:
        bring(make_source("/notes/garden"), NOTES)
        return Roadmap.objects.get()

    def source(self) -> Any:
        return Roadmap.objects.get().source

    def test_what_does_not_meet_is_merged(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        verbs.move(roadmap=noted, uid=t("Stones"), parent=s("Ground"), after=None, asked=edda())
        verbs.rename(roadmap=noted, uid=t("Pond"), title="Pool", asked=edda())
        verbs.create_topic(roadmap=noted, section=s("Water"), title="Wells", asked=edda())
        bring(
            self.source(),
            one(
                module("Ground", topic("Soil"), topic("Worms"), topic("Seeds"), topic("Stones")),
                module("Water", topic("Pond"), topic("Rain")),
                module("Air", topic("Wind")),
            ),
        )
        verbs.rename(roadmap=noted, uid=t("Worms"), title="Earthworms", asked=edda())
        publish(draft=draft, by="Edda")
        _, tree, _ = shown(noted)
        assert [(title, [x[0] for x in inside]) for title, *_, inside in tree] == [
            ("Ground", ["Stones", "Soil", "Earthworms", "Seeds"]),
            ("Water", ["Pool", "Rain", "Wells"]),
            ("Air", ["Wind"]),
        ]
        assert {x.source for x in Topic.objects.all()} == {noted.source}

    def test_it_stays_through_the_next_import(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        acts_on_notes(noted)
        publish(draft=draft, by="Edda")
        was = shown(noted)
        bring(self.source(), NOTES)
        assert shown(noted) == was

    def test_an_import_can_be_taken_back_while_a_draft_is_open(self, noted: Roadmap) -> None:
        from roadmap.apply import undo_last

        bring(self.source(), one(module("Ground", topic("Soil"), topic("Seeds")), module("Water", topic("Pond"))))
        begin(roadmap=noted, by="Edda")
        verbs.create_topic(roadmap=noted, section=s("Water"), title="Wells", asked=edda())
        undo_last(source=self.source(), by="Edda")
        assert Topic.objects.get(title="Stones").retired_at is None

    @pytest.mark.parametrize(("theirs", "title"), [(True, "Loam"), (False, "Earth")])
    def test_a_clash_is_asked(self, noted: Roadmap, theirs: bool, title: str) -> None:
        draft = begin(roadmap=noted, by="Edda")
        soil = Topic.objects.get(title="Soil")
        verbs.rename(roadmap=noted, uid=soil.uid, title="Earth", asked=edda())
        Topic.objects.filter(pk=soil.pk).update(title="Loam")
        with pytest.raises(ClashesError) as refused:
            publish(draft=draft, by="Edda")
        (clash,) = refused.value.clashes
        assert (clash.field, clash.was, clash.live, clash.draft) == ("title", "Soil", "Loam", "Earth")
        token = token_of(refused.value.clashes)
        with pytest.raises(ClashesError):
            publish(draft=draft, by="Edda", answered="0" * 16)
        publish(draft=draft, by="Edda", answered=token, theirs=[clash.key] if theirs else [])
        soil.refresh_from_db()
        assert soil.title == title
        assert soil.overrides == ({} if theirs else {"title": "Loam"})

    def test_an_answer_to_another_clash_is_no_answer(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        verbs.rename(roadmap=noted, uid=t("Soil"), title="Earth", asked=edda())
        Topic.objects.filter(title="Soil").update(title="Loam")
        token = token_of(draft_content(draft).clashes)
        Topic.objects.filter(title="Loam").update(title="Clay")
        with pytest.raises(ClashesError):
            publish(draft=draft, by="Edda", answered=token)

    def test_moved_on_both_sides(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        verbs.move(roadmap=noted, uid=t("Soil"), parent=s("Water"), after=None, asked=edda())
        notes = one(
            module("Ground", topic("Seeds"), topic("Stones")),
            module("Water", topic("Pond"), topic("Rain")),
            module("Air", topic("Soil")),
        )
        bring(self.source(), notes)
        with pytest.raises(ClashesError) as refused:
            publish(draft=draft, by="Edda")
        (clash,) = refused.value.clashes
        assert (clash.field, clash.title) == ("place", "")
        publish(draft=draft, by="Edda", answered=token_of([clash]))
        assert Placement.objects.get(topic__title="Soil").section.title == "Water"

    def test_a_section_that_left_the_notes_stays_for_what_the_draft_put_in_it(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        verbs.move(roadmap=noted, uid=t("Soil"), parent=s("Water"), after=None, asked=edda())
        bring(self.source(), one(module("Ground", *map(topic, ("Soil", "Seeds", "Stones", "Pond", "Rain")))))
        publish(draft=draft, by="Edda")
        _, tree, _ = shown(noted)
        assert [(title, [x[0] for x in inside]) for title, *_, inside in tree] == [
            ("Ground", ["Seeds", "Stones", "Pond", "Rain"]), ("Water", ["Soil"]),
        ]  # fmt: skip

    def test_chains_are_laid_by_what_stands_there_in_the_end(self, noted: Roadmap) -> None:
        draft = begin(roadmap=noted, by="Edda")
        verbs.set_ordered(roadmap=noted, uid=s("Ground"), ordered=True, asked=edda())
        bring(
            self.source(),
            one(
                module("Ground", topic("Soil"), topic("Worms"), topic("Seeds"), topic("Stones")),
                module("Water", topic("Pond"), topic("Rain")),
            ),
        )
        publish(draft=draft, by="Edda")
        links = set(Prerequisite.objects.values_list("topic__title", "requires__title", "source"))
        assert links == {("Worms", "Soil", "chain"), ("Seeds", "Worms", "chain"), ("Stones", "Seeds", "chain")}

    def test_an_address_that_was_taken_since(self, garden: Roadmap) -> None:
        draft = begin(roadmap=garden, by="Edda")
        pond = Topic.objects.get(title="Pond")
        one_topic.edit_topic(topic=pond, roadmap=garden, wanted={"slug": "pool"}, seen={}, drop="", asked=edda())
        make_topic("Pool", slug="pool")
        with pytest.raises(RefusedEditError, match="taken since"):
            publish(draft=draft, by="Edda")
        assert draft.state == "open"


def acts_on_notes(roadmap: Roadmap) -> None:
    verbs.rename(roadmap=roadmap, uid=t("Soil"), title="Earth", asked=edda())
    verbs.move(roadmap=roadmap, uid=t("Stones"), parent=s("Water"), after=None, asked=edda())
    verbs.retire(roadmap=roadmap, uid=t("Rain"), asked=edda())
    verbs.create_topic(roadmap=roadmap, section=s("Water"), title="Wells", asked=edda())
    verbs.create_section(roadmap=roadmap, parent=None, title="Air", kind="module", asked=edda())


class TestSharedTopics:
    def test_edited_live_elsewhere_and_in_the_draft(self, garden: Roadmap) -> None:
        park = make_roadmap("Park")
        soil = Topic.objects.get(title="Soil")
        place(soil, make_section(park, "Lawn"))
        draft = begin(roadmap=garden, by="Edda")
        one_topic.edit_topic(topic=soil, roadmap=garden, wanted={"summary": "Brown."}, seen={}, drop="", asked=edda())
        one_topic.edit_topic(topic=soil, roadmap=park, wanted={"hours": 3}, seen={}, drop="", asked=eve())
        soil.refresh_from_db()
        assert (soil.summary, float(soil.hours or 0)) == ("", 3)
        publish(draft=draft, by="Edda")
        soil.refresh_from_db()
        assert (soil.summary, float(soil.hours or 0)) == ("Brown.", 3)
        park.refresh_from_db()
        assert park.revision > 1

    def test_two_drafts_of_one_topic(self, garden: Roadmap) -> None:
        park = make_roadmap("Park")
        soil = Topic.objects.get(title="Soil")
        place(soil, make_section(park, "Lawn"))
        one_, two = begin(roadmap=garden, by="Edda"), begin(roadmap=park, by="Eve")
        verbs.rename(roadmap=garden, uid=soil.uid, title="Earth", asked=edda())
        verbs.rename(roadmap=park, uid=soil.uid, title="Loam", asked=eve())
        publish(draft=one_, by="Edda")
        with pytest.raises(ClashesError) as refused:
            publish(draft=two, by="Eve")
        assert [(c.live, c.draft) for c in refused.value.clashes] == [("Earth", "Loam")]

    def test_a_merge_reaches_the_other_roadmap_when_it_is_published(self, garden: Roadmap) -> None:
        park = make_roadmap("Park")
        twin = make_topic("Ground matters", make_section(park, "Lawn"))
        require(make_topic("Grass", Section.objects.get(title="Lawn")), twin)
        draft = begin(roadmap=garden, by="Edda")
        verbs.merge(roadmap=garden, keep=Topic.objects.get(title="Soil"), gone=twin, asked=edda())
        assert twin.placements.exists()
        publish(draft=draft, by="Edda")
        twin.refresh_from_db()
        assert twin.replaced_by is not None
        assert list(park.placements.values_list("topic__title", flat=True)) == ["Soil", "Grass"]
        assert Prerequisite.objects.get().requires.title == "Soil"


def random_acts(roadmap: Roadmap, seed: int, number: int) -> None:
    """The same for the same seed, whatever the keys are: things are chosen by their titles."""
    dice = Random(seed)
    for count in range(number):
        try:
            with transaction.atomic():
                random_act(roadmap, dice, count)
        except NotAppliedError:
            continue


def random_act(roadmap: Roadmap, dice: Random, count: int) -> None:
    part = draft_or_live(roadmap)
    tree = roadmap_in(part, roadmap.uid)
    titles = {section.uid: section.title for section in tree.sections}
    names = dict(Topic.objects.values_list("uid", "title"))
    names |= {each.uid: each.title for each in part.topics}
    sections = sorted(titles, key=titles.__getitem__)
    seats = sorted({seat.topic for x in tree.sections for seat in x.seats}, key=names.__getitem__)
    one_, parent = dice.choice([*sections, *seats]), dice.choice([None, *sections])
    here, topic_, other = dice.choice(sections), dice.choice(seats), dice.choice(seats)
    roll, number_ = dice.random(), dice.randint(0, 4)
    rows = {x.uid: x for x in Topic.objects.filter(uid__in=[topic_, other])}
    asked = edda() if roll < 0.7 else eve()
    after = None if number_ < 2 else topic_
    choices: list[Any] = [
        lambda: verbs.create_section(
            roadmap=roadmap, parent=parent, title=f"S{count}", kind="module", asked=asked, index=number_
        ),
        lambda: verbs.create_topic(roadmap=roadmap, section=here, title=f"T{count}", asked=asked, index=number_),
        lambda: verbs.rename(roadmap=roadmap, uid=one_, title=f"Name {count}", asked=asked),
        lambda: verbs.move(roadmap=roadmap, uid=one_, parent=parent, after=after, asked=asked),
        lambda: verbs.move(roadmap=roadmap, uid=topic_, parent=here, after=other, asked=asked),
        lambda: verbs.set_optional(roadmap=roadmap, uid=one_, optional=roll < 0.5, asked=asked),
        lambda: verbs.set_choice(roadmap=roadmap, uid=here, choose=number_ or None, asked=asked),
        lambda: verbs.set_ordered(roadmap=roadmap, uid=here, ordered=roll < 0.8, asked=asked),
        lambda: verbs.retire(roadmap=roadmap, uid=one_, asked=asked),
        lambda: verbs.restore(roadmap=roadmap, uid=one_, asked=asked),
        lambda: verbs.split_into_steps(roadmap=roadmap, uid=topic_, titles=["A", f"B{count}"], asked=asked),
        lambda: verbs.split_into_topics(
            roadmap=roadmap, uid=topic_, titles=[f"P{count}", f"Q{count}"], asked=asked
        ),
        lambda: verbs.merge(roadmap=roadmap, keep=rows[topic_], gone=rows[other], asked=asked),
        lambda: one_topic.edit_topic(
            topic=rows[topic_], roadmap=roadmap, wanted={"body": f"Text {count}", "hours": number_ + 1}, seen={},
            drop="", asked=asked,
        ),
        lambda: one_topic.set_need(
            topic=rows[topic_], roadmap=roadmap, requires=rows[other], reason=f"R{count}", beside=None, asked=asked
        ),
        lambda: undo(roadmap=roadmap, asked=asked),
        lambda: redo(roadmap=roadmap, asked=asked),
    ]  # fmt: skip
    dice.choice(choices)()


def draft_or_live(roadmap: Roadmap) -> Any:
    draft = open_draft(roadmap)
    return draft_content(draft, all_seated=True).laid if draft else published_content(roadmap)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 12), from_notes=st.booleans())
def test_published_it_is_as_if_done_at_once(seed: int, number: int, from_notes: bool) -> None:
    notes = one(
        level("Beginner", module("Ground", topic("Soil"), topic("Seeds"), topic("Stones"))),
        level("Expert", module("Water", topic("Pond", needs=("Soil",)), topic("Rain"))),
    )

    def fresh() -> Roadmap:
        bring(make_source(), notes)
        if not from_notes:
            Topic.objects.update(source=None, origin={})
            Section.objects.update(origin={})
            Roadmap.objects.update(source=None, origin={})
        return Roadmap.objects.get()

    results = []
    for drafted in (False, True):
        with transaction.atomic():
            roadmap = fresh()
            draft = begin(roadmap=roadmap, by="Edda") if drafted else None
            before = shown(roadmap)
            random_acts(roadmap, seed, number)
            if draft is not None:
                assert shown(roadmap) == before
                publish(draft=draft, by="Edda")
            results.append(shown(roadmap))
            transaction.set_rollback(True)
    assert results[0] == results[1]


@pytest.mark.parametrize("size", [3, 300])
def test_the_statements_of_an_act_do_not_grow(size: int) -> None:
    roadmap = make_roadmap("Big")
    one_, two = make_section(roadmap, "One"), make_section(roadmap, "Two")
    for number in range(size):
        make_topic(f"Topic {number}", one_)
    draft = begin(roadmap=roadmap, by="Edda")
    verbs.move(roadmap=roadmap, uid=t("Topic 0"), parent=two.uid, after=None, asked=edda())
    with CaptureQueriesContext(connection) as queries:
        verbs.move(roadmap=roadmap, uid=t("Topic 1"), parent=two.uid, after=None, asked=edda())
        verbs.rename(roadmap=roadmap, uid=t("Topic 2"), title="Renamed", asked=edda())
    assert len(queries) <= 60
    assert sorted(draft.parts.values_list("kind", flat=True)) == ["roadmap", "topic"]
