//! The HTTP server: axum's router over hyper's connections, because `axum::serve` waits for a slow caller for ever.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// What a caller may take from the server before it has said who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. More wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, from the connection or the answer before it.
    pub head: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 2_000, head: Duration::from_secs(15) }
    }
}

/// Serves until `stop`, then finishes the requests under way.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let tasks = TaskTracker::new();
    let accept = async {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, address)) => {
                    let connection = connection(stream, address, app.clone(), limits.head, stop.clone());
                    tasks.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                // No file descriptor is left, most likely: the connections that end give some back.
                Err(error) => {
                    tracing::error!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop.cancelled() => {}
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn connection(stream: TcpStream, from: SocketAddr, app: Router, head: Duration, stop: CancellationToken) {
    let app = app.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        request
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// What comes back until the server closes.
    async fn said(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A connection that was cut off ends with an error.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn whoever_never_finishes_its_request_is_cut_off_and_its_place_goes_to_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/", get(async |from: ConnectInfo<SocketAddr>| from.0.ip().to_string()));
        let (limits, stop) = (Limits { connections: 1, head: Duration::from_millis(200) }, CancellationToken::new());
        let callers = async {
            let (slow, silent, good) = tokio::join!(
                said(address, "GET / HTTP/1.1\r\nhost: x\r\n"),
                said(address, ""),
                said(address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
            );
            assert!(good.starts_with("HTTP/1.1 200") && good.ends_with("127.0.0.1"), "{good}");
            assert!(!slow.contains("200"), "{slow}");
            assert_eq!(silent, "");
            stop.cancel();
        };
        tokio::join!(serve(listener, app, limits, stop.clone()), callers);
    }
}
