//! Bars, drawn here as SVG: no script, no style but presentation attributes, which a strict policy allows.

/// Height of one bar with its gap.
const ROW: usize = 26;
/// Where bars begin.
const LEFT: usize = 230;
/// How long the longest is.
const LENGTH: usize = 330;

/// One bar for each label with its number beside it, so that nothing depends on measuring by eye. Takes its colours
/// from the page around it.
pub fn bars(title: &str, rows: &[(String, usize)]) -> String {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
    let height = rows.len() * ROW + 4;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 620 {height}" width="620" height="{height}" font-size="13" fill="currentColor">"#,
        escaped(title)
    );
    for (place, (label, count)) in rows.iter().enumerate() {
        let (y, length) = (place * ROW + 4, count * LENGTH / most);
        svg.push_str(&format!(
            r#"<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{LEFT}" y="{y}" width="{}" height="16" fill-opacity="0.55"/><text x="{}" y="{}">{count}</text>"#,
            LEFT - 8,
            y + 13,
            escaped(label),
            length.max(1),
            LEFT + length + 8,
            y + 13,
        ));
    }
    svg.push_str("</svg>");
    svg
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
        assert!(svg.contains(r#"width="330""#) && svg.contains(r#"width="165""#));
        assert!(svg.contains(">10</text>") && !svg.contains("style="));
    }
}
