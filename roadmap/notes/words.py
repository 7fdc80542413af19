"""The words that carry meaning in notes, by meaning and language: one table to read and to extend.

Phrases are separated by `|"
"` and compared folded (`vocabulary.fold`): no case, accents, emoji or punctuation. A star at a
phrase's end allows the title to go on.
"""

from __future__ import annotations

from typing import Final

# Meaning -> phrases per language. The comment says how a title is compared with them.
WORDS: Final[dict[str, dict[str, str]]] = {
    # A heading that names a level; any of these as a word in it.
    "level": {
        "en": "beginner|beginners|novice|elementary|basic|basics|intermediate|advanced|expert|foundation|foundations|"
        "fundamentals|level|stage|phase|part|tier|track|semester|year|mastery|junior|senior|middle",
        "pt": "iniciante|iniciantes|basico|intermediario|avancado|fundamentos|nivel|etapa|fase|parte|modulo basico|"
        "semestre",
        "es": "principiante|principiantes|basico|intermedio|avanzado|fundamentos|nivel|etapa|fase|parte|experto",
        "fr": "debutant|debutants|base|bases|intermediaire|avance|fondamentaux|niveau|etape|partie|expert",
        "de": "anfanger|einsteiger|grundlagen|fortgeschritten|fortgeschrittene|experte|experten|stufe|teil|phase|"
        "semester",
        "it": "principiante|base|intermedio|avanzato|fondamenti|livello|fase|parte",
        "ru": "начинающий|начинающих|новичок|базовый|основы|средний|продвинутый|уровень|этап|часть|эксперт",
        "zh": "入门|初级|基础|中级|进阶|高级|阶段|第一部分|第二部分|第三部分|入門|初級|基礎|進階|高級",
        "ja": "初級|入門|初心者|基礎|中級|上級|応用|段階|第一部|第二部|第三部|レベル",
        "ko": "초급|입문|기초|중급|고급|단계",
        "ar": "مبتدئ|المبتدئين|المستوى|متوسط|متقدم|الأساسيات|أساسيات|المرحلة|الجزء",
        "fa": "مبتدی|مقدماتی|متوسط|پیشرفته|سطح|مرحله|بخش",
        "he": "מתחילים|בסיסי|בינוני|מתקדם|מתקדמים|רמה|שלב|חלק",
        "hi": "शुरुआती|प्रारंभिक|आधारभूत|मध्यवर्ती|उन्नत|स्तर|चरण|भाग",
    },
    # Optional parts; any of these as a word in a short title or in a parenthesis.
    "optional": {
        "en": "optional|bonus|elective|electives|extra|extras|add on|add ons|addon|addons|nice to have|"
        "if time permits|"
        "not required|extra credit|supplementary|supplemental",
        "pt": "opcional|opcionais|extra|extras|eletiva|eletivas|bonus|complementar|complementares|facultativo",
        "es": "opcional|opcionales|extra|extras|optativa|optativas|optativo|complementario|complementarios",
        "fr": "optionnel|optionnels|optionnelle|facultatif|facultatifs|facultative|bonus|en option",
        "de": "optional|optionale|optionales|freiwillig|wahlweise|bonus|wahlfach|wahlfacher|zusatz",
        "it": "opzionale|opzionali|facoltativo|facoltativi|bonus|extra",
        "ru": "необязательно|необязательный|необязательные|опционально|по желанию|факультатив|дополнительно|бонус",
        "zh": "可选|选修|选学|选读|可選|選修|加分|附加",
        "ja": "任意|選択|オプション|おまけ|発展",
        "ko": "선택|선택사항|보너스",
        "ar": "اختياري|اختيارية|إضافي|إضافية",
        "fa": "اختیاری|انتخابی|تکمیلی",
        "he": "אופציונלי|רשות|בונוס|לא חובה",
        "hi": "वैकल्पिक|ऐच्छिक|अतिरिक्त",
    },
    # The opposite, in a parenthesis; whole.
    "required": {
        "en": "must have|must know|required|mandatory|core|essential|compulsory|important",
        "pt": "obrigatorio|obrigatoria|essencial",
        "es": "obligatorio|obligatoria|imprescindible|esencial",
        "fr": "obligatoire|indispensable|essentiel",
        "de": "pflicht|erforderlich|notwendig|verpflichtend",
        "ru": "обязательно|обязательный",
        "zh": "必修|必学|必须|必學",
        "ja": "必須|必修",
        "ar": "إلزامي|ضروري",
        "fa": "اجباری|ضروری",
        "he": "חובה",
        "hi": "अनिवार्य|आवश्यक",
    },
    # Headings of parts that are about the document, not its subject; whole title, or its start for those with a star.
    "never": {
        "en": "contents|table of contents|toc|index|overview of contents|summary|about|about this*|about the*|"
        "license|licence|"
        "licensing|copyright|contributing|contribution|contributions|contributors|contribute|how to contribute*|"
        "community|"
        "support|sponsors|sponsor|sponsorship|backers|donate|donations|faq|faqs|frequently asked questions|"
        "acknowledgements|acknowledgments|acknowledgement|credits|thanks|special thanks|authors|author|team|our team|"
        "maintainers|code of conduct|translations|translation|languages available|changelog|change log|release notes|"
        "news|updates|star history|stargazers|disclaimer|legend|key|notation|install|installation|installing|setup|"
        "set up|getting started|quick start|quickstart|usage|how to use*|how to read*|how to show your progress|"
        "how it works|"
        "what is it|what is this*|why use it|why this*|who is this for*|prerequisites for reading|footnotes|"
        "notes on this*|"
        "back to top|contact|contact us|stay in touch|follow us|social|join us|feedback|citation|cite|how to cite*|"
        "congratulations|conclusion|license and copyright|meta|metadata|hashtags|tags|links|relevance tags|"
        "topic tags|"
        "table of content|offline access|getting help|help|introduction to this*|purpose|motivation|disclaimers|"
        "development|todo|roadmap status|other languages|our other*|"
        "tips|final tips|study tips|general tips|tips for success|final thoughts|final words|"
        "other curricula|sponsored by",
        "pt": "indice|sumario|conteudo|tabela de conteudos|tabela de conteudo|licenca|contribuindo|contribuicao|"
        "como contribuir*|"
        "contribuidores|comunidade|apoio|patrocinadores|perguntas frequentes|agradecimentos|creditos|autores|equipe|"
        "codigo de conduta|traducoes|instalacao|como usar*|como utilizar*|o que e*|por que usar*|sobre|contato|"
        "parabens|"
        "primeiros passos|aviso legal|legenda|conclusao",
        "es": "indice|contenido|contenidos|tabla de contenido|tabla de contenidos|licencia|contribuir|contribuyendo|"
        "como contribuir*|contribuciones|contribuidores|comunidad|patrocinadores|preguntas frecuentes|"
        "agradecimientos|creditos|"
        "autores|equipo|codigo de conducta|traducciones|instalacion|como usar*|que es*|por que*|acerca de*|"
        "contacto|leyenda|"
        "conclusion|felicidades|felicitaciones|primeros pasos",
        "fr": "sommaire|table des matieres|contenu|index|licence|contribuer|contribution|contributions|"
        "contributeurs|communaute|"
        "sponsors|questions frequentes|foire aux questions|remerciements|credits|auteurs|equipe|code de conduite|"
        "traductions|"
        "installation|utilisation|comment utiliser*|comment contribuer*|a propos*|contact|legende|conclusion|"
        "felicitations",
        "de": "inhalt|inhaltsverzeichnis|verzeichnis|lizenz|mitwirken|mitmachen|beitragen|mitwirkende|gemeinschaft|"
        "sponsoren|"
        "haufige fragen|haufig gestellte fragen|danksagung|danksagungen|autoren|team|verhaltenskodex|ubersetzungen|"
        "installation|benutzung|verwendung|uber*|kontakt|legende|fazit|impressum|erste schritte",
        "it": "indice|sommario|contenuti|licenza|contribuire|contributi|comunita|ringraziamenti|autori|traduzioni|"
        "installazione|"
        "contatti|legenda|conclusione|domande frequenti",
        "ru": "содержание|оглавление|лицензия|участие|как помочь|вклад|участники|сообщество|спонсоры|"
        "часто задаваемые вопросы|"
        "благодарности|авторы|команда|переводы|установка|использование|как пользоваться*|о проекте|контакты|"
        "легенда|заключение",
        "zh": "目录|索引|内容|目錄|许可证|许可|授权|协议|許可證|版权|贡献|如何贡献|贡献指南|贡献者|社区|赞助|"
        "常见问题|致谢|感谢|鸣谢|作者|"
        "团队|行为准则|翻译|安装|使用方法|如何使用|如何使用它|关于|联系|图例|结语|总结|声明|免责声明|这是什么|"
        "为什么要用到它|更新日志",
        "ja": "目次|索引|ライセンス|貢献|コントリビュート|貢献者|コミュニティ|スポンサー|よくある質問|謝辞|作者|"
        "著者|翻訳|インストール|使い方|"
        "概要|このリポジトリについて|凡例|連絡先|行動規範|おわりに",
        "ko": "목차|라이선스|기여|기여하기|커뮤니티|후원|자주 묻는 질문|감사|저자|번역|설치|사용법|소개|연락처",
        "ar": "المحتويات|الفهرس|فهرس|جدول المحتويات|الرخصة|رخصة|الترخيص|المساهمة|المساهمون|المجتمع|الأسئلة الشائعة|"
        "شكر|"
        "شكر وتقدير|المؤلفون|الفريق|الترجمات|التثبيت|كيفية الاستخدام|كيف تستخدمه|ما هذا|ما هو|لماذا تستخدمه|حول|"
        "اتصل بنا",
        "fa": "فهرست|فهرست مطالب|مجوز|مشارکت|مشارکت کنندگان|جامعه|سوالات متداول|تشکر|قدردانی|نویسندگان|ترجمه ها|"
        "نصب|راهنما|"
        "درباره|تماس",
        "he": "תוכן|תוכן עניינים|אינדקס|רישיון|תרומה|תורמים|קהילה|שאלות נפוצות|תודות|מחברים|תרגומים|התקנה|שימוש|"
        "אודות|צור קשר",
        "hi": "विषय सूची|अनुक्रमणिका|सामग्री|लाइसेंस|योगदान|योगदानकर्ता|समुदाय|अक्सर पूछे जाने वाले प्रश्न|आभार|"
        "लेखक|अनुवाद|"
        "स्थापना|उपयोग|परिचय सूची|संपर्क",
    },
    # Notes that are merely related; whole, or any as a word in a heading over wiki links.
    "related": {
        "en": "related|related notes|related topics|closely related notes|see also|connections|connected|"
        "connected notes|"
        "backlinks|linked notes|linked mentions|similar|links|external links|related links|mentions|neighbours",
        "pt": "relacionados|relacionadas|notas relacionadas|veja tambem|ver tambem|conexoes",
        "es": "relacionados|relacionadas|notas relacionadas|vease tambien|ver tambien|conexiones",
        "fr": "voir aussi|notes liees|connexe|connexes|liens|connexions",
        "de": "siehe auch|verwandt|verwandte|verwandte notizen|verknupfungen|verbindungen",
        "it": "vedi anche|correlati|note correlate|collegamenti",
        "ru": "см также|смотри также|связанные|связанные заметки|связи",
        "zh": "相关|相关笔记|相关链接|参见|关联|延伸",
        "ja": "関連|関連ノート|関連リンク|参照|関連項目",
        "ko": "관련|관련 노트|참고",
        "ar": "ذات صلة|انظر أيضا|روابط",
        "fa": "مرتبط|همچنین ببینید",
        "he": "ראו גם|קשורים|הערות קשורות",
        "hi": "संबंधित|यह भी देखें",
    },
    # Over a list of things to read, watch or do; whole, or the start or end of a short title.
    "resources": {
        "en": "resource|resources|reference|references|further reading|additional reading|reading|readings|"
        "reading list|"
        "recommended reading|suggested reading|learning resources|study materials|materials|material|where to learn|"
        "learn more|read more|more information|sources|bibliography|further resources|free resources|useful links|"
        "additional resources|recommended resources|reference material|online resources",
        "pt": "recurso|recursos|referencia|referencias|leitura|leituras|material|materiais|bibliografia|fontes|"
        "saiba mais|"
        "leitura recomendada|links uteis|onde aprender",
        "es": "recurso|recursos|referencia|referencias|lectura|lecturas|material|materiales|bibliografia|fuentes|"
        "aprende mas|"
        "lectura recomendada|enlaces|enlaces utiles",
        "fr": "ressource|ressources|reference|references|lecture|lectures|materiel|bibliographie|sources|"
        "en savoir plus|"
        "pour aller plus loin|liens utiles",
        "de": "ressource|ressourcen|referenz|referenzen|quellen|literatur|lektüre|lekture|material|materialien|"
        "weiterfuhrendes|"
        "weiterlesen|links",
        "it": "risorsa|risorse|riferimenti|letture|materiale|materiali|bibliografia|fonti|approfondimenti",
        "ru": "ресурсы|материалы|ссылки|источники|литература|что почитать|дополнительные материалы|полезные ссылки",
        "zh": "资源|资料|学习资源|学习资料|参考|参考资料|参考文献|参考链接|推荐资源|延伸阅读|資源|資料|參考資料|"
        "阅读材料|推荐阅读",
        "ja": "リソース|資料|参考|参考資料|参考文献|教材|学習リソース|推奨リソース",
        "ko": "자료|리소스|참고 자료|참고자료|참고문헌|학습 자료",
        "ar": "مصادر|المصادر|مراجع|المراجع|موارد|الموارد|روابط مفيدة",
        "fa": "منابع|مراجع|مطالعه بیشتر|منابع آموزشی",
        "he": "משאבים|מקורות|קריאה נוספת|חומרי לימוד|קישורים",
        "hi": "संसाधन|संदर्भ|स्रोत|पठन सामग्री|अध्ययन सामग्री",
    },
    # What must be known before; whole, or the start.
    "prerequisites": {
        "en": "prerequisite|prerequisites|prereq|prereqs|pre req|pre reqs|pre requisites|pre requisite|"
        "requires|required knowledge|requirements|"
        "depends on|dependency|dependencies|after|builds on|needed before|you should know|before you start|"
        "requirement|"
        "prior knowledge|required|corequisite|corequisites",
        "pt": "pre requisito|pre requisitos|prerequisitos|requisitos|requer|depende de|antes de comecar",
        "es": "prerrequisito|prerrequisitos|requisito|requisitos|requisitos previos|requiere|depende de|"
        "conocimientos previos",
        "fr": "prerequis|pre requis|requiert|necessite|depend de|connaissances prealables",
        "de": "voraussetzung|voraussetzungen|vorwissen|vorkenntnisse|benotigt|setzt voraus|hangt ab von",
        "it": "prerequisito|prerequisiti|requisiti|richiede|dipende da",
        "ru": "требования|пререквизиты|предварительные требования|необходимые знания|требуется|зависит от|нужно знать",
        "zh": "先修|先修课程|先决条件|前置|前置知识|前置要求|预备知识|前提|需要先学|先修要求|前置課程|先修課程",
        "ja": "前提|前提知識|前提条件|必要な知識|事前知識",
        "ko": "선수 과목|선수 지식|사전 지식|전제 조건|선행 학습",
        "ar": "المتطلبات|المتطلبات السابقة|المتطلبات الأساسية|يتطلب|متطلبات",
        "fa": "پیش نیاز|پیش نیازها|نیازمندی ها|پیشنیاز",
        "he": "דרישות קדם|דרישות|ידע מוקדם|תלוי ב",
        "hi": "पूर्वापेक्षा|पूर्वापेक्षाएँ|पूर्वापेक्षाएं|आवश्यकताएँ|पूर्व ज्ञान",
    },
    # A choice; the start of a label, or a phrase in it. The number is looked for beside it.
    "choose": {
        "en": "choose|pick|select|one of the following|any of the following|of the following|"
        "any one of|one of these|your choice",
        "pt": "escolha|escolher|selecione|um dos seguintes|uma das seguintes|dos seguintes|das seguintes",
        "es": "elige|elija|elegir|escoge|escoja|selecciona|seleccione|uno de los siguientes|"
        "una de las siguientes|de los siguientes|de las siguientes",
        "fr": "choisir|choisissez|choisis|un des suivants|une des suivantes|"
        "des suivants|des suivantes|parmi les suivants|au choix",
        "de": "wahle|wahlen sie|wahl|eines der folgenden|eine der folgenden|einer der folgenden|der folgenden",
        "it": "scegli|scegliere|scegliete|uno dei seguenti|una delle seguenti|dei seguenti|delle seguenti",
        "ru": "выберите|выбери|выбрать|один из следующих|одно из следующих|из следующих|на выбор",
        "zh": "选择|任选|选一|选其一|择一|選擇|任選|擇一|三选一|二选一",
        "ja": "選択してください|選んで|から一つ|のいずれか|を選ぶ",
        "ko": "선택하세요|고르세요|중 하나",
        "ar": "اختر|اختاري|واحد مما يلي|واحدة مما يلي",
        "fa": "انتخاب کنید|یکی از موارد|یکی از",
        "he": "בחר|בחרו|אחד מהבאים|אחת מהבאות",
        "hi": "चुनें|चुनिए|निम्न में से एक|इनमें से एक",
    },
    # Things the reader is told to do with the document; the start of a sentence.
    "leftover": {
        "en": "would you like me to|would you like|let me know if|do you want me to|shall i|i hope this helps|"
        "feel free to ask|"
        "here is the|here s the|sure here|certainly",
        "pt": "voce gostaria que eu|deseja que eu|espero que isso ajude|me avise se",
        "es": "te gustaria que|quieres que|espero que esto|avisame si",
        "fr": "souhaitez vous que|voulez vous que je|n hesitez pas a",
        "de": "mochtest du dass ich|soll ich|ich hoffe das hilft|lass mich wissen",
        "zh": "你希望我|需要我|希望这对你|您希望我",
        "ru": "хотите чтобы я|хочешь чтобы я|надеюсь это",
    },
    # Columns of a table that describe a topic without naming it; a word of the header.
    "attribute": {
        "en": "duration|effort|time|hours|weeks|days|length|workload|difficulty|discussion|chat|author|authors|"
        "instructor|"
        "teacher|provider|platform|school|university|price|cost|language|rating|stars|date|year|week|day|due|type|"
        "format|"
        "priority|points|credits|session|sessions|exercise|exercises|quiz|notebook|colab|slides|video|code|solution",
        "pt": "duracao|esforco|tempo|horas|semanas|dificuldade|discussao|autor|professor|plataforma|preco|data|"
        "semana|creditos|"
        "carga horaria",
        "es": "duracion|esfuerzo|tiempo|horas|semanas|dificultad|discusion|autor|profesor|plataforma|precio|fecha|"
        "semana|creditos",
        "fr": "duree|effort|temps|heures|semaines|difficulte|discussion|auteur|enseignant|plateforme|prix|date|"
        "semaine|credits",
        "de": "dauer|aufwand|zeit|stunden|wochen|schwierigkeit|diskussion|autor|dozent|plattform|preis|datum|woche",
        "ru": "длительность|время|часы|часов|недели|сложность|обсуждение|автор|преподаватель|платформа|цена|дата|"
        "неделя",
        "zh": "时长|时间|学时|课时|周数|难度|讨论|作者|讲师|平台|价格|日期|周|學時|時間",
        "ja": "時間|期間|難易度|著者|講師|プラットフォーム|日付|週",
        "ar": "المدة|الوقت|الساعات|الصعوبة|المؤلف|المحاضر|التاريخ|الأسبوع",
        "fa": "مدت|زمان|ساعت|سختی|نویسنده|مدرس|تاریخ|هفته",
        "he": "משך|זמן|שעות|קושי|מחבר|מרצה|תאריך|שבוע",
        "hi": "अवधि|समय|घंटे|कठिनाई|लेखक|शिक्षक|तिथि|सप्ताह",
    },
    # Columns that number the rows; whole.
    "number": {
        "en": "no|nr|number|lesson number|index|id|num|week|day|chapter|order|step|lesson no|unit|session",
        "pt": "no|n|numero|semana|dia|ordem|aula",
        "es": "no|n|numero|semana|dia|orden|leccion",
        "fr": "no|n|numero|semaine|jour|ordre",
        "de": "nr|nummer|woche|tag",
        "ru": "номер|неделя|день|no",
        "zh": "序号|编号|周次|章节|周|天|序號|編號",
        "ja": "番号|週|回",
        "ar": "رقم|الرقم|م|الأسبوع",
        "fa": "شماره|ردیف|هفته",
        "he": "מספר|מס|שבוע",
        "hi": "क्रमांक|संख्या|क्रम",
    },
    # Columns of short names such as "MA 101"; whole.
    "code": {
        "en": "code|course code|module code|course number|course no|course id|id|no|number",
        "pt": "codigo|sigla",
        "es": "codigo|clave|sigla",
        "fr": "code|sigle",
        "de": "kurzel|code|modulnummer|kennung|nr",
        "it": "codice|sigla",
        "ru": "код|шифр",
        "zh": "代码|编号|课程代码|课程编号|課程代碼",
        "ja": "コード|科目コード|科目番号",
        "ko": "코드|과목 코드",
        "ar": "الرمز|رمز المقرر",
        "fa": "کد|کد درس",
        "he": "קוד|מספר קורס",
        "hi": "कोड",
    },
    # Columns that hold a topic's name; whole.
    "name": {
        "en": "topic|topics|course|courses|title|name|subject|lesson|module|skill|concept|concepts|field|area|"
        "chapter|unit",
        "pt": "topico|topicos|curso|cursos|titulo|nome|assunto|disciplina|aula|modulo|conceito|area|tema",
        "es": "tema|temas|curso|cursos|titulo|nombre|asignatura|leccion|modulo|concepto|area|materia",
        "fr": "sujet|sujets|cours|titre|nom|matiere|lecon|module|notion|theme",
        "de": "thema|themen|kurs|kurse|titel|name|fach|lektion|modul|begriff|bereich",
        "ru": "тема|темы|курс|курсы|название|предмет|урок|модуль",
        "zh": "主题|课程|标题|名称|科目|章节|内容|课程名称|知识点|主題|課程|名稱",
        "ja": "トピック|コース|タイトル|名前|科目|講座|テーマ|内容",
        "ar": "الموضوع|المادة|المقرر|الدورة|العنوان|الاسم|الدرس",
        "fa": "موضوع|درس|دوره|عنوان|نام",
        "he": "נושא|קורס|כותרת|שם|שיעור",
        "hi": "विषय|पाठ्यक्रम|शीर्षक|नाम|पाठ",
    },
    # Columns that say whether it is done; whole.
    "done": {
        "en": "done|status|completed|complete|finished|progress|check|checked|✓|✅",
        "pt": "feito|concluido|status|progresso",
        "es": "hecho|completado|estado|progreso",
        "fr": "fait|termine|statut|avancement",
        "de": "erledigt|fertig|status|fortschritt",
        "ru": "готово|выполнено|статус|прогресс",
        "zh": "完成|状态|进度|是否完成|狀態",
        "ja": "完了|状態|進捗",
        "ar": "تم|الحالة|مكتمل",
        "fa": "انجام شد|وضعیت",
        "he": "בוצע|סטטוס|הושלם",
        "hi": "पूर्ण|स्थिति",
    },
    # Link texts that name no topic; whole.
    "here": {
        "en": "link|links|here|lesson|course|page|website|site|source|chat|alternative|watch|read|open|url|go|view|"
        "details|more|"
        "click here|video|article|notes|slides|code|repo|github|docs|pdf",
        "pt": "link|aqui|aula|curso|pagina|site|fonte|assistir|ler",
        "es": "enlace|aqui|leccion|curso|pagina|sitio|ver|leer",
        "fr": "lien|ici|cours|page|site|voir|lire",
        "de": "link|hier|kurs|seite|ansehen|lesen",
        "ru": "ссылка|здесь|тут|курс|сайт|смотреть",
        "zh": "链接|这里|课程|点击|網址|連結",
        "ja": "リンク|こちら|ここ",
        "ar": "رابط|هنا|الرابط",
        "fa": "لینک|اینجا",
        "he": "קישור|כאן",
        "hi": "लिंक|यहाँ",
    },
    # Cells and values that say nothing; whole.
    "empty": {
        "en": "none|no|n a|na|tbd|tba|nil|nothing|not applicable|no prerequisites|todo",
        "pt": "nenhum|nenhuma|nao|a definir",
        "es": "ninguno|ninguna|no|por definir",
        "fr": "aucun|aucune|neant|non",
        "de": "keine|keiner|nichts|kein",
        "it": "nessuno|nessuna",
        "ru": "нет|не требуется|отсутствуют",
        "zh": "无|没有|無|暂无|待定",
        "ja": "なし|無し|未定",
        "ko": "없음",
        "ar": "لا شيء|لا يوجد",
        "fa": "ندارد|هیچ",
        "he": "אין|ללא",
        "hi": "कोई नहीं",
    },
    # Titles too general to be a roadmap's name when they are the only section; whole.
    "generic": {
        "en": "curriculum|roadmap|learning path|path|topics|syllabus|the plan|plan|outline|study plan|course|"
        "modules|lessons",
        "pt": "curriculo|roteiro|trilha|topicos|plano de estudos|grade",
        "es": "plan de estudios|ruta|temario|temas|curriculo",
        "fr": "programme|parcours|plan|cursus",
        "de": "lehrplan|lernpfad|plan|themen",
        "ru": "программа|план|дорожная карта|учебный план",
        "zh": "课程|路线图|学习路线|学习路径|大纲|课程大纲",
        "ja": "カリキュラム|ロードマップ|学習計画",
        "ar": "المنهج|خارطة الطريق|المنهاج",
        "fa": "برنامه درسی|نقشه راه",
        "he": "תוכנית לימודים|מפת דרכים",
        "hi": "पाठ्यक्रम|रोडमैप",
    },
    # Out of scope, deliberately left out; a phrase in the heading.
    "excluded": {
        "en": "not covered|won t see covered|out of scope|not included|not part of|removed|deprecated|what is not",
        "pt": "nao coberto|fora do escopo|nao sera abordado|nao vera",
        "es": "fuera de alcance|no cubierto|no incluido",
        "fr": "hors sujet|hors perimetre|non couvert",
        "de": "nicht behandelt|nicht enthalten|ausser umfang",
        "zh": "不包括|不涉及|不会涉及|不在范围",
        "ru": "не входит|не рассматривается",
    },
    # A heading over the steps of a topic; whole.
    "steps": {
        "en": "steps|tasks|checklist|to do|todo|exercises",
        "pt": "passos|tarefas|lista de tarefas",
        "es": "pasos|tareas|lista de tareas",
        "fr": "etapes|taches|liste de taches",
        "de": "schritte|aufgaben|checkliste",
        "it": "passi|compiti",
        "ru": "шаги|задачи|чек лист",
        "zh": "步骤|任务|清单",
        "ja": "手順|ステップ|タスク",
        "ko": "단계|할 일",
        "ar": "الخطوات|المهام",
        "fa": "گام ها|مراحل|وظایف",
        "he": "שלבים|משימות",
        "hi": "चरण|कार्य",
    },
    # What the details of a section are called; the start of a label. They are description, not topics.
    "covers": {
        "en": "topics covered|covers|what you will learn|what you ll learn|learning objectives|objectives|goals|"
        "outcomes|"
        "learning outcomes|key concepts|key ideas|you will learn|skills|in this module|by the end|"
        "each lesson includes|"
        "key takeaways|concepts taught|why",
        "pt": "topicos abordados|o que voce vai aprender|objetivos|conceitos",
        "es": "temas tratados|lo que aprenderas|objetivos|conceptos clave",
        "fr": "sujets abordes|objectifs|vous apprendrez",
        "de": "behandelte themen|lernziele|ziele",
        "zh": "涵盖主题|学习目标|目标|你将学到",
        "ja": "学習目標|目標|学ぶこと",
        "ru": "цели|темы|чему вы научитесь",
        "ar": "الأهداف|ماذا ستتعلم",
        "fa": "اهداف|آنچه یاد می گیرید",
        "hi": "उद्देश्य|लक्ष्य",
    },
}

# Kinds of resources: the words of labels and parentheses.
KINDS: Final[dict[str, dict[str, str]]] = {
    "course": {
        "en": "course|courses|mooc|moocs|online course|online courses|class|classes|lectures|lecture series",
        "pt": "curso|cursos",
        "es": "curso|cursos",
        "fr": "cours",
        "de": "kurs|kurse",
        "it": "corso|corsi",
        "ru": "курс|курсы",
        "zh": "课程|課程|公开课",
        "ja": "コース|講座",
        "ko": "강의|강좌",
        "ar": "دورة|دورات|كورس|كورسات",
        "fa": "دوره|دوره ها",
        "he": "קורס|קורסים",
        "hi": "कोर्स|पाठ्यक्रम",
    },
    "book": {
        "en": "book|books|textbook|textbooks|ebook|ebooks|recommended books|chapter|chapters",
        "pt": "livro|livros",
        "es": "libro|libros",
        "fr": "livre|livres",
        "de": "buch|bucher",
        "it": "libro|libri",
        "ru": "книга|книги",
        "zh": "书|书籍|图书|书目|推荐书籍|書籍|教材",
        "ja": "本|書籍",
        "ko": "책|도서",
        "ar": "كتاب|كتب|الكتب",
        "fa": "کتاب|کتاب ها",
        "he": "ספר|ספרים",
        "hi": "किताब|किताबें|पुस्तक|पुस्तकें",
    },
    "video": {
        "en": "video|videos|lecture|playlist|playlists|talk|talks|youtube|watch|screencast|webinar",
        "pt": "video|videos|vídeo|palestra|palestras",
        "es": "video|videos|charla|charlas",
        "fr": "video|videos|conference",
        "de": "video|videos|vortrag",
        "ru": "видео|лекция|лекции",
        "zh": "视频|影片|视频课|視頻",
        "ja": "動画|ビデオ",
        "ko": "비디오|동영상|영상",
        "ar": "فيديو|فيديوهات|مرئي",
        "fa": "ویدیو|ویدئو|ویدیوها",
        "he": "וידאו|סרטון|סרטונים",
        "hi": "वीडियो",
    },
    "article": {
        "en": "article|articles|blog|blogs|blog post|blog posts|post|posts|tutorial|tutorials|guide|guides|"
        "documentation|docs|"
        "read|reading|handout|notes|lecture notes|newsletter",
        "pt": "artigo|artigos|tutorial|tutoriais|documentacao|guia",
        "es": "articulo|articulos|tutorial|tutoriales|documentacion|guia",
        "fr": "article|articles|tutoriel|tutoriels|documentation|guide",
        "de": "artikel|anleitung|anleitungen|dokumentation|tutorial|tutorials",
        "ru": "статья|статьи|туториал|документация",
        "zh": "文章|教程|文档|博客|文檔",
        "ja": "記事|チュートリアル|ドキュメント",
        "ko": "기사|튜토리얼|문서",
        "ar": "مقال|مقالة|مقالات",
        "fa": "مقاله|مقالات",
        "he": "מאמר|מאמרים|מדריך",
        "hi": "लेख|ट्यूटोरियल",
    },
    "paper": {
        "en": "paper|papers|publication|publications|research paper|research papers|preprint",
        "pt": "artigo cientifico|artigos cientificos",
        "es": "publicacion|publicaciones",
        "de": "paper|veroffentlichung",
        "ru": "научная статья|публикации",
        "zh": "论文|論文",
        "ja": "論文",
        "ko": "논문",
        "ar": "ورقة بحثية|أوراق بحثية",
    },
    "project": {
        "en": "project|projects|project ideas|exercise|exercises|practice|assignment|assignments|hands on|lab|labs|"
        "challenges|"
        "practice problems|mini project|capstone",
        "pt": "projeto|projetos|exercicio|exercicios|pratica",
        "es": "proyecto|proyectos|ejercicio|ejercicios|practica",
        "fr": "projet|projets|exercice|exercices|pratique",
        "de": "projekt|projekte|ubung|ubungen",
        "it": "progetto|progetti|esercizi",
        "ru": "проект|проекты|упражнения|практика|задания",
        "zh": "项目|练习|实践|作业|項目|專案",
        "ja": "プロジェクト|演習|課題",
        "ko": "프로젝트|연습|과제",
        "ar": "مشروع|مشاريع|تمارين",
        "fa": "پروژه|پروژه ها|تمرین",
        "he": "פרויקט|פרויקטים|תרגילים",
        "hi": "परियोजना|प्रोजेक्ट|अभ्यास",
    },
    "tool": {
        "en": "tool|tools|library|libraries|software|framework|frameworks|repository|repo|repos|cheat sheet|"
        "cheat sheets",
        "pt": "ferramenta|ferramentas|biblioteca",
        "es": "herramienta|herramientas|biblioteca",
        "fr": "outil|outils|bibliotheque",
        "de": "werkzeug|werkzeuge|bibliothek",
        "ru": "инструмент|инструменты|библиотеки",
        "zh": "工具|库|软件",
        "ja": "ツール|ライブラリ",
        "ko": "도구|툴",
        "ar": "أداة|أدوات",
        "fa": "ابزار|ابزارها",
        "he": "כלי|כלים",
        "hi": "उपकरण",
    },
    "link": {
        "en": "link|links|website|websites|site|sites|pdf|html|epub|ppt|slides|discussion|forum|free|paid|online",
        "zh": "链接|网站",
        "ru": "сайт|сайты|ссылка",
    },
}

# Small numbers as words, for "choose two of".
NUMBERS: Final = {
    word: number
    for number, words in {
        1: "one|a|an|um|uma|un|una|une|uno|ein|eine|einen|один|одну|одно|一|一个|一個|任一|واحد|واحدة|واحدا|אחד|"
        "אחת|एक|یک|یکی",
        2: "two|dois|duas|dos|deux|zwei|due|два|две|二|两|兩|两个|اثنين|اثنان|שניים|שתיים|שני|दो|دو",
        3: "three|três|tres|trois|drei|tre|три|三|三个|ثلاثة|ثلاث|שלושה|שלוש|तीन|سه",
        4: "four|quatro|cuatro|quatre|vier|quattro|четыре|四|四个|أربعة|ארבעה|चार|چهار",
        5: "five|cinco|cinq|fünf|cinque|пять|五|五个|خمسة|חמישה|पाँच|پنج",
    }.items()
    for word in words.split("|")
}
