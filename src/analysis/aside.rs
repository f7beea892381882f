//! Names that stand in a text without being claimed as skills: headings, people, accounts, nationalities, employers, firms, labels
//! over lists of skills, and what people do in their free time.

use super::catalogue::{Catalogue, Kind};
use super::find::Candidate;
use super::fold::fold;
use super::layout::{Layout, without_bullet};
use super::person::People;
use super::sections::{Mark, Section};
use super::words::{NATURAL_LANGUAGES, contains};

/// Names of networks and places for code: in the head of a résumé they name an account.
const ACCOUNTS: &str = "\
    linkedin; github; gitlab; bitbucket; twitter; facebook; instagram; telegram; whatsapp; skype; behance; dribbble; kaggle; \
    youtube; discord; viber; wechat; codepen; tiktok; gmail; slack; zoom; pinterest; snapchat; indeed";

/// What only begins with the name of a skill.
const OTHERS: &str = "less than; tamil nadu";

/// Words after the name of a language that leave it one.
const AFTER_LANGUAGES: &str = "\
    language; languages; speaker; speakers; speaking; spoken; written; writing; reading; skills; proficiency; fluency; fluent; \
    fluently; native; level; is; are; was; and; or; as; at; to; for; in; with; on; both; basic; good; very; advanced; intermediate; \
    conversational; mother; tongue; required; preferred; a; translation; translations; translator; teacher; tutor; lessons; \
    literature; grammar; composition; und; oder; et; y; та; і; sprache; beginner; limited; working; professional; second; from; into; \
    plus; bilingual; optional; b1; b2; c1; c2; a1; a2; which; if; but; test; exam; certificate; proficient; communication; \
    courant; courante; couramment; scolaire; lu; parle; ecrit; notions; bases; maternelle; bilingue; debutant; niveau; gut; gute; \
    sehr; fliessend; fließend; verhandlungssicher; muttersprache; grundkenntnisse; fortgeschritten; nivel; alto; medio; bajo; \
    hablado; escrito; nativo; nativa; fluido; avanzado; basico; intermedio; вільно; рівень; базовий; середній; рідна; розмовний; \
    розмовна; технічна; технічний; початковий; достатній; courants; oral; mundlich; schriftlich";

/// Whether the name of a language is an adjective: `the Danish market`.
fn is_nationality(layout: &Layout, candidate: &Candidate) -> bool {
    let name: String = layout.chars[candidate.start..candidate.end].iter().collect();
    let next: String = layout.slice(candidate.end, candidate.end + 30);
    let Some(next) = next.strip_prefix(' ') else { return false };
    let word: String = next.chars().take_while(|c| c.is_alphanumeric()).collect();
    contains(NATURAL_LANGUAGES, &fold(&name))
        && word.chars().next().is_some_and(char::is_lowercase)
        && !contains(AFTER_LANGUAGES, &fold(&word))
}

/// Headings and labels over what people do in their free time.
const PASTIMES: &str = "\
    interests; hobbies; hobby; hobbies and interests; interests and hobbies; hobbies & interests; interests & hobbies; \
    personal interests; other interests; interests and activities; outside work; free time; interessen; hobbys; freizeit; \
    hobbys und interessen; interessen und hobbys; loisirs; centres d'interet; centres d'interets; qualites et loisirs; \
    aficiones; intereses; aficiones e intereses; інтереси; хобі; захоплення; захоплення та інтереси; хобі та інтереси; \
    интересы; хобби; увлечения; zainteresowania; interessi; interesses";

/// Firms whose products bear their name.
const FIRMS: &str = "\
    oracle; sap; google; microsoft; ibm; adobe; salesforce; cisco; vmware; amazon; facebook; meta; apple; linkedin; twitter; \
    uber; dell; hp; intel; siemens; bosch; workday; servicenow; hubspot; shopify; stripe; atlassian; red hat; citrix; epic; \
    cerner; autodesk; nvidia; snowflake; databricks; twilio; paypal; square; github; gitlab; unity; slack; zoom; dropbox; \
    airbnb; netflix; spotify; ebay; etsy; indeed; accenture; infor; sage; intuit; adp; bloomberg; morningstar; factset; \
    honeywell; rockwell; trimble; bentley; youtube; instagram; tiktok; snapchat; pinterest; yahoo; ocado; tesla; walmart";

/// Words before the name of an employer.
const AT: &str = "at; joined; left; bei; chez; @";
/// Words before these that speak of a skill all the same.
const GOOD_AT: &str = "good; great; skilled; proficient; expert; adept; excellent; strong; better; experienced; excel; excels; look; \
    looking; looked";

/// Names of tools that are those of fields when a list stands behind them.
const FIELDS_OF_TOOLS: &str = "databases; database; etl; bi; cad; cam; crm; erp; ide; ides; gis; cms; os; rdbms; dbms; ehr; emr; pos; ci/cd; pos systems; rtos; bim; wms";
/// Words that may stand between such a name and its colon.
const BESIDE_LABELS: &str = "tools; tool; software; systems; system; technologies; skills; packages; platforms; servers; and; &; /; 3d; \
    2d; other; frameworks; methods; methodologies; applications; programs; environment; environments; languages";
/// Longest label, in characters.
const LONGEST_LABEL: usize = 40;

/// What of a text is said aside.
pub(super) struct Aside<'a> {
    catalogue: &'a Catalogue,
    layout: &'a Layout,
    marks: &'a [Mark],
    candidates: &'a [Candidate],
    /// By line, whether it tells of free time.
    pastimes: Vec<bool>,
    people: People,
}

impl<'a> Aside<'a> {
    /// Looks for the lines of free time, and for people.
    pub fn new(catalogue: &'a Catalogue, layout: &'a Layout, marks: &'a [Mark], candidates: &'a [Candidate]) -> Self {
        let mut on = false;
        let lines = layout.lines.iter().zip(marks);
        let pastimes = lines
            .map(|(line, mark)| {
                let (label, rest) = line.text.split_once(':').unwrap_or((&line.text, ""));
                let named = label.len() <= 2 * LONGEST_LABEL && contains(PASTIMES, &fold(without_bullet(label)));
                on = (on && !mark.heading && mark.section == Section::Other)
                    || named && (mark.heading || !rest.trim().is_empty());
                on
            })
            .collect();
        let people = People::new(catalogue, layout, marks, candidates);
        Self { catalogue, layout, marks, candidates, pastimes, people }
    }

    /// Whether a candidate names no skill of the person. In a text without headings no line is the head.
    pub fn holds(&self, nth: usize, headless: bool) -> bool {
        let candidate = &self.candidates[nth];
        let line = self.layout.line_at(candidate.start);
        let mark = self.marks[line];
        let in_head = mark.section == Section::Contact && !headless;
        // A heading names a part of the résumé, whatever else it may be the name of.
        mark.heading
            || self.people.hold(self.layout, candidate)
            || names_an_account(self.layout, candidate, in_head)
            || is_another(self.layout, candidate)
            || (mark.section != Section::Languages && is_nationality(self.layout, candidate))
            || is_employer(self.layout, candidate)
            || (candidate.ambiguous && self.is_firm(nth))
            || self.labels_a_list(nth, line)
            || (self.pastimes[line] && !self.is_tool(candidate))
    }

    fn is_tool(&self, candidate: &Candidate) -> bool {
        !candidate.ambiguous && self.catalogue.kind(candidate.skill) == Kind::Tool
    }

    /// `Clover & Pine`: another word with a capital belongs to the name.
    fn is_firm(&self, nth: usize) -> bool {
        let candidate = &self.candidates[nth];
        let chars = &self.layout.chars;
        let capital = |at: usize| chars.get(at).is_some_and(|c| c.is_uppercase());
        let known = self.candidates.get(nth + 1).is_some_and(|next| next.start == candidate.end + 3);
        capital(candidate.start)
            && chars.get(candidate.end..candidate.end + 3) == Some(&[' ', '&', ' '])
            && capital(candidate.end + 3)
            && chars.get(candidate.end + 4).is_some_and(|c| c.is_lowercase())
            && !known
    }

    /// `Databases: Oracle, MySQL` names two skills; what stands before the colon says of which kind they are.
    fn labels_a_list(&self, nth: usize, line: usize) -> bool {
        let candidate = &self.candidates[nth];
        let line = &self.layout.lines[line];
        let Some(colon) = line.text.chars().take(LONGEST_LABEL).position(|c| c == ':').map(|at| line.start + at) else {
            return false;
        };
        let listed = self.candidates[nth + 1..].iter().any(|other| other.start > colon && other.end <= line.end);
        if candidate.end > colon || !listed {
            return false;
        }
        let name = fold(&self.layout.slice(candidate.start, candidate.end));
        let label: String = self.layout.slice(line.start, colon);
        let others = fold(without_bullet(&label)).replacen(&name, "", 1);
        (!self.is_tool(candidate) || contains(FIELDS_OF_TOOLS, &name))
            && others.split([' ', '/', '-']).all(|word| word.is_empty() || contains(BESIDE_LABELS, word))
    }
}

/// Whether a candidate only names the account of a person: in the head of a résumé, or before a colon.
fn names_an_account(layout: &Layout, candidate: &Candidate, in_head: bool) -> bool {
    let name: String = layout.chars[candidate.start..candidate.end].iter().collect::<String>().to_lowercase();
    let labels = layout.chars.get(candidate.end) == Some(&':') && layout.chars.get(candidate.end + 1).is_some();
    let line = &layout.lines[layout.line_at(candidate.start)];
    contains(ACCOUNTS, &name) && (in_head || (labels && line.text.contains(['/', '@'])))
}

/// `Less than a year`, `Chennai, Tamil Nadu`.
fn is_another(layout: &Layout, candidate: &Candidate) -> bool {
    let words: String = layout.slice(candidate.start, candidate.end + 12);
    let words: Vec<&str> = words.split_whitespace().take(2).collect();
    contains(OTHERS, fold(&words.join(" ")).trim_end_matches([',', '.']))
}

/// `an engineer at Oracle` tells of a place of work.
fn is_employer(layout: &Layout, candidate: &Candidate) -> bool {
    let name = layout.slice(candidate.start, candidate.end);
    if !name.starts_with(char::is_uppercase) || !contains(FIRMS, &fold(&name)) {
        return false;
    }
    let before = layout.slice(candidate.start.saturating_sub(30), candidate.start);
    let before = fold(before.rsplit(['\n', '.', ',', ';', '(']).next().unwrap_or_default());
    let mut words = before.split(' ').rev().filter(|word| !word.is_empty());
    words.next().is_some_and(|word| contains(AT, word)) && !words.next().is_some_and(|word| contains(GOOD_AT, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        Catalogue::delivered().find(text).into_iter().map(|finding| finding.skill).collect()
    }

    #[test]
    fn free_time_is_no_work() {
        let text = "Skills\nGit, Docker, SQL\nInterests: music, baking and photography\nExperience\nAcme, 2019\nBuilt it in Java\n";
        assert_eq!(found(text), ["Docker", "Git", "Java", "SQL"]);
        let text = "Skills\nGit, Docker, SQL\nHobbies\nRowing, opera\nArduino, photography";
        assert_eq!(found(text), ["Arduino", "Docker", "Git", "SQL"]);
    }

    #[test]
    fn labels_say_of_which_kind_a_list_is() {
        let text = "Skills\nDatabases: Oracle, MySQL\nETL tools: Talend, SSIS\n3D CAD: SolidWorks\nSQL: joins, MySQL";
        assert_eq!(found(text), ["MySQL", "Oracle", "SQL", "SSIS", "SolidWorks", "Talend"]);
        assert_eq!(found("Skills\nDatabases, Git, Talend"), ["Databases", "Git", "Talend"]);
    }

    #[test]
    fn what_only_begins_like_a_skill_is_none() {
        let text = "Ann Lee, Chennai, Tamil Nadu - Email me on Indeed: indeed.com/r/ann-lee/\n\nSkills\nGit (Less than 1 year), Jira, Less, Sass";
        assert_eq!(found(text), ["Git", "Jira", "Less", "Sass"]);
        assert_eq!(found("Languages\nTamil, English"), ["English", "Tamil"]);
    }

    #[test]
    fn employers_and_firms_are_no_skills() {
        let text = "Skills\nGit, Jira\nExperience\nAccount manager at Oracle for two years\nClover & Pine, buyer, 2019";
        assert_eq!(found(text), ["Git", "Jira"]);
        assert_eq!(found("Skills\nGit\nSummary\nI am proficient at Oracle and Java."), ["Git", "Java", "Oracle"]);
    }
}
