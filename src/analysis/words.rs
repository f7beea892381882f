//! Words that the analysis knows, in the folded form of [`super::fold::fold`] (lower case, no accents).
//! Chosen by hand from the customary headings of résumés in English, Ukrainian, German, French, Spanish, Portuguese,
//! Polish and Russian.

use super::sections::Section;
use super::sections::Section::{
    Certificates, Contact, Education, Experience, Languages, Other, Projects, Skills, Summary,
};

/// The entries of a list of this file.
pub fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split("; ")
}

/// Whether a list holds an entry.
pub fn contains(list: &'static str, wanted: &str) -> bool {
    entries(list).any(|entry| entry == wanted)
}

/// The section whose list of a table holds an entry.
pub fn section_of(table: &'static [(Section, &'static str)], wanted: &str) -> Option<Section> {
    table.iter().find(|(_, list)| contains(list, wanted)).map(|(section, _)| *section)
}

/// Whole headings.
pub const HEADINGS: &[(Section, &str)] = &[
    (
        Contact,
        "contact; contacts; contact me; contact details; contact information; contact info; personal details; \
         personal information; personal info; personal data; get in touch; контакти; контактна інформація; \
         контактні дані; особисті дані; контакты; kontakt; kontaktdaten; personliche daten; coordonnees; contacto; \
         datos personales; contato; dane osobowe; contatti; contact me at; особиста інформація; angaben zur person; etat civil; informations personnelles; informacion personal; \
         informacion de contacto; informazioni personali; dados pessoais",
    ),
    (
        Summary,
        "summary; profile; about; about me; objective; career objective; career summary; professional summary; \
         professional profile; executive summary; summary of qualifications; qualifications summary; personal \
         statement; personal profile; who i am; introduction; overview; career profile; job objective; highlights; \
         summary of experience; experience summary; career highlights; bio; about myself; про себе; про мене; \
         мета; профіль; ціль; коротко про себе; резюме; о себе; обо мне; цель; profil; uber mich; kurzprofil; \
         zusammenfassung; a propos; a propos de moi; profil professionnel; resume; perfil; perfil profesional; \
         sobre mi; resumen; resumo; sobre mim; o mnie; podsumowanie; executive profile; career overview; professional overview; highlights of qualifications; career focus; qualification summary; \
         summary statement; career goal; career goals; key highlights; professional highlights; career synopsis; professional synopsis; \
         value proposition; synopsis; career statement; profile statement; berufliches profil; berufsziel; personliches profil; objectif; \
         objectif professionnel; presentation; objetivo; objetivo profesional; extracto; presentacion; професійний профіль; про кандидата; \
         profilo; profilo professionale; profil zawodowy; objetivo profissional",
    ),
    (
        Experience,
        "experience; work experience; professional experience; employment; employment history; work history; \
         career history; job history; relevant experience; work; career; professional background; work background; \
         industry experience; internships; internship; internship experience; where i have worked; professional \
         history; employment record; positions held; professional career; research experience; teaching \
         experience; clinical experience; досвід; досвід роботи; професійнии досвід; трудова діяльність; місця \
         роботи; кар'єра; робота; опыт; опыт работы; профессиональный опыт; berufserfahrung; beruflicher \
         werdegang; werdegang; praktische erfahrung; berufspraxis; praktika; erfahrung; experience \
         professionnelle; experiences professionnelles; experiences; parcours professionnel; experiencia; \
         experiencia laboral; experiencia profesional; experiencia profissional; historial laboral; doswiadczenie; \
         doswiadczenie zawodowe; esperienza lavorativa; esperienze professionali; work profile; career progression; career chronology; professional chronology; occupational history; appointments; career path; \
         career journey; professional journey; professional assignments; assignments; experience highlights; experience profile; \
         berufliche stationen; berufliche erfahrung; berufliche erfahrungen; praxiserfahrung; praxiserfahrungen; berufliche tatigkeiten; \
         arbeitserfahrung; berufliche praxis; emplois occupes; emplois; stages; stages et emplois; historique professionnel; vida laboral; \
         practicas; practicas profesionales; experiencia de trabajo; професійна діяльність; практичний досвід; стажування; \
         досвід роботи та стажування; трудовий досвід; практика; historia zatrudnienia; esperienze; esperienza",
    ),
    (
        Education,
        "education; academic background; academic qualifications; educational background; education and training; \
         academic history; qualifications; academics; studies; schooling; degrees; educational qualifications; \
         academic record; освіта; навчання; образование; ausbildung; bildung; studium; bildungsweg; schulbildung; \
         akademische ausbildung; formation; formations; etudes; diplomes; formation academique; educacion; \
         formacion; formacion academica; estudios; educacao; formacao; formacao academica; wyksztalcenie; \
         edukacja; istruzione; istruzione e formazione; educational qualification; academic qualification; academic credentials; educational details; educational history; \
         formal education; higher education; relevant coursework; coursework; scholastic record; university education; college education; \
         educational profile; schul- und berufsausbildung; hochschulbildung; akademischer werdegang; schulischer werdegang; \
         aus- und weiterbildung; berufsausbildung; schule; parcours scolaire; parcours academique; cursus; scolarite; formation initiale; \
         estudios realizados; datos academicos; titulacion; titulaciones; вища освіта; освіта та кваліфікація; основна освіта; wykształcenie",
    ),
    (
        Skills,
        "skills; technical skills; key skills; core skills; core competencies; competencies; competences; skill \
         set; skillset; technologies; tech stack; technology stack; stack; tools; expertise; areas of expertise; \
         technical expertise; technical proficiencies; programming languages; programming; professional skills; \
         soft skills; hard skills; strengths; key strengths; what i know; abilities; technical knowledge; \
         knowledge; computer skills; it skills; software; technical summary; technical background; technical \
         profile; proficiencies; specialties; top skills; frameworks; skills summary; summary of skills; \
         requirements; what you bring; must have; nice to have; your profile; what we are looking for; вимоги; \
         буде плюсом; навички; технічні навички; ключові навички; професійні навички; технології; уміння; вміння; \
         знання; компетенції; інструменти; навыки; ключевые навыки; технологии; профессиональные навыки; \
         kenntnisse; fahigkeiten; kompetenzen; it-kenntnisse; edv-kenntnisse; technische kenntnisse; \
         fachkenntnisse; technologien; competences techniques; competences cles; habilidades; competencias; \
         aptitudes; conocimientos; habilidades tecnicas; umiejetnosci; umiejetnosci techniczne; competenze; \
         technologie; area of expertise; technical proficiency; software proficiency; core strengths; skill highlights; specializations; \
         specialisations; areas of strength; capabilities; core capabilities; core qualifications; technical environment; technical tools; \
         technical strengths; software knowledge; qualities; professional strengths; areas of knowledge; domain expertise; toolbox; \
         starken; soft skills und starken; savoir-faire; savoir-etre; atouts; logiciels; outils; domaines de competences; \
         competencias clave; destrezas; herramientas; informatica; володіння пк; особисті якості; ключові компетенції; м'які навички; \
         сильні сторони; technologie i narzedzia; competencias tecnicas; capacita",
    ),
    (
        Projects,
        "projects; personal projects; side projects; selected projects; key projects; academic projects; \
         portfolio; open source; open source contributions; open source projects; проєкти; проекти; проекты; \
         портфоліо; портфолио; projekte; projets; projets personnels; proyectos; projetos; projekty; progetti; projects undertaken; projects handled; project details; project work; project highlights; пет-проєкти; власні проєкти; \
         eigene projekte; realisations; proyectos destacados",
    ),
    (
        Certificates,
        "certificates; certifications; certification; certificate; licenses; licences; licenses & certifications; \
         courses; courses and certificates; training; trainings; professional development; additional training; \
         online courses; courses & training; сертифікати; курси; курси та сертифікати; тренінги; додаткова освіта; \
         сертификаты; курсы; zertifikate; zertifizierungen; weiterbildung; weiterbildungen; fortbildungen; kurse; \
         certificats; certificaciones; cursos; certificacoes; certyfikaty; kursy; szkolenia; certificazioni; licensure; credentials; licensures; professional training; certifications et formations; підвищення кваліфікації; ліцензії; cursos y certificados; \
         cursos realizados; formacion complementaria; seminars; workshops; seminare; szkolenia i certyfikaty; corsi; formations complementaires",
    ),
    (
        Languages,
        "languages; language skills; spoken languages; languages spoken; foreign languages; мови; знання мов; \
         іноземні мови; володіння мовами; языки; sprachen; sprachkenntnisse; langues; idiomas; lenguas; jezyki; \
         jezyki obce; lingue; language proficiency; language; languages known; langues etrangeres; competences linguistiques; іноземна мова; idiomas extranjeros; \
         fremdsprachen; fremdsprachenkenntnisse; znajomosc jezykow; lingue straniere",
    ),
    (
        Other,
        "interests; hobbies; hobbies and interests; interests and hobbies; personal interests; references; \
         referees; volunteering; volunteer experience; volunteer work; volunteer; community service; voluntary \
         work; publications; awards; honors; honours; honors and awards; awards and honors; achievements; \
         accomplishments; activities; extracurricular activities; extracurriculars; leadership and activities; \
         patents; conferences; talks; memberships; affiliations; professional affiliations; military service; \
         additional information; other information; miscellaneous; other; links; declaration; інтереси; хобі; \
         захоплення; рекомендації; волонтерство; публікації; нагороди; досягнення; додаткова інформація; интересы; \
         хобби; увлечения; достижения; interessen; hobbys; referenzen; ehrenamt; publikationen; auszeichnungen; \
         sonstiges; loisirs; centres d'interet; references professionnelles; benevolat; intereses; referencias; \
         voluntariado; interesses; zainteresowania; referencje; interessi; professional memberships; community involvement; civic activities; awards & recognition; awards and recognition; recognition; \
         key achievements; presentations; involvement; organizations; associations; professional associations; otros datos; \
         datos de interes; informacion adicional; aficiones; informations complementaires; centres d'interets; divers; qualites et loisirs; \
         ehrenamtliches engagement; engagement; mitgliedschaften; особисті досягнення; громадська діяльність; захоплення та інтереси",
    ),
];

/// Words that make a heading when only fillers stand beside them; the first one decides.
pub const HEADING_WORDS: &[(Section, &str)] = &[
    (
        Experience,
        "experience; experiences; employment; досвід; berufserfahrung; berufserfahrungen; werdegang; laufbahn; \
         erfahrungen; parcours; experiencia; experiencias; trayectoria; doswiadczenie; internship; internships; stage; стажування",
    ),
    (
        Education,
        "education; academic; qualifications; освіта; ausbildung; studium; bildung; schulbildung; formation; \
         formations; etudes; diplomes; formacion; educacion; estudios; wyksztalcenie",
    ),
    (
        Skills,
        "skills; competencies; technologies; proficiencies; expertise; toolset; навички; вміння; kenntnisse; \
         fahigkeiten; kompetenzen; fertigkeiten; competences; connaissances; habilidades; conocimientos; \
         competencias; aptitudes; umiejetnosci; skill; proficiency; навичок; competence",
    ),
    (Projects, "projects; проєкти; projekte; projets; proyectos"),
    (
        Certificates,
        "certifications; certificates; licenses; licences; сертифікати; zertifikate; zertifizierungen; \
         weiterbildung; weiterbildungen; certificats; certificaciones; certificados; licensure; certification; certificate",
    ),
    (Languages, "languages; мови; sprachen; langues; idiomas"),
    (Summary, "summary; profile; objective; zusammenfassung; profil; perfil; resumen; overview"),
    (
        Other,
        "interests; hobbies; references; publications; awards; achievements; volunteering; volunteer; activities; \
         accomplishments; ehrenamt; ehrenamtliche; ehrenamtliches; interessen; hobbys; benevolat; loisirs; \
         interets; voluntariado; aficiones; волонтерство; волонтерська; affiliations; memberships; honors; hobby; volunteerism",
    ),
    (Contact, "contact"),
];

/// Words that may stand beside them.
pub const HEADING_FILLERS: &str = "\
    work; professional; career; history; relevant; selected; technical; tech; key; core; main; my; other; \
         additional; personal; and; of; the; in; background; training; trainings; courses; tools; technology; \
         software; computer; it; related; industry; recent; previous; past; current; internship; internships; \
         leadership; research; teaching; academic; soft; hard; digital; programming; frameworks; platforms; \
         methodologies; side; open; source; online; hobbies; interests; information; details; qualifications; \
         development; knowledge; abilities; strengths; areas; specialized; special; notable; major; foreign; \
         spoken; honors; та; і; роботи; професійні; технічні; ключові; freelance; military; total; overall; \
         detailed; full; time; part; und; et; y; de; des; en; la; le; edv; meine; mes; mis; weitere; sonstige; \
         wichtige; besondere; berufliche; beruflicher; fachliche; technische; akademische; akademischer; schulische; \
         tatigkeit; tatigkeiten; engagement; praktische; informatiques; techniques; professionnelle; \
         professionnelles; professionnel; linguistiques; academiques; personnelles; informaticos; informatica; \
         tecnicos; tecnicas; tecnologias; laboral; profesional; academica; academicos; complementaria; personales; \
         мої; додаткова; додаткові; особисті; професійний; професійнии; діяльність; комп'ютерні; знання; \
         teaching; clinical; volunteer; business; customer; management; creative; design; extracurricular; summer; job; prior; sales; engineering; nursing; legal; banking; project; field; retail; organizational; organisational; \
         experiential; administrative; accounting; marketing; office; hospitality; construction; law; consulting; corporate; finance; \
         interpersonal; transferable; functional; communication; language; credentials; highlights; undertaken; handled; exposure; \
         organisation; healthcare; medical; it; aviation; design; media; applicable; supporting; earlier; significant; practical; \
         hands-on; staff; coaching; writing; people; analytical; employment; involvement; recognition; achievements; associations; \
         initiale; obtenus; occupes; realizados; extranjeros; laborales; profesionales; практичний; трудовий; та; вища; базова";

/// Names of natural languages in English, Ukrainian and the other headings' languages.
pub const NATURAL_LANGUAGES: &str = "\
    english; german; french; spanish; italian; portuguese; polish; ukrainian; russian; chinese; mandarin; \
         cantonese; japanese; korean; arabic; hindi; dutch; swedish; norwegian; danish; finnish; czech; slovak; \
         hungarian; romanian; bulgarian; greek; turkish; hebrew; vietnamese; thai; indonesian; malay; bengali; \
         urdu; punjabi; tamil; telugu; marathi; gujarati; persian; farsi; swahili; serbian; croatian; slovenian; \
         lithuanian; latvian; estonian; georgian; armenian; catalan; tagalog; filipino; afrikaans; yoruba; igbo; \
         nepali; sinhala; kannada; malayalam; англійська; українська; німецька; французька; польська; іспанська; \
         італійська; російська; китайська; японська; турецька; чеська; английский; украинский; русский; немецкий; \
         французскии; deutsch; englisch; franzosisch; spanisch; italienisch; polnisch; ukrainisch; russisch; \
         anglais; francais; allemand; espagnol; italien; ingles; espanol; aleman; frances; portugues; angielski; \
         niemiecki; polski; ukrainski; hiszpanski; francuski";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold::fold;

    #[test]
    fn lists_are_folded() {
        let tables = HEADINGS.iter().chain(HEADING_WORDS).map(|(_, list)| *list);
        for entry in tables.chain([HEADING_FILLERS, NATURAL_LANGUAGES]).flat_map(entries) {
            assert_eq!(entry, fold(entry));
        }
    }
}
