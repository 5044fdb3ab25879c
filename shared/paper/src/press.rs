//! Typesetting. A document's world is one source, the values and the fonts; there is no file system and no network.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::fonts::Fonts;

/// What every document begins with.
const COMMON: &str = include_str!("../templates/common.typ");

/// Identifiers of files are kept for ever and there are 65,535 of them: every document has this one.
static MAIN: LazyLock<FileId> = LazyLock::new(|| {
    let path = VirtualPath::new("main.typ").expect("a constant path");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
});

/// One document to print.
#[derive(Debug)]
pub struct Job<'a, T> {
    /// The template of the service: typst source that uses what `common.typ` defines.
    pub template: &'a str,
    /// The language of its fixed texts, such as `ar`.
    pub language: &'a str,
    /// What it calls itself in a reader's window.
    pub title: &'a str,
    /// Identifies it for good, such as its reference and its place in the ledger.
    pub identity: &'a str,
    /// The moment it speaks of, in seconds since 1970. Not the moment of printing, so that it can be printed again.
    pub moment: i64,
    /// The fixed texts in that language.
    pub labels: &'a BTreeMap<String, String>,
    /// The values.
    pub data: &'a T,
}

/// Why a document was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The values are not what JSON can say.
    #[error("failed to hand over the values")]
    Values(#[source] serde_json::Error),
    /// The template does not fit the values.
    #[error("failed to typeset: {0}")]
    Typeset(String),
}

/// Prints documents. A print takes a processor for up to seconds: call it on a blocking thread, and bound how many.
pub struct Press {
    fonts: Fonts,
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Press").field("families", &self.fonts.families).finish()
    }
}

impl Press {
    /// With these fonts.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
    }

    /// Prints a document as PDF/A-2b: tagged, fonts embedded, nothing outside of it.
    pub fn print<T: Serialize>(&self, job: &Job<'_, T>) -> Result<Vec<u8>, PrintError> {
        let printed = self.compile(job);
        // typst remembers every layout it has made; a server would grow for ever.
        typst::comemo::evict(0);
        printed
    }

    fn compile<T: Serialize>(&self, job: &Job<'_, T>) -> Result<Vec<u8>, PrintError> {
        let world = self.world(job)?;
        let moment = jiff::Timestamp::from_second(job.moment).ok().and_then(datetime);
        let compiled = typst::compile::<PagedDocument>(&world);
        let document = compiled.output.map_err(|errors| PrintError::Typeset(words(&errors)))?;
        if !compiled.warnings.is_empty() {
            tracing::warn!(warnings = words(&compiled.warnings), "typesetting was not without doubt");
        }
        let standards = PdfStandards::new(&[PdfStandard::A_2b])
            .map_err(|error| PrintError::Typeset(error.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(job.identity.to_owned()),
            creator: Smart::Custom(Some("Tocsin".to_owned())),
            timestamp: moment.map(Timestamp::new_utc),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| PrintError::Typeset(words(&errors)))
    }

    fn world<T: Serialize>(&self, job: &Job<'_, T>) -> Result<Desk<'_>, PrintError> {
        let value = |json: serde_json::Value| serde_json::from_value::<Value>(json).map_err(PrintError::Values);
        let json = |result: Result<serde_json::Value, serde_json::Error>| result.map_err(PrintError::Values);
        let mut inputs = Dict::new();
        inputs.insert("lang".into(), Value::Str(job.language.into()));
        inputs.insert("title".into(), Value::Str(job.title.into()));
        inputs.insert("labels".into(), value(json(serde_json::to_value(job.labels))?)?);
        inputs.insert("families".into(), value(json(serde_json::to_value(&self.fonts.families))?)?);
        inputs.insert("data".into(), value(json(serde_json::to_value(job.data))?)?);
        Ok(Desk {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            fonts: &self.fonts,
            main: Source::new(*MAIN, [COMMON, job.template].concat()),
        })
    }
}

fn datetime(at: jiff::Timestamp) -> Option<Datetime> {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let small = |number: i8| number.unsigned_abs();
    let (year, month, day) = (i32::from(at.year()), small(at.month()), small(at.day()));
    Datetime::from_ymd_hms(year, month, day, small(at.hour()), small(at.minute()), small(at.second()))
}

/// What typst may look at.
struct Desk<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: Source,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        *MAIN
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == *MAIN { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn words(diagnostics: &EcoVec<SourceDiagnostic>) -> String {
    diagnostics.iter().take(5).map(|diagnostic| diagnostic.message.as_str()).collect::<Vec<_>>().join("; ")
}
