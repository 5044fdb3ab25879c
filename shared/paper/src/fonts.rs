//! The fonts: files beside the binary, in a folder of the settings, or where Debian puts them.
//!
//! Not inside the binary: they are larger than the rest of it, and an operator may need one that we do not know of.

use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Where fonts are looked for when the settings name no folder: beside the binary (`fonts/`), then here. The first
/// is for packages, the others are what Debian's `fonts-noto-core` and `fonts-droid-fallback` fill.
pub const DEFAULT_FOLDERS: [&str; 3] =
    ["/usr/share/tocsin/fonts", "/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/droid"];

/// Latin, Greek and Cyrillic; Arabic; Chinese, Japanese and Korean: without these a document would lack letters of
/// the six languages.
const REQUIRED: [&str; 5] = [
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoNaskhArabic-Bold.ttf",
    "DroidSansFallbackFull.ttf",
];

/// Other scripts in which holders, places and inscriptions are written. Used if they are there.
const WELCOME: [&str; 17] = [
    "NotoSans-Italic.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansEthiopic-Regular.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansKhmer-Regular.ttf",
    "NotoSansLao-Regular.ttf",
    "NotoSansMyanmar-Regular.ttf",
    "NotoSansSinhala-Regular.ttf",
    "NotoSansSymbols-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansCuneiform-Regular.ttf",
    "NotoSansEgyptianHieroglyphs-Regular.ttf",
];

/// Why there can be no documents.
#[derive(Debug, thiserror::Error)]
pub enum FontsError {
    /// A file is nowhere.
    #[error(
        "failed to find the font {file} in {folders}; on Debian: apt-get install fonts-noto-core fonts-droid-fallback"
    )]
    Missing {
        /// The file.
        file: &'static str,
        /// Where it was looked for.
        folders: String,
    },
    /// A file cannot be read.
    #[error("failed to read the font {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file is not a font.
    #[error("failed to understand the font {0}")]
    NotAFont(PathBuf),
}

/// Fonts in memory; 6 MB in all.
#[derive(Debug)]
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    /// The families in the order in which a letter is looked for.
    pub(crate) families: Vec<String>,
}

impl Fonts {
    /// Reads them from `folders`, or from the default ones if none is given.
    pub fn find(folders: &[PathBuf]) -> Result<Self, FontsError> {
        let folders = if folders.is_empty() { default_folders() } else { folders.to_vec() };
        let mut fonts = Vec::new();
        for file in REQUIRED {
            let Some(path) = look(&folders, file) else {
                let folders = folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
                return Err(FontsError::Missing { file, folders });
            };
            fonts.extend(read(&path)?);
        }
        for path in WELCOME.iter().filter_map(|file| look(&folders, file)) {
            fonts.extend(read(&path)?);
        }
        let mut families: Vec<String> = Vec::new();
        for font in &fonts {
            let family = font.info().family.clone();
            if !families.contains(&family) {
                families.push(family);
            }
        }
        Ok(Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, families })
    }
}

fn default_folders() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|binary| Some(binary.parent()?.join("fonts")));
    beside.into_iter().chain(DEFAULT_FOLDERS.iter().map(PathBuf::from)).collect()
}

fn look(folders: &[PathBuf], file: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(file)).find(|path| path.is_file())
}

fn read(path: &Path) -> Result<Vec<Font>, FontsError> {
    let bytes = std::fs::read(path).map_err(|source| FontsError::Read { path: path.to_owned(), source })?;
    let fonts: Vec<Font> = Font::iter(Bytes::new(bytes)).collect();
    if fonts.is_empty() { Err(FontsError::NotAFont(path.to_owned())) } else { Ok(fonts) }
}
