//! Names of months, seasons and moments, and the words between them, in the folded form of
//! [`crate::analysis::fold::fold`]: English, Ukrainian, Russian, German, French, Spanish, Portuguese, Italian, Polish
//! and Dutch.

/// Names of months; three letters of one and more stand for it. `листопад` and `listopad` are November, `lipiec` July.
const MONTHS: &[(u32, &str)] = &[
    (1, "january januar janvier enero ene janeiro gennaio styczen stycznia січень січня январь января januari"),
    (2, "february februar fevrier febrero fevereiro febbraio luty lutego лютий лютого февраль февраля februari"),
    (3, "march marz maerz mars marzo marco marzec marca березень березня март марта maart mrt mrz"),
    (4, "april avril abril aprile kwiecien kwietnia квітень квітня апрель апреля"),
    (5, "may mai mayo maio maggio maj maja травень травня май мая mei"),
    (6, "june juni juin junio junho giugno czerwiec czerwca червень червня июнь июня"),
    (7, "july juli juillet julio julho luglio lipiec lipca липень липня июль июля"),
    (8, "august aout agosto sierpien sierpnia серпень серпня август августа augustus"),
    (
        9,
        "september septembre septiembre setiembre setembro settembre wrzesien wrzesnia вересень вересня сентябрь сентября",
    ),
    (10, "october oktober octobre octubre outubro ottobre pazdziernik pazdziernika жовтень жовтня октябрь октября"),
    (11, "november novembre noviembre novembro listopad listopada листопад листопада ноябрь ноября"),
    (12, "december dezember decembre diciembre dezembro dicembre grudzien grudnia грудень грудня декабрь декабря"),
];

/// Seasons by their first month.
const SEASONS: &[(u32, &str)] = &[
    (3, "spring весна fruhling fruhjahr printemps primavera wiosna"),
    (6, "summer літо літа sommer ete verano estate lato"),
    (9, "autumn fall осінь herbst automne otono autunno jesien"),
    (12, "winter зима hiver invierno inverno zima"),
];

/// Parts of years by the month that stands for them.
const PARTS: &[(u32, &str)] = &[
    (1, "beginning start anfang debut inicio inicios principios inizio початок початку"),
    (2, "early"),
    (6, "mid middle mitte mediados meta середина середині"),
    (11, "late"),
    (12, "end ende fin finales fine кінець кінці наприкінці koniec"),
];

/// Words for "until today".
pub const PRESENT: &str = "\
    present; presently; current; currently; now; today; date; todate; tilldate; ongoing; continuing; continue; continued; \
    дотепер; теперішній; теперішнього; сьогодні; сьогоднішній; сьогоднішнього; досі; нині; донині; наразі; зараз; тепер; \
    наш; данный; настоящее; сейчас; heute; jetzt; aktuell; laufend; andauernd; gegenwart; dato; aujourd'hui; presente; \
    actuel; actuellement; maintenant; actualidad; actual; actualmente; hoy; ahora; atual; atualmente; hoje; obecnie; teraz; \
    dzis; nadal; oggi; attuale; attualmente; heden; nu; 至今; 现在; 現在";

/// Words for it that need another word before them: `still working`, `à ce jour`, `in corso`.
pub const PRESENT_WITH: &str = "working; jour; cours; corso; час; fecha; momento; момент; день; moment; employed";

/// Words that may stand before and after a word for today.
pub const BESIDE_PRESENT: &str = "\
    the; this; as; of; at; still; here; a; au; ce; en; la; le; l; el; al; o; in; ad; zum; zur; цей; даний; теперішній; \
    сьогоднішній; по; до; на; до; сей; настоящее";
pub const AFTER_PRESENT: &str = "час; время; day; time; дня; день; момент; moment; position; date";

/// Words for "from then on" after a date.
pub const ONWARD: &str = "onward; onwards; ongoing";

/// Words between two dates.
pub const UNTIL: &str = "to; till; til; until; upto; up; through; thru; bis; a; au; al; ate; hasta; do; до; по; jusqu'a; \
    jusqu'au; jusqua; tot; t/m";

/// Words that open a stretch lasting until today.
pub const SINCE: &str =
    "since; seit; depuis; desde; від; од; od; з; із; с; dal; ab; started; starting; joined; починаючи";
/// Words that open one with an end.
pub const FROM: &str = "from; vom; von; da; de; du; del; dal; od; з; із; с; від";
pub const BETWEEN: &str = "between; zwischen; між; entre; tra";
pub const AND: &str = "and; und; та; і; и; et; y; e";

/// Words that may stand before a stretch or inside a date.
pub const IDLE: &str = "of; de; del; du; р; рік; року; роки; рр; г; год; года; гг; r; roku; the; year; in; do";

/// Words before the end of a stretch.
pub const BEFORE_END: &str = "the; по; до; на; м; einschl; einschliesslich; inkl; zum; le; el; our; ad; al";

/// Words after which a year is the version of a program.
pub const VERSIONED: &str = "\
    windows; server; office; sql; excel; word; access; outlook; exchange; sharepoint; studio; autocad; revit; solidworks; \
    project; visio; dynamics; powerpoint; inventor; es; ecmascript; iso; iec; rfc; vs; navision; quickbooks; sage; tally; fy; fiscal; \
    season; budget; census";
/// What years are of that date no work: `fiscal year 2015-16`.
pub const YEAR_OF: &str = "fiscal; financial; academic; school; budget; calendar; tax; model";

fn is_in(names: &str, wanted: impl Fn(&str) -> bool) -> bool {
    names.split(' ').any(wanted)
}

fn number_of(table: &[(u32, &'static str)], wanted: impl Fn(&str) -> bool + Copy) -> Option<u32> {
    table.iter().find(|(_, names)| is_in(names, wanted)).map(|(number, _)| *number)
}

/// The month a folded word names, whole or by its first letters. A whole name comes before the beginning of another:
/// `mar` begins `march`, `mai` is no `maio`.
pub fn month(word: &str) -> Option<u32> {
    let letters = word.chars().take(12).count();
    if !(3..12).contains(&letters) && word != "pazdziernika" {
        return None;
    }
    number_of(MONTHS, |name| name == word).or_else(|| number_of(MONTHS, |name| name.starts_with(word)))
}

/// The first month of the season that a folded word names.
pub fn season(word: &str) -> Option<u32> {
    number_of(SEASONS, |name| name == word)
}

/// The month that stands for the part of a year that a folded word names.
pub fn part(word: &str) -> Option<u32> {
    number_of(PARTS, |name| name == word)
}
