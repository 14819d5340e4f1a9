//! What would close an open path, tried out on the configuration that is kept.

use dashboard::Remedy;
use network::{
    edit::Rule,
    explain::{Fix, fix},
    snapshot::Snapshot,
};

use super::{Held, observe};

impl Held {
    /// What would close the path of an instance with this key.
    pub(crate) fn remedies(&mut self, instance: &str, key: &str) -> Vec<Remedy> {
        let findings = self.live.findings();
        let mut of_instance = findings.iter().filter(|f| f.instance == instance);
        let Some(finding) = of_instance.find(|f| observe::key(f) == key) else {
            return Vec::new();
        };
        let fix = fix(&mut self.live, finding);
        let snapshot = self.live.snapshot();
        fix.iter().map(|fix| remedy(snapshot, fix)).collect()
    }
}

fn remedy(snapshot: &Snapshot, fix: &Fix) -> Remedy {
    Remedy {
        changes: fix
            .remove
            .iter()
            .map(|rule| format!("remove {rule}"))
            .collect(),
        commands: fix
            .remove
            .iter()
            .filter_map(|rule| command(snapshot, rule))
            .collect(),
        also_closes: fix.also_closes.clone(),
        shared_with: fix.shared_with.clone(),
    }
}

/// The command that takes a rule away, if it can be written in one line.
fn command(snapshot: &Snapshot, rule: &Rule) -> Option<String> {
    let direction = if rule.is_egress { "egress" } else { "ingress" };
    let verb = format!(
        "aws ec2 revoke-security-group-{direction} --group-id {}",
        rule.group
    );
    if let Some(id) = rule.id(snapshot) {
        return Some(format!("{verb} --security-group-rule-ids {id}"));
    }
    let is_plain = rule.peer.contains('.') && matches!(rule.protocol.as_str(), "tcp" | "udp");
    let (from, to) = rule.ports.filter(|_| is_plain)?;
    let ports = if from == to {
        from.to_string()
    } else {
        format!("{from}-{to}")
    };
    let (protocol, peer) = (&rule.protocol, &rule.peer);
    Some(format!(
        "{verb} --protocol {protocol} --port {ports} --cidr {peer}"
    ))
}
