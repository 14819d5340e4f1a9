-- How resources can be reached, and the risk rank of findings.

CREATE TABLE exposures (
    resource BIGINT PRIMARY KEY REFERENCES resources (id),
    changed_at BIGINT NOT NULL,
    body @text NOT NULL
);

ALTER TABLE findings ADD COLUMN risk BIGINT NOT NULL DEFAULT 0;
CREATE INDEX findings_by_risk ON findings (account, region, risk, id);

-- The ranks of the findings that exist come about when they are evaluated.
INSERT INTO pending_evaluations (resource, vulnerability)
SELECT DISTINCT f.resource, f.vulnerability FROM findings f
JOIN resources r ON r.id = f.resource
WHERE f.vulnerability IS NOT NULL AND f.status <> 'CLOSED' AND r.gone_at IS NULL
ON CONFLICT DO NOTHING;
