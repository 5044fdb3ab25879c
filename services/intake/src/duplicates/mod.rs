//! Reports that may be about one event: proposed with the evidence side by side, decided on by an officer, never
//! automatic.
//!
//! A consumer of this service's own facts looks for them ([`OnReportChanged`]), not the transaction that records a
//! report: whoever reports a theft must not wait for, or fail by, a comparison with other cases. Its result is told
//! in the same transaction with its inbox row, so every fact is looked at once. Candidates come from indexes
//! (`case_keys`, `photo_bands`), so the work for a report does not grow with the number of cases.
//!
//! Merged, a case keeps its report, its source and its page and is marked as part of the other one; un-merged, it is
//! again what it was. What a second report adds goes to partners as an update, if it adds anything to what they know
//! or to how sure the desk is ([`additions`]).

pub(crate) mod api;
mod changes;
mod dismiss;
mod merge;
mod on_report_changed;
pub(crate) mod page;
mod propose;
mod report;
mod ties;
mod unmerge;

pub use changes::{Additions, additions};
pub use dismiss::{DismissError, dismiss_duplicate};
pub use merge::{AfterMerge, MergeError, Merged, Part, merge_cases};
pub use on_report_changed::OnReportChanged;
pub use propose::{Proposal, propose};
pub use report::{Report, ReportedObject};
pub(crate) use ties::{Ties, ties};
pub use unmerge::{UnmergeError, unmerge_case};
