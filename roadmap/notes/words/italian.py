"""Italian. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

ITALIAN = Language(
    code="it",
    name="Italian",
    meanings={
        "level": "principiante, =base, intermedio, avanzato, fondamenti, livello, fase, parte",
        "optional": "opzionale, opzionali, facoltativo, facoltativi, bonus, extra",
        "required": "obbligatorio, obbligatoria, obbligatori, essenziale, importante",
        "contents": "indice, sommario, contenuti, indice dei contenuti, tabella dei contenuti, navigazione",
        "never": (
            "criteri di valutazione, licenza, contribuire, contributi, comunita, ringraziamenti, autori, traduzioni, "
            "installazione, contatti, legenda, conclusione, domande frequenti, come contribuire*, informazioni*, "
            "crediti, consigli, note"
        ),
        "excluded": "non trattato, fuori ambito, non incluso, escluso",
        "leftover": "vuoi che io, vuoi che, fammi sapere, ecco il",
        "related": "vedi anche, correlati, note correlate, collegamenti",
        "resources": (
            "risorsa, risorse, riferimenti, letture, materiale, materiali, bibliografia, fonti, approfondimenti, "
            "letture consigliate, risorse utili, per saperne di più, riferimento"
        ),
        "prerequisites": (
            "prerequisito, prerequisiti, requisiti, richiede, dipende da, prima di iniziare, conoscenze richieste, "
            "dipendenze"
        ),
        "needs": "richiede, dipende da, dopo, serve, prerequisito, prerequisiti",
        "covers": (
            "argomenti trattati, cosa imparerai, obiettivi, obiettivi di apprendimento, concetti chiave, competenze"
        ),
        "steps": "passi, compiti",
        "choose": ("scegli, scegliere, scegliete, uno dei seguenti, una delle seguenti, dei seguenti, delle seguenti"),
        "generic": (
            "programma, percorso, piano di studi, piano di studio, curricolo, corso, moduli, lezioni, argomenti, "
            "tabella di marcia"
        ),
        "name": (
            "argomento, argomenti, corso, corsi, titolo, nome, materia, lezione, modulo, concetto, tema, capitolo, "
            "unità, contenuto"
        ),
        "part": (
            "semestre, trimestre, anno, modulo, unità, tappa, fase, parte, area, livello, sezione, categoria, "
            "settimana, mese"
        ),
        "number": "n, no, numero, settimana, giorno, mese, ordine, lezione, capitolo",
        "code": "codice, sigla",
        "done": "fatto, completato, stato, progresso, finito",
        "undone": "no, non fatto, non iniziato, da fare, in corso, in sospeso, previsto, incompleto",
        "pause": "vacanze, festività, festivo, nessuna lezione, pausa",
        "attribute": (
            "università, scuola, durata, impegno, tempo, ore, ora, settimane, mesi, difficoltà, livello, autore, "
            "docente, piattaforma, prezzo, data, crediti, cfu, lingua, tipo"
        ),
        "here": "link, qui, corso, pagina, sito, guarda, leggi, apri, video, articolo",
        "empty": "nessuno, nessuna, nulla, nessun prerequisito, da definire, no",
        "yes": "sì, s, vero",
        "hour": "ore, ora, h",
        "minute": "minuti, minuto, min",
        "and": "e, ed",
        "or": "o, oppure",
        "aside": "per, con, in, di, vedi",
    },
    kinds={
        "course": "corso, corsi",
        "book": "libro, libri",
        "video": "video, conferenza, lezione video",
        "article": "articolo, articoli, tutorial, guida, guide, documentazione",
        "paper": "pubblicazione, pubblicazioni, articolo scientifico, articoli scientifici",
        "project": "progetto, progetti, esercizi",
        "tool": "strumento, strumenti, libreria, librerie",
        "link": "link, sito, siti, collegamento, gratuito, forum",
    },
    fields={
        "title": "titolo",
        "summary": "riassunto, descrizione",
        "aliases": "alias, sinonimi",
        "tags": "etichette",
        "hours": "ore",
        "duration": "durata, tempo, tempo stimato",
        "optional": "opzionale, facoltativo",
        "done": "fatto, completato, finito",
        "order": "ordine, posizione",
        "prerequisites": "prerequisiti, prerequisito, richiede, dipende da, conoscenze richieste",
        "resources": "risorse",
    },
    numbers="un, uno, una / due / tre / quattro / cinque",
)
