"""Curricula in HTML, definition lists, typed boxes, tables of all kinds, syllabi, awesome lists."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.notes.reading import drawn, folder

NOTES: dict[str, tuple[str, str]] = {
    "HTML headings, lists and tables with check boxes": (
        """
        <h1 align="center">Pottery School</h1>
        <p align="center"><img src="logo.png" alt="logo"></p>

        <h2>Level 1: Clay</h2>
        <ul>
          <li><input type="checkbox" checked> Wedging</li>
          <li><input type="checkbox"> Pinch pots</li>
        </ul>
        <h2>Level 2: Wheel</h2>
        <table>
          <thead><tr><th>Done</th><th>Topic</th><th>Prerequisites</th></tr></thead>
          <tbody>
          <tr><td><input type="checkbox" checked disabled></td><td>Centering</td><td>Wedging</td></tr>
          <tr><td><input type="checkbox" disabled></td><td><a href="https://example.org/c">Cylinders</a></td><td>Centering</td></tr>
          </tbody>
        </table>
        """,
        """
        Pottery School
          # 1. Level 1: Clay
            - [x] Wedging
            - [ ] Pinch pots
          # 2. Level 2: Wheel
            - [x] Centering [needs Wedging]
            - [ ] Cylinders [needs Centering; 1 resource]
        """,
    ),
    "check boxes in the cells of a table": (
        """
        # Bread

        | Done | Topic |
        |---|---|
        | <input type="checkbox" checked> | Flour |
        | <input type="checkbox"> | Water |
        | <ul><li>- [x] </li></ul> | Salt |
        """,
        """
        Bread
          - [x] Flour
          - [ ] Water
          - [x] Salt
        """,
    ),
    "definition lists": (
        """
        # Glass course

        ## Foundations

        Blowing
        : Gathering glass on the pipe.

        Cutting
        : Scoring and breaking.

        ## Advanced

        Fusing
        : Requires: Cutting
        """,
        """
        Glass course
          ## Foundations
            - Blowing — Gathering glass on the pipe.
            - Cutting — Scoring and breaking.
          ## Advanced
            - Fusing [needs Cutting]
        """,
    ),
    "emoji numbers": (
        """
        # 🚀 DevOps in public

        ## 1️⃣ Linux
        - 🐧 Shell
        - 📁 Permissions

        ## 2️⃣ Containers
        - 🐳 Docker
        - ☸️ Kubernetes (after Docker)

        ## 3️⃣ Bonus ⭐
        - Observability
        """,
        """
        🚀 DevOps in public
          # 1. Linux
            - 🐧 Shell
            - 📁 Permissions
          # 2. Containers
            - 🐳 Docker
            - ☸️ Kubernetes [needs 🐳 Docker]
          # 3. Bonus ⭐ [optional]
            - Observability
        """,
    ),
    "typed boxes": (
        """
        # Learn Guitar in 6 months

        ### Month 1 🎸
        ☐ Holding the pick
        ☑ Open chords
        ☐ Strumming

        ### Month 2
        ☐ Barre chords
        ☐ Fingerpicking
        """,
        """
        Learn Guitar in 6 months
          # 1. Month 1 🎸
            - [ ] Holding the pick
            - [x] Open chords
            - [ ] Strumming
          # 2. Month 2
            - [ ] Barre chords
            - [ ] Fingerpicking
        """,
    ),
    "a checklist with numbered parts": (
        """
        # Backend Roadmap

        - [ ] **1. Internet**
            - [ ] How does the internet work?
            - [ ] HTTP
        - [ ] **2. Databases**
            - [ ] SQL
            - [ ] NoSQL *(optional)*
        - [ ] **3. APIs**
            - Resources:
                - https://example.org/rest
            - [ ] REST
        """,
        """
        Backend Roadmap
          - [ ] 1. Internet
            - [ ] How does the internet work?
            - [ ] HTTP
          - [ ] 2. Databases
            - [ ] SQL
            - [ ] NoSQL [optional]
          - [ ] 3. APIs [1 resource]
            - [ ] REST
        """,
    ),
    "numbered parts over boxes": (
        """
        # Go roadmap

        1. Basics
           * [x] Syntax
           * [ ] Types
        2. Concurrency
           * [ ] Goroutines
           * [ ] Channels [requires Goroutines]
        3. Extra credit
           * [ ] Generics
        """,
        """
        Go roadmap
          # Basics
            - [x] Syntax
            - [ ] Types
          # Concurrency
            - [ ] Goroutines
            - [ ] Channels [needs Goroutines]
          # Extra credit [optional]
            - [ ] Generics
        """,
    ),
    "numbered parts over numbered items": (
        """
        # Roadmap

        1. **Foundations** (4 weeks)
           1. Terminal
           2. Git
        2. **Web** (8 weeks)
           1. HTML & CSS
           2. JavaScript
              - ES6
              - DOM
        3. **Optional**
           1. Docker
        """,
        """
        Roadmap
          # Foundations (4 weeks)
            - Terminal
            - Git
          # Web (8 weeks)
            - HTML & CSS
            - JavaScript (ES6, DOM)
          # Optional [optional]
            - Docker
        """,
    ),
    "a university's syllabus": (
        """
        # Syllabus: Ancient History

        Instructor: Dr. Wood
        Office hours: Tue 3pm

        ## Schedule

        | Week | Topic | Readings | Due |
        |------|-------|----------|-----|
        | Week 1 | Mesopotamia | Ch. 1 | |
        | Week 2 | Egypt | Ch. 2 | Essay 1 |
        | Week 3 | *Spring break* | | |
        | Week 4 | Greece | Ch. 3-4 | |

        ## Grading

        | Part | Weight |
        |---|---|
        | Essays | 60% |
        | Exam | 40% |

        ## Policies

        - No late work.
        - Be kind.
        """,
        """
        Syllabus: Ancient History
          # Schedule
            - 1. Mesopotamia — Ch. 1
            - 2. Egypt — Ch. 2
            - 4. Greece — Ch. 3-4
        """,
    ),
    "semesters in a column, electives in a row": (
        """
        # Software Engineering Curriculum

        | Semester | Module | Credits | Prerequisites |
        |---|---|---|---|
        | 1 | Programming I | 6 | - |
        |  | Discrete Maths | 6 | - |
        | 2 | Programming II | 6 | Programming I |
        |  | Databases | 5 | Programming I or Discrete Maths |
        | **Electives** | | | |
        | 3 | Graphics | 5 | Programming II |
        """,
        """
        Software Engineering Curriculum
          ## 1. Semester 1
            - Programming I
            - Discrete Maths
          ## 2. Semester 2
            - Programming II [needs Programming I]
            - Databases [needs Programming I or Discrete Maths]
          # Electives [optional]
            - Graphics [needs Programming II]
        """,
    ),
    "levels in a column": (
        """
        # Plan

        Level | Skill | Needs
        --- | --- | ---
        Beginner | Knots | –
        Beginner | Rowing | –
        Advanced | Sailing | Knots, Rowing
        """,
        """
        Plan
          ## Beginner
            - Knots
            - Rowing
          ## Advanced
            - Sailing [needs Knots, Rowing]
        """,
    ),
    "phases with tables": (
        """
        # Data Analyst Roadmap 2024 📊

        <p align="center">
          <a href="README.md">English</a> •
          <a href="README.pt.md">Português</a>
        </p>

        ![badge](https://img.shields.io/x)

        ## Phase 1 (Weeks 1-4): Spreadsheets ✅

        | Topic | Resource | Time | ✓ |
        |---|---|---|---|
        | Formulas | [Video](https://youtube.com/watch?v=1) | 3h | ✅ |
        | Pivot tables | [Article](https://example.org/p) | 2h | |

        ## Phase 2 (Weeks 5-8): SQL

        | Topic | Resource | Time | ✓ |
        |---|---|---|---|
        | SELECT | [Video](https://youtube.com/watch?v=2) | 4h | |
        | JOIN | [Video](https://youtube.com/watch?v=3) | 4h | |

        ## How to use this roadmap

        1. Fork it.
        2. Tick the boxes.

        ## Star History
        """,
        """
        Data Analyst Roadmap 2024 📊
          # 1. Phase 1 (Weeks 1-4): Spreadsheets ✅
            - [x] Formulas [3 h; 1 resource]
            - [ ] Pivot tables [2 h; 1 resource]
          # 2. Phase 2 (Weeks 5-8): SQL
            - [ ] SELECT [4 h; 1 resource]
            - [ ] JOIN [4 h; 1 resource]
        """,
    ),
    "modules of topics, resources and a project": (
        """
        # Machine Learning Curriculum

        ## Prerequisites

        - Linear algebra
        - Python

        ## Module 1: Regression

        **Duration:** 2 weeks
        **Prerequisites:** Linear algebra, Python

        ### Topics

        - Least squares
        - Regularization

        ### Resources

        - [Book](https://example.org/b)

        ## Module 2: Classification

        **Duration:** 3 weeks
        **Prerequisites:** Module 1

        ### Topics

        - Logistic regression
        - Trees

        ### Project

        Build a spam filter.
        """,
        """
        Machine Learning Curriculum
          # 1. Module 1: Regression [needs Linear algebra, Python; 1 resource]
            - Least squares
            - Regularization
          # 2. Module 2: Classification [needs Module 1: Regression]
            - Logistic regression
            - Trees
        """,
    ),
    "headings over prose": (
        """
        # Web dev

        ## Learn

        ### HTML
        Learn the tags and semantics.

        ### CSS
        Learn selectors.

        ### JavaScript
        Learn the language. Requires HTML.
        """,
        """
        Web dev
          # Learn
            - HTML — Learn the tags and semantics.
            - CSS — Learn selectors.
            - JavaScript — Learn the language. Requires HTML. [needs HTML]
        """,
    ),
    "an awesome list": (
        """
        # Awesome Cryptography [![Awesome](https://awesome.re/badge.svg)](https://awesome.re)

        > A curated list for learners.

        ## Contents

        - [Theory](#theory)
          - [Algorithms](#algorithms)
        - [Tools](#tools)

        ## Theory

        ### Algorithms

        - [AES](https://example.org/aes) - Block cipher.
        - [RSA](https://example.org/rsa) - Public key, by R, S and A.

        ### Courses

        - [Crypto I](https://www.coursera.org/learn/crypto) - Stanford.

        ## Tools

        - [OpenSSL](https://example.org/openssl) - The toolkit.

        ## Contributing

        Please read [the guide](contributing.md).

        ## License

        CC0
        """,
        """
        Awesome Cryptography
          # Theory
            # Algorithms
              - AES — Block cipher. [1 resource]
              - RSA — Public key, by R, S and A. [1 resource]
            # Courses
              - Crypto I — Stanford. [1 resource]
          # Tools
            - OpenSSL — The toolkit. [1 resource]
        """,
    ),
    "a summary of chapters": (
        """
        # Summary

        - [Introduction](intro.md)
        - [Part one](part1/README.md)
          - [Reading](part1/reading.md)
          - [Writing](part1/writing.md)
        - [Part two](part2/README.md)
          - [Speaking](part2/speaking.md)
        """,
        """
        vault
          - Introduction [1 resource]
          # Part one [1 resource]
            - Reading [1 resource]
            - Writing [1 resource]
          # Part two [1 resource]
            - Speaking [1 resource]
        """,
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_curriculum_is_drawn(tmp_path: Path, name: str) -> None:
    text, outline = NOTES[name]
    assert drawn(folder(tmp_path, {"note.md": text})) == dedent(outline).strip("\n")
