//! A photograph as sent by a form or a program.

use axum::extract::Request;
use bytes::Bytes;
use web::Problem;

use super::{AddPhoto, Photos};
use crate::parts::{self, Parts};

/// The greatest body: one file, and what multipart puts around it.
pub(crate) const MAX_BODY: usize = pictures::MAX_BYTES + parts::ROOM;

/// The texts beside the file.
const FIELDS: [&str; 7] = ["view", "shows", "scale", "look_alike", "taken_on", "rights", "credit"];

/// What was sent.
pub(crate) struct Upload {
    pub fields: AddPhoto,
    pub file: Bytes,
    /// The texts as typed, to show them again.
    pub typed: Vec<(String, String)>,
}

/// Reads an upload. Not more than a few are read at once.
pub(crate) async fn read(photos: &Photos, request: Request) -> Result<Upload, Problem> {
    let Parts { file, typed } = parts::read(photos, request, &FIELDS, MAX_BODY).await?;
    let value = |name: &str| typed.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone());
    let fields = AddPhoto {
        view: value("view"),
        shows: value("shows"),
        scale: value("scale").as_deref() == Some("true"),
        look_alike: value("look_alike").as_deref() == Some("true"),
        taken_on: value("taken_on"),
        rights: value("rights"),
        credit: value("credit"),
    };
    Ok(Upload { fields, file, typed })
}
