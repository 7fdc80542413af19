"""Further manners: attributes as bullets, boards of tasks, lines without Markdown, levels in lists."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.notes.reading import drawn, folder

NOTES: dict[str, tuple[str, str]] = {
    "modules with a work load and a project of choice": (
        """
        ---
        título: Trilha de Dados
        pré-requisitos: [Excel]
        ---
        # Trilha de Dados

        ## Módulo 1 – SQL 🟢
        Carga horária: 20h

        * SELECT — consultas
        * JOIN — consultas entre tabelas
        * Window functions (nice to have)

        ## Módulo 2 – Python 🟡
        Carga horária: 30h
        Pré-requisito: Módulo 1

        * pandas
        * numpy

        ## Projeto final
        Escolha 1 dos temas:
        * Churn
        * Previsão de vendas

        ## Onde estudar
        * [Curso grátis](https://example.org)
        """,
        """
        Trilha de Dados
          # 1. Módulo 1 – SQL 🟢 [20 h]
            - SELECT — consultas
            - JOIN — consultas entre tabelas
            - Window functions [optional]
          # 2. Módulo 2 – Python 🟡 [30 h; needs Módulo 1 – SQL 🟢]
            - pandas
            - numpy
          # Projeto final [choose 1]
            - Churn
            - Previsão de vendas
          # Onde estudar [1 resource]
        """,
    ),
    "ticked lines": (
        """
        # 🗺️ Roadmap Frontend

        ## Básico

        ✅ HTML
        ✅ CSS
        ⬜ JavaScript

        ## Avançado

        ⬜ React
        ⬜ Next.js
        """,
        """
        🗺️ Roadmap Frontend
          ## Básico
            - [x] HTML
            - [x] CSS
            - [ ] JavaScript
          ## Avançado
            - [ ] React
            - [ ] Next.js
        """,
    ),
    "weeks as a list": (
        """
        # Learning path: Kubernetes

        * Week 1
            * Containers
            * Images
        * Week 2
            * Pods
            * Services
        * Week 3 (optional)
            * Operators
        """,
        """
        Learning path: Kubernetes
          # 1. Week 1
            - Containers
            - Images
          # 2. Week 2
            - Pods
            - Services
          # 3. Week 3 [optional]
            - Operators
        """,
    ),
    "courses described by bullets": (
        """
        # 计算机自学指南

        ## 编程入门

        ### CS61A: Structure and Interpretation

        - 所属大学：UC Berkeley
        - 先修要求：无
        - 编程语言：Python
        - 课程难度：🌟🌟🌟
        - 预计学时：50 小时

        这门课很好。

        ### CS50

        - 所属大学：Harvard
        - 先修要求：无
        - 编程语言：C
        - 预计学时：60 小时

        入门课。

        ## 体系结构

        ### Nand2Tetris

        - 所属大学：希伯来大学
        - 先修要求：CS50
        - 预计学时：40 小时

        从门电路开始。
        """,
        """
        计算机自学指南
          # 编程入门
            - CS61A: Structure and Interpretation — 这门课很好。 [50 h]
            - CS50 — 入门课。 [60 h]
          # 体系结构
            - Nand2Tetris — 从门电路开始。 [40 h; needs CS50]
        """,
    ),
    "levels as a list": (
        """
        # Roteiro

        - Nível básico
          - Lógica
          - Git
        - Nível intermediário
          - Banco de dados
          - APIs
        - Nível avançado
          - Microsserviços
          - Nuvem
        """,
        """
        Roteiro
          ## Nível básico
            - Lógica
            - Git
          ## Nível intermediário
            - Banco de dados
            - APIs
          ## Nível avançado
            - Microsserviços
            - Nuvem
        """,
    ),
    "a board of tasks": (
        """
        # Obsidian kanban

        ## Backlog

        - [ ] Topology #math
        - [ ] Category theory ⏫ 📅 2024-09-01

        ## Doing

        - [ ] Algebra

        ## Done

        - [x] Logic ✅ 2024-03-01
        """,
        """
        Obsidian kanban
          # Backlog
            - [ ] Topology
            - [ ] Category theory
          # Doing
            - [ ] Algebra
          # Done
            - [x] Logic
        """,
    ),
    "terms as bare lines": (
        """
        # Учебный план

        Семестр 1
        1) Алгебра
        2) Анализ

        Семестр 2
        3) Топология (нужно знать: Анализ)
        4) Геометрия
        """,
        """
        Учебный план
          ## 1. Семестр 1
            - Алгебра
            - Анализ
          ## 2. Семестр 2
            - Топология [needs Анализ]
            - Геометрия
        """,
    ),
    "labels for topics and resources": (
        """
        # Ruta

        ## Etapa 1

        Temas:
        - Conjuntos
        - Funciones

        Recursos:
        - Libro A
        - https://example.org/x

        ## Etapa 2

        Temas:
        - Derivadas
        - Integrales

        Requisitos: Etapa 1
        """,
        """
        Ruta
          ## 1. Etapa 1 [2 resources]
            - Conjuntos
            - Funciones
          ## 2. Etapa 2 [needs Etapa 1]
            - Derivadas
            - Integrales
        """,
    ),
    "chapters of prose": (
        """
        # Kurs

        Kapitel 1: Anfang
        -----------------
        Wir beginnen mit **Zahlen** und *Mengen*.

        Kapitel 2: Mitte
        ----------------
        Es geht weiter. Setzt Kapitel 1 voraus.

        Kapitel 3: Ende
        ---------------
        Schluss.
        """,
        """
        Kurs
          - 1. Kapitel 1: Anfang — Wir beginnen mit Zahlen und Mengen.
          - 2. Kapitel 2: Mitte — Es geht weiter. Setzt Kapitel 1 voraus. [needs Kapitel 1: Anfang]
          - 3. Kapitel 3: Ende — Schluss.
        """,
    ),
    "numbered parts in bold": (
        """
        # التعلم العميق

        1. **المقدمة**
           - الخلايا العصبية
           - دالة التفعيل
        2. **الشبكات**
           - الشبكات الالتفافية
           - الشبكات المتكررة
        3. **مواضيع إضافية**
           - المحولات
           - الانتشار
        """,
        """
        التعلم العميق
          # المقدمة
            - الخلايا العصبية
            - دالة التفعيل
          # الشبكات
            - الشبكات الالتفافية
            - الشبكات المتكررة
          # مواضيع إضافية [optional]
            - المحولات
            - الانتشار
        """,
    ),
    "levels in a column, Japanese": (
        """
        # AI 学習

        | 段階 | 内容 | 教材 | 期間 |
        |---|---|---|---|
        | 初級 | Python | [入門](https://example.org/1) | 2週間 |
        | 初級 | 統計 | [統計本](https://example.org/2) | 3週間 |
        | 中級 | 機械学習 | [講座](https://example.org/3) | 4週間 |
        """,
        """
        AI 学習
          ## 初級
            - Python [1 resource]
            - 統計 [1 resource]
          ## 中級
            - 機械学習 [1 resource]
        """,
    ),
    "links behind a dash, electives to pick from": (
        """
        # Design curriculum

        ## Core
        - Typography — [Video](https://youtu.be/a), [Book](https://example.org/b)
        - Colour: theory; practice
        ## Electives (pick 2)
        - Motion
        - 3D
        - Type design
        ## Community
        - Discord
        """,
        """
        Design curriculum
          # Core
            - Typography [2 resources]
            - Colour: theory; practice
          # Electives [optional; choose 2]
            - Motion
            - 3D
            - Type design
        """,
    ),
    "a nested list, Chinese": (
        """
        # 前端

        - 基础
          - HTML
          - CSS
        - 进阶
          - React
          - Vue

        ## 参与贡献
        - 提 PR
        """,
        """
        前端
          ## 基础
            - HTML
            - CSS
          ## 进阶
            - React
            - Vue
        """,
    ),
    "days in tables by week": (
        """
        # Deep Learning Study Plan

        **Goal:** finish by June
        **Time:** 5 hours per week

        ## Week 1 (Jan 1 – Jan 7)

        | Day | Topic | Done |
        |---|---|---|
        | Mon | Perceptron | ✔️ |
        | Tue | Backprop | |

        ## Week 2 (Jan 8 – Jan 14)

        | Day | Topic | Done |
        |---|---|---|
        | Mon | CNN | |
        | Tue | RNN | |
        """,
        """
        Deep Learning Study Plan
          # 1. Week 1 (Jan 1 – Jan 7)
            - [x] Perceptron
            - [ ] Backprop
          # 2. Week 2 (Jan 8 – Jan 14)
            - [ ] CNN
            - [ ] RNN
        """,
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_curriculum_is_drawn(tmp_path: Path, name: str) -> None:
    text, outline = NOTES[name]
    assert drawn(folder(tmp_path, {"note.md": text})) == dedent(outline).strip("\n")
