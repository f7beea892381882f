//! The addresses of modules.

use rocket::{
    delete, get, http::ContentType as MediaType, patch, post, put, response::status::NoContent, serde::json::Json,
};
use utoipa::ToSchema;

use super::{CourseModule, ModuleDraft, ModuleFilter, ModuleForm, service};
use crate::{
    addresses,
    courses::{self, Course},
    platform::{
        app::App,
        body::Body,
        config::Config,
        download::Download,
        edge::IfMatch,
        error::{Error, Result},
        fields::id,
        files::{self, Kind},
        id::Id,
        list::{Listing, Page},
        once::{Answer, Once},
        upload::{Form, Upload},
    },
    users::{CurrentUser, Visitor},
};

addresses![
    list_course_modules,
    add_course_module,
    reorder_modules,
    list_modules,
    add_module,
    show_module,
    replace_module,
    change_module,
    delete_module,
    show_module_file,
    put_module_file;
    ModuleDraft = |body| ModuleDraft::default().read(body),
    NewModuleBody = |body| ModuleDraft::default().read(body)
];

/// The form of a module's file.
struct ModuleUpload;

impl Form for ModuleUpload {
    const FILE: &'static [&'static str] = &["file"];

    fn most_bytes(config: &Config) -> u64 {
        config.limits.module_file.bytes()
    }
}

/// The modules of a course by order; content and file only for who learns or teaches it.
#[utoipa::path(tag = "Courses", params(ModuleFilter), responses((status = 200, body = Page<CourseModule>)))]
#[get("/courses/<id>/modules")]
async fn list_course_modules(
    app: &App,
    visitor: Visitor,
    id: Id<Course>,
    listing: Listing<ModuleFilter>,
) -> Result<Json<Page<CourseModule>>> {
    let modules = app.db.read(move |conn| {
        courses::service::seen(conn, &visitor, id)?;
        service::list(conn, &listing, Some(id), &visitor)
    });
    modules.await.map(Json)
}

/// Add a module to a course, last unless it says where. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = ModuleDraft, responses((status = 201, body = CourseModule)))]
#[post("/courses/<id>/modules", data = "<body>")]
async fn add_course_module(app: &App, user: CurrentUser, id: Id<Course>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = courses::service::owned(tx, &user, id)?;
        let module = service::add(tx, &user, &course, body.fields())?;
        Answer::created(module.location(), &module)
    })
    .await
}

/// An order of modules.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct OrderBody {
    /// Every module of the course once.
    ids: Vec<Id<CourseModule>>,
}

/// Put the modules of a course in another order. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = OrderBody, responses((status = 200, body = Vec<CourseModule>)))]
#[post("/courses/<id>/modules/reorder", data = "<body>")]
async fn reorder_modules(app: &App, user: CurrentUser, id: Id<Course>, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let course = courses::service::owned(tx, &user, id)?;
        Answer::ok(&service::reorder(tx, &user, &course, body.fields())?)
    })
    .await
}

/// Modules of every course that the caller sees; content and file only where they learn or teach.
#[utoipa::path(tag = "Courses", params(ModuleFilter), responses((status = 200, body = Page<CourseModule>)))]
#[get("/course-modules")]
async fn list_modules(app: &App, visitor: Visitor, listing: Listing<ModuleFilter>) -> Result<Json<Page<CourseModule>>> {
    app.db.read(move |conn| service::list(conn, &listing, None, &visitor)).await.map(Json)
}

/// A module with the course it is for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; the fields are read one by one")]
struct NewModuleBody {
    /// What it is a part of.
    #[schema(minimum = 1)]
    course_id: i64,
    /// What its instructor writes.
    #[schema(inline)]
    #[serde(flatten)]
    draft: ModuleDraft,
}

/// Add a module to a course, last unless it says where. The course's instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = NewModuleBody, responses((status = 201, body = CourseModule)))]
#[post("/course-modules", data = "<body>")]
async fn add_module(app: &App, user: CurrentUser, once: Once, body: Body) -> Result<Answer> {
    app.once(once, move |tx| {
        let mut body = body.fields();
        let mut course: Id<Course> = Id::new(0);
        body.required("course_id", &mut course, id);
        if course.raw() == 0 {
            // The other fields are read as well, so that every fault comes in one answer.
            let draft = ModuleDraft::default().read(&mut body);
            body.finish(draft)?;
        }
        let course = match courses::service::owned(tx, &user, course) {
            Err(Error::NotFound(_)) => {
                return Err(Error::field("course_id", format!("There is no course with the id {course}.")));
            }
            found => found?,
        };
        let module = service::add(tx, &user, &course, body)?;
        Answer::created(module.location(), &module)
    })
    .await
}

/// One module; content and file only for who learns or teaches its course.
#[utoipa::path(tag = "Courses", responses((status = 200, body = CourseModule)))]
#[get("/course-modules/<id>")]
async fn show_module(app: &App, visitor: Visitor, id: Id<CourseModule>) -> Result<Json<CourseModule>> {
    app.db.read(move |conn| service::shown(conn, &visitor, id)).await.map(Json)
}

/// Write a module whole: what is left out falls back to its default, but its place stays. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = ModuleDraft, responses((status = 200, body = CourseModule)))]
#[put("/course-modules/<id>", data = "<body>")]
async fn replace_module(
    app: &App,
    user: CurrentUser,
    id: Id<CourseModule>,
    version: IfMatch,
    body: Body,
) -> Result<Json<CourseModule>> {
    write_module(app, user, id, version, body).await
}

/// Write some fields of a module. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body = ModuleDraft, responses((status = 200, body = CourseModule)))]
#[patch("/course-modules/<id>", data = "<body>")]
async fn change_module(
    app: &App,
    user: CurrentUser,
    id: Id<CourseModule>,
    version: IfMatch,
    body: Body,
) -> Result<Json<CourseModule>> {
    write_module(app, user, id, version, body).await
}

async fn write_module(
    app: &App,
    user: CurrentUser,
    id: Id<CourseModule>,
    version: IfMatch,
    body: Body,
) -> Result<Json<CourseModule>> {
    let files = app.files.clone();
    let changed = app.db.write(move |tx| {
        let module = service::owned(tx, &user, id)?;
        version.check(module.updated_at)?;
        service::change(tx, &user, &module, body.fields(), &files)
    });
    changed.await.map(Json)
}

/// Delete a module with its file. Its instructor or an admin.
#[utoipa::path(tag = "Courses", responses((status = 204)))]
#[delete("/course-modules/<id>")]
async fn delete_module(app: &App, user: CurrentUser, id: Id<CourseModule>, version: IfMatch) -> Result<NoContent> {
    let files = app.files.clone();
    let deleted = app.db.write(move |tx| {
        let module = service::owned(tx, &user, id)?;
        version.check(module.updated_at)?;
        service::remove(tx, &user, &module, &files)
    });
    deleted.await.map(|()| NoContent)
}

/// The file of a module, under the name it came with. Who learns or teaches its course, or an admin.
#[utoipa::path(tag = "Courses", responses((status = 200, content_type = "application/octet-stream")))]
#[get("/course-modules/<id>/file")]
async fn show_module_file(app: &App, user: CurrentUser, id: Id<CourseModule>) -> Result<Download> {
    let module = app.db.read(move |conn| service::shown(conn, &Visitor(Some(user)), id)).await?;
    if module.content.is_none() {
        return Err(Error::Forbidden("Enrol in the course to read its files."));
    }
    let (stored, name) = module.stored.ok_or(Error::NotFound("file"))?;
    Download::open(&app.files, Kind::CourseFile, &stored, name, MediaType::Binary).await
}

/// Give a module of the type resource its file, in the place of the one before. Its instructor or an admin.
#[utoipa::path(tag = "Courses", request_body(content = ModuleForm, content_type = "multipart/form-data"),
    responses((status = 200, body = CourseModule)))]
#[put("/course-modules/<id>/file", data = "<form>")]
async fn put_module_file(
    app: &App,
    user: CurrentUser,
    id: Id<CourseModule>,
    version: IfMatch,
    form: Upload<ModuleUpload>,
) -> Result<Json<CourseModule>> {
    let by = user.clone();
    // What would be refused in the end is refused before anything is stored.
    app.db.read(move |conn| service::check_takes_file(&*service::owned(conn, &by, id)?)).await?;
    let (mut file, ()) = form.read(|_| ())?;
    let store = app.files.clone();
    let stored = rocket::tokio::task::spawn_blocking(move || {
        let new = store.put_own(Kind::CourseFile, &file.load()?)?;
        Ok::<_, std::io::Error>((new, file.name))
    });
    let (new, name) = stored.await.map_err(|e| Error::Internal(e.into()))?.map_err(files::failure)?;
    let files = app.files.clone();
    let changed = app.db.write(move |tx| {
        let module = service::owned(tx, &user, id)?;
        version.check(module.updated_at)?;
        service::attach(tx, &user, &module, &name, new, &files)
    });
    changed.await.map(Json)
}
