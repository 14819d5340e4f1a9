//! Inventories are kept once by content, and come back as they were.

use std::collections::BTreeSet;

use model::{Inventory, Layer, Location, OperatingSystem, Package, PurlType, SourcePackage};

use crate::{
    content::{self, Matching, VersionMatches, Wanted},
    testing::each_engine,
};

/// `openssl` matches CVE-1, whatever its version; nothing else matches.
pub(super) struct Openssl;

impl Matching for Openssl {
    fn is_matched(&self, _: &Package, _: Option<&OperatingSystem>) -> bool {
        true
    }

    fn names(&self, package: &Package, _: Option<&OperatingSystem>) -> Vec<(String, String)> {
        vec![("Debian:12".to_owned(), package.name.clone())]
    }

    fn matches(&self, packages: &[Package], _: Option<&OperatingSystem>) -> Vec<VersionMatches> {
        let one = |package: &Package| match package.name.as_str() {
            "openssl" => vec![("CVE-1".to_owned(), vec![1])],
            _ => Vec::new(),
        };
        packages.iter().map(one).collect()
    }
}

pub(super) fn package(name: &str, version: &str, places: &[(Option<u32>, &str)]) -> Package {
    let mut package = Package::new(PurlType::new("deb"), name, version);
    package.source = Some(SourcePackage {
        name: name.to_owned(),
        version: version.to_owned(),
    });
    package.licenses = vec!["MIT".to_owned()];
    package.properties = vec![("k".to_owned(), "v".to_owned())];
    package.locations = places
        .iter()
        .map(|(layer, path)| Location {
            layer: *layer,
            path: (*path).to_owned(),
        })
        .collect();
    package
}

pub(super) fn image(packages: Vec<Package>) -> Inventory {
    let layer = |digest: &str| Layer {
        digest: Some(digest.to_owned()),
        ..Layer::default()
    };
    Inventory {
        os: Some(OperatingSystem {
            id: "debian".to_owned(),
            version_id: "12".to_owned(),
            ..OperatingSystem::default()
        }),
        layers: vec![layer("sha256:a"), layer("sha256:b")],
        packages,
        problems: vec![model::Problem::new("etc/x", "too large")],
        complete: true,
    }
}

#[test]
fn an_inventory_comes_back_as_it_was() {
    each_engine(|_, engine| {
        let inventory = image(vec![
            package("bash", "5.2", &[(Some(0), "s"), (Some(1), "t")]),
            package("openssl", "3.0", &[(Some(0), "s")]),
            package("zlib", "1.0", &[]),
        ]);
        let id = engine
            .write(|tx| content::intern(tx, &inventory, &Openssl))
            .expect("intern")
            .inventory;
        let read = |wanted| {
            engine
                .read(|tx| content::inventory(tx, id, wanted))
                .expect("read")
        };
        assert_eq!(read(Wanted::All), inventory);
        let names = |inventory: &Inventory| -> Vec<String> {
            inventory.packages.iter().map(|p| p.name.clone()).collect()
        };
        assert_eq!(names(&read(Wanted::Matched)), ["openssl"]);
        let wanted = |id: &str| BTreeSet::from([id.to_owned()]);
        let known = wanted("CVE-1");
        assert_eq!(names(&read(Wanted::Vulnerabilities(&known))), ["openssl"]);
        let other = wanted("CVE-2");
        assert!(names(&read(Wanted::Vulnerabilities(&other))).is_empty());
    });
}

#[test]
fn what_two_images_share_is_stored_once() {
    each_engine(|_, engine| {
        let base = package("bash", "5.2", &[(Some(0), "s")]);
        let store = |packages: Vec<Package>| {
            let image = image(packages);
            engine
                .write(|tx| content::intern(tx, &image, &Openssl))
                .expect("intern")
        };
        let first = store(vec![base.clone(), package("app", "1", &[(Some(1), "a")])]);
        assert_eq!((first.is_new, first.new_versions), (true, 2));
        let second = store(vec![base.clone(), package("app", "2", &[(Some(1), "a")])]);
        assert_eq!((second.is_new, second.new_versions), (true, 1));
        let again = store(vec![base, package("app", "1", &[(Some(1), "a")])]);
        assert_eq!((again.is_new, again.new_versions), (false, 0));
        assert_eq!(again.inventory, first.inventory);
        let sets = engine.read(|tx| tx.query("SELECT id FROM package_sets", &[]));
        assert_eq!(sets.expect("select").len(), 3);
    });
}

#[test]
fn rematching_says_what_changed() {
    each_engine(|_, engine| {
        let inventory = image(vec![package("openssl", "3.0", &[(Some(0), "s")])]);
        let changed = engine.write(|tx| {
            content::intern(tx, &inventory, &Openssl)?;
            let names = [("Debian:12".to_owned(), "openssl".to_owned())];
            let versions = content::versions_named(tx, &names)?;
            assert_eq!(versions.len(), 1);
            assert_eq!(versions[0].package.name, "openssl");
            assert_eq!(versions[0].os, inventory.os);
            let matches = |list: &[(&str, u8)]| -> VersionMatches {
                list.iter()
                    .map(|(id, d)| ((*id).to_owned(), vec![*d]))
                    .collect()
            };
            let id = versions[0].id;
            Ok([
                content::rematch(tx, id, matches(&[("CVE-1", 1)]))?,
                content::rematch(tx, id, matches(&[("CVE-1", 2), ("CVE-2", 1)]))?,
                content::rematch(tx, id, matches(&[("CVE-2", 1)]))?,
            ])
        });
        let changed = changed.expect("rematch");
        assert!(changed[0].is_empty());
        assert_eq!(changed[1], ["CVE-1", "CVE-2"]);
        assert_eq!(changed[2], ["CVE-1"]);
    });
}
