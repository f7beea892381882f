//! Where names of skills stand as whole words. What a place means is decided in [`super::context`] and
//! [`super::skills`].

use std::collections::HashSet;

use super::catalogue::{Catalogue, Naming};
use super::fold::{Folded, LineHyphen, has_line_hyphens};
use super::layout::{Layout, without_bullet};
use super::words::contains;

/// Shorter names take nothing attached to them: `C` is neither in `C4` nor in `C+`.
const SHORT: usize = 3;

/// No name of a skill is longer, in characters (rules §15).
const LONGEST_NAME: usize = 100;

/// Longest line, in bytes, that is looked at for being all capitals.
const LONGEST_LOUD: usize = 400;

/// Acronyms that are also everyday words; written small they count only with supporting context.
const EVERYDAY_ACRONYMS: &str = "\
    act; aid; aim; ant; api; arm; aria; asp; ava; bat; bert; bids; bind; bow; can; cap; cats; clos; com; cats; crow; dash; \
    dat; dos; dose; dry; ease; elk; faro; fat; gams; gap; gin; icp; idea; imp; lamp; lan; lime; lit; loto; make; mat; maui; mean; \
    mig; mit; most; move; nas; nat; nose; opc; orc; pain; pals; pam; pas; pest; pos; poset; raid; rag; ramp; rest; rip; ris; risa; \
    ros; san; scar; scrum; sem; slam; smart; soap; soar; solid; sox; spa; spice; stem; swot; tem; tig; tip; toad; via; vim; was; yolo; \
    stan; natural; rapid; safe; maple; stl; tms; doors; bloc; ill; mess; tens; dot; hos; aid; aed; vitals";

/// Synonyms and short names that are also everyday words, in any capitals.
const EVERYDAY_SYNONYMS: &str = "\
    epic; lambda; rails; node; elastic; kinesis; coroutines; shaders; collections; profiling; kali; helpdesk; billing; \
    apollo; segment; hybris; cocoa; crystal; flexibility; front desk; archiving; selling; purchasing; recruiting; cooking; \
    rostering; branding; caching; tutoring; hiring; listening; sourcing; reports; archives; portfolio; copilot; chrome browser; \
    dashboard; webhook; cognito; athena; horizon; profile; sentinel; sublime; arc; tidal; wrike; ms; exchange; fluent; backbone; \
    ember; knockout; articulate; teammate; camel; canvas; lightning; captivate; toast; aloha; clover; lightspeed; encompass; disco; \
    concordance; summation; bedrock; synapse; drake; premiere; creative; eagle; ignition; mean; lamp; elk; can; com; ct; ad; pos; asp; \
    opera; copper; outreach; viewpoint; idea; fis; bas; arm; xp; publisher; burp; cmd; sonar; travis; superset; zend; quark; \
    keynote; charting; conduit; galvanize; peregrine; aladdin; avid; gerber; inventor; glue; lucid; rhinoceros; remedy; \
    bluebook; descartes; samsara; mitre; druid; pulsar; wicket; scylla; micros; act!; goldmine; acrobat; mural boards; pi system; \
    reporting services; integration services; analysis services; ember; unreal; heavy equipment; rad; sts; ris; alm; \
    dos; ids; ips; oo; ado; vss; gc; idea; ibm i; batch; red hat; palo alto; charles river; jack henry; timberline; jda; \
    indexing; authorization; authentication; dat; aba; ehr; mill; nurse; typing; blueprints; prior authorization; pdf; access; switches; database; programming; scripting; korn; ipc; infrastructure; makefile; quartz; eureka; zuul; dts; feign; on call; transmissions; plating; packaging; laboratory; ordering supplies; mental health; linkedin learning; audition; photon; \
    haas; leapfrog; brakes";

/// Short acronyms that people write small and mean as such.
const SMALL_ACRONYMS: &str = "js; ui; ux; ml; r; qa; c; s3";

/// Endings of hosts that show an address even without a scheme.
const HOST_ENDINGS: &str = "\
    com; org; net; io; dev; edu; gov; info; app; tech; xyz; site; online; page; blog; ai; co; me; de; uk; \
    ua; fr; pl; es; eu; us; ca; ch; nl; se; dk; cz; br; pt; ru; au; nz; tv";

/// A place where a name stands as a whole word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Index into the catalogue's patterns.
    pub pattern: usize,
    /// Index into the catalogue's skills.
    pub skill: usize,
    /// Name or synonym.
    pub naming: Naming,
    /// Whether it counts only with supporting context.
    pub ambiguous: bool,
    /// First character in the text.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Whether a version number follows.
    pub versioned: bool,
}

/// All candidates in the order of the text, none inside another: the longer name wins, so `React Native` is not also
/// `React`.
pub fn candidates(catalogue: &Catalogue, layout: &Layout) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let readings: &[LineHyphen] =
        if has_line_hyphens(&layout.chars) { &[LineHyphen::Kept, LineHyphen::Joined] } else { &[LineHyphen::Kept] };
    for reading in readings {
        let folded = Folded::new(&layout.chars, *reading);
        for hit in catalogue.hits(&folded) {
            let Some((start, end)) = folded.original(hit.start, hit.end) else { continue };
            let pattern = catalogue.pattern(hit.pattern);
            let spelt = &layout.chars[start..end];
            let whole = left_border(&layout.chars, start, end) && right_border(&layout.chars, start, end);
            if whole && (!pattern.apart || has_capitals(spelt)) && seen.insert((start, end, pattern.skill)) {
                let line = &layout.lines[layout.line_at(start)].text;
                found.push(Candidate {
                    pattern: hit.pattern,
                    skill: pattern.skill,
                    naming: pattern.naming,
                    ambiguous: pattern.ambiguous || is_everyday(spelt, line, &pattern.written, pattern.naming),
                    start,
                    end,
                    versioned: version_follows(&layout.chars, end),
                });
            }
        }
    }
    found.sort_by_key(|c| c.start);
    drop_addresses(layout, &mut found);
    drop_joined_lines(layout, &mut found);
    longest(found)
}

/// Whether each word begins with a capital.
fn has_capitals(chars: &[char]) -> bool {
    chars.split(|c| !c.is_alphanumeric()).filter_map(|word| word.first()).all(|c| c.is_uppercase())
}

/// Leftmost, then longest, then the catalogue's own name.
fn longest(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|c| (c.start, std::cmp::Reverse(c.end), c.naming, c.skill));
    let mut end = 0;
    found.retain(|c| {
        let free = c.start >= end;
        if free {
            end = c.end;
        }
        free
    });
    found
}

/// Letters and digits of scripts that part words with blanks; Chinese, Japanese and Korean text surrounds names
/// without any.
fn is_word(c: char) -> bool {
    c == '_'
        || (c.is_alphanumeric()
            && !matches!(u32::from(c), 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff))
}

fn left_border(chars: &[char], start: usize, end: usize) -> bool {
    let Some(&before) = start.checked_sub(1).and_then(|i| chars.get(i)) else { return true };
    let farther = start.checked_sub(2).and_then(|i| chars.get(i)).copied();
    let short = end - start < SHORT;
    match before {
        '@' | '$' | '\\' => false,
        '&' | '+' => !short && before != '@',
        // `knob.js` is not `JS`; a capital after a full stop begins a sentence whose blank was lost.
        '.' => !farther.is_some_and(is_word) || (!short && chars[start].is_uppercase()),
        '-' | '\u{2011}' => {
            let prefix: String = chars[..start - 1]
                .iter()
                .rev()
                .take_while(|c| c.is_alphabetic())
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            !short
                && !matches!(
                    prefix.to_lowercase().as_str(),
                    "non" | "no" | "pre" | "re" | "co" | "un" | "anti" | "de" | "e"
                )
        }
        c => !is_word(c),
    }
}

fn right_border(chars: &[char], start: usize, end: usize) -> bool {
    let short = end - start < SHORT;
    let last = chars[end - 1];
    match chars.get(end).copied() {
        None => true,
        Some('+' | '#') => !short && last.is_alphanumeric() || !last.is_alphanumeric(),
        Some('&') => !short,
        Some('-' | '\u{2011}') if short && last.is_alphanumeric() => chars.get(end + 1).is_none_or(|c| !is_word(*c)),
        // The plural of an acronym: `VLANs`.
        Some('s') if chars[start..end].iter().all(|c| c.is_uppercase()) && end - start > 1 => {
            chars.get(end + 1).is_none_or(|c| !is_word(*c))
        }
        Some('\'' | '\u{2019}') if short => chars.get(end + 1).is_none_or(|c| !is_word(*c)),
        Some('.') => !(chars.get(end + 1).is_some_and(|c| is_word(*c) && (short || c.is_lowercase()))),
        Some(c) if c.is_ascii_digit() && !short && last.is_alphabetic() => {
            // Python3 and Vue2 are versions; Log4j is another name.
            let rest: &[char] = &chars[end..];
            let digits = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
            digits <= 4 && rest.get(digits).is_none_or(|c| !is_word(*c))
        }
        Some(c) => !is_word(c) || !is_word(last),
    }
}

/// A small number right after a name, with or without a blank or `v`. Years are no versions.
fn version_follows(chars: &[char], end: usize) -> bool {
    let rest: String = chars[end.min(chars.len())..].iter().take(10).collect();
    let rest = rest.strip_prefix(' ').unwrap_or(&rest);
    let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let whole = number.split('.').next().unwrap_or_default();
    let after = rest[number.len()..].chars().next();
    (1..=2).contains(&whole.len()) && !after.is_some_and(|c| is_word(c) || matches!(c, '%' | '+' | '/'))
}

/// Whether a name is an everyday word as it stands there. In a line of capitals an acronym is no clearer than when it is
/// written small.
fn is_everyday(found: &[char], line: &str, written: &str, naming: Naming) -> bool {
    let lower = written.to_lowercase();
    if naming == Naming::Synonym && contains(EVERYDAY_SYNONYMS, &lower) {
        return true;
    }
    let acronym = written.chars().all(|c| !c.is_lowercase());
    let short = found.len() <= 2 && lower.chars().all(char::is_alphabetic) && !contains(SMALL_ACRONYMS, &lower);
    acronym
        && (short || contains(EVERYDAY_ACRONYMS, &lower))
        && (found.iter().any(|c| c.is_lowercase()) || is_loud(line))
}

/// Whether a line of several words is written in capitals throughout; a line that is a whole page is not asked.
fn is_loud(line: &str) -> bool {
    line.len() <= LONGEST_LOUD
        && !line.chars().any(char::is_lowercase)
        && line.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3).count() >= 3
}

/// Names inside addresses say nothing about skills: `linkedin.com/in/java-fan`, `ann@spring.io`.
fn drop_addresses(layout: &Layout, found: &mut Vec<Candidate>) {
    let mut addresses: Vec<(usize, usize)> = Vec::new();
    let part = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '<' | '>' | '"' | '|' | '[' | ']');
    let mut start = 0;
    for token in layout.chars.split_inclusive(part) {
        let end = start + token.len();
        let text: String = token.iter().filter(|c| !part(c)).collect();
        match address(&text) {
            Some(Address::Sure) => addresses.push((start, end)),
            // `Socket.io/Express` looks like an address, but a name covers its dot.
            Some(Address::Likely(dot)) => {
                let dot = start + dot;
                let near = found.partition_point(|c| c.start + LONGEST_NAME < dot);
                if !found[near..].iter().take_while(|c| c.start <= dot).any(|c| dot < c.end) {
                    addresses.push((start, end));
                }
            }
            None => {}
        }
        start = end;
    }
    found.retain(|c| {
        let next = addresses.partition_point(|(_, end)| *end <= c.start);
        addresses.get(next).is_none_or(|(start, _)| c.end <= *start)
    });
}

enum Address {
    Sure,
    /// Without scheme; the position of the dot before the ending of the host, in characters.
    Likely(usize),
}

fn address(token: &str) -> Option<Address> {
    if !token.contains(['.', ':']) {
        return None;
    }
    let lower = token.to_lowercase();
    if lower.contains("://") || lower.starts_with("www.") || lower.starts_with("mailto:") {
        return Some(Address::Sure);
    }
    if let Some((user, host)) = lower.split_once('@') {
        return (!user.is_empty() && host.contains('.')).then_some(Address::Sure);
    }
    let host = lower.split('/').next().unwrap_or_default().trim_end_matches(['.', ':']);
    let (name, ending) = host.rsplit_once('.')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
    (plain && contains(HOST_ENDINGS, ending)).then(|| Address::Likely(name.chars().count()))
}

/// A name may run over a line end, but not where one of the two lines is a whole name by itself: in a list of one
/// name a line, `Product management` above `Sales` is no third thing.
fn drop_joined_lines(layout: &Layout, found: &mut Vec<Candidate>) {
    let ranges: HashSet<(usize, usize)> = found.iter().map(|c| (c.start, c.end)).collect();
    let whole_line = |line: usize| {
        let Some(line) = layout.lines.get(line) else { return false };
        let text = line.text.trim_end();
        let content = without_bullet(text);
        let start = line.start + text.chars().count() - content.chars().count();
        ranges.contains(&(start, start + content.chars().count()))
    };
    found.retain(|c| {
        let (first, last) = (layout.line_at(c.start), layout.line_at(c.end - 1));
        first == last || !(whole_line(first) || whole_line(last))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let catalogue = Catalogue::delivered();
        candidates(&catalogue, &Layout::new(text)).iter().map(|c| catalogue.skills()[c.skill].name.clone()).collect()
    }

    fn has(text: &str, skill: &str) -> bool {
        found(text).iter().any(|name| name == skill)
    }

    #[test]
    fn whole_words_only() {
        assert!(!has("Django", "Go"));
        assert!(!has("JavaScript", "Java"));
        assert!(!has("R&D department", "R"));
        assert!(!has("C4 model, C+ grade", "C"));
        assert!(has("C/C++", "C") && has("C/C++", "C++"));
        assert!(has("使用Python开发", "Python"));
        assert!(has("Python3 and Vue.js", "Python"));
        assert!(!has("example.net", ".NET"));
        assert!(has("C#/.NET", ".NET") && has("C#/.NET", "C#"));
    }

    #[test]
    fn longer_names_win() {
        assert_eq!(found("React Native"), ["React Native"]);
        assert!(!has("Visual Studio Code", "Visual Studio"));
    }

    #[test]
    fn names_over_lines() {
        assert_eq!(found("Amazon Web\nServices"), ["AWS"]);
        assert_eq!(found("Kuber-\nnetes"), ["Kubernetes"]);
        assert_eq!(found("Machine\n\nlearning"), Vec::<String>::new());
        assert_eq!(found("React\nNative"), ["React"]);
    }

    #[test]
    fn addresses_are_no_skills() {
        assert_eq!(found("https://github.com/ann/python linkedin.com/in/java-fan ann@docker.io"), Vec::<String>::new());
        assert!(has("Socket.io/PHP", "PHP"));
    }
}
