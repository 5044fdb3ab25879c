//! The proxy, in front of a server that echoes.

use std::{net::SocketAddr, time::Duration};

use testkit::proxy::{Direction, TcpProxy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use crate::client::LIMIT;

/// Echoes on every connection until the set is dropped.
async fn echo() -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = JoinSet::new();
    server.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.spawn(async move {
                let (mut reader, mut writer) = stream.split();
                drop(tokio::io::copy(&mut reader, &mut writer).await);
            });
        }
    });
    (address, server)
}

async fn roundtrip(stream: &mut TcpStream, text: &str) -> Option<String> {
    stream.write_all(text.as_bytes()).await.ok()?;
    let mut answer = vec![0; text.len()];
    timeout(LIMIT, stream.read_exact(&mut answer)).await.expect("an answer or an end in time").ok()?;
    String::from_utf8(answer).ok()
}

#[tokio::test]
async fn a_cut_ends_connections_and_refuses_new_ones_until_healed() {
    let (server, _echo) = echo().await;
    let proxy = TcpProxy::start(server).await.unwrap();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(roundtrip(&mut stream, "before").await.as_deref(), Some("before"));

    proxy.cut().await;
    assert_eq!(roundtrip(&mut stream, "during").await, None);
    assert!(TcpStream::connect(proxy.address()).await.is_err());

    proxy.heal().await.unwrap();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(roundtrip(&mut stream, "after").await.as_deref(), Some("after"));
    assert_eq!(proxy.accepted(), 2);
}

#[tokio::test]
async fn a_swallowed_direction_leaves_the_connection_open_and_silent() {
    let (server, _echo) = echo().await;
    let proxy = TcpProxy::start(server).await.unwrap();
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    proxy.drop_direction(Direction::ToClient, true);
    stream.write_all(b"lost").await.unwrap();
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(200), stream.read(&mut byte)).await.is_err());
    proxy.drop_direction(Direction::ToClient, false);
    assert_eq!(roundtrip(&mut stream, "heard").await.as_deref(), Some("heard"));
}

#[tokio::test]
async fn a_connection_ends_after_exactly_so_many_bytes() {
    let (server, _echo) = echo().await;
    let proxy = TcpProxy::start(server).await.unwrap();
    proxy.cut_after(Direction::ToClient, 10);
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    stream.write_all(b"0123456789abcdef").await.unwrap();
    let mut heard = Vec::new();
    // Ends by close or by reset; what came before counts.
    drop(timeout(LIMIT, stream.read_to_end(&mut heard)).await.expect("an end in time"));
    assert_eq!(heard, b"0123456789");
}

#[tokio::test]
async fn a_delay_holds_bytes_back_both_ways() {
    let (server, _echo) = echo().await;
    let proxy = TcpProxy::start(server).await.unwrap();
    proxy.set_delay(Duration::from_millis(80));
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    let start = std::time::Instant::now();
    assert_eq!(roundtrip(&mut stream, "slow").await.as_deref(), Some("slow"));
    assert!(start.elapsed() >= Duration::from_millis(160));
}
