//! Dates and stretches of time as people write them in résumés.

use super::fold::fold;
use super::words::contains;

/// A month; `month` runs from 1 to 12 and is absent when only the year is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Four digits.
    pub year: i32,
    /// 1–12.
    pub month: Option<u32>,
}

/// The end of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A date.
    On(Date),
    /// "Present", "now", "since …".
    Open,
}

/// A stretch of time and where it is written, in characters of the text given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first month or year.
    pub start: Date,
    /// Its last.
    pub end: End,
    /// First character.
    pub from: usize,
    /// One past the last character.
    pub until: usize,
}

/// Months by the beginning of their folded names, longest beginnings first where they collide. English, Ukrainian,
/// Russian, German, French, Spanish, Portuguese, Italian, Polish; `листопад` is November and `lipiec` July, so
/// beginnings are as long as needed.
const MONTHS: &[(u32, &str)] = &[
    (1, "jan janv ene gen sty січ янв"),
    (2, "feb fev fevr lut лют фев"),
    (3, "mar marz marc mars бер мар"),
    (4, "apr avr abr kwi кві апр"),
    (5, "may mai maj mayo maio mag тра май мая"),
    (6, "jun juin giu cze чер июн"),
    (7, "jul juil lug lip лип июл"),
    (8, "aug aou aout ago sie сер авг"),
    (9, "sep sept set wrz вер сен"),
    (10, "oct okt out ott paz жов окт"),
    (11, "nov lis лис ноя"),
    (12, "dec dez dic gru гру дек"),
];

/// Words that are whole month names although longer than an abbreviation: a beginning counts only with one of these
/// endings, so that "marketing", "decided", "junior" and "september" are told apart.
const MONTH_NAMES: &str = "\
    january february march april may june july august september october november december januar februar \
    marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout septembre octobre \
    novembre decembre enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre \
    noviembre diciembre janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro gennaio \
    febbraio aprile maggio giugno luglio settembre ottobre dicembre styczen stycznia luty lutego marzec \
    marca kwiecien kwietnia maj maja czerwiec czerwca lipiec lipca sierpien sierpnia wrzesien wrzesnia \
    pazdziernik pazdziernika listopad listopada grudzien grudnia січень січня лютий лютого березень березня \
    квітень квітня травень травня червень червня липень липня серпень серпня вересень вересня жовтень жовтня \
    листопад листопада грудень грудня январь января февраль февраля март марта апрель апреля май мая июнь \
    июня июль июля август августа сентябрь сентября октябрь октября ноябрь ноября декабрь декабря";

/// Seasons by their first month.
const SEASONS: &[(u32, &str)] = &[
    (3, "spring весна fruhling fruhjahr printemps primavera"),
    (6, "summer літо sommer ete verano"),
    (9, "autumn fall осінь herbst automne otono"),
    (12, "winter зима hiver invierno"),
];

/// Words for "until today".
const PRESENT: &str = "\
    present; current; currently; now; today; date; ongoing; onwards; дотепер; теперішній; теперішній час; \
    теперішнього; сьогодні; досі; нині; зараз; тепер; наш; данный; настоящее; сейчас; heute; jetzt; aktuell; \
    laufend; gegenwart; dato; aujourd'hui; presente; actuel; actuellement; actualidad; actual; actualmente; \
    atual; atualmente; obecnie; teraz; dzis; oggi; attuale; heden; nu";

/// Words between two dates.
const UNTIL: &str = "to; till; until; til; through; thru; bis; a; au; al; ate; hasta; do; до; по; jusqu'a; tot";

/// Words that open a stretch lasting until today.
const SINCE: &str = "since; seit; depuis; desde; від; od; з; із; с; dal";

/// Words that may stand before a stretch or inside a date.
const IDLE: &str = "of; de; del; du; р; рік; року; роки; рр; г; год; года; гг; r; roku; the; year";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Word(String),
    Number(u32, usize),
    Sign(char),
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    from: usize,
    until: usize,
}

/// Longest run of letters or digits that can matter.
const MAX_TOKEN: usize = 20;

/// All stretches of time in a text, in order, none inside another. `latest_year` bounds what counts as a year.
pub fn spans(chars: &[char], latest_year: i32) -> Vec<Span> {
    let reader = Reader { tokens: tokens(chars), latest_year };
    let mut found = Vec::new();
    let mut i = 0;
    while i < reader.tokens.len() {
        match reader.span(i) {
            Some((span, next)) => {
                found.push(span);
                i = next;
            }
            None => i += 1,
        }
    }
    found
}

fn tokens(chars: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let run = |test: fn(&char) -> bool| chars[i..].iter().take_while(|c| test(c)).count();
        let (kind, length) = if c.is_ascii_digit() {
            let length = run(char::is_ascii_digit);
            let value = chars[i..i + length.min(8)].iter().filter_map(|c| c.to_digit(10)).fold(0, |n, d| n * 10 + d);
            (Some(Kind::Number(value, length)), length)
        } else if c.is_alphabetic() {
            // An apostrophe belongs to a word (`aujourd'hui`), but not to the year after it (`Aug'19`).
            let mut length = run(|c| c.is_alphabetic() || *c == '\'' || *c == '’');
            while length > 1 && !chars[i + length - 1].is_alphabetic() {
                length -= 1;
            }
            let word: String = chars[i..i + length.min(MAX_TOKEN)].iter().collect();
            (Some(Kind::Word(fold(&word))), length)
        } else if c.is_whitespace() && c != '\n' {
            (None, 1)
        } else {
            (Some(Kind::Sign(c)), 1)
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, from: i, until: i + length });
        }
        i += length.max(1);
    }
    tokens
}

struct Reader {
    tokens: Vec<Token>,
    latest_year: i32,
}

impl Reader {
    fn sign(&self, i: usize) -> Option<char> {
        match self.tokens.get(i)?.kind {
            Kind::Sign(c) => Some(c),
            _ => None,
        }
    }

    fn word(&self, i: usize) -> Option<&str> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// A number and its count of digits.
    fn number(&self, i: usize) -> Option<(u32, usize)> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, digits) => Some((value, digits)),
            _ => None,
        }
    }

    fn year(&self, i: usize) -> Option<i32> {
        let (value, digits) = self.number(i)?;
        let year = i32::try_from(value).ok()?;
        // A longer number, a decimal or a phone number holds no year.
        (digits == 4 && (1950..=self.latest_year + 1).contains(&year)).then_some(year)
    }

    fn is_word(&self, i: usize, words: &'static str) -> bool {
        self.word(i).is_some_and(|word| contains(words, word))
    }

    fn skip(&self, mut i: usize, test: impl Fn(&Reader, usize) -> bool) -> usize {
        while test(self, i) {
            i += 1;
        }
        i
    }

    /// A stretch that begins at this token.
    fn span(&self, i: usize) -> Option<(Span, usize)> {
        let since = self.is_word(i, SINCE);
        let first = if since || self.is_word(i, "from; vom; von; da; de; du; del; з; із; с") { i + 1 } else { i };
        let first = self.skip(first, |r, k| first > i && r.sign(k) == Some(':') && k < first + 1);
        let (start, after) = self.date(first).or_else(|| self.lone_month(first))?;
        let from = self.tokens[i].from;
        let finish =
            |end: End, next: usize| Some((Span { start, end, from, until: self.tokens[next - 1].until }, next));
        let idle = self.skip(after, |r, k| r.is_word(k, IDLE) || r.sign(k) == Some('.'));
        if let Some(separated) = self.separator(idle) {
            if let Some((end, next)) = self.end(separated, start) {
                return finish(end, next);
            }
            let dash = self.sign(idle).is_some_and(is_dash) || self.sign(idle) == Some('\n');
            // `2019 –` with nothing after it on the line lasts; with text after it the dash only parts a date from a
            // title.
            let nothing = self.sign(idle + 1).is_none_or(|c| c == '\n')
                && self.tokens.get(idle + 1).is_none_or(|t| matches!(t.kind, Kind::Sign('\n')));
            if dash && nothing && self.sign(idle) != Some('\n') && start.year > 0 && !self.date_follows(idle + 1) {
                return finish(End::Open, idle + 1);
            }
        }
        if since && start.year > 0 {
            return finish(End::Open, after);
        }
        // A season alone is one: `Summer 2019`.
        if first == i && self.word(first).and_then(season).is_some() {
            let last = start.month.unwrap_or(1) + 2;
            let end = Date { year: start.year + i32::from(last > 12), month: Some((last - 1) % 12 + 1) };
            return finish(End::On(end), after);
        }
        None
    }

    fn date_follows(&self, i: usize) -> bool {
        let next = self.skip(i, |r, k| r.sign(k) == Some('\n'));
        self.date(next).is_some()
    }

    /// Past a dash or a word for "until", line ends around it included.
    fn separator(&self, i: usize) -> Option<usize> {
        let i = self.skip(i, |r, k| r.sign(k) == Some('\n') && k < i + 1);
        if self.sign(i).is_some_and(is_dash) {
            let next = self.skip(i, |r, k| r.sign(k).is_some_and(is_dash));
            let next = self.skip(next, |r, k| r.is_word(k, UNTIL) && k < next + 1);
            return Some(self.skip(next, |r, k| r.sign(k) == Some('\n') && k < next + 1));
        }
        self.is_word(i, UNTIL).then(|| self.skip(i + 1, |r, k| matches!(r.sign(k), Some('\n' | ':')) && k < i + 2))
    }

    /// The end of a stretch: a date not before its start, a shortened year, or a word for today.
    fn end(&self, i: usize, start: Date) -> Option<(End, usize)> {
        let i = self.skip(i, |r, k| {
            r.is_word(k, "the; по; до; на; м; end; einschl; einschliesslich; inkl; ende; le; el; fin; our")
                || matches!(r.sign(k), Some('\'' | '’'))
                || (k > i && r.sign(k) == Some('.') && r.word(k - 1).is_some())
        });
        if self.is_word(i, PRESENT) {
            let next = self.skip(i + 1, |r, k| r.is_word(k, "час; время; day; time; дня; момент; position"));
            return Some((End::Open, next));
        }
        if let Some((date, next)) = self.date(i) {
            let ordered =
                start.year == 0 || (date.year, date.month.unwrap_or(12)) >= (start.year, start.month.unwrap_or(1));
            return ordered.then_some((End::On(date), next));
        }
        let (value, digits) = self.number(i)?;
        let value = i32::try_from(value).ok()?;
        let year = start.year - start.year.rem_euclid(100) + value;
        let shortened = digits == 2 && start.month.is_none() && year >= start.year && year <= self.latest_year + 1;
        let alone = !self.sign(i + 1).is_some_and(|c| matches!(c, '/' | '%' | '.') && self.number(i + 2).is_some());
        (shortened && alone).then_some((End::On(Date { year, month: None }), i + 1))
    }

    /// A month without year before a separator: `March – August 2019`. Its year is that of the end; here it is 0.
    fn lone_month(&self, i: usize) -> Option<(Date, usize)> {
        let month = month(self.word(i)?)?;
        let next = self.skip(i + 1, |r, k| r.sign(k) == Some('.') && k < i + 2);
        self.sign(next).is_some_and(is_dash).then_some((Date { year: 0, month: Some(month) }, next))
    }

    /// A date that begins at this token.
    fn date(&self, i: usize) -> Option<(Date, usize)> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => self.worded_date(i, word),
            Kind::Number(value, digits) => self.numeric_date(i, *value, *digits),
            Kind::Sign(_) => None,
        }
    }

    /// `Jan 2018`, `Sept. '18`, `March 5, 2019`, `Summer 2020`, `Q1 2020`.
    fn worded_date(&self, i: usize, word: &str) -> Option<(Date, usize)> {
        let month = match month(word) {
            Some(month) => month,
            None if word == "q" => (self.number(i + 1).filter(|(q, _)| (1..=4).contains(q))?.0 - 1) * 3 + 1,
            None => season(word)?,
        };
        let mut next = if word == "q" { i + 2 } else { i + 1 };
        next = self.skip(next, |r, k| {
            matches!(r.sign(k), Some('.' | ',' | '/' | '\'' | '’' | '-' | '–')) && k < next + 2 || r.is_word(k, IDLE)
        });
        if let Some((day, digits)) = self.number(next)
            && digits <= 2
            && (1..=31).contains(&day)
            && self.sign(next + 1) == Some(',')
            && let Some(year) = self.year(next + 2)
        {
            return Some((Date { year, month: Some(month) }, next + 3));
        }
        if let Some(year) = self.year(next) {
            return Some((Date { year, month: Some(month) }, next + 1));
        }
        let apostrophe = matches!(self.sign(next.checked_sub(1)?), Some('\'' | '’'));
        let (value, digits) = self.number(next)?;
        (apostrophe && digits == 2).then(|| (Date { year: self.century(value), month: Some(month) }, next + 1))
    }

    fn numeric_date(&self, i: usize, value: u32, digits: usize) -> Option<(Date, usize)> {
        let between = self.sign(i + 1);
        if let Some(year) = self.year(i) {
            if matches!(between, Some('-' | '/' | '.'))
                && let Some((month, 2)) = self.number(i + 2)
                && (1..=12).contains(&month)
                && self.touches(i, 3)
            {
                let full = self.sign(i + 3) == between && self.number(i + 4).is_some_and(|(_, digits)| digits <= 2);
                if full {
                    return Some((Date { year, month: Some(month) }, i + 5));
                }
                // `2010-12` alone is a range of years; before another separator, or with a leading zero, it is a
                // month.
                let century_year = year - year.rem_euclid(100) + i32::try_from(month).unwrap_or_default();
                let range = between == Some('-') && century_year > year && self.separator(i + 3).is_none();
                if !range {
                    return Some((Date { year, month: Some(month) }, i + 3));
                }
            }
            return Some((Date { year, month: None }, i + 1));
        }
        // A day before a worded month: `15 January 2018`.
        if digits <= 2 && (1..=31).contains(&value) {
            let word = self.skip(i + 1, |r, k| r.sign(k) == Some('.') && k < i + 2);
            if let Some(name) = self.word(word)
                && month(name).is_some()
            {
                return self.worded_date(word, name);
            }
        }
        let sign = between.filter(|c| matches!(c, '/' | '.' | '-'))?;
        let (second, second_digits) = self.number(i + 2)?;
        if digits > 2 || !self.touches(i, 3) {
            return None;
        }
        if let Some(year) = self.year(i + 2) {
            return (1..=12).contains(&value).then_some((Date { year, month: Some(value) }, i + 3));
        }
        if self.sign(i + 3) == Some(sign) && second_digits <= 2 {
            let month = if (1..=12).contains(&second) { second } else { value };
            if let Some(year) = self.year(i + 4) {
                return (1..=12).contains(&month).then_some((Date { year, month: Some(month) }, i + 5));
            }
        }
        // `03/15` is a month only beside another date: the caller sees whether a stretch comes of it.
        let short = sign == '/' && digits == 2 && second_digits == 2 && (1..=12).contains(&value);
        (short && self.beside_another(i)).then(|| (Date { year: self.century(second), month: Some(value) }, i + 3))
    }

    /// Whether tokens stand without blanks between them.
    fn touches(&self, i: usize, count: usize) -> bool {
        self.tokens.get(i..i + count).is_some_and(|tokens| tokens.windows(2).all(|pair| pair[0].until == pair[1].from))
    }

    /// Whether `03/15` is parted by a dash from another such date or today.
    fn beside_another(&self, i: usize) -> bool {
        let short = |k: usize| {
            self.number(k).is_some_and(|(_, d)| d == 2)
                && self.sign(k + 1) == Some('/')
                && self.number(k + 2).is_some_and(|(_, d)| d == 2)
        };
        let forward = self.separator(i + 3).is_some_and(|k| short(k) || self.is_word(k, PRESENT));
        let backward = i >= 4 && self.sign(i - 1).is_some_and(is_dash) && short(i - 4);
        forward || backward
    }

    /// A two-digit year is the latest possible one.
    fn century(&self, value: u32) -> i32 {
        let year = 2000 + i32::try_from(value).unwrap_or_default();
        if year > self.latest_year + 1 { year - 100 } else { year }
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '−' | '‒' | '―' | '\u{2010}' | '\u{2011}' | '~' | '→')
}

/// The first month of the season that a folded word names.
fn season(word: &str) -> Option<u32> {
    SEASONS.iter().find(|(_, names)| names.split(' ').any(|name| name == word)).map(|(month, _)| *month)
}

/// The month a folded word names, whole or as an abbreviation.
fn month(word: &str) -> Option<u32> {
    let whole = MONTH_NAMES.split(' ').any(|name| name == word);
    let found = |test: &dyn Fn(&str) -> bool| {
        MONTHS.iter().find(|(_, starts)| starts.split(' ').any(test)).map(|(month, _)| *month)
    };
    if let Some(month) = found(&|start| start == word) {
        return Some(month);
    }
    if !whole {
        return None;
    }
    // `marzec` begins like `mar`, `maggio` like `mag`: the longest beginning decides.
    let best = MONTHS
        .iter()
        .flat_map(|(month, starts)| starts.split(' ').map(move |start| (start, *month)))
        .filter(|(start, _)| word.starts_with(start));
    best.max_by_key(|(start, _)| start.len()).map(|(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let show = |d: Date| d.month.map_or(format!("{}", d.year), |m| format!("{}-{m:02}", d.year));
        let chars: Vec<char> = text.chars().collect();
        spans(&chars, 2024)
            .iter()
            .map(|s| match s.end {
                End::On(end) => format!("{}..{}", show(s.start), show(end)),
                End::Open => format!("{}..", show(s.start)),
            })
            .collect()
    }

    #[test]
    fn forms_of_stretches() {
        for (text, expected) in [
            ("Jan 2018 – Present", "2018-01.."),
            ("January 2018 to date", "2018-01.."),
            ("03/2015-06/2019", "2015-03..2019-06"),
            ("2012–14", "2012..2014"),
            ("2010-12", "2010..2012"),
            ("2018-05 - 2019-07", "2018-05..2019-07"),
            ("2018-05-01 to 2019-07-31", "2018-05..2019-07"),
            ("01.03.2015 – 30.06.2019", "2015-03..2019-06"),
            ("since 2020", "2020.."),
            ("seit 05/2020", "2020-05.."),
            ("Sept. '18 – Feb '20", "2018-09..2020-02"),
            ("03/15 – 06/19", "2015-03..2019-06"),
            ("05/19 - present", "2019-05.."),
            ("March – August 2019", "0-03..2019-08"),
            ("січень 2021 – дотепер", "2021-01.."),
            ("лютий 2019 р. – по теперішній час", "2019-02.."),
            ("März 2015 bis Juni 2019", "2015-03..2019-06"),
            ("Jan 2018 –\nMar 2019", "2018-01..2019-03"),
            ("March 5, 2018 - June 1, 2019", "2018-03..2019-06"),
            ("15 January 2018 — 3 May 2019", "2018-01..2019-05"),
            ("Summer 2019 – Fall 2019", "2019-06..2019-09"),
            ("2019 –", "2019.."),
            ("Aug'19 – Till Date", "2019-08.."),
            ("Jan’17 to July’19", "2017-01..2019-07"),
            ("From: 3/2006 To: 12/2006", "2006-03..2006-12"),
            ("Sept. 2016 bis einschl. Sept. 2019", "2016-09..2019-09"),
            ("Summer 2019", "2019-06..2019-08"),
            ("Winter 2019", "2019-12..2020-02"),
            ("Enero de 2021 - Actualidad", "2021-01.."),
            ("Depuis mars 2020", "2020-03.."),
            ("de janvier 2017 à février 2020", "2017-01..2020-02"),
            ("з березня 2020 року по теперішній час", "2020-03.."),
            ("styczeń 2015 – marzec 2016", "2015-01..2016-03"),
            ("août 2015 à juillet 2016", "2015-08..2016-07"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_no_stretch() {
        for text in [
            "March 2020",
            "2019 - Software engineer",
            "+380 44 2012 2014",
            "call 555-2019",
            "Windows 2000 and 2003",
            "marketing 2019",
            "2019",
            "1200-1300",
            "2019 – 2011",
            "05/06",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }
}
