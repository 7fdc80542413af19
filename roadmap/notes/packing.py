"""A reading as bytes and back: how it comes out of a child process, and how it is kept (see `roadmap.notes.cache`).

Nothing in the bytes can run: the outline is JSON, an item a list of its fields in their order, and the bodies, which
are most of it, follow as plain UTF-8 so that they need no escapes. Items stand one behind the other, each before those
below it, and hold the number of these: so one can be exchanged without looking at the others.

    8 bytes  length of the head        JSON  {"paths": [...], "problems": [...], "counts": {}, "digests": {}}
    8 bytes  length of the items       JSON  [[...], [...], ...]
    then     the bodies, one behind the other; an item holds the length of its own in bytes

Fields are found by the kind they are declared as, so that a new one is packed like the others; a kind that is not known
here is an error when this module is imported.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, TypeVar

from roadmap.notes.items import Item, Path, Problem, Reading, Requirement, Resource
from roadmap.sentences import as_row, of_row

Row = list[Any]
_Of = TypeVar("_Of")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LENGTH: Final = struct.Struct(">Q")
_PLAIN: Final = frozenset(
    {"str", "int", "bool", "float", "str | None", "int | None", "bool | None", "float | None"}
    | {"Kind", "Severity", "ResourceKind", "RequirementSource"}
)
_TUPLES: Final = frozenset({"tuple[str, ...]", "tuple[int, ...]"})
_PAIRS: Final = "tuple[tuple[str, Any], ...]"
_INNER: Final[dict[str, type]] = {
    "tuple[Resource, ...]": Resource,
    "tuple[Requirement, ...]": Requirement,
    "tuple[Item, ...]": Item,
}


class _Shape:
    """Where the fields of a class stand in a row, by how they are packed."""

    def __init__(self, of: type) -> None:
        kinds = [(each.name, str(each.type)) for each in fields(of)]
        unknown = [f"{of.__name__}.{name}: {kind}" for name, kind in kinds if kind not in self._known()]
        if unknown:
            raise TypeError(f"packing.py does not know how to pack {', '.join(unknown)}")
        names = [name for name, _ in kinds]
        self.get: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        self.tuples = [at for at, (_, kind) in enumerate(kinds) if kind in _TUPLES]
        self.pairs = [at for at, (_, kind) in enumerate(kinds) if kind == _PAIRS]
        self.inner = [(at, _INNER[kind]) for at, (_, kind) in enumerate(kinds) if kind in _INNER]
        self.at = {name: at for at, name in enumerate(names)}

    @staticmethod
    def _known() -> frozenset[str]:
        return _PLAIN | _TUPLES | {_PAIRS} | _INNER.keys()


_SHAPES: Final[dict[type, _Shape]] = {of: _Shape(of) for of in (Item, Path, Problem, Requirement, Resource)}
_ITEM: Final = _SHAPES[Item]
BODY: Final = _ITEM.at["body"]
"""Where the length of its body stands in an item's row, in bytes."""
REQUIRES: Final = _ITEM.at["requires"]
BELOW: Final = _ITEM.at["items"]
"""Where the number of the items right below it stands."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A reading taken apart."""

    head: dict[str, Any]
    """Of each path a row, where its items should be their number."""
    rows: list[Row]
    """Of each item, in the order in which a reader meets them."""
    bodies: list[bytes]
    """Of each item."""


def flat(reading: Reading) -> Flat:
    """The reading taken apart."""
    rows: list[Row] = []
    bodies: list[bytes] = []
    head = {
        "paths": [row_of(path, rows, bodies) for path in reading.paths],
        "problems": [row_of(problem, rows, bodies) for problem in reading.problems],
        "said": [as_row(problem.message) for problem in reading.problems],
        "counts": reading.counts,
        "digests": reading.digests,
    }
    return Flat(head, rows, bodies)


@dataclass(frozen=True, slots=True)
class Packed:
    """A reading as bytes, in pieces."""

    head: bytes | memoryview
    rows: list[bytes | memoryview]
    """Joined, a list of the rows in JSON."""
    bodies: list[bytes | memoryview]
    """Each of whole bodies."""

    def pieces(self) -> list[bytes | memoryview]:
        """What `unpack` takes, joined."""
        return [
            with_length(self.head),
            length(sum(map(len, self.rows))),
            *self.rows,
            *self.bodies,
        ]

    def reading(self) -> Reading:
        """As `unpack`, without joining them."""
        return _reading(from_json(self.head), from_json(b"".join(self.rows)), self.bodies)


def pack(reading: Reading) -> Packed:
    """The reading as bytes."""
    taken = flat(reading)
    return Packed(as_json(taken.head), [as_json(taken.rows)], list(taken.bodies))


def unpack(data: bytes | memoryview) -> Reading:
    """The reading of which joined pieces were made. Raise ValueError, KeyError, TypeError, IndexError, StopIteration or
    struct.error for bytes that are none."""
    told, rest = parted(data)
    rows, bodies = parted(rest)
    return _reading(told, rows, [bodies])


def _reading(head: dict[str, Any], rows: Iterable[Row], bodies: Iterable[bytes | memoryview]) -> Reading:
    taken = _Taken(iter(rows), bodies)
    return Reading(
        tuple(made(Path, row, taken) for row in head["paths"]),
        tuple(
            Problem(*(*row[:-1], of_row(said) if said else row[-1]))
            for row, said in zip(head["problems"], head["said"], strict=True)
        ),
        head["counts"],
        head["digests"],
    )


def as_json(told: Any) -> bytes:
    return _ENCODER.encode(told).encode("utf-8", "surrogatepass")


def from_json(data: bytes | memoryview) -> Any:
    return json.loads(str(data, "utf-8", "surrogatepass"))


def with_length(data: bytes | memoryview) -> bytes:
    """The bytes behind the number of them."""
    return length(len(data)) + bytes(data)


def length(of: int) -> bytes:
    """What stands before so many bytes."""
    return _LENGTH.pack(of)


def joined(told: Any, bodies: Iterable[bytes]) -> bytes:
    """The other way of `parted`."""
    return b"".join([with_length(as_json(told)), *bodies])


def parted(data: bytes | memoryview) -> tuple[Any, memoryview]:
    """(what the JSON says, the bytes behind it)."""
    (size,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + size
    view = memoryview(data)
    if len(view) < end:
        raise ValueError("cut off")
    return from_json(view[_LENGTH.size : end]), view[end:]


def row_of(value: object, rows: list[Row], bodies: list[bytes]) -> Row:
    """The fields of a path, an item, a problem ... `rows` and `bodies` take those of the items, each before those below
    it; the row of an item itself is added to `rows` too."""
    shape = _SHAPES[type(value)]
    row: Row = list(shape.get(value))
    if shape is _ITEM:
        body = row[BODY].encode("utf-8", "surrogatepass")
        bodies.append(body)
        row[BODY] = len(body)
        rows.append(row)
    for at, kind in shape.inner:
        if not row[at]:
            continue
        below = [row_of(each, rows, bodies) for each in row[at]]
        row[at] = len(below) if kind is Item else below
    return row


def made(of: type[_Of], row: Row, taken: _Taken) -> _Of:
    """What the row was made of. The row is used up."""
    shape = _SHAPES[of]
    if shape is _ITEM:
        row[BODY] = taken.body(row[BODY])
    for at in shape.tuples:
        row[at] = tuple(row[at])
    for at in shape.pairs:
        row[at] = tuple([(key, value) for key, value in row[at]])
    for at, inner in shape.inner:
        below = row[at]
        if not below:
            row[at] = ()
        elif inner is Item:
            row[at] = tuple([made(Item, next(taken.rows), taken) for _ in range(below)])
        else:
            row[at] = tuple([inner(*each) for each in below])
    return of(*row)


def items_of(rows: Iterable[Row], bodies: bytes) -> list[Item]:
    """The items that stand beside each other in rows."""
    taken = _Taken(iter(rows), [bodies])
    return [made(Item, row, taken) for row in taken.rows]


class _Taken:
    """Hands out rows and bodies in the order in which they were packed: an item's own, then those below it."""

    __slots__ = ("at", "data", "pieces", "rows")

    def __init__(self, rows: Iterator[Row], pieces: Iterable[bytes | memoryview]) -> None:
        self.rows = rows
        self.pieces = iter(pieces)
        self.data = memoryview(b"")
        self.at = 0

    def body(self, size: int) -> str:
        if not size:
            return ""
        while self.at == len(self.data):
            self.data, self.at = memoryview(next(self.pieces)), 0
        start, self.at = self.at, self.at + size
        if self.at > len(self.data):
            raise ValueError("cut off")
        return str(self.data[start : self.at], "utf-8", "surrogatepass")
