"""Road maps drawn with arrows and with Mermaid."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.notes.reading import drawn, folder

NOTES: dict[str, tuple[str, str]] = {
    "subgraphs": (
        """
        # Full-stack map

        ```mermaid
        flowchart TD
            subgraph FE [Frontend]
                A[HTML] --> B[CSS]
                B --> C["JavaScript (ES6)"]
            end
            subgraph BE["Backend"]
                D[SQL] --> E[ORM]
            end
            C --> F((Deploy))
            E -->|then| F
            classDef done fill:#9f6
            class A done
        ```
        """,
        """
        Full-stack map
          # Frontend
            - HTML
            - CSS [needs HTML]
            - JavaScript (ES6) [needs CSS]
          # Backend
            - SQL
            - ORM [needs SQL]
          - Deploy [needs JavaScript (ES6), ORM]
        """,
    ),
    "chained edges, labels, line breaks": (
        """
        # Data engineer

        ## Roadmap

        ```mermaid
        graph LR
          sql[SQL] --> etl[ETL<br/>Pipelines] --> wh{{Warehouse}}
          py[Python] & sql --> etl
          wh -. optional .-> ml>ML ops]
          wh === bi[(BI)]
          click sql "https://example.org"
          style py fill:#fff
        ```

        ## FAQ

        - How long?
        """,
        """
        Data engineer
          - SQL
          - ETL Pipelines [needs SQL, Python]
          - Warehouse [needs ETL Pipelines]
          - Python
          - ML ops [optional; needs Warehouse]
          - BI [needs Warehouse]
        """,
    ),
    "shapes, classes, numbers, choices": (
        """
        # Roadmap

        Overview:

        ```mermaid
        %%{init: {'theme':'dark'}}%%
        flowchart LR;
            a1([1. Intro]):::done-->b_2[/Input/];
            b_2 -- "if needed" --> c{Choice?}
            c ==>|yes| d[[Sub]] & e[(DB)]
            subgraph one
              x1 --> y1
            end
            one --> z
        ```
        """,
        """
        Roadmap
          - 1. Intro
          - Input [needs Intro]
          - Choice? [needs Input]
          - Sub [needs Choice?]
          - DB [needs Choice?]
          # one
            - x1
            - y1 [needs x1]
          - z [needs one]
        """,
    ),
    "a mind map": (
        """
        # Path

        ```mermaid
        mindmap
          root((Cooking))
            Basics
              Knife skills
              Heat
            Baking
              Bread
              Cakes
        ```
        """,
        """
        Path
          # Basics
            - Knife skills
            - Heat
          # Baking
            - Bread
            - Cakes
        """,
    ),
    "a time line": (
        """
        # 学习路线
        ```mermaid
        timeline
            title 一年
            section 第一季度
                一月 : 变量 : 循环
                二月 : 函数
            section 第二季度
                四月 : 类
        ```
        """,
        """
        学习路线
          # 第一季度
            - 变量
            - 循环
            - 函数
          # 第二季度
            - 类
        """,
    ),
    "a Gantt chart": (
        """
        # Plan
        ```mermaid
        gantt
            title Learning
            dateFormat YYYY-MM-DD
            section Basics
            Scales      :done, a1, 2024-01-01, 30d
            Chords      :active, a2, after a1, 20d
            section Later
            Improvising :a3, after a2 a1, 10d
        ```
        """,
        """
        Plan
          # Basics
            - [x] Scales
            - Chords [needs Scales]
          # Later
            - Improvising [needs Chords, Scales]
        """,
    ),
    "chains under the title and in a section": (
        """
        # Ordem de estudo

        Leia nesta ordem:

        Álgebra → Cálculo → Equações diferenciais

        ## Depois

        Estatística ⇒ Probabilidade ⇒ Inferência
        """,
        """
        Ordem de estudo
          - Álgebra
          - Cálculo [needs Álgebra]
          - Equações diferenciais [needs Cálculo]
          # Depois [in this order]
            - Estatística
            - Probabilidade [needs Estatística]
            - Inferência [needs Probabilidade]
        """,
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_drawing_is_an_outline(tmp_path: Path, name: str) -> None:
    text, outline = NOTES[name]
    assert drawn(folder(tmp_path, {"note.md": text})) == dedent(outline).strip("\n")
