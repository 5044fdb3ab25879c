//! Files that no encoder writes.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PNG chunk with its checksum.
pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(kind);
    checksum.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes()[..], kind, data, &checksum.finalize().to_be_bytes()].concat()
}

fn header(width: u32, height: u32, depth: u8, colour: u8, interlaced: bool) -> Vec<u8> {
    let fields = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, u8::from(interlaced)]];
    chunk(b"IHDR", &fields.concat())
}

/// `length` zeros, compressed.
pub fn zeros(length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1 << 16];
    let mut left = length;
    while left > 0 {
        let part = left.min(block.len());
        encoder.write_all(&block[..part]).unwrap();
        left -= part;
    }
    encoder.finish().unwrap()
}

/// A PNG of these chunks.
pub fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in chunks {
        file.extend_from_slice(chunk);
    }
    file
}

/// A real bomb: every pixel is there, in a few kilobytes.
pub fn png_bomb(edge: u32) -> Vec<u8> {
    let side = usize::try_from(edge).unwrap();
    let data = zeros((side / 8 + 1) * side);
    png(&[header(edge, edge, 1, 0, false), chunk(b"IDAT", &data), chunk(b"IEND", &[])])
}

/// A PNG of `width` x `height` grey pixels whose data are `data`, with `extra` chunks before them.
pub fn png_of(width: u32, height: u32, extra: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    let mut chunks = vec![header(width, height, 8, 0, false)];
    chunks.extend_from_slice(extra);
    chunks.extend([chunk(b"IDAT", data), chunk(b"IEND", &[])]);
    png(&chunks)
}

/// A PNG that announces this much and holds nothing.
pub fn png_announcing(width: u32, height: u32, depth: u8, colour: u8, interlaced: bool) -> Vec<u8> {
    png(&[header(width, height, depth, colour, interlaced), chunk(b"IDAT", &zeros(64)), chunk(b"IEND", &[])])
}

/// A JPEG whose frame header says another size and kind than it was written with.
pub fn jpeg_announcing(jpeg: &[u8], width: u16, height: u16, frame: u8) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let at = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    file[at + 1] = frame;
    file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    file[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    file
}

/// A JPEG whose one scan is there `times` over.
pub fn jpeg_scans(jpeg: &[u8], times: usize) -> Vec<u8> {
    let at = jpeg.windows(2).position(|two| two == [0xff, 0xda]).unwrap();
    let (head, scan) = (&jpeg[..at], &jpeg[at..jpeg.len() - 2]);
    let mut file = head.to_vec();
    (0..times).for_each(|_| file.extend_from_slice(scan));
    file.extend_from_slice(&[0xff, 0xd9]);
    file
}

/// A WebP of these chunks.
pub fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
        body.extend(std::iter::repeat_n(0, data.len() % 2));
    }
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

/// A JPEG with these segments after its start.
pub fn jpeg_with(jpeg: &[u8], marker: u8, segments: &[&[u8]]) -> Vec<u8> {
    let mut file = jpeg[..2].to_vec();
    for segment in segments {
        file.extend_from_slice(&[0xff, marker]);
        file.extend_from_slice(&u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
        file.extend_from_slice(segment);
    }
    file.extend_from_slice(&jpeg[2..]);
    file
}
