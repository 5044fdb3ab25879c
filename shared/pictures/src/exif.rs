//! The one thing that is kept of a photo's metadata: the day it was taken.

use domain::CivilDate;
use exif::{In, Reader, Tag, Value};

/// The greatest block that is read; what is larger holds previews and no more dates.
const MAX_BLOCK: usize = 256 * 1024;

/// The day the camera says the photo was taken. A camera's clock is often wrong, so it is offered and never believed.
pub(crate) fn taken_on(block: Option<Vec<u8>>) -> Option<CivilDate> {
    let fields = Reader::new().read_raw(block.filter(|block| block.len() <= MAX_BLOCK)?).ok()?;
    let field = fields.get_field(Tag::DateTimeOriginal, In::PRIMARY)?;
    let Value::Ascii(texts) = &field.value else { return None };
    // "2019:05:17 10:22:31" (EXIF 2.3, 4.6.5).
    let day = texts.first()?.get(..10)?;
    str::from_utf8(day).ok()?.replace(':', "-").parse().ok()
}
