"""What topics are found by: their names and text, folded, as PostgreSQL searches it.

Triggers of the database keep a row for each topic (migration 0015), whoever writes the topic or its aliases.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchText(models.Model):
    """A topic as it is searched: no case, no accents, "C++" as a word, Chinese and Japanese character by character."""

    topic = models.OneToOneField("roadmap.Topic", models.CASCADE, primary_key=True, related_name="search_text")
    title = models.TextField()
    names = models.TextField()
    """The title and the aliases, a blank between them."""
    vector = SearchVectorField()
    """Names weigh A, details and summary B, the body D."""

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_text_words")]

    def __str__(self) -> str:
        return self.title
