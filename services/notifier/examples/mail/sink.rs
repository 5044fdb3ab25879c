//! A mail server that takes everything as fast as it comes and keeps nothing.

use std::error::Error;

use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves on a free port, which it prints, until its standard input ends.
pub fn run() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    println!("{}", listener.local_addr()?.port());
    std::thread::spawn(|| {
        // Whoever started it has gone, however that happened.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    Ok(runtime.block_on(serve(listener))?)
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
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
        let mut used = 0;
        loop {
            let rest = &got[used..];
            if in_text {
                let Some(end) = memmem::find(rest, b"\r\n.\r\n") else { break };
                used += end + 5;
                in_text = false;
                answer.extend_from_slice(b"250 taken\r\n");
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let line = &rest[..end];
            used += end + 1;
            let said: &[u8] = match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
                Some(b"EHLO") => b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
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
        if !answer.is_empty() {
            stream.write_all(&answer).await?;
            answer.clear();
        }
        if stream.read_buf(&mut got).await? == 0 {
            return Ok(());
        }
    }
}
