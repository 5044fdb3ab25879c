//! A multipart body as sent by a form or a program, read within limits.

use std::sync::Arc;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use web::Problem;

use super::{AddPhoto, Photos};

/// The greatest body: one file, and what multipart puts around it.
pub(crate) const MAX_BODY: usize = pictures::MAX_BYTES + 64 * 1024;

/// The greatest text of one field, in bytes.
const MAX_TEXT: usize = 8 * 1024;

/// What was sent.
pub(crate) struct Upload {
    pub fields: AddPhoto,
    pub file: Bytes,
    /// The texts as typed, to show them again. A file cannot be shown again: browsers do not allow it.
    pub typed: Vec<(String, String)>,
}

/// Reads an upload. Not more than a few are read at once.
pub(crate) async fn read(photos: &Photos, request: Request) -> Result<Upload, Problem> {
    let Ok(_place) = Arc::clone(&photos.uploads).try_acquire_owned() else {
        let detail = "Many photographs are being sent in at the moment. Please try again in a few seconds.";
        return Err(Problem::unavailable(std::time::Duration::from_secs(5), detail));
    };
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|_| Problem::unsupported("multipart/form-data"))?;
    let mut upload = Upload { fields: AddPhoto::default(), file: Bytes::new(), typed: Vec::new() };
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            // The file's own name is never read: what it is called here is its hash.
            upload.file = field.bytes().await.map_err(unreadable)?;
            continue;
        }
        let bytes = field.bytes().await.map_err(unreadable)?;
        let text = String::from_utf8(bytes.to_vec()).ok().filter(|text| text.len() <= MAX_TEXT);
        let text = text.ok_or_else(|| {
            Problem::bad_request(format!("A field of the form is no text of at most {MAX_TEXT} bytes in UTF-8."))
        })?;
        upload.fields.set(&name, &text).map_err(|Unknown| {
            Problem::bad_request("The form has a field that is not known. Known are file, view, shows, scale, look_alike, taken_on, rights and credit.")
        })?;
        upload.typed.push((name, text));
    }
    Ok(upload)
}

/// A field that is not known: a misspelt one is never silently dropped.
pub(crate) struct Unknown;

impl AddPhoto {
    fn set(&mut self, name: &str, text: &str) -> Result<(), Unknown> {
        let value = || Some(text.to_owned());
        match name {
            "view" => self.view = value(),
            "shows" => self.shows = value(),
            "scale" => self.scale = text == "true",
            "look_alike" => self.look_alike = text == "true",
            "taken_on" => self.taken_on = value(),
            "rights" => self.rights = value(),
            "credit" => self.credit = value(),
            _ => return Err(Unknown),
        }
        Ok(())
    }
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(MAX_BODY);
    }
    Problem::bad_request(format!("The form cannot be read: {}.", error.body_text()))
}
