//! The addresses of accounts.

use rocket::{get, patch, post, serde::json::Json};
use utoipa::ToSchema;

use super::{Account, AccountFilter, Use, store};
use crate::{
    addresses,
    admin::{BulkUpdated, MOST_BULK},
    platform::{
        app::App,
        body::Body,
        db::Tx,
        edge::IfMatch,
        error::Result,
        fields::{Fields, choice, id, integer, text},
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
        validate::EmailDomain,
    },
    users::{
        Admin, CurrentUser, User,
        accounts::{AccountDraft, service},
        points::PointsEntry,
        store as users,
    },
};

addresses![
    list_accounts,
    show_account,
    change_account,
    deactivate_account,
    activate_account,
    sign_account_out,
    send_password_reset,
    adjust_points,
    switch_accounts;
    AccountDraft = |body| AccountDraft::default().read(body, &EmailDomain::default()),
    ReasonBody = read_reason,
    AdjustmentBody = read_adjustment,
    SwitchBody = read_switch
];

/// All accounts with what is private, in use or not, newest first. Admins only.
#[utoipa::path(tag = "Administration", params(AccountFilter), responses((status = 200, body = Page<Account>)))]
#[get("/admin/users")]
async fn list_accounts(app: &App, _admin: Admin, listing: Listing<AccountFilter>) -> Result<Json<Page<Account>>> {
    let now = app.clock.now();
    app.db.read(move |conn| store::page(conn, &listing, now)).await.map(Json)
}

/// One account with what is private. Admins only.
#[utoipa::path(tag = "Administration", responses((status = 200, body = Account)))]
#[get("/admin/users/<id>")]
async fn show_account(app: &App, _admin: Admin, id: Id<User>) -> Result<Json<Account>> {
    let now = app.clock.now();
    app.db.read(move |conn| store::get(conn, id, now)).await.map(Json)
}

/// Write names, address and roles of an account. Nobody takes their own admin role, nor the last admin's. Admins only.
#[utoipa::path(tag = "Administration", request_body = AccountDraft, responses((status = 200, body = User)))]
#[patch("/admin/users/<id>", data = "<body>")]
async fn change_account(app: &App, admin: Admin, id: Id<User>, version: IfMatch, body: Body) -> Result<Json<User>> {
    let accounts = app.config.accounts.clone();
    let changed = app.db.write(move |tx| {
        let user = service::standing(tx, id)?;
        version.check(user.updated_at)?;
        let domains = accounts.email_domains();
        service::change(tx, &admin.0, &user, body.fields(), &domains)
    });
    changed.await.map(Json)
}

/// Why something is done.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct ReasonBody {
    /// At most 500 characters, for the audit.
    reason: Option<String>,
}

fn read_reason(body: &mut Fields) -> String {
    let mut reason = String::new();
    body.defaulted("reason", &mut reason, text(0..=500));
    reason
}

/// Does something to an account, for a reason, and answers with what became of it.
async fn step<F>(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body, then: F) -> Result<Answer>
where
    F: FnOnce(&Tx<'_>, &CurrentUser, &User, &str) -> Result<()> + Send + 'static,
{
    let reason = body.read(read_reason)?;
    app.once(once, move |tx| {
        then(tx, &admin.0, &service::standing(tx, id)?, &reason)?;
        Answer::ok(&users::get(tx, id)?)
    })
    .await
}

/// Take an account out of use: every sign-in ends at once, and a mail tells of it. Admins only.
#[utoipa::path(tag = "Administration", request_body = Option<ReasonBody>, responses((status = 200, body = User)))]
#[post("/admin/users/<id>/deactivate", data = "<body>")]
async fn deactivate_account(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body) -> Result<Answer> {
    step(app, admin, id, once, body, |tx, by, user, reason| service::switch(tx, by, user.id, false, reason)).await
}

/// Take an account into use again, also one that its owner left. Admins only.
#[utoipa::path(tag = "Administration", request_body = Option<ReasonBody>, responses((status = 200, body = User)))]
#[post("/admin/users/<id>/activate", data = "<body>")]
async fn activate_account(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body) -> Result<Answer> {
    step(app, admin, id, once, body, |tx, by, user, reason| service::switch(tx, by, user.id, true, reason)).await
}

/// End every sign-in of an account at once. Admins only.
#[utoipa::path(tag = "Administration", request_body = Option<ReasonBody>, responses((status = 200, body = User)))]
#[post("/admin/users/<id>/logout", data = "<body>")]
async fn sign_account_out(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body) -> Result<Answer> {
    step(app, admin, id, once, body, |tx, by, user, reason| service::sign_out(tx, by, user, reason).map(drop)).await
}

/// Mail a link for a new password to the account's address. Admins only.
#[utoipa::path(tag = "Administration", request_body = Option<ReasonBody>, responses((status = 200, body = User)))]
#[post("/admin/users/<id>/password-reset", data = "<body>")]
async fn send_password_reset(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body) -> Result<Answer> {
    step(app, admin, id, once, body, service::send_reset).await
}

/// A correction of the ledger.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct AdjustmentBody {
    /// Points to give, or to take when negative; never 0.
    amount: i64,
    /// 1 to 500 characters; the account's owner reads it.
    reason: String,
}

fn read_adjustment(body: &mut Fields) -> (i64, String) {
    let (mut amount, mut reason) = (0, String::new());
    body.required("amount", &mut amount, integer(-1_000_000..=1_000_000));
    body.check("amount", !body.has("amount") || amount != 0, "This must not be 0.");
    body.required("reason", &mut reason, text(1..=500));
    (amount, reason)
}

/// Correct the points of an account. Admins only.
#[utoipa::path(tag = "Administration", request_body = AdjustmentBody, responses((status = 201, body = PointsEntry)))]
#[post("/admin/users/<id>/points", data = "<body>")]
async fn adjust_points(app: &App, admin: Admin, id: Id<User>, once: Once, body: Body) -> Result<Answer> {
    let (amount, reason) = body.read(read_adjustment)?;
    app.once(once, move |tx| {
        let entry = service::adjust_points(tx, &admin.0, &service::standing(tx, id)?, amount, &reason)?;
        Answer::created(format!("/api/users/{id}/points/"), &entry)
    })
    .await
}

/// Accounts, and whether they are to be in use.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct SwitchBody {
    /// At most 500.
    ids: Vec<Id<User>>,
    /// What they are to be.
    status: Use,
}

fn read_switch(body: &mut Fields) -> (Vec<Id<User>>, Use) {
    let (mut ids, mut status) = (vec![], Use::Active);
    body.required("ids", &mut (), |_| Ok(()));
    body.several("ids", &mut ids, MOST_BULK, id);
    body.required("status", &mut status, choice);
    (ids, status)
}

/// Take several accounts into or out of use. Those that are so already, or unknown, are passed over. Admins only.
#[utoipa::path(tag = "Administration", request_body = SwitchBody, responses((status = 200, body = BulkUpdated)))]
#[post("/admin/users/bulk_update_status", data = "<body>")]
async fn switch_accounts(app: &App, admin: Admin, once: Once, body: Body) -> Result<Answer> {
    let (ids, status) = body.read(read_switch)?;
    app.once(once, move |tx| {
        Answer::ok(&BulkUpdated::of(service::switch_all(tx, &admin.0, &ids, status == Use::Active)?))
    })
    .await
}
