"""French. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

FRENCH = Language(
    code="fr",
    name="French",
    meanings={
        "level": (
            "débutant, débutants, =base, =bases, intermédiaire, avancé, fondamentaux, niveau, étape, partie, expert, "
            "intermédiaires, avancée, avancés, avancées, élémentaire, confirmé, confirmés, semestre, année, "
            "initiation, perfectionnement, expertise, notions de base, phase, palier, les bases, bases du, "
            "bases de la, bases de l"
        ),
        "optional": (
            "optionnel, optionnels, optionnelle, facultatif, facultatifs, facultative, bonus, en option, "
            "facultatives, optionnelles, supplémentaire, supplémentaires, extra, complémentaire, complémentaires, "
            "si le temps le permet, à option"
        ),
        "required": ("obligatoire, indispensable, essentiel, obligatoires, requis, important, essentielle, nécessaire"),
        "contents": "sommaire, table des matières, contenu, contenus, index, navigation, sur cette page",
        "never": (
            "modalités d évaluation, à propos de ce*, licence, contribuer, contribution, contributions, "
            "contributeurs, communauté, sponsors, questions frequentes, foire aux questions, remerciements, crédits, "
            "auteurs, equipe, code de conduite, traductions, installation, utilisation, comment utiliser*, "
            "comment contribuer*, à propos*, contact, légende, conclusion, félicitations, à propos, contribuer*, "
            "aide, historique, notes de bas de page, métadonnées, conseils, mentions légales, "
            "journal des modifications, nouveautés, dons, soutien, faq, pour commencer, démarrage rapide, "
            "réseaux sociaux, comment étudier*, auteur, licence et droits, prise en main"
        ),
        "excluded": (
            "hors sujet, hors périmètre, non couvert, non abordé, non traité, non inclus, hors programme, obsolète"
        ),
        "leftover": (
            "souhaitez vous que, voulez vous que je, n hésitez pas à, voulez vous que, souhaites tu que je, "
            "veux tu que je, voici le, bien sûr voici, dites moi si"
        ),
        "related": (
            "voir aussi, notes liées, connexe, connexes, liens, connexions, voir également, liens connexes, "
            "notes connexes, sujets connexes, liées, liés, à voir aussi, notes reliées"
        ),
        "resources": (
            "ressource, ressources, référence, références, lecture, lectures, matériel, bibliographie, sources, "
            "en savoir plus, pour aller plus loin, liens utiles, lectures recommandées, supports, supports de cours, "
            "ressources utiles, ressources complémentaires, où apprendre, liens, à lire"
        ),
        "prerequisites": (
            "prérequis, pré-requis, requiert, nécessite, dépend de, connaissances préalables, dépendances, "
            "dépendance, connaissances requises, avant de commencer, à savoir avant, requis"
        ),
        "needs": "requiert, nécessite, dépend de, après, prérequis, pré-requis",
        "covers": (
            "sujets abordés, objectifs, vous apprendrez, sujets traités, thèmes abordés, ce que vous apprendrez, "
            "ce que vous allez apprendre, objectifs pédagogiques, objectif, compétences, concepts clés, "
            "notions abordées, à la fin, acquis"
        ),
        "steps": "étapes, tâches, liste de tâches, à faire, activités, checklist",
        "choose": (
            "choisir, choisissez, choisis, un des suivants, une des suivantes, des suivants, des suivantes, "
            "parmi les suivants, au choix, choisir un, l un des suivants, l une des suivantes, un au choix, "
            "une au choix"
        ),
        "generic": (
            "programme, parcours, plan, cursus, feuille de route, parcours d apprentissage, plan d études, "
            "contenu du cours, modules, leçons, cours, plan de cours, programme du cours, sommaire du cours"
        ),
        "name": (
            "sujet, sujets, cours, titre, nom, matière, leçon, module, notion, thème, matières, leçons, thèmes, "
            "unité, chapitre, compétence, intitulé, contenu, modules, notions, concept, séance, ue"
        ),
        "part": (
            "semestre, trimestre, année, module, unité, étape, phase, partie, domaine, niveau, section, catégorie, "
            "semaine, mois, bloc"
        ),
        "number": "no, n°, numéro, semaine, jour, ordre, mois, chapitre, séance, unité, leçon",
        "code": "code, sigle, code ue, code cours",
        "done": "fait, terminé, statut, avancement, achevé, état, acquis, validé, ok, fini",
        "undone": ("non, pas fait, non commencé, à faire, en cours, en attente, prévu, incomplet, pas commencé"),
        "pause": "vacances, jour férié, congé, pas de cours, semaine de lecture, relâche",
        "attribute": (
            "université, école, institution, durée, effort, temps, heures, semaines, difficulté, discussion, auteur, "
            "enseignant, plateforme, prix, date, semaine, crédits, charge, mois, niveau, professeur, formateur, "
            "intervenant, ects, priorité, type, format, langue, évaluation, volume horaire, durée estimée, heure"
        ),
        "here": (
            "lien, ici, cours, page, site, voir, lire, voir ici, vidéo, article, dépôt, ouvrir, cliquez ici, notes"
        ),
        "empty": (
            "aucun, aucune, néant, non, rien, sans prérequis, aucun prérequis, à définir, sans objet, pas de prérequis"
        ),
        "yes": "oui, o, vrai",
        "hour": "heures, heure, h",
        "minute": "minutes, minute, min",
        "and": "et",
        "or": "ou",
        "aside": "pour, avec, dans, de, à, voir",
    },
    kinds={
        "course": "cours",
        "book": "livre, livres",
        "video": "video, videos, conférence",
        "article": "article, articles, tutoriel, tutoriels, documentation, guide",
        "paper": ("publication, publications, article scientifique, articles scientifiques, articles de recherche"),
        "project": "projet, projets, exercice, exercices, pratique",
        "tool": "outil, outils, bibliothèque",
        "link": "lien, liens, site, sites, site web, forum, gratuit, payant",
    },
    fields={
        "title": "titre",
        "summary": "résumé, description",
        "aliases": "alias, synonymes, autres noms",
        "tags": "étiquettes, mots-clés",
        "hours": "heures",
        "duration": "durée, temps, temps estimé, charge de travail",
        "optional": "optionnel, facultatif",
        "done": "fait, terminé, achevé",
        "order": "ordre, position",
        "prerequisites": (
            "prérequis, pré-requis, requiert, nécessite, dépend de, connaissances requises, connaissances préalables"
        ),
        "resources": "ressources",
    },
    numbers="un, une / deux / trois / quatre / cinq",
)
