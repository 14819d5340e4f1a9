-- How many active findings each resource has, so that aggregations by what a resource is read a
-- row for each resource and not one for each finding. Written in the transactions of the findings.
-- A reference to the resource would lock its row, for which whoever evaluates it holds the rules.

CREATE TABLE resource_counts (
    account @text NOT NULL,
    region @text NOT NULL,
    resource_type @text NOT NULL,
    resource BIGINT NOT NULL,
    kind @text NOT NULL,
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
    PRIMARY KEY (account, region, resource_type, resource, kind)
) @rowless;

INSERT INTO resource_counts (account, region, resource_type, resource, kind, resource_id, total,
    critical, high, medium, low, informational, untriaged, exploits, fixes)
SELECT account, region, resource_type, resource, kind, MIN(resource_id), COUNT(*),
    COUNT(CASE WHEN severity = 5 THEN 1 END),
    COUNT(CASE WHEN severity = 4 THEN 1 END),
    COUNT(CASE WHEN severity = 3 THEN 1 END),
    COUNT(CASE WHEN severity = 2 THEN 1 END),
    COUNT(CASE WHEN severity = 1 THEN 1 END),
    COUNT(CASE WHEN severity = 0 THEN 1 END),
    COUNT(CASE WHEN exploit_available = 'YES' THEN 1 END),
    COUNT(CASE WHEN fix_available = 'YES' THEN 1 END)
FROM findings WHERE status = 'ACTIVE'
GROUP BY account, region, resource_type, resource, kind;
