//! The order of Debian versions (Debian Policy §5.6.12, `deb-version(7)`).

use super::cursor::Cursor;
use super::{Scheme, VersionKey, bytewise, is_number, push_number, start};

/// dpkg's order.
pub static DEB: Scheme = Scheme {
    name: "dpkg",
    key,
    compare: bytewise,
};

/// Ends a run of non-digits: after `~`, before every character.
const END: u8 = 2;

/// dpkg keeps the epoch in an `int`.
const MAX_EPOCH: u32 = i32::MAX.cast_unsigned();

fn key(version: &str) -> Option<VersionKey> {
    let mut key = start(version)?;
    let version = version.trim();
    let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
    if !is_number(epoch) || epoch.parse::<u32>().ok()? > MAX_EPOCH {
        return None;
    }
    // dpkg only warns about odd characters, but refuses spaces and empty parts.
    if rest.is_empty() || rest.bytes().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    let (upstream, revision) = match rest.rsplit_once('-') {
        Some((_, "") | ("", _)) => return None,
        Some(parts) => parts,
        None => (rest, ""),
    };
    push_number(&mut key, epoch);
    push_part(&mut key, upstream);
    push_part(&mut key, revision);
    Some(key)
}

/// Runs of non-digits and digits in turn, always at least one of each, because an absent run of
/// digits counts as zero. `END` closes the part.
fn push_part(key: &mut VersionKey, part: &str) {
    let mut cursor = Cursor::new(part);
    loop {
        let text_end = cursor.rest.find(|c: char| c.is_ascii_digit());
        let (text, rest) = cursor
            .rest
            .split_at_checked(text_end.unwrap_or(cursor.rest.len()))
            .unwrap_or((cursor.rest, ""));
        key.extend(text.bytes().map(|byte| match byte {
            b'~' => 1,
            b'a'..=b'z' | b'A'..=b'Z' => byte,
            other => other | 0x80,
        }));
        key.push(END);
        cursor.rest = rest;
        push_number(key, cursor.digits().unwrap_or(""));
        if cursor.is_empty() {
            break;
        }
    }
    key.push(END);
}
