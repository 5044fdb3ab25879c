//! The API as a command sees it: an answer, or a refusal with an exit code.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::settings::ClientSettings;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    /// What was answered.
    Done(Value),
    /// A file of another system.
    File(String),
    /// An import with errors in some of its records.
    WithErrors(Value),
    /// A problem document.
    Refused(StatusCode, Value),
}

impl Outcome {
    /// What to print.
    pub fn text(&self) -> String {
        match self {
            Self::File(text) => text.trim_end().to_owned(),
            Self::Done(value) | Self::WithErrors(value) | Self::Refused(_, value) => format!("{value:#}"),
        }
    }

    /// What to end with; see [`super::EXIT_CODES`].
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Done(_) | Self::File(_) => ExitCode::SUCCESS,
            Self::WithErrors(_) => ExitCode::from(6),
            Self::Refused(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => ExitCode::from(5),
            Self::Refused(StatusCode::NOT_FOUND, _) => ExitCode::from(4),
            Self::Refused(status, _) if status.is_client_error() => ExitCode::from(3),
            Self::Refused(..) => ExitCode::FAILURE,
        }
    }
}

/// A connection to the API.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: SecretString,
}

impl Client {
    /// From flags, and from settings where a flag is not given.
    pub fn new(settings: &ClientSettings, url: Option<&str>, token_file: Option<&Path>) -> Result<Self> {
        let token = match (token_file, &settings.token) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                SecretString::from(text.trim().to_owned())
            }
            (None, Some(token)) => token.clone(),
            (None, None) => bail!("no token: give --token-file, or set client.token (TOCSIN__CLIENT__TOKEN_FILE)"),
        };
        let http = reqwest::Client::builder().timeout(PATIENCE).build().context("cannot make connections")?;
        let url = url.unwrap_or(&settings.url).trim_end_matches('/').to_owned();
        Ok(Self { http, url, token })
    }

    /// `GET`.
    pub async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Outcome> {
        self.answer(self.http.get(self.address(path, query)?)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Outcome> {
        self.answer(self.http.post(self.address(path, &[])?).json(body)).await
    }

    /// Registers a report, byte for byte as it was given.
    pub async fn register(&self, body: Vec<u8>, key: &str) -> Result<Outcome> {
        let request = self.http.post(self.address("/api/v1/cases", &[])?);
        self.answer(request.header("Idempotency-Key", key).header("Content-Type", "application/json").body(body)).await
    }

    /// Uploads a file.
    pub async fn upload(&self, query: &[(&str, String)], content_type: &str, content: Vec<u8>) -> Result<Outcome> {
        let request = self.http.post(self.address("/api/v1/imports", query)?);
        self.answer(request.header("Content-Type", content_type).body(content)).await
    }

    /// `GET` of a file.
    pub async fn file(&self, path: &str, query: &[(&str, String)]) -> Result<Outcome> {
        let (status, text) = self.send(self.http.get(self.address(path, query)?)).await?;
        Ok(if status.is_success() { Outcome::File(text) } else { refused(status, &text) })
    }

    /// A case's identifier, from what people quote.
    pub async fn case(&self, text: &str) -> Result<Result<String, Outcome>> {
        if !text.starts_with("TOC-") {
            return Ok(Ok(text.to_owned()));
        }
        let list = self.get("/api/v1/cases", &[("q", text.to_owned())]).await?;
        let Outcome::Done(list) = list else { return Ok(Err(list)) };
        let found = list["cases"].as_array().into_iter().flatten().find(|case| case["reference"] == text);
        Ok(found.and_then(|case| case["id"].as_str()).map(ToOwned::to_owned).ok_or_else(|| {
            let problem = json!({
                "type": "urn:tocsin:problem:not-found", "title": "Not found", "status": 404,
                "detail": format!("There is no case {text}, or none that this token may see."),
            });
            Outcome::Refused(StatusCode::NOT_FOUND, problem)
        }))
    }

    fn address(&self, path: &str, query: &[(&str, String)]) -> Result<reqwest::Url> {
        let text = format!("{}{path}", self.url);
        let mut url = reqwest::Url::parse(&text).with_context(|| format!("{} is not an address", self.url))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Outcome> {
        let (status, text) = self.send(request).await?;
        if !status.is_success() {
            return Ok(refused(status, &text));
        }
        let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).context("not JSON")? };
        Ok(Outcome::Done(value))
    }

    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, String)> {
        let request = request.bearer_auth(self.token.expose_secret());
        let answer = request.send().await.with_context(|| format!("cannot reach {}", self.url))?;
        let status = answer.status();
        Ok((status, answer.text().await.context("the answer broke off")?))
    }
}

fn refused(status: StatusCode, text: &str) -> Outcome {
    let problem = serde_json::from_str(text).unwrap_or_else(|_| json!({"status": status.as_u16(), "detail": text}));
    Outcome::Refused(status, problem)
}

/// SHA-256 in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
