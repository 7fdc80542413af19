"""From a folder to the bytes of its notes, following no link and waiting for no device.

A vault is a stranger's folder: it may hold links to /etc, pipes that block for ever, sparse files and names that are
not text. Every name is opened relative to its already opened folder, without following links and without blocking, and
only then asked what it is, so nothing can be exchanged between the question and the reading.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmap.notes import unreadable
from roadmap.notes.items import Problem, Severity
from roadmap.notes.limits import DEFAULT, Limits
from roadmap.sentences import sentence

NOTE_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".txt"})
GRAPH_SUFFIXES = frozenset({".json"})
_READ_SUFFIXES = NOTE_SUFFIXES | GRAPH_SUFFIXES
NAVIGATION_NAMES = frozenset({"mkdocs.yml", "mkdocs.yaml", "_toc.yml", "_toc.yaml", ".pages", ".nav.yml"}) | {
    "sidebars.json",
    "_category_.json",
    "_category_.yml",
    "_category_.yaml",
}
"""Settings of documentation tools that say in which order the notes come (see `navigation`)."""
REQUIRES = ("requires", "prerequisites", "depends_on", "dependsOn", "dependencies", "after")
"""Keys of prerequisites in a JSON curriculum."""
SKIPPED_FOLDERS = frozenset({"node_modules", "__macosx", "__pycache__", "site-packages"})
"""Folders of tools and of other people's code. Hidden folders (.git, .obsidian, .trash) are skipped by their dot."""
TEMPLATE_FOLDERS = frozenset({"template", "templates", "_templates", "vorlagen", "plantillas", "modelos", "modèles"})
"""Blank forms for new notes: reading them would add topics called {{title}}. The report says that it skipped them."""

_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | getattr(os, "O_NOCTTY", 0)
_HOLDS = re.compile(rb'"(?:topics|nodes|concepts|exercises)"\s{0,200}:\s{0,200}[\[{]')
_STATES = re.compile(rb'"(?:%s)"\s{0,200}:' % "|".join(REQUIRES).encode())
_JSON_LOOKED_AT = 64 << 20
"""Bytes of .json files of one folder that are looked at for a curriculum."""
_ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_JOINERS = "\u200c\u200d"
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class NoteFile:
    """One note as it lies on disk."""

    path: str
    """Relative to the scanned root, with `/`; the file's name when the root is a file."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """The notes of a root in natural order (2 before 10), and what stood in the way of the others."""

    files: tuple[NoteFile, ...] = ()
    """Notes, files of navigation, and JSON that may be a curriculum."""
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()
    """Paths of .json files that hold no curriculum."""


def scan(root: Path, limits: Limits = DEFAULT) -> Scan:
    """The notes under `root`, a folder or a single file. Reports, never raises for what it finds there.

    A link given as the root itself is followed (the person named it); links below it never are.
    """
    walk = _Walk(limits)
    name = printable(root.name or str(root))
    try:
        handle = os.open(root, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        walk.report(name, "error", "path-unreadable", unreadable.opening_failed(printable(str(root)), error))
        return walk.result()
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            walk.folder(handle, ())
            if not walk.files and not any(problem.severity == "error" for problem in walk.problems):
                walk.report(name, "error", "no-notes", walk.why_nothing(str(root)))
        elif stat.S_ISREG(mode):
            walk.single(handle, root.name)
        else:
            walk.report(name, "error", "not-a-file", unreadable.NEITHER(name=printable(str(root))))
    finally:
        os.close(handle)
    return walk.result()


def is_navigation(name: str) -> bool:
    """Whether a file of that name tells a documentation tool the order of the notes around it."""
    return name in NAVIGATION_NAMES


def may_be_read(name: str) -> bool:
    """Whether a file of that name may be a note, a curriculum or of use to either."""
    return is_navigation(name) or (not name.startswith(".") and _suffix(name) in _READ_SUFFIXES)


def passed_over(name: str) -> bool:
    """Whether a folder of that name is not looked into."""
    return name.startswith(".") or name.casefold() in SKIPPED_FOLDERS | TEMPLATE_FOLDERS


def is_json(name: str) -> bool:
    """Whether a file of that name is a curriculum, if anything: JSON that is no navigation."""
    return _suffix(name) in GRAPH_SUFFIXES and not is_navigation(name)


def may_be_curriculum(data: bytes) -> bool:
    """Whether JSON has the keys of topics with prerequisites. Looks at the bytes, does not parse them."""
    plain = data.replace(b"\0", b"")
    return _HOLDS.search(plain) is not None and _STATES.search(plain) is not None


def _suffix(name: str) -> str:
    """As `os.path.splitext` of a name, several times as fast: it is asked of every file of a folder."""
    stem, _, ending = name.rpartition(".")
    return f".{ending}".lower() if stem.strip(".") else ""


def packed(notes: Mapping[str, bytes], limits: Limits = DEFAULT) -> Scan:
    """The notes of a folder that is in memory, by their paths in it: which count, and what is said, as for one on
    disk."""
    walk = _Walk(limits)
    for path in sorted(notes, key=natural_key):
        if walk.held_out(path):
            continue
        shown = printable(path)
        if shown != path:
            walk.report(shown, "warning", "odd-file-name", unreadable.ODD_NAME(name=shown))
        walk.files.append(NoteFile(shown, notes[path]))
    if not walk.files:
        walk.report(".", "error", "no-notes", sentence("It holds no notes: all of them lie in folders of templates."))
    return walk.result()


def natural_key(path: str) -> tuple[tuple[object, ...], ...]:
    """Sorts `2-x.md` before `10-x.md`, without regard to case; equal keys differ in the exact path at the end."""
    parts: list[tuple[object, ...]] = []
    for part in path.split("/"):
        for index, piece in enumerate(_DIGITS.split(part.casefold())):
            if index % 2:
                digits = piece.lstrip("0")
                parts.append((0, len(digits), digits))
            elif piece:
                parts.append((1, piece))
        parts.append((-1,))
    parts.append((2, path))
    return tuple(parts)


def printable(name: str) -> str:
    """A file name fit for a report: no line break, control character, direction override or stray byte."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _UNSHOWABLE and char not in _JOINERS
        else char
        for char in name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )


@dataclass(slots=True)
class _Walk:
    limits: Limits
    files: list[NoteFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    entries: int = 0
    total: int = 0
    looked: int = 0
    """Bytes of .json files."""
    stopped: bool = False
    started: float = field(default_factory=time.monotonic)

    def report(self, source: str, severity: Severity, code: str, message: str) -> None:
        self.problems.append(Problem(source, 0, severity, code, message))

    def result(self) -> Scan:
        self.files.sort(key=lambda file: natural_key(file.path))
        self._same_names()
        return Scan(
            tuple(self.files),
            tuple(sorted(self.problems, key=lambda problem: natural_key(problem.source))),
            tuple(sorted(self.unread, key=natural_key)),
        )

    def why_nothing(self, root: str) -> str:
        shown = printable(root)
        if not self.entries:
            return f"{shown} is an empty folder. Put Markdown notes (.md) in it, or name another folder."
        if self.unread:
            return (
                f"{shown} holds .json files but no Markdown note (.md, .txt), and none of the .json files is a "
                "curriculum: that has topics, or concepts and exercises, with prerequisites."
            )
        return f"{shown} holds no notes: no file in it ends in .md, .markdown, .mdown or .txt."

    def folder(self, handle: int, above: tuple[str, ...]) -> None:
        """Reads the open folder `handle`. Its depth is bounded by `path_depth`, so the recursion is too."""
        for name, is_folder in self._listing(handle, above):
            if self._exhausted():
                return
            here = (*above, name)
            path = "/".join(here)
            if is_folder:
                if not self._left_out(name, path):
                    self._subfolder(handle, name, here)
            elif may_be_read(name):
                self._note(handle, name, path)

    def _left_out(self, name: str, path: str) -> bool:
        folded = name.casefold()
        if folded in TEMPLATE_FOLDERS:
            self.report(
                printable(path), "info", "templates-skipped", sentence("A folder of templates; its notes are not read.")
            )
            return True
        return passed_over(name)

    def held_out(self, path: str) -> bool:
        """Whether a folder around it is none that is read; said once for each."""
        parts = path.split("/")[:-1]
        for depth, name in enumerate(parts, start=1):
            folder = "/".join(parts[:depth])
            if folder in self.left_out or self._left_out(name, folder):
                self.left_out.add(folder)
                return True
        return False

    def single(self, handle: int, name: str) -> None:
        shown = printable(name)
        if name.lower().endswith(_ARCHIVE_SUFFIXES):
            self.report(shown, "error", "archive-given", unreadable.ARCHIVE(name=shown))
        elif is_navigation(name):
            message = sentence(
                "%(shown)s says in which order notes come. Name the folder that it lies in.", shown=shown
            )
            self.report(shown, "error", "navigation-given", message)
        else:
            self._read(handle, shown)

    def _listing(self, handle: int, above: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
        """Names in the folder with whether each is a real folder, links reported and left out."""
        found: list[tuple[str, bool]] = []
        shown = printable("/".join(above)) or "."
        try:
            with os.scandir(handle) as entries:
                for entry in entries:
                    self.entries += 1
                    if self._exhausted():
                        break
                    if entry.is_symlink():
                        self._link(entry.name, above)
                    else:
                        found.append((entry.name, entry.is_dir(follow_symlinks=False)))
        except OSError as error:
            self.report(shown, "warning", "folder-unreadable", unreadable.opening_failed(printable(shown), error))
        found.sort(key=lambda pair: natural_key(pair[0]))
        yield from found

    def _link(self, name: str, above: tuple[str, ...]) -> None:
        if name.startswith("."):
            return
        shown = printable("/".join((*above, name)))
        self.report(shown, "warning", "link-skipped", unreadable.LINK(name=shown))

    def _subfolder(self, parent: int, name: str, here: tuple[str, ...]) -> None:
        shown = printable("/".join(here))
        if len(here) > self.limits.path_depth:
            self.report(shown, "warning", "too-deep", unreadable.TOO_DEEP(name=shown, depth=self.limits.path_depth))
            return
        try:
            handle = os.open(name, _OPEN_FLAGS | os.O_DIRECTORY, dir_fd=parent)
        except OSError as error:
            self.report(shown, "warning", "folder-unreadable", unreadable.opening_failed(printable(shown), error))
            return
        try:
            self.folder(handle, here)
        finally:
            os.close(handle)

    def _note(self, parent: int, name: str, path: str) -> None:
        shown = printable(path)
        try:
            handle = os.open(name, _OPEN_FLAGS, dir_fd=parent)
        except OSError as error:
            code = {errno.ELOOP: "link-skipped", errno.ENXIO: "not-a-file"}.get(error.errno or 0, "file-unreadable")
            self.report(shown, "warning", code, unreadable.opening_failed(printable(shown), error))
            return
        try:
            if shown != path:
                self.report(shown, "warning", "odd-file-name", unreadable.ODD_NAME(name=shown))
            self._read(handle, shown, beside=is_json(name))
        finally:
            os.close(handle)

    def _read(self, handle: int, shown: str, *, beside: bool = False) -> None:
        """Reads an open file after asking what it is. One that grows meanwhile is read to the bound, then refused.

        `beside`: it is JSON that nobody named: without a word it is no note, unless it may be a curriculum.
        """
        status = os.fstat(handle)
        limit = self.limits.note_bytes
        if not stat.S_ISREG(status.st_mode):
            self.report(shown, "warning", "not-a-file", unreadable.NO_FILE(name=shown))
            return
        data = b""
        if beside:
            self.looked += min(status.st_size, limit)
            if status.st_size > limit or self.looked > _JSON_LOOKED_AT:
                self.unread.append(shown)
                return
        if status.st_size <= limit:
            try:
                with os.fdopen(os.dup(handle), "rb") as file:
                    data = file.read(limit + 1)
            except OSError as error:
                self.report(shown, "warning", "file-unreadable", unreadable.opening_failed(printable(shown), error))
                return
        if max(status.st_size, len(data)) > limit:
            self.report(
                shown, "error", "note-too-large", unreadable.too_large(shown, max(status.st_size, len(data)), limit)
            )
            return
        if beside and not may_be_curriculum(data):
            self.unread.append(shown)
            return
        self.total += len(data)
        self.files.append(NoteFile(shown, data))

    def _exhausted(self) -> bool:
        """Whether a bound of the whole folder is passed; says so once."""
        limits = self.limits
        if self.stopped:
            return True
        if len(self.files) >= limits.vault_files:
            reason = f"more than {limits.vault_files:,} notes"
        elif self.entries > limits.vault_entries:
            reason = f"more than {limits.vault_entries:,} entries"
        elif self.total > limits.vault_bytes:
            reason = f"more than {limits.vault_bytes >> 20:,} MiB of notes"
        elif time.monotonic() - self.started > limits.scan_seconds:
            reason = f"more than {limits.scan_seconds:g} s of files to look through"
        else:
            return False
        self.stopped = True
        self.report(".", "error", "folder-too-large", unreadable.TOO_MUCH(reason=reason))
        return True

    def _same_names(self) -> None:
        """Names that only differ in their Unicode form are one name on some systems and two on others."""
        seen: dict[str, str] = {}
        for file in self.files:
            if file.path.isascii():
                continue
            key = unicodedata.normalize("NFC", file.path[:4096])
            first = seen.setdefault(key, file.path)
            if first is not file.path:
                for path in (first, file.path):
                    self.report(path, "warning", "same-file-name", unreadable.SAME_NAME(name=key))
