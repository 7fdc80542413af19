"""A reading as bytes and back: how it comes out of a child process.

Nothing in the bytes can run: the outline is JSON, an item a list of its fields in their order, and the bodies, which
are most of it, follow as plain UTF-8 so that they need no escapes.

    8 bytes  length of the JSON        JSON  {"paths": [...], "problems": [...], "counts": {}, "digests": {}}
    then     the bodies, one behind the other; an item holds the length of its own in bytes

Fields are found by the kind they are declared as, so that a new one is packed like the others; a kind that is not known
here is an error when this module is imported.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, TypeVar

from roadmap.notes.items import Item, Path, Problem, Reading, Requirement, Resource
from roadmap.sentences import as_row, of_row

Row = list[Any]
_Of = TypeVar("_Of")
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
_BODY: Final = _ITEM.at["body"]
"""Where the length of its body stands in an item's row, in bytes."""


def pack(reading: Reading) -> bytes:
    """The reading as bytes; `unpack` makes an equal one of them."""
    bodies: list[bytes] = []
    told = {
        "paths": [row_of(path, bodies) for path in reading.paths],
        "problems": [row_of(problem, bodies) for problem in reading.problems],
        "said": [as_row(problem.message) for problem in reading.problems],
        "counts": reading.counts,
        "digests": reading.digests,
    }
    return joined(told, bodies)


def unpack(data: bytes) -> Reading:
    """Raise ValueError, KeyError, TypeError, IndexError or struct.error for bytes that `pack` did not make."""
    told, bodies = parted(data)
    taken = Bodies(bodies)
    return Reading(
        tuple(made(Path, row, taken) for row in told["paths"]),
        tuple(
            Problem(*(*row[:-1], of_row(said) if said else row[-1]))
            for row, said in zip(told["problems"], told["said"], strict=True)
        ),
        told["counts"],
        told["digests"],
    )


def as_json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> Any:
    return json.loads(data.decode("utf-8", "surrogatepass"))


def joined(told: Any, bodies: Iterable[bytes]) -> bytes:
    """The other way of `parted`."""
    head = as_json(told)
    return b"".join([_LENGTH.pack(len(head)), head, *bodies])


def parted(data: bytes) -> tuple[Any, bytes]:
    """(what the JSON says, the bodies)."""
    (length,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + length
    if len(data) < end:
        raise ValueError("cut off")
    return from_json(data[_LENGTH.size : end]), data[end:]


def row_of(value: object, bodies: list[bytes]) -> Row:
    """The fields of a path, an item, a problem ... `bodies` takes the bodies of items, each before those below it."""
    shape = _SHAPES[type(value)]
    row: Row = list(shape.get(value))
    if shape is _ITEM:
        body = row[_BODY].encode("utf-8", "surrogatepass")
        bodies.append(body)
        row[_BODY] = len(body)
    for at, _ in shape.inner:
        if row[at]:
            row[at] = [row_of(each, bodies) for each in row[at]]
    return row


def made(of: type[_Of], row: Row, bodies: Bodies) -> _Of:
    """What the row was made of. The row is used up."""
    shape = _SHAPES[of]
    if shape is _ITEM:
        row[_BODY] = bodies.take(row[_BODY])
    for at in shape.tuples:
        row[at] = tuple(row[at])
    for at in shape.pairs:
        row[at] = tuple([(key, value) for key, value in row[at]])
    for at, inner in shape.inner:
        below = row[at]
        if not below:
            row[at] = ()
        elif inner is Item:
            row[at] = tuple([made(Item, each, bodies) for each in below])
        else:
            row[at] = tuple([inner(*each) for each in below])
    return of(*row)


class Bodies:
    """Hands out the bodies in the order in which they were packed: an item's own, then those below it."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> str:
        start, self.at = self.at, self.at + length
        if self.at > len(self.data):
            raise ValueError("cut off")
        return self.data[start : self.at].decode("utf-8", "surrogatepass")
