//! Bombs, polyglots, cut and metadata-laden files, made here and developed in a child process whose memory is
//! measured: nothing crashes, nothing that is not a picture is taken, no copy says more than its pixels.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod files;
mod raw;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use pictures::{Darkroom, PREVIEW_BYTES, Refusal, develop};

use files::{Expected, SECRET};

/// Where the child finds the corpus; unset, the child's test has nothing to do.
const FOLDER: &str = "TOCSIN_PICTURE_CORPUS";
const PEAK_BYTES: u64 = 300_000_000;

#[test]
fn no_file_crashes_the_darkroom_takes_much_memory_or_leaves_with_a_tag() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = files::corpus(folder.path());
    assert!(corpus.len() >= 50, "{} files", corpus.len());
    for file in &corpus {
        fs::write(folder.path().join(&file.name), &file.bytes).unwrap();
    }
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "develops_what_the_parent_made", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let report: Report = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();

    let (mut taken, mut refused) = (0, 0);
    for file in &corpus {
        let verdict = report.verdicts[&file.name].as_deref();
        match (file.expected, verdict) {
            (Expected::Taken, Some(why)) => panic!("{} must be taken and was refused: it {why}", file.name),
            (Expected::Refused, None) => panic!("{} must be refused and was taken", file.name),
            _ => {}
        }
        if verdict.is_none() { taken += 1 } else { refused += 1 }
    }
    assert!(report.peak_bytes < PEAK_BYTES, "peak {} bytes", report.peak_bytes);
    let tags = tags(&out);
    assert_eq!(tags, Vec::<String>::new());
    let megabytes = report.peak_bytes / 1_000_000;
    eprintln!(
        "corpus: {} files, {taken} taken, {refused} refused, 0 crashed, peak {megabytes} MB, 0 tags in {} copies",
        corpus.len(),
        2 * taken
    );
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Report {
    /// Why each file was refused; null: it was taken.
    verdicts: BTreeMap<String, Option<String>>,
    peak_bytes: u64,
}

#[tokio::test]
async fn develops_what_the_parent_made() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let darkroom = Darkroom::default();
    let mut verdicts = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_type().unwrap().is_file() {
            continue;
        }
        let name = entry.file_name().into_string().unwrap();
        let verdict = match darkroom.develop(fs::read(entry.path()).unwrap().into()).await {
            Ok(picture) => {
                assert!(picture.preview.jpeg.len() <= PREVIEW_BYTES, "{name}: {}", picture.preview.jpeg.len());
                for (kind, copy) in [("page", &picture.page), ("preview", &picture.preview)] {
                    let found = copy.jpeg.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
                    assert!(!found, "{name}: the {kind} holds what was hidden in the file");
                    fs::write(folder.join("out").join(format!("{name}.{kind}.jpg")), &copy.jpeg).unwrap();
                }
                None
            }
            Err(refusal) => Some(refusal.to_string()),
        };
        verdicts.insert(name, verdict);
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    let report = Report { verdicts, peak_bytes: kilobytes * 1024 };
    fs::write(folder.join("out/report.json"), serde_json::to_vec(&report).unwrap()).unwrap();
}

/// Every tag that exiftool finds in the copies, but for what it says of the file and computes by itself.
fn tags(folder: &Path) -> Vec<String> {
    let output = Command::new("exiftool")
        .args(["-json", "-G1", "-a", "-u", "-ee", "-ext", "jpg"])
        .arg(folder)
        .output()
        .expect("exiftool is installed by cargo xtask test");
    let copies: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!copies.is_empty());
    let ours = |tag: &str| {
        !["SourceFile", "ExifTool:", "System:", "File:", "Composite:"].iter().any(|group| tag.starts_with(group))
    };
    copies.iter().flat_map(|copy| copy.keys()).filter(|tag| ours(tag)).cloned().collect()
}

#[test]
fn a_photo_is_turned_upright_and_its_day_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for (orientation, upright) in [("1", (96, 64)), ("3", (96, 64)), ("6", (64, 96)), ("8", (64, 96))] {
        let arguments = [format!("-Orientation#={orientation}"), "-DateTimeOriginal=2019:05:17 10:22:31".to_owned()];
        let bytes = files::tagged(folder.path(), "turned.jpg", &files::jpeg(96, 64), &arguments);
        let picture = develop(&bytes).unwrap();
        assert_eq!((picture.width, picture.height), upright, "orientation {orientation}");
        assert_eq!((picture.page.width, picture.page.height), upright);
        assert_eq!(picture.taken_on.map(|day| day.to_string()).as_deref(), Some("2019-05-17"));
    }
}

#[test]
fn the_same_picture_looks_the_same_however_it_was_saved_and_another_does_not() {
    let scene = files::scene(800, 600, 1);
    let one = develop(&files::saved(&scene, image::ImageFormat::Jpeg)).unwrap();
    let small = image::imageops::thumbnail(&scene, 400, 300);
    let again = develop(&files::saved(&small, image::ImageFormat::WebP)).unwrap();
    let other = develop(&files::saved(&files::scene(800, 600, 2), image::ImageFormat::Jpeg)).unwrap();
    assert_ne!(one.original, again.original);
    assert!(one.looks.distance(again.looks) <= domain::photo::ALIKE, "{}", one.looks.distance(again.looks));
    assert!(one.looks.distance(other.looks) > domain::photo::ALIKE, "{}", one.looks.distance(other.looks));
}

#[test]
fn refusals_name_the_rule_in_words_that_follow_the_field() {
    assert_eq!(develop(b"").unwrap_err(), Refusal::Empty);
    let svg = develop(b"<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap_err();
    assert_eq!(svg.to_string(), "must be a JPEG, PNG or WebP photograph; this is an SVG drawing");
    let bomb = develop(&raw::png_bomb(22_000)).unwrap_err();
    assert_eq!(bomb, Refusal::TooLarge { width: 22_000, height: 22_000 });
    assert_eq!(develop(&files::jpeg(20, 400)).unwrap_err(), Refusal::TooSmall { width: 20, height: 400 });
    let whole = files::jpeg(96, 64);
    assert_eq!(develop(&whole[..whole.len() - 2]).unwrap_err(), Refusal::Truncated);
    assert_eq!(develop(&vec![0xff; pictures::MAX_BYTES + 1]).unwrap_err(), Refusal::TooManyBytes);
}
