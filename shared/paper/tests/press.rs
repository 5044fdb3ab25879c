//! Documents printed for real, and read again by other programs.

#![cfg(feature = "pdf")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::collections::BTreeMap;
use std::process::Command;

use paper::{Fonts, FontsError, Job, Press, PrintError};
use serde_json::{Value, json};

const TEMPLATE: &str = r#"
#show: frame.with(name: "Probe", reference: "TOC-2026-000001", label: "TLP:AMBER", foot: "root")
= #doc.title
#for line in data.lines [#line #parbreak()]
#sheet-table((1fr, 2fr), ("A", "B"), data.lines.enumerate().map(((i, line)) => (str(i), line)))
"#;

fn job<'a>(
    data: &'a Value,
    labels: &'a BTreeMap<String, String>,
    language: &'a str,
    template: &'a str,
) -> Job<'a, Value> {
    Job { template, language, title: "Six scripts", identity: "TOC-2026-000001", moment: 1_795_672_800, labels, data }
}

fn labels() -> BTreeMap<String, String> {
    BTreeMap::from([("page-of".to_owned(), "Page %page of %total".to_owned())])
}

fn read(program: &str, pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, pdf).unwrap();
    let mut command = Command::new(program);
    command.arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn press() -> Press {
    Press::new(Fonts::find(&[]).unwrap())
}

#[test]
fn six_scripts_and_more_are_printed_with_their_fonts_in_the_file() {
    let lines = json!({ "lines": [
        "Statuette d’ancêtre, Pobé Mengao", "Κούρος από την Αττική", "Икона Богоматери", "تمثال من البرونز",
        "青铜器，商代", "מנורת ברונזה", "कांस्य प्रतिमा", "រូបចម្លាក់",
    ] });
    let labels = labels();
    let pdf = press().print(&job(&lines, &labels, "en", TEMPLATE)).unwrap();
    let text = read("pdftotext", &pdf);
    for word in ["Pobé Mengao", "Κούρος", "Икона", "青铜器", "Page 1 of 1", "TLP:AMBER"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    let fonts = read("pdffonts", &pdf);
    for family in ["NotoSans-Regular", "NotoNaskhArabic", "DroidSansFallback", "NotoSansHebrew", "NotoSansDevanagari"] {
        assert!(fonts.contains(family), "{family} in {fonts}");
    }
    // Columns: name, type, encoding, embedded, subset, unicode.
    for line in fonts.lines().skip(2) {
        let flags: Vec<&str> = line.split_whitespace().rev().skip(2).take(3).collect();
        assert_eq!(flags, ["yes", "yes", "yes"], "{line}");
    }
}

#[test]
fn the_same_values_are_the_same_bytes() {
    let lines = json!({ "lines": ["a", "b"] });
    let labels = labels();
    let press = press();
    let first = press.print(&job(&lines, &labels, "ar", TEMPLATE)).unwrap();
    assert_eq!(first, press.print(&job(&lines, &labels, "ar", TEMPLATE)).unwrap());
}

#[test]
fn a_value_is_never_markup() {
    let lines = json!({ "lines": ["#panic()", "*not bold* @nowhere $x$ <y>", "= not a heading", "#sys.inputs"] });
    let labels = labels();
    let text = read("pdftotext", &press().print(&job(&lines, &labels, "en", TEMPLATE)).unwrap());
    for word in ["#panic()", "*not bold* @nowhere $x$ <y>", "= not a heading", "#sys.inputs"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn a_template_reads_no_file_and_no_package() {
    let (lines, labels) = (json!({ "lines": [] }), labels());
    for template in ["#read(\"/etc/passwd\")", "#import \"@preview/cetz:0.4.0\": *", "#include \"other.typ\""] {
        let printed = press().print(&job(&lines, &labels, "en", template));
        assert!(matches!(printed, Err(PrintError::Typeset(_))), "{template}");
    }
}

#[test]
fn a_missing_font_is_named_with_the_package_that_brings_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = Fonts::find(&[folder.path().to_owned()]).unwrap_err();
    assert!(matches!(error, FontsError::Missing { file: "NotoSans-Regular.ttf", .. }), "{error}");
    assert!(error.to_string().contains("apt-get install fonts-noto-core"), "{error}");
}
