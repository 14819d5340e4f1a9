//! Where exports go: a directory of this machine, or buckets of an S3-compatible store.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use api::wire::Destination;
use store::Scope;

use super::{
    object_store::{ObjectStore, Options},
    reports::Trouble,
};
use crate::credentials::{self, AccessKey};

/// Where all exports of the service go.
#[derive(Debug)]
pub(crate) enum Place {
    /// Each account has a directory in it, and in that one for each bucket.
    Directory(PathBuf),
    Store(ObjectStore),
}

/// Where exports are to go, as configured.
#[derive(Debug)]
pub(crate) struct Settings {
    /// A directory, or the address of an S3-compatible store.
    pub(crate) place: Option<String>,
    /// The Region for which requests to a store are signed; without one, the report's.
    pub(crate) region: Option<String>,
    /// Whether a store is asked to encrypt with the KMS key that the client names.
    pub(crate) encrypts: bool,
    /// The key for a store; without one, that of the environment.
    pub(crate) key: Option<AccessKey>,
}

/// A file to be put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Put<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) destination: &'a Destination,
    pub(crate) key: &'a str,
    pub(crate) media: &'a str,
    pub(crate) report: &'a str,
}

impl Place {
    /// Where the settings say, or into the data directory.
    ///
    /// # Errors
    ///
    /// The address is not one of a store, there is no key for it, or a directory has settings that
    /// only a store can follow.
    pub(crate) fn open(settings: &Settings, data_dir: &Path) -> anyhow::Result<Self> {
        let place = settings.place.as_deref();
        let Some(endpoint) = place.filter(|place| place.contains("://")) else {
            ensure!(
                settings.region.is_none() && settings.encrypts && settings.key.is_none(),
                "exports: a Region, a key and `encrypted` are for an S3-compatible store, and the \
                 place is a directory: give the store's address"
            );
            let usual = || data_dir.join("exports");
            return Ok(Self::Directory(place.map_or_else(usual, PathBuf::from)));
        };
        let key = match &settings.key {
            Some(key) => key.clone(),
            None => credentials::find(None, None)?,
        };
        let options = Options {
            endpoint: endpoint.to_owned(),
            key,
            region: settings.region.clone(),
            encrypts: settings.encrypts,
        };
        Ok(Self::Store(ObjectStore::new(options).context("exports")?))
    }

    /// Refuses a destination that can not be right, before a report is written for it, and makes
    /// room.
    pub(crate) fn begin(&self, report: &str, destination: &Destination) -> Result<(), Trouble> {
        let bucket = &destination.bucket_name;
        if !is_bucket(bucket) {
            return Err(Trouble::failed(
                "BUCKET_NOT_FOUND",
                "The bucket's name is not one that a bucket can have",
            ));
        }
        if !is_key_arn(&destination.kms_key_arn) {
            return Err(Trouble::failed(
                "MALFORMED_KMS_KEY",
                "The ARN of the KMS key is not one that a key can have",
            ));
        }
        if let Self::Directory(root) = self {
            let prefix = destination.key_prefix.as_deref().unwrap_or_default();
            segments(prefix)?;
            tidy(root, report).with_context(|| format!("tidy {}", root.display()))?;
        }
        Ok(())
    }

    /// Puts a file, whole or not at all.
    pub(crate) fn put(&self, put: &Put<'_>, content: &mut File) -> Result<(), Trouble> {
        match self {
            Self::Directory(root) => to_directory(root, put, content),
            Self::Store(store) => store.put(put, content),
        }
    }

    /// Removes what was put, as far as it can be.
    pub(crate) fn remove(&self, scope: &Scope, destination: &Destination, key: &str) {
        let removed = match self {
            Self::Directory(root) => match path(root, scope, destination, key) {
                Ok(path) => fs::remove_file(path).context("remove the file"),
                Err(_) => return,
            },
            Self::Store(store) => store.remove(scope, destination, key),
        };
        if let Err(error) = removed {
            tracing::warn!(
                key,
                error = format!("{error:#}"),
                "an export was not taken back"
            );
        }
    }
}

/// Names of buckets (Amazon S3 user guide, "Bucket naming rules").
fn is_bucket(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let is_end = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|b| known(*b))
        && is_end(bytes.first())
        && is_end(bytes.last())
        && !name.contains("..")
}

/// ARNs of keys (service model, `KmsKeyArn`), and of their aliases.
fn is_key_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [scheme, partition, service, _, _, key] = parts.as_slice() else {
        return false;
    };
    let name = key
        .strip_prefix("key/")
        .or_else(|| key.strip_prefix("alias/"));
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-_/".contains(&b);
    *scheme == "arn"
        && partition.starts_with("aws")
        && *service == "kms"
        && name.is_some_and(|name| !name.is_empty() && name.bytes().all(known))
}

/// The parts of a key that may name directories and a file: nothing that leads elsewhere.
fn segments(key: &str) -> Result<Vec<&str>, Trouble> {
    let parts: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
    let leads_away = |part: &str| {
        matches!(part, "." | "..")
            || part.len() > 200
            || part.chars().any(|c| c.is_control() || c == '\\')
    };
    if parts.iter().any(|part| leads_away(part)) {
        return Err(Trouble::failed(
            "INVALID_PERMISSIONS",
            "The key prefix cannot be used in the directory that this server exports to",
        ));
    }
    Ok(parts)
}

/// The directory of files that are not whole yet; accounts have digits.
const PARTIAL: &str = ".lynkeus-partial";

/// Removes what those who began the report before left.
fn tidy(root: &Path, report: &str) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(PARTIAL)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(report) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn path(
    root: &Path,
    scope: &Scope,
    destination: &Destination,
    key: &str,
) -> Result<PathBuf, Trouble> {
    let mut path = root.join(&scope.account).join(&destination.bucket_name);
    path.extend(segments(key)?);
    Ok(path)
}

fn to_directory(root: &Path, put: &Put<'_>, content: &mut File) -> Result<(), Trouble> {
    let path = path(root, put.scope, put.destination, put.key)?;
    let Some(parent) = path.parent() else {
        return Err(Trouble::failed("INTERNAL_ERROR", "There is no directory"));
    };
    let context = || format!("write {}", path.display());
    fs::create_dir_all(parent).with_context(context)?;
    let staging = root.join(PARTIAL);
    fs::create_dir_all(&staging).with_context(context)?;
    // A worker that has lost its lease and does not know it yet is another process.
    let partial = staging.join(format!("{}-{}", put.report, std::process::id()));
    let mut write = || {
        let mut file = File::create(&partial)?;
        io::copy(content, &mut file)?;
        file.sync_all()?;
        fs::rename(&partial, &path)
    };
    Ok(write().with_context(context)?)
}

#[cfg(test)]
mod tests {
    use super::{Trouble, is_bucket, is_key_arn, segments};

    #[test]
    fn buckets_and_keys_have_the_names_that_s3_and_kms_allow() {
        let rows = [
            ("bucket", true),
            ("my.bucket-1", true),
            ("ab", false),
            ("..", false),
            ("a..b", false),
            ("Bucket", false),
            ("-bucket", false),
            ("a/b", false),
            ("", false),
        ];
        for (name, expected) in rows {
            assert_eq!(is_bucket(name), expected, "{name}");
        }
        let id = "12345678-1234-1234-1234-123456789012";
        let rows = [
            (format!("arn:aws:kms:eu-west-1:123456789012:key/{id}"), true),
            (
                format!("arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-{id}"),
                true,
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:alias/my/key".to_owned(),
                true,
            ),
            (format!("arn:aws:s3:eu-west-1:123456789012:key/{id}"), false),
            ("arn:aws:kms:eu-west-1:123456789012:key/".to_owned(), false),
            ("key".to_owned(), false),
        ];
        for (arn, expected) in rows {
            assert_eq!(is_key_arn(&arn), expected, "{arn}");
        }
    }

    #[test]
    fn keys_stay_in_their_directory() {
        assert_eq!(segments("/a//b/").unwrap(), ["a", "b"]);
        for key in ["..", "a/../b", "./a", "a\\b", "a\0b"] {
            let refused = segments(key);
            assert!(matches!(refused, Err(Trouble::Failed(_))), "{key}");
        }
    }
}
