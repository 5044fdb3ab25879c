//! Files made by hand, as no honest program writes them.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A sheet with nothing in it.
pub const SHEET: &str = "<sheetData></sheetData>";

/// An archive of these parts, packed.
pub fn file_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (name, content)) in parts.iter().enumerate() {
        // An archive has each name once.
        let name = if *name == "x" { format!("x{index}") } else { (*name).to_owned() };
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet and some texts.
pub fn workbook_with(sheet: &str, texts: &str) -> Vec<u8> {
    file_of(&[
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/a.xml\"/></Relationships>",
        ),
        ("xl/sharedStrings.xml", texts),
        ("xl/worksheets/a.xml", &format!("<worksheet>{sheet}</worksheet>")),
    ])
}
