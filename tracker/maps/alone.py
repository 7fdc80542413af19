"""The map as a file: its styles inside, light and dark, with a heading and the legend; any viewer of SVG shows it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import escape
from django.utils.translation import gettext as _

from tracker.maps.drawn import Drawn
from tracker.maps.looks import mark

_TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)")
_USED = re.compile(r"var\(--([a-z-]+)\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
HEAD, FOOT, MARGIN = 64, 44, 24


@cache
def styles() -> str:
    """`map_drawing.css` with the colours of the tokens written out: not every viewer knows custom properties."""
    tokens = {name: (light, dark) for name, light, dark in _TOKEN.findall(_read("css/pathnotes.css"))}
    rules = _COMMENT.sub("", _read("css/map_drawing.css")).strip()
    light, dark = (_USED.sub(lambda found, i=i: tokens[found[1]][i], rules) for i in (0, 1))  # type: ignore[misc]
    page = ".paper{fill:%s}.map{font-family:system-ui,sans-serif}.map .title{font-size:22px;font-weight:650;fill:%s}"
    # after the rules of the drawing, which a heading would be a plain text to
    plain = [page % (tokens["paper"][i], tokens["ink"][i]) for i in (0, 1)]
    return f"{light}{plain[0]}@media (prefers-color-scheme:dark){{{dark}{plain[1]}}}"


def _read(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """For `style-src`: the file's own style and no other."""
    return base64.b64encode(hashlib.sha256(styles().encode()).digest()).decode("ascii")


def alone(
    drawing: Drawn | None, body: str, *, title: str, about: str, origin: str, legend: list[tuple[str, str]]
) -> str:
    """The file. Addresses in `body` begin at the root; in a file they need `origin` before it."""
    width = max(drawing.width if drawing else 0, 640)
    height = HEAD + (drawing.height if drawing else 0) + FOOT
    linked = body.replace('href="/', f'href="{escape(origin)}/')
    direction = ' direction="ltr"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="map-title map-about"{direction}>'
        f'<title id="map-title">{escape(title)}</title><desc id="map-about">{escape(about)}</desc>'
        f'<style>{styles()}</style><rect class="paper" width="{width}" height="{height}"/>'
        f'<text class="title" x="{MARGIN}" y="40">{escape(title)}</text>'
        f'<g transform="translate(0 {HEAD})">{linked}</g>'
        f'<g transform="translate({MARGIN + 8} {height - FOOT / 2})">{_legend(legend)}</g></svg>\n'
    )


def _legend(legend: list[tuple[str, str]]) -> str:
    out, x = [], 0
    for kind, word in legend:
        out.append(
            f'<g class="n {kind}" transform="translate({x} 0)">{mark(kind)}<text x="14" y="4">{escape(word)}</text></g>'
        )
        x += 40 + 8 * len(word)
    words = _("dashed: one of these is enough")
    out.append(f'<path class="e any" d="M{x} 0h28"/><text x="{x + 36}" y="4">{escape(words)}</text>')
    return "".join(out)
