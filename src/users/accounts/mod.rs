//! What admins decide of accounts: names and addresses, roles, whether they are in use, corrections of points.

pub mod service;
mod store;

use serde::Serialize;
use utoipa::ToSchema;

use super::User;
use crate::platform::{
    fields::{Fields, flag, ruled, text},
    validate::{self, EmailDomain},
};

/// What an admin writes of an account.
#[derive(Default, Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccountDraft {
    /// 3 to 30 letters, digits, `_` or `-`; unique in any case.
    pub username: String,
    /// Unique in any case. Another one has to be proven anew.
    pub email: String,
    /// At most 150 characters.
    pub first_name: String,
    /// At most 150 characters.
    pub last_name: String,
    /// At most 100 characters.
    pub title: String,
    /// Administers this instance.
    pub is_staff: bool,
    /// May create courses and projects.
    pub is_instructor: bool,
    /// May post jobs.
    pub is_recruiter: bool,
    /// May hide content.
    pub is_moderator: bool,
    /// A mark without privileges.
    pub is_premium: bool,
}

impl AccountDraft {
    /// What stands in this account.
    pub fn of(user: &User) -> Self {
        Self {
            username: user.username.clone(),
            email: user.private.as_ref().map(|it| it.email.clone()).unwrap_or_default(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            title: user.title.clone(),
            is_staff: user.is_staff,
            is_instructor: user.is_instructor,
            is_recruiter: user.is_recruiter,
            is_moderator: user.is_moderator,
            is_premium: user.is_premium,
        }
    }

    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields, domains: &EmailDomain<'_>) -> Self {
        body.required("username", &mut self.username, ruled(validate::USERNAME, validate::username));
        body.required("email", &mut self.email, ruled(validate::EMAIL, |it| domains.check(it)));
        body.defaulted("first_name", &mut self.first_name, text(0..=150));
        body.defaulted("last_name", &mut self.last_name, text(0..=150));
        body.defaulted("title", &mut self.title, text(0..=100));
        body.defaulted("is_staff", &mut self.is_staff, flag);
        body.defaulted("is_instructor", &mut self.is_instructor, flag);
        body.defaulted("is_recruiter", &mut self.is_recruiter, flag);
        body.defaulted("is_moderator", &mut self.is_moderator, flag);
        body.defaulted("is_premium", &mut self.is_premium, flag);
        self
    }
}
