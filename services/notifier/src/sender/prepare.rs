//! What a try needs before its transaction: the mail of a delivery that has none yet, and what the mail server's log says of
//! one in doubt. Nothing is written here; whether it still fits is seen in the transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::codes::Share;
use domain::ids::{AlertId, DeliveryId};
use domain::partner::{Carries, Partner};
use domain::{Interface, Timestamp};
use store::attempts::AttemptRow;
use store::deliveries::{self, DeliveryRow};
use store::{Tx, attempts, partners};

use super::doubt;
use super::{Inner, SendError, chain};
use crate::compose::{ComposeError, Mail, MailContext, Mould, PICTURES, Root, Seal, Since, message_id};
use crate::material::{Kind, Material};
use crate::protect::Protection;
use crate::told;

/// What is at hand for a delivery.
pub(super) enum Prepared {
    /// Its mail may have arrived; whether the mail server's log has it.
    Asked { has: bool },
    /// It had no mail.
    Made(Made),
}

/// A mail that was made outside of any transaction.
pub(super) enum Made {
    /// With the fingerprint of the key it is encrypted for.
    Mail(Mail, Option<String>),
    /// It must be encrypted and cannot be.
    Unprotected,
    /// A fault of the program.
    NotComposed,
}

/// All that one mail is made of.
struct Parts {
    row: DeliveryRow,
    material: Arc<Material>,
    partner: Partner,
    earlier: Vec<AlertId>,
    since: Option<Since>,
}

impl Inner {
    /// Looks at these deliveries, and makes and asks what their next tries need.
    pub(super) async fn prepare(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Prepared>, SendError> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.read().await?;
        let rows = deliveries::find_all(&mut tx, ids).await?;
        let tries = tries_of(&mut tx, &rows).await?;
        tx.commit().await?;
        let (mut prepared, mut bare) = (HashMap::new(), Vec::new());
        for row in rows {
            if self.removal(&row, now).is_some() {
                continue;
            }
            match &row.message_id {
                Some(message_id) if tries.get(&row.id).is_some_and(|tries| doubt::is_doubtful(tries)) => {
                    let has = self.log.has(message_id).await;
                    prepared.insert(row.id, Prepared::Asked { has });
                }
                Some(_) => {}
                None => bare.push(row),
            }
        }
        if bare.is_empty() {
            return Ok(prepared);
        }
        let (root, parts) = self.gather(bare).await?;
        for parts in parts {
            prepared.insert(parts.row.id, Prepared::Made(self.make(&parts, root.clone(), now).await?));
        }
        Ok(prepared)
    }

    /// Reads what these mails are made of.
    async fn gather(&self, rows: Vec<DeliveryRow>) -> Result<(Option<Root>, Vec<Parts>), SendError> {
        let mut materials = HashMap::new();
        for row in &rows {
            if let Entry::Vacant(place) = materials.entry(row.alert_id) {
                let read = self.shelved.material(&self.deps, row.alert_id).await?;
                place.insert(read.ok_or(SendError::Missing("the alert"))?);
            }
        }
        let mut tx = self.deps.db.read().await?;
        let asked: Vec<_> = rows.iter().map(|row| row.partner_id).collect();
        let partners = partners::find_all(&mut tx, &asked).await?;
        let mut parts = Vec::with_capacity(rows.len());
        for row in rows {
            let partner = partners.iter().find(|partner| partner.id == row.partner_id);
            let partner = partner.ok_or(SendError::Missing("the partner"))?.clone();
            let material = Arc::clone(&materials[&row.alert_id]);
            let earlier = match row.version {
                1 => Vec::new(),
                _ => deliveries::earlier_versions(&mut tx, &row).await?,
            };
            let circumstances = material.circumstances.as_ref().filter(|_| row.share == Share::Full);
            let since = told::since(&mut tx, &material.alert, circumstances, row.partner_id, row.share).await?;
            parts.push(Parts { row, material, partner, earlier, since });
        }
        let root = store::ledger::latest_checkpoint(&mut tx).await?.map(Root::from);
        tx.commit().await?;
        Ok((root, parts))
    }

    async fn make(&self, parts: &Parts, root: Option<Root>, now: Timestamp) -> Result<Made, SendError> {
        let (deps, config) = (&self.deps, &self.deps.config);
        let Parts { row, material, partner, earlier, since } = parts;
        let protection = Protection::decide(partner, &row.address, &self.desk, now);
        let (seal, key) = match &protection {
            Protection::Missing => return Ok(Made::Unprotected),
            Protection::Clear(_) => (None, None),
            Protection::Sealed(reader, key) => (Some(Seal { desk: &self.desk, reader }), Some(key.clone())),
        };
        let carries = protection.carries(row.label, partner.mail_content);
        let language = Interface::for_reader(&row.languages.0);
        let room = config.room(partner.max_attachment_mib);
        let kind = Kind { share: row.share, label: row.label, language, carries, room };
        let known = material.mould(kind, since.as_ref());
        let enclosures = match carries {
            Carries::Content if known.is_none() => material.enclosures(deps, row.share, row.label, language).await,
            _ => Vec::new(),
        };
        let id_of = |alert_id| message_id(alert_id, row.partner_id, &row.address, &config.message_id_domain);
        let earlier: Vec<String> = earlier.iter().map(|alert| id_of(*alert)).collect();
        let link = format!("{}/a/{}", config.public_url, deps.link_key.token(row.id, now));
        let context = MailContext {
            message_id: id_of(row.alert_id),
            common: row.alert_id.as_uuid().simple().to_string(),
            version: row.version,
            kind: row.kind,
            label: row.label,
            languages: &row.languages.0,
            to: &row.address,
            person: row.person.as_ref(),
            partner: &row.partner_name,
            from: &config.from,
            from_name: &config.from_name,
            read: format!("{link}/read"),
            link,
            root,
            earlier: &earlier,
            since: since.as_ref(),
            date: now,
            signers: &self.signers,
            carries,
            pictures: &material.pictures,
            picture_room: PICTURES,
            enclosures: &enclosures,
            room,
            seal,
        };
        let shown = material.shown(row.share).ok_or(SendError::Missing("the alert's circumstances"))?;
        // A panic of the mail builder must not take every later look at this row along.
        let composed = catch_unwind(AssertUnwindSafe(|| {
            let mould = match known {
                Some(mould) => mould,
                None => material.keep_mould(kind, since.as_ref(), Mould::new(shown, &context)?),
            };
            mould.mail(shown, &context)
        }));
        Ok(match composed.unwrap_or(Err(ComposeError::Panicked)) {
            Ok(mail) => Made::Mail(mail, key),
            Err(error) => {
                // Trying again would fail again, for ever and in silence; and sending it otherwise is out of the question.
                tracing::error!(delivery.id = %row.id, error = chain(&error), "cannot compose a mail");
                Made::NotComposed
            }
        })
    }
}

/// The tries of those that were tried before.
pub(super) async fn tries_of(
    tx: &mut Tx,
    rows: &[DeliveryRow],
) -> Result<HashMap<DeliveryId, Vec<AttemptRow>>, store::Error> {
    let tried: Vec<DeliveryId> = rows.iter().filter(|row| row.tries > 0).map(|row| row.id).collect();
    let mut tries: HashMap<DeliveryId, Vec<AttemptRow>> = HashMap::new();
    if tried.is_empty() {
        return Ok(tries);
    }
    for row in attempts::of_deliveries(tx, &tried).await? {
        tries.entry(row.delivery_id).or_default().push(row);
    }
    Ok(tries)
}
