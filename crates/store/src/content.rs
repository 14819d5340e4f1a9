//! Inventories, kept once by content: package versions, sets of them, and inventories of sets.
//!
//! The packages of one layer are a set. Images share layers, so a fleet has few sets, and the way
//! from a package version to the inventories that hold it is short.

mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{Inventory, OperatingSystem, Package};
pub use reading::{Wanted, inventories, inventory};

use crate::{
    StoreError, Tx, Value,
    digest::digest,
    engine::{MOST_KEYS, list_of},
    records::{InventoryRecord, SystemRecord, VersionRecord, decode, encode},
};

/// The vulnerabilities of one package version, each with a digest of how it matches.
pub type VersionMatches = Vec<(String, Vec<u8>)>;

/// What the store must know of matching, which is not its business.
pub trait Matching {
    /// Whether the package is matched at all on this inventory's system.
    fn is_matched(&self, package: &Package, os: Option<&OperatingSystem>) -> bool;

    /// Namespaces and names under which advisories may speak of the package.
    fn names(&self, package: &Package, os: Option<&OperatingSystem>) -> Vec<(String, String)>;

    /// The vulnerabilities of each package.
    fn matches(&self, packages: &[Package], os: Option<&OperatingSystem>) -> Vec<VersionMatches>;
}

/// An inventory as it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interned {
    pub inventory: i64,
    /// Whether it was not known before.
    pub is_new: bool,
    /// Package versions that were not known before.
    pub new_versions: usize,
}

/// A set of packages as it was stored, the packages of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSet {
    id: i64,
    digest: Vec<u8>,
}

/// The sets of an inventory by layer, and how many package versions were not known before.
pub type StoredSets = (Vec<(i64, StoredSet)>, usize);

/// Stores an inventory, its sets and its package versions, each only if it is new.
pub fn intern(
    tx: &mut Tx<'_>,
    inventory: &Inventory,
    matching: &dyn Matching,
) -> Result<Interned, StoreError> {
    let (sets, new_versions) = sets(tx, inventory, matching)?;
    let composed = compose(tx, inventory, &sets, inventory.packages.len())?;
    Ok(Interned {
        new_versions,
        ..composed
    })
}

/// Stores the sets of an inventory and their package versions.
pub fn sets(
    tx: &mut Tx<'_>,
    inventory: &Inventory,
    matching: &dyn Matching,
) -> Result<StoredSets, StoreError> {
    let os = inventory.os.as_ref();
    let (system, system_digest) = match os {
        Some(os) => {
            let (id, digest) = intern_system(tx, os)?;
            (Some(id), digest)
        }
        None => (None, Vec::new()),
    };
    let distinct = distinct_versions(inventory, matching, &system_digest)?;
    let versions = intern_versions(tx, &distinct, system, os, matching)?;
    let sets = intern_sets(tx, inventory, &distinct, &versions.ids)?;
    Ok((sets, versions.new))
}

/// Stores an inventory of sets that are there; its own packages do not count.
pub fn compose(
    tx: &mut Tx<'_>,
    inventory: &Inventory,
    sets: &[(i64, StoredSet)],
    packages: usize,
) -> Result<Interned, StoreError> {
    let record = encode("an inventory", &InventoryRecord::from(inventory))?;
    let complete = Value::from(inventory.complete);
    let mut parts: Vec<Vec<u8>> = vec![
        record.clone().into_bytes(),
        vec![u8::from(inventory.complete)],
    ];
    for (layer, set) in sets {
        parts.push(layer.to_be_bytes().to_vec());
        parts.push(set.digest.clone());
    }
    let digest = Value::Blob(digest(parts));
    let packages = Value::Int(to_int(packages));
    let is_new = 0 < tx.execute(
        "INSERT INTO inventories (digest, complete, packages, body) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (digest) DO NOTHING",
        &[digest.clone(), complete, packages, record.into()],
    )?;
    let id = id_of(tx, "SELECT id FROM inventories WHERE digest = ?1", digest)?;
    if is_new {
        let rows: Vec<Vec<Value>> = sets
            .iter()
            .map(|(layer, set)| vec![id.into(), (*layer).into(), set.id.into()])
            .collect();
        tx.insert_many(
            "INSERT INTO inventory_sets (inventory, layer, package_set)",
            &rows,
            "ON CONFLICT DO NOTHING",
        )?;
    }
    Ok(Interned {
        inventory: id,
        is_new,
        new_versions: 0,
    })
}

fn to_int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn id_of(tx: &mut Tx<'_>, sql: &str, digest: Value) -> Result<i64, StoreError> {
    let row = tx.first(sql, &[digest])?;
    row.ok_or_else(|| StoreError::Corrupt {
        what: "interned content",
        reason: "a row that was just stored is not there".to_owned(),
    })?
    .int(0)
}

fn intern_system(tx: &mut Tx<'_>, os: &OperatingSystem) -> Result<(i64, Vec<u8>), StoreError> {
    let body = encode("an operating system", &SystemRecord::from(os))?;
    let digest = digest([&body]);
    tx.execute(
        "INSERT INTO systems (digest, body) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING",
        &[digest.clone().into(), body.into()],
    )?;
    let id = id_of(
        tx,
        "SELECT id FROM systems WHERE digest = ?1",
        digest.clone().into(),
    )?;
    Ok((id, digest))
}

/// One distinct package version of an inventory.
struct Distinct<'a> {
    package: &'a Package,
    matched: bool,
    body: String,
    /// Locations by layer; -1 is no layer.
    locations: BTreeMap<i64, Vec<&'a str>>,
}

fn distinct_versions<'a>(
    inventory: &'a Inventory,
    matching: &dyn Matching,
    system: &[u8],
) -> Result<BTreeMap<Vec<u8>, Distinct<'a>>, StoreError> {
    let os = inventory.os.as_ref();
    let mut distinct: BTreeMap<Vec<u8>, Distinct<'_>> = BTreeMap::new();
    for package in &inventory.packages {
        let matched = matching.is_matched(package, os);
        let body = encode("a package", &VersionRecord::new(package, matched))?;
        let digest = digest([
            system,
            package.purl_type.as_str().as_bytes(),
            package.name.as_bytes(),
            package.version.as_bytes(),
            body.as_bytes(),
        ]);
        let one = distinct.entry(digest).or_insert_with(|| Distinct {
            package,
            matched,
            body,
            locations: BTreeMap::new(),
        });
        for location in &package.locations {
            let layer = location.layer.map_or(-1, i64::from);
            one.locations.entry(layer).or_default().push(&location.path);
        }
        if one.locations.is_empty() {
            one.locations.insert(-1, Vec::new());
        }
    }
    Ok(distinct)
}

struct Versions {
    ids: HashMap<Vec<u8>, i64>,
    new: usize,
}

fn intern_versions(
    tx: &mut Tx<'_>,
    distinct: &BTreeMap<Vec<u8>, Distinct<'_>>,
    system: Option<i64>,
    os: Option<&OperatingSystem>,
    matching: &dyn Matching,
) -> Result<Versions, StoreError> {
    let digests: Vec<&Vec<u8>> = distinct.keys().collect();
    let mut ids = ids_by_digest(tx, "package_versions", &digests)?;
    let new: Vec<(&Vec<u8>, &Distinct<'_>)> = distinct
        .iter()
        .filter(|(digest, _)| !ids.contains_key(*digest))
        .collect();
    let rows: Vec<Vec<Value>> = new
        .iter()
        .map(|(digest, one)| {
            vec![
                digest.as_slice().into(),
                system.into(),
                one.package.purl_type.as_str().into(),
                one.package.name.as_str().into(),
                one.package.version.as_str().into(),
                one.body.as_str().into(),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO package_versions (digest, system, purl_type, name, version, body)",
        &rows,
        "ON CONFLICT (digest) DO NOTHING",
    )?;
    let added: Vec<&Vec<u8>> = new.iter().map(|(digest, _)| *digest).collect();
    ids.extend(ids_by_digest(tx, "package_versions", &added)?);
    let matched: Vec<(i64, &Package)> = new
        .iter()
        .filter(|(_, one)| one.matched)
        .filter_map(|(digest, one)| Some((*ids.get(*digest)?, one.package)))
        .collect();
    index_versions(tx, &matched, os, matching)?;
    Ok(Versions {
        ids,
        new: new.len(),
    })
}

/// Writes down under which names versions are looked up, and what they match now.
fn index_versions(
    tx: &mut Tx<'_>,
    versions: &[(i64, &Package)],
    os: Option<&OperatingSystem>,
    matching: &dyn Matching,
) -> Result<(), StoreError> {
    let mut names = Vec::new();
    for (id, package) in versions {
        for (namespace, name) in matching.names(package, os) {
            names.push(vec![namespace.into(), name.into(), (*id).into()]);
        }
    }
    tx.insert_many(
        "INSERT INTO version_names (namespace, name, version)",
        &names,
        "ON CONFLICT DO NOTHING",
    )?;
    let packages: Vec<Package> = versions.iter().map(|(_, p)| (*p).clone()).collect();
    let mut rows = Vec::new();
    for ((id, _), matches) in versions.iter().zip(matching.matches(&packages, os)) {
        for (vulnerability, digest) in matches {
            rows.push(vec![(*id).into(), vulnerability.into(), digest.into()]);
        }
    }
    tx.insert_many(
        "INSERT INTO version_matches (version, vulnerability, digest)",
        &rows,
        "ON CONFLICT DO NOTHING",
    )?;
    Ok(())
}

fn ids_by_digest(
    tx: &mut Tx<'_>,
    table: &str,
    digests: &[&Vec<u8>],
) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
    let mut ids = HashMap::with_capacity(digests.len());
    for chunk in digests.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT digest, id FROM {table} WHERE digest IN ({})",
            list_of(1, chunk.len())
        );
        let keys: Vec<Value> = chunk.iter().map(|d| Value::from(d.as_slice())).collect();
        tx.each(&sql, &keys, |row| {
            ids.insert(row.blob(0)?.to_vec(), row.int(1)?);
            Ok(())
        })?;
    }
    Ok(ids)
}

/// A member of a set: number and digest of the version, and its paths.
type Member<'a> = (i64, &'a Vec<u8>, String);

fn intern_sets(
    tx: &mut Tx<'_>,
    inventory: &Inventory,
    distinct: &BTreeMap<Vec<u8>, Distinct<'_>>,
    ids: &HashMap<Vec<u8>, i64>,
) -> Result<Vec<(i64, StoredSet)>, StoreError> {
    let mut layers: BTreeMap<i64, Vec<Member<'_>>> = BTreeMap::new();
    for (digest, one) in distinct {
        let Some(id) = ids.get(digest) else { continue };
        for (layer, paths) in &one.locations {
            let paths = encode("paths", paths)?;
            layers.entry(*layer).or_default().push((*id, digest, paths));
        }
    }
    let mut sets = Vec::with_capacity(layers.len());
    for (layer, members) in layers {
        let parts = members
            .iter()
            .flat_map(|(_, digest, paths)| [digest.as_slice(), paths.as_bytes()]);
        let set_digest = digest(parts);
        let is_new = 0 < tx.execute(
            "INSERT INTO package_sets (digest, size) VALUES (?1, ?2) \
                 ON CONFLICT (digest) DO NOTHING",
            &[set_digest.as_slice().into(), to_int(members.len()).into()],
        )?;
        let id = id_of(
            tx,
            "SELECT id FROM package_sets WHERE digest = ?1",
            set_digest.as_slice().into(),
        )?;
        if is_new {
            let rows: Vec<Vec<Value>> = members
                .into_iter()
                .map(|(version, _, paths)| vec![id.into(), version.into(), paths.into()])
                .collect();
            tx.insert_many(
                "INSERT INTO set_packages (package_set, version, paths)",
                &rows,
                "ON CONFLICT DO NOTHING",
            )?;
        }
        let set = StoredSet {
            id,
            digest: set_digest,
        };
        sets.push((layer, set));
    }
    debug_assert!(sets.len() <= inventory.layers.len() + 1);
    Ok(sets)
}

/// A package version that advisories may speak of.
#[derive(Debug, Clone)]
pub struct KnownVersion {
    pub id: i64,
    pub package: Package,
    pub os: Option<OperatingSystem>,
}

/// Every namespace and name under which some version is looked up.
pub fn all_names(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.query(
        "SELECT DISTINCT namespace, name FROM version_names ORDER BY namespace, name",
        &[],
    )?;
    let name = |row: &crate::Row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
    rows.iter().map(name).collect()
}

/// The versions that are looked up under one of these names.
pub fn versions_named(
    tx: &mut Tx<'_>,
    names: &[(String, String)],
) -> Result<Vec<KnownVersion>, StoreError> {
    let mut ids = BTreeSet::new();
    for (namespace, name) in names {
        tx.each(
            "SELECT version FROM version_names WHERE namespace = ?1 AND name = ?2",
            &[namespace.into(), name.into()],
            |row| {
                ids.insert(row.int(0)?);
                Ok(())
            },
        )?;
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut versions = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT v.id, v.purl_type, v.name, v.version, v.body, s.body FROM package_versions v \
             LEFT JOIN systems s ON s.id = v.system WHERE v.id IN ({})",
            list_of(1, chunk.len())
        );
        let keys: Vec<Value> = chunk.iter().map(|id| Value::Int(*id)).collect();
        tx.each(&sql, &keys, |row| {
            let record: VersionRecord = decode("a package", row.text(4)?)?;
            let system = row.optional_text(5)?;
            let system = system.map(|body| decode::<SystemRecord>("an operating system", body));
            versions.push(KnownVersion {
                id: row.int(0)?,
                package: record.package(row.text(1)?, row.text(2)?, row.text(3)?, Vec::new()),
                os: system.transpose()?.map(Into::into),
            });
            Ok(())
        })?;
    }
    Ok(versions)
}

/// Replaces what a version matches; returns the vulnerabilities for which that changes anything.
pub fn rematch(
    tx: &mut Tx<'_>,
    version: i64,
    now: VersionMatches,
) -> Result<Vec<String>, StoreError> {
    let mut before: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    tx.each(
        "SELECT vulnerability, digest FROM version_matches WHERE version = ?1",
        &[version.into()],
        |row| {
            before.insert(row.text(0)?.to_owned(), row.blob(1)?.to_vec());
            Ok(())
        },
    )?;
    let mut changed = Vec::new();
    let mut rows = Vec::new();
    for (vulnerability, digest) in now {
        if before.remove(&vulnerability).as_ref() != Some(&digest) {
            rows.push(vec![
                version.into(),
                Value::from(&vulnerability),
                digest.into(),
            ]);
            changed.push(vulnerability);
        }
    }
    tx.insert_many(
        "INSERT INTO version_matches (version, vulnerability, digest)",
        &rows,
        "ON CONFLICT (version, vulnerability) DO UPDATE SET digest = excluded.digest",
    )?;
    for gone in before.into_keys() {
        tx.execute(
            "DELETE FROM version_matches WHERE version = ?1 AND vulnerability = ?2",
            &[version.into(), Value::from(&gone)],
        )?;
        changed.push(gone);
    }
    Ok(changed)
}

/// Every system that was ever seen, with its number.
pub fn systems(tx: &mut Tx<'_>) -> Result<Vec<(i64, OperatingSystem)>, StoreError> {
    let rows = tx.query("SELECT id, body FROM systems ORDER BY id", &[])?;
    rows.iter()
        .map(|row| {
            let record: SystemRecord = decode("a system", row.text(1)?)?;
            Ok((row.int(0)?, record.into()))
        })
        .collect()
}
