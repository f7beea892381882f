//! Words around ambiguous names, in the folded form of [`super::fold::fold`]; read with [`super::words::entries`].

/// Words right after a name that make it a skill.
pub const CUES_AFTER: &str = "\
    developer; developers; development; engineer; engineers; programmer; programming; language; framework; \
    library; libraries; script; scripts; scripting; code; coding; codebase; app; apps; components; \
    microservice; microservices; backend; frontend; api; apis; ecosystem; stack; certified; certification; \
    expert; hooks; modules; package; packages; cli; sdk; server; orm; charts; playbooks; cookbooks; \
    pipelines; dags; template; templates; tests; formulas; macros; spreadsheets; rendering; lang; build; \
    builds; розробник; розробниця; entwickler; kenntnisse";

/// Words right before a name that make it a skill.
pub const CUES_BEFORE: &str = "\
    using; microsoft; ms; apache; hashicorp; adobe; autodesk; programming; framework; language; library; \
    tool; tools; technologies; stack; learned; coded; programmed; mastered; via; certified; advanced; java; \
    libraries; frameworks; languages";

/// Two words right before a name that make it a skill.
pub const PAIRS_BEFORE: &str = "written in; wrote in; built in; built with; built on; developed in; developed with; experience in; \
    experience with; experience of; experienced in; experienced with; knowledge of; proficient in; \
    proficiency in; proficient with; skilled in; skills in; familiar with; familiarity with; expertise in; \
    expert in; programming in; coding in; worked with; working with; fluent in; services in; backend in; \
    applications in; apps in; tools in; scripts in; code in; apis in; software in; based on; understanding \
    of; background in; migrated to; tests in; tests with; dashboards in; models in; reports in; firmware in; \
    implemented in; implemented with; automation with; such as; знання мови; досвід з; written with; system \
    in; systems in; engine in; library in; parser in; rewrite in";

/// Words that join names of one kind.
pub const CONNECTORS: &str =
    "and; or; with; in; on; to; via; using; from; und; oder; et; y; e; та; і; и; або; plus; nor; &; +";

/// What opens a list of skills inside another section.
pub const LIST_LABELS: &str = "\
    technologies; technologies used; technology; tech stack; tech; stack; tools; environment; languages; \
    skills; skills used; frameworks; programming languages; programming; built with; key skills; libraries; \
    software; databases; technical environment; tools & technologies; tools and technologies; технології; \
    стек; стек технологій; інструменти; мови; technologien; environnement technique; technologie";

/// Phrases right after a name that make it one of a kind.
pub const OTHERS_AFTER: &str = "or other; or similar; and other; and similar; or equivalent; or any; etc";

/// Names of methods and fields rather than of products: written small as often as not, and with cues of their own.
pub const COMMON_NOUNS: &[(&str, &str)] = &[
    (
        "agile",
        "process; processes; methodology; methodologies; method; methods; team; teams; environment; \
         environments; ceremonies; sprint; sprints; practices; principles; mindset; ways; working; \
         transformation; coach; coaching; approach; setting; delivery; project; projects; scrum; manifesto; \
         framework; frameworks; software; product",
    ),
    ("waterfall", "methodology; methodologies; model; process; project; projects; method"),
    (
        "networking",
        "protocols; hardware; configuration; concepts; equipment; fundamentals; technologies; stack; \
         infrastructure; security",
    ),
    ("architecture", "design; diagrams; patterns; reviews; documentation"),
    ("planning", "meetings; sessions; skills; tools"),
    ("trading", "systems; platform; strategies; desk; algorithms"),
    ("law", "degree; graduate"),
    ("hiring", "process; interviews; plan"),
    ("personas", "research; workshops"),
    ("music", "production; theory; teacher; composition"),
    ("acting", "classes; school; coach"),
    ("interpreting", "services; simultaneous; consecutive"),
    ("initiative", ""),
    ("reception", "desk; duties; work"),
];

/// Set phrases in which a name is just a word: the name, then what must stand right before or after it.
pub const SET_PHRASES: &[(&str, &str, &str)] = &[
    ("go", "the; to; on the; we; you; will; can; pokemon", "to; live; beyond; ahead; getter; public; above"),
    ("r", "h; m; q", "d; &"),
    (
        "c",
        "series; class; vitamin; grade; hepatitis; plan; category; type; section",
        "level; suite; grade; section; corp; o; p",
    ),
    ("d", "r; vitamin; grade; 3; 2; ph", "c"),
    ("excel", "to; i; will; can; and", "in; at; as; within; under; when"),
    ("express", "american; to; orient", "entry; delivery; shipping; myself; interest; mail; train; ideas; my; scripts"),
    ("react", "to; i; will; can", "to; quickly; fast; swiftly; well; calmly; promptly"),
    (
        "spring",
        "last; early; late; this; the; each; every",
        "semester; term; break; internship; season; cleaning; quarter; of; festival; water",
    ),
    ("swift", "taylor; a; the", "action; response; resolution; delivery; decisions; payments; messages; code"),
    ("word", "key; pass; cross; in a; the; every; a; spoken; written", "of; by"),
    (
        "teams",
        "cross functional; functional; the; of; agile; across; with; multiple; remote; international; \
         different; between; other; and; several; large; small; diverse; leading; managing; engineering; \
         sales; in; our; as; new; sports; high performing; two; three; both; all",
        "of; to; in; across",
    ),
    ("make", "to; and; i; will; can; that; which; they; we", "a; the; sure; it; decisions; up; an; our; use; things"),
    ("chef", "head; sous; executive; pastry; assistant; the; a", "de; in"),
    ("less", "no; or; in; much; than; with", "than; time; is"),
    ("polish", "to", "the; a; your"),
    ("unity", "the; of; national", "of; in"),
    ("realm", "the; in the", "of"),
    ("storm", "the; a; brain", "of"),
    ("rust", "the; of", "removal; belt"),
    ("law", "in; the; by; of; common; moore's", "enforcement; firm; school; office; of"),
    ("planning", "am; are; is; was", "to"),
    ("acting", "am; is; was", "as; on; like; quickly"),
    ("combine", "to; and; i", "the; my; with; data"),
    ("windows", "the; glass; time", "of; and doors"),
    ("outlook", "positive; the; an; economic; market; a", "on; for"),
    ("initiative", "the; an; this; new; first", "to; of; that; for"),
    ("architecture", "the; an; new; of", "of"),
    ("networking", "social; the", "events; event"),
    (
        "fluent",
        "",
        "in; english; german; french; spanish; with; speaker; coding; written; and; communication; knowledge; verbal",
    ),
    (
        "solid",
        "",
        "experience; understanding; knowledge; background; foundation; and; grasp; skills; track; work; analytical",
    ),
    ("articulate", "", "and; communicator; ideas; complex; with"),
    ("access", "", "to; control; and; for; management; of; points"),
    (
        "can",
        "you; we; they; it; who; that; i; team; which; people",
        "be; have; build; help; make; do; work; get; take; also; not; use; see; and",
    ),
    ("flow", "cash; work", "chart; charts; diagram; diagrams; of"),
    ("box", "set top; top; the; a; tool", "of; office"),
    ("encompass", "to; that; which; and", "a; the; all"),
    (
        "exchange",
        "in; foreign; stock; student; data; information; an; the; knowledge; heat",
        "for; of; program; programme; student; rates; rate; ideas",
    ),
    ("boost", "to; helped; and; a; the", "in; of; sales; revenue; to; the; our"),
];

/// Words before a name that a capital does not outweigh: `American Express`, `Series C`.
pub const NAMED_BEFORE: &str =
    "american; orient; series; class; vitamin; grade; hepatitis; plan; category; type; section";

/// Words right before a name that join what is done to what it is done with.
pub const JOINING: &str =
    "in; with; using; via; by; through; use; used; uses; of; on; mit; in; avec; con; через; на; з; sur";

/// Words for people right after a name: `Java developer`.
pub const TITLES: &str = "developer; developers; engineer; engineers; programmer; programmers; architect; architects; consultant; \
    consultants; administrator; analyst; specialist; expert; lead; manager; designer; tester; entwickler; розробник; розробниця";

/// Everyday words that hardly stand in a résumé but as the name of a tool, small or with a capital.
pub const RARE_WORDS: &str = "agile; airflow; anaconda; apache; awk; bamboo; caffe; cassandra; conda; confluent; csv; cucumber; \
    cypress; dbt; eclipse; groovy; grunt; gulp; handlebars; hibernate; http; informatica; ionic; jest; juniper; kvm; maven; \
    mongoose; paypal; pip; playwright; postman; prettier; procreate; puppeteer; ruby; saas; samba; sed; spyder; tcl; tosca; \
    vagrant; varnish; weka; xen; zig; after effects; rhino; lan; wan; nas; lan/wan; vpn; plm; aml; capybara; nim; percona; wms; tms; \
    solace; stl; spi; otp; mdx; cypher; petrel; vfd; spc; cmm; rnn; cnn; pca; dvc; jmp";

/// Everyday words that hardly stand in a résumé but as the name of a tool where they have its capitals.
pub const RARE_NAMES: &str = "Excel; Windows; Outlook; Oracle; Spark; Hive; Slack; REST; Node; Rails; SOAP; RAID; Apex; Blender; \
    Illustrator; Vault; Helm; Rancher; TOAD; Toad; Puppet; CPR; PALS; ACLS; GCP; VAT; SIP; NFT; IMS; SAP PM; ELK; VFD; NRP; IEP; CISA; \
    CSM; FRM; CMA; RAG; DVC; R; AD; ALM; API; POS; EHR; TIG; MIG; ASL; IDS; IPS; XP; DOS";
