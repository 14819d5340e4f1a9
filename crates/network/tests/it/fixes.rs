//! Proposed fixes are tried out; thought changes open and close what they should.

use std::sync::Arc;

use lynkeus_network::edit::{Rule, add_rule, remove};
use lynkeus_network::explain::{evidence, fix};
use lynkeus_network::finding::Options;
use lynkeus_network::incremental::Live;
use serde_json::json;

use super::base::base;
use super::estate::{document, snapshot};

#[test]
fn what_decides_is_named_and_removing_it_closes() {
    let mut network = base();
    network["SecurityGroupRules"] = json!([{"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "IsEgress": false,
        "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}]);
    let estate = snapshot(&network);
    let mut live = Live::new(Arc::new(estate.clone()), Options::default());
    let findings = live.findings();
    let named: Vec<String> = evidence(&estate, &findings[0])
        .into_iter()
        .map(|e| format!("{} {}", e.component, e.rule))
        .collect();
    let expected = [
        "acl-1 ingress,100 allow",
        "sg-1 sgr-1 sg-1,ingress,tcp,22,0.0.0.0/0",
        "acl-1 egress,100 allow",
        "rtb-1 0.0.0.0/0",
    ];
    assert_eq!(named, expected);
    let fix = fix(&mut live, &findings[0]).expect("a fix");
    assert_eq!(
        fix.remove,
        [Rule::parse("sg-1,ingress,tcp,22,0.0.0.0/0").expect("a rule")]
    );
    assert_eq!(live.findings(), findings, "trying out changes nothing");
    for what in [
        "sgr-1",
        "sg-1,ingress,tcp,22,0.0.0.0/0",
        "acl-1,ingress,100",
        "acl-1,egress,100",
        "rtb-1,0.0.0.0/0",
        "igw-1",
        "sg-1",
        "eni-1",
    ] {
        let mut thought = estate.clone();
        assert!(remove(&mut thought, what), "{what}");
        let live = Live::new(Arc::new(thought), Options::default());
        assert_eq!(live.findings().len(), 0, "{what}");
    }
    let mut thought = estate;
    let rule = Rule::parse("sg-1,ingress,udp,53,8.8.8.8/32").expect("a rule");
    assert!(add_rule(&mut thought, &rule));
    assert_eq!(
        Live::new(Arc::new(thought), Options::default())
            .findings()
            .len(),
        2
    );
}

#[test]
fn every_proposed_fix_ends_its_finding() {
    let mut fixes = 0;
    for seed in 0..40 {
        let mut live = Live::new(Arc::new(snapshot(&document(seed))), Options::default());
        let before = live.findings();
        for finding in &before {
            fixes += usize::from(fix(&mut live, finding).is_some());
        }
        assert_eq!(live.findings(), before, "seed {seed}");
    }
    assert!(fixes > 0);
}
