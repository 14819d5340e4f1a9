//! Lists that are written item by item, so that no document is ever in memory as a whole.

use serde::{Serialize, Serializer};

/// The items that a function gives, each made when it is written.
///
/// Documents are written twice, once to be hashed: the function must give the same each time.
#[derive(Clone, Copy)]
pub struct Listed<F>(pub F);

impl<F> std::fmt::Debug for Listed<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listed")
    }
}

impl<F, I> Serialize for Listed<F>
where
    F: Fn() -> I,
    I: IntoIterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
