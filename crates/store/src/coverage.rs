//! Which resources are covered by which scans, filtered, paged and counted.

use findings::{
    criteria::{Comparison, Conditions, Criteria, CriteriaError},
    resource::Resource,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    Row, Scope, StoreError, Tx,
    listing::condition::{Parameters, Place, covered},
    records::decode,
};

/// Each member of coverage criteria with what it is read from (service model,
/// `CoverageFilterCriteria`).
const MEMBERS: [(&str, Place); 33] = [
    ("scanStatusCode", Place::Text("f.status")),
    ("scanStatusReason", Place::Text("f.reason")),
    ("accountId", Place::Text("f.account")),
    ("resourceId", Place::Text("r.resource_id")),
    ("resourceType", Place::Text("r.resource_type")),
    ("scanType", Place::Text("f.scan_type")),
    (
        "ecrRepositoryName",
        Place::Attribute("ecrImageRepositoryName"),
    ),
    ("ecrImageTags", Place::Attribute("ecrImageTags")),
    ("ec2InstanceTags", Place::Tags("AWS_EC2_INSTANCE")),
    ("lambdaFunctionName", Place::Attribute("lambdaFunctionName")),
    ("lambdaFunctionTags", Place::Tags("AWS_LAMBDA_FUNCTION")),
    (
        "lambdaFunctionRuntime",
        Place::Attribute("lambdaFunctionRuntime"),
    ),
    ("machineImageTags", Place::Tags("MACHINE_IMAGE")),
    ("lastScannedAt", Place::Date("f.scanned_at")),
    ("scanMode", Place::Text("f.scan_mode")),
    ("imagePulledAt", Place::AttributeDate("imagePulledAt")),
    (
        "ecrImageLastInUseAt",
        Place::AttributeDate("ecrImageLastInUseAt"),
    ),
    (
        "ecrImageInUseCount",
        Place::AttributeNumber("ecrImageInUseCount"),
    ),
    (
        "codeRepositoryProjectName",
        Place::Attribute("codeRepositoryProjectName"),
    ),
    (
        "codeRepositoryProviderType",
        Place::Attribute("codeRepositoryProviderType"),
    ),
    (
        "codeRepositoryProviderTypeVisibility",
        Place::Attribute("codeRepositoryProviderTypeVisibility"),
    ),
    (
        "lastScannedCommitId",
        Place::Attribute("lastScannedCommitId"),
    ),
    ("cloudProvider", Place::Attribute("cloudProvider")),
    ("cloudProviderAccountId", Place::Text("f.account")),
    ("cloudProviderRegion", Place::Text("f.region")),
    ("cloudVmInstanceTags", Place::Tags("AWS_EC2_INSTANCE")),
    (
        "cloudContainerImageTags",
        Place::Attribute("cloudImageTags"),
    ),
    (
        "cloudContainerRepositoryName",
        Place::Attribute("cloudImageRepositoryName"),
    ),
    (
        "cloudContainerRegistryName",
        Place::Attribute("cloudImageRegistry"),
    ),
    (
        "cloudServerlessFunctionName",
        Place::Attribute("cloudServerlessFunctionName"),
    ),
    (
        "cloudServerlessFunctionRuntime",
        Place::Attribute("cloudServerlessFunctionRuntime"),
    ),
    (
        "cloudServerlessFunctionTags",
        Place::Tags("AWS_LAMBDA_FUNCTION"),
    ),
    ("cloudProviderOrgId", Place::Attribute("cloudProviderOrgId")),
];

/// Conditions on covered resources, with the meaning of finding criteria.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CoverageCriteria(Vec<(Place, Conditions)>);

impl CoverageCriteria {
    /// Reads the JSON of a `CoverageFilterCriteria`.
    ///
    /// # Errors
    ///
    /// When a member is not known or an entry is not of its kind.
    pub fn from_json(value: &Json) -> Result<Self, CriteriaError> {
        let Json::Object(members) = value else {
            return wrong("filterCriteria", "an object was expected");
        };
        let mut criteria = Self::default();
        for (name, entries) in members.iter().filter(|(_, entries)| !entries.is_null()) {
            let mut known = MEMBERS.iter();
            let Some((_, field)) = known.find(|(member, _)| member == name) else {
                return wrong(name, "there is no such member");
            };
            // A member of the finding criteria whose entries have the same form.
            let like = match field {
                Place::Text(_) | Place::Attribute(_) => "title",
                Place::Tags(_) => "resourceTags",
                Place::Date(_) | Place::AttributeDate(_) => "updatedAt",
                Place::AttributeNumber(_) => "inspectorScore",
            };
            let parsed = Criteria::from_json(&json!({ like: entries }));
            let parsed = parsed.map_err(|error| CriteriaError {
                path: error.path.replacen(like, name, 1),
                message: error.message,
            })?;
            for (_, conditions) in parsed.members {
                if has_prefix(&conditions) {
                    return wrong(name, "EQUALS or NOT_EQUALS was expected");
                }
                criteria.0.push((*field, conditions));
            }
        }
        Ok(criteria)
    }
}

fn has_prefix(conditions: &Conditions) -> bool {
    match conditions {
        Conditions::Text(list) => list.iter().any(|c| c.comparison == Comparison::Prefix),
        _ => false,
    }
}

fn wrong<T>(path: &str, message: &str) -> Result<T, CriteriaError> {
    Err(CriteriaError {
        path: path.to_owned(),
        message: message.to_owned(),
    })
}

/// One kind of scan of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredResource {
    pub resource: Resource,
    /// `PACKAGE`, `NETWORK` or `CODE`.
    pub scan_type: String,
    pub active: bool,
    /// A `ScanStatusReason`.
    pub reason: String,
    /// What went wrong, in words.
    pub detail: Option<String>,
    pub scan_mode: Option<String>,
    /// Milliseconds since 1970.
    pub scanned_at: Option<i64>,
}

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    resource: i64,
    scan_type: String,
}

/// One page of the scope's coverage, in an order that never changes.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    criteria: &CoverageCriteria,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<(Vec<CoveredResource>, Option<Cursor>), StoreError> {
    let mut to = Parameters::default();
    let mut condition = covered(scope, &criteria.0, &mut to);
    if let Some(cursor) = cursor {
        let places = [to.add(cursor.resource), to.add(&cursor.scan_type)].join(", ");
        condition += &[" AND (f.resource, f.scan_type) > (", &places, ")"].concat();
    }
    let limit = to.add(i64::try_from(size + 1).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT f.resource, f.scan_type, f.status, f.reason, f.detail, f.scan_mode, \
         f.scanned_at, r.body FROM coverage f JOIN resources r ON r.id = f.resource \
         WHERE {condition} ORDER BY f.resource, f.scan_type LIMIT {limit}"
    );
    let rows = tx.query(&sql, &to.0)?;
    let shown = rows.iter().take(size);
    let page = shown.map(read).collect::<Result<Vec<_>, _>>()?;
    let last = rows.iter().take(size).next_back();
    let next = match last.filter(|_| rows.len() > size) {
        Some(row) => Some(Cursor {
            resource: row.int(0)?,
            scan_type: row.text(1)?.to_owned(),
        }),
        None => None,
    };
    Ok((page, next))
}

fn read(row: &Row) -> Result<CoveredResource, StoreError> {
    let owned = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_owned));
    Ok(CoveredResource {
        resource: decode("a resource", row.text(7)?)?,
        scan_type: row.text(1)?.to_owned(),
        active: row.text(2)? == "ACTIVE",
        reason: row.text(3)?.to_owned(),
        detail: owned(4)?,
        scan_mode: owned(5)?,
        scanned_at: row.optional_int(6)?,
    })
}

/// What covered resources are counted by (service model, `GroupKey`), each with where it is.
const GROUPS: [(&str, &str); 9] = [
    ("SCAN_STATUS_CODE", "f.status"),
    ("SCAN_STATUS_REASON", "f.reason"),
    ("ACCOUNT_ID", "f.account"),
    ("RESOURCE_TYPE", "r.resource_type"),
    ("ECR_REPOSITORY_NAME", "ecrImageRepositoryName"),
    ("PROVIDER", "cloudProvider"),
    ("PROVIDER_ACCOUNT_ID", "f.account"),
    ("PROVIDER_REGION", "f.region"),
    ("PROVIDER_ORG_ID", "cloudProviderOrgId"),
];

/// How many rows of the scope's coverage there are for each value of a `GroupKey`, by value; rows
/// without a value are not among them. None if there is no such key.
pub fn counts_by(
    tx: &mut Tx<'_>,
    scope: &Scope,
    criteria: &CoverageCriteria,
    group_key: &str,
) -> Result<Option<Vec<(String, i64)>>, StoreError> {
    let mut groups = GROUPS.iter();
    let Some((_, place)) = groups.find(|(name, _)| *name == group_key) else {
        return Ok(None);
    };
    let mut to = Parameters::default();
    let condition = covered(scope, &criteria.0, &mut to);
    let (value, join) = if place.contains('.') {
        (*place, String::new())
    } else {
        let name = to.add(*place);
        let join =
            format!("JOIN resource_attributes g ON g.resource = f.resource AND g.name = {name}");
        ("g.value", join)
    };
    let sql = format!(
        "SELECT {value}, COUNT(*) FROM coverage f JOIN resources r ON r.id = f.resource {join} \
         WHERE {condition} GROUP BY {value} ORDER BY {value}"
    );
    let rows = tx.query(&sql, &to.0)?;
    let counts = rows
        .iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)));
    counts.collect::<Result<_, StoreError>>().map(Some)
}

/// How many rows of the scope's coverage satisfy the criteria.
pub fn count(
    tx: &mut Tx<'_>,
    scope: &Scope,
    criteria: &CoverageCriteria,
) -> Result<i64, StoreError> {
    let mut to = Parameters::default();
    let condition = covered(scope, &criteria.0, &mut to);
    let sql = format!(
        "SELECT COUNT(*) FROM coverage f JOIN resources r ON r.id = f.resource WHERE {condition}"
    );
    let row = tx.first(&sql, &to.0)?;
    row.map_or(Ok(0), |row| row.int(0))
}
