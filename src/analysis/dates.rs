//! Dates and stretches of time as people write them in résumés.

mod names;
#[cfg(test)]
mod tests;
mod tokens;

use names::{
    AFTER_PRESENT, AND, BEFORE_END, BESIDE_PRESENT, BETWEEN, FROM, IDLE, ONWARD, PRESENT, PRESENT_WITH, SINCE, UNTIL,
    VERSIONED, YEAR_OF, month, part, season,
};

use tokens::{Kind, Reader, tokens};

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
    /// Its first month or year; year 0 where only the end tells it (`March – August 2019`).
    pub start: Date,
    /// Its last.
    pub end: End,
    /// Whether only its beginning is told: `since 2020`.
    pub since: bool,
    /// First character.
    pub from: usize,
    /// One past the last character.
    pub until: usize,
}

/// A date as read.
#[derive(Debug, Clone, Copy)]
struct Read {
    date: Date,
    /// The token after it.
    next: usize,
    /// Months beyond the first that it names: two of a season or a quarter, twelve of a year of schools.
    more: u32,
    /// Its year is written with two digits: it is a date only at an end of a stretch.
    short: bool,
    /// It names a day.
    day: bool,
}

impl Read {
    fn new(year: i32, month: Option<u32>, next: usize) -> Read {
        Read { date: Date { year, month }, next, more: 0, short: false, day: false }
    }

    /// Its last month or year.
    fn last(&self) -> Date {
        let Date { year, month } = self.date;
        let Some(first) = month else { return Date { year: year + i32::from(self.more > 0), month } };
        let last = first + self.more;
        Date { year: year + i32::from(last > 12), month: Some((last - 1) % 12 + 1) }
    }
}

/// Most characters between a day and its month: `1st of March`.
const MOST_BETWEEN: usize = 7;
/// Tokens within which a stretch shows its first number.
const NUMBER_WITHIN: usize = 8;

/// All stretches of time in a text, in order, none inside another. `latest_year` bounds what counts as a year.
pub fn spans(chars: &[char], latest_year: i32) -> Vec<Span> {
    let mut reader = Reader { tokens: tokens(chars), latest_year, month_first: false };
    reader.month_first = reader.is_month_first();
    let mut found = Vec::new();
    let (mut i, mut number) = (0, 0);
    while i < reader.tokens.len() {
        number = reader.skip(number.max(i), |r, k| k < r.tokens.len() && r.number(k).is_none());
        if number > i + NUMBER_WITHIN {
            i = number - NUMBER_WITHIN;
        }
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

impl Reader {
    /// A stretch that begins at this token.
    fn span(&self, i: usize) -> Option<(Span, usize)> {
        if let Some(found) = self.backwards(i) {
            return Some(found);
        }
        let since = self.is_word(i, SINCE);
        let between = self.is_word(i, BETWEEN);
        let opened = since || between || self.is_word(i, FROM);
        let first = if opened { i + 1 } else { i };
        let first = self.skip_some(first, 2, |r, k| opened && (r.sign(k) == Some(':') || r.is_word(k, "in; from")));
        let start = self.date(first).or_else(|| self.lone_month(first))?;
        if self.is_something_else(first) {
            return None;
        }
        let from = self.tokens[i].from;
        let finish = |start: Read, end: End, next: usize, since: bool| {
            let until = self.tokens[next - 1].until;
            Some((Span { start: start.date, end, since, from, until }, next))
        };
        let idle = self.skip(start.next, |r, k| {
            r.is_word(k, IDLE) || r.sign(k) == Some('.') || (r.sign(k) == Some(',') && r.is_word(k + 1, UNTIL))
        });
        let separated = if between && self.is_word(idle, AND) { Some(idle + 1) } else { self.separator(idle) };
        if let Some((start, end, next)) = separated.and_then(|at| self.end(at, start)) {
            return finish(start, end, next, false);
        }
        if start.short || start.date.year == 0 {
            return None;
        }
        if let Some((end, next)) = self.beside(first, idle, start) {
            return finish(start, end, next, false);
        }
        // `2019 –` with nothing after it on the line lasts; with text after it the dash only parts a date from a title.
        if self.is_dash(idle) && self.ends_line(idle + 1) && !start.day && !self.date_follows(idle + 1) {
            return finish(start, End::Open, idle + 1, false);
        }
        if since && !between {
            return finish(start, End::Open, start.next, true);
        }
        // A season alone is a stretch: `Summer 2019`.
        (first == i && start.more > 0 && self.word(first).is_some_and(|word| season(word).is_some()))
            .then(|| finish(start, End::On(start.last()), start.next, false))
            .flatten()
    }

    /// `Present – Jan 2018`.
    fn backwards(&self, i: usize) -> Option<(Span, usize)> {
        if !self.is_word(i, PRESENT) {
            return None;
        }
        let start = self.date(self.separator(i + 1)?)?;
        let alone = !start.short && self.separator(start.next).and_then(|at| self.end(at, start)).is_none();
        let (from, until) = (self.tokens[i].from, self.tokens[start.next - 1].until);
        alone.then_some((Span { start: start.date, end: End::Open, since: false, from, until }, start.next))
    }

    /// The end of a stretch without a dash: `07/2013 Current`, `Jan 2010  Dec 2012`, or the two dates on lines of their
    /// own. Both have a month, else a list of years would be full of stretches.
    fn beside(&self, first: usize, at: usize, start: Read) -> Option<(End, usize)> {
        if self.is_word(at, ONWARD) {
            return Some((End::Open, at + 1));
        }
        start.date.month?;
        let below = self.sign(at) == Some('\n');
        let second = if below { at + 1 } else { at };
        let own_lines = |next: usize| self.starts_line(first) && self.ends_line(next);
        if self.is_word(second, PRESENT) {
            return (!below || own_lines(second + 1)).then_some((End::Open, second + 1));
        }
        let end = self.date(second).filter(|end| end.date.month.is_some() && !end.short)?;
        let ordered = (end.date.year, end.date.month) > (start.date.year, start.date.month);
        let another = self.separator(end.next).and_then(|at| self.end(at, end)).is_some();
        (ordered && !another && (!below || own_lines(end.next))).then(|| (End::On(end.last()), end.next))
    }

    /// Whether a year belongs to a telephone number, a price, the name of a program or a budget.
    fn is_something_else(&self, i: usize) -> bool {
        let Some(before) = i.checked_sub(1) else { return false };
        // What a wide gap parts stands in another column.
        if self.tokens[i].from > self.tokens[before].until + 1 {
            return false;
        }
        let touching = self.touches(before, 2);
        let long_number = |k: usize| self.number(k).is_some_and(|(_, digits)| digits >= 3) && self.year(k).is_none();
        match self.tokens[before].kind {
            Kind::Number(..) => long_number(before),
            Kind::Sign('+' | '$' | '€' | '£' | '#') => touching,
            Kind::Sign('-' | '/' | '.') => touching && before.checked_sub(1).is_some_and(|k| self.number(k).is_some()),
            Kind::Word(ref word) => {
                let of_a_year = word == "year" && before.checked_sub(1).is_some_and(|k| self.is_word(k, YEAR_OF));
                self.number(i).is_some() && (of_a_year || contains(VERSIONED, word))
            }
            Kind::Sign(_) => false,
        }
    }

    fn date_follows(&self, i: usize) -> bool {
        let next = self.skip(i, |r, k| r.sign(k) == Some('\n'));
        self.date(next).is_some()
    }

    /// Past a dash or a word for "until", line ends around it included.
    fn separator(&self, i: usize) -> Option<usize> {
        let i = self.skip_some(i, 1, |r, k| r.sign(k) == Some('\n'));
        if self.is_dash(i) || self.is_word(i, UNTIL) {
            let next = self.skip_some(i, 5, |r, k| r.is_dash(k) || r.is_word(k, UNTIL));
            return Some(self.skip_some(next, 1, |r, k| matches!(r.sign(k), Some('\n' | ':'))));
        }
        // `Start: Jan 2018, End: Mar 2019`
        let label = self.skip_some(i, 1, |r, k| matches!(r.sign(k), Some(',' | ';' | '|')));
        if self.is_word(label, "end; ende; finish; finished; left") {
            let next = self.skip_some(label + 1, 2, |r, k| r.is_word(k, "date") || r.sign(k) == Some(':'));
            return (next > label + 1).then_some(next);
        }
        // `May 2015 / July 2017`
        (self.sign(i) == Some('/') && self.word(i + 1).and_then(month).is_some()).then_some(i + 1)
    }

    /// The end of a stretch, and its start as the end shows it: a date not before its start, a shortened year, or a word
    /// for today.
    fn end(&self, i: usize, start: Read) -> Option<(Read, End, usize)> {
        let i = self.skip_some(i, 4, |r, k| {
            matches!(r.sign(k), Some('(' | '[' | '*' | '_')) && r.present(k + 1).is_some()
                || r.is_word(k, BEFORE_END)
                || (k > i && r.sign(k) == Some('.') && r.word(k - 1).is_some())
        });
        if let Some(next) = self.present(i) {
            return (start.date.year > 0).then_some((start, End::Open, next));
        }
        let Some(mut end) = self.date(i) else { return self.shortened(i, start) };
        // After `2004-01 –` the end `2005-06` is a month as well.
        if start.date.month.is_some()
            && end.date.month.is_none()
            && let (Some('-'), Some((month @ 1..=12, 2))) = (self.sign(i + 1), self.number(i + 2))
            && self.touches(i, 3)
        {
            end = Read::new(end.date.year, Some(month), i + 3);
        }
        let mut start = start;
        // `March 12 – June 14, 2019` names days, not years.
        if start.short && end.day && !start.day {
            start.date.year = 0;
        }
        if start.date.year == 0 {
            return end.date.month.map(|_| (start, End::On(end.last()), end.next));
        }
        let (first, last) = (start.date, end.date);
        let ordered = (last.year, last.month.unwrap_or(12)) >= (first.year, first.month.unwrap_or(1));
        ordered.then_some((start, End::On(end.last()), end.next))
    }

    /// `14` in `2012–14`, `02` in `1998–02`.
    fn shortened(&self, i: usize, start: Read) -> Option<(Read, End, usize)> {
        let (value, digits) = self.number(i)?;
        let begun = start.date.year;
        let mut year = begun - begun.rem_euclid(100) + i32::try_from(value).ok()?;
        if year < begun {
            year += 100;
        }
        let alone =
            self.ends_line(i + 1) || self.sign(i + 1).is_some_and(|c| matches!(c, ')' | ',' | '|' | ';' | ':' | ']'));
        let fits = digits == 2 && begun > 0 && start.date.month.is_none() && year <= self.latest_year + 1;
        (fits && (alone || (self.touches(i - 2, 3) && !matches!(self.sign(i + 1), Some('/' | '%' | '.')))))
            .then(|| (start, End::On(Date { year, month: None }), i + 1))
    }

    /// Past words for today that begin at this token.
    fn present(&self, i: usize) -> Option<usize> {
        let word = self.skip_some(i, 4, |r, k| r.is_word(k, BESIDE_PRESENT) && !r.is_word(k, PRESENT));
        let here = self.is_word(word, PRESENT) || (word > i && self.is_word(word, PRESENT_WITH));
        here.then(|| self.skip_some(word + 1, 2, |r, k| r.is_word(k, AFTER_PRESENT)))
    }

    /// A month without year before a separator: `March – August 2019`. Its year is that of the end; here it is 0.
    fn lone_month(&self, i: usize) -> Option<Read> {
        let month = month(self.word(i)?)?;
        let next = self.skip_some(i + 1, 2, |r, k| {
            r.sign(k) == Some('.') || r.number(k).is_some_and(|(day, digits)| digits <= 2 && (1..=31).contains(&day))
        });
        (self.is_dash(next) || self.is_word(next, UNTIL)).then(|| Read::new(0, Some(month), next))
    }

    /// A date that begins at this token.
    fn date(&self, i: usize) -> Option<Read> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => self.worded_date(i, word),
            Kind::Number(value, digits) => self.numeric_date(i, *value, *digits),
            Kind::Sign('\'' | '’' | '‘') => {
                let (value, 2) = self.number(i + 1)? else { return None };
                Some(Read { short: true, ..Read::new(self.century(value), None, i + 2) })
            }
            Kind::Sign(_) => None,
        }
    }

    /// `Jan 2018`, `Sept. '18`, `March 5, 2019`, `Summer 2020`, `Q1 2020`, `mid-2017`.
    fn worded_date(&self, i: usize, word: &str) -> Option<Read> {
        if let Some(part) = part(word) {
            let next = self.skip_some(i + 1, 3, |r, k| r.sign(k) == Some('-') || r.is_word(k, IDLE));
            return match self.year(next) {
                Some(year) => Some(Read::new(year, Some(part), next + 1)),
                None => self.word(next).and_then(month).and_then(|month| self.year_of(next, month)),
            };
        }
        if let Some(month) = month(word) {
            return self.year_of(i, month);
        }
        let (first, named) = match word {
            "q" => ((self.number(i + 1).filter(|(q, _)| (1..=4).contains(q))?.0 - 1) * 3 + 1, i + 1),
            _ => (season(word)?, i),
        };
        Some(Read { more: 2, ..self.year_of(named, first)? })
    }

    /// The year after the name of a month that ends with this token.
    fn year_of(&self, i: usize, month: u32) -> Option<Read> {
        let date = |year: i32, next: usize| Read::new(year, Some(month), next);
        let next = self.skip_some(i + 1, 4, |r, k| {
            k < i + 3 && matches!(r.sign(k), Some('.' | ',' | '/' | '\'' | '’' | '-' | '–')) || r.is_word(k, IDLE)
        });
        // In a narrow column the year stands below its month.
        let opens = i.checked_sub(1).is_none_or(|k| {
            matches!(self.sign(k), Some('\n')) || self.is_dash(k) || self.is_word(k, UNTIL) || self.is_word(k, FROM)
        });
        let next = if self.sign(next) == Some('\n') && opens && next == i + 1 { next + 1 } else { next };
        if let Some(year) = self.year(next) {
            // `Winter 2018/19`
            let after = if self.is_following_year(next) { next + 3 } else { next + 1 };
            return Some(date(year, after));
        }
        let (value, digits) = self.number(next)?;
        if digits <= 2 && (1..=31).contains(&value) {
            let comma = self.skip_some(next + 1, 2, |r, k| r.sign(k) == Some(',') || r.is_word(k, ORDINALS));
            if let Some(year) = self.year(comma) {
                return Some(Read { day: true, ..date(year, comma + 1) });
            }
        }
        let apostrophe = matches!(self.sign(next.checked_sub(1)?), Some('\'' | '’'));
        let read = date(self.century(value), next + 1);
        (digits == 2).then_some(Read { short: !apostrophe, ..read })
    }

    /// Whether `/17` or `/2017` follows 2016.
    fn is_following_year(&self, i: usize) -> bool {
        let (Some((year, 4)), Some('/'), Some((next, digits))) = (self.number(i), self.sign(i + 1), self.number(i + 2))
        else {
            return false;
        };
        // `2009/10` is rather a month.
        let short = digits == 2 && next > 12 && next == (year + 1) % 100;
        self.touches(i, 3) && (short || next == year + 1)
    }

    fn numeric_date(&self, i: usize, value: u32, digits: usize) -> Option<Read> {
        if let Some(year) = self.year(i) {
            return Some(self.year_first(i, year));
        }
        if digits > 2 {
            return None;
        }
        // A day before a worded month: `15 January 2018`.
        if (1..=31).contains(&value) {
            let word = self.skip_some(i + 1, 2, |r, k| {
                matches!(r.sign(k), Some('.' | '-' | '/')) || r.is_word(k, ORDINALS) || r.is_word(k, IDLE)
            });
            // The `2` of `R2` and what stands in another column are no days.
            let near = self.tokens.get(word).is_some_and(|token| token.from <= self.tokens[i].until + MOST_BETWEEN);
            let own = i == 0 || self.tokens[i].from > self.tokens[i - 1].until || self.word(i - 1).is_none();
            if let Some(month) = self.word(word).and_then(month).filter(|_| near && own) {
                return self.year_of(word, month).map(|read| Read { day: true, ..read });
            }
        }
        let sign = self.sign(i + 1).filter(|c| matches!(c, '/' | '.' | '-'))?;
        let (second, second_digits) = self.number(i + 2)?;
        if !self.touches(i, 3) && (sign != '/' || self.year(i + 2).is_none()) {
            return None;
        }
        let is_month = |value: u32| (1..=12).contains(&value);
        if let Some(year) = self.year(i + 2) {
            return is_month(value).then(|| Read::new(year, Some(value), i + 3));
        }
        if self.sign(i + 3) == Some(sign) && second_digits <= 2 {
            let month = if is_month(second) && (!self.month_first || !is_month(value)) { second } else { value };
            let year = self.year(i + 4)?;
            return is_month(month).then(|| Read { day: true, ..Read::new(year, Some(month), i + 5) });
        }
        (sign == '/' && second_digits == 2 && is_month(value))
            .then(|| Read { short: true, ..Read::new(self.century(second), Some(value), i + 3) })
    }

    /// `2018`, `2018-05`, `2018-05-01`, `2018 May`, `2018年5月`, `2016/17`.
    fn year_first(&self, i: usize, year: i32) -> Read {
        let between = self.sign(i + 1);
        if self.is_following_year(i) {
            return Read { more: 12, ..Read::new(year, None, i + 3) };
        }
        if matches!(between, Some('-' | '/' | '.'))
            && let Some((month, 2)) = self.number(i + 2)
            && (1..=12).contains(&month)
            && self.touches(i, 3)
        {
            if self.sign(i + 3) == between && self.number(i + 4).is_some_and(|(_, digits)| digits <= 2) {
                return Read { day: true, ..Read::new(year, Some(month), i + 5) };
            }
            // `2010-12` alone is a range of years; before another separator, or with a leading zero, it is a month.
            let century_year = year - year.rem_euclid(100) + i32::try_from(month).unwrap_or_default();
            let range = between == Some('-') && century_year > year && self.separator(i + 3).is_none();
            if !range {
                return Read::new(year, Some(month), i + 3);
            }
        }
        if self.word(i + 1) == Some("年")
            && let Some((month @ 1..=12, _)) = self.number(i + 2)
            && self.word(i + 3).is_some_and(|word| word.starts_with('月'))
        {
            return Read::new(year, Some(month), i + 4);
        }
        let named = self.skip_some(i + 1, 1, |r, k| r.sign(k) == Some(','));
        match self.word(named).and_then(month) {
            Some(month) if self.number(named + 1).is_none() => Read::new(year, Some(month), named + 1),
            _ => Read::new(year, None, i + 1),
        }
    }

    /// Whether the dates in figures name the month before the day: no month is beyond twelve, and either a day is, or all
    /// days are the first.
    fn is_month_first(&self) -> bool {
        let full = (0..self.tokens.len()).filter_map(|i| {
            let ((first, 1..=2), (second, 1..=2)) = (self.number(i)?, self.number(i + 2)?) else { return None };
            let sign = self.sign(i + 1).filter(|c| matches!(c, '/' | '-'))?;
            (self.sign(i + 3) == Some(sign) && self.year(i + 4).is_some()).then_some((first, second))
        });
        let full: Vec<(u32, u32)> = full.collect();
        let (first, second) = (full.iter().map(|it| it.0).max(), full.iter().map(|it| it.1).max());
        match (first, second) {
            (Some(first), Some(second)) => first <= 12 && (second > 12 || (second == 1 && first > 1)),
            _ => false,
        }
    }

    /// A two-digit year is the latest possible one.
    fn century(&self, value: u32) -> i32 {
        let year = 2000 + i32::try_from(value).unwrap_or_default();
        if year > self.latest_year + 1 { year - 100 } else { year }
    }
}

/// Endings of the numbers of days.
const ORDINALS: &str = "st; nd; rd; th; er; º; го";
