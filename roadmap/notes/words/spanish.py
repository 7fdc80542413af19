"""Spanish. What each meaning is for and how its phrases are compared: see `shape`."""

from roadmap.notes.words.shape import Language

SPANISH = Language(
    code="es",
    name="Spanish",
    meanings={
        "level": (
            "principiante, principiantes, básico, intermedio, avanzado, fundamentos, nivel, etapa, fase, parte, "
            "experto, básica, intermedia, avanzada, básicos, intermedios, avanzados, fundamento, introductorio, "
            "semestre, año, módulo básico, módulo avanzado, básicas, inicial"
        ),
        "optional": (
            "opcional, opcionales, extra, extras, optativa, optativas, optativo, complementario, complementarios, "
            "optativos, electiva, electivas, electivo, electivos, bonus, adicional, adicionales, si queda tiempo, "
            "no obligatorio, facultativo"
        ),
        "required": (
            "obligatorio, obligatoria, imprescindible, esencial, obligatorios, obligatorias, importante, necesario"
        ),
        "contents": (
            "índice, contenido, contenidos, tabla de contenido, tabla de contenidos, sumario, navegación, "
            "en esta página"
        ),
        "never": (
            "criterios de evaluación, licencia, contribuir, contribuyendo, cómo contribuir*, contribuciones, "
            "contribuidores, comunidad, patrocinadores, preguntas frecuentes, agradecimientos, créditos, autores, "
            "equipo, código de conducta, traducciones, instalación, cómo usar*, qué es*, por qué*, acerca de*, "
            "contacto, leyenda, conclusión, felicidades, felicitaciones, primeros pasos, sobre este*, "
            "sobre el proyecto, ayuda, historial, traducción, notas, notas al pie, metadatos, consejos, "
            "agradecimiento, cómo contribuir, donaciones, redes sociales, cómo estudiar*, aviso legal, novedades, "
            "registro de cambios, sobre"
        ),
        "excluded": (
            "fuera de alcance, no cubierto, no incluido, fuera del alcance, no se cubre, no se tratará, obsoleto, "
            "no incluidos"
        ),
        "leftover": (
            "te gustaría que, quieres que, espero que esto, avísame si, quieres que te, claro aquí tienes, "
            "aquí tienes, dime si"
        ),
        "related": (
            "relacionados, relacionadas, notas relacionadas, véase también, ver también, conexiones, "
            "enlaces relacionados, relacionado, relacionada, notas enlazadas"
        ),
        "resources": (
            "recurso, recursos, referencia, referencias, lectura, lecturas, material, materiales, bibliografía, "
            "fuentes, aprende más, lectura recomendada, enlaces, enlaces útiles, lecturas recomendadas, "
            "materiales de estudio, material de apoyo, recursos adicionales, para saber más, referencias útiles, "
            "dónde aprender, recursos útiles, más información"
        ),
        "prerequisites": (
            "prerrequisito, prerrequisitos, requisito, requisitos, requisitos previos, requiere, depende de, "
            "conocimientos previos, pre-requisitos, pre-requisito, prerequisitos, prerequisito, necesita, "
            "antes de empezar, conocimientos necesarios, dependencias, dependencia, requiere haber visto, "
            "correlativas, correlativa"
        ),
        "needs": (
            "requiere, necesita, depende de, después de, prerrequisito, prerrequisitos, prerequisito, prerequisitos, "
            "requisito, requisitos, pre-requisitos"
        ),
        "covers": (
            "temas tratados, lo que aprenderás, objetivos, conceptos clave, temas cubiertos, qué aprenderás, "
            "objetivos de aprendizaje, objetivo, habilidades, al terminar, resultados de aprendizaje, competencias"
        ),
        "steps": "pasos, tareas, lista de tareas, etapas, checklist, por hacer, actividades",
        "choose": (
            "elige, elija, elegir, escoge, escoja, selecciona, seleccione, uno de los siguientes, "
            "una de las siguientes, de los siguientes, de las siguientes, uno de estos, una de estas, a elegir"
        ),
        "generic": (
            "plan de estudios, ruta, temario, temas, currículo, hoja de ruta, ruta de aprendizaje, itinerario, "
            "programa, plan, contenidos, módulos, lecciones, curso, cronograma"
        ),
        "name": (
            "tema, temas, curso, cursos, título, nombre, asignatura, lección, módulo, concepto, area, materia, "
            "asignaturas, materias, unidad, habilidad, contenido, clase, actividad, capítulo, conceptos"
        ),
        "part": (
            "semestre, cuatrimestre, trimestre, año, período, curso, módulo, unidad, etapa, fase, parte, área, "
            "nivel, sección, categoría, semana, mes, bloque"
        ),
        "number": "nº, n, número, semana, día, orden, lección, núm, mes, unidad, capítulo, clase, sesión",
        "code": "código, clave, sigla, cód",
        "done": "hecho?, completado, estado, progreso, terminado, completo, listo, ok",
        "undone": (
            "no, no hecho, sin empezar, no iniciado, por hacer, pendiente, en curso, en progreso, planificado, "
            "incompleto"
        ),
        "pause": ("vacaciones, feriado, festivo, receso, sin clase, no hay clase, semana santa, semana de lectura"),
        "attribute": (
            "universidad, institución, impartido por, duración, esfuerzo, tiempo, horas, semanas, dificultad, "
            "discusión, autor, profesor, plataforma, precio, fecha, semana, créditos, hora, mes, meses, nivel, "
            "carga horaria, profesora, docente, instructor, prioridad, tipo, formato, idioma, evaluación, "
            "tiempo estimado"
        ),
        "here": (
            "enlace, aquí, lección, curso, página, sitio, ver, leer, vídeo, artículo, web, haz clic aquí, "
            "repositorio, abrir, apuntes"
        ),
        "empty": (
            "ninguno, ninguna, no, por definir, ningún requisito, sin requisitos, sin prerrequisitos, nada, "
            "no aplica, sin requisitos previos, no hay"
        ),
        "yes": "sí, s, verdadero",
        "hour": "horas, hora, h, hs, hrs",
        "minute": "minutos, minuto, min",
        "and": "y, e",
        "or": "o, u",
        "aside": "para, con, usando, en, de, ver",
    },
    kinds={
        "course": "curso, cursos",
        "book": "libro, libros",
        "video": "video, videos, charla, charlas",
        "article": "artículo, artículos, tutorial, tutoriales, documentación, guía",
        "paper": "publicación, publicaciones",
        "project": "proyecto, proyectos, ejercicio, ejercicios, práctica",
        "tool": "herramienta, herramientas, biblioteca",
        "link": ("enlace, enlaces, sitio, sitios, sitio web, página, páginas, foro, gratis, gratuito, de pago"),
    },
    fields={
        "title": "título",
        "summary": "resumen, descripción",
        "aliases": "alias, sinónimos, otros nombres",
        "tags": "etiquetas",
        "hours": "horas",
        "duration": "duración, tiempo, tiempo estimado, carga horaria, esfuerzo",
        "optional": "opcional, optativo",
        "done": "hecho, completado, terminado",
        "order": "orden, posición",
        "prerequisites": (
            "prerrequisitos, prerrequisito, prerequisitos, pre-requisitos, requisitos, requisitos previos, requiere, "
            "depende de, conocimientos previos"
        ),
        "resources": "recursos",
    },
    numbers="un, una, uno / dos / tres / cuatro / cinco",
)
