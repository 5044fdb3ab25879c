//! The ledger: append, prove, report, export.
