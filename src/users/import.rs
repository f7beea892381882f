//! Accounts that come from elsewhere, with what they were there.

use super::{
    ProfileDraft, User,
    points::{self, Reason},
    service, store,
};
use crate::platform::{
    clock::Timestamp,
    db::Tx,
    error::Result,
    fields::{Fields, flag, integer, moment, ruled, valid},
    id::Id,
    password,
    validate::{self, EmailDomain},
};

/// One account of a file.
#[derive(Default)]
pub struct ImportedUser {
    profile: ProfileDraft,
    email: String,
    password_hash: Option<String>,
    created_at: Option<Timestamp>,
    points: i64,
    roles: Vec<(&'static str, bool)>,
}

impl ImportedUser {
    /// Reads a record: the profile's fields, `email`, and what only an import may set.
    pub fn read(record: &mut Fields) -> Self {
        let mut it = Self { profile: ProfileDraft::default().read(record), ..Self::default() };
        record.required("email", &mut it.email, ruled(validate::EMAIL, |email| EmailDomain::default().check(email)));
        record.optional(
            "password_hash",
            &mut it.password_hash,
            valid(|phc| password::acceptable_phc(phc).map(|()| phc.to_owned())),
        );
        record.optional("created_at", &mut it.created_at, moment);
        record.defaulted("points", &mut it.points, integer(0..=1_000_000_000));
        for role in store::ROLES {
            let mut granted = false;
            record.defaulted(role, &mut granted, flag);
            it.roles.push((role, granted));
        }
        it
    }
}

/// Adds an account that comes from elsewhere. It did not register here, so it is mailed nothing but, when it brought no
/// password along, a link to set one.
///
/// # Errors
/// 400 on each field that is taken.
pub fn import(tx: &Tx<'_>, record: &mut Fields, it: ImportedUser) -> Result<Id<User>> {
    let (name_taken, email_taken) = store::taken(tx, &it.profile.username, &it.email)?;
    record.check("username", !name_taken, "This name is taken.");
    record.check("email", !email_taken, "An account with this address exists.");
    let it = record.finish(it)?;
    tx.at(it.created_at.unwrap_or(tx.now()), || {
        let user = store::insert(
            tx,
            &store::NewUser {
                username: &it.profile.username,
                email: &it.email,
                password: it.password_hash.as_deref(),
                first_name: "",
                last_name: "",
                title: "",
            },
        )?;
        store::update_profile(tx, user, &it.profile)?;
        for (role, _) in it.roles.iter().filter(|(_, granted)| *granted) {
            store::set_role(tx, user, role, true)?;
        }
        if it.password_hash.is_none() {
            service::invite(tx, user)?;
        }
        if it.points > 0 {
            points::book(tx, user, it.points, Reason::AdminAdjustment, "import", Some("Brought along."))?;
        }
        Ok(user)
    })
}
