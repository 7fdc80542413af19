"""The loop that watches: waits until a source changed and is quiet again, and has it read."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import InterfaceError, OperationalError, connections

from roadmap.locks import BusyError
from roadmap.notes.files import printable
from tracker.watching.rereading import Outcome, reread
from tracker.watching.seeing import Seen, Waker, differences, look

QUIET = 0.4
"""Seconds without a further change after which a source is read: saving by rename and a checkout are over by then."""
LONGEST = 5.0
"""Seconds after which it is read although it goes on changing."""
LONGEST_OF_GIT = 30.0
"""The same while git is at work in it."""
LOOK, LOOK_OFTEN = 1.0, 0.5
"""Seconds between two looks: where the file system tells of changes, and where it does not."""
SHARE, SHARE_OFTEN = 50, 10
"""A look at a large folder comes so many times later than it took, so that looking stays cheap."""
SOURCES = 5.0
"""Seconds between two looks at which sources there are."""
AGAIN, LATEST = 1.0, 15.0
"""Seconds until what could not be stored is tried again; longer each time, up to the latest."""
NAMED = 3

logger = logging.getLogger("pathnotes.watching")

Say = Callable[[str], None]


@dataclass(slots=True)
class _Place:
    path: Path
    seen: Seen | None = None
    """As it was when it was read last."""
    latest: Seen = field(default_factory=Seen)
    changed: float = 0.0
    """When it was first seen as it is in `latest`."""
    since: float | None = None
    """Since when it is other than `seen`."""
    due: float = 0.0
    """When it is looked at next."""
    looked: float = 0.0
    tries: int = 0
    not_before: float = 0.0
    said: str = ""


class Watch:
    """`run` until `stop`. `places`: what is to be watched, asked again and again."""

    def __init__(
        self, places: Callable[[], Iterable[Path]], say: Say, read: Callable[[Path], Outcome] = reread
    ) -> None:
        self._ask, self._say, self._read = places, say, read
        self._places: dict[Path, _Place] = {}
        self._asked = float("-inf")
        self._away = False
        self._stopped = False
        self._awake = threading.Event()
        self._waker = Waker(self._wake)

    def _wake(self) -> None:
        """Look soon; what changes without end is not looked at without end."""
        for place in list(self._places.values()):
            place.due = min(place.due, place.looked + 4 * place.latest.took)
        self._awake.set()

    def stop(self) -> None:
        self._stopped = True
        self._awake.set()

    def run(self) -> None:
        try:
            while not self._stopped:
                self._awake.clear()
                self._round()
                if not self._stopped:
                    self._awake.wait(self._pause())
        finally:
            self._waker.stop()

    def _pause(self) -> float:
        now = time.monotonic()
        return min([max(place.due - now, 0.02) for place in self._places.values()], default=LOOK)

    def _round(self) -> None:
        now = time.monotonic()
        if now - self._asked >= SOURCES:
            self._asked = now
            self._places_anew()
        for place in list(self._places.values()):
            if time.monotonic() >= place.due and not self._stopped:
                self._look(place)
        self._waker.watch({p.path: p.latest.root for p in self._places.values() if p.latest.root})

    def _places_anew(self) -> None:
        try:
            asked = dict.fromkeys(self._ask())
        except (OperationalError, InterfaceError) as error:
            self._database_away(error)
            return
        self._places = {path: self._places.get(path) or _Place(path) for path in asked}

    def _look(self, place: _Place) -> None:
        latest, now = look(place.path), time.monotonic()
        place.looked = now
        if latest != place.latest and place.seen is not None:
            place.changed = now
        place.latest = latest
        if latest == place.seen:
            place.since = None
            place.due = now + self._until_next(latest)
            return
        place.since = now if place.since is None else place.since
        quiet = now - place.changed >= QUIET and not latest.busy
        longest = LONGEST_OF_GIT if latest.busy else LONGEST
        if (quiet or now - place.since >= longest) and now >= place.not_before:
            self._act(place)
        place.due = time.monotonic() + max(0.1, 2 * latest.took)

    def _until_next(self, latest: Seen) -> float:
        if latest.root and self._waker.works:
            return max(LOOK, SHARE * latest.took)
        return max(LOOK_OFTEN, SHARE_OFTEN * latest.took)

    def _act(self, place: _Place) -> None:
        seen = place.latest
        try:
            outcome = self._read(place.path)
        except (OperationalError, InterfaceError) as error:
            self._database_away(error)
            self._later(place)
            return
        except BusyError:
            self._later(place)
            return
        except Exception:
            logger.exception("Reading %s again broke", printable(str(place.path)))
            outcome = Outcome("unreadable", "it broke on our side. Nothing is changed; it is read when it changes.")
        finally:
            connections.close_all()
        if self._away:
            self._away = False
            self._say("The database is there again.")
        self._tell(place, seen, outcome)
        place.seen, place.since, place.tries, place.not_before = seen, None, 0, 0.0

    def _later(self, place: _Place) -> None:
        place.not_before = time.monotonic() + min(AGAIN * 2**place.tries, LATEST)
        place.tries = min(place.tries + 1, 10)

    def _tell(self, place: _Place, seen: Seen, outcome: Outcome) -> None:
        """One line for each event; none where the same is to be said again and no note changed."""
        changed = differences(place.seen, seen) if place.seen is not None else []
        if (not changed and outcome.said == place.said) or (outcome.came == "nothing" and not changed and place.said):
            return
        place.said = outcome.said
        if place.seen is not None and not place.seen.there and seen.there:
            what = "it is there again; "
        elif changed and seen.there:
            what = f"{_named(changed) if seen.root else 'it'} changed; "
        else:
            what = ""
        self._say(f"{printable(str(place.path))}: {what}{outcome.said}")

    def _database_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            why = " ".join(str(error).split())[:200]
            self._say(f"The database is away ({why}). What changes is read when it is back.")
        connections.close_all()


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(map(printable, paths[:NAMED])) + more
