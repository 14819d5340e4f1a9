//! What must hold of every order, whatever the texts.

use std::cmp::Ordering;

use lynkeus_ecosystem::version::SCHEMES;
use proptest::prelude::*;

use super::neighbours::{Pieces, Random, family};

/// Pieces that most schemes understand, so that every law meets keys of every shape.
const PIECES: Pieces = Pieces {
    first: &["1", "0", "1.0", "1.0.0", "1.0.0-a", "1.0.0-0", "1_p", "1:1"],
    more: &[
        "0",
        "1",
        "9",
        "10",
        "00",
        "01",
        ".",
        ".0",
        ".1",
        "-",
        "~",
        "^",
        "+",
        "_",
        "a",
        "b",
        "alpha",
        "rc",
        "-r1",
        "_p1",
        ".dev",
        "sp",
        "-SNAPSHOT",
        "ga",
    ],
    most: 4,
};

#[test]
fn orders_are_total_and_transitive() {
    let mut random = Random::new(7);
    for _ in 0..20_000 {
        let texts = family(&PIECES, &mut random, 3);
        for scheme in SCHEMES {
            let keys: Vec<_> = texts.iter().filter_map(|text| (scheme.key)(text)).collect();
            let [a, b, c] = keys.as_slice() else { continue };
            let order = |x: &[u8], y: &[u8]| (scheme.compare)(x, y);
            let what = format!("{}: {texts:?}", scheme.name);
            assert_eq!(order(a, a), Ordering::Equal, "{what}");
            assert_eq!(order(a, b), order(b, a).reverse(), "{what}");
            // Maven's own order goes in circles; see `MAVEN`.
            if scheme.name == "Maven" {
                continue;
            }
            if order(a, b).is_le() && order(b, c).is_le() {
                assert!(order(a, c).is_le(), "{what}");
            }
            if order(a, b).is_eq() {
                assert_eq!(order(a, c), order(b, c), "{what}");
            }
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-zA-Z.~^+:!_-]{0,40}",
        "\\PC{0,60}",
        ".{0,40}",
        ("[0-9.a~-]{1,4}", 1_usize..3000).prop_map(|(piece, times)| piece.repeat(times)),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_a_key_panic(a in any_text(), b in any_text()) {
        for scheme in SCHEMES {
            let order = scheme.compare_text(&a, &b);
            let reversed = scheme.compare_text(&b, &a);
            prop_assert_eq!(order.map(Ordering::reverse), reversed, "{}", scheme.name);
        }
    }

    /// Keys come from files, so bytes that no version made must not panic either.
    #[test]
    fn no_bytes_make_a_comparison_panic(
        a in proptest::collection::vec(any::<u8>(), 0..40),
        b in proptest::collection::vec(0_u8..8, 0..40),
    ) {
        for scheme in SCHEMES {
            let order = (scheme.compare)(&a, &b);
            prop_assert_eq!(order.reverse(), (scheme.compare)(&b, &a), "{}", scheme.name);
        }
    }
}
