//! What would close an open path, tried out on the configuration that is kept.

use dashboard::Remedy;
use findings::finding::{Details, Finding as Kept};
use network::{
    fixes::{Fix, Needs, Trials},
    region::Ports,
};

use super::{Held, observe};

impl Held {
    /// What would close the path of an instance, the best first.
    pub(crate) fn remedies(&mut self, instance: &str, kept: &Kept) -> Vec<Remedy> {
        let key = &kept.observed.key;
        let findings = self.live.findings();
        let mut of_instance = findings.iter().filter(|f| f.instance == instance);
        let Some(finding) = of_instance.find(|f| observe::key(f) == *key) else {
            return Vec::new();
        };
        let needs = Needs {
            peers: Vec::new(),
            listening: listening(kept),
        };
        let fixes = Trials::new(&mut self.live).fixes(finding, &needs);
        fixes.into_iter().map(remedy).collect()
    }
}

/// The ports on which something listens, if anything is known to.
fn listening(kept: &Kept) -> Option<Ports> {
    let Details::Network(network) = &kept.observed.details else {
        return None;
    };
    let heard = &network.explained.as_ref()?.listening;
    let ports = heard.iter().map(|one| (one.port, one.port)).collect();
    (!heard.is_empty()).then(|| Ports::collect(ports))
}

fn remedy(fix: Fix) -> Remedy {
    Remedy {
        changes: fix.edits.iter().map(ToString::to_string).collect(),
        commands: fix.commands,
        remains: fix.remains,
        also_closes: fix.also_closes,
        shared_with: fix.shared_with,
    }
}
