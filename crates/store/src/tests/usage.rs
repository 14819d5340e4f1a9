//! Usage is counted by day and forgotten after a month.

use std::collections::BTreeMap;

use findings::resource::{Instance, Resource, ResourceDetails, ResourceType};

use crate::{
    Scope, Tx,
    resources::{self, Covered},
    testing::each_engine,
    usage,
};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[test]
fn covered_machines_cost_hours_and_others_do_not() {
    each_engine(|_, engine| {
        let scope = Scope::new("123456789012", "eu-west-1");
        let other = Scope::new("210987654321", "eu-west-1");
        let now = 20_000 * DAY;
        let machine = |tx: &mut Tx<'_>, scope: &Scope, id: &str, active: bool| {
            let resource = Resource {
                kind: ResourceType::AwsEc2Instance,
                id: id.to_owned(),
                tags: BTreeMap::new(),
                details: ResourceDetails::Instance(Instance::default()),
            };
            let stored = resources::put(tx, scope, &resource, now)?;
            let covered = Covered {
                scan_type: "PACKAGE",
                active,
                reason: "SUCCESSFUL",
                detail: None,
                scan_mode: None,
                scanned_at: Some(now),
            };
            resources::set_coverage(tx, scope, stored.number, &covered)
        };
        let totals = engine.write(|tx| {
            machine(tx, &scope, "i-1", true)?;
            machine(tx, &scope, "i-2", true)?;
            machine(tx, &scope, "i-3", false)?;
            machine(tx, &other, "i-4", true)?;
            for day in [now - 40 * DAY, now - DAY, now] {
                usage::add_covered_hours(tx, "AWS_EC2_INSTANCE", "EC2_INSTANCE_HOURS", 0.5, day)?;
            }
            usage::add(tx, &scope, "ECR_RESCAN", 1.0, now)?;
            usage::add(tx, &scope, "ECR_RESCAN", 1.0, now)?;
            let mine = usage::totals(tx, &scope, now)?;
            Ok((mine, usage::totals(tx, &other, now)?))
        });
        let (mine, others) = totals.expect("count");
        let seen = |used: &[usage::Used]| -> Vec<(String, f64)> {
            let used = used.iter();
            used.map(|u| (u.usage_type.clone(), u.amount)).collect()
        };
        let hours = |amount| ("EC2_INSTANCE_HOURS".to_owned(), amount);
        assert_eq!(seen(&mine), [hours(2.0), ("ECR_RESCAN".to_owned(), 2.0)]);
        assert_eq!(seen(&others), [hours(1.0)]);
    });
}
