"""What the files of a source were when they were last read: an edit is written only to a file that still is that."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models


class SourceFiles(models.Model):
    """The files of one source as they were read; a row of its own, since few who ask for a source want these."""

    source = models.OneToOneField("roadmap.NoteSource", models.CASCADE, related_name="files_read")
    digests = models.JSONField(default=dict)
    """Path -> SHA-256 of the bytes."""

    class Meta:
        verbose_name_plural = "source files"

    def __str__(self) -> str:
        return f"{len(self.digests)} files of {self.source_id}"


def remember_files(*, source: int, digests: Mapping[str, str]) -> None:
    """These are the files that the curriculum was read from. Nothing is written where it is known. Two queries."""
    known = SourceFiles.objects.filter(source=source).values_list("digests", flat=True).first()
    if digests and known != dict(digests):
        SourceFiles.objects.update_or_create(source_id=source, defaults={"digests": dict(digests)})


def files_of(source: int) -> dict[str, str]:
    """Path -> digest as last read; empty where that was before they were kept. One query."""
    return SourceFiles.objects.filter(source=source).values_list("digests", flat=True).first() or {}
