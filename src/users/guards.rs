//! Authority as types: a handler that takes one of these runs only for whoever has it.

use std::ops::Deref;

use rocket::{
    Request,
    http::Method,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{User, audit::Trace};
use crate::platform::{
    app::App,
    caller::{Caller, Roles, SignIn},
    edge::{Call, refuse},
    error::{Error, Result, Unauthenticated},
    id::Id,
    signature::{Access, Argument, Told},
};

/// Whoever sends the request: an active account, proven by a token.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The account.
    pub id: Id<User>,
    /// What the edge knows of it.
    pub caller: Caller,
    /// The call; none when nobody calls.
    pub trace: Option<Trace>,
}

impl CurrentUser {
    /// The account as its own caller, for content that is invented or brought along. No request ever comes here.
    pub fn on_behalf_of(user: &User) -> Self {
        let roles = Roles {
            admin: user.is_staff,
            instructor: user.is_instructor,
            recruiter: user.is_recruiter,
            moderator: user.is_moderator,
            mentor: user.is_mentor,
        };
        let caller = Caller {
            id: user.id.raw(),
            username: user.username.clone(),
            shown_name: user.shown_name(),
            title: user.title.clone(),
            location: user.location.clone(),
            email_verified: true,
            last_active: user.last_active,
            roles,
            sign_in: SignIn::Session { family: 0, jti: String::new(), browser: false },
        };
        Self { id: user.id, caller, trace: None }
    }

    /// Whether they administer this instance and came without an API token.
    pub fn is_admin(&self) -> bool {
        self.caller.roles.admin
    }

    /// Proof that `row` is theirs, or that they are an admin.
    ///
    /// # Errors
    /// 403: the row is visible to them and belongs to somebody else.
    pub fn owning<T: HasOwner>(&self, row: T) -> Result<Owned<T>> {
        if row.owner() == Some(self.id) || self.is_admin() {
            Ok(Owned(row))
        } else {
            Err(Error::Forbidden("This belongs to somebody else."))
        }
    }
}

/// A row that belongs to somebody.
pub trait HasOwner {
    /// Whose it is; none when they are gone.
    fn owner(&self) -> Option<Id<User>>;
}

impl HasOwner for User {
    fn owner(&self) -> Option<Id<User>> {
        Some(self.id)
    }
}

/// Proof that a row belongs to the caller, or that the caller is an admin. Services that change take this, so that a
/// forgotten check does not compile.
#[derive(Debug)]
pub struct Owned<T>(T);

impl<T> Owned<T> {
    /// The row itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Whether the call changes the caller's own account: its sign-ins, its profile, what it is told of.
fn manages_oneself(req: &Request<'_>, caller: &Caller) -> bool {
    let path = req.uri().path().as_str();
    match path.strip_prefix("/api/users/").and_then(|rest| rest.split('/').next()) {
        Some(whose) => whose == "me" || whose == caller.id.to_string(),
        None => ["/api/auth/", "/api/logout", "/api/notifications/"].iter().any(|own| path.starts_with(own)),
    }
}

fn current(req: &Request<'_>) -> Result<CurrentUser> {
    let caller = Caller::of(req).ok_or(Error::Unauthenticated(Unauthenticated::Required))?;
    let reads = matches!(req.method(), Method::Get | Method::Head);
    if matches!(caller.sign_in, SignIn::ApiToken { read_only: true, .. }) && !reads {
        return Err(Error::Forbidden("This API token may only read."));
    }
    let unproven = App::of(req).config.auth.require_verified_email && !caller.email_verified;
    if unproven && !reads && !manages_oneself(req, caller) {
        return Err(Error::Forbidden("Confirm your e-mail address first."));
    }
    Ok(CurrentUser { id: Id::new(caller.id), caller: caller.clone(), trace: Call::of(req).map(Trace::from) })
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for CurrentUser {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match current(req) {
            Ok(user) => Outcome::Success(user),
            Err(error) => refuse(req, error),
        }
    }
}

impl Argument for CurrentUser {
    fn tell(told: &mut Told) {
        told.access = Access::SignedIn;
    }
}

/// A caller with an access token, never an API token: for what no token may do on its owner's behalf.
pub struct InPerson(pub CurrentUser);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for InPerson {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match current(req) {
            Ok(user) if matches!(user.caller.sign_in, SignIn::Session { .. }) => Outcome::Success(InPerson(user)),
            Ok(_) => refuse(req, Error::Forbidden("Sign in with a password to do this.")),
            Err(error) => refuse(req, error),
        }
    }
}

impl Argument for InPerson {
    fn tell(told: &mut Told) {
        told.access = Access::InPerson(None);
    }
}

/// The caller of an address that is open to all: somebody, or nobody.
pub struct Visitor(pub Option<CurrentUser>);

impl Visitor {
    /// The account, if somebody is signed in.
    pub fn id(&self) -> Option<Id<User>> {
        self.0.as_ref().map(|user| user.id)
    }

    /// What the edge knows of them, if somebody is signed in.
    pub fn caller(&self) -> Option<&Caller> {
        self.0.as_ref().map(|user| &user.caller)
    }

    /// Whether they are an admin.
    pub fn is_admin(&self) -> bool {
        self.0.as_ref().is_some_and(CurrentUser::is_admin)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        // A bad token was refused by the edge, so no caller means that none was claimed.
        Outcome::Success(Visitor(current(req).ok()))
    }
}

/// Who looks, for counting each looker once a day: an account, or an address.
pub struct Looker(pub String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Looker {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let who = match (Caller::of(req), Call::of(req)) {
            (Some(caller), _) => format!("user {}", caller.id),
            (None, Some(call)) => call.client.address.to_string(),
            (None, None) => String::new(),
        };
        Outcome::Success(Looker(who))
    }
}

impl Argument for Visitor {}
impl Argument for Looker {}

/// Makes a guard of a role; an admin passes each of them but the mentor's.
macro_rules! role {
    ($(#[$doc:meta])* $name:ident, $flag:literal, $passes:expr, $otherwise:literal) => {
        $(#[$doc])*
        pub struct $name(pub CurrentUser);

        impl Argument for $name {
            fn tell(told: &mut Told) {
                told.access = Access::InPerson(Some($flag));
            }
        }

        #[rocket::async_trait]
        impl<'r> FromRequest<'r> for $name {
            type Error = ();

            async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
                match current(req) {
                    Ok(user) => {
                        let passes: fn(&Caller) -> bool = $passes;
                        if passes(&user.caller) {
                            Outcome::Success(Self(user))
                        } else {
                            refuse(req, Error::Forbidden($otherwise))
                        }
                    }
                    Err(error) => refuse(req, error),
                }
            }
        }
    };
}

role!(/** Administers this instance. */ Admin, "is_staff", |it| it.roles.admin, "Only admins do this.");
role!(/** May create courses and projects. */ Instructor, "is_instructor", |it| it.roles.instructor || it.roles.admin, "Only instructors do this.");
role!(/** May post jobs. */ Recruiter, "is_recruiter", |it| it.roles.recruiter || it.roles.admin, "Only recruiters do this.");
role!(/** May hide content. */ Moderator, "is_moderator", |it| it.roles.moderator || it.roles.admin, "Only moderators do this.");
