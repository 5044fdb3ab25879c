//! Fetch a directory file from an address that the administrator allows: by https, small, soon, and from nowhere else.
//!
//! The name is resolved once, every address it has must be a public one, and the connection goes to these addresses: a
//! name that answers differently the second time (DNS rebinding) leads nowhere. A redirect is followed only to another
//! address of the list.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, LOCATION, USER_AGENT};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::Deps;
use crate::import::MAX_BYTES;

/// How long the whole of it may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// Why no file was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not on the administrator's list.
    #[error("the address is not one of routing.sync_urls")]
    NotListed,
    /// A redirect leads away from the list.
    #[error("the server redirects to an address that is not one of routing.sync_urls")]
    Redirected,
    /// The name leads into a private network, or nowhere.
    #[error("the server's name leads to no public address")]
    NotPublic,
    /// The server cannot be reached, or its certificate is not valid.
    #[error("the server cannot be reached")]
    Unreachable(#[source] std::io::Error),
    /// It does not speak HTTP.
    #[error("the server gives no answer that can be read")]
    Answer(#[source] hyper::Error),
    /// It took too long.
    #[error("the file did not come within {} seconds", PATIENCE.as_secs())]
    TooSlow,
    /// The server has no file there.
    #[error("the server answered {0}")]
    Status(u16),
    /// The file is too large.
    #[error("the file has more than {MAX_BYTES} bytes")]
    TooLarge,
}

/// Why an address cannot be on the list.
pub(crate) fn allowed(text: &str) -> Result<Url, &'static str> {
    let url: Url = text.parse().map_err(|_| "is no address such as https://example.org/partners.csv")?;
    if url.scheme() != "https" {
        return Err("must begin with https://");
    }
    if url.domain().is_none() {
        return Err("must name a server, not a number");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have no name, password or fragment");
    }
    Ok(url)
}

/// Fetches the file behind an address of the list.
pub async fn fetch(deps: &Deps, address: &str) -> Result<Vec<u8>, FetchError> {
    let listed: Vec<Url> = deps.config.sync_urls.iter().filter_map(|url| allowed(url).ok()).collect();
    let url = allowed(address).map_err(|_| FetchError::NotListed)?;
    tokio::time::timeout(PATIENCE, get(url, &listed, is_public)).await.map_err(|_| FetchError::TooSlow)?
}

async fn get(mut url: Url, listed: &[Url], public: fn(IpAddr) -> bool) -> Result<Vec<u8>, FetchError> {
    if !listed.contains(&url) {
        return Err(FetchError::NotListed);
    }
    for _ in 0..=REDIRECTS {
        let (mut response, _driver) = ask(&url, public).await?;
        if response.status().is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| url.join(to.to_str().ok()?).ok());
            url = to.filter(|to| listed.contains(to)).ok_or(FetchError::Redirected)?;
            continue;
        }
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let mut file = Vec::new();
        while let Some(frame) = response.body_mut().frame().await {
            let Ok(chunk) = frame.map_err(FetchError::Answer)?.into_data() else { continue };
            if file.len() + chunk.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            file.extend_from_slice(&chunk);
        }
        return Ok(file);
    }
    Err(FetchError::Redirected)
}

/// An answer, and what drives the connection until it is read.
type Answer = (Response<Incoming>, JoinSet<()>);

/// One request, to an address that was looked at.
async fn ask(url: &Url, public: fn(IpAddr) -> bool) -> Result<Answer, FetchError> {
    let host = url.domain().ok_or(FetchError::NotPublic)?;
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| FetchError::NotPublic)?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() || !addresses.iter().all(|address| public(address.ip())) {
        return Err(FetchError::NotPublic);
    }
    let stream = TcpStream::connect(addresses.as_slice()).await.map_err(FetchError::Unreachable)?;
    // The list holds https alone; the other scheme is for tests of what follows after TLS.
    if url.scheme() == "http" {
        return exchange(stream, url, host).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchError::NotPublic)?;
    let stream = connector()?.connect(name, stream).await.map_err(FetchError::Unreachable)?;
    exchange(stream, url, host).await
}

/// Trusts the authorities that the machine trusts.
fn connector() -> Result<TlsConnector, FetchError> {
    let other = |error: rustls::Error| FetchError::Unreachable(std::io::Error::other(error));
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn exchange<S>(stream: S, url: &Url, host: &str) -> Result<Answer, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(FetchError::Answer)?;
    let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
    let request = Request::get(path)
        .header(HOST, url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
        .header(USER_AGENT, "tocsin")
        .header(ACCEPT, "text/csv, application/json")
        .body(Empty::<Bytes>::new())
        .expect("an address that was parsed is a valid request");
    // The connection is driven for as long as somebody holds the set.
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to a directory server ended");
        }
    });
    let response = sender.send_request(request).await.map_err(FetchError::Answer)?;
    Ok((response, driver))
}

/// Whether an address is one of the public internet (RFC 6890): not this machine, not a private or special network.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast();
            !(special
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a, b, c) == (192, 0, 0)
                || (a, b & 0xfe) == (198, 18))
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            // Global unicast is 2000::/3; inside it documentation, benchmarking, Teredo and 6to4 lead elsewhere.
            (0x2000..0x4000).contains(&first)
                && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
                && first != 0x2002
                && first != 0x3fff
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (address, public) in [
            ("93.184.216.34", true),
            ("2606:2800:220:1:248:1893:25c8:1946", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("198.18.0.1", false),
            ("0.0.0.0", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
        ] {
            assert_eq!(is_public(address.parse().expect("an address")), public, "{address}");
        }
    }

    #[test]
    fn the_list_holds_https_addresses_of_named_servers() {
        assert!(allowed("https://directory.example/partners.csv?full=1").is_ok());
        for bad in [
            "http://a.example/",
            "https://127.0.0.1/",
            "https://a:b@c.example/",
            "ftp://a.example/",
            "x",
            "https://a.example/#b",
        ] {
            assert!(allowed(bad).is_err(), "{bad}");
        }
    }

    /// A server that gives each request the next answer; only its plain side is tested here, so the scheme is http.
    async fn server(answers: Vec<String>) -> (u16, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mut set = JoinSet::new();
        set.spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let mut request = [0; 2048];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (port, set)
    }

    fn url(port: u16, path: &str) -> Url {
        format!("http://localhost:{port}/{path}").parse().expect("an address")
    }

    #[tokio::test]
    async fn a_redirect_is_followed_inside_the_list_and_nowhere_else() {
        let to = |path: &str| {
            format!("HTTP/1.1 302 Found\r\nLocation: {path}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        };
        let file = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nname".to_owned();
        let (port, _server) = server(vec![
            to("/b"),
            file,
            to("/elsewhere"),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        ])
        .await;
        let listed = [url(port, "a"), url(port, "b")];
        let get = |path: &str, public: fn(IpAddr) -> bool| get(url(port, path), &listed, public);
        assert_eq!(get("a", |_| true).await.expect("a file"), b"name");
        assert!(matches!(get("a", |_| true).await, Err(FetchError::Redirected)));
        assert!(matches!(get("b", |_| true).await, Err(FetchError::Status(404))));
        assert!(matches!(get("c", |_| true).await, Err(FetchError::NotListed)));
        assert!(matches!(get("a", is_public).await, Err(FetchError::NotPublic)), "the name leads to this machine");
    }

    #[tokio::test]
    async fn a_file_without_end_is_cut_off() {
        let endless = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(MAX_BYTES + 1));
        let (port, _server) = server(vec![endless]).await;
        let listed = [url(port, "a")];
        let got = get(listed[0].clone(), &listed, |_| true).await;
        assert!(matches!(got, Err(FetchError::TooLarge)));
    }
}
