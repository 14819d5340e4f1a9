//! The order of Debian versions (Debian Policy §5.6.12, `deb-version(7)`).

use super::{Scheme, VersionKey, bytewise, push_number};

/// dpkg's order.
pub static DEB: Scheme = Scheme {
    name: "dpkg",
    key,
    compare: bytewise,
};

/// Ends a run of non-digits: after `~`, before every character.
const END: u8 = 2;

fn key(version: &str) -> Option<VersionKey> {
    let version = version.trim();
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) => (epoch, rest),
        None => ("0", version),
    };
    if epoch.is_empty() || !epoch.bytes().all(|b| b.is_ascii_digit()) || rest.is_empty() {
        return None;
    }
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    if !rest.bytes().all(|b| b.is_ascii_graphic()) || upstream.is_empty() {
        return None;
    }
    let mut key = Vec::with_capacity(version.len() * 2 + 4);
    push_number(&mut key, epoch);
    push_part(&mut key, upstream);
    push_part(&mut key, revision);
    Some(key)
}

/// Runs of non-digits and digits in turn. A trailing run of zeros equals nothing at all, so it
/// is left out; `END` closes the part.
fn push_part(key: &mut VersionKey, part: &str) {
    let mut rest = part;
    let mut kept = key.len();
    while !rest.is_empty() {
        let split = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, after) = rest.split_at_checked(split).unwrap_or((rest, ""));
        for byte in text.bytes() {
            match byte {
                b'~' => key.push(1),
                b'a'..=b'z' | b'A'..=b'Z' => key.push(byte),
                other => key.push(other | 0x80),
            }
        }
        key.push(END);
        let split = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (digits, after) = after.split_at_checked(split).unwrap_or((after, ""));
        push_number(key, digits);
        if !text.is_empty() || digits.bytes().any(|b| b != b'0') {
            kept = key.len();
        }
        rest = after;
    }
    key.truncate(kept);
    key.push(END);
}
