//! Images without what they tell besides what is seen: where and with what they were
//! taken, by whom, comments, earlier versions of themselves. What is kept of each format
//! is named here; everything else is left out, whatever it is called. The dots stay as
//! they are, but for an image that lay on its side: that one is turned and written anew.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::domain::attachment::{FileKind, NotTaken};

/// Dots that are still looked at; a screenshot of three large screens has 25 million.
const MOST_DOTS: u64 = 50_000_000;

/// Of one side.
const LONGEST_SIDE: u32 = 20_000;

/// Bytes that one image may take while it is looked at.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// The longer side of a thumbnail, in dots; screens show it at half of that.
const THUMBNAIL: u32 = 240;

/// Of an image that is written anew, of 100.
const QUALITY: u8 = 92;

/// The image with nothing in it but what is seen, or why it is none.
pub fn without_metadata(kind: FileKind, bytes: &[u8]) -> Result<Vec<u8>, NotTaken> {
    let broken = || NotTaken::BrokenImage { kind };
    let bare = match kind {
        FileKind::Png => png(bytes),
        FileKind::Jpeg => jpeg(bytes),
        FileKind::Gif => gif(bytes),
        FileKind::Webp => webp(bytes),
        FileKind::Pdf | FileKind::Json | FileKind::Csv | FileKind::Text => None,
    };
    let bare = bare.ok_or_else(broken)?;
    let way_up = orientation(kind, bytes).ok_or_else(broken)?;
    // Only what can be shown is an image, so it is tried.
    let mut seen = decoded(kind, &bare)?;
    if way_up == Orientation::NoTransforms {
        return Ok(bare);
    }
    seen.apply_orientation(way_up);
    written(kind, &seen).ok_or_else(broken)
}

/// A small PNG of it; `None` where it cannot be shown.
#[must_use]
pub fn thumbnail(kind: FileKind, bytes: &[u8]) -> Option<Vec<u8>> {
    let seen = decoded(kind, bytes).ok()?;
    let small = if seen.width().max(seen.height()) > THUMBNAIL { seen.thumbnail(THUMBNAIL, THUMBNAIL) } else { seen };
    written(FileKind::Png, &DynamicImage::from(small.into_rgba8()))
}

const fn format(kind: FileKind) -> Option<ImageFormat> {
    match kind {
        FileKind::Png => Some(ImageFormat::Png),
        FileKind::Jpeg => Some(ImageFormat::Jpeg),
        FileKind::Gif => Some(ImageFormat::Gif),
        FileKind::Webp => Some(ImageFormat::WebP),
        FileKind::Pdf | FileKind::Json | FileKind::Csv | FileKind::Text => None,
    }
}

fn reader(kind: FileKind, bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE), Some(MOST_MEMORY));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(kind)?);
    reader.limits(limits);
    Some(reader)
}

/// How it has to be turned to stand upright; `None` where its beginning cannot be read.
fn orientation(kind: FileKind, bytes: &[u8]) -> Option<Orientation> {
    // What a side is declared to be is judged with the dots.
    let mut reader = reader(kind, bytes)?;
    reader.no_limits();
    Some(reader.into_decoder().ok()?.orientation().unwrap_or(Orientation::NoTransforms))
}

/// The dots; how many there are is asked before any is unpacked.
fn decoded(kind: FileKind, bytes: &[u8]) -> Result<DynamicImage, NotTaken> {
    let broken = || NotTaken::BrokenImage { kind };
    let mut declared = reader(kind, bytes).ok_or_else(broken)?;
    declared.no_limits();
    let (width, height) = declared.into_dimensions().map_err(|_| broken())?;
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_DOTS {
        return Err(NotTaken::HugeImage { width, height });
    }
    reader(kind, bytes).ok_or_else(broken)?.decode().map_err(|_| broken())
}

fn written(kind: FileKind, image: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    match kind {
        FileKind::Jpeg => image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).ok()?,
        _ => image.write_to(&mut Cursor::new(&mut bytes), format(kind)?).ok()?,
    }
    Some(bytes)
}

/// The dots, what their colours mean, and the frames of one that moves.
const PNG_CHUNKS: [&[u8; 4]; 13] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT"];

const PNG_BEGINS: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(PNG_BEGINS)?;
    let mut kept = PNG_BEGINS.to_vec();
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        // Its length, its name, its data and its sum.
        let (chunk, behind) = rest.split_at_checked(length.checked_add(12)?)?;
        let name = chunk.get(4..8)?;
        if PNG_CHUNKS.iter().any(|known| *known == name) {
            kept.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(kept);
        }
        rest = behind;
    }
}

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    let mut kept = b"\xff\xd8".to_vec();
    loop {
        // Any number of FF may stand before a marker.
        let at = rest.iter().position(|byte| *byte != 0xff).filter(|at| *at > 0)?;
        let marker = rest[at];
        rest = &rest[at - 1..];
        if marker == 0xd9 {
            kept.extend_from_slice(b"\xff\xd9");
            return Some(kept);
        }
        let length = usize::from(u16::from_be_bytes(*rest.get(2..)?.first_chunk()?));
        let (segment, behind) = rest.split_at_checked(length.checked_add(2).filter(|all| *all >= 4)?)?;
        rest = behind;
        match marker {
            // Frames, tables, restarts and scans: what the dots are made of.
            0xc0..=0xcf | 0xda..=0xdf => kept.extend_from_slice(segment),
            // How the dots stand to one another, without the small image that may follow.
            0xe0 if segment.get(4..9) == Some(b"JFIF\0") && segment.len() >= 18 => {
                kept.extend_from_slice(&[0xff, 0xe0, 0, 16]);
                kept.extend_from_slice(&segment[4..16]);
                kept.extend_from_slice(&[0, 0]);
            }
            // What the colours are.
            0xee if segment.get(4..9) == Some(b"Adobe") => kept.extend_from_slice(segment),
            _ => {}
        }
        if marker == 0xda {
            // The dots themselves, until a marker that is none of theirs.
            let end = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff));
            let (dots, behind) = rest.split_at(end.unwrap_or(rest.len()));
            kept.extend_from_slice(dots);
            rest = behind;
            if rest.is_empty() {
                // Some cameras forget the end.
                kept.extend_from_slice(b"\xff\xd9");
                return Some(kept);
            }
        }
    }
}

fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    if !bytes.starts_with(b"GIF87a") && !bytes.starts_with(b"GIF89a") {
        return None;
    }
    let (head, mut rest) = bytes.split_at_checked(13 + table(*bytes.get(10)?))?;
    let mut kept = head.to_vec();
    loop {
        match rest {
            [0x21, label, ..] => {
                let (block, behind) = rest.split_at_checked(2 + blocks(&rest[2..])?)?;
                // How long a frame stands, and how often they begin anew.
                let repeats = *label == 0xff && [&b"NETSCAPE2.0"[..], b"ANIMEXTS1.0"].contains(&block.get(3..14)?);
                if *label == 0xf9 || repeats {
                    kept.extend_from_slice(block);
                }
                rest = behind;
            }
            [0x2c, ..] => {
                let dots = 10 + table(*rest.get(9)?) + 1;
                let (frame, behind) = rest.split_at_checked(dots + blocks(rest.get(dots..)?)?)?;
                kept.extend_from_slice(frame);
                rest = behind;
            }
            [0x3b, ..] | [] => {
                kept.push(0x3b);
                return Some(kept);
            }
            _ => return None,
        }
    }
}

/// How long a run of blocks is, each with its length in front, up to the empty one.
fn blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

const WEBP_CHUNKS: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];

/// That there are an ICC profile, EXIF and XMP.
const WEBP_TELLS: u8 = 0x20 | 0x08 | 0x04;

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(u32::from_le_bytes(*bytes.strip_prefix(b"RIFF")?.first_chunk()?)).ok()?;
    let mut rest = bytes.get(8..length.checked_add(8)?.min(bytes.len()))?.strip_prefix(b"WEBP")?;
    let mut kept = b"RIFF\0\0\0\0WEBP".to_vec();
    while !rest.is_empty() {
        let length = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
        let whole = length.checked_add(8)?;
        // An odd one is followed by a byte that says nothing, and may lack it at the end.
        let (chunk, behind) = rest.split_at_checked(whole + (length & 1)).or_else(|| rest.split_at_checked(whole))?;
        if WEBP_CHUNKS.iter().any(|known| *known == &chunk[..4]) {
            let at = kept.len();
            kept.extend_from_slice(chunk);
            if chunk.starts_with(b"VP8X") {
                *kept.get_mut(at + 8)? &= !WEBP_TELLS;
            }
        }
        rest = behind;
    }
    let length = u32::try_from(kept.len() - 8).ok()?;
    kept[4..8].copy_from_slice(&length.to_le_bytes());
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};
    use proptest::prelude::*;

    const KINDS: [FileKind; 4] = [FileKind::Png, FileKind::Jpeg, FileKind::Gif, FileKind::Webp];

    /// Red at the left, blue at the right, and wider than high.
    fn flag(kind: FileKind) -> Vec<u8> {
        let image = RgbImage::from_fn(48, 16, |x, _| if x < 24 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) });
        written(kind, &DynamicImage::from(image)).expect("a small image can be written")
    }

    /// What a camera knows: where it was, and how it was held.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend_from_slice(b"GPS 52.5163N 13.3777E by Ana");
        exif
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step =
            |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()));
        !bytes.iter().fold(!0, step)
    }

    /// The same image, as a camera that knows too much would have written it.
    fn telling(kind: FileKind, orientation: u8) -> Vec<u8> {
        let (plain, exif) = (flag(kind), exif(orientation));
        let after = |at: usize, more: &[u8]| [&plain[..at], more, &plain[at..]].concat();
        match kind {
            FileKind::Png => {
                let chunk = |name: &[u8], data: &[u8]| {
                    let named = [name, data].concat();
                    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
                };
                // Behind IHDR, and behind the end.
                let more =
                    [chunk(b"eXIf", &exif), chunk(b"tEXt", b"Author\0Ana GPS"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0GPS")].concat();
                [after(33, &more), b"GPS in what follows".to_vec()].concat()
            }
            FileKind::Jpeg => {
                let segment =
                    |marker: u8, data: &[u8]| [&[0xff, marker][..], &u16::try_from(data.len() + 2).unwrap().to_be_bytes(), data].concat();
                let all = [
                    segment(0xe1, &[b"Exif\0\0", &exif[..]].concat()),
                    segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS</x:xmpmeta>"),
                    segment(0xe2, b"MPF\0GPS"),
                    segment(0xed, b"Photoshop 3.0\0GPS"),
                    segment(0xfe, b"a comment, with GPS"),
                ];
                [after(2, &all.concat()), b"GPS in a second image".to_vec()].concat()
            }
            FileKind::Gif => [&plain[..plain.len() - 1], b"\x21\xfe\x03GPS\0\x3b", b"GPS behind"].concat(),
            FileKind::Webp => {
                let chunk = |name: &[u8], data: &[u8]| {
                    let padding = &[0][..data.len() & 1];
                    [name, &u32::try_from(data.len()).unwrap().to_le_bytes(), data, padding].concat()
                };
                let head = chunk(b"VP8X", &[0x0c, 0, 0, 0, 47, 0, 0, 15, 0, 0]);
                let body = [&head[..], &plain[12..], &chunk(b"EXIF", &exif), &chunk(b"XMP ", b"<GPS/>")].concat();
                [b"RIFF", &u32::try_from(body.len() + 4).unwrap().to_le_bytes()[..], b"WEBP", &body].concat()
            }
            _ => unreachable!("no image"),
        }
    }

    fn tells(bytes: &[u8]) -> bool {
        ["GPS", "Exif", "EXIF", "xmp", "Ana"].iter().any(|word| bytes.windows(word.len()).any(|part| part == word.as_bytes()))
    }

    #[test]
    fn an_image_tells_nothing_but_what_is_seen() {
        for kind in KINDS {
            let telling = telling(kind, 1);
            assert!(tells(&telling), "{kind:?}: there is something to take out");
            let bare = without_metadata(kind, &telling).expect("an image");
            assert!(!tells(&bare), "{kind:?}: nobody learns where it was taken: {}", String::from_utf8_lossy(&bare));
            assert_eq!(decoded(kind, &bare), decoded(kind, &telling), "{kind:?}: and every dot is as it was");
            assert_eq!(without_metadata(kind, &bare).as_ref(), Ok(&bare), "{kind:?}: done twice it is the same, so the same file is one");
        }
    }

    #[test]
    fn what_lay_on_its_side_stands_upright_without_saying_so() {
        for kind in [FileKind::Png, FileKind::Jpeg, FileKind::Webp] {
            let bare = without_metadata(kind, &telling(kind, 6)).expect("an image");
            let seen = decoded(kind, &bare).expect("it can be shown").into_rgb8();
            assert_eq!(seen.dimensions(), (16, 48), "{kind:?}: turned by a quarter");
            let (top, bottom) = (seen.get_pixel(8, 4), seen.get_pixel(8, 44));
            assert!(top[0] > 150 && bottom[2] > 150, "{kind:?}: clockwise, so the left is on top: {top:?} {bottom:?}");
            assert!(!tells(&bare), "{kind:?}: and nothing else was kept");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let mut bomb = flag(FileKind::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let sum = crc(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&sum);
        assert_eq!(without_metadata(FileKind::Png, &bomb), Err(NotTaken::HugeImage { width: 30_000, height: 30_000 }));
        assert_eq!(thumbnail(FileKind::Png, &bomb), None, "nor is a small one made of it");
    }

    #[test]
    fn a_thumbnail_is_small() {
        let wide = DynamicImage::from(RgbImage::new(2000, 100));
        let small = thumbnail(FileKind::Jpeg, &written(FileKind::Jpeg, &wide).expect("written")).expect("it can be shown");
        let seen = decoded(FileKind::Png, &small).expect("a PNG");
        assert_eq!((seen.width(), seen.height()), (240, 12), "as wide as it may be, and no wider than it was");
    }

    proptest! {
        #[test]
        fn whatever_is_cut_or_changed_in_an_image_is_refused_or_harmless(
            which in 0_usize..4, at in 0.0_f64..1.0, byte: u8, cut in 0.0_f64..1.0,
        ) {
            let kind = KINDS[which];
            let mut bytes = telling(kind, 6);
            let place = |share: f64| ((bytes.len() - 1) as f64 * share) as usize;
            let (at, end) = (place(at), place(cut) + 1);
            bytes[at] = byte;
            for bytes in [&bytes[..], &bytes[..end]] {
                if let Ok(bare) = without_metadata(kind, bytes) {
                    prop_assert!(decoded(kind, &bare).is_ok(), "what is taken can be shown");
                }
            }
        }
    }
}
