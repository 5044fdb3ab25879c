//! JSON bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use domain::FieldErrors;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::{body, is_of_type};
use crate::Problem;

/// A JSON body. A value of the wrong type is named by its place.
#[derive(Clone, Debug)]
pub struct Json<T> {
    /// The value.
    pub value: T,
    /// The bytes it was read from, for comparing a repeat with the first.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_of_type(request.headers(), |kind| kind == "application/json" || kind.ends_with("+json")) {
            return Err(Problem::unsupported("application/json"));
        }
        let bytes = body(request, state).await?;
        Ok(Self { value: read_json(&bytes)?, bytes })
    }
}

/// One JSON value, or a problem that names what is wrong by its place.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => match reader.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(Problem::bad_request(format!("The body is not one JSON value: {error}."))),
        },
        Err(error) if error.inner().is_data() => {
            let mut errors = FieldErrors::new();
            let message = error.inner().to_string();
            let (pointer, message) = placed(&pointer(error.path()), &message);
            errors.push(pointer, message);
            Err(Problem::validation(&errors))
        }
        Err(error) => Err(Problem::bad_request(format!("The body is not JSON: {}.", error.inner()))),
    }
}

/// `objects[0].title` as the JSON Pointer `/objects/0/title` (RFC 6901).
fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |mut text, segment| {
        text.push('/');
        match segment {
            Segment::Seq { index } => text.push_str(&index.to_string()),
            Segment::Map { key } => text.push_str(&escape(key)),
            Segment::Enum { variant } => text.push_str(variant),
            Segment::Unknown => text.push('-'),
        }
        text
    })
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The error at the field it speaks of, as a fragment that reads after the field's name. Serde notices a missing or
/// unknown field in the object around it, and says where in the text, which is of no use to a form.
fn placed(pointer: &str, message: &str) -> (String, String) {
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    let named = |prefix: &str| message.strip_prefix(prefix)?.split_once('`').map(|(name, _)| escape(name));
    let within = |name: &str| {
        // The path may end in the field already.
        if pointer.rsplit('/').next() == Some(name) { pointer.to_owned() } else { format!("{pointer}/{name}") }
    };
    if let Some(name) = named("missing field `") {
        return (format!("{pointer}/{name}"), "is required".to_owned());
    }
    if let Some(name) = named("unknown field `") {
        return (within(&name), "is not a field known here".to_owned());
    }
    if let Some(name) = named("duplicate field `") {
        return (within(&name), "must be given once".to_owned());
    }
    (pointer.to_owned(), message.to_owned())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read into")]
    struct Case {
        title: String,
        #[serde(default)]
        objects: Vec<Object>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read into")]
    struct Object {
        name: String,
        height: Option<f64>,
    }

    fn refused(text: &str) -> (u16, Vec<(String, String)>) {
        let problem = read_json::<Case>(text.as_bytes()).expect_err(text);
        (problem.status, problem.errors.into_iter().map(|e| (e.pointer, e.message)).collect())
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        for (text, pointer, message) in [
            (r#"{"objects":[]}"#, "/title", "is required"),
            (r#"{"title":"a","objects":[{"name":"b"},{}]}"#, "/objects/1/name", "is required"),
            (
                r#"{"title":"a","objects":[{"name":7}]}"#,
                "/objects/0/name",
                "invalid type: integer `7`, expected a string",
            ),
            (r#"{"title":"a","tlp":"TLP:CLEAR"}"#, "/tlp", "is not a field known here"),
            (r#"{"title":"a","objects":[{"name":"b","state":"x"}]}"#, "/objects/0/state", "is not a field known here"),
            (r#"{"title":"a","title":"b"}"#, "/title", "must be given once"),
        ] {
            assert_eq!(refused(text), (422, vec![(pointer.to_owned(), message.to_owned())]), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_or_a_bomb_is_refused_as_a_whole() {
        let deep = format!(r#"{{"title":"a","objects":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        for text in
            ["", "{", "[", "{\"title\":\"a\"} {}", r#"{"title":"a","objects":[{"name":"b","height":1e400}]}"#, &deep]
        {
            let (status, _) = refused(text);
            assert!((400..=422).contains(&status), "{status}");
        }
    }
}
