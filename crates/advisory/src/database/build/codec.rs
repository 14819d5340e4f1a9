//! How records stand while they are kept aside. Nothing of it reaches a database.

use jiff::Timestamp;
use model::{
    Advisory, Affected, Cvss, Epss, Facts, Kev, Qualifiers, Range, RangeEnd, Severity, Ssvc,
    VendorSeverity,
};

use super::claims::{Claim, End, Version};
use crate::database::encoding::{Decoder, put_bytes, put_length, put_number, put_signed};
use crate::database::names::FIX_STATES;

/// A value that can be kept aside and read back as it was.
pub(super) trait Kept: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn get(from: &mut Decoder<'_>) -> Option<Self>;
}

/// The value in a record; a record that was cut gives none.
pub(super) fn decode<T: Kept>(record: &[u8]) -> Option<T> {
    T::get(&mut Decoder { rest: record })
}

impl Kept for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        from.text().map(str::to_owned)
    }
}

impl Kept for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        Some(from.byte()? != 0)
    }
}

impl Kept for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, *self);
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        from.number()
    }
}

impl Kept for Timestamp {
    /// To the nanosecond: which record is newer is told by all of it.
    fn put(&self, out: &mut Vec<u8>) {
        put_signed(out, self.as_second());
        put_signed(out, i64::from(self.subsec_nanosecond()));
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        let seconds = from.signed()?;
        Self::new(seconds, i32::try_from(from.signed()?).ok()?).ok()
    }
}

impl<T: Kept> Kept for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        Some(if bool::get(from)? {
            Some(T::get(from)?)
        } else {
            None
        })
    }
}

impl<T: Kept> Kept for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(out, self.len());
        for value in self {
            value.put(out);
        }
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        (0..from.number()?).map(|_| T::get(from)).collect()
    }
}

impl<A: Kept, B: Kept> Kept for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        Some((A::get(from)?, B::get(from)?))
    }
}

/// A structure whose fields are kept one after the other.
macro_rules! kept {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(out);)*
            }

            fn get(from: &mut Decoder<'_>) -> Option<Self> {
                Some(Self { $($field: Kept::get(from)?),* })
            }
        }
    )*};
}

kept! {
    Advisory {
        id, feed, aliases, covers, title, details, published, modified, withdrawn, severity, cvss,
        cwes, references, affected,
    }
    Affected { namespace, name, ranges, versions, fix, severity, qualifiers }
    Range { introduced, end }
    Qualifiers { arches, module, platforms }
    VendorSeverity { word, severity }
    Cvss { source, vector }
    Facts {
        id, feed, title, details, published, modified, rejected, cvss, cwes, references, epss, kev,
        ssvc, exploit_known,
    }
    Epss { score, percentile }
    Kev { date_added, due_date, ransomware, required_action }
    Ssvc { exploitation, automatable, technical_impact }
    Claim { advisory, ranges, versions, fix, severity, qualifiers }
    Version { key, text }
}

impl Kept for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        from.byte()
    }
}

impl Kept for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, u64::from(*self));
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        from.number32()
    }
}

impl Kept for f32 {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_bits().put(out);
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        u32::get(from).map(Self::from_bits)
    }
}

impl Kept for Severity {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        Self::ALL.get(usize::from(from.byte()?)).copied()
    }
}

impl Kept for model::FixState {
    fn put(&self, out: &mut Vec<u8>) {
        let number = FIX_STATES.iter().zip(0..).find(|(fix, _)| *fix == self);
        out.push(number.map_or(0, |(_, number)| number));
    }

    fn get(from: &mut Decoder<'_>) -> Option<Self> {
        FIX_STATES.get(usize::from(from.byte()?)).copied()
    }
}

/// The end of a range of texts or of keys: a byte tells the kind, the version follows.
macro_rules! kept_end {
    ($($name:ident)*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let (kind, version) = match self {
                    Self::Open => (0, None),
                    Self::Fixed(version) => (1, Some(version)),
                    Self::LastAffected(version) => (2, Some(version)),
                };
                out.push(kind);
                if let Some(version) = version {
                    version.put(out);
                }
            }

            fn get(from: &mut Decoder<'_>) -> Option<Self> {
                Some(match from.byte()? {
                    0 => Self::Open,
                    1 => Self::Fixed(Kept::get(from)?),
                    _ => Self::LastAffected(Kept::get(from)?),
                })
            }
        }
    )*};
}

kept_end! { RangeEnd End }
