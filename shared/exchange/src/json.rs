//! An alert version as JSON, with the names that our API has for its fields, for programs that read no CAP.

use domain::alert::label_of_share;
use domain::case::Circumstances;
use domain::codes::Share;
use serde_json::{Value, json};

use crate::Released;

/// What the file says it is; a change that old readers misread gets another number.
const FORMAT: &str = "tocsin-alert-1";

/// For recipients of the object data alone.
pub fn object_data(released: &Released<'_>) -> String {
    write(released, Share::ObjectData, &Value::Null)
}

/// For recipients of the full share.
pub fn full(released: &Released<'_>, circumstances: &Circumstances) -> String {
    let circumstances =
        serde_json::to_value(circumstances).expect("circumstances are plain data and always have a JSON form");
    write(released, Share::Full, &circumstances)
}

fn write(released: &Released<'_>, share: Share, circumstances: &Value) -> String {
    let mut file = json!({
        "format": FORMAT,
        "id": released.message.id,
        "version": released.facts.version,
        "kind": released.kind,
        "label": label_of_share(released.label, share),
        "share": share,
        "released_at": released.message.sent,
        "replaces": released.earlier.iter().map(|earlier| earlier.id).collect::<Vec<_>>(),
        "content": released.content,
    });
    if !circumstances.is_null() {
        file["circumstances"] = circumstances.clone();
    }
    let mut text = serde_json::to_string_pretty(&file).expect("plain data always has a JSON form");
    text.push('\n');
    text
}
