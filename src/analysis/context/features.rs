//! What the surroundings of a name come to in figures.

use super::super::catalogue::{Kind, Naming};
use super::super::model::Features;
use super::super::sections::Section;
use super::{Signs, View};

impl View<'_> {
    /// What the model judges by; see [`super::model`].
    pub(super) fn features(&self, signs: &Signs, points: i32, company: f32) -> Features {
        let candidate = self.candidate;
        let line = self.layout.line_at(candidate.start);
        let section = self.section();
        let skill = &self.catalogue.skills()[candidate.skill];
        let kind = self.catalogue.kind(candidate.skill);
        let (method, field, soft) = (kind == Kind::Method, kind == Kind::Field, kind == Kind::Soft);
        let small = self.layout.chars[candidate.start].is_lowercase();
        let words = skill.name.split(' ').count();
        let density = self.density(line);
        let list = signs.item && (signs.listed || signs.sure || density > 0.6);
        let plain = !candidate.ambiguous;
        let is = |yes: bool| if yes { 1.0 } else { 0.0 };
        [
            is(candidate.ambiguous),
            is(field),
            is(soft),
            is(section == Section::Skills),
            is(matches!(section, Section::Experience | Section::Projects)),
            is(matches!(section, Section::Summary)),
            is(matches!(section, Section::Contact)),
            is(section == Section::Education),
            is(section == Section::Other),
            is(signs.item),
            is(list),
            is(signs.listed),
            is(signs.sure),
            is(signs.cue),
            signs.before as f32 / 2.0,
            is(candidate.versioned),
            is(signs.capital),
            is(small),
            is(signs.opens),
            is(signs.written_so),
            is(signs.otherwise),
            is(signs.goes_on),
            is(signs.confirmed),
            is(words > 1),
            is(candidate.naming == Naming::Synonym),
            density.min(1.0),
            is(candidate.end - candidate.start <= 2),
            if candidate.ambiguous { points.clamp(-3, 12) as f32 / 6.0 } else { 0.0 },
            is(candidate.ambiguous && list),
            is(candidate.ambiguous && small),
            is((field || soft) && list),
            is((field || soft) && small && !signs.item),
            is(soft && !signs.item),
            is(field && words == 1 && !signs.item),
            is(plain && kind == Kind::Tool),
            is((field || soft) && (signs.before > 1 || signs.cue)),
            is(method),
            is(signs.rare),
            is(candidate.ambiguous && signs.joined),
            is(candidate.ambiguous && signs.joined && signs.capital),
            is(candidate.ambiguous && signs.capital && signs.written_so),
            is(signs.title),
            company,
            is((field || soft) && signs.joined),
        ]
    }

    /// An everyday word at the beginning of a sentence that would be an acronym in capitals: `Solid knowledge of`.
    pub(super) fn is_mere_word(&self, found: &str) -> bool {
        let written = &self.catalogue.pattern(self.candidate.pattern).written;
        let acronym = |text: &str| text.chars().count() > 2 && !text.chars().any(char::is_lowercase);
        self.candidate.ambiguous
            && acronym(written)
            && !acronym(found)
            && self.opens_sentence()
            && !self.is_item(self.layout.line_at(self.candidate.start))
    }

    /// How much stands around a name that names of tools stand among: other names, and words that join them.
    pub(super) fn company(&self, signs: &Signs) -> f32 {
        if self.candidate.versioned || signs.item && (signs.listed || signs.sure) {
            return 1.0;
        }
        let is = |yes: bool, worth: f32| if yes { worth } else { 0.0 };
        let line = self.layout.line_at(self.candidate.start);
        let others = if self.lines[line].names > 1 { self.density(line) } else { 0.0 };
        let told = is(signs.before > 1, 0.4).max(is(signs.joined, 0.3)).max(is(signs.cue && !signs.title, 0.3));
        // What a title names, its bearer may know; the text says little about it.
        let titled = if signs.title { 0.5 } else { 1.0 };
        titled * (others + told + is(signs.sure, 0.3)).min(1.0)
    }

    /// The share of a line's letters that belong to names.
    fn density(&self, line: usize) -> f32 {
        let facts = &self.lines[line];
        facts.named as f32 / facts.letters.max(1) as f32
    }
}
