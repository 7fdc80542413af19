"""Which program on which system a browser says it is: enough to know one's own devices apart. Pure.

Only the two families are kept; versions, models and languages are not, and neither is the address it came from.
"""

from __future__ import annotations

BROWSERS = (
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/", "Opera")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Vivaldi", ("Vivaldi/",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
)
"""In the order in which they are looked for: most call themselves Chrome and Safari, too."""
SYSTEMS = (
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("ChromeOS", ("CrOS",)),
    ("Windows", ("Windows",)),
    ("macOS", ("Macintosh", "Mac OS X")),
    ("Linux", ("Linux", "X11")),
)
MOST = 1_000
"""Letters that are looked at: whoever writes more wants something else."""


def device_of(agent: str) -> str:
    """`Firefox/Linux` of a User-Agent header; either half may be empty, both are for what is no browser."""
    agent = agent[:MOST]
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    return f"{browser}/{system}" if browser or system else ""


def parts_of(device: str) -> tuple[str, str]:
    """Browser and system."""
    browser, _, system = device.partition("/")
    return browser, system


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], agent: str) -> str:
    return next((name for name, signs in known if any(sign in agent for sign in signs)), "")
