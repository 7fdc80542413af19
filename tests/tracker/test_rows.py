"""Rows rendered once and filled in: the page and the answer to a check-off say the same, whatever the tree."""

from __future__ import annotations

import zlib

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.html import parse_html
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trees import branch, done, extra, tree, trees
from tracker.overlay import overlay
from tracker.packed import STATES, Mark
from tracker.rows import KEPT_TREES, SHOWS, bar, compiled, count, hours, out_of_band
from tracker.share import Share
from tracker.slotted import Slotted
from tracker.views.compressed import SMALL, compressed, gzip


class TestSlotted:
    def test_fills_each_slot_by_name(self) -> None:
        slotted = Slotted("tracker/_topic_row.html", {"topic": {"id": 7, "title": "A & B"}, "url": "/u/"})
        row = slotted.fill({"state": " done", "value": "todo", "checked": "true", "word": "done", "chips": "<i></i>"})
        assert row.startswith('<li class="topic done" id="t7">')
        assert 'aria-label="A &amp; B, done"' in row
        assert '<span class="chips"><i></i>' in row

    def test_a_missing_slot_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            Slotted("tracker/_topic_row.html", {"topic": {}}).fill({"state": ""})


class TestWords:
    def test_hours(self) -> None:
        assert [hours(value) for value in (None, 0, 3, 1.5, 0.25)] == ["", "", "3 h", "1.5 h", "0.25 h"]

    def test_count(self) -> None:
        assert count(Share(required=4, done=1, waived=1)) == "2 of 4"
        assert count(Share()) == "—"

    def test_the_bar_is_as_long_as_the_share(self) -> None:
        svg = bar(Share(required=8, done=2, waived=1, learning=1, skipped=4))
        assert 'class="d" x1="0%" x2="25%"' in svg
        assert 'class="w" x1="25%" x2="37.5%"' in svg
        assert 'class="l" x1="37.5%" x2="50%"' in svg
        assert 'class="s" x1="50%" x2="100%"' in svg
        assert "style" not in svg
        assert "<line" not in bar(Share(learning=3)), "nothing required: nothing to draw"

    def test_out_of_band(self) -> None:
        assert out_of_band('<li class="topic" id="t1">') == '<li hx-swap-oob="true" class="topic" id="t1">'


def marks_of(drawn: dict[int, str]) -> dict[int, Mark]:
    return {topic: Mark(state, started=state != "todo") for topic, state in drawn.items()}


class TestCompiled:
    @given(trees(), st.dictionaries(st.integers(1, 15), st.sampled_from(STATES)))
    @settings(max_examples=60, deadline=None)
    def test_every_row_once_in_reading_order_and_the_same_alone(self, drawn: object, states: dict[int, str]) -> None:
        roadmap = drawn
        laid = overlay(roadmap, marks_of(states))  # type: ignore[arg-type]
        pieces = compiled(roadmap)  # type: ignore[arg-type]
        body = pieces.body(laid)
        ids = [part.split('"', 1)[0] for part in body.split('" id="t')[1:]]
        assert ids == [str(topic) for topic in roadmap.order]  # type: ignore[attr-defined]
        for topic, row in laid.rows.items():
            assert body.count(pieces.row(topic, row)) == 1
        for index, share in enumerate(laid.shares):
            assert pieces.heads(index, share)[0] in body
        parse_html(body)  # well nested

    @given(trees(), st.dictionaries(st.integers(1, 15), st.sampled_from(STATES)), st.sampled_from(list(SHOWS)))
    @settings(max_examples=40, deadline=None)
    def test_filters_keep_what_they_say(self, drawn: object, states: dict[int, str], show: str) -> None:
        roadmap = drawn
        laid = overlay(roadmap, marks_of(states))  # type: ignore[arg-type]
        pieces = compiled(roadmap)  # type: ignore[arg-type]
        kept = [t for t, row in laid.rows.items() if SHOWS[show][1](row, pieces.rows[t].optional)]
        body = pieces.body(laid, show)
        assert body.count("<li class") == len(kept)
        assert all(f'id="t{topic}"' in body for topic in kept)
        assert bool(body) == bool(kept)

    def test_learners_never_see_each_others_rows(self) -> None:
        roadmap = tree(branch("All", 1, 2), needs={2: [1]})
        pieces = compiled(roadmap)
        mine, theirs = overlay(roadmap, done(1)), overlay(roadmap, {})
        assert pieces.body(mine) != pieces.body(theirs)
        assert pieces.body(mine) == compiled(tree(branch("All", 1, 2), needs={2: [1]})).body(mine)
        assert 'class="topic done"' not in pieces.body(theirs)

    def test_many_fillings_of_one_row(self) -> None:
        roadmap = tree(branch("All", *range(1, 60)), needs={n: [1] for n in range(2, 60)})
        pieces = compiled(roadmap)
        for known in range(2, 60):
            laid = overlay(roadmap, done(*range(2, known)))
            assert f"opens {laid.rows[1].opens}" in pieces.row(1, laid.rows[1])

    def test_kept_per_revision_and_forgotten(self) -> None:
        roadmap = tree(branch("All", 1))
        assert compiled(roadmap) is compiled(roadmap)
        assert compiled(tree(branch("All", 1))) is not compiled(roadmap), "another tree, though of the same number"
        assert KEPT_TREES > 1

    def test_topics_beside_modules_stand_in_a_card_of_their_own(self) -> None:
        roadmap = tree(branch("Level", 1, branch("Module", 2, 3), extra(4)))
        body = compiled(roadmap).body(overlay(roadmap, {}))
        assert body.count('<div class="modules">') == 3
        assert body.index('id="t1"') < body.index('id="t2"') < body.index('id="t4"')


class TestCompressed:
    @given(st.binary(max_size=5000))
    def test_any_data_comes_back(self, data: bytes) -> None:
        assert zlib.decompress(gzip(data), wbits=31) == data

    def test_only_for_those_who_take_it(self) -> None:
        @compressed
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse("x" * int(request.GET["size"]))

        def ask(size: int, accept: str) -> HttpResponse:
            return view(RequestFactory().get(f"/?size={size}", headers={"Accept-Encoding": accept}))

        packed = ask(5000, "br, gzip")
        assert packed["Content-Encoding"] == "gzip"
        assert int(packed["Content-Length"]) == len(packed.content) < 300
        assert zlib.decompress(packed.content, wbits=31) == b"x" * 5000
        plain = ask(5000, "br")
        assert plain.content == b"x" * 5000
        assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
        assert not ask(SMALL - 1, "gzip").has_header("Content-Encoding")

    def test_the_size_says_little(self) -> None:
        assert len({len(gzip(b"secret" * 500)) for _ in range(50)}) > 5


@pytest.mark.django_db
@pytest.mark.usefixtures("static_root")
def test_pages_are_compressed(client: Client) -> None:
    for address in ("/roadmaps/",):
        assert client.get(address, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
