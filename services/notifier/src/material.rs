//! What every mail of an alert version is made of: its content, the small pictures, the files that go along.
//!
//! A released version never changes, so this is read once for all its recipients and kept for a moment. It is read
//! before and outside of any transaction that writes: a folder of pictures that answers slowly must hold up nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use blobs::Shelf;
use domain::case::Circumstances;
use domain::codes::{AlertState, Share};
use domain::ids::AlertId;
use domain::partner::Carries;
use domain::{Interface, Label};
use exchange::{Message, Released, cap, json};
use store::alerts::{self, AlertRow};
use store::photos::PhotoRow;
use store::{Tx, cases, photos};

use crate::Deps;
use crate::compose::{Enclosure, FileKind, Mould, Picture, Shown, Since};
use crate::config::Enclose;

/// The most pictures of one version that are shown at all.
const PICTURES: usize = 50;
/// The most Object ID sheets that are printed of one version.
#[cfg(feature = "pdf")]
const SHEETS: usize = 10;

/// A version and its case, as far as a mail or the page behind its link may need them.
#[derive(Debug)]
pub(crate) struct Material {
    pub alert: AlertRow,
    pub circumstances: Option<Circumstances>,
    pub pictures: Vec<Picture>,
    message: Message,
    earlier: Vec<Message>,
    sheets: tokio::sync::Mutex<Vec<(Interface, Vec<Enclosure>)>>,
    moulds: Mutex<Vec<(Kind, Option<Since>, Arc<Mould>)>>,
}

/// Everything in which the mails of one version differ but what is a reader's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub share: Share,
    pub label: Label,
    pub language: Interface,
    pub carries: Carries,
    pub room: usize,
}

impl Material {
    /// Reads everything of a version; none if there is no such version.
    pub async fn read(deps: &Deps, alert: AlertId) -> Result<Option<Self>, store::Error> {
        let mut tx = deps.db.read().await?;
        let Some(alert) = alerts::find(&mut tx, alert).await? else { return Ok(None) };
        let Some(case) = cases::find(&mut tx, alert.case_id).await? else { return Ok(None) };
        let circumstances = alerts::circumstances(&mut tx, alert.id).await?;
        let message = |row: &AlertRow| Message {
            id: row.id,
            institution: case.institution_id,
            sent: row.released_at.unwrap_or(row.drafted_at),
        };
        let earlier = match alert.version {
            1 => Vec::new(),
            _ => earlier(&mut tx, &alert).await?.iter().map(message).collect(),
        };
        let photos = photos::of_alert(&mut tx, alert.id).await?;
        let numbers = if photos.is_empty() { Vec::new() } else { photos::object_numbers(&mut tx, alert.id).await? };
        tx.commit().await?;
        let place = |photo: &PhotoRow| {
            let number = numbers.iter().find(|(id, _)| *id == photo.id).map(|(_, number)| *number)?;
            match alert.content.0.named.as_slice() {
                [] => usize::try_from(number - 1).ok(),
                // A version about some of the objects shows the pictures of those alone.
                named => named.iter().position(|one| *one == number),
            }
        };
        let objects = alert.content.0.objects.len();
        let mut pictures = Vec::new();
        for photo in photos.iter().filter(|photo| photo.removed_at.is_none()) {
            let Some(object) = place(photo).filter(|place| *place < objects && pictures.len() < PICTURES) else {
                continue;
            };
            let Some(jpeg) = file(deps, photo).await else { continue };
            pictures.push(Picture {
                object,
                number: pictures.len() + 1,
                jpeg,
                width: photo.preview_width,
                height: photo.preview_height,
                shows: photo.shows.clone(),
                credit: photo.credit.clone(),
                look_alike: photo.look_alike,
            });
        }
        let message = message(&alert);
        Ok(Some(Self {
            alert,
            circumstances,
            pictures,
            message,
            earlier,
            sheets: tokio::sync::Mutex::default(),
            moulds: Mutex::default(),
        }))
    }

    /// What a share shows. None: the version has no circumstances, so its full share cannot be shown.
    pub fn shown(&self, share: Share) -> Option<Shown<'_>> {
        let content = &self.alert.content.0;
        match share {
            Share::ObjectData => Some(Shown::ObjectData(content)),
            Share::Full => self.circumstances.as_ref().map(|circumstances| Shown::Full(content, circumstances)),
        }
    }

    /// What the mails of a kind to readers who were last told the same have in common, once the first of them was made.
    pub fn mould(&self, kind: Kind, since: Option<&Since>) -> Option<Arc<Mould>> {
        let moulds = self.moulds.lock().unwrap_or_else(PoisonError::into_inner);
        let found = moulds.iter().find(|known| known.0 == kind && known.1.as_ref() == since);
        found.map(|(_, _, mould)| Arc::clone(mould))
    }

    /// Keeps a mould for the mails that follow.
    pub fn keep_mould(&self, kind: Kind, since: Option<&Since>, mould: Mould) -> Arc<Mould> {
        let mould = Arc::new(mould);
        let mut moulds = self.moulds.lock().unwrap_or_else(PoisonError::into_inner);
        moulds.push((kind, since.cloned(), Arc::clone(&mould)));
        mould
    }

    fn released(&self) -> Released<'_> {
        Released {
            message: self.message,
            earlier: &self.earlier,
            kind: self.alert.kind,
            label: self.alert.label,
            facts: &self.alert.facts.0,
            content: &self.alert.content.0,
        }
    }

    /// The files that go along with a share, the most important first.
    pub async fn enclosures(&self, deps: &Deps, share: Share, label: Label, language: Interface) -> Vec<Enclosure> {
        // A draft is looked at before it is released; what other systems take has no draft.
        if self.alert.state != AlertState::Released {
            return Vec::new();
        }
        let released = self.released();
        let (cap, json) = match (share, &self.circumstances) {
            (Share::Full, Some(circumstances)) => {
                (cap::full(&released, circumstances), json::full(&released, circumstances))
            }
            _ => (cap::object_data(&released), json::object_data(&released)),
        };
        let name = |ending: &str| format!("{}-v{}{ending}", self.alert.content.0.reference, self.alert.version);
        let wanted = |one: Enclose| deps.config.enclose.contains(&one);
        let mut files = Vec::new();
        if wanted(Enclose::Cap) {
            files.push(Enclosure { kind: FileKind::Cap, name: name(".cap.xml"), bytes: cap.into() });
        }
        if wanted(Enclose::Json) {
            files.push(Enclosure { kind: FileKind::Json, name: name(".json"), bytes: json.into() });
        }
        if !wanted(Enclose::Sheets) {
            return files;
        }
        let mut printed = self.sheets.lock().await;
        if !printed.iter().any(|(of, _)| *of == language) {
            let sheets = self.print(deps, label, language).await;
            printed.push((language, sheets));
        }
        files.extend(printed.iter().filter(|(of, _)| *of == language).flat_map(|(_, sheets)| sheets.iter().cloned()));
        files
    }

    /// The Object ID sheets. One that cannot be printed is left out: the alert does not wait for paper.
    #[cfg(feature = "pdf")]
    async fn print(&self, deps: &Deps, label: Label, language: Interface) -> Vec<Enclosure> {
        let content = &self.alert.content.0;
        let Some(words) = exchange::sheet_words(language.as_str()) else { return Vec::new() };
        let mut sheets = Vec::new();
        for (place, object) in content.objects.iter().enumerate().take(SHEETS) {
            let number =
                content.named.get(place).copied().unwrap_or_else(|| i64::try_from(place + 1).unwrap_or(i64::MAX));
            let identity = format!("{} {number}", self.alert.id);
            let sheet = exchange::Sheet {
                reference: content.reference,
                label,
                event: content.event,
                country: content.country,
                loss: content.loss,
                number,
                total: content.objects.len(),
                status: None,
                object,
                identity: &identity,
                moment: self.message.sent.as_micros() / 1_000_000,
            };
            match exchange::print_sheet(&deps.printer, words, &sheet).await {
                Ok(pdf) => sheets.push(Enclosure {
                    kind: FileKind::Sheet(number),
                    name: format!("{}-v{}-object-{number}.pdf", content.reference, self.alert.version),
                    bytes: pdf.into(),
                }),
                Err(error) => {
                    let error = crate::sender::chain(&error);
                    tracing::warn!(alert.id = %self.alert.id, error, "a mail goes without its Object ID sheets");
                    break;
                }
            }
        }
        sheets
    }

    /// This build prints none.
    #[cfg(not(feature = "pdf"))]
    #[expect(clippy::unused_async, reason = "the form of the build that prints")]
    async fn print(&self, _: &Deps, _: Label, _: Interface) -> Vec<Enclosure> {
        Vec::new()
    }
}

async fn earlier(tx: &mut Tx, alert: &AlertRow) -> Result<Vec<AlertRow>, store::Error> {
    let mut rows = alerts::of_case(tx, alert.case_id).await?;
    rows.retain(|row| row.state == AlertState::Released && row.version < alert.version);
    rows.sort_by_key(|row| row.version);
    Ok(rows)
}

/// The small copy of a photograph. One that cannot be read is left out: the alert does not wait for a picture.
async fn file(deps: &Deps, photo: &PhotoRow) -> Option<bytes::Bytes> {
    match deps.blobs.get(Shelf::Renditions, photo.preview).await {
        Ok(Some(bytes)) => Some(bytes),
        Ok(None) => {
            tracing::warn!(photo.id = %photo.id, "the file of a picture is not there; mails go without it");
            None
        }
        Err(error) => {
            let error = crate::sender::chain(&error);
            tracing::warn!(photo.id = %photo.id, error, "the file of a picture cannot be read; mails go without it");
            None
        }
    }
}

/// How many versions are kept.
const KEPT: usize = 8;
/// For how long: as long as the mails of one plan take to begin, and so short that what the desk erases is gone.
const FRESH: Duration = Duration::from_secs(60);

/// What was read last.
#[derive(Debug, Default)]
pub(crate) struct Shelved(Mutex<VecDeque<(AlertId, Instant, Arc<Material>)>>);

impl Shelved {
    /// A version, from here or from the database.
    pub async fn material(&self, deps: &Deps, alert: AlertId) -> Result<Option<Arc<Material>>, store::Error> {
        if let Some(found) = self.find(alert) {
            return Ok(Some(found));
        }
        let Some(read) = Material::read(deps, alert).await?.map(Arc::new) else { return Ok(None) };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front((alert, Instant::now(), Arc::clone(&read)));
        Ok(Some(read))
    }

    /// A version, if it is here.
    pub fn find(&self, alert: AlertId) -> Option<Arc<Material>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, since, _)| since.elapsed() < FRESH);
        kept.iter().find(|(id, ..)| *id == alert).map(|(.., material)| Arc::clone(material))
    }
}
