//! An officer records a document by its fingerprint. The file itself is not kept here: it stays with whoever has it, and
//! whoever brings it later can show that it is the same.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use contracts::Service;
use contracts::events::RestitutionDocumentAddedV1;
use domain::FieldErrors;
use domain::ids::{AccountId, RestitutionId};
use domain::photo::ContentHash;
use domain::text::Line;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::outbox;
use store::restitutions::{self, DocumentRow};
use utoipa::ToSchema;
use web::Problem;

use super::{RestitutionError, open_one};
use crate::Deps;

/// The greatest file whose fingerprint is taken here; of a larger one it is typed.
pub(crate) const MAX_FILE: usize = 64 * 1024 * 1024;
/// The greatest text of one field, in bytes.
const MAX_TEXT: usize = 8 * 1024;

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

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub title: Line,
    /// SHA-256 of the file.
    pub sha256: ContentHash,
    /// Where the file is kept.
    pub kept: Line,
}

impl AddDocument {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<Document, FieldErrors> {
        let mut e = FieldErrors::new();
        let title = e.required("/title", self.title.as_deref());
        let sha256 = e.required("/sha256", self.sha256.as_deref());
        let kept = e.required("/kept", self.kept.as_deref());
        let document = (|| Some(Document { title: title?, sha256: sha256?, kept: kept? }))();
        e.into_result(document)
    }

    /// Reads the form of the page, and takes the fingerprint of its file.
    pub(crate) async fn from_form(request: Request) -> Result<(Self, Vec<(String, String)>), Problem> {
        let mut multipart =
            Multipart::from_request(request, &()).await.map_err(|_| Problem::unsupported("multipart/form-data"))?;
        let (mut this, mut typed) = (Self::default(), Vec::new());
        while let Some(mut field) = multipart.next_field().await.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                // Piece by piece: it is read and forgotten.
                let (mut hasher, mut any) = (Sha256::new(), false);
                while let Some(piece) = field.chunk().await.map_err(unreadable)? {
                    any |= !piece.is_empty();
                    hasher.update(&piece);
                }
                if any {
                    this.sha256 = Some(ContentHash::new(hasher.finalize().into()).to_string());
                }
                continue;
            }
            let text = field.text().await.map_err(unreadable)?;
            let target = match name.as_str() {
                "title" => &mut this.title,
                "kept" => &mut this.kept,
                _ => return Err(Problem::bad_request("The form has a field that is not known.")),
            };
            if text.len() > MAX_TEXT {
                return Err(Problem::bad_request("A field of the form is too long."));
            }
            *target = Some(text.clone());
            typed.push((name, text));
        }
        Ok((this, typed))
    }
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(MAX_FILE);
    }
    Problem::bad_request(format!("The form cannot be read: {}.", error.body_text()))
}

/// Records a document. The same file once more is the same document.
pub async fn add_document(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    document: Document,
) -> Result<(), RestitutionError> {
    let mut tx = deps.db.begin().await?;
    let restitution = open_one(&mut tx, id).await?;
    let Document { title, sha256, kept } = document;
    let row = DocumentRow { number: 0, title, sha256, kept, added_by: by, added_at: deps.clock.now() };
    if restitutions::insert_document(&mut tx, id, &row).await? {
        let event =
            RestitutionDocumentAddedV1 { restitution_id: id, case_id: restitution.case_id, sha256, added_by: by };
        outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}
