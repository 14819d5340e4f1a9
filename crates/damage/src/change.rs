//! The ways in which a sample is damaged: bytes, numbers, counts, order, depth.

use std::ops::Range;

use crate::Random;

/// Largest input that is made.
const MAX_LENGTH: usize = 4 << 20;

/// Damages `bytes` once. `others` are further samples to take pieces from, `tokens` what the
/// format is made of.
pub(crate) fn change(random: &mut Random, bytes: &mut Vec<u8>, others: &[&[u8]], tokens: &[&[u8]]) {
    if bytes.is_empty() {
        return repeat_token(random, bytes, tokens);
    }
    match random.below(20) {
        0 => bytes.truncate(random.below(bytes.len() + 1)),
        1 => set(random, bytes),
        2 => {
            let new: Vec<u8> = (0..=random.small(16)).map(|_| random.byte()).collect();
            insert(random, bytes, &new, 1);
        }
        3 => {
            let range = range(random, bytes);
            bytes.drain(range);
        }
        4 | 5 => repeat_piece(random, bytes),
        6 | 7 => repeat_token(random, bytes, tokens),
        8 => splice(random, bytes, others),
        9 => lines(random, bytes),
        10 | 11 => written_number(random, bytes),
        12 => nest(random, bytes),
        13 => blocks(random, bytes),
        14 => overwrite(random, bytes),
        _ => stored_number(random, bytes),
    }
    bytes.truncate(MAX_LENGTH);
}

/// Part of `bytes`, short ones more often.
fn range(random: &mut Random, bytes: &[u8]) -> Range<usize> {
    let start = random.below(bytes.len());
    let length = random.small(bytes.len() - start + 1);
    start..start + length
}

fn set(random: &mut Random, bytes: &mut [u8]) {
    let at = random.below(bytes.len());
    let value = match random.below(4) {
        0 => [0, 1, 0x7f, 0x80, 0xff].get(random.below(5)).copied(),
        1 => b"\0\n\"'/\\.-<>{}[]:,%&".get(random.below(19)).copied(),
        _ => None,
    };
    let bit = 1 << random.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value.unwrap_or(*byte ^ bit);
    }
}

/// Puts `new` somewhere, many times.
fn insert(random: &mut Random, bytes: &mut Vec<u8>, new: &[u8], times: usize) {
    let at = random.below(bytes.len() + 1);
    let times = times.min((MAX_LENGTH - bytes.len().min(MAX_LENGTH)) / new.len().max(1));
    bytes.splice(at..at, new.repeat(times));
}

fn repeat_piece(random: &mut Random, bytes: &mut Vec<u8>) {
    let range = range(random, bytes);
    let piece = bytes.get(range.clone()).unwrap_or_default().to_vec();
    let times = 1 + random.small(if piece.len() < 100 { 4000 } else { 40 });
    if random.is_one_in(3) {
        insert(random, bytes, &piece, times);
    } else {
        let times = times.min(MAX_LENGTH / piece.len().max(1));
        bytes.splice(range.end..range.end, piece.repeat(times));
    }
}

/// What many formats give a meaning to.
const TOKENS: &[&[u8]] = &[
    b"[",
    b"{\"a\":",
    b"[{\"name\":",
    b"\"",
    b",",
    b":",
    b"\n",
    b"\n  ",
    b"@",
    b"/",
    b"../",
    b"\\",
    b"{",
    b"<a>",
    b"<a b='",
    b"</",
    b"&#x41;",
    b"&a;",
    b"<!--",
    b"<![CDATA[",
    b"(",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xff\xfe",
    b"%00",
    b"%2e%2e%2f",
    b"*a ",
    b"&a [",
    b"? ",
    b"- ",
    b"---\n",
    b"'",
    b"\"\"\"",
    b"[[",
    b"]",
    b"}",
    b"\r\n",
    b"\t",
    b"a.",
    b"0",
    b"-",
    b"~",
    b"==",
    b"CVE-2024-1",
    b"null",
    b"1e999",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9",
];

fn repeat_token(random: &mut Random, bytes: &mut Vec<u8>, tokens: &[&[u8]]) {
    let own = random.pick(tokens).filter(|_| random.is_one_in(2));
    let Some(token) = own.or_else(|| random.pick(TOKENS)) else {
        return;
    };
    let times = if random.is_one_in(2) {
        1
    } else {
        1 + random.small(30_000)
    };
    insert(random, bytes, token, times);
}

/// The beginning of one sample with the end of another.
fn splice(random: &mut Random, bytes: &mut Vec<u8>, others: &[&[u8]]) {
    let Some(other) = random.pick(others) else {
        return;
    };
    let from = range(random, other);
    let piece = other.get(from.clone()).unwrap_or_default();
    if random.is_one_in(2) {
        bytes.truncate(random.below(bytes.len() + 1));
        bytes.extend_from_slice(other.get(from.start..).unwrap_or_default());
    } else {
        let to = range(random, bytes);
        bytes.splice(to, piece.iter().copied());
    }
}

/// Drops, doubles or moves lines.
fn lines(random: &mut Random, bytes: &mut Vec<u8>) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let (one, two) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(3) {
        0 if !lines.is_empty() => drop(lines.remove(one)),
        1 => lines.swap(one.min(two), two.max(one)),
        _ => {
            let line = lines.get(one).copied().unwrap_or_default();
            lines.insert(two, line);
        }
    }
    *bytes = lines.concat();
}

/// Replaces a number that is written in digits.
fn written_number(random: &mut Random, bytes: &mut Vec<u8>) {
    let start = random.below(bytes.len());
    let digits = bytes.iter().skip(start).position(u8::is_ascii_digit);
    let Some(start) = digits.map(|skip| start + skip) else {
        return;
    };
    let length = bytes
        .iter()
        .skip(start)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let new: &[u8] = match random.below(14) {
        0 => b"",
        1 => b"0",
        2 => b"-1",
        3 => b"18446744073709551615",
        4 => b"18446744073709551616",
        5 => b"9223372036854775808",
        6 => b"4294967296",
        7 => b"1e308",
        8 => b"0.000000000001",
        9 => b"000000000000000000000",
        10 => b"77777777777",
        11 => &[b'9'; 400],
        12 => b"2147483647",
        _ => b"3",
    };
    // The same width keeps the other fields of a header where they are.
    let new = match new.get(..length) {
        Some(short) if random.is_one_in(2) => short,
        _ => new,
    };
    bytes.splice(start..start + length, new.iter().copied());
}

/// Repeats what lies between two openings of the same kind: depth.
fn nest(random: &mut Random, bytes: &mut Vec<u8>) {
    let start = random.below(bytes.len());
    let is_opening = |byte: &u8| matches!(byte, b'[' | b'{' | b'<' | b'(' | b' ' | b'!');
    let Some(skip) = bytes.iter().skip(start).position(is_opening) else {
        return;
    };
    let start = start + skip;
    let opening = bytes.get(start).copied();
    let rest = bytes.get(start + 1..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| Some(*byte) == opening)
        .map_or(1, |n| n + 1);
    let piece = bytes
        .get(start..start + length.min(200))
        .unwrap_or_default()
        .to_vec();
    let times = 1 + random.small(50_000);
    let times = times.min(MAX_LENGTH / piece.len().max(1));
    bytes.splice(start..start, piece.repeat(times));
}

/// Copies, swaps or clears whole blocks of a size that formats use.
fn blocks(random: &mut Random, bytes: &mut [u8]) {
    let sizes = [4, 8, 16, 24, 26, 40, 46, 128, 256, 512, 1024, 4096];
    let size = sizes.get(random.below(sizes.len())).copied().unwrap_or(4);
    let count = bytes.len() / size;
    let (from, to) = (random.below(count) * size, random.below(count) * size);
    if count == 0 {
        return;
    }
    match random.below(3) {
        0 => bytes.copy_within(from..from + size, to),
        1 => {
            if let Some(block) = bytes.get_mut(to..to + size) {
                block.fill(0);
            }
        }
        _ => {
            for offset in 0..size {
                bytes.swap(from + offset, to + offset);
            }
        }
    }
}

/// Writes a piece over another place, so that nothing moves.
fn overwrite(random: &mut Random, bytes: &mut [u8]) {
    let from = range(random, bytes);
    let to = random.below(bytes.len() - from.len() + 1);
    bytes.copy_within(from, to);
}

/// Changes an integer, preferably one that may be a length, an offset or a count of this file.
fn stored_number(random: &mut Random, bytes: &mut [u8]) {
    let width = 1 << random.below(4);
    let is_big_endian = random.is_one_in(2);
    let length = bytes.len() as u64;
    let mut at = 0;
    let mut old = 0;
    for _ in 0..32 {
        at = random.below((bytes.len() + 1).saturating_sub(width));
        old = number(bytes.get(at..at + width).unwrap_or_default(), is_big_endian);
        if old != 0 && old <= length {
            break;
        }
    }
    let other = random.below((bytes.len() + 1).saturating_sub(width));
    let new = match random.below(14) {
        0 => 0,
        1 => 1,
        2 => u64::MAX,
        3 => u64::MAX >> 1,
        4 => old.wrapping_add(1),
        5 => old.wrapping_sub(1),
        6 => old.wrapping_mul(2),
        7 => old >> 1,
        8 => old ^ (1 << random.below(8 * width)),
        9 => length.wrapping_sub(at as u64),
        10 => length.wrapping_sub(random.below(9) as u64),
        11 => random.below(bytes.len()) as u64,
        12 => at as u64,
        _ => number(
            bytes.get(other..other + width).unwrap_or_default(),
            is_big_endian,
        ),
    };
    let Some(field) = bytes.get_mut(at..at + width) else {
        return;
    };
    let new = new.to_le_bytes();
    for (index, byte) in field.iter_mut().enumerate() {
        let from = if is_big_endian {
            width - 1 - index
        } else {
            index
        };
        *byte = new.get(from).copied().unwrap_or(0);
    }
}

fn number(bytes: &[u8], is_big_endian: bool) -> u64 {
    let push = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
    if is_big_endian {
        bytes.iter().fold(0, push)
    } else {
        bytes.iter().rev().fold(0, push)
    }
}
