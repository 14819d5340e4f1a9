//! Resources that are covered no more: their findings are closed for another reason than a scan.

use findings::{
    finding::{ClosedBecause, FindingType, State},
    lifecycle,
};
use model::Timestamp;

use crate::{Scope, StoreError, Tx, Value, keep, resources};

/// Numbers of the resources of a type that are there, after one, in order.
pub fn covered(
    tx: &mut Tx<'_>,
    scope: &Scope,
    kind: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows = tx.query(
        "SELECT id FROM resources WHERE account = ?1 AND region = ?2 AND resource_type = ?3 \
         AND id > ?4 AND gone_at IS NULL ORDER BY id LIMIT ?5",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            kind.into(),
            after.into(),
            limit.into(),
        ],
    )?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Closes every open finding of a resource; says how many.
pub fn close(
    tx: &mut Tx<'_>,
    resource: i64,
    because: ClosedBecause,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let Some((scope, stored)) = resources::lock(tx, resource)? else {
        return Ok(0);
    };
    // A rule that is applied meanwhile must not see the findings open and write them back.
    tx.hold(&scope)?;
    let mut closed = 0;
    for kind in FindingType::ALL {
        let open = keep::of_resource(tx, resource, kind, None)?;
        let open = open.into_iter().filter(|f| f.state != State::Closed);
        let changes: Vec<_> = open
            .map(|finding| lifecycle::close(finding, because, now))
            .collect();
        keep::save(tx, &scope, &stored, &changes)?;
        closed += changes.len();
    }
    Ok(closed)
}

/// The reason of coverage that ended with the switch of its kind of scans.
const SWITCHED_OFF: &str = "SCAN_ELIGIBILITY_EXPIRED";

/// What is said beside that reason.
const BY_SWITCH: &str = "scans of this kind are switched off";

/// Notes that a resource is not covered any more, since scans of its kind are switched off.
pub fn uncover(tx: &mut Tx<'_>, resource: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE coverage SET status = 'INACTIVE', reason = ?2, detail = ?3 \
         WHERE resource = ?1 AND status = 'ACTIVE'",
        &[resource.into(), SWITCHED_OFF.into(), BY_SWITCH.into()],
    )?;
    Ok(())
}

/// Takes back what [`uncover`] noted.
pub fn cover_again(tx: &mut Tx<'_>, scope: &Scope, kind: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE coverage SET status = 'ACTIVE', reason = 'SUCCESSFUL', detail = NULL \
         WHERE account = ?1 AND region = ?2 AND status = 'INACTIVE' AND detail = ?3 \
         AND resource IN (SELECT id FROM resources WHERE account = ?1 AND region = ?2 \
         AND resource_type = ?4)",
        &[
            Value::from(&scope.account),
            Value::from(&scope.region),
            BY_SWITCH.into(),
            kind.into(),
        ],
    )?;
    Ok(())
}
