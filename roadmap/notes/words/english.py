"""English. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

ENGLISH = Language(
    code="en",
    name="English",
    meanings={
        "level": (
            "beginner, beginners, novice, elementary, basic, basics, intermediate, advanced, expert, foundation, "
            "foundations, fundamentals, level, stage, phase, part, tier, track, semester, year, mastery, junior, "
            "senior, middle, introductory, entry level, primer, specialist, proficient"
        ),
        "optional": (
            "optional, bonus, elective, electives, extra, extras, add on, add ons, addon, addons, nice to have, "
            "if time permits, not required, extra credit, supplementary, supplemental, for the curious, stretch, "
            "not mandatory"
        ),
        "required": "must have, must know, required, mandatory, core, essential, compulsory, important",
        "contents": (
            "contents, table of contents, table of content, toc, index, overview of contents, content, navigation, "
            "outline of contents, in this document, on this page"
        ),
        "never": (
            "grading, grading policy, course policies, policies, office hours, academic integrity, attendance, "
            "late policy, how to follow this*, summary, about, about this*, about the*, license, licence, licensing, "
            "copyright, contributing, contribution, contributions, contributors, contribute, how to contribute*, "
            "community, support, sponsors, sponsor, sponsorship, backers, donate, donations, faq, faqs, "
            "frequently asked questions, acknowledgements, acknowledgments, acknowledgement, credits, thanks, "
            "special thanks, authors, author, team, our team, maintainers, code of conduct, translations, "
            "translation, languages available, changelog, change log, release notes, news, updates, star history, "
            "stargazers, disclaimer, legend, key, notation, install, installation, installing, setup, set up, "
            "getting started, quick start, quickstart, usage, how to use*, how to read*, how to show your progress, "
            "how it works, what is it, what is this*, why use it, why this*, who is this for*, "
            "prerequisites for reading, footnotes, notes on this*, back to top, contact, contact us, stay in touch, "
            "follow us, social, join us, feedback, citation, cite, how to cite*, congratulations, conclusion, "
            "license and copyright, meta, metadata, hashtags, tags, links, relevance tags, topic tags, "
            "offline access, getting help, help, introduction to this*, purpose, motivation, disclaimers, "
            "development, todo, roadmap status, other languages, our other*, tips, final tips, study tips, "
            "general tips, tips for success, final thoughts, final words, other curricula, sponsored by, "
            "how to study*, star this repo*, screenshots, badges, history, versions, version history"
        ),
        "excluded": (
            "not covered, won t see covered, out of scope, not included, not part of, removed, deprecated, what is not"
        ),
        "leftover": (
            "would you like me to, would you like, let me know if, do you want me to, shall i, i hope this helps, "
            "feel free to ask, here is the, here s the, sure here, certainly"
        ),
        "related": (
            "related, related notes, related topics, closely related notes, see also, connections, connected, "
            "connected notes, backlinks, linked notes, linked mentions, similar, links, external links, "
            "related links, mentions, neighbours, backlink, further notes"
        ),
        "resources": (
            "resource, resources, reference, references, further reading, additional reading, reading, readings, "
            "reading list, recommended reading, suggested reading, learning resources, study materials, materials, "
            "material, where to learn, learn more, read more, more information, sources, bibliography, "
            "further resources, free resources, useful links, additional resources, recommended resources, "
            "reference material, online resources"
        ),
        "prerequisites": (
            "prerequisite, prerequisites, prereq, prereqs, pre req, pre reqs, pre requisites, pre requisite, "
            "requires, required knowledge, requirements, depends on, dependency, dependencies, after, builds on, "
            "needed before, you should know, before you start, requirement, prior knowledge, required, corequisite, "
            "corequisites"
        ),
        "needs": (
            "requires, needs, depends on, after, builds on, prerequisite, prerequisites, prereq, prereqs, pre req, "
            "pre reqs, pre requisite, pre requisites, required knowledge, needed before, you should know, "
            "corequisite, corequisites"
        ),
        "covers": (
            "topics covered, covers, what you will learn, what you ll learn, learning objectives, objectives, goals, "
            "outcomes, learning outcomes, key concepts, key ideas, you will learn, skills, in this module, "
            "by the end, each lesson includes, key takeaways, concepts taught, why, you should be able to, "
            "at the end you can"
        ),
        "steps": "steps, tasks, checklist, to do, todo, exercises",
        "choose": (
            "choose, pick, select, one of the following, any of the following, of the following, any one of, "
            "one of these, your choice"
        ),
        "generic": (
            "curriculum, roadmap, learning path, path, topics, syllabus, the plan, plan, outline, study plan, "
            "course, modules, lessons"
        ),
        "name": (
            "topic, topics, course, courses, title, name, subject, lesson, module, skill, concept, concepts, field, "
            "area, chapter, unit"
        ),
        "part": (
            "semester, term, quarter, year, block, module, section, part, phase, stage, level, area, category, unit, "
            "week, month"
        ),
        "number": (
            "no, nr, number, lesson number, index, id, num, week, day, chapter, order, step, lesson no, unit, "
            "session, month, sprint, lecture"
        ),
        "code": "code, course code, module code, course number, course no, course id, id, no, number",
        "done": ("done?, status, completed, complete?, finished, progress, check, checked, ticked, mastered"),
        "undone": (
            "no, false, n, not done, not started, to do, open, in progress, doing, pending, planned, incomplete, "
            "started, todo"
        ),
        "pause": (
            "break, spring break, fall break, winter break, holiday, holidays, no class, no classes, no lecture, "
            "reading week, vacation, recess"
        ),
        "attribute": (
            "offered by, programming language, class hour, difficulty level, duration, effort, time, hours, weeks, "
            "days, length, workload, difficulty, discussion, chat, author, authors, instructor, teacher, provider, "
            "platform, school, university, price, cost, language, rating, stars, date, year, week, day, due, type, "
            "format, priority, points, credits, session, sessions, exercise, exercises, quiz, notebook, colab, "
            "slides, video, code, solution, months, est time, estimated time, hours per week, weight, ects, hrs, "
            "lecturer, lang, tags"
        ),
        "here": (
            "link, links, here, lesson, course, page, website, site, source, chat, alternative, watch, read, open, "
            "url, go, view, details, more, click here, video, article, notes, slides, code, repo, github, docs, pdf"
        ),
        "empty": "none, no, n a, na, tbd, tba, nil, nothing, not applicable, no prerequisites, todo",
        "yes": "yes, true, y, on",
        "hour": "hours, hour, hrs, hr, h",
        "minute": "minutes, minute, mins, min",
        "and": "and, plus",
        "or": "or",
        "aside": "for, with, using, in, to, from, e.g, see, aka, a.k.a",
    },
    kinds={
        "course": (
            "course, courses, mooc, moocs, online course, online courses, class, classes, lectures, lecture series"
        ),
        "book": "book, books, textbook, textbooks, ebook, ebooks, recommended books, chapter, chapters",
        "video": ("video, videos, lecture, playlist, playlists, talk, talks, youtube, watch, screencast, webinar"),
        "article": (
            "article, articles, blog, blogs, blog post, blog posts, post, posts, tutorial, tutorials, guide, guides, "
            "documentation, docs, read, reading, handout, notes, lecture notes, newsletter"
        ),
        "paper": "paper, papers, publication, publications, research paper, research papers, preprint",
        "project": (
            "project, projects, project ideas, exercise, exercises, practice, assignment, assignments, hands on, "
            "lab, labs, challenges, practice problems, mini project, capstone"
        ),
        "tool": (
            "tool, tools, library, libraries, software, framework, frameworks, repository, repo, repos, cheat sheet, "
            "cheat sheets"
        ),
        "link": (
            "link, links, website, websites, site, sites, pdf, html, epub, ppt, slides, discussion, forum, free, "
            "paid, online"
        ),
    },
    fields={
        "title": "title",
        "summary": "summary, description",
        "aliases": "aliases, alias",
        "tags": "tags",
        "hours": "hours",
        "duration": "duration, time, time needed, time required, estimated time, effort, estimate",
        "optional": "optional",
        "done": "done, completed, finished",
        "order": "order",
        "prerequisites": (
            "prerequisites, prerequisite, prereqs, requires, depends on, required knowledge, prior knowledge"
        ),
        "resources": "resources",
    },
    numbers="one, a, an / two / three / four / five",
)
