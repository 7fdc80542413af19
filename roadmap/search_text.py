"""What topics are found by: their names and text, folded, as PostgreSQL searches it.

Triggers of the database keep a row for each topic (migration 0015), whoever writes the topic or its aliases.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

AT_ONCE = 200
"""Texts that are read in one statement: a writer of one of their topics waits for as long."""


class SearchText(models.Model):
    """A topic as it is searched: no case, no accents, "C++" as a word, Chinese and Japanese character by character."""

    topic = models.OneToOneField("roadmap.Topic", models.CASCADE, primary_key=True, related_name="search_text")
    title = models.TextField()
    names = models.TextField()
    """The title and the aliases, a blank between them."""
    vector = SearchVectorField()
    """Names weigh A, details and summary B, the body D."""
    waits = models.BooleanField(default=False, db_default=False)
    """The body's words are not in the vector yet: they are read after an import of many (`finish`)."""

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="search_text_words"),
            models.Index(fields=["topic"], condition=models.Q(waits=True), name="search_text_waits"),
        ]

    def __str__(self) -> str:
        return self.title


def searched(query: str) -> str:
    """The rows that a query finds, as a table in SQL; `query` is an expression, a tsquery.

    Texts that wait are read for it: nothing is missed meanwhile. OFFSET 0 has each of them read once.
    """
    return f"""(
    SELECT topic_id, title, vector FROM roadmap_searchtext WHERE vector @@ {query} AND NOT waits
    UNION ALL
    SELECT topic_id, title, vector FROM (
        SELECT topic_id, late.title, vector || roadmap_search_text(topic.body) AS vector
        FROM roadmap_searchtext late JOIN roadmap_topic topic ON topic.id = topic_id WHERE waits OFFSET 0
    ) waiting WHERE vector @@ {query}
)"""  # noqa: S608 (an expression of ours)


def finish() -> int:
    """Read the texts that wait, in transactions of their own; how many there were. One query where there are none."""
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT roadmap_search_finish(%s)", [AT_ONCE])
            done: int = cursor.fetchone()[0]
            total += done
            if done < AT_ONCE:
                return total
