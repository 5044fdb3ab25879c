//! How the page is seen: width, colours, direction; and the pictures of it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::Browser;

/// A width and a colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In CSS pixels.
    pub width: u32,
    /// The reader prefers dark.
    pub dark: bool,
}

impl Look {
    /// A desk: 1280 pixels, light.
    pub const WIDE: Self = Self { width: 1280, dark: false };
    /// Every look a page is checked in: desk and telephone, light and dark.
    pub const ALL: [Self; 4] = [
        Self::WIDE,
        Self { width: 1280, dark: true },
        Self { width: 360, dark: false },
        Self { width: 360, dark: true },
    ];
}

impl Browser {
    /// From now on, this is how pages are seen.
    pub async fn look(&self, look: Look) -> Result<()> {
        let cdp = self.tab.cdp();
        let size = json!({ "width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size).await?;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "media": "", "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        cdp.send_raw("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// The page as it would be printed, until the next [`look`](Self::look).
    pub async fn look_printed(&self) -> Result<()> {
        self.tab.cdp().send_raw("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        Ok(())
    }

    /// Does the page stick out of the window to the side? Gives the widest offender.
    pub async fn overflow(&self) -> Result<Option<String>> {
        let script = "
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return null;
            const end = (element) => element.getBoundingClientRect().right;
            const all = [...document.body.querySelectorAll('*')].sort((a, b) => end(b) - end(a));
            return `${root.scrollWidth} of ${root.clientWidth} pixels: ${all[0]?.outerHTML.slice(0, 160)}`;";
        Ok(self.run(script, vec![]).await?.as_str().map(str::to_owned))
    }

    /// A picture of the whole page, as `target/screenshots/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let path = folder().join(format!("{name}.png"));
        let parent = path.parent().expect("a file in a folder");
        fs::create_dir_all(parent).with_context(|| format!("failed to make {}", parent.display()))?;
        let script = "const root = document.documentElement; return Math.max(root.scrollHeight, 400);";
        let height = self.run(script, vec![]).await?.as_u64().unwrap_or(800).min(12_000);
        let script = "return document.documentElement.clientWidth";
        let width = self.run(script, vec![]).await?.as_u64().context("failed to measure the page")?;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let options = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.tab.cdp().send_raw("Page.captureScreenshot", options).await?;
        let picture = answer["data"].as_str().context("failed to take a picture: no data")?;
        fs::write(&path, thirtyfour::support::base64_decode(picture)?)
            .with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    }
}

fn folder() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target")).join("screenshots")
}
