"""German. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

GERMAN = Language(
    code="de",
    name="German",
    meanings={
        "level": (
            "anfänger, einsteiger, grundlagen, fortgeschritten, fortgeschrittene, experte, experten, stufe, teil, "
            "phase, semester, einstieg, basis, grundlage, grundkurs, aufbaukurs, mittelstufe, fortgeschrittenes, "
            "profi, profis, niveau, abschnitt, grundstufe, oberstufe, aufbau, vertiefung, ebene, jahr"
        ),
        "optional": (
            "optional, optionale, optionales, freiwillig, wahlweise, bonus, wahlfach, wahlfächer, zusatz, "
            "optionaler, optionalen, freiwillige, freiwilliges, wahlmodul, wahlmodule, wahlpflicht, zusatzthemen, "
            "zusätzlich, extra, wenn zeit bleibt, nicht erforderlich, wahlthemen"
        ),
        "required": (
            "pflicht, erforderlich, notwendig, verpflichtend, pflichtfach, verpflichtende, wichtig, unbedingt"
        ),
        "contents": (
            "inhalt, inhalte, inhaltsverzeichnis, verzeichnis, navigation, kapitelübersicht, auf dieser seite"
        ),
        "never": (
            "Bewertung, Prüfungsleistung, über diesen*, lizenz, mitwirken, mitmachen, beitragen, mitwirkende, "
            "gemeinschaft, sponsoren, häufige fragen, häufig gestellte fragen, danksagung, danksagungen, autoren, "
            "team, verhaltenskodex, übersetzungen, installation, benutzung, verwendung, über*, kontakt, legende, "
            "fazit, impressum, erste schritte, spenden, hilfe, änderungen, änderungsprotokoll, versionsverlauf, "
            "fußnoten, metadaten, tipps, danke, autor, sponsor, neuigkeiten, haftungsausschluss, übersicht, "
            "wie man mitmacht, lizenz und urheberrecht, schnellstart, anleitung zur nutzung, wie man lernt*, "
            "glossar, stichworte"
        ),
        "excluded": (
            "nicht behandelt, nicht enthalten, außer umfang, nicht teil, nicht abgedeckt, veraltet, nicht im umfang"
        ),
        "leftover": (
            "möchtest du dass ich, soll ich, ich hoffe das hilft, lass mich wissen, natürlich hier ist, "
            "hier ist der, sag bescheid"
        ),
        "related": (
            "siehe auch, verwandt, verwandte, verwandte notizen, Verknüpfungen, verbindungen, verwandte themen, "
            "verbundene notizen, querverweise, verlinkte notizen, zusammenhänge"
        ),
        "resources": (
            "ressource, ressourcen, referenz, referenzen, quellen, literatur, lektüre, material, materialien, "
            "weiterführendes, weiterlesen, links, weiterführende literatur, weiterführende links, lernmaterial, "
            "lernmaterialien, empfohlene literatur, nützliche links, literaturverzeichnis, lesestoff, "
            "materialsammlung, unterlagen, mehr dazu"
        ),
        "prerequisites": (
            "voraussetzung, voraussetzungen, vorwissen, vorkenntnisse, benötigt, setzt voraus, hängt ab von, "
            "abhängigkeiten, abhängigkeit, erforderlich, erforderliches vorwissen, vorausgesetzt, baut auf, vorher, "
            "notwendige vorkenntnisse, vorbedingungen"
        ),
        "needs": (
            "setzt, benötigt, braucht, setzt voraus, hängt ab von, baut auf, nach, voraussetzung, voraussetzungen"
        ),
        "covers": (
            "behandelte themen, lernziele, ziele, was du lernst, das lernst du, was sie lernen, lerninhalte, ziel, "
            "lernziel, kompetenzen, konzepte, fähigkeiten, am ende kannst du"
        ),
        "steps": "schritte, aufgaben, checkliste, zu tun, aktivitäten, to dos",
        "choose": (
            "wähle, wählen sie, wahl, eines der folgenden, eine der folgenden, einer der folgenden, der folgenden, "
            "eines davon, eine davon, such dir, wählt"
        ),
        "generic": (
            "lehrplan, lernpfad, plan, themen, fahrplan, studienplan, kursplan, lernplan, curriculum, lektionen, "
            "kursinhalt, kursinhalte, inhalte, wochenplan, programm, ablauf"
        ),
        "name": (
            "thema, themen, kurs, kurse, titel, name, fach, lektion, modul, begriff, bereich, thema der woche, "
            "bezeichnung, veranstaltung, modulname, inhalt, inhalte, einheit, kapitel, fähigkeit, kompetenz, stoff, "
            "vorlesung, module, fächer"
        ),
        "part": (
            "Trimester, Jahr, Studienjahr, modul, einheit, stufe, phase, teil, bereich, niveau, abschnitt, "
            "kategorie, woche, monat, block, semester"
        ),
        "number": ("nr, nummer, woche, tag, monat, kapitel, lektion, sitzung, einheit, termin, lfd nr, schritt, modul"),
        "code": "kürzel, code, modulnummer, kennung, nr, modulcode, kursnummer",
        "done": "erledigt?, fertig, status, fortschritt, abgeschlossen, gemacht, stand, ok, geschafft",
        "undone": (
            "nein, nicht erledigt, nicht begonnen, zu erledigen, offen, in Arbeit, läuft, geplant, unvollständig, "
            "ausstehend"
        ),
        "pause": "Ferien, Feiertag, vorlesungsfrei, kein Unterricht, keine Vorlesung, Pause, Lesewoche",
        "attribute": (
            "Universität, Hochschule, Anbieter, dauer, aufwand, zeit, stunden, wochen, schwierigkeit, diskussion, "
            "autor, dozent, plattform, preis, datum, woche, monat, monate, level, schwierigkeitsgrad, lehrer, "
            "trainer, sprache, bewertung, priorität, typ, art, ects, leistungspunkte, credits, sws, umfang, prüfung, "
            "tage, stunde"
        ),
        "here": (
            "link, hier, kurs, seite, ansehen, lesen, hier klicken, artikel, video, webseite, repository, öffnen, "
            "skript, folien"
        ),
        "empty": ("keine, keiner, nichts, kein, keine voraussetzungen, entfällt, offen, nicht nötig, ohne, noch offen"),
        "yes": "ja, j, wahr",
        "hour": "Stunden, Stunde, Std, h",
        "minute": "Minuten, Minute, Min",
        "and": "und, sowie",
        "or": "oder",
        "aside": "für, mit, in, von, zu, siehe",
    },
    kinds={
        "course": "kurs, kurse",
        "book": "buch, Bücher",
        "video": "video, videos, vortrag",
        "article": "artikel, anleitung, anleitungen, dokumentation, tutorial, tutorials",
        "paper": "paper, Veröffentlichung, veröffentlichungen, fachartikel, publikation, publikationen",
        "project": "projekt, projekte, Übung, Übungen",
        "tool": "werkzeug, werkzeuge, bibliothek",
        "link": "link, links, webseite, webseiten, website, forum, kostenlos, kostenpflichtig",
    },
    fields={
        "title": "Titel",
        "summary": "Zusammenfassung, Beschreibung",
        "aliases": "Alias, Synonyme, andere Namen",
        "tags": "Schlagwörter, Stichwörter",
        "hours": "Stunden",
        "duration": "Dauer, Zeit, Zeitaufwand, Aufwand",
        "optional": "optional, freiwillig",
        "done": "erledigt, fertig, abgeschlossen",
        "order": "Reihenfolge",
        "prerequisites": "Voraussetzungen, Voraussetzung, benötigt, Vorwissen, Vorkenntnisse, setzt voraus, baut auf",
        "resources": "Ressourcen",
    },
    numbers="ein, eine, einen, eines, einer / zwei / drei / vier / fünf",
)
