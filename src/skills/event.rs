//! What can happen to skills.

use serde::Serialize;

use super::{Skill, SkillSuggestion, UserSkill};
use crate::{
    platform::{
        event::{self, Facts},
        id::Id,
    },
    users::User,
};

/// What happened to skills.
#[derive(Serialize)]
pub enum Event {
    /// Somebody took up skills: one, a batch or an import.
    Added {
        /// The holder.
        user: Id<User>,
        /// Who did it.
        by: Id<User>,
        /// Which ones.
        skills: Vec<Id<Skill>>,
    },
    /// Level or years of held skills changed, upward or downward.
    Changed {
        /// The holder.
        user: Id<User>,
        /// Who did it.
        by: Id<User>,
        /// Which ones.
        skills: Vec<Id<Skill>>,
    },
    /// Somebody gave up skills.
    Removed {
        /// Who held them.
        user: Id<User>,
        /// Who did it.
        by: Id<User>,
        /// Which ones.
        skills: Vec<Id<Skill>>,
    },
    /// The analysis of a résumé added or raised skills.
    Synced {
        /// The holder.
        user: Id<User>,
        /// The résumé's id.
        resume: i64,
        /// Skills that were missing.
        added: Vec<Id<Skill>>,
        /// Skills whose level rose.
        raised: Vec<Id<Skill>>,
    },
    /// What the analysis of a résumé changed was taken back.
    SyncUndone {
        /// The holder.
        user: Id<User>,
        /// The résumé's id.
        resume: i64,
        /// Skills whose level fell back.
        restored: Vec<Id<Skill>>,
        /// Skills that went.
        removed: Vec<Id<Skill>>,
    },
    /// Somebody vouched for a skill of somebody else.
    Endorsed {
        /// The holder.
        user: Id<User>,
        /// Who vouches.
        endorser: Id<User>,
        /// Their name.
        endorser_name: String,
        /// The held skill.
        user_skill: Id<UserSkill>,
        /// Its name.
        skill_name: String,
        /// The endorsement's id, never used again.
        endorsement: i64,
    },
    /// An endorsement was withdrawn, or went with the held skill.
    Unendorsed {
        /// The holder.
        user: Id<User>,
        /// Who had vouched.
        endorser: Id<User>,
        /// The held skill.
        user_skill: Id<UserSkill>,
    },
    /// A skill was merged into another one, which its holders now hold.
    Merged {
        /// The admin.
        by: Id<User>,
        /// The skill that went.
        from: Id<Skill>,
        /// The skill that took its place.
        into: Id<Skill>,
        /// Those who held the one that went.
        holders: Vec<Id<User>>,
    },
    /// The catalogue changed.
    CatalogueChanged {
        /// The admin; none when the delivered catalogue was filled in.
        by: Option<Id<User>>,
        /// The entry; none when it was many.
        skill: Option<Id<Skill>>,
    },
    /// Somebody, or their résumé, suggested a skill.
    Suggested {
        /// Who.
        user: Id<User>,
        /// The suggestion.
        suggestion: Id<SkillSuggestion>,
        /// The name it would have.
        name: String,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Added { user, by, .. } => Facts::new("skills.added", Some(by), "user", user),
            Event::Changed { user, by, .. } => Facts::new("skills.changed", Some(by), "user", user),
            Event::Removed { user, by, .. } => Facts::new("skills.removed", Some(by), "user", user),
            Event::Synced { user, .. } => Facts::new("skills.synced", Some(user), "user", user),
            Event::SyncUndone { user, .. } => Facts::new("skills.sync_undone", Some(user), "user", user),
            Event::Endorsed { endorser, user_skill, .. } => {
                Facts::new("skills.endorsed", Some(endorser), "user_skill", user_skill)
            }
            Event::Unendorsed { endorser, user_skill, .. } => {
                Facts::new("skills.unendorsed", Some(endorser), "user_skill", user_skill)
            }
            Event::Merged { by, into, .. } => Facts::new("skills.merged", Some(by), "skill", into),
            Event::CatalogueChanged { by, skill } => {
                Facts::new("skills.catalogue_changed", by, "skill", skill.unwrap_or(Id::new(0)))
            }
            Event::Suggested { user, suggestion, .. } => {
                Facts::new("skills.suggested", Some(user), "skill_suggestion", suggestion)
            }
        }
    }
}
