//! A mail server for measurements: takes everything as fast as it comes, keeps nothing and counts.
//!
//! It runs in a process of its own, so that each side of a measurement has its own time. A program that measures starts
//! itself again with an argument that leads to [`serve`], and [`FastSink::start`] is the other end of it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::process::cpu_of_tree;

/// What came since the count began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Mails taken.
    pub mails: u64,
    /// Their bytes, as they went over the wire.
    pub bytes: u64,
    /// When the first of them began (its MAIL command), in microseconds since 1970.
    pub first: i64,
    /// When the last of them was taken.
    pub last: i64,
}

/// A running sink; ends when dropped.
#[derive(Debug)]
pub struct FastSink {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    port: u16,
}

impl FastSink {
    /// Starts `command`, which must lead to [`serve`].
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("failed to start the sink")?;
        let input = child.stdin.take().expect("piped just above");
        let mut output = BufReader::new(child.stdout.take().expect("piped just above"));
        let mut line = String::new();
        output.read_line(&mut line).context("failed to hear from the sink")?;
        let port = line.trim().parse().with_context(|| format!("the sink said {line:?} and no port"))?;
        Ok(Self { child, input, output, port })
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What came so far.
    pub fn tally(&mut self) -> Result<Tally> {
        self.ask("count")
    }

    /// Begins to count anew.
    pub fn reset(&mut self) -> Result<()> {
        self.ask("reset").map(drop)
    }

    /// The processor time it has used.
    pub fn cpu(&self) -> Duration {
        cpu_of_tree(self.child.id())
    }

    fn ask(&mut self, word: &str) -> Result<Tally> {
        writeln!(self.input, "{word}").context("failed to ask the sink")?;
        let mut line = String::new();
        self.output.read_line(&mut line).context("failed to hear from the sink")?;
        let numbers: Vec<i64> = line.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [mails, bytes, first, last] = numbers[..] else { anyhow::bail!("the sink said {line:?} and no count") };
        Ok(Tally { mails: mails.unsigned_abs(), bytes: bytes.unsigned_abs(), first, last })
    }
}

impl Drop for FastSink {
    fn drop(&mut self) {
        // It also ends by itself when our end of its input closes; errors have nobody to go to here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The counters, which the mails of all connections go through.
#[derive(Debug, Default)]
struct Counters {
    mails: AtomicU64,
    bytes: AtomicU64,
    first: AtomicI64,
    last: AtomicI64,
}

static COUNTERS: Counters =
    Counters { mails: AtomicU64::new(0), bytes: AtomicU64::new(0), first: AtomicI64::new(0), last: AtomicI64::new(0) };

impl Counters {
    fn begins(&self) {
        if self.first.load(Ordering::Relaxed) == 0 {
            self.first.store(now(), Ordering::Relaxed);
        }
    }

    fn took(&self, mails: u64, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.last.store(now(), Ordering::Relaxed);
        self.mails.fetch_add(mails, Ordering::Release);
    }

    fn answer(&self, word: &str) -> String {
        if word == "reset" {
            self.mails.store(0, Ordering::Relaxed);
            self.bytes.store(0, Ordering::Relaxed);
            self.first.store(0, Ordering::Relaxed);
            self.last.store(0, Ordering::Relaxed);
        }
        let mails = self.mails.load(Ordering::Acquire);
        let [bytes, first, last] = [
            self.bytes.load(Ordering::Relaxed).cast_signed(),
            self.first.load(Ordering::Relaxed),
            self.last.load(Ordering::Relaxed),
        ];
        format!("{mails} {bytes} {first} {last}")
    }
}

#[expect(clippy::disallowed_methods, reason = "compared with what other processes read from the same clock")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Serves on a free port, which it says on standard output, until standard input ends; each line there asks for the count.
pub fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    say(&listener.local_addr()?.port().to_string())?;
    std::thread::spawn(|| {
        for word in std::io::stdin().lines().map_while(Result::ok) {
            if say(&COUNTERS.answer(&word)).is_err() {
                break;
            }
        }
        // Whoever started it has gone, however that happened.
        std::process::exit(0);
    });
    Ok(runtime.block_on(accept(listener))?)
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn accept(listener: TcpListener) -> std::io::Result<()> {
    let tasks = tokio::task::LocalSet::new();
    tasks
        .run_until(async {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                tokio::task::spawn_local(async move {
                    // A client that goes away has its reasons.
                    let _ = talk(stream).await;
                });
            }
        })
        .await
}

async fn talk(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(b"220 sink\r\n").await?;
    let (mut got, mut answer, mut in_text) = (Vec::with_capacity(128 * 1024), Vec::new(), false);
    loop {
        let (mut used, mut mails, mut bytes) = (0, 0, 0);
        loop {
            let rest = &got[used..];
            if in_text {
                let Some(end) = memmem::find(rest, b"\r\n.\r\n") else { break };
                used += end + 5;
                (in_text, mails, bytes) = (false, mails + 1, bytes + end + 2);
                answer.extend_from_slice(b"250 taken\r\n");
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let line = &rest[..end];
            used += end + 1;
            let said: &[u8] = match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
                Some(b"EHLO") => b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
                Some(b"MAIL") => {
                    COUNTERS.begins();
                    b"250 ok\r\n"
                }
                Some(b"DATA") => {
                    in_text = true;
                    b"354 go on\r\n"
                }
                Some(b"QUIT") => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => b"250 ok\r\n",
            };
            answer.extend_from_slice(said);
        }
        // The end of a text may lie across two reads.
        got.drain(..used);
        if mails > 0 {
            COUNTERS.took(mails, bytes);
        }
        if !answer.is_empty() {
            stream.write_all(&answer).await?;
            answer.clear();
        }
        if stream.read_buf(&mut got).await? == 0 {
            return Ok(());
        }
    }
}
