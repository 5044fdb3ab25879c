//! No mail in the clear where TLS was asked for, and none to a server that cannot show who it is.
//!
//! `tls/` holds a certificate for `localhost`, its key and the authority that signed it: made for this test, trusted
//! by nobody else.

use std::path::PathBuf;
use std::sync::Arc;

use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Stage};
use notifier::{Config, SmtpConfig, Tls};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use testkit::sink::SmtpSink;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::world::{World, smtp};

async fn sent_with(tls: Tls) -> (DeliveryState, Option<Stage>, SmtpSink) {
    // The sink speaks no TLS: as if somebody on the way had stripped it.
    let sink = SmtpSink::start().await.unwrap();
    let config = smtp(sink.port());
    let mut world = World::with(Config { smtp: SmtpConfig { tls, ..config.smtp.clone() }, ..config }).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let stage = world.attempts(row.id).await[0].stage;
    (row.state, stage, sink)
}

#[tokio::test]
async fn without_tls_nothing_is_named_where_tls_was_asked_for() {
    for tls in [Tls::Starttls, Tls::Implicit] {
        let (state, stage, sink) = sent_with(tls).await;
        assert_eq!((state, stage), (DeliveryState::Pending, Some(Stage::Tls)), "{tls:?}");
        let named = sink.commands().iter().any(|c| c.line.starts_with("MAIL") || c.line.starts_with("RCPT"));
        assert!(!named && sink.messages().is_empty(), "{tls:?}");
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/notifier/tls").join(name)
}

/// What proves that the server is `localhost`.
fn acceptor() -> TlsAcceptor {
    let certificates = CertificateDer::pem_file_iter(file("localhost.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// TLS in front of the sink, on a port of its own. Ends when the set is dropped.
async fn encrypted(sink: &SmtpSink) -> (u16, JoinSet<()>) {
    let acceptor = acceptor();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = sink.address();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            connections.spawn(async move {
                let Ok(mut outside) = acceptor.accept(stream).await else { return };
                let mut inside = TcpStream::connect(behind).await.unwrap();
                drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
            });
        }
    });
    (port, tasks)
}

#[tokio::test]
async fn tls_from_the_first_byte_carries_mail_to_a_server_that_shows_who_it_is() {
    let sink = SmtpSink::start().await.unwrap();
    let (port, _front) = encrypted(&sink).await;
    let config = smtp(port);
    let server = SmtpConfig { host: "localhost".to_owned(), tls: Tls::Implicit, ..config.smtp.clone() };
    let trusted = SmtpConfig { ca_path: Some(file("authority.pem")), ..server.clone() };
    for (server, state, stage) in [
        (trusted, DeliveryState::Accepted, Stage::Message),
        // An authority that nobody named, and a name that is not the certificate's.
        (server.clone(), DeliveryState::Pending, Stage::Tls),
        (
            SmtpConfig { host: "127.0.0.1".to_owned(), ca_path: Some(file("authority.pem")), ..server },
            DeliveryState::Pending,
            Stage::Tls,
        ),
    ] {
        let mut world = World::with(Config { smtp: server, ..config.clone() }).await;
        let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
        let plan = world.alert(&told).await;
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        let attempt = world.attempts(row.id).await.remove(0);
        assert_eq!((row.state, attempt.stage), (state, Some(stage)), "{:?}", attempt.reply);
    }
    assert_eq!(sink.messages().len(), 1);
}

/// A server that offers STARTTLS and, once encrypted, is the sink. `after`: what it says in the clear behind its "go on", as
/// somebody on the way would. Ends when the set is dropped.
async fn upgraded(sink: &SmtpSink, after: &'static str) -> (u16, JoinSet<()>) {
    let acceptor = acceptor();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = sink.address();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((mut outside, _)) = listener.accept().await {
            for words in ["220 front\r\n", "250-front\r\n250 STARTTLS\r\n", &format!("220 go\r\n{after}")] {
                outside.write_all(words.as_bytes()).await.unwrap();
                if words.starts_with("220 go") {
                    break;
                }
                let mut heard = [0; 512];
                assert!(outside.read(&mut heard).await.unwrap() > 0);
            }
            let Ok(mut outside) = acceptor.accept(outside).await else { continue };
            let mut inside = TcpStream::connect(behind).await.unwrap();
            let mut banner = [0; 64];
            assert!(inside.read(&mut banner).await.unwrap() > 0);
            drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
        }
    });
    (port, tasks)
}

#[tokio::test]
async fn starttls_carries_mail_and_what_was_put_before_it_is_not_taken_for_the_server() {
    for (after, state, stage) in
        [("", DeliveryState::Accepted, Stage::Message), ("250 2.0.0 taken\r\n", DeliveryState::Pending, Stage::Tls)]
    {
        let sink = SmtpSink::start().await.unwrap();
        let (port, _front) = upgraded(&sink, after).await;
        let config = smtp(port);
        let server = SmtpConfig {
            host: "localhost".to_owned(),
            tls: Tls::Starttls,
            ca_path: Some(file("authority.pem")),
            ..config.smtp.clone()
        };
        let mut world = World::with(Config { smtp: server, ..config }).await;
        let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
        let plan = world.alert(&told).await;
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        let attempt = world.attempts(row.id).await.remove(0);
        assert_eq!((row.state, attempt.stage), (state, Some(stage)), "{:?}", attempt.reply);
        assert_eq!(sink.messages().len(), usize::from(after.is_empty()));
    }
}
