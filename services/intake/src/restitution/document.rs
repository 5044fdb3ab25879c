//! An officer records a document: by its fingerprint alone, where the file stays with whoever has it, or with its file, which
//! is then kept here for the desk and the institution. Either way whoever brings it later can show that it is the same.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use blobs::Shelf;
use bytes::Bytes;
use contracts::Service;
use contracts::events::RestitutionDocumentAddedV1;
use domain::FieldErrors;
use domain::codes::Reading;
use domain::ids::{AccountId, RestitutionId};
use domain::photo::ContentHash;
use domain::sighting::NeedToKnow;
use domain::text::Line;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::photos::loose::{self, LooseFile};
use store::restitutions::{self, DocumentRow};
use store::{cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Officer, Path, Problem, Reporter};

use super::api::one;
use super::paper::{MAX_FILE, look};
use super::{RestitutionError, RestitutionView, open_one};
use crate::Deps;
use crate::access::{reader, sight};
use crate::parts;
use crate::photos::{Photos, files_away};
use crate::reading::note_reading;

/// A document as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AddDocument {
    /// What it is.
    #[schema(example = "Note verbale of 3 November 2026")]
    pub title: Option<String>,
    /// SHA-256 of the file, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: Option<String>,
    /// Where the file is kept.
    #[schema(example = "Ministry of Culture, legal department, file 12")]
    pub kept: Option<String>,
}

/// The texts of the form beside the file.
const FIELDS: [&str; 3] = ["title", "sha256", "kept"];
/// The greatest body: one file, and what multipart puts around it.
pub(crate) const MAX_BODY: usize = MAX_FILE + parts::ROOM;

/// The parts of the body.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read part by part")]
pub(crate) struct DocumentForm {
    /// PDF, JPEG, PNG or WebP, at most 20 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What it is.
    #[schema(example = "Note verbale of 3 November 2026")]
    title: String,
    /// Where the paper itself is kept.
    kept: Option<String>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub title: Line,
    /// SHA-256 of the file.
    pub sha256: ContentHash,
    /// Where the paper, or the file that is not here, is kept.
    pub kept: Line,
    /// The file, if it is to be kept here.
    pub file: Option<Bytes>,
}

impl AddDocument {
    /// Parses what was typed. A file that came with it is kept, and gives the fingerprint.
    pub fn parse(&self, file: Bytes) -> Result<Document, FieldErrors> {
        let mut e = FieldErrors::new();
        let title = e.required("/title", self.title.as_deref());
        if file.is_empty() {
            let sha256 = e.required("/sha256", self.sha256.as_deref());
            let kept = e.required("/kept", self.kept.as_deref());
            let document = (|| Some(Document { title: title?, sha256: sha256?, kept: kept?, file: None }))();
            return e.into_result(document);
        }
        let hash = ContentHash::new(Sha256::digest(&file).into());
        if e.optional("/sha256", self.sha256.as_deref()).is_some_and(|typed: ContentHash| typed != hash) {
            e.push("/sha256", "must be that of the file, or be left out: the file is another one");
        }
        let kept: Option<Line> = e.optional("/kept", self.kept.as_deref());
        let kept = kept.or_else(|| "here".parse().ok());
        let document = title.zip(kept).map(|(title, kept)| Document { title, sha256: hash, kept, file: Some(file) });
        e.into_result(document)
    }

    /// Reads the form of the page or of a program; the texts as typed come with it.
    pub(crate) async fn read(
        photos: &Photos,
        request: Request,
    ) -> Result<(Self, Bytes, Vec<(String, String)>), Problem> {
        let sent = parts::read(photos, request, &FIELDS, MAX_BODY).await?;
        Ok((sent.body()?, sent.file, sent.typed))
    }
}

/// Records a document, with its file if there is one. The same file once more is the same document.
///
/// As with photographs, the file is written down as loose, then written, then named by a row in one transaction with its
/// fact: killed between any two, no row lacks its file, and what no row names is swept.
pub async fn add_document(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    document: Document,
) -> Result<(), RestitutionError> {
    let Document { title, sha256, kept, file } = document;
    let loose_file = [LooseFile::new(Shelf::Documents.as_str(), sha256)];
    let mut format = None;
    if let Some(file) = &file {
        let mut tx = deps.db.read().await?;
        let open = restitutions::find(&mut tx, id).await?.ok_or(RestitutionError::NoRestitution)?;
        let known = restitutions::documents(&mut tx, id).await?;
        tx.commit().await?;
        // What was erased does not even lie about until the next sweep.
        if known.iter().any(|one| one.sha256 == sha256 && one.erased_at.is_some()) {
            return Err(RestitutionError::Erased);
        }
        if open.ended_at.is_some() {
            return Err(RestitutionError::Ended);
        }
        format = Some(look(&deps.photos.darkroom, file).await.map_err(RestitutionError::Paper)?);
        let mut tx = deps.db.begin().await?;
        if !loose::add(&mut tx, &loose_file, deps.clock.now()).await? {
            return Err(RestitutionError::Busy);
        }
        tx.commit().await?;
        deps.photos.blobs.put(Shelf::Documents, file.clone()).await?;
    }
    let size_bytes = file.map(|file| i64::try_from(file.len()).unwrap_or(i64::MAX));
    let mut tx = deps.db.begin().await?;
    let restitution = open_one(&mut tx, id).await?;
    let added_at = deps.clock.now();
    let row =
        DocumentRow { number: 0, title, sha256, kept, added_by: by, added_at, format, size_bytes, erased_at: None };
    let earlier = restitutions::documents(&mut tx, id).await?.into_iter().find(|one| one.sha256 == sha256);
    if earlier.as_ref().is_some_and(|one| one.erased_at.is_some()) {
        return Err(RestitutionError::Erased);
    }
    let brings_file = format.is_some() && earlier.as_ref().is_none_or(|one| one.format.is_none());
    if format.is_some() && !loose::claim_files(&mut tx, &loose_file).await? {
        return Err(RestitutionError::Busy);
    }
    match (earlier, format, size_bytes) {
        (None, ..) => drop(restitutions::insert_document(&mut tx, id, &row).await?),
        (Some(one), Some(format), Some(size)) if brings_file => {
            restitutions::keep_file(&mut tx, id, one.number, format, size).await?;
        }
        (Some(_), ..) => {
            // There already. What was claimed is named by that row.
            tx.commit().await?;
            return Ok(());
        }
    }
    let event = RestitutionDocumentAddedV1 { restitution_id: id, case_id: restitution.case_id, sha256, added_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// Records a document with its file.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/documents/file", tag = "intake", operation_id = "add_document_file",
    params(("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…")),
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The restitution with it", body = RestitutionView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such restitution"),
        (status = 409, description = "It has ended, or this document was erased from it"),
        (status = 413, description = "The body is larger than one document may be"),
        (status = 415, description = "The body is no multipart/form-data"),
        (status = 422, description = "Some fields break a rule, or the file is neither PDF nor picture"),
        (status = 503, description = "Many files are being sent in; try again in a few seconds"),
    )
)]
pub(crate) async fn add_file(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    request: Request,
) -> Result<Response, Problem> {
    let (document, file, _) = AddDocument::read(&deps.photos, request).await?;
    if file.is_empty() {
        let mut errors = FieldErrors::new();
        errors.push("/file", "is required; a fingerprint alone is recorded at /documents");
        return Err(errors.into());
    }
    add_document(&deps, officer.account_id, id, document.parse(file)?).await?;
    Ok(axum::Json(one(&deps, &officer, id).await?).into_response())
}

/// Gives a document, to be saved and never to be shown by the browser.
#[utoipa::path(
    get, path = "/api/v1/restitutions/{id}/documents/{number}", tag = "intake", operation_id = "document_file",
    params(
        ("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…"),
        ("number" = i64, Path, description = "The document's number"),
    ),
    responses(
        (status = 200, description = "The file as it was sent in"),
        (status = 403, description = "Documents are for the desk and the institution of the case"),
        (status = 404, description = "There is no such file, or none the caller may see"),
    )
)]
pub(crate) async fn file(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path((id, number)): Path<(RestitutionId, i64)>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("document");
    let mut tx = deps.db.read().await?;
    let row = restitutions::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let case = cases::find(&mut tx, row.case_id).await?.ok_or_else(unknown)?;
    sight(&caller, case.institution_id).ok_or_else(unknown)?;
    NeedToKnow::of(reader(&caller, case.institution_id), None).ok_or_else(unknown)?;
    let documents = restitutions::documents(&mut tx, id).await?;
    tx.commit().await?;
    let document = documents.into_iter().find(|one| one.number == number).ok_or_else(unknown)?;
    let format = document.format.ok_or_else(unknown)?;
    let bytes = deps.photos.blobs.get(Shelf::Documents, document.sha256).await.map_err(|error| files_away(&error))?;
    let bytes = bytes.ok_or_else(unknown)?;
    note_reading(&deps, &caller, case.id, Reading::Restitution).await?;
    let name = format!("attachment; filename=\"{id}-{number}.{}\"", format.ending());
    let headers = [
        (CONTENT_TYPE, format.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok((headers, bytes).into_response())
}
