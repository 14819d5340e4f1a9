-- Kept counts of active findings by title, package and layer.

-- Titles and packages: one row for all findings of a group that are counted alike, in all resources.
-- A title has its vulnerability, or an empty text; what a finding does not have is an empty text.
-- How many resources a group of several findings of one resource has is in a row with severity -1.
CREATE TABLE group_counts (
    account @text NOT NULL,
    region @text NOT NULL,
    counted_by @text NOT NULL,
    name @text NOT NULL,
    vulnerability @text NOT NULL,
    resource_type @text NOT NULL,
    kind @text NOT NULL,
    severity BIGINT NOT NULL,
    fix_available @text NOT NULL,
    exploit_available @text NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (account, region, counted_by, name, vulnerability, resource_type, kind, severity,
        fix_available, exploit_available)
) @rowless;
CREATE INDEX group_counts_empty ON group_counts (account) WHERE amount = 0;

-- What is to be added to them: transactions that would change one row write their own here.
CREATE TABLE group_changes (
    id @id,
    account @text NOT NULL,
    region @text NOT NULL,
    counted_by @text NOT NULL,
    name @text NOT NULL,
    vulnerability @text NOT NULL,
    resource_type @text NOT NULL,
    kind @text NOT NULL,
    severity BIGINT NOT NULL,
    fix_available @text NOT NULL,
    exploit_available @text NOT NULL,
    amount BIGINT NOT NULL
);

-- How many findings of a group one resource has, where it can have several.
CREATE TABLE resource_groups (
    resource BIGINT NOT NULL,
    counted_by @text NOT NULL,
    kind @text NOT NULL,
    name @text NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (resource, counted_by, kind, name)
) @rowless;

-- The layers of a resource.
CREATE TABLE layer_counts (
    account @text NOT NULL,
    region @text NOT NULL,
    resource BIGINT NOT NULL,
    layer @text NOT NULL,
    resource_type @text NOT NULL,
    resource_id @text NOT NULL,
    total BIGINT NOT NULL,
    critical BIGINT NOT NULL,
    high BIGINT NOT NULL,
    medium BIGINT NOT NULL,
    low BIGINT NOT NULL,
    informational BIGINT NOT NULL,
    untriaged BIGINT NOT NULL,
    exploits BIGINT NOT NULL,
    fixes BIGINT NOT NULL,
    PRIMARY KEY (account, region, resource, layer)
) @rowless;

INSERT INTO group_counts (account, region, counted_by, name, vulnerability, resource_type, kind,
    severity, fix_available, exploit_available, amount)
SELECT account, region, 'TITLE', title, COALESCE(vulnerability, ''), resource_type, kind, severity,
    COALESCE(fix_available, ''), COALESCE(exploit_available, ''), COUNT(*)
FROM findings WHERE status = 'ACTIVE'
GROUP BY account, region, title, COALESCE(vulnerability, ''), resource_type, kind, severity,
    COALESCE(fix_available, ''), COALESCE(exploit_available, '');

INSERT INTO group_counts (account, region, counted_by, name, vulnerability, resource_type, kind,
    severity, fix_available, exploit_available, amount)
SELECT f.account, f.region, 'PACKAGE', p.name, '', f.resource_type, f.kind, f.severity,
    COALESCE(f.fix_available, ''), COALESCE(f.exploit_available, ''), COUNT(DISTINCT f.id)
FROM findings f JOIN finding_packages p ON p.finding = f.id WHERE f.status = 'ACTIVE'
GROUP BY f.account, f.region, p.name, f.resource_type, f.kind, f.severity,
    COALESCE(f.fix_available, ''), COALESCE(f.exploit_available, '');

INSERT INTO resource_groups (resource, counted_by, kind, name, total)
SELECT resource, 'TITLE', kind, title, COUNT(*)
FROM findings WHERE status = 'ACTIVE' AND vulnerability IS NULL GROUP BY resource, kind, title;

INSERT INTO resource_groups (resource, counted_by, kind, name, total)
SELECT f.resource, 'PACKAGE', f.kind, p.name, COUNT(DISTINCT f.id)
FROM findings f JOIN finding_packages p ON p.finding = f.id WHERE f.status = 'ACTIVE'
GROUP BY f.resource, f.kind, p.name;

INSERT INTO group_counts (account, region, counted_by, name, vulnerability, resource_type, kind,
    severity, fix_available, exploit_available, amount)
SELECT r.account, r.region, g.counted_by, g.name, '', r.resource_type, g.kind, -1, '', '', COUNT(*)
FROM resource_groups g JOIN resources r ON r.id = g.resource
GROUP BY r.account, r.region, g.counted_by, g.name, r.resource_type, g.kind;

INSERT INTO layer_counts (account, region, resource, layer, resource_type, resource_id, total,
    critical, high, medium, low, informational, untriaged, exploits, fixes)
SELECT account, region, resource, layer, resource_type, MIN(resource_id), COUNT(*),
    COUNT(CASE WHEN severity = 5 THEN 1 END),
    COUNT(CASE WHEN severity = 4 THEN 1 END),
    COUNT(CASE WHEN severity = 3 THEN 1 END),
    COUNT(CASE WHEN severity = 2 THEN 1 END),
    COUNT(CASE WHEN severity = 1 THEN 1 END),
    COUNT(CASE WHEN severity = 0 THEN 1 END),
    COUNT(CASE WHEN exploit_available = 'YES' THEN 1 END),
    COUNT(CASE WHEN fix_available = 'YES' THEN 1 END)
FROM (SELECT DISTINCT f.id, f.account, f.region, f.resource, p.layer, f.resource_type,
    f.resource_id, f.severity, f.exploit_available, f.fix_available
    FROM findings f JOIN finding_packages p ON p.finding = f.id AND p.layer IS NOT NULL
    WHERE f.status = 'ACTIVE') f
GROUP BY account, region, resource, layer, resource_type;
