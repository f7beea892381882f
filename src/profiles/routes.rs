//! The addresses of people.

use rocket::{get, http::uri::Origin, post, serde::json::Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::{
    achievements::{self, UserAchievement},
    addresses,
    platform::{
        app::App,
        body::Body,
        cache::Ready,
        error::{Error, Result},
        fields::flag,
        list::{Listing, Page},
        once::{Answer, Once},
        validate::EmailDomain,
    },
    skills::UserSkill,
    users::{
        self, Admin, NewAccount, User, UserFilter, Visitor, Whose,
        audit::{self, Changes},
        sign_in::{Account, create_account, hash_password},
    },
};

addresses![list, create, show; NewMember = |body| NewAccount::read(body, &EmailDomain::default(), true)];

/// Active people, those with most points first.
#[utoipa::path(tag = "People", params(UserFilter), responses((status = 200, body = Page<User>)))]
#[get("/users")]
async fn list(app: &App, uri: &Origin<'_>, listing: Listing<UserFilter>) -> Result<Ready> {
    app.ready_to(None, uri, move |conn| store::page(conn, &listing)).await
}

/// A new account with its roles.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewMember {
    #[serde(flatten)]
    account: NewAccount,
    /// Administers this instance.
    #[serde(default)]
    is_staff: bool,
    /// May create courses and projects.
    #[serde(default)]
    is_instructor: bool,
    /// May post jobs.
    #[serde(default)]
    is_recruiter: bool,
    /// May hide content.
    #[serde(default)]
    is_moderator: bool,
    /// A mark without privileges.
    #[serde(default)]
    is_premium: bool,
}

/// Register somebody, with roles. Without a password they are mailed a link to set one.
#[utoipa::path(tag = "People", request_body = NewMember, responses((status = 201, body = User)))]
#[post("/users", data = "<body>")]
async fn create(app: &App, admin: Admin, body: Body, once: Once) -> Result<Answer> {
    let (new, roles) = body.read(|body| {
        let new = NewAccount::read(body, &app.config.accounts.email_domains(), false);
        let mut roles = vec![];
        for role in users::store::ROLES {
            let mut granted = false;
            body.defaulted(role, &mut granted, flag);
            if granted {
                roles.push(*role);
            }
        }
        (new, roles)
    })?;
    let password = match new.password.clone() {
        none if none.is_empty() => None,
        password => Some(hash_password(app, password).await?),
    };
    app.once(once, move |tx| {
        let by = &admin.0;
        let changes = Changes::none().field("username", "", new.username.as_str());
        let id = create_account(tx, &Account { new, password })?;
        audit::record(tx, by, "users.created", ("user", id), changes)?;
        for role in roles {
            users::service::set_role(tx, by, id, role, true)?;
        }
        Answer::created(format!("/api/users/{id}/"), &users::store::get(tx, id)?)
    })
    .await
}

/// A person with the best of what they can and earned.
#[derive(Serialize, ToSchema)]
struct Profile {
    /// The person.
    #[serde(flatten)]
    user: User,
    /// The five skills they know best.
    skills: Vec<UserSkill>,
    /// The five achievements they earned last.
    achievements: Vec<UserAchievement>,
}

/// One person. For themselves and admins with what is private.
#[utoipa::path(tag = "People", responses((status = 200, body = Profile)))]
#[get("/users/<id>")]
async fn show(app: &App, visitor: Visitor, id: Whose) -> Result<Json<Profile>> {
    let id = id.id(&visitor)?;
    let profile = app.db.read(move |conn| {
        let mut user = users::store::get(conn, id)?;
        let private = visitor.is_admin() || visitor.id() == Some(id);
        if !private {
            if !user.is_active {
                return Err(Error::NotFound("user"));
            }
            user.private = None;
        }
        Ok(Profile {
            user,
            skills: store::best_skills(conn, id)?,
            achievements: achievements::store::newest(conn, id, 5)?,
        })
    });
    profile.await.map(Json)
}
