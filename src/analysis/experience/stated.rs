//! Years of work that a text states in words: "over ten years of experience".

use crate::analysis::fold::fold;
use crate::analysis::layout::{Layout, has_bullet};
use crate::analysis::sections::{Mark, Section};
use crate::analysis::words::{contains, entries};

/// Most years that are believed when only stated.
const MOST: f64 = 50.0;
/// Words on either side in which a statement says what it is about.
const AROUND: usize = 8;

/// Words for years, and beginnings of words that hold them (`5-річний`, `10-jährige`).
pub const YEARS: &str = "years; year; yrs; yr; y; years'; year's; роки; років; рік; року; лет; года; год; jahre; jahren; jahr; \
    ans; an; annee; annees; ano; anos; lat; lata; anni; anno; jaar";
const LONG: &str = "річн; летн; jahrig";
/// Words for months.
pub const MONTHS: &str = "months; month; mos; mo; місяців; місяці; monate; monaten; mois; meses";

/// Beginnings of words that show that years of work are meant.
const ABOUT_WORK: &str = "\
    experien; work; career; profession; expertise; background; tenure; track; practice; practis; practical; досвід; стаж; опыт; \
    erfahrung; berufs; tatig; carriere; metier; trayectoria; carrera; doswiadczen; esperienza; service; exp";
/// Words after the years that tell somebody's work as well: `15 years in IT`, `ten years as a cook`.
const AT_WORK: &str = "\
    in; as; at; with; within; teaching; managing; developing; leading; designing; selling; nursing; serving; building; \
    running; programming; coding; specializing; specialising; на; у; в; als; bei; im; en; dans; comme; como; chez; nel; jako";
/// Words after which years are something else: `5-year plan`, `18 years old`.
const NOT_AFTER: &str = "\
    old; olds; ago; warranty; later; plan; plans; planning; strategic; strategy; term; program; programme; degree; diploma; \
    course; contract; contracts; guarantee; budget; forecast; mortgage; lease; limited; anniversary; roadmap; cycle; growth; \
    running; consecutive; mark; end; over; on; to; before; tenancy; apprenticeship; bond; loan; тому; alt; alte; hiatus; \
    break; gap; olds'; олд; prior";
/// What years are of when they are no work.
const NOT_OF: &str = "\
    education; study; studies; schooling; school; college; university; age; history; existence; tradition; operation; data; \
    coursework; training; warranty; growth; life; residency; undergraduate; graduate";
/// Words before years that are something else: `in 2 years`, `aged 5 years`.
const NOT_BEFORE: &str = "\
    in; within; every; each; per; next; first; aged; age; ages; under; after; until; through; born; gpa; by; lasting; once; \
    final; last-minute; children; kids; students; pupils; у; за; кожні; віком; alle; nach; innerhalb; apres; tous; cada";
/// Whose years are not the writer's.
const OTHERS: &str = "\
    company; firm; corporation; organization; organisation; agency; team; combined; collective; collectively; business; \
    employees; founded; established; manufacturer; brand; customers; clients; candidates; engineers; developers; mentored; \
    requires; required; minimum; компанія; компанії; фірма; команда; unternehmen; firma; entreprise; societe; empresa";

/// Words that may stand between the number and the years.
const BETWEEN: &str = "plus; +; -; full; solid; good; complete; long; successful; whole; cumulative; combined; or; more; total; \
    overall; calendar; повних; volle; vollen; progressive; consecutive; professional; bonnes; solide";

/// Numbers in words.
const NUMBERS: &[(f64, &str)] = &[
    (0.5, "half"),
    (1.0, "one a an single один одного ein eine einem un une uno una jeden"),
    (2.0, "two два двох zwei deux dos due dwa couple"),
    (3.0, "three три трьох drei trois tres tre trzy"),
    (4.0, "four чотири чотирьох vier quatre cuatro quattro cztery"),
    (5.0, "five п'ять п'яти funf cinq cinco cinque piec"),
    (6.0, "six шість шести sechs seis sei szesc"),
    (7.0, "seven сім семи sieben sept siete sette siedem"),
    (8.0, "eight вісім восьми acht huit ocho otto osiem"),
    (9.0, "nine дев'ять дев'яти neun neuf nueve nove"),
    (10.0, "ten десять десяти zehn dix diez dieci dziesiec"),
    (11.0, "eleven elf onze once"),
    (12.0, "twelve дванадцять zwolf douze doce dodici"),
    (13.0, "thirteen"),
    (14.0, "fourteen"),
    (15.0, "fifteen п'ятнадцять п'ятнадцяти funfzehn quinze quince"),
    (16.0, "sixteen"),
    (17.0, "seventeen"),
    (18.0, "eighteen"),
    (19.0, "nineteen"),
    (20.0, "twenty двадцять zwanzig vingt veinte venti dwadziescia"),
    (25.0, "twenty-five"),
    (30.0, "thirty тридцять dreissig dreißig trente treinta"),
    (40.0, "forty"),
];

/// What a text states, in years.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stated {
    /// The longest experience that the writer claims: `over 10 years of experience`.
    pub experience: f64,
    /// The longest time told of some work: `15 years in IT`.
    pub work: f64,
    /// What durations beside jobs add up to: `Cook (3 years)`.
    pub durations: f64,
}

impl Stated {
    /// The surest of them.
    pub fn years(&self) -> f64 {
        [self.experience, self.work, self.durations].into_iter().find(|years| *years > 0.0).unwrap_or_default()
    }
}

/// Reads every statement of years outside education. The largest of a kind counts: three years with one tool are part of
/// the ten in all.
pub fn stated(layout: &Layout, marks: &[Mark]) -> Stated {
    let mut found = Stated::default();
    let counts = |mark: &Mark| mark.section != Section::Education && !mark.heading;
    for i in (0..marks.len()).filter(|i| counts(&marks[*i])) {
        let own = words(&layout.lines[i].text);
        // A statement may run on into the next line.
        let next = layout.lines.get(i + 1).filter(|next| {
            marks[i + 1].section == marks[i].section && !marks[i + 1].heading && !has_bullet(&next.text)
        });
        let mut all = own.clone();
        all.extend(next.into_iter().flat_map(|next| words(&next.text)));
        let mut durations = 0.0f64;
        for at in 0..own.len() {
            let answered = answer(&own, at).filter(|years| *years <= MOST);
            found.experience = found.experience.max(answered.unwrap_or_default());
            let Some((years, past)) = amount(&all, at).filter(|(years, _)| (0.0..=MOST).contains(years)) else {
                continue;
            };
            match meaning(&all, at, past) {
                Some(Meaning::Experience) => found.experience = found.experience.max(years),
                Some(Meaning::Work) => found.work = found.work.max(years),
                Some(Meaning::Duration) if marks[i].section == Section::Experience => durations = durations.max(years),
                Some(Meaning::Duration) => found.durations = found.durations.max(years),
                None => {}
            }
        }
        found.durations = if durations > 0.0 { (found.durations + durations).min(MOST) } else { found.durations };
    }
    found
}

enum Meaning {
    Experience,
    Work,
    Duration,
}

/// Folded words, numbers with their decimals, and signs of a line. `.` stands for every end of a thought.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let chars: Vec<char> = folded.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let start = i;
        if c.is_ascii_digit() {
            let decimal = |i: usize| {
                matches!(chars.get(i), Some('.' | ',')) && chars.get(i + 1).is_some_and(char::is_ascii_digit)
            };
            while i < chars.len() && (chars[i].is_ascii_digit() || decimal(i)) {
                i += 1;
            }
            words.push(chars[start..i].iter().map(|c| if *c == ',' { '.' } else { *c }).collect());
            continue;
        }
        if c.is_alphabetic() {
            while i < chars.len() && (chars[i].is_alphabetic() || chars[i] == '\'') {
                i += 1;
            }
            words.push(chars[start..i].iter().collect());
            continue;
        }
        // The stop of an abbreviation ends nothing.
        let shortened =
            c == '.' && words.last().is_some_and(|word| contains("yrs; yr; mos; mo; exp; approx; ca", word));
        match c {
            _ if shortened => {}
            '+' | '-' | '%' | '$' | '€' | '(' | ')' => words.push(c.to_string()),
            '–' | '—' => words.push("-".into()),
            '.' | ';' | '!' | '?' | '•' | '|' | ':' | ',' => {
                words.push(if matches!(c, ',' | ':') { "," } else { "." }.into())
            }
            _ => {}
        }
        i += 1;
    }
    words
}

fn number(word: &str) -> Option<f64> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return word.parse().ok();
    }
    NUMBERS.iter().find(|(_, names)| names.split(' ').any(|name| name == word)).map(|(value, _)| *value)
}

fn is(words: &[String], at: usize, list: &'static str) -> bool {
    words.get(at).is_some_and(|word| contains(list, word))
}

/// The years that begin with the number at this word, and the word after them.
fn amount(words: &[String], at: usize) -> Option<(f64, usize)> {
    let mut value = number(&words[at])?;
    // The `12` of `twelve (12) years` and the `10` of `8-10 years` belong to what was read before.
    let mut past = at + 1;
    if is(words, past, "and") && is(words, past + 1, "a; half") {
        let half = if is(words, past + 1, "a") { past + 2 } else { past + 1 };
        if is(words, half, "half") {
            (value, past) = (value + 0.5, half + 1);
        }
    }
    if is(words, past, "-; to; bis; до; a") || is(words, past, "(") {
        let paren = is(words, past, "(");
        if let Some(second) = words.get(past + 1).and_then(|word| number(word)).filter(|second| *second >= value) {
            // Of `8–10 years` the middle is meant.
            value = if paren { second } else { (value + second) / 2.0 };
            past += 2;
        } else if value == 20.0
            && let Some(units) = words.get(past + 1).and_then(|word| number(word))
        {
            (value, past) = (value + units, past + 2);
        }
    } else if value >= 20.0
        && let Some(units) = words.get(past).and_then(|word| number(word)).filter(|n| (1.0..10.0).contains(n))
        && !words[past].starts_with(|c: char| c.is_ascii_digit())
    {
        (value, past) = (value + units, past + 1);
    }
    let mut end = past;
    while end < past + 4 && (is(words, end, BETWEEN) || is(words, end, ")")) {
        end += 1;
    }
    let unit = words.get(end)?;
    let stem = |list: &'static str| entries(list).any(|stem| unit.starts_with(stem));
    let years = if contains(YEARS, unit) || stem(LONG) {
        // A figure stands before `y`, and a single year is no statement but of experience.
        if *unit == "y" && !words[at].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        value
    } else if stem("decade; десятиліт; jahrzehnt; decenni; decad") {
        value * 10.0
    } else if contains(MONTHS, unit) {
        value / 12.0
    } else {
        return None;
    };
    // `2 years and 3 months`
    let further = if is(words, end + 1, "and; ,; і; und; et; y") { end + 2 } else { end + 1 };
    let months = words.get(further).and_then(|word| number(word)).filter(|n| *n < 12.0);
    match months.filter(|_| is(words, further + 1, MONTHS) && !contains(MONTHS, unit)) {
        Some(months) => Some((years + months / 12.0, further + 2)),
        None => Some((years, end + 1)),
    }
}

/// The number at this word where it answers a label: `Years of experience: 12`.
fn answer(words: &[String], at: usize) -> Option<f64> {
    let sign = at.checked_sub(1).filter(|sign| is(words, *sign, ",; -"))?;
    let label = &words[sign.saturating_sub(5)..sign];
    let about = |word: &String| entries(ABOUT_WORK).any(|stem| word.starts_with(stem));
    let last = is(words, at + 1, ".") || at + 1 == words.len() || (is(words, at + 1, "+") && at + 2 == words.len());
    (last && label.iter().any(about) && label.iter().any(|word| contains("years; yrs; jahre; років; ans; anos", word)))
        .then(|| number(&words[at]))
        .flatten()
}

/// What years from one word up to another are about; `None` when not about the writer's work.
fn meaning(words: &[String], from: usize, past: usize) -> Option<Meaning> {
    let ends = |word: &String| word == ".";
    // The second number of a range was read with the first.
    let ranged = from > 1 && is(words, from - 1, "-; (; to; bis; до") && number(&words[from - 2]).is_some();
    if ranged || (from > 0 && is(words, from - 1, "$; €; #")) {
        return None;
    }
    let before: Vec<&String> = words[..from].iter().rev().take(AROUND).take_while(|word| !ends(word)).collect();
    let after: Vec<&String> = words[past..].iter().take(AROUND).take_while(|word| !ends(word)).collect();
    let next = after.first().map(|word| word.as_str()).unwrap_or_default();
    let (next, object) = match next {
        "of" | "de" | "d'" => (next, after.get(1).map(|word| word.as_str()).unwrap_or_default()),
        "'" => (next, ""),
        _ => (next, next),
    };
    let about = |word: &&String| entries(ABOUT_WORK).any(|stem| word.starts_with(stem) || word.starts_with("d'exp"));
    let experience_next = after.iter().take(4).any(about);
    if contains(NOT_AFTER, next) && !(next == "running" || next == "on" && experience_next) || contains(NOT_OF, object)
    {
        return None;
    }
    if before.iter().take(6).any(|word| contains(OTHERS, word)) {
        return None;
    }
    let previous = before.iter().find(|word| !matches!(word.as_str(), "the" | "last" | "past" | "(" | "over" | ","));
    let measured = before.iter().chain(&after).any(|word| matches!(word.as_str(), "%" | "$" | "€"));
    let spent = previous.is_some_and(|word| contains(NOT_BEFORE, word)) || measured;
    let labelled = before.iter().take(4).any(about);
    if experience_next && (!spent || next == "of" || next == "experience") || labelled && !measured {
        return Some(Meaning::Experience);
    }
    if spent {
        return None;
    }
    if after.iter().any(about) || before.iter().any(about) {
        return Some(Meaning::Experience);
    }
    // `for more than 15 years, I have taught`, `over the last ten years`
    let does = |word: &&&String| {
        word.ends_with("ed") || word.ends_with("ing") || contains("i; have; has; been; taught; led; ran", word)
    };
    let lasting = before.first().is_some_and(|word| matches!(word.as_str(), "last" | "past"))
        || before.iter().take(4).any(|word| *word == "for") && before.iter().chain(&after).any(|word| does(&word));
    if contains(AT_WORK, next) || lasting {
        return Some(Meaning::Work);
    }
    // `Cook (3 years)`, `Java – 5 years`.
    let closed = after.first().is_none_or(|word| matches!(word.as_str(), ")" | ","));
    let opened = from > 0 && matches!(words[from - 1].as_str(), "(" | "," | "-");
    (closed && opened).then_some(Meaning::Duration)
}
