//! Many objects or cases at once, from a file.
//!
//! The story of an upload: it is stored as it came, with its hash, and answered at once ([`upload`]). A worker reads
//! it record by record and checks each by the rules of the report form (`check`); that is the dry run, and nothing
//! else has happened yet. Its sender looks at the errors, each with row, column and rule, and says what to do
//! ([`confirm`]): all or nothing, or leave out the bad ones. The worker then takes the good records (`work`).
//!
//! Each batch commits with the place it came to, so a worker that is killed loses nothing and repeats nothing: the
//! next one reads the same file, passes over what is stored, and goes on. All or nothing is one transaction.
//!
//! What was uploaded is thrown away as soon as it was taken, refused or cancelled, and a week after it was checked if
//! nobody gave a word: it may hold personal data. Nothing in it is followed, fetched, expanded or computed.

mod check;
mod columns;
mod read;
pub(crate) mod show;
pub(crate) mod upload;
pub(crate) mod word;
mod work;

pub use columns::template;
pub use read::LIDO_NAMESPACE;
pub(crate) use show::ErrorsQuery;
pub use show::{ErrorView, ErrorsView, ImportView, ImportsView, errors, imports, view};
pub(crate) use upload::format_of_name;
pub use upload::{Upload, UploadQuery, upload};
pub use word::{ConfirmImport, cancel, confirm};
pub use work::{run, work_once};

use domain::codes::Role;
use domain::ids::UploadId;
use store::imports::ImportRow;
use store::{Tx, imports as table};
use web::{Principal, Problem};

/// The greatest upload.
pub const MAX_UPLOAD: usize = 16 * 1024 * 1024;

/// An upload that `principal` may see: that of the own institution, or any at the desk. It may hold personal data, so
/// nobody else sees one.
async fn visible(tx: &mut Tx, principal: &Principal, id: UploadId) -> Result<ImportRow, Problem> {
    let row = table::find(tx, id).await?.ok_or_else(|| Problem::not_found("import"))?;
    let own = principal.institution_id == Some(row.institution_id);
    match principal.role {
        Role::Officer => Ok(row),
        Role::Reporter if own => Ok(row),
        Role::Reporter | Role::Auditor | Role::Admin => Err(Problem::not_found("import")),
    }
}
