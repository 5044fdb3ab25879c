//! What the stylesheet promises: contrast, no physical sides, nothing from elsewhere.

use std::collections::HashMap;

const CSS: &str = include_str!("../../assets/tocsin.css");
const SHELL: &str = include_str!("../../templates/shell.html");
const COMPONENTS: &str = include_str!("../../templates/components.html");

/// The colour tokens of the rule that starts after `from`.
fn tokens(from: &str) -> HashMap<&'static str, [u8; 3]> {
    let rule = &CSS[CSS.find(from).unwrap()..];
    let rule = &rule[rule.find(":root {").unwrap() + 7..];
    let rule = &rule[..rule.find('}').unwrap()];
    rule.split(';')
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            let byte = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).unwrap();
            Some((name, [byte(0), byte(2), byte(4)]))
        })
        .collect()
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_can_be_read_in_light_and_dark() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.001);
    let grounds = ["paper", "surface", "wash"];
    let texts = ["ink", "quiet", "accent", "good", "bad", "warn"];
    let fixed = [("on-accent", "accent"), ("on-band", "band"), ("band-quiet", "band")];
    for (mode, at) in [("light", ":root {"), ("dark", "@media (prefers-color-scheme: dark)")] {
        let tokens = tokens(at);
        let pairs = texts.iter().flat_map(|text| grounds.iter().map(move |ground| (*text, *ground)));
        for (text, ground) in pairs.chain(fixed) {
            let ratio = contrast(tokens[text], tokens[ground]);
            assert!(ratio >= 4.5, "{mode}: {text} on {ground} is {ratio:.2}");
        }
        // The edges of controls (WCAG 1.4.11).
        for ground in grounds {
            assert!(contrast(tokens["edge"], tokens[ground]) >= 3.0, "{mode}: edge on {ground}");
        }
    }
}

#[test]
fn handling_labels_can_be_read_on_their_black() {
    for (class, colour) in [
        ("red", [0xff, 0x2b, 0x2b]),
        ("amber", [0xff, 0xc0, 0x00]),
        ("green", [0x33, 0xff, 0x00]),
        ("clear", [0xff; 3]),
    ] {
        let [r, g, b] = colour;
        assert!(CSS.contains(&format!(".tlp.{class} {{ color: #{r:02x}{g:02x}{b:02x}; }}")), "{class}");
        assert!(contrast(colour, [0; 3]) >= 4.5, "{class}");
    }
}

#[test]
fn nothing_has_a_left_or_a_right() {
    for line in CSS.lines().filter(|line| !line.trim_start().starts_with("/*")) {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            assert!(!["left", "right", "float"].contains(&word), "{line}");
        }
        // Four values name the sides one by one.
        for property in ["margin:", "padding:", "inset:", "border-radius:"] {
            for (at, _) in line.match_indices(property) {
                let value = line[at + property.len()..].split([';', '}']).next().unwrap();
                let sides = value.split_whitespace().filter(|_| !value.contains("calc")).count();
                assert!(sides < 4, "{value} in {line}");
            }
        }
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_needs_a_script() {
    for (name, text) in [("stylesheet", CSS), ("shell", SHELL), ("components", COMPONENTS)] {
        for word in ["url(", "@import", "<script", "javascript:", "style=", "onclick", "http://", "https://"] {
            assert!(!text.contains(word), "{word} in the {name}");
        }
    }
    for needed in [":focus-visible", "@media print", "prefers-reduced-motion", "forced-colors"] {
        assert!(CSS.contains(needed), "{needed}");
    }
}
