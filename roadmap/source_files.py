"""What the files of a source were when they were last read, when that was, and by whom.

An edit is written only to a file that still is what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.utils import timezone

from roadmap.notes.items import Checkout


class SourceFiles(models.Model):
    """The files of one source as they were read; a row of its own, since few who ask for a source want these."""

    source = models.OneToOneField("roadmap.NoteSource", models.CASCADE, related_name="files_read")
    digests = models.JSONField(default=dict)
    """Path -> SHA-256 of the bytes."""

    class Meta:
        verbose_name_plural = "source files"

    def __str__(self) -> str:
        return f"{len(self.digests)} files of {self.source_id}"


class SourceReading(models.Model):
    """When a source was last read, whether or not anything came of it; a row of its own, as it is written often."""

    source = models.OneToOneField("roadmap.NoteSource", models.CASCADE, related_name="last_read")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    """Name of who read it, as text: an account, the command line's, or what watches the folder."""
    checkout = models.JSONField(default=dict)
    """As `Import.checkout`."""

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(by=""), name="source_reading_by_somebody")]

    def __str__(self) -> str:
        return f"{self.source_id} read {self.at:%Y-%m-%d %H:%M} by {self.by}"


def remember_reading(*, source: int, by: str, checkout: Checkout | None, at: datetime | None = None) -> None:
    """It was read now by somebody; or at `at`, unless it was read later. Two queries at most."""
    if at is not None and SourceReading.objects.filter(source=source, at__gte=at).exists():
        return
    read = SourceReading(
        source_id=source, at=at or timezone.now(), by=by[:150], checkout=checkout.as_json() if checkout else {}
    )
    SourceReading.objects.bulk_create(
        [read], update_conflicts=True, unique_fields=["source"], update_fields=["at", "by", "checkout"]
    )


def remember_files(*, source: int, digests: Mapping[str, str]) -> None:
    """These are the files that the curriculum was read from. Nothing is written where it is known. Two queries."""
    known = SourceFiles.objects.filter(source=source).values_list("digests", flat=True).first()
    if digests and known != dict(digests):
        SourceFiles.objects.update_or_create(source_id=source, defaults={"digests": dict(digests)})


def files_of(source: int) -> dict[str, str]:
    """Path -> digest as last read; empty where that was before they were kept. One query."""
    return SourceFiles.objects.filter(source=source).values_list("digests", flat=True).first() or {}
