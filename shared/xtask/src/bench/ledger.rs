//! The ledger: what an entry costs at ten thousand, a hundred thousand and a million entries, and what a proof costs.

use anyhow::Result;

/// Builds and measures.
pub fn run() -> Result<()> {
    super::with_postgres("audit", "ledger")
}
