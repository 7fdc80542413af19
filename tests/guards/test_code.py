"""What the house agreed on and a reader can no longer check by eye."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "tracker", "roadmap")
LONGEST_MODULE = 400
LONGEST_VIEW = 40

ANSWERS = "tracker/views/answers.py"
ANSWERING = {"tracker.views.answers", "tracker.views.act_answers", "tracker.views.bulk_answers", "tracker.views.kept"}
"""Modules that answer in two ways; whoever uses them takes POSTs alone."""

LONG_MODULES: dict[str, str] = {
    "roadmap/notes/words.py": "one table, a line per language and meaning; it grows with languages, not with thought",
}
"""Modules that may pass the limit, each with its reason."""

WRITES = {
    "save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "asave", "adelete",
}  # fmt: skip


def modules() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def views() -> list[Path]:
    return [path for path in modules() if "views" in path.parts or path.name == "views.py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=name)
def test_module_is_short_enough_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if name(path) in LONG_MODULES:
        assert lines > LONGEST_MODULE, f"{name(path)} is short again: take it off the list"
    else:
        assert lines <= LONGEST_MODULE, f"{name(path)} has {lines} lines: make it a package, or give a reason here"


READERS = {"read_files", "examine_files"}
"""Functions that read what strangers wrote where they are called."""


def test_notes_are_read_in_a_child() -> None:
    """`roadmap.guarding`, `notes.guarded` and `notes.writing.apart` do; of the rest, who only ever reads our own."""
    found = set()
    for path in modules():
        if name(path).startswith("roadmap/notes/"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            f"{node.module}.{alias.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }  # fmt: skip
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        whole = any(isinstance(n, ast.Attribute) and ast.unparse(n) == "Notes.of" for n in ast.walk(tree))
        if whole or called & READERS or imported & {f"roadmap.notes.reading.{each}" for each in (*READERS, "read")}:
            found.add(name(path))
    assert found == {"roadmap/loading.py"}  # what ships with Pathnotes


@pytest.mark.parametrize("path", views(), ids=name)
def test_view_is_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_VIEW, f"{name(path)}:{node.lineno} {node.name} has {length} lines"


def writes(tree: ast.AST) -> list[ast.Call]:
    """Calls that write through a model, a manager or a query set. `dict.update(…)` and the like are no such calls."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]


@pytest.mark.parametrize("path", views(), ids=name)
def test_view_writes_nothing_itself(path: Path) -> None:
    found = [f"{name(path)}:{call.lineno} .{call.func.attr}(" for call in writes(_tree(path))]  # type: ignore[attr-defined]
    assert not found, f"A view calls one verb; it does not write: {found}"


@pytest.mark.parametrize("path", views(), ids=name)
def test_view_looks_objects_up_through_access(path: Path) -> None:
    banned = {"get_object_or_404", "get_list_or_404"}
    used = {node.id for node in ast.walk(_tree(path)) if isinstance(node, ast.Name)} & banned
    assert not used, f"{name(path)}: no object without the check; access.py has a function for it"


def test_only_answers_to_acts_look_at_htmx() -> None:
    """One module asks; so no GET can answer in two ways."""
    asking = {name(path) for path in modules() for node in ast.walk(_tree(path)) if _asks_htmx(node)}
    assert asking == {ANSWERS}


@pytest.mark.parametrize("path", views(), ids=name)
def test_who_uses_those_answers_takes_posts_alone(path: Path) -> None:
    tree = _tree(path)
    if name(path).removesuffix(".py").replace("/", ".") in ANSWERING:
        return
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ANSWERING
        for alias in node.names
    }
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} & imported
            decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
            assert not used or "require_POST" in decorators, f"{name(path)}:{function.lineno} {function.name}"


def _asks_htmx(node: ast.AST) -> bool:
    """By `request.htmx` or by the header itself; `config` looks too, to send strangers to the sign-in page whole."""
    if isinstance(node, ast.Constant):
        return node.value == "HTTP_HX_REQUEST"
    return isinstance(node, ast.Attribute) and node.attr == "htmx"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_no_machine_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("/home/", "/Users/", "C:\\") if word in text]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


class TestTheseGuardsBite:
    """A guard that finds nothing anywhere proves nothing: here is what each must find."""

    def test_writes(self) -> None:
        tree = ast.parse(
            "def view(request):\n    Topic.objects.filter(pk=1).delete()\n    topic.save()\n    topic.title"
        )
        assert [call.func.attr for call in writes(tree)] == ["delete", "save"]  # type: ignore[attr-defined]

    def test_htmx(self) -> None:
        for asked in ("request.htmx", 'request.META.get("HTTP_HX_REQUEST")'):
            tree = ast.parse(f"def view(request):\n    return a if {asked} else b")
            assert any(_asks_htmx(node) for node in ast.walk(tree))

    def test_there_are_modules(self) -> None:
        assert len(modules()) > 20
