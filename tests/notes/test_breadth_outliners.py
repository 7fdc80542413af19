"""Notes of outliners: Logseq's bullets, markers and properties."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.notes.reading import drawn, folder

NOTES: dict[str, tuple[str, str]] = {
    "headings in bullets, markers and a block's id": (
        """
        - # Learning Rust
          collapsed:: true
          - type:: [[curriculum]]
          - ## Ownership
            - TODO [[Borrowing]]
            - DONE [[Moves]]
              id:: 64a1b2c3-1111-2222-3333-444455556666
            - TODO Lifetimes
              prerequisites:: [[Borrowing]]
          - ## Concurrency
            - TODO Threads
              collapsed:: true
              - spawn and join
              - scoped threads
            - LATER Channels
              requires:: Threads
            - ((64a1b2c3-1111-2222-3333-444455556666))
        """,
        """
        Learning Rust
          # Ownership
            - [ ] Borrowing
            - [x] Moves
            - [ ] Lifetimes [needs Borrowing]
          # Concurrency
            - [ ] Threads (spawn and join, scoped threads)
            - [ ] Channels [needs Threads]
        """,
    ),
    "a page with properties and a clock": (
        """
        title:: Cello Studies
        type:: learning-path
        tags:: music, curriculum

        - Posture
          - Sitting
          - Bow hold
            priority:: A
        - Left hand
          collapsed:: true
          - First position
          - Shifting
            prerequisites:: [[First position]]
        - Repertoire
          - DONE Twinkle
          - TODO Bach Suite 1
            SCHEDULED: <2024-05-01 Wed>
            :LOGBOOK:
            CLOCK: [2024-04-01 Mon 10:00:00]
            :END:
        """,
        """
        Cello Studies
          # Posture
            - Sitting
            - Bow hold
          # Left hand
            - First position
            - Shifting [needs First position]
          # Repertoire
            - [x] Twinkle
            - [ ] Bach Suite 1
        """,
    ),
    "one bullet over all others": (
        """
        - Roadmap of a Barista
          - Espresso
            - grind size
            - tamping
          - Milk
            - steaming
            - latte art
        """,
        """
        Roadmap of a Barista
          # Espresso
            - grind size
            - tamping
          # Milk
            - steaming
            - latte art
        """,
    ),
    "a map with arrows between links": (
        """
        # Maths MOC

        #moc #maths

        Up: [[Home]]
        Related: [[Physics]]

        ## Algebra
        - [[Groups]] → [[Rings]] → [[Fields]]

        ## Analysis
        - [[Limits]]: the foundation
          - [[Series]]
        - [[Integrals|Integration]] ✅

        %% a comment of Obsidian %%
        """,
        """
        Maths MOC
          # Algebra [in this order]
            - Groups
            - Rings [needs Groups]
            - Fields [needs Rings]
          # Analysis
            - Limits — the foundation
            - Series
            - Integration
        """,
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_an_outliner_note_is_drawn(tmp_path: Path, name: str) -> None:
    text, outline = NOTES[name]
    assert drawn(folder(tmp_path, {"note.md": text})) == dedent(outline).strip("\n")
