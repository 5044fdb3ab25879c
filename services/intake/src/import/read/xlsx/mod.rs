//! XLSX (ECMA-376): the first sheet of a workbook, row by row.
//!
//! Written here on a ZIP and an XML reader, because the readers of the kind that we tried believe what a file says
//! about itself: one attribute of 30 bytes (`uniqueCount`) makes them ask for more memory than there is. Here every
//! part has a greatest size while it is unpacked, whatever the file announces; the sheet is never in memory as a
//! whole; a formula is refused and never computed; macros, links and pictures are not looked at.

mod bounded;
mod sheet;
mod strings;
mod styles;

use std::io::{BufReader, Cursor};

use domain::codes::ImportKind;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use self::bounded::Bounded;
use super::table::Table;
use super::{FileError, Sink};

/// The most parts of a workbook; one with a hundred sheets has a few hundred.
const MAX_PARTS: usize = 2_000;
/// The greatest size of the parts that say what is where.
const MAX_INDEX: u64 = 4 * 1024 * 1024;
/// The greatest size of the texts that cells share.
const MAX_STRINGS: u64 = 48 * 1024 * 1024;
/// The greatest size of the sheet.
const MAX_SHEET: u64 = 160 * 1024 * 1024;

type Archive<'c> = ZipArchive<Cursor<&'c [u8]>>;
/// A part of the workbook while it is unpacked.
type Part<'a, 'c> = Reader<BufReader<Bounded<ZipFile<'a, Cursor<&'c [u8]>>>>>;

pub(super) fn read(kind: ImportKind, content: &[u8], sink: &mut Sink<'_>) -> Result<(), FileError> {
    if announced_parts(content).is_some_and(|parts| parts > MAX_PARTS) {
        return Err(FileError(format!("the workbook has more than {MAX_PARTS} parts")));
    }
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| broken("the workbook", error))?;
    let workbook = workbook(&mut archive)?;
    let strings = strings::read(&mut archive)?;
    let styles = styles::read(&mut archive)?;
    let mut table = Table::new(kind, sink);
    let path = workbook.path.as_str();
    let Some(mut part) = open(&mut archive, path, MAX_SHEET)? else {
        return Err(FileError::new("the workbook's first sheet is not in it"));
    };
    let context = sheet::Context { strings: &strings, styles: &styles, from_1904: workbook.from_1904 };
    if sheet::read(&mut part, &context, &mut |line, cells| table.row(line, cells))? {
        table.finish()?;
    }
    Ok(())
}

/// How many parts the end of a ZIP file says there are (APPNOTE 4.3.16), before its list is read into memory.
fn announced_parts(content: &[u8]) -> Option<usize> {
    let tail = &content[content.len().saturating_sub(66_000)..];
    let at = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

/// Which part is the first sheet, and from when its days count.
struct Workbook {
    path: String,
    from_1904: bool,
}

fn workbook(archive: &mut Archive<'_>) -> Result<Workbook, FileError> {
    let mut from_1904 = false;
    let mut relation = None;
    let no_workbook = || FileError::new("this is not an XLSX workbook");
    let mut part = open(archive, "xl/workbook.xml", MAX_INDEX)?.ok_or_else(no_workbook)?;
    each_start(&mut part, "the workbook", |element| match element.local_name().as_ref() {
        "workbookPr" => from_1904 = attribute(element, "date1904").is_some_and(|text| text == "1" || text == "true"),
        "sheet" if relation.is_none() => relation = attribute(element, "id"),
        _ => {}
    })?;
    drop(part);
    let relation = relation.ok_or_else(|| FileError::new("the workbook has no sheet"))?;
    let mut target = None;
    let mut part = open(archive, "xl/_rels/workbook.xml.rels", MAX_INDEX)?.ok_or_else(no_workbook)?;
    each_start(&mut part, "the workbook", |element| {
        if attribute(element, "Id").as_deref() == Some(relation.as_str()) {
            target = attribute(element, "Target");
        }
    })?;
    drop(part);
    // The name of a part of the same archive: nothing is opened outside of it, whatever it says.
    let target = target.ok_or_else(|| FileError::new("the workbook's first sheet is not in it"))?;
    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), ToOwned::to_owned);
    Ok(Workbook { path, from_1904 })
}

/// A part of the workbook, up to `limit` bytes of it; none if there is no such part.
fn open<'a, 'c>(archive: &'a mut Archive<'c>, path: &str, limit: u64) -> Result<Option<Part<'a, 'c>>, FileError> {
    let Some(index) = archive.index_for_name(path) else { return Ok(None) };
    let file = archive.by_index(index).map_err(|error| broken(path, error))?;
    let mut reader = Reader::from_reader(BufReader::new(Bounded::new(file, limit)));
    let config = reader.config_mut();
    // Names of open elements are not kept, so depth costs nothing.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.expand_empty_elements = true;
    Ok(Some(reader))
}

fn broken(what: &str, error: impl std::fmt::Display) -> FileError {
    FileError(format!("{what} cannot be read: {error}"))
}

/// Calls `work` with each start tag of a part.
fn each_start(
    part: &mut Reader<impl std::io::BufRead>,
    what: &str,
    mut work: impl FnMut(&BytesStart<'_>),
) -> Result<(), FileError> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).map_err(|error| broken(what, error))? {
            Event::Start(element) => work(&element),
            Event::DocType(_) => return Err(FileError(format!("{what} has a document type declaration"))),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// An attribute by its local name, with the five entities of XML.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    quick_xml::escape::unescape(&found.value).ok().map(std::borrow::Cow::into_owned)
}

/// Adds what an event says to a text. Other entities than those of XML itself, which only a document type could
/// define, are refused.
fn add_text(text: &mut String, event: &Event<'_>) -> Result<(), FileError> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(reference) => {
            let character = match reference.resolve_char_ref() {
                Ok(Some(character)) => Some(character),
                Ok(None) => match &*reference.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                },
                Err(_) => None,
            };
            text.push(character.ok_or_else(|| FileError::new("the workbook uses an entity of its own"))?);
        }
        _ => {}
    }
    Ok(())
}
