//! Findings that follow the configuration: a change re-evaluates what it touches, and nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::engine::Engine;
use crate::finding::{self, Finding, Options};
use crate::reads::{self, Cell, Log};
use crate::roots::Root;
use crate::snapshot::{Change, Id, Snapshot, Touched};

/// What a change did to the findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    pub opened: Vec<Finding>,
    pub closed: Vec<Finding>,
    /// Interfaces that were evaluated again.
    pub evaluated: usize,
    /// Load balancers, accelerators, origins and services that were evaluated again.
    pub indirect: usize,
}

/// What was found at a root, and the cell that has read what it was found by.
#[derive(Debug)]
struct Place {
    findings: Vec<Finding>,
    cell: Cell,
}

/// The findings of a configuration that changes.
#[derive(Debug)]
pub struct Live {
    engine: Engine,
    options: Options,
    places: BTreeMap<Root, Place>,
    roots: HashMap<Cell, Root>,
    /// Who has read what; nothing after a change that was not followed to its end.
    log: Option<Log>,
}

impl Live {
    /// Evaluates everything once.
    pub fn new(snapshot: Arc<Snapshot>, options: Options) -> Self {
        let mut live = Self {
            engine: Engine::new(snapshot),
            options,
            places: BTreeMap::new(),
            roots: HashMap::new(),
            log: None,
        };
        let roots = Root::all(live.snapshot());
        let ((), log) = reads::with(Log::default(), || {
            for root in roots {
                live.evaluate(root);
            }
        });
        live.log = Some(log);
        live
    }

    /// The configuration now.
    pub fn snapshot(&self) -> &Snapshot {
        &self.engine.snapshot
    }

    /// The findings now, in order.
    pub fn findings(&self) -> Vec<Finding> {
        let all = self.places.values().flat_map(|place| &place.findings);
        let mut findings: Vec<Finding> = all.cloned().collect();
        findings.sort_by(|a, b| finding::key(a).cmp(&finding::key(b)));
        findings
    }

    /// How findings are judged.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The findings of one interface now.
    pub(crate) fn at(&self, interface: &str) -> impl Iterator<Item = &Finding> {
        let own = self.places.get(&Root::Interface(interface.to_owned()));
        // Interfaces are the first of all roots.
        let last = Root::Balancer(Id::new());
        let others = self
            .places
            .range(last..)
            .flat_map(|(_, place)| &place.findings);
        let direct = own.into_iter().flat_map(|place| &place.findings);
        direct.chain(others.filter(move |f| f.interface == interface))
    }

    /// The configuration with what was computed of it.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Follows a change.
    pub fn apply(&mut self, change: Change) -> Difference {
        self.apply_all([change])
    }

    /// Follows changes that come together: what they touch is evaluated once, after the last.
    pub fn apply_all(&mut self, changes: impl IntoIterator<Item = Change>) -> Difference {
        let log = self.log.take();
        let mut touched = Touched::new();
        let snapshot = Arc::make_mut(&mut self.engine.snapshot);
        for change in changes {
            snapshot.put(change, &mut touched);
        }
        let Some(mut log) = log else {
            return self.replace();
        };
        let places = touched.iter().map(|(place, key)| (*place, key.as_str()));
        let stale = log.change(places.clone());
        let mut dirty: BTreeSet<Root> = stale
            .iter()
            .filter_map(|cell| self.roots.get(cell).cloned())
            .collect();
        dirty.extend(places.filter_map(|(place, key)| Root::at(place, key)));
        let mut difference = Difference::default();
        let ((), mut log) = reads::with(log, || self.follow(dirty, &mut difference));
        self.sweep(&mut log);
        self.log = Some(log);
        difference
    }

    /// Evaluates some roots, those that are gone and new as well.
    fn follow(&mut self, dirty: BTreeSet<Root>, difference: &mut Difference) {
        for root in dirty {
            let is_interface = matches!(root, Root::Interface(_));
            let old = self.places.remove(&root);
            if !root.is_in(&self.engine.snapshot) {
                let Some(old) = old else { continue };
                self.roots.remove(&old.cell);
                reads::forget(old.cell);
                difference.closed.extend(old.findings);
                continue;
            }
            *(if is_interface {
                &mut difference.evaluated
            } else {
                &mut difference.indirect
            }) += 1;
            let (old, cell) = old.map_or((Vec::new(), None), |p| (p.findings, Some(p.cell)));
            let new = self.evaluate_in(root, cell);
            compare(&old, new, difference);
        }
    }

    fn evaluate(&mut self, root: Root) {
        self.evaluate_in(root, None);
    }

    /// Evaluates a root, in the cell that it had if it had one.
    fn evaluate_in(&mut self, root: Root, cell: Option<Cell>) -> &[Finding] {
        let (engine, options) = (&mut self.engine, &self.options);
        let (findings, cell) = reads::compute(cell, || root.findings(engine, options));
        self.roots.insert(cell, root.clone());
        let place = self.places.entry(root);
        &place
            .insert_entry(Place { findings, cell })
            .into_mut()
            .findings
    }

    /// Evaluates everything again.
    fn replace(&mut self) -> Difference {
        let old = self.findings();
        let snapshot = Arc::clone(&self.engine.snapshot);
        *self = Self::new(snapshot, self.options.clone());
        let interfaces = self.engine.snapshot.interfaces.len();
        let mut difference = Difference {
            evaluated: interfaces,
            indirect: self.places.len() - interfaces,
            ..Difference::default()
        };
        compare(&old, &self.findings(), &mut difference);
        difference
    }

    /// Forgets what many changes have left behind.
    fn sweep(&mut self, log: &mut Log) {
        if !log.is_littered() {
            return;
        }
        let computed = self.engine.sweep(log);
        let used: BTreeSet<Cell> = computed.into_iter().collect();
        log.sweep(|cell| used.contains(&cell) || self.roots.contains_key(&cell));
    }
}

pub(crate) fn compare(old: &[Finding], new: &[Finding], difference: &mut Difference) {
    difference.closed.extend(without(old, new));
    difference.opened.extend(without(new, old));
}

/// The findings of one list that are not in the other.
fn without(these: &[Finding], others: &[Finding]) -> Vec<Finding> {
    let mut by_key: BTreeMap<finding::Key<'_>, Vec<&Finding>> = BTreeMap::new();
    for other in others {
        by_key.entry(finding::key(other)).or_default().push(other);
    }
    let is_there = |f: &&Finding| {
        let same = by_key.get(&finding::key(f));
        same.is_some_and(|same| same.contains(f))
    };
    these.iter().filter(|f| !is_there(f)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Live;
    use crate::finding::Options;
    use crate::snapshot::{Change, File, NetworkInterface, read};

    const ESTATE: &str = r#"{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16"}],
        "Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1"}],
        "InternetGateways":[{"InternetGatewayId":"igw-1","Attachments":[{"VpcId":"vpc-1"}]}],
        "RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[{"Main":true}],
            "Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1"}]}],
        "NetworkAcls":[{"NetworkAclId":"acl-1","VpcId":"vpc-1","IsDefault":true,"Entries":[
            {"RuleNumber":1,"Protocol":"-1","RuleAction":"allow","CidrBlock":"0.0.0.0/0"},
            {"RuleNumber":1,"Protocol":"-1","RuleAction":"allow","CidrBlock":"0.0.0.0/0","Egress":true}]}],
        "SecurityGroups":[{"GroupId":"sg-1","VpcId":"vpc-1","IpPermissions":[
            {"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}]}"#;

    fn interface(id: &str) -> NetworkInterface {
        let text = format!(
            r#"{{"NetworkInterfaceId":"{id}","VpcId":"vpc-1","SubnetId":"subnet-1",
            "Groups":[{{"GroupId":"sg-1"}}],"PrivateIpAddress":"10.0.0.4",
            "Association":{{"PublicIp":"54.0.0.4"}},"Attachment":{{"InstanceId":"i-{id}"}}}}"#
        );
        serde_json::from_str(&text).expect("an interface")
    }

    #[test]
    fn what_interfaces_that_come_and_go_leave_behind_is_swept_up() {
        let file = File {
            name: "estate.json".to_owned(),
            bytes: ESTATE.as_bytes().to_vec(),
        };
        let (snapshot, problems) = read(&[file]);
        assert_eq!(problems, []);
        let mut live = Live::new(Arc::new(snapshot), Options::default());
        let put = |id: &str| Change::Interfaces(id.to_owned(), Some(Box::new(interface(id))));
        live.apply(put("eni-stays"));
        let mut most = 0;
        for number in 0..2000 {
            let id = format!("eni-{number}");
            let difference = live.apply(put(&id));
            assert_eq!((difference.opened.len(), difference.evaluated), (1, 1));
            let difference = live.apply(Change::Interfaces(id, None));
            assert_eq!((difference.closed.len(), difference.evaluated), (1, 0));
            most = most.max(live.log.as_ref().map_or(0, crate::reads::Log::cells));
        }
        assert!(most < 2000, "{most} cells");
        assert_eq!(live.findings().len(), 1);
        let group = live.snapshot().groups["sg-1"].clone();
        let closed = crate::snapshot::SecurityGroup {
            ip_permissions: Vec::new(),
            ..group
        };
        let change = Change::Groups("sg-1".to_owned(), Some(Box::new(closed)));
        let difference = live.apply(change);
        assert_eq!((difference.closed.len(), difference.evaluated), (1, 1));
    }
}
