"""Portuguese. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

PORTUGUESE = Language(
    code="pt",
    name="Portuguese",
    meanings={
        "level": (
            "iniciante, iniciantes, básico, intermediário, avançado, fundamentos, nível, etapa, fase, parte, "
            "módulo básico, semestre, básica, intermediária, avançada, avançados, básicos, intermediários, "
            "fundamento, introdutório, especialista, ano, estágio, trilha, módulo avançado, módulo intermediário"
        ),
        "optional": (
            "opcional, opcionais, extra, extras, eletiva, eletivas, bônus, complementar, complementares, "
            "facultativo, opcionalmente, se der tempo, não obrigatório, não obrigatória, optativa, optativas, "
            "eletivo, eletivos"
        ),
        "required": "obrigatório, obrigatória, essencial, obrigatórios, obrigatórias, importante, necessário",
        "contents": (
            "índice, sumário, conteúdo, conteúdos, tabela de conteúdo, tabela de conteúdos, navegação, nesta página"
        ),
        "never": (
            "critérios de avaliação, avaliação do curso, licença, contribuindo, contribuição, como contribuir*, "
            "contribuidores, comunidade, apoio, patrocinadores, perguntas frequentes, agradecimentos, créditos, "
            "autores, equipe, código de conduta, traduções, instalação, como usar*, como utilizar*, o que é*, "
            "por que usar*, sobre, contato, parabéns, primeiros passos, aviso legal, legenda, conclusão, "
            "contribuições, contribua, notas de versão, registro de mudanças, sobre este*, sobre o projeto*, "
            "quem somos, ajuda, histórico, instalando, patrocínio, doações, leia-me, rodapé, notas de rodapé, "
            "metadados, dicas, como contribuir, como estudar*, perguntas e respostas, dúvidas frequentes, "
            "redes sociais"
        ),
        "excluded": (
            "não coberto, fora do escopo, não será abordado, não verá, não serão abordados, não incluído, "
            "descontinuado, fora de escopo"
        ),
        "leftover": (
            "você gostaria que eu, deseja que eu, espero que isso ajude, me avise se, gostaria que eu, quer que eu, "
            "claro aqui está, aqui está o"
        ),
        "related": (
            "relacionados, relacionadas, notas relacionadas, veja também, ver também, conexões, links relacionados, "
            "notas ligadas, backlinks, relacionado, relacionada"
        ),
        "resources": (
            "recurso, recursos, referência, referências, leitura, leituras, material, materiais, bibliografia, "
            "fontes, saiba mais, leitura recomendada, links úteis, onde aprender, leituras recomendadas, "
            "materiais de estudo, material de apoio, material complementar, links, onde estudar, para saber mais, "
            "bibliografia básica, recursos adicionais, recursos úteis, fontes de estudo"
        ),
        "prerequisites": (
            "pré-requisito, pré-requisitos, prerequisitos, requisitos, requer, depende de, antes de começar, "
            "conhecimentos prévios, conhecimento prévio, exige, depende, dependência, dependências, "
            "requisitos prévios"
        ),
        "needs": ("requer, precisa de, depende de, depois de, exige, pré-requisito, pré-requisitos, prerequisitos"),
        "covers": (
            "tópicos abordados, o que você vai aprender, objetivos, conceitos, tópicos cobertos, "
            "o que você aprenderá, objetivos de aprendizagem, objetivo, conceitos-chave, habilidades, ao final, "
            "resultados esperados, competências"
        ),
        "steps": "passos, tarefas, lista de tarefas, etapas, checklist, a fazer, atividades",
        "choose": (
            "escolha, escolher, selecione, um dos seguintes, uma das seguintes, dos seguintes, das seguintes, "
            "uma destas opções, um destes, uma destas, escolhe"
        ),
        "generic": (
            "currículo, roteiro, trilha, tópicos, plano de estudos, grade, trilha de aprendizado, trilha de estudos, "
            "plano, programa, ementa, conteúdo programático, cronograma, módulos, aulas, roteiro de estudos, mapa"
        ),
        "name": (
            "tópico, tópicos, curso, cursos, título, nome, assunto, disciplina, aula, módulo, conceito, area, tema, "
            "matéria, matérias, disciplinas, unidade, lição, habilidade, conteúdo, atividade, capítulo, assuntos"
        ),
        "part": (
            "semestre, período, ano, trimestre, módulo, unidade, etapa, fase, parte, área, nível, seção, categoria, "
            "semana, mês, bloco"
        ),
        "number": "nº, n, número, semana, dia, ordem, aula, mês, unidade, capítulo, módulo, encontro",
        "code": "código, sigla, cod",
        "done": "feito?, concluído, status, progresso, concluída, completo, estado, situação, ok",
        "undone": (
            "não, não feito, não iniciado, não iniciada, a fazer, pendente, em andamento, em progresso, planejado, "
            "incompleto"
        ),
        "pause": "férias, feriado, recesso, sem aula, semana de leitura, não haverá aula",
        "attribute": (
            "universidade, instituição, oferecido por, duração, esforço, tempo, horas, semanas, dificuldade, "
            "discussão, autor, professor, plataforma, preço, data, semana, créditos, carga horaria, tempo estimado, "
            "hora, mês, meses, nível, docente, instrutor, ch, prioridade, tipo, formato, idioma, avaliação"
        ),
        "here": (
            "link, aqui, aula, curso, página, site, fonte, assistir, ler, veja, vídeo, artigo, acessar, clique aqui, "
            "repositório, abrir"
        ),
        "empty": (
            "nenhum, nenhuma, não, a definir, nenhum pré-requisito, sem pré-requisitos, não há, nada, não se aplica, "
            "sem requisitos, livre"
        ),
        "yes": "sim, s, verdadeiro",
        "hour": "horas, hora, h, hs",
        "minute": "minutos, minuto, min",
        "and": "e",
        "or": "ou",
        "aside": "para, com, usando, em, de, veja",
    },
    kinds={
        "course": "curso, cursos",
        "book": "livro, livros",
        "video": "vídeo, videos, palestra, palestras",
        "article": "artigo, artigos, tutorial, tutoriais, documentação, guia",
        "paper": "artigo científico, artigos científicos",
        "project": "projeto, projetos, exercício, exercícios, prática",
        "tool": "ferramenta, ferramentas, biblioteca",
        "link": "link, links, site, sites, página, páginas, fórum, grátis, gratuito, pago, online",
    },
    fields={
        "title": "título",
        "summary": "resumo, descrição",
        "aliases": "apelidos, sinônimos, sinônimo, outros nomes",
        "tags": "etiquetas, marcadores",
        "hours": "horas",
        "duration": "duração, tempo, tempo estimado, carga horária, esforço",
        "optional": "opcional, facultativo",
        "done": "feito, concluído, concluída, terminado",
        "order": "ordem, posição",
        "prerequisites": (
            "pré-requisitos, pré-requisito, prerequisitos, requisitos, requer, depende de, exige, conhecimentos prévios"
        ),
        "resources": "recursos",
    },
    numbers="um, uma / dois, duas / três / quatro / cinco",
)
