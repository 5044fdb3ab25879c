//! The corpus: what is sent, and what must become of it.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use image::{DynamicImage, ImageFormat, RgbImage};

use crate::raw;

/// What is hidden in files and must be in no copy.
pub const SECRET: &str = "TocsinHiddenPayload";

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It is a picture.
    Taken,
    /// It is none, or too much.
    Refused,
    /// A decoder may be lenient; it must not crash.
    Either,
}

/// One file of the corpus.
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
    pub expected: Expected,
}

/// A picture with shapes, so that compression and hashing have something to work on.
pub fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (x * 7 / width, y * 5 / height);
        let field =
            across.wrapping_mul(73).wrapping_add(down.wrapping_mul(151)).wrapping_mul(seed.wrapping_mul(97) | 1);
        let grain = (x.wrapping_mul(31) ^ y.wrapping_mul(17)) % 23;
        let tone = |shift: u32| u8::try_from(((field >> shift) % 220) + grain).unwrap_or(u8::MAX);
        image::Rgb([tone(0), tone(1), tone(2)])
    })
}

/// A picture as a file.
pub fn saved(pixels: &RgbImage, format: ImageFormat) -> Vec<u8> {
    save(&DynamicImage::ImageRgb8(pixels.clone()), format)
}

fn save(pixels: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A small JPEG.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    saved(&scene(width, height, 1), ImageFormat::Jpeg)
}

/// The file with tags written into it by exiftool.
pub fn tagged(folder: &Path, name: &str, bytes: &[u8], arguments: &[String]) -> Vec<u8> {
    let path = folder.join(format!("untagged-{name}"));
    fs::write(&path, bytes).unwrap();
    let output = Command::new("exiftool").args(arguments).arg("-overwrite_original").arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tagged = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    tagged
}

/// Every file.
pub fn corpus(folder: &Path) -> Vec<File> {
    let mut files = Vec::new();
    let mut add = |name: &str, expected: Expected, bytes: Vec<u8>| {
        files.push(File { name: name.to_owned(), bytes, expected });
    };
    let formats = [("jpg", ImageFormat::Jpeg), ("png", ImageFormat::Png), ("webp", ImageFormat::WebP)];
    let plain: Vec<(&str, Vec<u8>)> =
        formats.iter().map(|(ending, format)| (*ending, saved(&scene(320, 240, 1), *format))).collect();

    pictures(&mut add, &plain);
    laden(&mut add, folder, &plain);
    bombs(&mut add);
    polyglots(&mut add, &plain);
    others(&mut add);
    damaged(&mut add, &plain);
    files
}

type Add<'a> = dyn FnMut(&str, Expected, Vec<u8>) + 'a;

fn pictures(add: &mut Add, plain: &[(&str, Vec<u8>)]) {
    for (ending, bytes) in plain {
        add(&format!("plain.{ending}"), Expected::Taken, bytes.clone());
    }
    let scene = DynamicImage::ImageRgb8(scene(200, 150, 3));
    for (name, pixels) in [
        ("grey", DynamicImage::ImageLuma8(scene.to_luma8())),
        ("grey-alpha", DynamicImage::ImageLumaA8(scene.to_luma_alpha8())),
        ("rgba", DynamicImage::ImageRgba8(scene.to_rgba8())),
        ("deep", DynamicImage::ImageRgb16(scene.to_rgb16())),
        ("deep-alpha", DynamicImage::ImageRgba16(scene.to_rgba16())),
        ("deep-grey", DynamicImage::ImageLuma16(scene.to_luma16())),
    ] {
        add(&format!("{name}.png"), Expected::Taken, save(&pixels, ImageFormat::Png));
    }
    add("grey.jpg", Expected::Taken, save(&DynamicImage::ImageLuma8(scene.to_luma8()), ImageFormat::Jpeg));
    add("rgba.webp", Expected::Taken, save(&DynamicImage::ImageRgba8(scene.to_rgba8()), ImageFormat::WebP));
    // The largest that are taken: they decide how much memory the process needs.
    let telephone = RgbImage::from_fn(8_064, 6_048, |x, y| {
        image::Rgb([(x % 251).to_le_bytes()[0], (y % 241).to_le_bytes()[0], 90])
    });
    add("48-megapixels.jpg", Expected::Taken, saved(&telephone, ImageFormat::Jpeg));
    drop(telephone);
    let wide = RgbImage::from_pixel(7_000, 7_000, image::Rgb([1, 2, 3]));
    add("49-megapixels.png", Expected::Taken, saved(&wide, ImageFormat::Png));
    add("19-megapixels.webp", Expected::Taken, saved(&RgbImage::new(4_400, 4_400), ImageFormat::WebP));
    add("noise.png", Expected::Taken, saved(&noise(900, 900), ImageFormat::Png));
}

/// Nothing compresses worse.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [red, green, blue, ..] = state.to_le_bytes();
        image::Rgb([red, green, blue])
    })
}

fn laden(add: &mut Add, folder: &Path, plain: &[(&str, Vec<u8>)]) {
    let tags: Vec<String> = [
        "-GPSLatitude=12.3686",
        "-GPSLatitudeRef=N",
        "-GPSLongitude=1.5271",
        "-GPSLongitudeRef=W",
        "-Artist=",
        "-OwnerName=",
        "-SerialNumber=",
        "-Copyright=",
        "-UserComment=",
        "-XMP:Creator=",
        "-XMP:Location=",
        "-XMP:Title=",
        "-XMP:PersonInImage=",
        "-ImageDescription=",
        "-DateTimeOriginal=2019:05:17 10:22:31",
    ]
    .iter()
    .map(|tag| if tag.ends_with('=') { format!("{tag}{SECRET}") } else { (*tag).to_owned() })
    .collect();
    for (ending, bytes) in plain {
        add(&format!("gps-owner.{ending}"), Expected::Taken, tagged(folder, &format!("laden.{ending}"), bytes, &tags));
    }
    let picture = &plain[0].1;
    let thumbnail = folder.join("untagged-thumbnail.bin");
    fs::write(&thumbnail, jpeg(96, 64)).unwrap();
    let profile = [&b"ICC_PROFILE\0\x01\x01"[..], &SECRET.as_bytes().repeat(3_000)].concat();
    add("profile.jpg", Expected::Taken, raw::jpeg_with(picture, 0xe2, &[&profile]));
    let blocks = [SECRET.as_bytes().repeat(3_000), vec![0; 65_000]];
    let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).cycle().take(60).collect();
    add("unknown-segments.jpg", Expected::Taken, raw::jpeg_with(picture, 0xed, &blocks));
    for (name, argument) in [
        ("iptc", format!("-IPTC:By-line={SECRET}")),
        ("comment", format!("-Comment={SECRET}")),
        ("thumbnail", format!("-ThumbnailImage<={}", thumbnail.display())),
        ("long-comment", format!("-Comment={}", SECRET.repeat(3_000))),
        ("keywords", format!("-IPTC:Keywords={SECRET}")),
        ("rating", format!("-XMP:Description={}", SECRET.repeat(2_000))),
    ] {
        add(&format!("{name}.jpg"), Expected::Taken, tagged(folder, "laden.jpg", picture, &[argument]));
    }
    fs::remove_file(thumbnail).unwrap();
    for orientation in 1..=9 {
        let turned = tagged(folder, "turned.jpg", picture, &[format!("-Orientation#={orientation}")]);
        add(&format!("orientation-{orientation}.jpg"), Expected::Taken, turned);
    }
}

fn bombs(add: &mut Add) {
    let small = jpeg(96, 64);
    let row = raw::zeros(65 * 64);
    for edge in [13_000, 15_000, 22_000] {
        add(&format!("bomb-{edge}.png"), Expected::Refused, raw::png_bomb(edge));
    }
    for (name, width, height, depth, colour) in [
        ("bomb-wide.png", u32::MAX >> 1, 1, 8, 2),
        ("bomb-both.png", u32::MAX >> 1, u32::MAX >> 1, 16, 6),
        ("bomb-deep.png", 12_000, 12_000, 16, 6),
        ("bomb-tall.png", 40, 900_000, 8, 2),
    ] {
        add(name, Expected::Refused, raw::png_announcing(width, height, depth, colour, false));
    }
    add("bomb-interlaced.png", Expected::Refused, raw::png_announcing(14_000, 14_000, 8, 6, true));
    add("zero.png", Expected::Refused, raw::png_announcing(0, 64, 8, 0, false));
    add("baseline-65535.jpg", Expected::Refused, raw::jpeg_announcing(&small, 65_535, 65_535, 0xc0));
    add("progressive-65535.jpg", Expected::Refused, raw::jpeg_announcing(&small, 65_535, 65_535, 0xc2));
    add("progressive-45-megapixels.jpg", Expected::Refused, raw::jpeg_announcing(&small, 9_000, 5_000, 0xc2));
    add("zero.jpg", Expected::Refused, raw::jpeg_announcing(&small, 0, 0, 0xc0));
    add("scans-5000.jpg", Expected::Refused, raw::jpeg_scans(&raw::jpeg_announcing(&small, 2_000, 2_000, 0xc2), 5_000));
    let text = [&b"Comment\0\0"[..], &raw::zeros(100_000_000)].concat();
    add("text-bomb.png", Expected::Either, raw::png_of(64, 64, &[raw::chunk(b"zTXt", &text)], &row));
    let profile = [&b"icc\0\0"[..], &raw::zeros(100_000_000)].concat();
    add("profile-bomb.png", Expected::Either, raw::png_of(64, 64, &[raw::chunk(b"iCCP", &profile)], &row));
    add("data-bomb.png", Expected::Either, raw::png_of(64, 64, &[], &raw::zeros(200_000_000)));
    let canvas = [&[0, 0, 0, 0][..], &16_383_u32.to_le_bytes()[..3], &16_383_u32.to_le_bytes()[..3]].concat();
    add(
        "bomb-canvas.webp",
        Expected::Refused,
        raw::webp(&[(b"VP8X", &canvas), (b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f])]),
    );
    add("bomb.webp", Expected::Refused, raw::webp(&[(b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0])]));
    let moving = [&[2, 0, 0, 0][..], &99_u32.to_le_bytes()[..3], &99_u32.to_le_bytes()[..3]].concat();
    add("moving.webp", Expected::Refused, raw::webp(&[(b"VP8X", &moving), (b"ANIM", &[0; 6])]));
}

/// Two kinds of file in one: those that are pictures first are taken and lose the rest.
fn polyglots(add: &mut Add, plain: &[(&str, Vec<u8>)]) {
    let archive = [&b"PK\x03\x04"[..], SECRET.as_bytes(), b"PK\x05\x06", &[0; 18]].concat();
    let page = format!("<html><script>alert('{SECRET}')</script></html>").into_bytes();
    let code = format!("<?php echo '{SECRET}'; ?>").into_bytes();
    for (ending, bytes) in plain {
        add(&format!("and-archive.{ending}"), Expected::Taken, [&bytes[..], &archive].concat());
        add(&format!("and-code.{ending}"), Expected::Taken, [&bytes[..], &code].concat());
        add(&format!("archive-first.{ending}"), Expected::Refused, [&archive[..], bytes].concat());
        add(&format!("page-first.{ending}"), Expected::Refused, [&page[..], bytes].concat());
    }
    let script = format!("GIF89a=1;alert('{SECRET}')//").into_bytes();
    add("script.gif", Expected::Refused, script.clone());
    add("script-as.jpg", Expected::Refused, script);
    add("start-only.jpg", Expected::Refused, [&[0xff, 0xd8, 0xff, 0xe0][..], &page].concat());
    add("signature-only.png", Expected::Refused, [&b"\x89PNG\r\n\x1a\n"[..], &page].concat());
    add("signature-only.webp", Expected::Refused, [&b"RIFF\xff\0\0\0WEBP"[..], &page].concat());
}

fn others(add: &mut Add) {
    let tiff_loop = [&b"II*\0\x08\0\0\0\x01\0"[..], &[0; 12], &8_u32.to_le_bytes()].concat();
    for (name, bytes) in [
        ("empty.jpg", vec![]),
        ("one-byte.jpg", vec![0xff]),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("drawing-as.png", b"<?xml version='1.0'?><svg/>".to_vec()),
        ("entities.svg", b"<!DOCTYPE svg [<!ENTITY a '&b;&b;'>]><svg>&a;</svg>".to_vec()),
        ("loop.tiff", tiff_loop),
        ("picture.bmp", save(&DynamicImage::new_rgb8(64, 64), ImageFormat::Png).into_iter().skip(8).collect()),
        ("windows.bmp", [&b"BM"[..], &[0; 200]].concat()),
        ("telephone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("modern.avif", b"\0\0\0\x1cftypavif\0\0\0\0".to_vec()),
        ("film.mp4", b"\0\0\0\x20ftypisom\0\0\x02\0".to_vec()),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3".to_vec()),
        ("program.jpg", b"\x7fELF\x02\x01\x01".to_vec()),
        ("script.png", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("delegate.jpg", b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://127.0.0.1/\"|ls)'".to_vec()),
        ("zeros.webp", vec![0; 4_096]),
    ] {
        add(name, Expected::Refused, bytes);
    }
}

fn damaged(add: &mut Add, plain: &[(&str, Vec<u8>)]) {
    for (ending, bytes) in plain {
        for percent in [1, 10, 50, 90, 99] {
            let cut = bytes[..bytes.len() * percent / 100].to_vec();
            add(&format!("cut-{percent}.{ending}"), Expected::Refused, cut);
        }
        let mut state = 12_345_u32;
        for round in 0..12 {
            let mut flipped = bytes.clone();
            for _ in 0..(1 << (round % 6)) {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = usize::try_from(state).unwrap() % flipped.len();
                flipped[at] ^= 1 << (state >> 29);
            }
            add(&format!("flipped-{round}.{ending}"), Expected::Either, flipped);
        }
    }
}
