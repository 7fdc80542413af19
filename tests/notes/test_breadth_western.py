"""Curricula in Portuguese, Spanish, French, German and Russian, as their authors write them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.notes.reading import drawn, folder

NOTES: dict[str, tuple[str, str]] = {
    "levels and numbered modules, Portuguese": (
        """
        # Trilha de Estudos em Desenvolvimento Web

        > Um guia para quem está começando do zero.

        ## Índice
        - [Nível 1](#nivel-1)
        - [Nível 2](#nivel-2)

        ## 🟢 Nível 1 — Iniciante

        ### 1. Fundamentos da Web
        - **HTTP**: como o navegador conversa com o servidor
        - **HTML** (tags, formulários, semântica)
        - CSS (opcional)

        **Recursos**
        - [MDN](https://developer.mozilla.org)
        - Livro: *Use a Cabeça! HTML*

        ### 2. Lógica de programação
        Pré-requisitos: HTTP
        - Variáveis
        - Laços
          - for
          - while

        ## 🔵 Nível 2 — Intermediário

        ### 3. JavaScript
        - Funções
        - Promessas (depende de Funções)
        - Módulos

        ### 4. Projetos (escolha um)
        - Lista de tarefas
        - Blog pessoal

        ## Extras
        - Acessibilidade

        ## Licença
        MIT

        ## Como contribuir
        - Faça um fork
        - Abra um PR
        """,
        """
        Trilha de Estudos em Desenvolvimento Web
          ## 1. 🟢 Nível 1 — Iniciante
            # 1. Fundamentos da Web [2 resources]
              - HTTP — como o navegador conversa com o servidor
              - HTML (tags, formulários, semântica)
              - CSS [optional]
            # 2. Lógica de programação [needs HTTP]
              - Variáveis
              - Laços (for, while)
          ## 2. 🔵 Nível 2 — Intermediário
            # 3. JavaScript
              - Funções
              - Promessas [needs Funções]
              - Módulos
            # 4. Projetos [choose 1]
              - Lista de tarefas
              - Blog pessoal
          # Extras [optional]
            - Acessibilidade
        """,
    ),
    "a checklist by week, Portuguese": (
        """
        # Plano de 12 semanas de violão

        ## Semana 1: Postura e afinação
        - [x] Segurar o violão
        - [ ] Afinar com aplicativo

        ## Semana 2: Primeiros acordes
        - [ ] Mi menor
        - [ ] Sol maior (requer Mi menor)

        ## Semana 3 (opcional): Ritmos
        - [ ] Bossa nova

        > Dica: pratique todos os dias!
        """,
        """
        Plano de 12 semanas de violão
          # 1. Semana 1: Postura e afinação
            - [x] Segurar o violão
            - [ ] Afinar com aplicativo
          # 2. Semana 2: Primeiros acordes
            - [ ] Mi menor
            - [ ] Sol maior [needs Mi menor]
          # 3. Semana 3: Ritmos [optional]
            - [ ] Bossa nova
        """,
    ),
    "lessons as lines in bold, Portuguese": (
        """
        # Curso de Git

        ### Conteúdo programático

        **Aula 01 - Introdução**
        - O que é versionamento
        - Instalação

        **Aula 02 - Branches**
        - Merge
        - Rebase

        ### Avaliação
        Prova ao final.

        ### Referências bibliográficas
        - CHACON, S. *Pro Git*. Apress, 2014.
        """,
        """
        Curso de Git
          # 1. Aula 01 - Introdução
            - O que é versionamento
            - Instalação
          # 2. Aula 02 - Branches
            - Merge
            - Rebase
          # Referências bibliográficas [1 resource]
        """,
    ),
    "months and days of the week, Portuguese": (
        """
        # Plano de Estudos — Concurso

        ## 📅 Mês 1

        ### Segunda-feira
        - [ ] Português: crase
        - [ ] Matemática

        ### Terça-feira
        - [ ] Direito constitucional

        ## 📅 Mês 2

        ### Segunda-feira
        - [ ] Redação
        """,
        """
        Plano de Estudos
          # 1. 📅 Mês 1
            # Segunda-feira
              - [ ] Português: crase
              - [ ] Matemática
            # Terça-feira
              - [ ] Direito constitucional
          # 2. 📅 Mês 2
            # Segunda-feira
              - [ ] Redação
        """,
    ),
    "headings underlined, a table with requisites, Spanish": (
        """
        Plan de estudios de Biología
        ============================

        Primer nivel
        ------------

        | N.º | Asignatura | Requisitos previos | Horas | Hecho |
        |:---:|------------|--------------------|------:|:-----:|
        | 1 | Química general | ninguno | 40 h | ☑ |
        | 2 | Biología celular | Química general | 60 h | ☐ |

        Segundo nivel
        -------------

        | N.º | Asignatura | Requisitos previos | Horas | Hecho |
        |:---:|------------|--------------------|------:|:-----:|
        | 3 | Genética | Biología celular y Química general | 50 h | ☐ |
        | 4 | Ecología (optativa) | — | 30 h | ☐ |

        Bibliografía
        ------------
        - Curtis, *Biología*
        """,
        """
        Plan de estudios de Biología
          # Primer nivel
            - [x] 1. Química general [40 h]
            - [ ] 2. Biología celular [60 h; needs Química general]
          # Segundo nivel
            - [ ] 3. Genética [50 h; needs Biología celular, Química general]
            - [ ] 4. Ecología [optional; 30 h]
          # Bibliografía [1 resource]
        """,
    ),
    "a vault's map, Spanish": (
        """
        ---
        title: Ruta de ciberseguridad
        tags: [mapa, seguridad]
        prerrequisitos:
          - Redes básicas
        ---

        ## Fundamentos
        - [[Redes]] — modelos y protocolos
        - [[Linux]]
        ## Ofensiva
        - [[Escaneo]]
          requiere:: [[Redes]]
        - [[Explotación]] (requiere [[Escaneo]])
        ## Ver también
        - [[Privacidad]]
        """,
        """
        Ruta de ciberseguridad
          # Fundamentos
            - Redes — modelos y protocolos
            - Linux
          # Ofensiva
            - Escaneo [needs Redes]
            - Explotación [needs Escaneo]
        """,
    ),
    "units with numbered lines, Spanish": (
        """
        # Curso de cocina

        ## Temario

        1. Unidad 1: Cortes
           1.1 Juliana
           1.2 Brunoise
        2. Unidad 2: Salsas
           2.1 Bechamel
           2.2 Española

        ## Contacto
        - correo@example.org
        """,
        """
        Curso de cocina
          # 1. Unidad 1: Cortes
            - 1. Juliana
            - 2. Brunoise
          # 2. Unidad 2: Salsas
            - 1. Bechamel
            - 2. Española
        """,
    ),
    "months and a choice, French": (
        """
        # Parcours photographie

        ## Mois 1 : Les bases

        1. **L'exposition** — ouverture, vitesse, ISO
        2. **La composition** : règle des tiers
        3. Mise au point

        _Prérequis : aucun_

        ## Mois 2 : Lumière

        1. Lumière naturelle
        2. Flash (facultatif)
        3. Studio — après « Flash »

        Choisissez deux des projets suivants :

        - Portrait
        - Paysage
        - Nature morte

        ## Pour aller plus loin

        - [Cours de lumière](https://example.org/lumiere)
        - *La Photographie*, H. Martin

        ## Remerciements

        Merci à tous.
        """,
        """
        Parcours photographie
          # 1. Mois 1 : Les bases
            - L'exposition — ouverture, vitesse, ISO
            - La composition — règle des tiers
            - Mise au point
          # 2. Mois 2 : Lumière
            - Lumière naturelle
            - Flash [optional]
            - Studio — après « Flash » [needs Flash]
            # Choisissez deux des projets suivants [choose 2]
              - Portrait
              - Paysage
              - Nature morte
          # Pour aller plus loin [2 resources]
        """,
    ),
    "Roman numerals, French": (
        """
        # Formation Python

        I. Débuter
        ----------
        1. Installer Python
        2. Les variables

        II. Aller plus loin
        -------------------
        1. Les classes
        2. Les décorateurs (nécessite Les classes)

        III. Facultatif
        ---------------
        1. asyncio
        """,
        """
        Formation Python
          # I. Débuter
            - Installer Python
            - Les variables
          # II. Aller plus loin
            - Les classes
            - Les décorateurs [needs Les classes]
          # III. Facultatif [optional]
            - asyncio
        """,
    ),
    "only a nested list, French": (
        """
        # Cours d'histoire

        - **Antiquité**
          - Égypte
          - Grèce
          - Rome
        - **Moyen Âge**
          - Féodalité
          - Croisades
        - **Temps modernes**
          - Renaissance
          - Révolution
        """,
        """
        Cours d'histoire
          # Antiquité
            - Égypte
            - Grèce
            - Rome
          # Moyen Âge
            - Féodalité
            - Croisades
          # Temps modernes
            - Renaissance
            - Révolution
        """,
    ),
    "lines in bold as headings, German": (
        """
        # Lernpfad Holzwerken

        **Grundlagen**

        - [x] Holzarten (Eiche, Buche, Kiefer)
        - [ ] Messen und Anreißen

        **Aufbau**

        - [ ] Zinken – setzt Messen und Anreißen voraus
        - [ ] Schlitz und Zapfen
          - Voraussetzung: Zinken

        **Wahlmodule**

        - [ ] Drechseln
        - [ ] Schnitzen

        **Literatur**

        - Handbuch Holz
        """,
        """
        Lernpfad Holzwerken
          ## Grundlagen
            - [x] Holzarten (Eiche, Buche, Kiefer)
            - [ ] Messen und Anreißen
          ## Aufbau
            - [ ] Zinken — setzt Messen und Anreißen voraus [needs Messen und Anreißen]
            - [ ] Schlitz und Zapfen [needs Zinken]
          # Wahlmodule [optional; 1 resource]
            - [ ] Drechseln
            - [ ] Schnitzen
        """,
    ),
    "a table with durations, German": (
        """
        # Kochen lernen

        | Woche | Thema | Voraussetzung | Dauer | Erledigt |
        |:-----:|-------|---------------|-------|:--------:|
        | 1 | Schneiden | – | 90 Min. | ja |
        | 2 | Braten | Schneiden | 2 Std. | nein |
        | 3 | Saucen | Braten und Schneiden | 3 Stunden | nein |
        """,
        """
        Kochen lernen
          - [x] 1. Schneiden [1.5 h]
          - [ ] 2. Braten [2 h; needs Schneiden]
          - [ ] 3. Saucen [3 h; needs Braten, Schneiden]
        """,
    ),
    "levels over weeks, Russian": (
        """
        # Дорожная карта бэкенд-разработчика

        ## Содержание
        1. [Начальный уровень](#1)

        ## Начальный уровень

        ### Неделя 1. Основы
        - [x] Терминал
        - [ ] Git (ветки, слияние)

        ### Неделя 2. Python
        - [ ] Синтаксис
        - [ ] ООП (требует Синтаксис)

        ## Продвинутый уровень

        ### Неделя 3. Базы данных
        - [ ] SQL
        - [ ] Индексы (необязательно)

        ## Литература
        - Лутц, «Изучаем Python»

        ## Как внести вклад
        - [ ] Прочитайте правила
        """,
        """
        Дорожная карта бэкенд-разработчика
          ## Начальный уровень
            # 1. Неделя 1. Основы
              - [x] Терминал
              - [ ] Git (ветки, слияние)
            # 2. Неделя 2. Python
              - [ ] Синтаксис
              - [ ] ООП [needs Синтаксис]
          ## Продвинутый уровень
            # 3. Неделя 3. Базы данных
              - [ ] SQL
              - [ ] Индексы [optional]
          # Литература [1 resource]
        """,
    ),
    "a table per module, Russian": (
        """
        # Программа курса «Фотография»

        **Модуль 1. Камера**

        | № | Тема | Часы | Требования | Готово |
        |---|---|---|---|---|
        | 1 | Экспозиция | 2 ч | нет | да |
        | 2 | Фокус | 1,5 ч | Экспозиция | нет |

        **Модуль 2. Свет**

        | № | Тема | Часы | Требования | Готово |
        |---|---|---|---|---|
        | 3 | Естественный свет | 3 ч | Экспозиция и Фокус | нет |
        | 4 | Вспышка (по желанию) | 3 ч | Фокус или Экспозиция | нет |
        """,
        """
        Программа курса «Фотография»
          # 1. Модуль 1. Камера
            - [x] 1. Экспозиция [2 h]
            - [ ] 2. Фокус [1.5 h; needs Экспозиция]
          # 2. Модуль 2. Свет
            - [ ] 3. Естественный свет [3 h; needs Экспозиция, Фокус]
            - [ ] 4. Вспышка [optional; 3 h; needs Фокус or Экспозиция]
        """,
    ),
    "underlined weeks, Russian": (
        """
        # Курс: Алгоритмы

        Неделя 1 — Сортировки
        =====================

        * Пузырьковая
        * Быстрая — после «Пузырьковая»

        Неделя 2 — Графы
        ================

        * Обходы
          * BFS
          * DFS
        * Кратчайшие пути

        Полезные ссылки
        ===============

        * [e-maxx](https://example.org/emaxx)
        """,
        """
        Курс: Алгоритмы
          # 1. Неделя 1 — Сортировки
            - Пузырьковая
            - Быстрая — после «Пузырьковая» [needs Пузырьковая]
          # 2. Неделя 2 — Графы
            - Обходы (BFS, DFS)
            - Кратчайшие пути
          # Полезные ссылки [1 resource]
        """,
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_curriculum_is_drawn(tmp_path: Path, name: str) -> None:
    text, outline = NOTES[name]
    assert drawn(folder(tmp_path, {"note.md": text})) == dedent(outline).strip("\n")
