//! The texts that cells share.

use quick_xml::events::Event;

use super::{Archive, MAX_STRINGS, add_text, broken, open};
use crate::import::read::FileError;

/// The most shared texts.
const MAX_COUNT: usize = 1_000_000;
const WHAT: &str = "the workbook's texts";

/// All texts, one behind the other: a million of them cost their bytes and four more each.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index {
            0 => 0,
            _ => *self.ends.get(index - 1)? as usize,
        };
        self.text.get(start..end)
    }
}

/// Reads them; none if the workbook has no such part. What the part says about its count is not believed.
pub(super) fn read(archive: &mut Archive<'_>) -> Result<Strings, FileError> {
    let mut strings = Strings::default();
    let Some(mut part) = open(archive, "xl/sharedStrings.xml", MAX_STRINGS)? else { return Ok(strings) };
    let mut buffer = Vec::new();
    let (mut in_text, mut in_phonetic) = (false, false);
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer).map_err(|error| broken(WHAT, error))? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => in_text = true,
                // How Japanese texts are read aloud; not what they say.
                "rPh" => in_phonetic = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => in_phonetic = false,
                "si" => {
                    let end = u32::try_from(strings.text.len()).map_err(|error| broken(WHAT, error))?;
                    strings.ends.push(end);
                    if strings.ends.len() > MAX_COUNT {
                        return Err(FileError(format!("{WHAT} are more than {MAX_COUNT}")));
                    }
                }
                _ => {}
            },
            Event::DocType(_) => return Err(FileError(format!("{WHAT} have a document type declaration"))),
            Event::Eof => return Ok(strings),
            event if in_text && !in_phonetic => add_text(&mut strings.text, &event)?,
            _ => {}
        }
    }
}
