//! What an aggregation adds up: findings, or counts that are kept.

use findings::criteria::{Conditions, Field};

use super::{
    Request,
    kinds::{Kept, Plan, REPOSITORY},
};

/// A source of counts.
#[derive(Debug)]
pub(super) struct Counted {
    kept: Kept,
    /// The table, or what stands for one.
    from: &'static str,
    /// A condition on its rows `f`, beyond those of the request.
    pub(super) is_active: &'static str,
    /// What is read of a row.
    columns: &'static str,
    /// What is told of a group, from rows `g`.
    counts: &'static str,
}

const FINDINGS: Counted = Counted {
    kept: Kept::No,
    from: "findings",
    is_active: "f.status = 'ACTIVE'",
    columns: "f.severity, f.kind, f.exploit_available, f.fix_available, f.resource",
    counts: "COUNT(*) AS total, \
             COUNT(CASE WHEN g.severity = 5 THEN 1 END) AS critical, \
             COUNT(CASE WHEN g.severity = 4 THEN 1 END) AS high, \
             COUNT(CASE WHEN g.severity = 3 THEN 1 END) AS medium, \
             COUNT(CASE WHEN g.severity = 2 THEN 1 END) AS low, \
             COUNT(CASE WHEN g.severity = 1 THEN 1 END) AS informational, \
             COUNT(CASE WHEN g.severity = 0 THEN 1 END) AS untriaged, \
             COUNT(CASE WHEN g.kind = 'NETWORK_REACHABILITY' THEN 1 END) AS network, \
             COUNT(CASE WHEN g.exploit_available = 'YES' THEN 1 END) AS exploits, \
             COUNT(CASE WHEN g.fix_available = 'YES' THEN 1 END) AS fixes, \
             COUNT(DISTINCT g.resource) AS resources, MIN(g.resource) AS resource",
};

const RESOURCES: Counted = Counted {
    kept: Kept::Resources,
    from: "resource_counts",
    is_active: "f.total > 0",
    columns: "f.kind, f.resource, f.total, f.critical, f.high, f.medium, f.low, f.informational, \
              f.untriaged, f.exploits, f.fixes",
    counts: "CAST(SUM(g.total) AS BIGINT) AS total, \
             CAST(SUM(g.critical) AS BIGINT) AS critical, \
             CAST(SUM(g.high) AS BIGINT) AS high, \
             CAST(SUM(g.medium) AS BIGINT) AS medium, \
             CAST(SUM(g.low) AS BIGINT) AS low, \
             CAST(SUM(g.informational) AS BIGINT) AS informational, \
             CAST(SUM(g.untriaged) AS BIGINT) AS untriaged, \
             CAST(SUM(CASE WHEN g.kind = 'NETWORK_REACHABILITY' THEN g.total ELSE 0 END) \
             AS BIGINT) AS network, \
             CAST(SUM(g.exploits) AS BIGINT) AS exploits, \
             CAST(SUM(g.fixes) AS BIGINT) AS fixes, \
             COUNT(DISTINCT g.resource) AS resources, MIN(g.resource) AS resource",
};

/// Findings about the network are of no package and thus of no layer.
const LAYERS: Counted = Counted {
    kept: Kept::Layers,
    from: "layer_counts",
    is_active: "f.total > 0",
    columns: "f.total, f.critical, f.high, f.medium, f.low, f.informational, f.untriaged, \
              CAST(0 AS BIGINT) AS network, f.exploits, f.fixes, \
              CAST(1 AS BIGINT) AS resources, f.resource",
    counts: "",
};

/// With what is noted and not yet added to the counts.
const GROUPS: &str = "(SELECT account, region, counted_by, name, name AS title, vulnerability, \
                      resource_type, kind, severity, fix_available, exploit_available, amount \
                      FROM group_counts UNION ALL \
                      SELECT account, region, counted_by, name, name AS title, vulnerability, \
                      resource_type, kind, severity, fix_available, exploit_available, amount \
                      FROM group_changes)";

/// A vulnerability has as many findings as resources; other groups say it in rows of their own,
/// with a severity below all others.
const TITLES: Counted = Counted {
    kept: Kept::Titles,
    from: GROUPS,
    is_active: "f.counted_by = 'TITLE'",
    columns: "f.vulnerability, f.kind, f.severity, f.fix_available, f.exploit_available, f.amount",
    counts: "CAST(SUM(CASE WHEN g.severity >= 0 THEN g.amount ELSE 0 END) AS BIGINT) AS total, \
             CAST(SUM(CASE WHEN g.severity = 5 THEN g.amount ELSE 0 END) AS BIGINT) AS critical, \
             CAST(SUM(CASE WHEN g.severity = 4 THEN g.amount ELSE 0 END) AS BIGINT) AS high, \
             CAST(SUM(CASE WHEN g.severity = 3 THEN g.amount ELSE 0 END) AS BIGINT) AS medium, \
             CAST(SUM(CASE WHEN g.severity = 2 THEN g.amount ELSE 0 END) AS BIGINT) AS low, \
             CAST(SUM(CASE WHEN g.severity = 1 THEN g.amount ELSE 0 END) AS BIGINT) \
             AS informational, \
             CAST(SUM(CASE WHEN g.severity = 0 THEN g.amount ELSE 0 END) AS BIGINT) AS untriaged, \
             CAST(SUM(CASE WHEN g.severity >= 0 AND g.kind = 'NETWORK_REACHABILITY' \
             THEN g.amount ELSE 0 END) AS BIGINT) AS network, \
             CAST(SUM(CASE WHEN g.exploit_available = 'YES' THEN g.amount ELSE 0 END) AS BIGINT) \
             AS exploits, \
             CAST(SUM(CASE WHEN g.fix_available = 'YES' THEN g.amount ELSE 0 END) AS BIGINT) \
             AS fixes, \
             CAST(SUM(CASE WHEN g.severity < 0 OR g.vulnerability <> '' THEN g.amount ELSE 0 END) \
             AS BIGINT) AS resources, CAST(0 AS BIGINT) AS resource",
};

const PACKAGES: Counted = Counted {
    kept: Kept::Packages,
    is_active: "f.counted_by = 'PACKAGE'",
    ..TITLES
};

/// Kept counts if groups and conditions are by what they tell apart, else findings.
pub(super) fn counted(plan: &Plan, request: &Request) -> &'static Counted {
    let kept = match plan.kept {
        Kept::No => return &FINDINGS,
        Kept::Resources => &RESOURCES,
        Kept::Layers => &LAYERS,
        Kept::Titles => &TITLES,
        Kept::Packages => &PACKAGES,
    };
    let mut members = request.criteria.members.iter();
    let told = members.all(|(member, conditions)| {
        kept.tells(member.field, request.tells_resources()) && !names_nothing(conditions)
    });
    if told { kept } else { &FINDINGS }
}

/// Whether a condition is on the empty text, which kept counts have where findings have nothing.
fn names_nothing(conditions: &Conditions) -> bool {
    match conditions {
        Conditions::Text(list) => list.iter().any(|one| one.value.is_empty()),
        _ => false,
    }
}

impl Counted {
    pub(super) fn is_kept(&self) -> bool {
        self.kept != Kept::No
    }

    /// Whether the counts tell apart what the field says of findings. Resources are not counted
    /// by what only some of their findings are.
    fn tells(&self, field: Field, with_resources: bool) -> bool {
        use Field as F;
        match field {
            F::Account | F::Region | F::Status | F::ResourceType => true,
            F::FindingType => self.kept != Kept::Layers,
            F::ResourceId | F::OfResource | F::Tags => {
                matches!(self.kept, Kept::Resources | Kept::Layers)
            }
            F::Title | F::Vulnerability => self.kept == Kept::Titles,
            F::Severity | F::FixAvailable | F::ExploitAvailable => {
                matches!(self.kept, Kept::Titles | Kept::Packages) && !with_resources
            }
            _ => false,
        }
    }

    /// The columns that name a group.
    pub(super) fn keys(&self, plan: &Plan) -> &'static [&'static str] {
        match self.kept {
            Kept::No | Kept::Resources => plan.keys,
            Kept::Layers => &["a.value", "f.resource_id", "f.layer"],
            Kept::Titles => &["f.name", "f.vulnerability"],
            Kept::Packages => &["f.name"],
        }
    }

    /// What is joined to a row `f`.
    pub(super) fn join(&self, plan: &Plan) -> &'static str {
        match self.kept {
            Kept::No | Kept::Resources => plan.join,
            Kept::Layers => REPOSITORY,
            Kept::Titles | Kept::Packages => "",
        }
    }

    /// The groups with their counts; a row of a layer is one, others are added up.
    pub(super) fn groups(
        &self,
        plan: &Plan,
        selected: &[String],
        keys: &str,
        condition: &str,
    ) -> String {
        // A finding counts once for a package of which it has several.
        let once = !self.is_kept() && plan.repeats;
        let id = if once { "DISTINCT f.id, " } else { "" };
        let rows = format!(
            "SELECT {id}{}, {} FROM {} f {} WHERE {condition}",
            selected.join(", "),
            self.columns,
            self.from,
            self.join(plan),
        );
        match self.kept {
            Kept::Layers => rows,
            _ => format!(
                "SELECT {keys}, {} FROM ({rows}) g GROUP BY {keys}",
                self.counts
            ),
        }
    }
}
