//! Headings in many wordings and layouts.

use super::*;

fn of(text: &str) -> Vec<&'static str> {
    sections(&Layout::new(text)).iter().map(|mark| mark.section.as_str()).collect()
}

#[test]
fn headings_alone() {
    assert_eq!(
        of("Ann Lee\na@b.c\nWORK EXPERIENCE\nx\nEducation:\ny"),
        ["contact", "contact", "experience", "experience", "education", "education"]
    );
    assert_eq!(of("S K I L L S\nx"), ["skills", "skills"]);
    assert_eq!(of("== Technical Skills & Tools ==\nx"), ["skills", "skills"]);
    assert_eq!(of("Досвід роботи\nx\nОСВІТА\ny"), ["experience", "experience", "education", "education"]);
    assert_eq!(of("Berufserfahrung\nx\nHobbys\ny"), ["experience", "experience", "other", "other"]);
    assert_eq!(of("we finished all\nprojects\non time"), ["contact", "contact", "contact"]);
}

#[test]
fn items_amid_items_are_no_headings() {
    assert_eq!(
        of("Skills\n• Python\n• Special education\n• SQL\nEducation\nx"),
        ["skills", "skills", "skills", "skills", "education", "education"]
    );
    let marks = sections(&Layout::new("Skills\n• Python\n• Special education\n• SQL\nInformatica\nOracle"));
    assert_eq!(marks.iter().filter(|mark| mark.heading).count(), 1);
    assert!(sections(&Layout::new("Educación\nx\nInformática\nExcel"))[2].heading);
}

#[test]
fn headings_in_a_line() {
    assert_eq!(of("Skills: Rust\nLanguages: Python, Java\nLanguages: English"), ["skills", "skills", "languages"]);
    assert_eq!(
        of("Experience\nAcme\nTechnologies: Java\nSkills: SQL\nBeta\n\nSkills: C"),
        ["experience", "experience", "experience", "experience", "experience", "experience", "skills"]
    );
}

#[test]
fn labels_end_the_list_of_a_job() {
    assert_eq!(
        of("Experience\nAcme\n- x\nSkills: SQL\nEducation: BSc"),
        ["experience", "experience", "experience", "skills", "education"]
    );
}

#[test]
fn languages_by_what_follows() {
    assert_eq!(of("Languages\nPython\nJava"), ["skills", "skills", "skills"]);
    assert_eq!(of("Languages\nGerman (C1)"), ["languages", "languages"]);
}

#[test]
fn prose_above_the_first_heading_is_the_summary() {
    let prose = "I have built web services and data pipelines for banks, hospitals and museums in Europe";
    assert_eq!(of(&format!("Ann\n{prose}\nSkills\nx")), ["contact", "summary", "skills", "skills"]);
}

/// Every wording opens its section, in each of the ways in which headings are set.
fn open(section: &str, headings: &str) {
    let wrong: Vec<String> = headings
        .lines()
        .flat_map(|line| line.split(" | "))
        .map(str::trim)
        .filter(|heading| !heading.is_empty())
        .flat_map(|heading| {
            [
                heading.to_string(),
                heading.to_uppercase(),
                format!("{heading}:"),
                format!("— {heading} —"),
                format!("\u{f0b1} {heading}"),
            ]
        })
        .filter(|heading| of(&format!("Ann Lee\n{heading}\nEnglish word"))[1..] != [section, section])
        .collect();
    assert!(wrong.is_empty(), "{} open no {section}: {wrong:#?}", wrong.len());
}

#[test]
fn wordings_of_experience() {
    open(
        "experience",
        "Experience | Work Experience | Professional Experience | Employment History | Work History | Career History
         Employment | Relevant Experience | Relevant Work Experience | Related Experience | Industry Experience
         Experience & Employment | Employment Record | Employment Background | Professional Background
         Work & Professional Experience | Professional Work Experience | Job Experience | Career Experience
         Previous Experience | Prior Experience | Recent Experience | Additional Experience | Other Experience
         Teaching Experience | Clinical Experience | Sales Experience | Management Experience | Engineering Experience
         Nursing Experience | Legal Experience | Banking Experience | Project Experience | Field Experience
         Internship | Internships | Internship Experience | Internships and Work Experience | Career Progression
         Positions Held | Employment Details | Employment Summary | Employment Profile | Organizational Experience
         Organisational Experience | Experience Details | Details of Experience | Work Experience Details
         Professional Experience Details | Professional Employment | Career Chronology | Professional Chronology
         Experience Highlights | Selected Experience | Key Experience | Military Experience | Retail Experience
         Professional History | Job History | Work Profile | Occupational History | Appointments | Career Path
         Professional Journey | Professional Assignments | Current Employment | Work
         Berufserfahrung | Beruflicher Werdegang | Werdegang | Berufliche Erfahrung | Berufliche Stationen | Praxiserfahrung
         Berufliche Tätigkeiten | Arbeitserfahrung | Berufspraxis | Praktika | Praktische Erfahrungen | Berufliche Laufbahn
         Expérience | Expériences professionnelles | Expérience professionnelle | Parcours professionnel
         Expériences | Emplois occupés | Stages | Stages et emplois | Historique professionnel
         Experiencia | Experiencia laboral | Experiencia profesional | Historial laboral | Trayectoria profesional
         Trayectoria laboral | Vida laboral | Prácticas | Experiencia de trabajo
         Досвід роботи | Досвід | Професійний досвід | Трудова діяльність | Місця роботи | Кар’єра | Професійна діяльність
         Практичний досвід | Досвід роботи та стажування | Стажування | Трудовий досвід
         Опыт работы | Doświadczenie zawodowe | Experiência profissional | Esperienza lavorativa | Esperienze professionali",
    );
}

#[test]
fn wordings_of_education() {
    open(
        "education",
        "Education | Education and Training | Education & Training | Academic Background | Academic Qualifications
         Educational Background | Educational Qualifications | Educational Qualification | Academic Qualification
         Academics | Academic Details | Academic Profile | Academic Credentials | Educational Details | Education Details
         Education and Credentials | Education & Certifications | Education and Professional Development | Degrees
         Academic History | Education History | Educational History | Formal Education | Schooling | Higher Education
         Education/Training | Education and Licenses | Relevant Coursework | Coursework | Scholastic Record
         Academic Achievements | University Education | College Education | Educational Profile
         Ausbildung | Bildungsweg | Schulbildung | Studium | Akademische Ausbildung | Schul- und Berufsausbildung | Hochschulbildung
         Akademischer Werdegang | Bildung | Studium und Ausbildung | Aus- und Weiterbildung | Berufsausbildung
         Formation | Formations | Études | Diplômes | Formation académique | Parcours scolaire | Diplômes et formations
         Cursus | Scolarité | Éducation | Formation initiale
         Educación | Formación | Formación académica | Estudios | Estudios realizados | Datos académicos | Titulación
         Освіта | Навчання | Вища освіта | Освіта та кваліфікація | Основна освіта
         Образование | Wykształcenie | Formação acadêmica | Istruzione e formazione",
    );
}

#[test]
fn wordings_of_skills() {
    open(
        "skills",
        "Skills | Technical Skills | Key Skills | Core Skills | Core Competencies | Competencies | Skill Set | Skillset
         Technologies | Tech Stack | Technology Stack | Tools | Tools & Technologies | Expertise | Areas of Expertise
         Area of Expertise | Technical Expertise | Technical Proficiencies | Technical Proficiency | Programming Languages
         Professional Skills | Soft Skills | Hard Skills | Strengths | Key Strengths | Abilities | Technical Knowledge
         Computer Skills | IT Skills | Software | Software Skills | Software Proficiency | Key Competencies | Core Strengths
         Skills & Abilities | Skills and Expertise | Skills & Tools | Skills Summary | Summary of Skills | Skill Highlights
         Key Skills and Competencies | Functional Skills | Personal Skills | Interpersonal Skills | Transferable Skills
         Professional Competencies | Specialties | Specializations | Proficiencies | Areas of Strength | Capabilities
         Core Qualifications | Core Capabilities | Additional Skills | Other Skills | Special Skills | Relevant Skills
         Technical Competencies | Technical Environment | Technical Tools | Competencies and Skills | Skills Profile
         Technical Strengths | Software Knowledge | Digital Skills | Leadership Skills | Communication Skills | Design Skills
         Clinical Skills | Qualities | Professional Strengths | Skills/Competencies | Language and Computer Skills
         Kenntnisse | Fähigkeiten | Kompetenzen | EDV-Kenntnisse | IT-Kenntnisse | Technische Kenntnisse | Fachkenntnisse
         Kenntnisse und Fähigkeiten | Besondere Kenntnisse | Soft Skills und Stärken | Technologien | Stärken | Fachliche Kompetenzen
         Compétences | Compétences techniques | Compétences clés | Compétences informatiques | Connaissances | Savoir-faire
         Savoir-être | Atouts | Logiciels | Outils | Domaines de compétences
         Habilidades | Competencias | Aptitudes | Conocimientos | Habilidades técnicas | Conocimientos informáticos | Competencias clave
         Destrezas | Herramientas | Informática | Habilidades y competencias | Aptitudes y conocimientos
         Навички | Технічні навички | Ключові навички | Професійні навички | Технології | Знання та навички | Уміння
         Компетенції | Інструменти | Володіння ПК | Особисті якості | Комп’ютерні навички | Ключові компетенції | М’які навички
         Навыки | Umiejętności | Competenze | Competências",
    );
}

#[test]
fn wordings_of_the_rest() {
    open(
        "summary",
        "Summary | Profile | About | About Me | Objective | Career Objective | Career Summary | Professional Summary
         Professional Profile | Executive Summary | Executive Profile | Summary of Qualifications | Qualifications Summary
         Personal Statement | Personal Profile | Introduction | Overview | Career Profile | Job Objective | Highlights | Bio
         Career Overview | Professional Overview | Highlights of Qualifications | Summary of Experience | Experience Summary
         Career Highlights | Professional Objective | Career Focus | Qualification Summary | Profile Summary | Summary Statement
         Career Goal | Personal Summary | Key Highlights | Professional Highlights | Career Synopsis | Value Proposition | Synopsis
         Profil | Kurzprofil | Über mich | Zusammenfassung | Berufliches Profil | Berufsziel | Profil professionnel | À propos
         À propos de moi | Objectif | Objectif professionnel | Résumé | Présentation | Perfil | Perfil profesional | Sobre mí
         Resumen | Resumen profesional | Objetivo | Objetivo profesional | Extracto | Про себе | Про мене | Мета | Профіль
         Ціль | Коротко про себе | Професійний профіль | О себе | Podsumowanie | Sobre mim",
    );
    open(
        "projects",
        "Projects | Personal Projects | Side Projects | Selected Projects | Key Projects | Academic Projects | Portfolio
         Projects Undertaken | Project Details | Projects Handled | Major Projects | Notable Projects | Research Projects
         Project Work | Open Source Contributions | Projekte | Projets | Proyectos | Проєкти | Projekty | Progetti | Пет-проєкти
         Projets personnels | Proyectos personales | Eigene Projekte",
    );
    open(
        "certificates",
        "Certificates | Certifications | Licenses & Certifications | Certifications and Licenses | Training | Trainings
         Courses | Professional Development | Licenses | Licensure | Certifications & Training | Professional Certifications
         Technical Certifications | Training and Certifications | Courses and Certificates | Credentials | Professional Training
         Zertifikate | Weiterbildung | Weiterbildungen | Zertifizierungen | Fortbildungen | Certificats | Certifications et formations
         Certificaciones | Cursos | Cursos y certificados | Сертифікати | Курси | Курси та сертифікати | Підвищення кваліфікації
         Certyfikaty | Certificazioni",
    );
    open(
        "other",
        "Interests | Hobbies | Hobbies and Interests | References | Volunteering | Volunteer Experience | Volunteer Work
         Community Service | Publications | Awards | Honors | Honors and Awards | Achievements | Accomplishments | Activities
         Extracurricular Activities | Patents | Conferences | Memberships | Affiliations | Professional Affiliations
         Professional Memberships | Military Service | Additional Information | Declaration | Awards & Recognition | Key Achievements
         Leadership and Activities | Community Involvement | Personal Interests | Civic Activities | Presentations | Hobbys | Interessen
         Ehrenamt | Ehrenamtliches Engagement | Referenzen | Publikationen | Auszeichnungen | Sonstiges | Loisirs | Centres d’intérêt
         Bénévolat | Références | Intereses | Referencias | Voluntariado | Otros datos | Aficiones | Хобі | Інтереси | Волонтерство
         Рекомендації | Нагороди | Додаткова інформація | Досягнення | Zainteresowania | Interessi",
    );
    open(
        "contact",
        "Contact | Contacts | Contact Details | Contact Information | Personal Details | Personal Information | Contact Info
         Kontakt | Kontaktdaten | Persönliche Daten | Coordonnées | Contacto | Datos personales | Контакти | Контактна інформація
         Особисті дані | Contatti | Dane osobowe",
    );
    open(
        "languages",
        "Languages | Language Skills | Languages Spoken | Foreign Languages | Language Proficiency | Sprachen | Sprachkenntnisse
         Langues | Langues étrangères | Idiomas | Lenguas | Мови | Знання мов | Іноземні мови | Володіння мовами | Języki obce | Lingue",
    );
}

#[test]
fn lines_that_are_no_headings() {
    for text in [
        "Experience in sales of cars and trucks",
        "Projects for banks",
        "skills",
        "Education is what I believe in",
        "Sales manager",
        "Software engineer",
        "Design",
        "Managed employment records",
        "Training of new staff",
        "Work from home",
    ] {
        assert_eq!(of(&format!("Ann Lee\n{text}\nx")), ["contact", "contact", "contact"], "{text}");
    }
}
