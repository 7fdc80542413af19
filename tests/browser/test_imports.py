"""Imports in a browser: a folder, a zip, the plan, with and without JavaScript; axe finds nothing."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from roadmap import guarding
from roadmap.loading import load
from roadmap.models import Import, NoteSource, Roadmap, Topic
from roadmap.uploads import shelf
from tests.browser.conftest import Browse
from tests.browser.looking import every_look, faults, violations
from tests.factories import make_user
from tests.roadmap.repository import Repository, needs_git
from tests.tracker.test_imports import packed
from tracker import progress
from tracker.imports import jobs, planning, verbs
from tracker.models import User
from tracker.watching.rereading import reread

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"
README = f"""# Garden and kitchen

## Beginner

### Ground
- [[Soil]]
- [[Sowing]]
- Watering
- Mulching in a dry summer
- {LONG}

### علم البيانات
- 数据科学
- Composting
- Raking
"""
FIRST = {
    "Garden/README.md": README,
    "Garden/Soil.md": "# Soil\n\nEarth is brown and deep, and worms live in it. It wants compost every spring.",
    "Garden/Sowing.md": "# Sowing\n\nSeeds go in when the soil is warm.",
}
LATER = FIRST | {
    "Garden/README.md": README.replace("- Mulching in a dry summer", "- Mulch in summers that are dry")
    .replace("- Raking\n", "- Pruning\n- Grafting roses\n")
    .replace("- Watering\n", "")
    .replace("- Composting\n", "- Composting\n- Watering\n"),
    "Garden/Soil.md": "# Soil\n\nEarth is black and deep, and many worms live in it. It wants compost every spring.",
    "Garden/Broken.md": "# Broken\n\n- fine\n- " + "y" * 230 + "\n",
}


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    jobs.forget_those(lambda key: True)


@pytest.fixture
def editor(server: str) -> User:
    return make_user("Edda", role="editor")


@pytest.fixture
def brought(editor: User) -> NoteSource:
    """The first state of the notes is applied; three learners are on it."""
    waiting = verbs.receive(by=editor, files=[("n.zip", packed(FIRST))], left_out={})
    planned = planning.plan_of(waiting).outcome()
    verbs.apply_now(waiting=waiting, planned=planned, token=planned.token, by=editor).outcome()
    roadmap = Roadmap.objects.get()
    for number, name in enumerate(("Lena", "Otto", "Ada")):
        learner = make_user(name)
        for topic in Topic.objects.order_by("title")[number:]:
            progress.set_state(learner=learner, topic=topic.pk, state="done", operation=uuid4(), roadmap=roadmap.pk)
    return NoteSource.objects.get()


def plan_of(editor: User, source: NoteSource) -> str:
    waiting = verbs.receive(by=editor, files=[("n.zip", packed(LATER))], left_out={"no notes": 3}, source=source)
    return f"/studio/imports/plans/{waiting.uid}/"


def pages_of(editor: User, source: NoteSource) -> dict[str, str]:
    return {
        "imports": "/studio/imports/",
        "source": f"/studio/imports/sources/{source.uid}/?opened={source.imports.get().uid}",
        "plan": plan_of(editor, source),
    }


@every_look
def test_pages(browse: Browse, editor: User, brought: NoteSource, width: int, theme: str) -> None:
    page = browse(editor, width=width, color_scheme=theme)
    for name, path in pages_of(editor, brought).items():
        page.goto(path)
        assert faults(page) == [], name
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}-{theme}.png", full_page=True)


@needs_git
@every_look
def test_watched_sources(
    browse: Browse, editor: User, brought: NoteSource, tmp_path: Path, width: int, theme: str
) -> None:
    """Sources in git: one as it was read last, one that waits, one that is away; and what another editor looks at."""
    texts = {name.removeprefix("Garden/"): text for name, text in FIRST.items()}
    garden, kitchen = Repository(tmp_path / "garden-of-the-long-name" / LONG), Repository(tmp_path / "kitchen")
    garden.commit(texts | {"README.md": README.replace("Garden and kitchen", "Beds")})
    kitchen.commit({"README.md": "# Kitchen\n\n- Bread\n- Soup\n"})
    load(tmp_path / "kitchen", by="Otto")
    load(garden.folder, by="owner")
    kitchen.folder.rename(tmp_path / "away")
    garden.git("checkout", "--quiet", "-b", "summer/mulch-and-more")
    garden.write({"README.md": README.replace("Garden and kitchen", "Beds").replace("- Raking\n", "- Rake it all\n")})
    reread(garden.folder)
    source = NoteSource.objects.get(location=str(garden.folder))
    verbs.read_again(by=make_user("Ted", role="editor"), source=source)
    page = browse(editor, width=width, color_scheme=theme)
    [watched] = shelf.of(editor.pk)
    for name, path in {
        "sources": "/studio/imports/",
        "watched": f"/studio/imports/sources/{source.uid}/",
        "watched-plan": f"/studio/imports/plans/{watched.uid}/",
    }.items():
        page.goto(path)
        assert faults(page) == [], name
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/{name}-{width}-{theme}.png", full_page=True)
    page.goto(f"/studio/imports/sources/{source.uid}/")
    page.get_by_role("link", name="Look it through").click()
    expect(page.get_by_role("heading", name="Plan for Beds")).to_be_visible()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vault as it lies on somebody's disk, with more in it than notes."""
    root = tmp_path / "Garden"
    (root / "deep" / ".obsidian").mkdir(parents=True)
    (root / "README.md").write_text(README)
    (root / "deep" / "Soil.md").write_text("# Soil\n\nEarth.")
    (root / "deep" / "Sowing.md").write_text("# Sowing\n\nSeeds.")
    (root / "deep" / ".obsidian" / "x.md").write_text("# Not a note")
    (root / "deep" / "photo.png").write_bytes(bytes(3 << 20))
    return root


def test_a_folder(browse: Browse, editor: User, folder: Path) -> None:
    page = browse(editor)
    page.goto("/studio/imports/")
    page.get_by_label("Or a whole folder").set_input_files(folder)
    expect(page.locator(".chosen")).to_contain_text("3 files, 0.0 MiB; 2 others in the folder are not sent.")
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.get_by_role("heading", name="Plan for Garden")).to_be_visible()
    expect(page.locator("#added + .muted, #added")).to_contain_text(["New"])
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_text("Applied. It can be taken back below.")).to_be_visible()
    assert Topic.objects.get(title="Soil").origin["link"]
    assert Topic.objects.get(title="Soil").body == "Earth."


def test_a_folder_without_javascript(browse: Browse, editor: User, folder: Path) -> None:
    (folder / "deep" / "photo.png").write_bytes(bytes(1 << 20))
    page = browse(editor, java_script_enabled=False)
    page.goto("/studio/imports/")
    page.get_by_label("Or a whole folder").set_input_files(folder)
    page.get_by_label("Name of the source").fill("My garden")
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.get_by_role("heading", name="Plan for My garden")).to_be_visible()
    expect(page.get_by_text("not kept: 1 (hidden or of tools), 1 (no notes)")).to_be_visible()
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_role("heading", name="My garden")).to_be_visible()
    page.get_by_text("Take it back…").click()
    page.get_by_role("button", name="Take this import back").click()
    expect(page.get_by_text("Taken back. Check-offs made since stay.")).to_be_visible()
    assert Import.objects.get().state == "undone"


def test_what_is_too_much_is_said_before_it_is_sent(browse: Browse, editor: User, tmp_path: Path) -> None:
    (tmp_path / "long.md").write_bytes(b"x" * ((1 << 20) + 1))
    page = browse(editor)
    page.goto("/studio/imports/")
    page.get_by_label("Files, or a zip").set_input_files(tmp_path / "long.md")
    expect(page.locator(".chosen.wrong")).to_contain_text("long.md is longer than a note may be")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("button", name="Upload and see the plan").click()
    assert sent == []


def test_a_refusal_leaves_the_form_as_it_was(browse: Browse, editor: User, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(packed({"../a.md": "x"}))
    page = browse(editor)
    page.goto("/studio/imports/")
    page.get_by_label("Name of the source").fill("Mine")
    page.get_by_label("Files, or a zip").set_input_files(tmp_path / "bad.zip")
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator(".chosen.wrong")).to_contain_text("leads out of its folder")
    expect(page.get_by_label("Name of the source")).to_have_value("Mine")
    expect(page.get_by_role("button", name="Upload and see the plan")).to_be_enabled()


def test_questions_are_answered_with_the_keyboard(browse: Browse, editor: User, brought: NoteSource) -> None:
    page = browse(editor)
    page.goto(plan_of(editor, brought))
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    first = page.get_by_role("group", name="Mulch in summers").get_by_role("radio").first
    first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Use these answers").press("Enter")
    expect(page.locator("#renamed")).to_be_visible()
    page.get_by_role("button", name="All open ones: new").press("Enter")
    expect(page.get_by_text("All answered.")).to_be_visible()
    page.get_by_role("button", name="Leave out Raking").press("Enter")
    expect(page.get_by_text("1 change left out")).to_be_visible()
    page.get_by_role("button", name="Apply without what is left out").press("Enter")
    expect(page.get_by_text("Applied. It can be taken back below.")).to_be_visible()
    assert Topic.objects.get(title="Raking").retired_at is None
    assert not Topic.objects.filter(title="Mulching in a dry summer").exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_long_import_shows_how_far_it_is(
    browse: Browse, editor: User, settings: Any, monkeypatch: pytest.MonkeyPatch, javascript: bool
) -> None:
    settings.IMPORTS_AT_ONCE = 10
    monkeypatch.setattr(jobs, "PATIENCE", 0.05)
    slow = guarding.look
    gate = Event()

    def read(*arguments: Any, **how: Any) -> Any:
        gate.wait(20)
        return slow(*arguments, **how)

    monkeypatch.setattr(guarding, "look", read)
    waiting = verbs.receive(by=editor, files=[("n.zip", packed(FIRST))], left_out={})
    page = browse(editor, java_script_enabled=javascript)
    page.goto(f"/studio/imports/plans/{waiting.uid}/")
    expect(page.get_by_text("Reading the notes")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    if javascript:
        assert violations(page) == []
    gate.set()
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Apply all of it").click()
    link = page.get_by_role("link", name="See what it changed")
    expect(link.or_(page.get_by_role("heading", name="History"))).to_be_visible(timeout=15_000)
    if link.count():
        link.click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    assert Topic.objects.filter(title="Soil").exists()
