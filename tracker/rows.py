"""The tree of a roadmap as HTML: rendered once per revision of the curriculum, filled in per request.

`compiled(tree)` keeps what it rendered in the process. `Compiled.body` and `Compiled.outline` fill it with one
learner's overlay; the answer to a check-off fills single pieces of it (`row`, `heads`). All of it is safe HTML: titles
are escaped by the templates, and what is filled in is made of numbers and of words written in this file.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.tree import Branch, Seat, Tree
from tracker import languages
from tracker.overlay import Overlay, Row
from tracker.row_words import needs, opens, words_of
from tracker.share import Share
from tracker.slotted import Slotted, hole, split
from tracker.whole import Whole

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CHIPS = {"learning": "word", "skipped": "tag", "waived": "known"}
"""States that a row says in a word, and the look of it; those of the others are said by the mark and its name."""
CHECKED = {"learning": "mixed", "done": "true", "waived": "true"}

SHOWS: dict[str, tuple[StrOrPromise, Callable[[Row, bool], bool]]] = {
    "ready": (_lazy("Ready"), lambda row, optional: row.ready),
    "learning": (_lazy("Learning"), lambda row, optional: row.state == "learning"),
    "left": (_lazy("Left"), lambda row, optional: row.state in {"todo", "learning"} and not (optional or row.spare)),
    "done": (_lazy("Done"), lambda row, optional: row.state in {"done", "waived"}),
    "optional": (_lazy("Optional"), lambda row, optional: optional),
}
"""Filters of the roadmap's page: the value of `show`, its word, which rows it keeps (row, whether it is optional)."""

MANY = 9
"""From so many modules on, a level is a grid read in rows; fewer stand in columns, read downwards."""
KEPT_TREES = 32
KEPT_FILLINGS = 16
"""Fillings kept of one row: there are few that learners really meet."""


def hours(value: float | None) -> str:
    """`3 h`, `1.5 h`; empty without hours."""
    return _("%(number)s h") % {"number": languages.number(float(value), None)} if value else ""


def count(share: Share) -> str:
    if not share.required:
        return "—"
    return words_of(languages.current()).met % {"met": share.done + share.waived, "required": share.required}


def bar(share: Share, *, thin: bool = True) -> str:
    """The segmented bar: a line per segment, since the CSP forbids style attributes. Words stand beside it."""
    out = ['<svg class="share thin" aria-hidden="true">' if thin else '<svg class="share" aria-hidden="true">']
    start = 0.0
    for name, number in (("d", share.done), ("w", share.waived), ("l", share.learning), ("s", share.skipped)):
        if number and share.required:
            end = start + 100 * number / share.required
            out.append(f'<line class="{name}" x1="{start:.4g}%" x2="{end:.4g}%" y1="50%" y2="50%"/>')
            start = end
    out.append("</svg>")
    return "".join(out)


def label(branch: Branch, places: int) -> str:
    """What the heading says beside the title: `pick 1 of 5`, `in order`, `optional`."""
    words = [_("pick %(choose)s of %(places)s") % {"choose": branch.choose, "places": places}] if branch.choose else []
    words += [_("in order")] if branch.ordered else []
    words += [_("optional")] if branch.optional else []
    return _(", ").join(words)


class CompiledRow:
    """One topic's row; `html` fills in what depends on the learner."""

    __slots__ = ("_language", "_slotted", "_strict", "href", "looks", "optional")

    def __init__(self, slotted: Slotted, href: str, *, optional: bool, strict: bool) -> None:
        self.href = href
        """Of the topic, as the roadmap shows it."""
        self.optional = optional
        self._strict = strict
        self._slotted = slotted
        self._language = languages.current()
        self.looks: dict[int, bytes] = {}
        """What was filled in already, by `Overlay.looks`, in UTF-8: of the few that learners really meet."""

    def html(self, row: Row) -> str:
        return self._slotted.fill(_slots(row, self._language, strict=self._strict))

    def keep(self, look: int, row: Row) -> bytes:
        """Fill it in, and remember that for the next one who looks the same."""
        found = self.html(row).encode()
        if len(self.looks) >= KEPT_FILLINGS:
            self.looks = {}  # a new one: other threads may be reading the old
        self.looks[look] = found
        return found


def _slots(row: Row, language: str, *, strict: bool) -> dict[str, str]:
    state = row.state
    words = words_of(language)
    locked = row.locked and strict
    classes = f" {state}" + (" ready" if row.ready else "") + (" locked" if locked else "")
    chips = [(CHIPS[state], words.states[state])] if state in CHIPS else []
    if row.known:
        chips.append(("known", _("known from %(roadmap)s") % {"roadmap": f"<bdi>{escape(row.known)}</bdi>"}))
    wanting = needs(language, len(row.unmet)) if row.unmet and state == "todo" else ""
    if wanting:
        chips.append(("need", wanting))
    if row.spare:
        chips.append(("", words.enough))
    if row.changed:
        chips.append(("need", words.changed))
    if row.new:
        chips.append(("new", words.new))
    if row.opens and state in {"todo", "learning"}:
        chips.append(("", opens(language, row.opens)))
    word = words.states[state]
    if row.ready:
        word = words.ready % {"state": word}
    elif wanting:
        word = (words.locked if locked else words.later) % {"state": word, "needs": wanting}
    return {
        "state": classes + (" changed" if row.changed else ""),
        "value": "todo" if state in {"done", "waived"} else "done",
        "checked": CHECKED.get(state, "false"),
        "word": words.changed_since % {"state": word} if row.changed else word,
        "chips": "".join(f'<span class="chip{" " + c if c else ""}">{text}</span>' for c, text in chips),
    }


class CompiledBranch:
    """A level or a module with what stands on it, in reading order."""

    def __init__(self, index: int, branch: Branch, tree: Tree, *, share: str = "", mark: str = "") -> None:
        """`share` and `mark` are what the addresses begin with that explain its percentage and mark all of it, the slug
        of the branch follows; empty where there is no such page."""
        places = _places(tree, index)
        depth = min(6, 2 + branch.depth)
        facts = {"branch": branch, "label": label(branch, places), "depth": depth, "anchor": anchor(branch)}
        facts["share_url"] = share and share + quote(branch.slug)
        facts["mark_url"] = mark and mark + quote(branch.slug)
        self.index, self.branch, self.is_level, self.places = index, branch, branch.kind == "level", places
        self.head = Slotted(f"tracker/_{'level' if self.is_level else 'module'}_head.html", facts)
        self.entry = Slotted("tracker/_outline_item.html", facts)
        self.resources = render_to_string("tracker/_resources.html", {"resources": branch.resources}).strip()
        self._headings: dict[Share, str] = {}
        self._lines: dict[Share, str] = {}
        self.inside: list[CompiledBranch | int] = []
        """Branches and ids of topics."""

    def heading(self, share: Share) -> str:
        """Its head, with what is done of it."""
        return self._kept(self._headings, share, self._heading)

    def line(self, share: Share) -> str:
        """Its line in the outline."""
        return self._kept(self._lines, share, self._line)

    @staticmethod
    def _kept(kept: dict[Share, str], share: Share, make: Callable[[Share], str]) -> str:
        found = kept.get(share)
        if found is None:
            if len(kept) >= KEPT_FILLINGS:
                kept.clear()
            found = kept[share] = make(share)
        return found

    def _heading(self, share: Share) -> str:
        words = count(share)
        if self.is_level and share.percent is not None:
            words += f" · {languages.percent(share.percent)}"
        return self.head.fill({"count": words, "bar": "" if self.is_level else bar(share)})

    def _line(self, share: Share) -> str:
        met = f"{share.done + share.waived}/{share.required}" if share.required else "—"
        return self.entry.fill({"count": met, "bar": "" if self.is_level else bar(share)})

    def open_tag(self, *, whole: bool) -> str:
        """A module shown whole says how many topics it has: one of many is laid out when it comes near, and until then
        its height is guessed by them."""
        kind = "level" if self.is_level else "module"
        topics = f' data-topics="{self.places}"' if whole and not self.is_level else ""
        return f'<section class="{kind}" id="{anchor(self.branch)}" aria-labelledby="h{self.branch.id}"{topics}>'


Heads = Callable[[CompiledBranch], str]
"""The heading of a branch."""


class Compiled:
    """One roadmap at one revision."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.rows = {seat.topic: self._row(tree, seat) for _, seat in tree.seats()}
        links = self._links(tree)
        self.branches = [CompiledBranch(i, branch, tree, **links) for i, branch in enumerate(tree.branches)]
        for made in self.branches:
            entries: list[tuple[int, int, CompiledBranch | int]] = [
                (seat.position, 0, seat.topic) for seat in made.branch.seats
            ] + [(tree.branches[child].position, 1, self.branches[child]) for child in made.branch.children]
            made.inside = [entry for _, _, entry in sorted(entries, key=lambda e: e[:2])]
        self.roots: list[CompiledBranch | int] = [b for b in self.branches if b.branch.parent is None]

    @staticmethod
    def _links(tree: Tree) -> dict[str, str]:
        """As `CompiledBranch` takes them."""
        names = {"share": "share", "mark": "mark_section"}
        return {key: f"{reverse(name, args=[tree.slug])}?section=" for key, name in names.items()}

    @staticmethod
    def _row(tree: Tree, seat: Seat) -> CompiledRow:
        topic = tree.topics[seat.topic]
        context: dict[str, Any] = {
            "topic": topic,
            "url": f"{reverse('topic', args=[topic.slug])}?roadmap={quote(tree.slug)}",
            "state_url": reverse("set_topic_state", args=[topic.slug]),
            "details": ", ".join(topic.details),
            "hours": hours(topic.hours),
            "optional": seat.optional and not tree.branches[tree.seated[topic.id]].optional,
        }
        slotted = Slotted("tracker/_topic_row.html", context)
        return CompiledRow(slotted, context["url"], optional=seat.optional, strict=tree.locking == "strict")

    # -- whole pages

    def body(self, overlay: Overlay, show: str = "") -> str:
        """The levels with their modules and rows, those that `show` keeps; empty when it keeps none."""
        if not show:
            return self.whole_body(overlay).decode()
        rows, keep = overlay.rows, SHOWS[show][1]
        html = {t: c.html(rows[t]) for t, c in self.rows.items() if keep(rows[t], c.optional)}
        return "".join(
            self._stack(self.roots, html, lambda branch: branch.heading(overlay.shares[branch.index]), whole=False)
        )

    def whole_body(self, overlay: Overlay) -> bytes:
        """The body without a filter, in UTF-8: the megabyte of 2,000 topics takes as long to encode as to fill in."""
        return self._whole.fill(overlay)

    @cached_property
    def _whole(self) -> Whole:
        """The body without a filter, cut where heads and rows stand."""
        rows = {topic: hole(f"row{topic}") for topic in self.rows}
        body = self._stack(self.roots, rows, lambda branch: hole(f"head{branch.index}"), whole=True)
        return Whole(split("".join(body)), self.branches, list(self.rows.items()))

    def outline(self, overlay: Overlay) -> str:
        """Levels and the modules directly under them (or under the roadmap)."""
        shown = (b for b in self.branches if b.is_level or self._is_outer(b))
        return "".join(branch.line(overlay.shares[branch.index]) for branch in shown)

    def _is_outer(self, branch: CompiledBranch) -> bool:
        parent = branch.branch.parent
        return parent is None or self.branches[parent].is_level

    def _stack(
        self, inside: Iterable[CompiledBranch | int], rows: dict[int, str], head: Heads, *, whole: bool
    ) -> Iterator[str]:
        """Runs of topics as cards, runs of modules side by side, levels one below the other."""
        for kind, group in groupby(inside, key=_kind):
            run = list(group)
            branches = [entry for entry in run if isinstance(entry, CompiledBranch)]
            if kind == "level":
                for branch in branches:
                    yield from self._level(branch, rows, head, whole=whole)
                continue
            cards = [self._module(branch, rows, head, whole=whole) for branch in branches]
            cards += [self._card(run, rows)] if kind == "topic" else []
            cards = [card for card in cards if card]
            if cards:
                yield f'<div class="modules{" many" if len(cards) >= MANY else ""}">'
                yield from cards
                yield "</div>"

    def _level(self, level: CompiledBranch, rows: dict[int, str], head: Heads, *, whole: bool) -> Iterator[str]:
        inside = "".join(self._stack(level.inside, rows, head, whole=whole))
        if inside or whole:
            yield f"{level.open_tag(whole=whole)}{head(level)}{inside}{level.resources if whole else ''}</section>"

    def _module(self, module: CompiledBranch, rows: dict[int, str], head: Heads, *, whole: bool) -> str:
        parts = []
        for entry_is_topic, group in groupby(module.inside, key=lambda entry: isinstance(entry, int)):
            run = list(group)
            if entry_is_topic:
                parts.append(self._list(run, rows, chain=module.branch.ordered))
            else:
                parts += [self._module(b, rows, head, whole=whole) for b in run if isinstance(b, CompiledBranch)]
        inside = "".join(parts)
        if not inside and not whole:
            return ""
        return f"{module.open_tag(whole=whole)}{head(module)}{inside}{module.resources if whole else ''}</section>"

    @staticmethod
    def _list(topics: Iterable[CompiledBranch | int], rows: dict[int, str], *, chain: bool = False) -> str:
        inside = "".join([rows[topic] for topic in topics if isinstance(topic, int) and topic in rows])
        opening = '<ol class="chain" role="list">' if chain else '<ol role="list">'
        return f"{opening}{inside}</ol>" if inside else ""

    def _card(self, topics: Iterable[CompiledBranch | int], rows: dict[int, str]) -> str:
        inside = self._list(topics, rows)
        return f'<div class="module">{inside}</div>' if inside else ""

    # -- pieces, for the page and for the answer to a check-off

    def row(self, topic: int, row: Row) -> str:
        return self.rows[topic].html(row)

    def heads(self, index: int, share: Share) -> tuple[str, ...]:
        """Where the share of a branch is shown: its heading and its line in the outline."""
        branch = self.branches[index]
        line = (branch.line(share),) if branch.is_level or self._is_outer(branch) else ()
        return (branch.heading(share), *line)


def anchor(branch: Branch) -> str:
    """Prefixed, so that a section called "Main" is not the page's `#main`."""
    return f"s-{branch.slug}"


def out_of_band(region: str) -> str:
    """The same region in an answer: htmx lays it over the one of its id."""
    tag, _, rest = region.partition(" ")
    return f'{tag} hx-swap-oob="true" {rest}'


def _kind(entry: CompiledBranch | int) -> str:
    return "topic" if isinstance(entry, int) else entry.branch.kind


def _places(tree: Tree, index: int) -> int:
    branch = tree.branches[index]
    return len(branch.seats) + sum(_places(tree, child) for child in branch.children)


_kept: OrderedDict[tuple[int, int, str], Compiled] = OrderedDict()
_lock = Lock()


def compiled(tree: Tree) -> Compiled:
    """The compiled rows of `tree`, kept per (roadmap, revision, language); the least recently used go first."""
    key = (tree.id, tree.revision, languages.current())
    with _lock:
        found = _kept.get(key)
        if found is not None and found.tree is tree:
            _kept.move_to_end(key)
            return found
    made = Compiled(tree)
    with _lock:
        for stale in [k for k, other in _kept.items() if k[0] == tree.id and other.tree is not tree]:
            del _kept[stale]
        _kept[key] = made
        while len(_kept) > KEPT_TREES:
            _kept.popitem(last=False)
    return made
