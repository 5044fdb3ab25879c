//! Starting and leaving.

use std::{env, path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{ports::free_port, process::Service};
use thirtyfour::{Capabilities, WebDriver};

/// How long the browser may take to start, and a page to load.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Another process may take the port in the moment before the driver does.
const TRIES: usize = 3;

/// One Chromium with one tab and its own empty profile, killed when dropped.
#[derive(Debug)]
pub struct Browser {
    pub(super) tab: WebDriver,
    driver: Service,
    _scratch: TempDir,
}

impl Browser {
    /// Starts it, 1280 pixels wide and light.
    pub async fn start() -> Result<Self> {
        for program in ["chromium", "chromedriver"] {
            ensure!(
                in_path(program),
                "{program} is not installed (on Debian: apt-get install chromium chromium-driver)"
            );
        }
        let scratch = tempfile::Builder::new()
            .prefix("tocsin-browser-")
            .tempdir()
            .context("failed to make a temporary folder")?;
        let mut last = None;
        for _ in 0..TRIES {
            let port = free_port()?;
            match Self::on(port, &scratch).await {
                Ok((tab, driver)) => {
                    let browser = Self { tab, driver, _scratch: scratch };
                    browser.look(super::Look::WIDE).await?;
                    return Ok(browser);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("tried at least once"))
    }

    async fn on(port: u16, scratch: &TempDir) -> Result<(WebDriver, Service)> {
        let mut command = Command::new("chromedriver");
        // Its profiles and caches go where ours go, and leave with us.
        command.arg(format!("--port={port}")).env("TMPDIR", scratch.path()).env("HOME", scratch.path());
        let driver = Service::spawn("chromedriver", command)?;
        driver.wait_for_log("started successfully", PATIENCE).await?;
        let tab = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities(scratch.path()))
            .await
            .with_context(|| format!("failed to start Chromium; its driver says: {}", driver.log()))?;
        // Left to itself it asks the driver to close the browser when dropped, and waits for an answer that may never
        // come: killing the driver is quicker and always works.
        tab.clone().leak().context("failed to take the browser over")?;
        tab.set_page_load_timeout(PATIENCE).await?;
        tab.set_script_timeout(PATIENCE).await?;
        Ok((tab, driver))
    }

    /// Opens a page and waits until it has loaded.
    pub async fn goto(&self, address: &str) -> Result<()> {
        self.tab.goto(address).await.with_context(|| format!("failed to open {address}"))
    }

    /// Where the tab is.
    pub async fn address(&self) -> Result<String> {
        Ok(self.tab.current_url().await?.to_string())
    }

    /// Everything a reader sees on the page.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Forgets who is signed in.
    pub async fn forget(&self) -> Result<()> {
        Ok(self.tab.delete_all_cookies().await?)
    }

    /// Evaluates the body of a function in the page; for looking, not for acting.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.tab.execute(script, arguments).await?.json().clone())
    }

    /// What the browser complained about since the last call: blocked by the security policy, not found, script errors.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.tab.browser_log().await?;
        Ok(log.into_iter().map(|entry| entry.message).collect())
    }

    /// The process of its driver, whose child the browser is.
    pub fn pid(&self) -> u32 {
        self.driver.pid()
    }
}

fn capabilities(scratch: &Path) -> Capabilities {
    let profile = format!("--user-data-dir={}", scratch.join("profile").display());
    let arguments = [
        "--headless",
        // Containers run as root and with a small /dev/shm; it sees no page but ours.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        // Nothing leaves the machine.
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        // Ends with its driver, also when that is killed: a pipe breaks, a port stays.
        "--remote-debugging-pipe",
        "--hide-scrollbars",
        &profile,
    ];
    let capabilities = json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    match capabilities {
        Value::Object(map) => map.into(),
        _ => unreachable!("an object just above"),
    }
}

fn in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
