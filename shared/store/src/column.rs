//! Rows by their columns, so that PostgreSQL is given one parameter for each of these (`UNNEST`): a statement with one for each
//! value of each row takes it longer to read than to do.

/// One column of rows that are written together.
pub fn column<'a, T, V>(rows: &'a [T], value: impl Fn(&'a T) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}
