//! Bars and maps, drawn here as SVG: no script, no style but presentation attributes, which a strict policy allows. They
//! take their colour from the page around them; on paper that is black.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::{Country, Language};

/// Height of one bar with its label above it: so it can be read on a telephone, too.
const ROW: usize = 40;
/// How long the longest is.
const LENGTH: usize = 280;

/// One bar for each label with its number beside it, so that nothing depends on measuring by eye.
pub fn bars(title: &str, rows: &[(String, usize)]) -> String {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
    let height = rows.len() * ROW;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 340 {height}" width="340" height="{height}" font-size="13" direction="ltr" fill="currentColor">"#,
        escaped(title)
    );
    for (place, (label, count)) in rows.iter().enumerate() {
        let (y, length) = (place * ROW, count * LENGTH / most);
        svg.push_str(&format!(
            r#"<text x="0" y="{}">{}</text><rect x="0" y="{}" width="{}" height="14" fill-opacity="0.55"/><text x="{}" y="{}">{count}</text>"#,
            y + 13,
            escaped(label),
            y + 19,
            length.max(1),
            length + 8,
            y + 31,
        ));
    }
    svg.push_str("</svg>");
    svg
}

/// A country on the map: where its name stands, and its outline if it is large enough for one.
struct Outline {
    country: Country,
    x: i32,
    y: i32,
    path: &'static str,
}

/// Equal areas (Equal Earth), 1,000 units wide. `data/generate.py` says where it comes from.
static WORLD: LazyLock<Vec<Outline>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/world.csv").lines().skip(1);
    let parse = |line: &'static str| {
        let mut cells = line.splitn(4, ',');
        let mut next = || cells.next().expect("four cells a line");
        Outline {
            country: next().parse().expect("a code of ISO 3166-1"),
            x: next().parse().expect("a number"),
            y: next().parse().expect("a number"),
            path: next(),
        }
    };
    lines.map(parse).collect()
});

/// The world with a dot and a number at each country that has one, and the `shaded` ones darker. A country that is not
/// drawn is still in the text that is read out.
pub fn map(title: &str, language: Language, counts: &[(Country, usize)], shaded: &BTreeSet<Country>) -> String {
    let said: Vec<String> =
        counts.iter().map(|(country, count)| format!("{} {count}", country.name(language))).collect();
    let label = if said.is_empty() { title.to_owned() } else { format!("{title}: {}", said.join("; ")) };
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 1000 435" width="1000" height="435" font-size="15" font-weight="bold" direction="ltr" fill="currentColor">"#,
        escaped(&label)
    );
    for (opacity, dark) in [("0.16", false), ("0.5", true)] {
        write_shapes(&mut svg, opacity, |country| shaded.contains(&country) == dark);
    }
    for (country, count) in counts {
        if let Some(Outline { x, y, .. }) = WORLD.iter().find(|outline| outline.country == *country) {
            // The dot's area follows the number, up to what still lets the neighbours be seen.
            let radius = 5 + count.isqrt().min(12);
            let beside = x + i32::try_from(radius).unwrap_or(17) + 3;
            let _ = write!(
                svg,
                r#"<circle cx="{x}" cy="{y}" r="{radius}" fill-opacity="0.75"/><text x="{beside}" y="{}">{count}</text>"#,
                y + 5
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

fn write_shapes(svg: &mut String, opacity: &str, of: impl Fn(Country) -> bool) {
    let _ = write!(svg, r#"<g fill-opacity="{opacity}">"#);
    for outline in WORLD.iter().filter(|outline| of(outline.country)) {
        if outline.path.is_empty() {
            let _ = write!(svg, r#"<circle cx="{}" cy="{}" r="2"/>"#, outline.x, outline.y);
        } else {
            let _ = write!(svg, r#"<path d="{}"/>"#, outline.path);
        }
    }
    svg.push_str("</g>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_carries_its_number_and_no_label_becomes_markup() {
        let svg = bars("By <kind>", &[("A & B".to_owned(), 10), ("<script>".to_owned(), 5), ("none".to_owned(), 0)]);
        assert!(svg.contains("A &amp; B") && svg.contains("&lt;script&gt;") && !svg.contains("<script>"));
        assert!(svg.contains(r#"width="280""#) && svg.contains(r#"width="140""#));
        assert!(svg.contains(">10</text>") && !svg.contains("style="));
    }

    #[test]
    fn a_map_says_its_numbers_in_words_and_shades_what_it_is_told() {
        let (mali, malta): (Country, Country) = ("ML".parse().unwrap(), "MT".parse().unwrap());
        let svg = map("Cases", Language::ENGLISH, &[(mali, 3), (malta, 1)], &BTreeSet::from([mali]));
        assert!(svg.contains(r#"aria-label="Cases: Mali 3; Malta 1""#), "{}", &svg[..200]);
        assert_eq!(svg.matches("<text").count(), 2);
        let dark = svg.split(r#"<g fill-opacity="0.5">"#).nth(1).unwrap();
        assert_eq!(dark.split("</g>").next().unwrap().matches("<path").count(), 1);
        assert!(WORLD.len() > 230 && WORLD.iter().all(|o| (0..=1000).contains(&o.x) && (0..=435).contains(&o.y)));
    }
}
