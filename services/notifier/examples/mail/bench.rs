//! Mails a second, beside `smtp-source -d`.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::Mailbox;
use domain::delivery::Outcome;
use domain::ids::DeliveryId;
use notifier::{Backend, Config, Fence, Mould, SmtpConfig, Transport};
use tokio::runtime::Runtime;

use crate::sample::Sample;

const ROUNDS: usize = 3;
/// What ours must reach of `smtp-source -d` at ten sessions, with each mail composed.
const WANTED: f64 = 1.0;

type Outcomes<T> = Result<T, Box<dyn Error>>;

/// A sink in a process of its own.
struct Server {
    child: Child,
    port: u16,
    name: &'static str,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn ours() -> Outcomes<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("sink").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("a pipe")?).read_line(&mut line)?;
        Ok(Self { child, port: line.trim().parse()?, name: "sink of ours" })
    }

    fn postfix() -> Outcomes<Self> {
        // A port that was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("/usr/sbin/smtp-sink");
        // As root it wants a user to become.
        if is_root() {
            command.args(["-u", "nobody"]);
        }
        let child = command.arg(format!("127.0.0.1:{port}")).arg("256").stdout(Stdio::null()).spawn()?;
        let server = Self { child, port, name: "smtp-sink" };
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Err("smtp-sink does not listen".into())
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// What one mail is.
#[derive(Clone)]
enum Text {
    /// Ready bytes.
    Ready(Arc<[u8]>),
    /// Composed for each recipient, as the sender does it.
    Composed(Arc<(Sample, Mould)>),
}

impl Text {
    fn ready(bytes: usize) -> Self {
        let head = b"From: <desk@tocsin.example>\r\nTo: <unit@one.example>\r\nSubject: bench\r\n\r\n";
        let line = [b"x".repeat(76).as_slice(), b"\r\n"].concat();
        let body = line.iter().cycle().take((bytes - head.len()) / 78 * 78);
        Self::Ready(head.iter().chain(body).copied().collect())
    }

    fn composed(picture: usize, to: &Mailbox) -> Self {
        let sample = Sample::new(picture);
        let mould = sample.mould(to);
        Self::Composed(Arc::new((sample, mould)))
    }

    fn size(&self, to: &Mailbox) -> usize {
        match self {
            Self::Ready(bytes) => bytes.len(),
            Self::Composed(made) => made.0.of_mould(&made.1, 1, to).bytes.len(),
        }
    }
}

/// Ours: so many workers, each composing and sending one mail after the other. Gives mails a second.
fn ours(runtime: &Runtime, port: u16, sessions: usize, mails: u64, text: &Text) -> Outcomes<f64> {
    let config = Config {
        backend: Backend::Smtp,
        smtp: SmtpConfig { port, hello: Some("bench.example".to_owned()), ..SmtpConfig::default() },
        workers: sessions,
        per_domain: sessions,
        ..Config::default()
    };
    let transport = Arc::new(Transport::new(&config)?);
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let failed = runtime.block_on(async {
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..sessions {
            let (transport, next, text) = (Arc::clone(&transport), Arc::clone(&next), text.clone());
            workers.spawn(async move { work(&transport, &next, mails, &text).await });
        }
        workers.join_all().await.into_iter().sum::<u64>()
    });
    if failed > 0 {
        return Err(format!("{failed} mails were not taken").into());
    }
    Ok(rate(mails, begun.elapsed()))
}

async fn work(transport: &Transport, next: &AtomicU64, mails: u64, text: &Text) -> u64 {
    let from: Mailbox = "desk@tocsin.example".parse().expect("an address");
    let to: Mailbox = "unit@one.example".parse().expect("an address");
    let (_hand, fence) = Fence::until(Instant::now() + Duration::from_secs(3600));
    let delivery = DeliveryId::generate(&domain::Clock::System);
    let mut failed = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= mails {
            return failed;
        }
        let report = match text {
            Text::Ready(bytes) => transport.send(delivery, &from, &to, bytes, &fence).await,
            Text::Composed(made) => {
                let mail = made.0.of_mould(&made.1, u128::from(number), &to);
                transport.send(delivery, &from, &to, &mail.bytes, &fence).await
            }
        };
        failed += u64::from(report.outcome != Outcome::Accepted);
    }
}

fn theirs(port: u16, sessions: usize, mails: u64, bytes: usize) -> Outcomes<f64> {
    let begun = Instant::now();
    let status = Command::new("/usr/sbin/smtp-source")
        // -d: keep the connection.
        .args(["-d", "-s", &sessions.to_string(), "-m", &mails.to_string(), "-l", &bytes.to_string()])
        .args(["-f", "desk@tocsin.example", "-t", "unit@one.example"])
        .arg(format!("127.0.0.1:{port}"))
        .status()?;
    if !status.success() {
        return Err(format!("smtp-source ended with {status}").into());
    }
    Ok(rate(mails, begun.elapsed()))
}

#[expect(clippy::cast_precision_loss, reason = "thousands of mails")]
fn rate(mails: u64, took: Duration) -> f64 {
    mails as f64 / took.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What composing costs alone.
fn alone(texts: &[(&str, Text, u64)], to: &Mailbox) {
    const TIMES: u128 = 2_000;
    for (name, text, _) in texts {
        let Text::Composed(made) = text else { continue };
        let begun = Instant::now();
        let bytes: usize = (0..TIMES).map(|number| made.0.of_mould(&made.1, number, to).bytes.len()).sum();
        let own = begun.elapsed();
        let begun = Instant::now();
        let anew: usize = (0..TIMES / 20).map(|number| made.0.mail(number, to).bytes.len()).sum();
        let all = begun.elapsed();
        println!(
            "{name}: {} bytes, {:.0} us a mail, {:.0} us with all that mails have in common",
            bytes / usize::try_from(TIMES).unwrap_or(1),
            own.as_secs_f64() * 1e6 / 2_000.0,
            all.as_secs_f64() * 1e6 / 100.0
        );
        assert!(anew > 0, "the compiler has left nothing out");
    }
}

/// Measures, prints, and fails if ours is slower than promised.
pub fn run() -> Outcomes<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let to: Mailbox = "unit@one.example".parse()?;
    let texts = [
        ("ready, 4 KiB", Text::ready(4096), 20_000),
        ("ready, 64 KiB", Text::ready(65_536), 5_000),
        ("alert, composed", Text::composed(0, &to), 20_000),
        ("alert with a picture, composed", Text::composed(36_000, &to), 5_000),
    ];
    alone(&texts, &to);
    println!(
        "{:<14} {:<32} {:>7} {:>9} {:>13} {:>9} {:>6}",
        "to", "mail", "bytes", "sessions", "smtp-source", "tocsin", "ratio"
    );
    let mut slow = Vec::new();
    for server in [Server::ours()?, Server::postfix()?] {
        for (name, text, mails) in &texts {
            let bytes = text.size(&to);
            for sessions in [1, 10, 50] {
                let mails = if sessions == 1 { mails / 4 } else { *mails };
                let mut rounds = Vec::new();
                for _ in 0..ROUNDS {
                    let peer = theirs(server.port, sessions, mails, bytes)?;
                    rounds.push((peer, ours(&runtime, server.port, sessions, mails, text)?));
                }
                let peer = median(rounds.iter().map(|(peer, _)| *peer).collect());
                let own = median(rounds.iter().map(|(_, own)| *own).collect());
                let ratio = median(rounds.iter().map(|(peer, own)| own / peer).collect());
                println!(
                    "{:<14} {name:<32} {bytes:>7} {sessions:>9} {peer:>11.0}/s {own:>7.0}/s {ratio:>6.2}",
                    server.name
                );
                if sessions == 10 && ratio < WANTED && matches!(text, Text::Composed(_)) {
                    slow.push(format!("{name} to {}: {ratio:.2}", server.name));
                }
            }
        }
    }
    if slow.is_empty() { Ok(()) } else { Err(format!("below {WANTED}: {}", slow.join("; ")).into()) }
}
