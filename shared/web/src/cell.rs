//! One cell of a table that leaves for a spreadsheet.

/// A spreadsheet must not run what somebody typed as a formula: a cell that could be one gets a leading quote.
pub fn harmless(cell: String) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if cell.trim_start_matches(' ').starts_with(formula) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1"] {
            assert!(harmless(bad.to_owned()).starts_with('\''), "{bad:?}");
        }
        assert_eq!(harmless("Museum = home".to_owned()), "Museum = home");
    }
}
