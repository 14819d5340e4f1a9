//! The image configuration (OCI image specification, config.md).

use serde::Deserialize;

use super::Platform;

/// What is used of a configuration.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
    #[serde(default)]
    rootfs: RootFs,
    #[serde(default)]
    history: Vec<Step>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Step {
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: bool,
}

impl Config {
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone(),
        }
    }

    /// Digests of the uncompressed layers, lowest first.
    pub fn diff_ids(&self) -> &[String] {
        &self.rootfs.diff_ids
    }

    /// What made each layer, lowest first.
    pub fn layer_steps(&self) -> Vec<Option<String>> {
        self.history
            .iter()
            .filter(|step| !step.empty_layer)
            .map(|step| step.created_by.clone())
            .collect()
    }
}
