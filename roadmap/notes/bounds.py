"""Titles and addresses that fit where they are kept: what is too long is cut, and the report says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from roadmap.notes.items import Item, Path, Problem, Resource
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.sentences import sentence


def fit(paths: Iterable[Path], limits: Limits = DEFAULT) -> tuple[list[Path], list[Problem]]:
    """The paths with every title and address within its bound, and a warning for each that was cut."""
    problems: list[Problem] = []
    return [_path(path, limits, problems) for path in paths], problems


def shorten(title: str, length: int = 100) -> str:
    """The title in at most `length` characters, an ellipsis where it was cut."""
    return title if len(title) <= length else title[: length - 1].rstrip() + "…"


def _path(path: Path, limits: Limits, problems: list[Problem]) -> Path:
    items = _items(path.items, limits, problems)
    if len(path.title) > limits.title:
        problems.append(_cut(path.source, 1, path.title, limits.title))
        path = replace(path, title=shorten(path.title, limits.title))
    return path if items is path.items else replace(path, items=items)


def _items(items: tuple[Item, ...], limits: Limits, problems: list[Problem]) -> tuple[Item, ...]:
    """The same tuple when nothing in it was too long: most outlines cost one look at each item."""
    fitted = tuple(_item(item, limits, problems) for item in items)
    return items if all(new is old for new, old in zip(fitted, items, strict=True)) else fitted


def _item(item: Item, limits: Limits, problems: list[Problem]) -> Item:
    length = limits.step_title if item.kind == "step" else limits.title
    inner = _items(item.items, limits, problems) if item.items else item.items
    if len(item.title) > length:
        problems.append(_cut(item.source, item.line, item.title, length))
        item = replace(item, title=shorten(item.title, length))
    if any(len(alias) > limits.title for alias in item.aliases):
        item = replace(item, aliases=tuple(shorten(alias, limits.title) for alias in item.aliases))
    if any(len(each.title) > limits.resource_title or len(each.url) > limits.link_target for each in item.resources):
        item = replace(item, resources=tuple(_resource(each, item, limits, problems) for each in item.resources))
    return item if inner is item.items else replace(item, items=inner)


def _resource(resource: Resource, item: Item, limits: Limits, problems: list[Problem]) -> Resource:
    if len(resource.url) > limits.link_target:
        message = sentence(
            "An address has more than %(link_target)s characters; the resource is kept without it.",
            link_target=limits.link_target,
        )
        problems.append(Problem(item.source, item.line, "warning", "address-too-long", message))
        resource = replace(resource, url="")
    return replace(resource, title=shorten(resource.title, limits.resource_title))


def _cut(source: str, line: int, title: str, length: int) -> Problem:
    message = sentence(
        "A title of %(count)s characters is cut to %(length)s. Move the rest below it.", count=len(title), length=length
    )
    return Problem(source, line, "warning", "title-cut", message)
