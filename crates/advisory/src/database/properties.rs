//! The compiled database is the same for every order of input, and damage never panics.

use proptest::prelude::*;

use super::{
    Database,
    tests::{build, read_all, sample},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_input_in_any_order_gives_the_same_file(items in Just(sample()).prop_shuffle()) {
        prop_assert_eq!(build(items), build(sample()));
    }

    #[test]
    fn damage_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = build(sample());
        for (place, value) in changes {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(database) = Database::open(bytes.as_slice()) {
            read_all(&database);
        }
    }
}
