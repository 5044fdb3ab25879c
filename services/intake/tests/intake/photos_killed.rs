//! A process that adds and takes photographs back is killed at any moment, again and again: no row lacks its files,
//! and after a day no file lacks its row.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use blobs::{Blobs, Shelf};
use bus::Bell;
use bytes::Bytes;
use domain::codes::{Role, ViewKind};
use domain::ids::{AccountId, ObjectId};
use domain::{Clock, Timestamp};
use image::ImageFormat;
use intake::Deps;
use intake::photos::{NewPhoto, Photos, add_photo, remove_photo, sweep_photos};
use store::{Db, DbOptions, photos};
use web::Principal;

use crate::photos::{files, picture};
use crate::world::worlds;

/// Database, folder and object of the child; unset, its test has nothing to do.
const CHILD: &str = "TOCSIN_PHOTOS_CHILD";
const KILLS: u32 = 12;

fn officer() -> Principal {
    let name = "N. N.".parse().unwrap();
    let account_id = AccountId::generate(&Clock::System);
    let alarms = store::plans::alarms::DeskAlarms::default();
    Principal {
        account_id,
        known_by: web::KnownBy::Session,
        name,
        role: Role::Officer,
        institution_id: None,
        institution: None,
        alarms,
    }
}

#[tokio::test]
async fn killed_between_file_and_row_in_either_order_nothing_is_missing_and_nothing_stays() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let id: ObjectId = object.parse().unwrap();
        for round in 0..KILLS {
            let settings = format!("{}\n{}\n{object}\n{round}", world.url, world.files.path().display());
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "photos_killed::adds_and_takes_back_until_it_is_killed", "--nocapture"])
                .env(CHILD, settings)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let wanted = usize::try_from(round % 4 + 1).unwrap();
            assert_eq!(lines.map_while(Result::ok).filter(|line| line == "step").take(wanted).count(), wanted);
            // A moment later, another one each time; a pause of the test itself would only add to it.
            let moment = Duration::from_micros(u64::from(round) * 2_300);
            let reached = Instant::now();
            while reached.elapsed() < moment {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            child.wait().unwrap();

            let mut tx = world.db.read().await.unwrap();
            let rows = photos::of_object(&mut tx, id).await.unwrap();
            drop(tx);
            for photo in &rows {
                for (shelf, hash) in [
                    (Shelf::Originals, photo.original),
                    (Shelf::Renditions, photo.page),
                    (Shelf::Renditions, photo.preview),
                ] {
                    let file = world.deps.photos.blobs.get(shelf, hash).await.unwrap();
                    assert!(file.is_some(), "{} round {round}: a row lacks {}/{hash}", world.engine, shelf.as_str());
                }
            }
        }
        // The child's clock is the machine's, which may be years after the world's.
        let (later, _) = Clock::fixed(Clock::System.now().plus(Duration::from_secs(25 * 3600)));
        let deps = Deps { clock: later, ..world.deps.clone() };
        sweep_photos(&deps).await.unwrap();
        let mut tx = world.db.read().await.unwrap();
        let rows = photos::of_object(&mut tx, id).await.unwrap();
        drop(tx);
        let mut named: Vec<_> =
            rows.iter().flat_map(|p| [p.original, p.page, p.preview]).map(|hash| hash.to_string()).collect();
        named.sort();
        named.dedup();
        let there: Vec<_> = files(world.files.path()).into_iter().filter(|name| name.len() == 64).collect();
        assert_eq!(there, named, "{}", world.engine);
    }
}

#[tokio::test]
async fn adds_and_takes_back_until_it_is_killed() {
    let Ok(settings) = std::env::var(CHILD) else { return };
    let parts: Vec<_> = settings.split('\n').collect();
    let [url, folder, object, round] = parts[..] else { panic!("{settings}") };
    let db = Db::connect(url, &DbOptions { max_connections: 2, ..DbOptions::default() }).await.unwrap();
    let photos = Photos::new(Blobs::folder(folder).unwrap());
    let deps = Deps {
        db,
        clock: Clock::System,
        bell: Bell::new(),
        change_wait: Duration::ZERO,
        persons_kept: None,
        photos,
        #[cfg(feature = "pdf")]
        printer: paper::Printer::default(),
    };
    let (officer, object): (_, ObjectId) = (officer(), object.parse().unwrap());
    let round: u32 = round.parse().unwrap();
    let mut before = None;
    assert!(deps.clock.now() > Timestamp::from_micros(0));
    for number in 0_u32.. {
        let new = NewPhoto {
            view: ViewKind::Overall,
            shows: None,
            scale: false,
            look_alike: false,
            taken_on: None,
            rights: None,
            credit: None,
        };
        let file = Bytes::from(picture(round * 1_000 + number + 1, ImageFormat::Png));
        if let Ok(photo) = add_photo(&deps, &officer, object, new, file).await {
            println_step();
            // The one before goes, so that the object never has as many as it may have.
            if let Some(earlier) = before.replace(photo.id) {
                remove_photo(&deps, &officer, earlier).await.unwrap();
                println_step();
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "tells the parent how far it is")]
fn println_step() {
    println!("\nstep");
}
