//! A multipart body as sent by a form or a program, read within limits: texts and one file.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use web::Problem;

use crate::photos::Photos;

/// What multipart puts around one file, and the texts beside it.
pub(crate) const ROOM: usize = 64 * 1024;

/// The greatest text of one field, in bytes.
const MAX_TEXT: usize = 8 * 1024;

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub file: Bytes,
    /// The texts as typed, to show them again. A file cannot be shown again: browsers do not allow it.
    pub typed: Vec<(String, String)>,
}

/// Reads a body of at most `most` bytes. Not more than a few are read at once. A field that is not known is an error: a
/// misspelt one is never silently dropped.
pub(crate) async fn read(photos: &Photos, request: Request, known: &[&str], most: usize) -> Result<Parts, Problem> {
    let Some(_place) = photos.place() else {
        let detail = "Many files are being sent in at the moment. Please try again in a few seconds.";
        return Err(Problem::unavailable(std::time::Duration::from_secs(5), detail));
    };
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|_| Problem::unsupported("multipart/form-data"))?;
    let mut parts = Parts::default();
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error, most))? {
        let name = field.name().unwrap_or_default().to_owned();
        // The file's own name is never read: what it is called here is its hash.
        let bytes = field.bytes().await.map_err(|error| unreadable(&error, most))?;
        if name == "file" {
            parts.file = bytes;
            continue;
        }
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(Problem::bad_request(format!(
                "The form has a field that is not known. Known are file, {known}."
            )));
        }
        let text = String::from_utf8(bytes.to_vec()).ok().filter(|text| text.len() <= MAX_TEXT);
        let text = text.ok_or_else(|| {
            Problem::bad_request(format!("A field of the form is no text of at most {MAX_TEXT} bytes in UTF-8."))
        })?;
        if parts.typed.iter().any(|(earlier, _)| *earlier == name) {
            return Err(Problem::bad_request("The form has a field twice."));
        }
        parts.typed.push((name, text));
    }
    Ok(parts)
}

impl Parts {
    /// The texts as the body that a program sends as JSON.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let texts = self.typed.iter().map(|(name, text)| (name.clone(), Value::String(text.clone())));
        serde_json::from_value(Value::Object(texts.collect()))
            .map_err(|error| Problem::bad_request(format!("The form cannot be read: {error}.")))
    }
}

fn unreadable(error: &MultipartError, most: usize) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(most);
    }
    Problem::bad_request(format!("The form cannot be read: {}.", error.body_text()))
}
