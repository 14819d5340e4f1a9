//! Findings of networks, from a configuration that is submitted to what `boto3` reads.

use crate::{network::samples, up::story};

#[test]
fn boto3_reads_findings_of_networks_on_sqlite() {
    let Some(samples) = samples() else { return };
    let data = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", data.path().join("store.db").display());
    story(&store, "reach.py", &[samples.as_os_str()]);
    assert!(data.path().join("store.db").exists());
}

#[test]
fn boto3_reads_findings_of_networks_on_postgresql() {
    let Some(samples) = samples() else { return };
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    assert!(address.starts_with("postgres"));
    story(&address, "reach.py", &[samples.as_os_str()]);
}
