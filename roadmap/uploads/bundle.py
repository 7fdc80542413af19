"""What somebody uploads, as names and bytes that are safe to keep: loose files, a folder, a zip. Pure.

A zip is a stranger's: it may name files outside its folder, unfold into gigabytes, or say one thing in its directory
and another in its entries. Nothing is believed before it was counted, and nothing is written here.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from roadmap.notes.files import (
    SKIPPED_FOLDERS,
    is_json,
    is_navigation,
    may_be_curriculum,
    may_be_read,
    natural_key,
    printable,
)
from roadmap.notes.limits import DEFAULT
from roadmap.notes.unreadable import too_large
from roadmap.sentences import Wording, sentence, wording

BODY = 32 << 20
"""Bytes of one upload, as it is sent."""
NOTES = 5_000
"""Notes of one upload."""
NOTE = DEFAULT.note_bytes
UNPACKED = 32 << 20
"""Bytes of all notes of one upload together."""
ENTRIES = 20_000
"""Entries of a zip, notes or not."""
DIRECTORY = 6 << 20
"""Bytes of a zip's table of contents."""
DEPTH = DEFAULT.path_depth
NAME, PATH = 255, 1_000
"""Bytes of a file's name, and of its whole path."""

NOT_NOTES, HIDDEN = sentence("no notes"), sentence("hidden or of tools")
BEFORE = sentence("bytes before the zip itself")
_KINDS = {
    stat.S_IFLNK: sentence("a symbolic link"),
    stat.S_IFIFO: sentence("a pipe"),
    stat.S_IFSOCK: sentence("a socket"),
}
_DEVICE = sentence("a device")
_DRIVE = re.compile(r"^[A-Za-z]:")
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1 | 0x2000
_SHOWN = 120


class UploadRefusedError(Exception):
    """Nothing was kept. The message says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The notes of an upload."""

    files: dict[str, bytes]
    """Path below the folder, with `/` -> what it holds."""
    folder: str = ""
    """Name of the folder that held them all; empty for loose files."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Why -> how many other files the upload had."""


def is_zip(name: str, data: bytes) -> bool:
    return name.lower().endswith(".zip") or data.startswith((b"PK\x03\x04", _END))


def gather(files: Iterable[tuple[str, bytes]], left_out: Counter[str] | None = None) -> Bundle:
    """Loose files, or those of a folder with their paths in it; `left_out` is counted on. Raise UploadRefusedError."""
    packing = _Packing(Counter(left_out or ()))
    for name, data in files:
        path = packing.path_of(name)
        if path is not None:
            packing.add(path, data)
    return packing.bundle()


def unzip(data: bytes, left_out: Counter[str] | None = None) -> Bundle:
    """The notes in a zip, unpacked in memory within the bounds. Raise UploadRefusedError."""
    if len(data) > BODY:
        raise UploadRefusedError(
            sentence("The zip has more than %(body)s MiB. Pack the notes alone, without pictures.", body=BODY >> 20)
        )
    _refuse_odd_ends(data)
    packing = _Packing(Counter(left_out or ()))
    if not data.startswith((b"PK\x03\x04", _END)):
        packing.left_out[BEFORE] += 1
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES:
                raise UploadRefusedError(
                    sentence(
                        "The zip holds %(count)s entries; it may hold %(entries)s. Pack the notes alone.",
                        count=len(entries),
                        entries=ENTRIES,
                    )
                )
            names = [(entry, _name_of(entry)) for entry in entries]
            _refuse_twofold(name for entry, name in names if not entry.is_dir())
            for entry, name in names:
                _unpack(archive, entry, name, packing)
    except UnicodeDecodeError:
        raise UploadRefusedError(
            sentence("A name in the zip says that it is UTF-8 and is not. Pack it again, or take the folder itself.")
        ) from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError):
        raise UploadRefusedError(
            sentence(
                "The zip is damaged or not a zip at all: it could not be read. Pack it again, or take the folder "
                "itself."
            )
        ) from None
    return packing.bundle()


def _refuse_odd_ends(data: bytes) -> None:
    """The library reads the whole table of contents before it says a word: its size is asked first."""
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if at < 0 or len(data) < at + 22:
        raise UploadRefusedError(
            sentence(
                "That is no zip, or it was cut off on the way: the end is missing. Pack it again, or take the folder."
            )
        )
    if data[max(0, at - 20) : at].startswith(_END_64) or int.from_bytes(data[at + 12 : at + 16], "little") > DIRECTORY:
        raise UploadRefusedError(
            sentence("The zip lists too many files. Pack the notes alone, without pictures and videos.")
        )


def _refuse_twofold(names: Iterable[str]) -> None:
    """One name that is both a file and a folder: what it is would depend on who unpacks it."""
    files = {name.replace("\\", "/") for name in names}
    for name in sorted(files):
        above = next((folder for folder in _above(name) if folder in files), None)
        if above is not None:
            raise UploadRefusedError(
                sentence("%(above)s is both a file and a folder. Pack it again.", above=_shown(above))
            )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, packing: _Packing) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise UploadRefusedError(
            sentence(
                "%(name)s in the zip is %(kind)s, not a file. Leave it out and pack again.",
                name=_shown(name),
                kind=_KINDS.get(kind, _DEVICE),
            )
        )
    path = packing.path_of(name, folder=entry.is_dir())
    if path is None:
        return
    if entry.flag_bits & _ENCRYPTED:
        raise UploadRefusedError(
            sentence("%(name)s is locked with a password. Pack the notes without one.", name=_shown(name))
        )
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UploadRefusedError(
            sentence("%(name)s is packed in a way that is not read. Pack it as an ordinary zip.", name=_shown(name))
        )
    packing.refuse_large(path, entry.file_size)
    with archive.open(entry) as packed:
        packing.add(path, packed.read(NOTE + 1))


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: it ends where a NUL stands, and many programs write UTF-8 and do not say so. What is
    none is what zips were made for, code page 437."""
    name = entry.orig_filename.split("\0", 1)[0]
    if name.isascii() or entry.flag_bits & _UTF8_NAME:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


class _Packing:
    def __init__(self, left_out: Counter[str]) -> None:
        self.files: dict[str, bytes] = {}
        self.names: set[str] = set()
        """Their paths in one Unicode form: some systems tell the others apart, and some do not."""
        self.left_out = left_out
        self.total = 0

    def path_of(self, name: str, *, folder: bool = False) -> str | None:
        """The path to keep a file under; None for what no reader of notes would read. Raise UploadRefusedError."""
        parts = _parts_of(name)
        if folder or not parts:
            return None
        shown = parts[:-1] if is_navigation(parts[-1]) else parts
        if any(part.startswith(".") for part in shown) or any(
            part.casefold() in SKIPPED_FOLDERS for part in parts[:-1]
        ):
            self.left_out[HIDDEN] += 1
            return None
        if not is_note(parts[-1]):
            self.left_out[NOT_NOTES] += 1
            return None
        return "/".join(parts)

    def refuse_large(self, path: str, size: int) -> None:
        if size > NOTE and not is_json(path.rpartition("/")[2]):
            raise UploadRefusedError(too_large(_shown(path), size, NOTE))

    def add(self, path: str, data: bytes) -> None:
        self.refuse_large(path, len(data))
        if is_json(path.rpartition("/")[2]) and (len(data) > NOTE or not may_be_curriculum(data)):
            self.left_out[NOT_NOTES] += 1
            return
        key = unicodedata.normalize("NFC", path)
        if key in self.names:
            raise UploadRefusedError(sentence("Two files are called %(path)s. Rename one of them.", path=_shown(path)))
        self.names.add(key)
        self.total += len(data)
        if self.total > UNPACKED:
            raise UploadRefusedError(
                sentence(
                    "The notes together have more than %(unpacked)s MiB. Take fewer of them.", unpacked=UNPACKED >> 20
                )
            )
        if len(self.files) >= NOTES:
            raise UploadRefusedError(
                sentence("There are more than %(notes)s notes. Take a smaller folder.", notes=NOTES)
            )
        self.files[path] = data

    def bundle(self) -> Bundle:
        if not self.files:
            raise UploadRefusedError(
                sentence(
                    "There are no notes in it: no file ends in .md, .markdown, .mdown or .txt, and none is a "
                    "curriculum in JSON."
                )
                if self.left_out
                else sentence("Nothing was chosen. Choose files, a folder or a zip.")
            )
        tops = {path.split("/", 1)[0] for path in self.files}
        folder = ""
        if len(tops) == 1 and all("/" in path for path in self.files):
            (folder,) = tops
        files = {path.removeprefix(f"{folder}/") if folder else path: data for path, data in self.files.items()}
        for path in files:
            above = next((folder for folder in _above(path) if folder in files), None)
            if above is not None:
                raise UploadRefusedError(
                    sentence("%(above)s is both a file and a folder. Pack it again.", above=_shown(above))
                )
        return Bundle({path: files[path] for path in sorted(files, key=natural_key)}, folder, self.left_out)


def _above(path: str) -> Iterator[str]:
    """The folders around it."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def is_note(name: str) -> bool:
    """Whether a file of that name may be of use: a note, a curriculum in JSON, the navigation of a folder."""
    return may_be_read(name.replace("\\", "/").rpartition("/")[2])


def _parts_of(name: str) -> list[str]:
    """The folders and the name in a path. Raise UploadRefusedError for one that leads elsewhere or nowhere."""
    path = name.replace("\\", "/")
    wrong = next((says for is_so, says in _WRONG if is_so(path)), None)
    if wrong:
        raise UploadRefusedError(wrong(name=_shown(name)))
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if len(parts) > DEPTH:
        raise UploadRefusedError(
            sentence(
                "%(name)s lies more than %(depth)s folders deep. Move it up or leave it out.",
                name=_shown(name),
                depth=DEPTH,
            )
        )
    if any(len(part.encode()) > NAME for part in parts) or len("/".join(parts).encode()) > PATH:
        raise UploadRefusedError(sentence("The name %(name)s is too long. Shorten it.", name=_shown(name)))
    return parts


def _is_unreadable(path: str) -> bool:
    return any(char == "\ufffd" or unicodedata.category(char) in {"Cc", "Cs"} for char in path)


_WRONG: tuple[tuple[Callable[[str], object], Wording], ...] = (
    (
        _is_unreadable,
        wording(
            "The path %(name)s holds characters that are no text. Pack the folder with the notes alone, and try again."
        ),
    ),
    (
        lambda path: path.startswith("/") or _DRIVE.match(path),
        wording("The path %(name)s is absolute. Pack the folder with the notes alone, and try again."),
    ),
    (
        lambda path: ".." in path.split("/"),
        wording("The path %(name)s leads out of its folder. Pack the folder with the notes alone, and try again."),
    ),
)


def _shown(name: str) -> str:
    shown = printable(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return f"“{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + '…'}”"
