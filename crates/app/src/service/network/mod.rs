//! Configurations of networks: kept, evaluated, and reconciled with findings of instances.
//!
//! A configuration is that of the account and Region which sent it. The last one counts, and what
//! it does not show is not closed.

mod change;
mod documents;
mod instances;
mod observe;
mod remedies;
mod settle;
mod visible;
mod witnesses;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Result, bail};
pub(crate) use documents::unpack;
use findings::{reach::Listener, resource::ResourceType};
pub(crate) use instances::is_instance_id;
use model::{Problem, Timestamp};
use network::{
    finding::{Finding, Options},
    incremental::Live,
    snapshot::{File, Snapshot, read},
};
pub(crate) use observe::details;
use store::{
    Engine, Scope, listeners,
    networks::{self, Document},
    resources,
    rules::Rules,
};

use self::{
    instances::{Life, Machine},
    settle::Settling,
    visible::Visible,
    witnesses::Witnesses,
};
use super::ingest::Changed;

/// Instances reconciled in one transaction.
const CHUNK: usize = 200;

/// The configurations that this process has evaluated, by account and Region.
#[derive(Debug, Default)]
pub(crate) struct Networks {
    held: Mutex<HashMap<Scope, Arc<Mutex<Option<Held>>>>>,
    /// What single packets said of open paths.
    pub(crate) witnesses: Witnesses,
}

/// An evaluated configuration.
#[derive(Debug)]
pub(crate) struct Held {
    digest: String,
    pub(crate) live: Live,
    machines: BTreeMap<String, Machine>,
    problems: Vec<Problem>,
}

/// What a configuration changed.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) instances: usize,
    /// Interfaces that were evaluated.
    pub(crate) evaluated: usize,
    /// Instances whose findings were reconciled.
    pub(crate) reconciled: usize,
    pub(crate) open: usize,
    pub(crate) unknown: usize,
    pub(crate) changed: Changed,
    pub(crate) problems: Vec<String>,
}

impl Networks {
    fn of(&self, scope: &Scope) -> Arc<Mutex<Option<Held>>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(held.entry(scope.clone()).or_default())
    }

    /// Keeps a configuration and makes the findings agree with it.
    ///
    /// # Errors
    ///
    /// When the store fails, or another process takes in a newer configuration meanwhile: then that
    /// one counts.
    pub(crate) fn take(
        &self,
        engine: &Engine,
        scope: &Scope,
        documents: &[Document],
        now: Timestamp,
    ) -> Result<Taken> {
        let place = self.of(scope);
        let mut place = lock(&place);
        let at = now.as_millisecond();
        let before = engine.write(|tx| {
            let before = networks::kept(tx, scope)?;
            networks::put(tx, scope, documents, at)?;
            Ok(before)
        })?;
        // The findings agree with what another process took in, if it did.
        let is_same = |held: &Held| before.is_some_and(|before| before.digest == held.digest);
        let held = place.take().filter(is_same);
        let (held, step) = evaluate(held, documents);
        let taken = self.settle(engine, scope, &held, &step, now);
        // What was not written to the end is evaluated from the beginning the next time.
        if taken.is_ok() {
            *place = Some(held);
        }
        taken
    }

    /// Writes what an evaluation says, and then follows the packets of what is open.
    fn settle(
        &self,
        engine: &Engine,
        scope: &Scope,
        held: &Held,
        step: &Step,
        now: Timestamp,
    ) -> Result<Taken> {
        let findings = held.live.findings();
        let taken = settle((engine, scope), (held, &findings), step, now)?;
        let touched = step.touched.as_ref();
        self.witnesses.replay(scope, held, &findings, touched);
        Ok(taken)
    }

    /// Evaluates the configuration that is kept, all of it.
    pub(crate) fn refresh(
        &self,
        engine: &Engine,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<Option<Taken>> {
        let place = self.of(scope);
        let mut place = lock(&place);
        let documents = engine.read(|tx| networks::documents(tx, scope))?;
        if documents.is_empty() {
            return Ok(None);
        }
        let (held, step) = evaluate(None, &documents);
        let taken = self.settle(engine, scope, &held, &step, now)?;
        *place = Some(held);
        Ok(Some(taken))
    }

    /// Notes who listens on a machine; its open paths tell of it.
    pub(crate) fn hear(
        &self,
        engine: &Engine,
        scope: &Scope,
        machine: &str,
        heard: &[Listener],
        now: Timestamp,
    ) -> Result<bool> {
        let kind = ResourceType::AwsEc2Instance.name();
        let is_known = engine.write(|tx| {
            let Some(stored) = resources::find(tx, scope, kind, machine)? else {
                return Ok(false);
            };
            if listeners::get(tx, stored.number)? != heard {
                listeners::set(tx, stored.number, heard, now.as_millisecond())?;
            }
            Ok(true)
        })?;
        if is_known {
            let touched = Some(BTreeSet::from([machine.to_owned()]));
            let step = Step {
                evaluated: 0,
                touched,
            };
            self.with(engine, scope, |held| {
                settle((engine, scope), (held, &held.live.findings()), &step, now)
            })?
            .transpose()?;
        }
        Ok(is_known)
    }

    /// Does something with the configuration that is kept, if one is.
    pub(crate) fn with<T>(
        &self,
        engine: &Engine,
        scope: &Scope,
        act: impl FnOnce(&mut Held) -> T,
    ) -> Result<Option<T>> {
        let place = self.of(scope);
        let mut place = lock(&place);
        let kept = engine.read(|tx| networks::kept(tx, scope))?;
        let Some(kept) = kept else { return Ok(None) };
        if place.as_ref().is_none_or(|held| held.digest != kept.digest) {
            let documents = engine.read(|tx| networks::documents(tx, scope))?;
            *place = Some(evaluate(None, &documents).0);
        }
        Ok(place.as_mut().map(act))
    }
}

fn lock(place: &Mutex<Option<Held>>) -> MutexGuard<'_, Option<Held>> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an evaluation did.
struct Step {
    /// Interfaces that were evaluated.
    evaluated: usize,
    /// The instances about which something may be different; all of them if nothing was held.
    touched: Option<BTreeSet<String>>,
}

/// Evaluates documents, from the one before where it is held.
fn evaluate(held: Option<Held>, documents: &[Document]) -> (Held, Step) {
    let files: Vec<File> = documents
        .iter()
        .map(|document| File {
            name: document.name.clone(),
            bytes: document.body.clone(),
        })
        .collect();
    let (snapshot, problems) = read(&files);
    let digest = networks::digest_of(documents);
    let machines = instances::read(documents);
    let Some(mut held) = held else {
        let evaluated = snapshot.interfaces.len();
        let live = Live::new(Arc::new(snapshot), Options::default());
        let held = Held {
            digest,
            live,
            machines,
            problems,
        };
        let touched = None;
        return (held, Step { evaluated, touched });
    };
    // What could be read before and cannot now changes what may be closed, of every instance.
    let same_view = held.problems.is_empty() == problems.is_empty()
        && held.live.snapshot().described == snapshot.described;
    let mut touched: BTreeSet<String> = BTreeSet::new();
    let ids = held.machines.keys().chain(machines.keys());
    for id in ids {
        let (old, new) = (held.machines.get(id), machines.get(id));
        let same = old
            .zip(new)
            .is_some_and(|(old, new)| old.resource == new.resource && old.life == new.life);
        if !same {
            touched.insert(id.clone());
        }
    }
    let done = change::follow(&mut held.live, snapshot);
    touched.extend(done.instances);
    held.digest = digest;
    held.machines = machines;
    held.problems = problems;
    let step = Step {
        evaluated: done.evaluated,
        touched: same_view.then_some(touched),
    };
    (held, step)
}

/// Writes what an evaluation says of each instance.
fn settle(
    (engine, scope): (&Engine, &Scope),
    (held, findings): (&Held, &[Finding]),
    step: &Step,
    now: Timestamp,
) -> Result<Taken> {
    let snapshot = held.live.snapshot();
    let mut by_instance: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for id in known(snapshot, &held.machines) {
        by_instance.entry(id).or_default();
    }
    for finding in findings {
        let of = by_instance.entry(&finding.instance).or_default();
        of.push(finding);
    }
    let is_open = |f: &&Finding| matches!(f.verdict, network::finding::Verdict::Open(_));
    let mut taken = Taken {
        instances: by_instance.len(),
        evaluated: step.evaluated,
        open: findings.iter().filter(is_open).count(),
        problems: held
            .problems
            .iter()
            .take(100)
            .map(ToString::to_string)
            .collect(),
        ..Taken::default()
    };
    taken.unknown = findings.len() - taken.open;
    let visible = Visible::of(snapshot, !held.problems.is_empty());
    let settling = Settling {
        scope,
        snapshot,
        machines: &held.machines,
        visible: &visible,
        now,
    };
    let is_touched = |id: &str| {
        step.touched
            .as_ref()
            .is_none_or(|touched| touched.contains(id))
    };
    let todo: Vec<_> = by_instance
        .iter()
        .filter(|(id, _)| is_touched(id))
        .collect();
    let newest = |tx: &mut store::Tx<'_>| -> Result<bool, store::StoreError> {
        let kept = networks::kept_and_hold(tx, scope)?;
        Ok(kept.is_some_and(|kept| kept.digest == held.digest))
    };
    for chunk in todo.chunks(CHUNK) {
        let changes = engine.write(|tx| {
            if !newest(tx)? {
                return Ok(None);
            }
            let rules = &mut Rules::default();
            let mut changes = Vec::new();
            for (id, findings) in chunk {
                changes.extend(settling.instance(tx, id, findings, rules)?);
            }
            Ok(Some(changes))
        })?;
        let Some(changes) = changes else {
            bail!("a newer configuration of these networks came meanwhile");
        };
        taken.reconciled += chunk.len();
        taken.count(&changes);
    }
    let gone = engine.write(|tx| {
        if !newest(tx)? {
            return Ok(Vec::new());
        }
        networks::touch(tx, scope, now.as_millisecond())?;
        settling.gone(tx, &by_instance)
    })?;
    taken.count(&gone);
    Ok(taken)
}

/// The instances that a configuration speaks of.
fn known<'h>(snapshot: &'h Snapshot, machines: &'h BTreeMap<String, Machine>) -> BTreeSet<&'h str> {
    let attached = snapshot.interfaces.values().filter_map(|i| i.instance());
    let attached = attached.filter(|id| is_instance_id(id));
    let living = machines
        .iter()
        .filter(|(_, machine)| machine.life != Life::Gone);
    attached
        .chain(living.map(|(id, _)| id.as_str()))
        .filter(|id| machines.get(*id).is_none_or(|m| m.life != Life::Gone))
        .collect()
}

impl Taken {
    fn count(&mut self, changes: &[findings::lifecycle::Change]) {
        for change in changes {
            *self.changed.entry(change.kind.name()).or_default() += 1;
        }
    }
}
