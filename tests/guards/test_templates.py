"""What no template may hold: code in attributes, inline scripts and styles, actions that are no forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"
FORBIDDEN = {
    "hx-on": r"\bhx-on\b",
    "js: or javascript: values": r"""["']\s*(js|javascript):""",
    "a filter in hx-trigger, which fails open without eval": r"""hx-trigger="[^"]*\[""",
    "an event handler attribute": r"""<[^>]*\son[a-z]+\s*=""",
    "an inline style": r"""<[^>]*\sstyle\s*=|<style\b""",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an action on something that is no form": r"<(?!form\b)\w+[^>]*\shx-(post|put|patch|delete)\b",
    "hx-put, hx-patch or hx-delete, which no form can send": r"\shx-(put|patch|delete)\b",
    "an address of another host": r"""(src|href)=["']https?://""",
    "output that is not escaped but for what is safe by design": r"\|\s*safeseq|autoescape\s+off|mark_safe",
}
SAFE = {"topic.body_html", "talk.html", "body", "head", "outline", "bar", "region", "status", "field.help_text"}
"""Rendered by us from escaped parts, sanitised when stored, or Django's own."""


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def offences(text: str) -> list[str]:
    found = [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    for form in re.findall(r"<form\b[^>]*>.*?</form>", text, re.S):
        opening = form[: form.index(">") + 1]
        token = "csrf_token" in form or "_progress_fields.html" in form
        if re.search(r"""method=["']post""", opening) and not token:
            found.append("a post form without a CSRF token")
        action = re.search(r'\baction="([^"]*)"', opening)
        post = re.search(r'hx-post="([^"]*)"', opening)
        if post and (not action or action[1] != post[1]):
            found.append("hx-post and action differ")
    found += [f"{name}|safe" for name in re.findall(r"\{\{\s*([\w.]+)\s*\|\s*safe\b", text) if name not in SAFE]
    return found


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|outerHTML\s*=|document\.write|\bimport\(", text)
    assert len(re.findall(r"innerHTML\s*=", text)) == text.count("parsed.innerHTML = html"), (
        "only into a template element"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<p hx-on:click="x()">', "hx-on"),
        ('<p hx-vals="js:{a: 1}">', "js: or javascript: values"),
        ('<p hx-trigger="click[ctrlKey]">', "a filter in hx-trigger, which fails open without eval"),
        ('<p onclick="x()">', "an event handler attribute"),
        ('<p class="a" style="color:red">', "an inline style"),
        ("<script>1</script>", "an inline script"),
        ('<script type="module">1</script>', "an inline script"),
        ('<button hx-post="/x">', "an action on something that is no form"),
        ('<form method="post" action="/x"><button></form>', "a post form without a CSRF token"),
        ('<form method="post" action="/x" hx-post="/y">{% csrf_token %}</form>', "hx-post and action differ"),
        ("{{ topic.title|safe }}", "topic.title|safe"),
        ('<script src="https://cdn.example/x.js"></script>', "an address of another host"),
    ],
)
def test_the_guard_sees(text: str, name: str) -> None:
    assert name in offences(text)
