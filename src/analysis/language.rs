//! The language a text is written in, by its most frequent words.

use super::fold::fold;

/// Frequent words that hardly occur in the other languages, by ISO 639-1 code, in the folded form.
const FREQUENT: &[(&str, &str)] = &[
    (
        "en",
        "the and of to in for with on at by from an is was were as that this using work experience skills education years team",
    ),
    (
        "uk",
        "та і и в у на з із для до від за що як це або під час досвід роботи навички освіта робота мови знання розробка україна",
    ),
    ("ru", "и в на с для по от из за что как это или опыт работы навыки образование знание разработка также был была"),
    (
        "de",
        "und der die das mit von im fur bei auf als ein eine des den zu berufserfahrung kenntnisse ausbildung sprachen",
    ),
    ("fr", "et le la les des de du en pour avec dans sur une un au aux experience competences formation langues"),
    ("es", "y el la los las de del en para con por una un al experiencia habilidades educacion idiomas anos"),
    ("pt", "e o os as do da dos das em para com por uma um no na experiencia habilidades educacao idiomas anos"),
    ("it", "e il la le di del della in per con una un al dei esperienza competenze istruzione lingue anni"),
    ("pl", "i w z na do oraz dla przez od jako za doswiadczenie umiejetnosci wyksztalcenie jezyki lata praca"),
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
}
