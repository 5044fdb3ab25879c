//! Accounts, uploads and the checks of the books.

use super::codes;

codes! {
    /// What a signed-in person may do.
    Role, "role" {
        /// Registers cases of one institution and sees only these.
        Reporter = "reporter", "Reporter";
        /// Works at the desk: verifies, drafts, releases.
        Officer = "officer", "Duty officer";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "Auditor";
        /// Manages accounts, partners and rule sets.
        Admin = "admin", "Administrator";
    }

    /// What an upload holds.
    ImportKind, "import-kind" {
        Objects = "objects", "Objects of one case";
        Cases = "cases", "Cases with their objects";
    }

    /// How an upload is written.
    ImportFormat, "import-format" {
        Csv = "csv", "CSV table";
        Xlsx = "xlsx", "XLSX workbook";
        JsonLines = "json_lines", "JSON Lines";
        Lido = "lido", "LIDO 1.1 XML";
    }

    /// What happens to the good records if some are bad.
    ImportMode, "import-mode" {
        AllOrNothing = "all_or_nothing", "All or nothing";
        SkipBad = "skip_bad", "Skip the bad ones";
    }

    /// Where an upload stands.
    ImportState, "import-state" {
        Checking = "checking", "Being checked";
        /// Nothing was taken yet.
        Checked = "checked", "Checked, waits for your word";
        Importing = "importing", "Being imported";
        Done = "done", "Imported";
        Refused = "refused", "Refused";
        Cancelled = "cancelled", "Cancelled";
    }

    /// Between what a reconciliation found a difference.
    DifferenceKind, "difference_kind" {
        Plan = "plan", "Plan and outcomes";
        Ledger = "ledger", "Recorded facts and ledger";
        MailLog = "mail_log", "Tries and the mail server's log";
    }
}
