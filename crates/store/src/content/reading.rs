//! Reads inventories back, many at once: they share sets, and sets share versions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{Inventory, Location, Package};

use crate::{
    StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    records::{InventoryRecord, VersionRecord, decode},
};

/// Which packages of an inventory are read back.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    All,
    /// Those that some advisory matches.
    Matched,
    /// Those that advisories of these vulnerabilities match.
    Vulnerabilities(&'a BTreeSet<String>),
}

/// An inventory with the packages that are wanted.
pub fn inventory(tx: &mut Tx<'_>, id: i64, wanted: Wanted<'_>) -> Result<Inventory, StoreError> {
    let found = inventories(tx, &BTreeSet::from([id]), wanted)?.remove(&id);
    found.ok_or_else(|| StoreError::Corrupt {
        what: "an inventory",
        reason: format!("there is none with number {id}"),
    })
}

/// The inventories with these numbers, each with the packages that are wanted.
pub fn inventories(
    tx: &mut Tx<'_>,
    ids: &BTreeSet<i64>,
    wanted: Wanted<'_>,
) -> Result<BTreeMap<i64, Inventory>, StoreError> {
    let mut inventories = BTreeMap::new();
    // Set and layer by inventory, and the size of each set.
    let mut layers: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    let mut sizes = BTreeMap::new();
    let ids: Vec<i64> = ids.iter().copied().collect();
    for chunk in ids.chunks(MOST_KEYS) {
        let (list, keys) = keys(chunk);
        let sql = format!("SELECT id, body, complete FROM inventories WHERE id IN ({list})");
        tx.each(&sql, &keys, |row| {
            let record: InventoryRecord = decode("an inventory", row.text(1)?)?;
            inventories.insert(row.int(0)?, record.inventory(row.flag(2)?));
            Ok(())
        })?;
        let sql = format!(
            "SELECT s.inventory, s.package_set, s.layer, p.size FROM inventory_sets s \
             JOIN package_sets p ON p.id = s.package_set \
             WHERE s.inventory IN ({list}) ORDER BY s.inventory, s.layer"
        );
        tx.each(&sql, &keys, |row| {
            let set = row.int(1)?;
            sizes.insert(set, row.int(3)?);
            let of = layers.entry(row.int(0)?).or_default();
            of.push((set, row.int(2)?));
            Ok(())
        })?;
    }
    let members = members(tx, &sizes, wanted)?;
    let versions = members.values().flatten().map(|member| member.version);
    let versions = packages(tx, &versions.collect())?;
    for (id, inventory) in &mut inventories {
        let layers = layers.get(id).map_or(&[][..], Vec::as_slice);
        inventory.packages = stacked(layers, &members, &versions);
    }
    Ok(inventories)
}

/// `?1, ?2, …` and the parameters for it.
fn keys(numbers: &[i64]) -> (String, Vec<Value>) {
    let values = numbers.iter().map(|number| Value::Int(*number));
    (list_of(1, numbers.len()), values.collect())
}

/// A package version of a set with its paths.
struct Member {
    version: i64,
    paths: Vec<String>,
}

/// The members of sets, those that are wanted.
type Members = HashMap<i64, Vec<Member>>;

/// The packages of an inventory's layers, each with its places in all of them.
fn stacked(
    layers: &[(i64, i64)],
    members: &Members,
    versions: &HashMap<i64, Package>,
) -> Vec<Package> {
    let mut packages: BTreeMap<i64, Package> = BTreeMap::new();
    for (set, layer) in layers {
        let layer = u32::try_from(*layer).ok();
        for member in members.get(set).map_or(&[][..], Vec::as_slice) {
            let Some(package) = versions.get(&member.version) else {
                continue;
            };
            let package = packages
                .entry(member.version)
                .or_insert_with(|| package.clone());
            let places = member.paths.iter().cloned();
            package
                .locations
                .extend(places.map(|path| Location { layer, path }));
        }
    }
    let mut packages: Vec<Package> = packages.into_values().collect();
    packages.sort_by(|a, b| {
        (&a.purl_type, &a.name, &a.version).cmp(&(&b.purl_type, &b.name, &b.version))
    });
    packages
}

fn members(
    tx: &mut Tx<'_>,
    sizes: &BTreeMap<i64, i64>,
    wanted: Wanted<'_>,
) -> Result<Members, StoreError> {
    let sets: Vec<i64> = sizes.keys().copied().collect();
    let mut members = Members::new();
    match wanted {
        Wanted::All => read_members(tx, &sets, "", &[], |_| true, &mut members)?,
        Wanted::Matched => read_members(
            tx,
            &sets,
            " AND EXISTS (SELECT 1 FROM version_matches m WHERE m.version = p.version)",
            &[],
            |_| true,
            &mut members,
        )?,
        Wanted::Vulnerabilities(ids) => {
            let matched = matched(tx, ids)?;
            let all: i64 = sizes.values().sum();
            let looks = sets.len().saturating_mul(matched.len());
            if matched.len() <= MOST_KEYS && looks <= usize::try_from(all).unwrap_or(0) {
                // An advisory of a rare package must not cost a look at all that is installed.
                let versions: Vec<Value> = matched.iter().map(|v| Value::Int(*v)).collect();
                if !versions.is_empty() {
                    let list = list_of(1, versions.len());
                    let only = format!(" AND p.version IN ({list})");
                    read_members(tx, &sets, &only, &versions, |_| true, &mut members)?;
                }
            } else {
                let is_matched = |version: i64| matched.contains(&version);
                read_members(tx, &sets, "", &[], is_matched, &mut members)?;
            }
        }
    }
    Ok(members)
}

/// The versions that advisories of these vulnerabilities match.
fn matched(tx: &mut Tx<'_>, ids: &BTreeSet<String>) -> Result<HashSet<i64>, StoreError> {
    let ids: Vec<Value> = ids.iter().map(Value::from).collect();
    let mut matched = HashSet::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT version FROM version_matches WHERE vulnerability IN ({})",
            list_of(1, chunk.len())
        );
        tx.each(&sql, chunk, |row| {
            matched.insert(row.int(0)?);
            Ok(())
        })?;
    }
    Ok(matched)
}

/// Reads members of sets. The condition's parameters come first.
fn read_members(
    tx: &mut Tx<'_>,
    sets: &[i64],
    condition: &str,
    parameters: &[Value],
    is_wanted: impl Fn(i64) -> bool,
    members: &mut Members,
) -> Result<(), StoreError> {
    for chunk in sets.chunks(MOST_KEYS) {
        let list = list_of(parameters.len() + 1, chunk.len());
        let sql = format!(
            "SELECT p.package_set, p.version, p.paths FROM set_packages p \
             WHERE p.package_set IN ({list}){condition} ORDER BY p.package_set, p.version"
        );
        let mut keys = parameters.to_vec();
        keys.extend(chunk.iter().map(|set| Value::Int(*set)));
        tx.each(&sql, &keys, |row| {
            let version = row.int(1)?;
            if is_wanted(version) {
                let paths = decode("paths", row.text(2)?)?;
                let of = members.entry(row.int(0)?).or_default();
                of.push(Member { version, paths });
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Package versions without places.
fn packages(tx: &mut Tx<'_>, ids: &BTreeSet<i64>) -> Result<HashMap<i64, Package>, StoreError> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    let mut packages = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(MOST_KEYS) {
        let (list, keys) = keys(chunk);
        let sql = format!(
            "SELECT id, purl_type, name, version, body FROM package_versions WHERE id IN ({list})"
        );
        tx.each(&sql, &keys, |row| {
            let record: VersionRecord = decode("a package", row.text(4)?)?;
            let package = record.package(row.text(1)?, row.text(2)?, row.text(3)?, Vec::new());
            packages.insert(row.int(0)?, package);
            Ok(())
        })?;
    }
    Ok(packages)
}
