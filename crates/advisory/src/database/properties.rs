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
}

#[test]
fn damage_never_panics() {
    let sample = build(sample());
    let target = damage::Target {
        name: "advisory/database",
        samples: &[&sample],
        tokens: &[],
        cases: 200,
    };
    target.check(|bytes| match Database::open(bytes) {
        Ok(database) => {
            read_all(&database);
            String::new()
        }
        Err(error) => error.to_string(),
    });
}
