//! What achievements are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::metrics::Metric;
use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, account, choice, flag, integer, ruled, text},
        id::Id,
        list::Filter,
        rule::Rule,
        validate,
    },
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// How rare an achievement is meant to be.
    pub enum Rarity { Common = "common", Rare = "rare", Epic = "epic", Legendary = "legendary" }
}

text_enum! {
    /// Over which time points are compared: ever, the last 30 days, the last 7 days.
    pub enum Period { All = "all", Month = "month", Week = "week" }
}

/// The icons that come with the web application.
const ICONS: &[&str] = &[
    "book",
    "briefcase",
    "calendar",
    "chat",
    "compass",
    "document",
    "flame",
    "graduation-cap",
    "handshake",
    "heart",
    "medal",
    "pencil",
    "people",
    "rocket",
    "star",
    "thumbs-up",
    "tools",
    "trophy",
];

/// Something that can be earned once by each person: a metric reaching its target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Achievement {
    /// Its number.
    pub id: Id<Achievement>,
    /// Unique, as in an address.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What is to be done.
    pub description: String,
    /// One of the built-in icons.
    pub icon: Option<String>,
    /// How rare it is meant to be.
    pub rarity: Rarity,
    /// What it brings.
    pub points_awarded: i64,
    /// What is counted.
    pub metric: Metric,
    /// From where on it is earned.
    pub target: i64,
    /// One of those that careerd comes with.
    pub built_in: bool,
    /// Whether it can be earned.
    pub is_active: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An achievement as somebody sees it: with where they stand, when they are signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Seen {
    /// The achievement.
    #[serde(flatten)]
    pub achievement: Achievement,
    /// How many active people hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<i64>,
    /// Where the caller stands.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Mine>,
}

/// Where the caller stands with one achievement.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Mine {
    /// Whether they hold it.
    pub earned: bool,
    /// How far they are, 0 to 100.
    pub progress_percentage: i64,
}

/// How far somebody is with an achievement that they do not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Progress {
    /// The achievement's key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What is to be done.
    pub description: String,
    /// What it brings.
    pub points_awarded: i64,
    /// How rare it is meant to be.
    pub rarity: Rarity,
    /// Where they stand.
    pub current: i64,
    /// From where on it is earned.
    pub target: i64,
    /// How far they are, 0 to 100.
    pub progress_percentage: i64,
}

/// `min(100, floor(100 × current / target))`; a metric that fell below 0 counts as 0.
pub fn percentage(current: i64, target: i64) -> i64 {
    let whole = i128::from(current.max(0)) * 100 / i128::from(target.max(1));
    i64::try_from(whole.min(100)).unwrap_or(100)
}

/// An achievement that somebody earned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserAchievement {
    /// Its number.
    pub id: Id<UserAchievement>,
    /// Who earned it.
    pub user: UserRef,
    /// What they earned.
    pub achievement: Achievement,
    /// The points it brought.
    pub points: i64,
    /// When.
    pub earned_at: Timestamp,
    /// The admin who awarded it by hand.
    pub awarded_by: Option<UserRef>,
    /// When it was taken back; such a one stands in no list.
    pub revoked_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A place on the leaderboard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Leader {
    /// 1 + people with more; equal points share it.
    pub rank: i64,
    /// The person's number.
    pub user_id: Id<User>,
    /// The person.
    pub user: UserRef,
    /// Their name.
    pub username: String,
    /// What they have, or gained in the period.
    pub points: i64,
    /// How many achievements they hold.
    pub achievement_count: i64,
    /// Address of their picture.
    pub avatar: Option<String>,
}

/// What an admin writes of an achievement.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct AchievementDraft {
    /// 1 to 50 of `a-z 0-9 - _`; unique.
    pub key: String,
    /// 1 to 200 characters.
    pub name: String,
    /// 1 to 500 characters.
    pub description: String,
    /// One of the built-in icons.
    #[serde(default)]
    pub icon: Option<String>,
    /// How rare it is meant to be.
    pub rarity: Rarity,
    /// 0 to 1000.
    pub points_awarded: i64,
    /// What is counted.
    pub metric: Metric,
    /// At least 1.
    pub target: i64,
    /// Whether it can be earned.
    #[serde(default = "yes")]
    pub is_active: bool,
}

fn yes() -> bool {
    true
}

impl Default for AchievementDraft {
    fn default() -> Self {
        Self {
            key: String::new(),
            name: String::new(),
            description: String::new(),
            icon: None,
            rarity: Rarity::Common,
            points_awarded: 0,
            metric: Metric::Posts,
            target: 1,
            is_active: true,
        }
    }
}

impl Achievement {
    /// What an admin may write of it.
    pub fn draft(&self) -> AchievementDraft {
        AchievementDraft {
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            icon: self.icon.clone(),
            rarity: self.rarity,
            points_awarded: self.points_awarded,
            metric: self.metric,
            target: self.target,
            is_active: self.is_active,
        }
    }
}

impl AchievementDraft {
    /// Reads a body over this draft. Of a built-in one the rule itself stays what it is: what the caller may not set has no
    /// effect and is no error.
    pub fn read(mut self, body: &mut Fields, built_in: bool) -> Self {
        body.required("name", &mut self.name, text(1..=200));
        body.required("description", &mut self.description, text(1..=500));
        body.optional("icon", &mut self.icon, ruled(Rule::text(1..=50), icon));
        if !built_in {
            body.required("key", &mut self.key, ruled(validate::SLUG, validate::slug));
            // Digits alone would be read as an id where an address takes either.
            let digits = self.key.bytes().all(|it| it.is_ascii_digit()) && !self.key.is_empty();
            body.check("key", !digits, "Use at least one letter, - or _.");
            body.required("rarity", &mut self.rarity, choice);
            body.required("points_awarded", &mut self.points_awarded, integer(0..=1000));
            body.required("metric", &mut self.metric, choice);
            body.required("target", &mut self.target, integer(1..=1_000_000_000));
            body.defaulting_to(true, "is_active", &mut self.is_active, flag);
        }
        self
    }
}

fn icon(name: &str) -> Result<String, String> {
    let found = ICONS.iter().find(|it| **it == name.trim());
    found.map(|it| (*it).to_owned()).ok_or_else(|| format!("Choose one of {}.", ICONS.join(", ")))
}

/// The filters of `GET /achievements/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AchievementFilter {
    /// Only of these rarities.
    pub rarity: Vec<Rarity>,
}

impl Filter for AchievementFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("rarity", &mut filter.rarity, 20, choice);
        filter
    }
}

/// The filters of `GET /user-achievements/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AwardFilter {
    /// Whose; the caller's when left out.
    #[param(value_type = Option<String>)]
    pub user: Option<Id<User>>,
    /// Only of these rarities.
    pub rarity: Vec<Rarity>,
}

impl Filter for AwardFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("user", &mut filter.user, account);
        query.several("rarity", &mut filter.rarity, 20, choice);
        filter
    }
}

/// Which part of the leaderboard.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeaderFilter {
    /// At most 100, which is the default.
    pub limit: i64,
    /// `all` when left out.
    #[param(inline)]
    pub period: Period,
}

impl Filter for LeaderFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self { limit: 100, period: Period::All };
        query.defaulting_to(100, "limit", &mut filter.limit, integer(1..=100));
        query.defaulting_to(Period::All, "period", &mut filter.period, choice);
        filter
    }
}

/// How many people hold an achievement.
#[derive(Serialize, Deserialize)]
pub struct Holders {
    /// The achievement's key.
    pub key: String,
    /// Active people who hold it.
    pub holders: i64,
}

/// Who is ahead and how many hold what, at one moment.
#[derive(Serialize)]
pub struct AchievementStats {
    /// The hundred with the most points.
    pub leaderboard: Vec<Leader>,
    /// Every achievement in use.
    pub holders: Vec<Holders>,
}

/// What happened to achievements.
#[derive(Serialize)]
pub enum Event {
    /// Somebody earned one, by what they did or by an admin's hand.
    Earned {
        /// Who.
        user: Id<User>,
        /// What.
        achievement: Id<Achievement>,
        /// The award.
        award: Id<UserAchievement>,
        /// The achievement's name.
        name: String,
        /// The points it brought.
        points: i64,
    },
    /// An award was taken back, with the points that it had brought.
    Revoked {
        /// Whose.
        user: Id<User>,
        /// The award.
        award: Id<UserAchievement>,
    },
    /// Somebody's points reached a round sum for the first time.
    MilestoneReached {
        /// Who.
        user: Id<User>,
        /// The sum.
        points: i64,
    },
    /// There is a new rule, or a rule changed: people may have earned it already.
    RuleChanged {
        /// The achievement.
        achievement: Id<Achievement>,
        /// When; it tells this change from others.
        at: Timestamp,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match self {
            // The system is the actor: earning is no deed of its own, else it would lengthen streaks.
            Event::Earned { award, .. } => {
                Facts::new("achievements.earned", None::<Id<User>>, "user_achievement", *award)
            }
            Event::Revoked { award, .. } => {
                Facts::new("achievements.revoked", None::<Id<User>>, "user_achievement", *award)
            }
            Event::MilestoneReached { user, .. } => {
                Facts::new("achievements.milestone_reached", None::<Id<User>>, "user", *user)
            }
            Event::RuleChanged { achievement, .. } => {
                Facts::new("achievements.rule_changed", None::<Id<User>>, "achievement", *achievement)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_rounded_down_and_never_above_100() {
        assert_eq!([percentage(0, 3), percentage(1, 3), percentage(2, 3), percentage(3, 3)], [0, 33, 66, 100]);
        assert_eq!([percentage(-5, 3), percentage(i64::MAX, 1), percentage(1, i64::MAX)], [0, 100, 0]);
    }
}
