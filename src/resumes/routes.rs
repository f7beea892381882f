//! The addresses of résumés. All are private: what is somebody else's is not there, for admins neither.

use chrono::Duration;
use rocket::{
    Responder, delete, get,
    http::{ContentType, Header},
    patch, post, put,
    serde::json::Json,
};
use serde_json::{Map, Value};

use super::{
    model::{
        Comparison, FileType, Pair, Reading, Resume, ResumeDetail, ResumeDraft, ResumeFilter, ResumeForm, ResumeText,
        Status,
    },
    reader::{self, Program, Reader},
    service, store,
};
use crate::{
    addresses,
    analysis::{Unreadable, detect},
    platform::{
        app::App,
        body::Body,
        config::Config,
        download::Download,
        edge::IfMatch,
        error::{Error, Result},
        fields::{Fields, flag, text},
        files::{self, Kind},
        id::Id,
        list::{Listing, Page, Query},
        once::{Answer, Once},
        upload::{Form, Upload, Uploaded},
    },
    skills::{self, sync::Undone},
    users::CurrentUser,
};

addresses![
    list_resumes,
    upload_resume,
    show_resume,
    replace_resume,
    change_resume,
    delete_resume,
    show_analysis,
    show_text,
    download_resume,
    reanalyze_resume,
    undo_sync,
    compare_resumes,
    upload_resume_alias,
    upload_cv,
    show_cv,
    delete_cv;
    ResumeDraft = |body| ResumeDraft::default().read(body),
    ResumeForm = |body| read_texts(body, None)
];

fn most_bytes(config: &Config) -> u64 {
    u64::from(config.resumes.max_mb) << 20
}

/// The form of a résumé.
struct ResumeUpload;

impl Form for ResumeUpload {
    const FILE: &'static [&'static str] = &["file"];

    fn most_bytes(config: &Config) -> u64 {
        most_bytes(config)
    }
}

/// The form of somebody who is just starting, who calls it a CV.
struct CvUpload;

impl Form for CvUpload {
    const FILE: &'static [&'static str] = &["cv", "file"];

    fn most_bytes(config: &Config) -> u64 {
        most_bytes(config)
    }
}

/// Your résumés.
#[utoipa::path(tag = "Résumés", params(ResumeFilter), responses((status = 200, body = Page<Resume>)))]
#[get("/resumes")]
async fn list_resumes(app: &App, user: CurrentUser, listing: Listing<ResumeFilter>) -> Result<Json<Page<Resume>>> {
    app.db.read(move |conn| store::page(conn, user.id, &listing)).await.map(Json)
}

/// Upload a résumé, which is analysed in the background. The same file again finds the first.
#[utoipa::path(tag = "Résumés", request_body(content = ResumeForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Resume), (status = 200, description = "The same file was there already.", body = Resume)))]
#[post("/resumes", data = "<form>")]
async fn upload_resume(app: &App, user: CurrentUser, once: Once, form: Upload<ResumeUpload>) -> Result<Answer> {
    upload(app, user, once, form, None).await
}

/// Upload a résumé: the same as `POST /resumes/`.
#[utoipa::path(tag = "Résumés", request_body(content = ResumeForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Resume), (status = 200, description = "The same file was there already.", body = Resume)))]
#[post("/resumes/upload", data = "<form>")]
async fn upload_resume_alias(app: &App, user: CurrentUser, once: Once, form: Upload<ResumeUpload>) -> Result<Answer> {
    upload(app, user, once, form, None).await
}

/// Upload a résumé, in the field `cv`, as your primary one.
#[utoipa::path(tag = "Résumés", request_body(content = ResumeForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Resume), (status = 200, description = "The same file was there already.", body = Resume)))]
#[post("/onboarding/cv", data = "<form>")]
async fn upload_cv(app: &App, user: CurrentUser, once: Once, form: Upload<CvUpload>) -> Result<Answer> {
    upload(app, user, once, form, Some(true)).await
}

fn read_texts(body: &mut Fields, primary: Option<bool>) -> (String, Option<bool>) {
    let (mut label, mut is_primary) = (String::new(), primary);
    body.defaulted("label", &mut label, text(0..=100));
    body.optional("is_primary", &mut is_primary, flag);
    (label, is_primary)
}

/// `primary` is what `is_primary` means when it was not sent.
async fn upload<F: Form>(
    app: &App,
    user: CurrentUser,
    once: Once,
    form: Upload<F>,
    primary: Option<bool>,
) -> Result<Answer> {
    let (file, (label, is_primary)) = form.read(|body| read_texts(body, primary))?;
    let most = app.config.resumes.max_per_user;
    let now = app.clock.now();
    let sha256 = file.sha256.clone();
    let same = app.db.read(move |conn| match store::find_same(conn, user.id, &sha256)? {
        Some(first) => Ok(Some(first)),
        // What would be refused in the end is refused before its document is opened.
        None => service::check_room(conn, user.id, most, now).map(|()| None),
    });
    if let Some(first) = same.await? {
        return app.once(once, move |_| Answer::ok(&first)).await;
    }
    let opened = open::<F>(app, file).await?;
    let new = service::Upload {
        user: user.id,
        label,
        is_primary,
        original_filename: opened.file.name,
        file_type: opened.file_type,
        file_size: i64::try_from(opened.file.size).unwrap_or(i64::MAX),
        sha256: opened.file.sha256,
        file: opened.stored,
        reading: opened.reading,
    };
    app.once(once, move |tx| {
        let (is_new, resume) = service::upload(tx, new, most)?;
        Answer::created_or_found(is_new, Resume::address(resume.id), &resume)
    })
    .await
}

/// A document that opened, and is stored.
struct Opened {
    file: Uploaded,
    file_type: FileType,
    stored: files::NewFile,
    reading: Reading,
}

/// Opens a document in a child and stores it, when a place is free: only then is it in memory.
async fn open<F: Form>(app: &App, mut file: Uploaded) -> Result<Opened> {
    let (program, files) = (Program::of(app), app.files.clone());
    let refused = |reason: Unreadable| Error::field(F::FILE[0], reason.reason());
    let reader = app.parts.get::<Reader>();
    let opened = reader.in_turn(reader::UPLOAD, move || {
        let bytes = file.load().map_err(files::failure)?;
        let file_type = detect(&bytes).map_err(refused)?;
        let outcome = program.open(&bytes);
        if let Err(reason @ Unreadable::Refused(_)) = outcome {
            return Err(refused(reason));
        }
        let stored = files.put_own(Kind::Resume, &bytes).map_err(files::failure)?;
        Ok(Opened { file, file_type: file_type.into(), stored, reading: Reading::of(outcome) })
    });
    opened.await?
}

/// One of your résumés.
#[utoipa::path(tag = "Résumés", responses((status = 200, body = ResumeDetail)))]
#[get("/resumes/<id>")]
async fn show_resume(app: &App, user: CurrentUser, id: Id<Resume>) -> Result<Json<ResumeDetail>> {
    detail(app, user, Some(id)).await
}

/// Your primary résumé.
#[utoipa::path(tag = "Résumés", responses((status = 200, body = ResumeDetail), (status = 404, description = "There is none.")))]
#[get("/onboarding/cv")]
async fn show_cv(app: &App, user: CurrentUser) -> Result<Json<ResumeDetail>> {
    detail(app, user, None).await
}

/// One résumé whole; without an id the primary one.
async fn detail(app: &App, user: CurrentUser, id: Option<Id<Resume>>) -> Result<Json<ResumeDetail>> {
    let shown = app.db.read(move |conn| {
        let resume = match id {
            Some(id) => store::get(conn, id, user.id)?,
            None => store::primary(conn, user.id)?,
        };
        let result = store::result(conn, resume.id)?.map(|it| Value::Object(resume.analysis(it)));
        Ok(ResumeDetail { resume, result })
    });
    let shown = shown.await?;
    note_seen(app, &shown.resume).await?;
    Ok(Json(shown))
}

/// Notes that somebody still looks at a failed résumé, once a day, for the cleaning of those that nobody comes back to.
async fn note_seen(app: &App, resume: &Resume) -> Result<()> {
    if resume.analysis_status != Status::Failed || app.clock.now().since(resume.seen_at) < Duration::days(1) {
        return Ok(());
    }
    let id = resume.id;
    app.db.write(move |tx| service::see(tx, id)).await
}

/// Write label and primacy whole: what is left out falls back to nothing.
#[utoipa::path(tag = "Résumés", request_body = ResumeDraft, responses((status = 200, body = Resume)))]
#[put("/resumes/<id>", data = "<body>")]
async fn replace_resume(
    app: &App,
    user: CurrentUser,
    id: Id<Resume>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Resume>> {
    write_resume(app, user, id, version, body).await
}

/// Write the label or the primacy of a résumé.
#[utoipa::path(tag = "Résumés", request_body = ResumeDraft, responses((status = 200, body = Resume)))]
#[patch("/resumes/<id>", data = "<body>")]
async fn change_resume(
    app: &App,
    user: CurrentUser,
    id: Id<Resume>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Resume>> {
    write_resume(app, user, id, version, body).await
}

async fn write_resume(
    app: &App,
    user: CurrentUser,
    id: Id<Resume>,
    version: IfMatch,
    body: Body,
) -> Result<Json<Resume>> {
    let changed = app.db.write(move |tx| {
        let resume = user.owning(store::get(tx, id, user.id)?)?;
        version.check(resume.updated_at)?;
        service::change(tx, resume, body.fields())
    });
    changed.await.map(Json)
}

/// Delete a résumé: row, text and file. The skills that came from it stay.
#[utoipa::path(tag = "Résumés", responses((status = 204)))]
#[delete("/resumes/<id>")]
async fn delete_resume(app: &App, user: CurrentUser, id: Id<Resume>, version: IfMatch) -> Result<Answer> {
    let files = app.files.clone();
    let deleted = app.db.write(move |tx| {
        let resume = user.owning(store::get(tx, id, user.id)?)?;
        version.check(resume.updated_at)?;
        service::delete(tx, resume, &files)
    });
    deleted.await.map(|()| Answer::empty())
}

/// Delete your primary résumé.
#[utoipa::path(tag = "Résumés", responses((status = 204), (status = 404, description = "There is none.")))]
#[delete("/onboarding/cv")]
async fn delete_cv(app: &App, user: CurrentUser, version: IfMatch) -> Result<Answer> {
    let files = app.files.clone();
    let deleted = app.db.write(move |tx| {
        let resume = user.owning(store::primary(tx, user.id)?)?;
        version.check(resume.updated_at)?;
        service::delete(tx, resume, &files)
    });
    deleted.await.map(|()| Answer::empty())
}

/// What is known so far, which says when to look again while there is more to come.
#[derive(Responder)]
enum Told {
    Whole(Json<Map<String, Value>>),
    SoFar(Json<Map<String, Value>>, Header<'static>),
}

/// What was found in a résumé, at every stage of the analysis.
#[utoipa::path(tag = "Résumés", responses((status = 200, body = Object)))]
#[get("/resumes/<id>/analysis")]
async fn show_analysis(app: &App, user: CurrentUser, id: Id<Resume>) -> Result<Told> {
    let shown = app.db.read(move |conn| {
        let resume = store::get(conn, id, user.id)?;
        let analysis = service::analysis(conn, &resume)?;
        Ok((resume, analysis))
    });
    let (resume, analysis) = shown.await?;
    note_seen(app, &resume).await?;
    Ok(match resume.analysis_status.is_open() {
        true => Told::SoFar(Json(analysis), Header::new("Retry-After", "2")),
        false => Told::Whole(Json(analysis)),
    })
}

/// The text of a résumé.
#[utoipa::path(tag = "Résumés", responses((status = 200, body = ResumeText)))]
#[get("/resumes/<id>/text")]
async fn show_text(app: &App, user: CurrentUser, id: Id<Resume>) -> Result<Json<ResumeText>> {
    let shown = app.db.read(move |conn| {
        let resume = store::get(conn, id, user.id)?;
        let extracted_text = store::reading(conn, id)?.map(|(_, reading)| reading.text).unwrap_or_default();
        Ok(ResumeText { extracted_text, pages: resume.pages })
    });
    shown.await.map(Json)
}

/// The document itself, under the name it came with.
#[utoipa::path(tag = "Résumés", responses((status = 200, content(
    (Vec<u8> = "application/pdf"),
    (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (Vec<u8> = "application/vnd.oasis.opendocument.text"),
    (String = "text/plain")
))))]
#[get("/resumes/<id>/download")]
async fn download_resume(app: &App, user: CurrentUser, id: Id<Resume>) -> Result<Download> {
    let resume = app.db.read(move |conn| store::get(conn, id, user.id)).await?;
    send(app, resume).await
}

/// The stored document of a résumé, for whoever was found to be entitled to it.
///
/// # Errors
/// 404 when its file is gone.
pub async fn send(app: &App, resume: Resume) -> Result<Download> {
    let content_type = match resume.file_type {
        FileType::Pdf => ContentType::PDF,
        FileType::Docx => {
            ContentType::new("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        FileType::Odt => ContentType::new("application", "vnd.oasis.opendocument.text"),
        // Its encoding is the sender's affair.
        FileType::Txt => ContentType::new("text", "plain"),
    };
    Download::open(&app.files, Kind::Resume, &resume.stored, resume.original_filename, content_type).await
}

/// Analyse a résumé again. What is known of it stays readable until then.
#[utoipa::path(tag = "Résumés", responses((status = 202, body = Resume)))]
#[post("/resumes/<id>/reanalyze")]
async fn reanalyze_resume(app: &App, user: CurrentUser, id: Id<Resume>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let resume = user.owning(store::get(tx, id, user.id)?)?;
        Answer::accepted(&service::reanalyze(tx, resume)?)
    })
    .await
}

/// Put your skills back to how they were before the analyses of this résumé, wherever you have not edited them since.
#[utoipa::path(tag = "Résumés", responses((status = 200, body = Undone)))]
#[post("/resumes/<id>/undo-sync")]
async fn undo_sync(app: &App, user: CurrentUser, id: Id<Resume>, once: Once) -> Result<Answer> {
    app.once(once, move |tx| {
        let resume = user.owning(store::get(tx, id, user.id)?)?;
        Answer::ok(&skills::service::undo_sync(tx, user.id, resume.id.raw())?)
    })
    .await
}

/// Compare two of your résumés.
#[utoipa::path(tag = "Résumés", params(Pair), responses(
    (status = 200, body = Comparison),
    (status = 404, description = "One of them is not yours."),
    (status = 409, description = "One of them is not analysed.")
))]
#[get("/resumes/compare")]
async fn compare_resumes(app: &App, user: CurrentUser, pair: Query<Pair>) -> Result<Json<Comparison>> {
    app.db.read(move |conn| service::compare(conn, user.id, &pair.0)).await.map(Json)
}
