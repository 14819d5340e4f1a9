//! SUSE's products and the namespaces their packages belong to.

/// The namespace of a product's packages; none for products that are no operating system or
/// part of one (SUSE Manager, Enterprise Storage, `OpenStack` Cloud).
///
/// A service pack is one namespace: the server's name stands for every product built on it
/// (Desktop, for SAP, High Performance Computing, Real Time), its modules and extensions
/// (`Module for Basesystem 15 SP4`), Package Hub, and its longer support (`15 SP1-LTSS`).
pub(crate) fn namespace(product: &str) -> Option<String> {
    if let Some(rest) = product.strip_prefix("openSUSE ") {
        let words: Vec<&str> = rest.split(' ').collect();
        return match words.as_slice() {
            ["Tumbleweed", ..] => Some("openSUSE:Tumbleweed".to_owned()),
            ["Leap", "Micro", release, ..] => Some(format!("openSUSE:Leap Micro {release}")),
            ["Leap", release, ..] => Some(format!("openSUSE:Leap {release}")),
            _ => None,
        };
    }
    let rest = product.strip_prefix("SUSE ")?;
    for micro in ["Linux Enterprise Micro ", "Linux Micro "] {
        if let Some(release) = rest.strip_prefix(micro) {
            return is_release(release).then(|| format!("SUSE:{micro}{release}"));
        }
    }
    if !rest.starts_with("Linux Enterprise ") && !rest.starts_with("Package Hub ") {
        return None;
    }
    // `15 SP1-LTSS`, `12 SP4 LTSS`, `16.0`, `15`.
    let mut words = rest.split(' ').skip_while(|word| !is_release(base(word)));
    let release = base(words.next()?);
    let service_pack = words.next().map(base).filter(|word| {
        word.strip_prefix("SP")
            .is_some_and(|number| is_release(number) && number != "0")
    });
    Some(match service_pack {
        Some(service_pack) => format!("SUSE:Linux Enterprise Server {release} {service_pack}"),
        None => format!("SUSE:Linux Enterprise Server {release}"),
    })
}

/// The part of `15-LTSS` before its support suffix.
fn base(word: &str) -> &str {
    word.split('-').next().unwrap_or(word)
}

fn is_release(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::namespace;

    #[test]
    fn products_belong_to_the_service_pack() {
        for (product, expected) in [
            ("SUSE Linux Enterprise Server 15 SP4", Some("Server 15 SP4")),
            ("SUSE Linux Enterprise Server 15-LTSS", Some("Server 15")),
            (
                "SUSE Linux Enterprise Server 12 SP2-BCL",
                Some("Server 12 SP2"),
            ),
            (
                "SUSE Linux Enterprise Server 11 SP1-TERADATA",
                Some("Server 11 SP1"),
            ),
            ("SUSE Linux Enterprise Server 16.0", Some("Server 16.0")),
            (
                "SUSE Linux Enterprise Server for SAP Applications 15 SP3",
                Some("Server 15 SP3"),
            ),
            (
                "SUSE Linux Enterprise Module for Public Cloud 15 SP2",
                Some("Server 15 SP2"),
            ),
            (
                "SUSE Linux Enterprise Real Time 15 SP2",
                Some("Server 15 SP2"),
            ),
            ("SUSE Linux Enterprise Micro 5.5", Some("Micro 5.5")),
            (
                "SUSE Linux Enterprise Workstation Extension 12",
                Some("Server 12"),
            ),
        ] {
            let expected = expected.map(|e| format!("SUSE:Linux Enterprise {e}"));
            assert_eq!(namespace(product), expected, "{product}");
        }
        for (product, expected) in [
            (
                "SUSE Package Hub 12",
                Some("SUSE:Linux Enterprise Server 12"),
            ),
            ("SUSE Linux Micro 6.0", Some("SUSE:Linux Micro 6.0")),
            ("openSUSE Leap 15.6", Some("openSUSE:Leap 15.6")),
            ("openSUSE Leap Micro 5.2", Some("openSUSE:Leap Micro 5.2")),
            ("openSUSE Tumbleweed", Some("openSUSE:Tumbleweed")),
            ("openSUSE 13.2", None),
            ("SUSE Manager Server 4.3", None),
            ("SUSE Linux Enterprise", None),
        ] {
            assert_eq!(namespace(product).as_deref(), expected, "{product}");
        }
    }
}
