"""Uploads of notes: the one address that takes large bodies, and how they are read.

Django keeps the base name of a file alone, and opens a file per file. Notes come in folders, thousands of them: their
paths are kept as they were sent, to be checked by `roadmap.uploads`, and what is no note is not taken in at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap.uploads.bundle import BODY, NOT_NOTES, NOTE, NOTES, UNPACKED, is_note
from tracker import languages

ROOM = 1 << 20
"""Bytes of a body beside its files: names, boundaries, the form's other fields."""
MOST = BODY + ROOM
"""Bytes of such a body."""


@dataclass(slots=True)
class Upload:
    """What came: `request.upload` of that address."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: str = ""
    """Why the rest was not taken in."""

    def __iter__(self) -> Iterator[Any]:
        return iter((self.files, self.left_out, self.refused))


def is_upload(request: HttpRequest) -> bool:
    """Whether a form with files is sent to the address that takes notes."""
    return (
        request.method == "POST"
        and request.content_type == "multipart/form-data"
        and request.path_info == reverse("upload_notes")
    )


def read_as_upload(request: HttpRequest) -> None:
    """Have the form of this request read so. Nothing is read yet."""
    upload = Upload()
    request.upload = upload  # type: ignore[attr-defined]

    def parse(meta: Any, body: Any) -> Any:
        return _Parser(meta, body, [_Handler(upload)], request.encoding).parse()

    request.parse_file_upload = parse  # type: ignore[method-assign, assignment]


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """As it was sent, with its folders."""
        return file_name or None


class _Handler(FileUploadHandler):
    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload = upload
        self.total = 0
        self.taken: list[bytes] = []
        self.size = 0

    def new_file(self, field_name: str, file_name: str, *rest: Any, **more: Any) -> None:
        super().new_file(field_name, file_name, *rest, **more)
        self.taken, self.size = [], 0
        if not is_note(file_name) and not file_name.lower().endswith(".zip"):
            self.upload.left_out[NOT_NOTES] += 1
            raise SkipFile
        if len(self.upload.files) >= NOTES:
            self._stop(_("There are more than %(n)s notes. Upload a smaller folder.") % {"n": languages.number(NOTES)})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        self.total += len(raw_data)
        if self.total > UNPACKED:
            self._stop(_("The files together have more than %(n)s MiB. Upload fewer of them.") % {"n": UNPACKED >> 20})
        if self.size <= NOTE or (self.file_name or "").lower().endswith(".zip"):
            self.taken.append(raw_data)  # of a note that is too long enough to say so

    def file_complete(self, file_size: int) -> None:
        data = b"".join(self.taken)
        if self.size > NOTE and is_note(self.file_name or ""):
            data = bytes(NOTE + 1)
        self.upload.files.append((self.file_name or "", data))
        self.taken = []

    def _stop(self, why: str) -> None:
        self.upload.refused = why
        raise StopUpload(connection_reset=False)
