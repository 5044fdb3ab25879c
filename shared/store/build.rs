//! Rebuilds the crate when a migration is added; `migrate!` cannot see that by itself.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
