//! Short requests to witnesses and to the ledgers of others: over TLS, each with its own deadline and a limit.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

/// The largest answer: a bundle of 256 entries of ours has 80 kB, one of the specification at most 16 MB.
const MOST: usize = 32 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// It is not an address.
    #[error("use this address")]
    Address(#[source] axum::http::Error),
    /// The other side cannot be reached. Without the address: it may hold a password.
    #[error("reach it")]
    Unreached(#[source] hyper_util::client::legacy::Error),
    /// The answer broke off, or is larger than anything that could be meant.
    #[error("read its answer: {0}")]
    Answer(String),
    /// It took too long.
    #[error("get an answer within {0:?}")]
    Late(Duration),
    /// It says that it has none.
    #[error("get an answer: {0}")]
    Status(StatusCode),
}

/// A client. Certificates are those that the system trusts.
#[derive(Clone, Debug)]
pub struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Default for Http {
    fn default() -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }
}

impl Http {
    /// What a `GET` gives, if the answer is 200.
    pub async fn get(&self, address: &str, patience: Duration) -> Result<Bytes, HttpError> {
        match self.send(Method::GET, address, String::new(), patience).await? {
            (StatusCode::OK, body) => Ok(body),
            (status, _) => Err(HttpError::Status(status)),
        }
    }

    /// What a `POST` of a text gives, whatever it is.
    pub async fn post(
        &self,
        address: &str,
        text: String,
        patience: Duration,
    ) -> Result<(StatusCode, Bytes), HttpError> {
        self.send(Method::POST, address, text, patience).await
    }

    async fn send(
        &self,
        method: Method,
        address: &str,
        text: String,
        patience: Duration,
    ) -> Result<(StatusCode, Bytes), HttpError> {
        let request = Request::builder().method(method).uri(address).body(Full::new(Bytes::from(text)));
        let request = request.map_err(HttpError::Address)?;
        let exchange = async {
            let answer = self.0.request(request).await.map_err(HttpError::Unreached)?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MOST).collect().await;
            let body = body.map_err(|error| HttpError::Answer(error.to_string()))?;
            Ok((head.status, body.to_bytes()))
        };
        tokio::time::timeout(patience, exchange).await.map_err(|_| HttpError::Late(patience))?
    }
}
