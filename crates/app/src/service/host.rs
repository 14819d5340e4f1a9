//! The machine the service runs on, as a resource that is watched.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use findings::{
    reach::Listener,
    resource::{Instance, Resource, ResourceDetails, ResourceType},
};
use inventory::extractors::Extractors;
use model::{Inventory, OperatingSystem};
use sha2::{Digest as _, Sha256};
use sources::{
    files::{self, Options},
    listening,
};

use super::network::is_instance_id;

/// What changes when software is installed or removed by a system's package manager, or when the
/// system itself is upgraded.
const WATCHED: &[&str] = &[
    "/var/lib/dpkg/status",
    "/lib/apk/db/installed",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpm/rpmdb.sqlite-wal",
    "/var/lib/rpm/Packages",
    "/var/lib/rpm/Packages.db",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
    "/usr/lib/sysimage/rpm/Packages.db",
    "/usr/share/rpm/rpmdb.sqlite",
    "/usr/share/rpm/rpmdb.sqlite-wal",
    "/etc/os-release",
    "/proc/sys/kernel/osrelease",
];

/// How long an inventory is believed where nothing says that software changed: language packages
/// come without a word.
pub(crate) const REFRESH: Duration = Duration::from_hours(6);

/// Where an instance of EC2's Nitro system finds its own id.
const ASSET_TAG: &str = "/sys/devices/virtual/dmi/id/board_asset_tag";

/// When the watched files were last written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marks(Vec<Option<SystemTime>>);

impl Marks {
    pub(crate) fn read() -> Self {
        let mark = |path: &&str| fs::metadata(path).and_then(|file| file.modified()).ok();
        Self(WATCHED.iter().map(mark).collect())
    }
}

/// Takes the inventory of this machine.
pub(crate) fn scan() -> Result<Inventory> {
    let extractors = Extractors::all();
    let scanned = files::scan_host(&Options::new(&extractors)).context("scan this machine")?;
    Ok(scanned.inventory)
}

/// What tells this machine from others.
pub(crate) fn identity() -> Result<String> {
    line("/etc/machine-id")
        .or_else(|| line("/var/lib/dbus/machine-id"))
        .or_else(hostname)
        .context("this machine has neither a machine id nor a host name")
}

fn hostname() -> Option<String> {
    line("/proc/sys/kernel/hostname")
}

/// Who listens on this machine.
pub(crate) fn listening() -> Result<Vec<Listener>> {
    let heard = listening::listening(Path::new("/proc"), Path::new("/"));
    let heard = heard.context("read who listens on this machine")?;
    let heard = heard.into_iter().map(|one| Listener {
        protocol: one.protocol.to_owned(),
        port: one.port,
        address: one.address.to_string(),
        process: one.process,
        package: one.package,
    });
    Ok(heard.collect())
}

/// This machine as a resource.
pub(crate) fn resource(inventory: &Inventory) -> Result<Resource> {
    let (identity, hostname) = (identity()?, hostname());
    let mut tags = BTreeMap::new();
    if let Some(hostname) = &hostname {
        tags.insert("Name".to_owned(), hostname.clone());
    }
    Ok(Resource {
        kind: ResourceType::AwsEc2Instance,
        id: line(ASSET_TAG)
            .filter(|tag| is_instance_id(tag))
            .unwrap_or_else(|| instance_id(&identity)),
        tags,
        details: ResourceDetails::Instance(Instance {
            platform: inventory.os.as_ref().map(platform),
            hostname,
            ..Instance::default()
        }),
    })
}

fn line(path: impl AsRef<Path>) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// An id in the form of EC2's for a machine that is not in EC2, the same for the same identity.
pub(crate) fn instance_id(identity: &str) -> String {
    let mut id = "i-".to_owned();
    for byte in Sha256::digest(format!("lynkeus host {identity}"))
        .iter()
        .take(9)
    {
        for half in [byte >> 4, byte & 15] {
            id.extend(char::from_digit(half.into(), 16));
        }
    }
    id.truncate("i-".len() + 17);
    id
}

/// Name and version of a system in upper snake case: `DEBIAN_12`, `AMAZON_LINUX_2023`.
pub(crate) fn platform(os: &OperatingSystem) -> String {
    let name = match os.id.as_str() {
        "amzn" => "AMAZON_LINUX",
        "alpine" => "ALPINE_LINUX",
        "almalinux" => "ALMALINUX",
        "azurelinux" => "AZURE_LINUX",
        "centos" => "CENTOS",
        "ol" => "ORACLE_LINUX",
        "rhel" => "RHEL",
        "rocky" => "ROCKY_LINUX",
        "sles" => "SUSE_LINUX_ENTERPRISE_SERVER",
        other => other,
    };
    // A point release is part of the name only where support ends by it.
    let by_minor = matches!(os.id.as_str(), "alpine" | "ubuntu" | "sles");
    let parts = os.version_id.split('.').take(if by_minor { 2 } else { 1 });
    let mut words = vec![name];
    words.extend(parts.filter(|part| !part.is_empty()));
    let snake = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    words.join("_").chars().map(snake).collect()
}

#[cfg(test)]
mod tests {
    use model::OperatingSystem;

    use super::{instance_id, platform};

    #[test]
    fn platforms_are_named_as_inspector_names_them() {
        let rows = [
            ("debian", "12", "DEBIAN_12"),
            ("ubuntu", "22.04", "UBUNTU_22_04"),
            ("amzn", "2023", "AMAZON_LINUX_2023"),
            ("amzn", "2", "AMAZON_LINUX_2"),
            ("alpine", "3.8.5", "ALPINE_LINUX_3_8"),
            ("ol", "7.9", "ORACLE_LINUX_7"),
            ("wolfi", "20230201", "WOLFI_20230201"),
            ("debian", "", "DEBIAN"),
        ];
        for (id, version, expected) in rows {
            let os = OperatingSystem {
                id: id.to_owned(),
                version_id: version.to_owned(),
                ..OperatingSystem::default()
            };
            assert_eq!(platform(&os), expected);
        }
    }

    #[test]
    fn a_machine_keeps_its_id() {
        let id = instance_id("0123456789abcdef");
        assert_eq!(id, instance_id("0123456789abcdef"));
        assert_ne!(id, instance_id("fedcba9876543210"));
        assert_eq!(id.len(), 19, "{id}");
    }
}
