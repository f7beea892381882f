//! The language a text is written in, by its most frequent words.

use super::fold::fold;

/// Frequent words that hardly occur in the other languages, by ISO 639-1 code, in the folded form.
const FREQUENT: &[(&str, &str)] = &[
    (
        "en",
        "the and of to in for with on at by from an is was were as that this using work experience skills education years team \
         present summary references employment managed developed january february march july october december languages",
    ),
    (
        "uk",
        "та і и в у на з із для до від за що як це або під час досвід роботи навички освіта робота мови знання розробка україна \
         київ року рік по теперішній січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень \
         резюме вища технічні володіння обов'язки компанія менеджер інженер",
    ),
    (
        "ru",
        "и в на с для по от из за что как это или опыт работы навыки образование знание разработка также был была года январь февраль \
         март апрель июнь июль август сентябрь октябрь ноябрь декабрь",
    ),
    (
        "de",
        "und der die das mit von im fur bei auf als ein eine einer eines den dem des zu zur zum sowie uber nach seit bis heute durch \
         berufserfahrung kenntnisse ausbildung sprachen lebenslauf werdegang fahigkeiten studium abitur deutsch englisch gmbh \
         entwicklung leitung mitarbeiter januar februar marz mai juni juli oktober dezember geboren muttersprache fliessend",
    ),
    (
        "fr",
        "et le la les des de du en pour avec dans sur une un au aux par chez depuis experience competences formation langues \
         professionnelle professionnelles profil anglais francais courant janvier fevrier mars avril mai juin juillet aout septembre \
         octobre novembre decembre equipe gestion clients responsable loisirs diplome stage",
    ),
    (
        "es",
        "y el la los las de del en para con por una un al desde hasta experiencia habilidades educacion idiomas anos formacion laboral \
         profesional perfil ingles espanol actualidad enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre \
         diciembre equipo gestion empresa conocimientos aptitudes universidad",
    ),
    (
        "pt",
        "e o os as do da dos das em para com por uma um no na ao experiencia habilidades educacao idiomas anos formacao profissional \
         ingles portugues atual janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro equipe gestao",
    ),
    (
        "it",
        "e il la le di del della dei in per con una un al dal nel esperienza competenze istruzione lingue anni formazione lavorativa \
         inglese italiano oggi gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre dicembre gestione azienda",
    ),
    (
        "pl",
        "i w z na do oraz dla przez od jako za doswiadczenie zawodowe umiejetnosci wyksztalcenie wykształcenie jezyki lata praca obecnie \
         jezyk angielski polski styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien",
    ),
    (
        "nl",
        "en de het een van voor met op bij als naar ervaring werkervaring opleiding vaardigheden talen heden januari februari maart mei \
         augustus nederlands engels",
    ),
];

/// Fewest words of a language to speak of it.
const ENOUGH: usize = 5;

/// The ISO 639-1 code, `None` when nothing speaks clearly. Ties go to the language listed first.
pub fn language(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    // Letters that only one of the two Cyrillic alphabets has.
    let ukrainian = folded.chars().filter(|c| matches!(c, 'і' | 'є' | 'ґ')).count();
    let russian = folded.chars().filter(|c| matches!(c, 'ы' | 'э' | 'ъ')).count();
    let mut best: Option<(&str, usize)> = None;
    for (code, list) in FREQUENT {
        let known: Vec<&str> = list.split(' ').collect();
        let mut count = words.iter().filter(|word| known.contains(word)).count();
        match *code {
            "uk" => count += ukrainian,
            "ru" => count += russian,
            _ => {}
        }
        if count >= ENOUGH && best.is_none_or(|(_, most)| count > most) {
            best = Some((code, count));
        }
    }
    best.map(|(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        assert_eq!(
            language("I worked on the design of services with a team in the bank and for the shop."),
            Some("en")
        );
        assert_eq!(language("Розробка вебзастосунків і сервісів, досвід роботи з базами даних у банку"), Some("uk"));
        assert_eq!(
            language(
                "Ich habe mit dem Team und der Bank für das Projekt an der Software gearbeitet, die im Einsatz ist"
            ),
            Some("de")
        );
        assert_eq!(
            language("Développement de services pour la banque et les clients dans une équipe avec des outils"),
            Some("fr")
        );
        assert_eq!(language("Rust 2021"), None);
    }

    #[test]
    fn even_lists_of_key_words_tell_their_language() {
        for (code, text) in [
            (
                "de",
                "Lebenslauf\nBerufserfahrung\nseit 05/2019 Entwickler, Muster GmbH\nJava, Kafka, Docker\nAusbildung\nAbitur 2010\nSprachen\nDeutsch, Englisch",
            ),
            (
                "fr",
                "Expériences professionnelles\nDepuis mars 2020 Comptable, Lyon\nSAP, Excel\nFormation\nBTS\nLangues\nFrançais, anglais courant",
            ),
            (
                "es",
                "Experiencia laboral\nEnero 2019 – actualidad: Desarrolladora\nReact, Git\nFormación\nUniversidad de Vigo\nIdiomas\nInglés, español",
            ),
            (
                "uk",
                "Досвід роботи\nберезень 2020 – дотепер, Тестувальник\nSelenium, SQL, Git\nОсвіта\nКПІ\nНавички\nPython",
            ),
            (
                "pl",
                "Doświadczenie zawodowe\nod marca 2019 – obecnie, Tester\nSelenium, SQL\nWykształcenie\nPolitechnika\nJęzyk angielski",
            ),
            (
                "it",
                "Esperienza lavorativa\ngennaio 2018 – oggi, Cuoco\nIstruzione e formazione\nLingue\nInglese, italiano",
            ),
            ("pt", "Experiência profissional\njaneiro de 2018 – atual, Analista\nFormação\nIdiomas\nInglês, português"),
            (
                "en",
                "Experience\nMarch 2019 – present, Developer\nJava, Kafka\nEducation\nBSc\nSkills\nLanguages\nGerman, French",
            ),
        ] {
            assert_eq!(language(text), Some(code), "{text}");
        }
    }
}
