//! Access keys as AWS's tools find them: in the environment, or in a profile of a file.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use api::scalar::Secret;

use crate::config;

/// A key with which requests are signed.
#[derive(Debug, Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    /// Of a temporary key.
    pub(crate) session_token: Option<Secret>,
}

/// The key of a profile if one is named, else of the environment, else of the file that the
/// service wrote into the data directory, else of the default profile.
pub(crate) fn find(profile: Option<&str>, data_dir: Option<&Path>) -> Result<AccessKey> {
    let named = profile.map(str::to_owned).or_else(config::profile);
    if let Some(named) = &named {
        let file = config::credentials_file()
            .context("neither AWS_SHARED_CREDENTIALS_FILE nor HOME is set")?;
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        return match in_profile(&text, named) {
            Some(key) => Ok(key),
            None => bail!(
                "{} has no access key for the profile {named}",
                file.display()
            ),
        };
    }
    if let Some(key) = config::access_key() {
        return Ok(key);
    }
    let own = data_dir.map(config::credentials);
    for file in own.into_iter().chain(config::credentials_file()) {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        if let Some(key) = in_profile(&text, "default") {
            return Ok(key);
        }
    }
    bail!(
        "no access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or give \
         the --data-dir of the service"
    )
}

/// The key of a section of a shared credentials file (AWS SDKs and tools reference guide, "Shared
/// config and credentials files").
fn in_profile(text: &str, profile: &str) -> Option<AccessKey> {
    let (mut id, mut secret, mut session_token) = (None, None, None);
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            inside = name.trim() == profile;
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| inside) else {
            continue;
        };
        let value = value.trim().to_owned();
        match name.trim() {
            "aws_access_key_id" => id = Some(value),
            "aws_secret_access_key" => secret = Some(Secret::from(value)),
            "aws_session_token" => session_token = Some(Secret::from(value)),
            _ => {}
        }
    }
    Some(AccessKey {
        id: id.filter(|id| !id.is_empty())?,
        secret: secret?,
        session_token,
    })
}

#[cfg(test)]
mod tests {
    use super::in_profile;

    #[test]
    fn profiles_are_told_apart() {
        let text = "# a comment\n[default]\naws_access_key_id = A\naws_secret_access_key=S\n\n\
                    [ other ]\naws_access_key_id=B\naws_secret_access_key = T=\naws_session_token = U\n\
                    [broken]\naws_access_key_id = C\n";
        let key = |profile| in_profile(text, profile);
        assert_eq!(key("default").unwrap().id, "A");
        let other = key("other").unwrap();
        assert_eq!((other.id.as_str(), other.secret.expose()), ("B", "T="));
        assert_eq!(other.session_token.unwrap().expose(), "U");
        assert!(key("broken").is_none());
        assert!(key("nobody").is_none());
    }
}
