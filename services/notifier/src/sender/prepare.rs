//! What a try needs: the mail of a delivery that has none yet, and what the mail server's log says of one in doubt.
//!
//! That may take its time (reading pictures, printing, encrypting, signing, asking a log), so it is done before the transaction in
//! which the try begins; whether it still fits is seen there. Nothing is written here. How a mail is made is the same on the quick
//! way ([`super::at_hand`]).

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
use tokio::sync::OwnedSemaphorePermit;

use super::doubt;
use super::{Inner, SendError, chain};
use crate::compose::{ComposeError, Enclosure, Mail, MailContext, Mould, PICTURES, Root, Seal, Since, message_id};
use crate::material::{Kind, Material};
use crate::protect::Protection;
use crate::told;

/// What was prepared for a delivery.
pub(super) enum Prepared {
    /// Its mail may have arrived; whether the mail server's log has it.
    Asked { has: bool },
    /// It had no mail.
    Made(Made),
}

/// What became of making a mail.
pub(super) enum Made {
    /// With the fingerprint of the key it is encrypted for, and its room in memory.
    Mail(Mail, Option<String>, OwnedSemaphorePermit),
    /// It must be encrypted and cannot be.
    Unprotected,
    /// A fault of the program.
    NotComposed,
}

/// All that one mail is made of.
pub(super) struct Parts<'a> {
    pub row: &'a DeliveryRow,
    pub material: Arc<Material>,
    pub partner: Partner,
    earlier: Vec<AlertId>,
    since: Option<Since>,
}

/// Which mail it is to be.
pub(super) struct Wanted {
    pub protection: Protection,
    pub kind: Kind,
}

/// What it is made from.
pub(super) enum Source {
    /// The mould of its kind.
    Mould(Arc<Mould>),
    /// It is the first of its kind, and these files go along.
    Files(Vec<Enclosure>),
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
        let mut materials = HashMap::new();
        for row in &bare {
            if let Entry::Vacant(place) = materials.entry(row.alert_id) {
                let read = self.shelved.material(&self.deps, row.alert_id).await?;
                place.insert(read.ok_or(SendError::Missing("the alert"))?);
            }
        }
        let mut tx = self.deps.db.read().await?;
        let (root, parts) = gather(&mut tx, &bare.iter().collect::<Vec<_>>(), &materials).await?;
        tx.commit().await?;
        for parts in parts {
            if let Some(made) = self.make(&parts, root.clone(), now).await? {
                prepared.insert(parts.row.id, Prepared::Made(made));
            }
        }
        Ok(prepared)
    }

    /// How this mail is protected, and which one it is of all that there may be of its version.
    pub(super) fn wanted(&self, parts: &Parts<'_>, now: Timestamp) -> Wanted {
        let Parts { row, partner, .. } = parts;
        let protection = Protection::decide(partner, &row.address, &self.desk, now);
        let kind = Kind {
            share: row.share,
            label: row.label,
            language: Interface::for_reader(&row.languages.0),
            carries: protection.carries(row.label, partner.mail_content),
            room: self.deps.config.room(partner.max_attachment_mib),
        };
        Wanted { protection, kind }
    }

    /// None if there is no room for it in memory.
    async fn make(&self, parts: &Parts<'_>, root: Option<Root>, now: Timestamp) -> Result<Option<Made>, SendError> {
        let wanted = self.wanted(parts, now);
        let Kind { share, label, language, carries, .. } = wanted.kind;
        let source = match parts.material.mould(wanted.kind, parts.since.as_ref()) {
            Some(mould) => Source::Mould(mould),
            None if carries == Carries::Content => {
                Source::Files(parts.material.enclosures(&self.deps, share, label, language).await)
            }
            None => Source::Files(Vec::new()),
        };
        self.put_together(parts, root, now, &wanted, source)
    }

    pub(super) fn put_together(
        &self,
        parts: &Parts<'_>,
        root: Option<Root>,
        now: Timestamp,
        wanted: &Wanted,
        source: Source,
    ) -> Result<Option<Made>, SendError> {
        let (deps, config) = (&self.deps, &self.deps.config);
        let Parts { row, material, earlier, since, .. } = parts;
        let (seal, key) = match &wanted.protection {
            Protection::Sealed(reader, key) => (Some(Seal { desk: &self.desk, reader }), Some(key.clone())),
            Protection::Clear(_) => (None, None),
            Protection::Missing => return Ok(Some(Made::Unprotected)),
        };
        let (known, enclosures) = match source {
            Source::Mould(mould) => (Some(mould), Vec::new()),
            Source::Files(enclosures) => (None, enclosures),
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
            carries: wanted.kind.carries,
            pictures: &material.pictures,
            picture_room: PICTURES,
            enclosures: &enclosures,
            room: wanted.kind.room,
            seal,
        };
        let shown = material.shown(row.share).ok_or(SendError::Missing("the alert's circumstances"))?;
        // A panic of the mail builder must not take every later look at this row along.
        let composed = catch_unwind(AssertUnwindSafe(|| {
            let mould = match known {
                Some(mould) => mould,
                None => material.keep_mould(wanted.kind, since.as_ref(), Mould::new(shown, &context)?),
            };
            mould.mail(shown, &context)
        }));
        Ok(match composed.unwrap_or(Err(ComposeError::Panicked)) {
            Ok(mail) => self.room_for(&mail.bytes).map(|room| Made::Mail(mail, key, room)),
            Err(error) => {
                // Trying again would fail again, for ever and in silence; and sending it otherwise is out of the question.
                tracing::error!(delivery.id = %row.id, error = chain(&error), "cannot compose a mail");
                Some(Made::NotComposed)
            }
        })
    }
}

/// Reads what these mails are made of besides what is common to all of a version.
pub(super) async fn gather<'a>(
    tx: &mut Tx,
    rows: &[&'a DeliveryRow],
    materials: &HashMap<AlertId, Arc<Material>>,
) -> Result<(Option<Root>, Vec<Parts<'a>>), SendError> {
    let asked: Vec<_> = rows.iter().map(|row| row.partner_id).collect();
    let partners = partners::find_all(tx, &asked).await?;
    let mut parts = Vec::with_capacity(rows.len());
    for &row in rows {
        let partner = partners.iter().find(|partner| partner.id == row.partner_id);
        let partner = partner.ok_or(SendError::Missing("the partner"))?.clone();
        let material = Arc::clone(&materials[&row.alert_id]);
        let earlier = match row.version {
            1 => Vec::new(),
            _ => deliveries::earlier_versions(tx, row).await?,
        };
        let circumstances = material.circumstances.as_ref().filter(|_| row.share == Share::Full);
        let since = told::since(tx, &material.alert, circumstances, row.partner_id, row.share).await?;
        parts.push(Parts { row, material, partner, earlier, since });
    }
    let root = store::ledger::latest_checkpoint(tx).await?.map(Root::from);
    Ok((root, parts))
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
