-- Interned content: what is installed is a fact about content and belongs to no account.

CREATE TABLE systems (
    id @id,
    digest @blob NOT NULL UNIQUE,
    body @text NOT NULL
);

CREATE TABLE package_versions (
    id @id,
    digest @blob NOT NULL UNIQUE,
    system BIGINT REFERENCES systems (id),
    purl_type @text NOT NULL,
    name @text NOT NULL,
    version @text NOT NULL,
    body @text NOT NULL
);

CREATE TABLE version_names (
    namespace @text NOT NULL,
    name @text NOT NULL,
    version BIGINT NOT NULL REFERENCES package_versions (id),
    PRIMARY KEY (namespace, name, version)
) @rowless;

CREATE TABLE version_matches (
    version BIGINT NOT NULL REFERENCES package_versions (id),
    vulnerability @text NOT NULL,
    digest @blob NOT NULL,
    PRIMARY KEY (version, vulnerability)
) @rowless;
CREATE INDEX version_matches_by_vulnerability ON version_matches (vulnerability, version);

CREATE TABLE package_sets (
    id @id,
    digest @blob NOT NULL UNIQUE,
    size BIGINT NOT NULL
);

CREATE TABLE set_packages (
    package_set BIGINT NOT NULL REFERENCES package_sets (id),
    version BIGINT NOT NULL REFERENCES package_versions (id),
    paths @text NOT NULL,
    PRIMARY KEY (package_set, version)
) @rowless;
CREATE INDEX set_packages_by_version ON set_packages (version, package_set);

CREATE TABLE inventories (
    id @id,
    digest @blob NOT NULL UNIQUE,
    complete BIGINT NOT NULL,
    packages BIGINT NOT NULL,
    body @text NOT NULL
);

CREATE TABLE inventory_sets (
    inventory BIGINT NOT NULL REFERENCES inventories (id),
    layer BIGINT NOT NULL,
    package_set BIGINT NOT NULL REFERENCES package_sets (id),
    PRIMARY KEY (inventory, layer)
) @rowless;
CREATE INDEX inventory_sets_by_set ON inventory_sets (package_set, inventory);

CREATE TABLE vulnerabilities (
    id @text PRIMARY KEY,
    epss DOUBLE PRECISION,
    epss_before DOUBLE PRECISION,
    epss_version BIGINT NOT NULL,
    digest @blob NOT NULL,
    body @text NOT NULL
);
CREATE INDEX vulnerabilities_by_epss ON vulnerabilities (epss, id);

CREATE TABLE vulnerability_aliases (
    vulnerability @text NOT NULL,
    alias @text NOT NULL,
    PRIMARY KEY (vulnerability, alias)
) @rowless;
CREATE INDEX vulnerability_aliases_by_alias ON vulnerability_aliases (alias, vulnerability);

-- The number of the last writing transaction, on SQLite; PostgreSQL numbers its own.
CREATE TABLE versions (number BIGINT NOT NULL);
INSERT INTO versions (number) VALUES (0);

-- State of the service. Times are milliseconds since 1970.

CREATE TABLE settings (
    account @text NOT NULL,
    region @text NOT NULL,
    name @text NOT NULL,
    body @text NOT NULL,
    PRIMARY KEY (account, region, name)
);

CREATE TABLE access_keys (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    principal @text NOT NULL,
    role @text NOT NULL,
    secret @blob NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE INDEX access_keys_by_account ON access_keys (account);

CREATE TABLE scan_states (
    account @text NOT NULL,
    region @text NOT NULL,
    scan_type @text NOT NULL,
    status @text NOT NULL,
    changed_at BIGINT NOT NULL,
    trial_from BIGINT,
    PRIMARY KEY (account, region, scan_type)
);

CREATE TABLE resources (
    id @id,
    account @text NOT NULL,
    region @text NOT NULL,
    resource_type @text NOT NULL,
    resource_id @text NOT NULL,
    inventory BIGINT REFERENCES inventories (id),
    body @text NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    gone_at BIGINT,
    UNIQUE (account, region, resource_type, resource_id)
);
CREATE INDEX resources_by_inventory ON resources (inventory);
CREATE INDEX resources_by_id ON resources (account, region, resource_id);

CREATE TABLE resource_attributes (
    resource BIGINT NOT NULL REFERENCES resources (id),
    name @text NOT NULL,
    value @text NOT NULL,
    number DOUBLE PRECISION,
    PRIMARY KEY (resource, name, value)
) @rowless;
CREATE INDEX resource_attributes_by_value ON resource_attributes (name, value, resource);

CREATE TABLE coverage (
    resource BIGINT NOT NULL REFERENCES resources (id),
    scan_type @text NOT NULL,
    account @text NOT NULL,
    region @text NOT NULL,
    status @text NOT NULL,
    reason @text NOT NULL,
    detail @text,
    scan_mode @text,
    scanned_at BIGINT,
    PRIMARY KEY (resource, scan_type)
);
CREATE INDEX coverage_by_account ON coverage (account, region, resource, scan_type);

CREATE TABLE findings (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    region @text NOT NULL,
    resource BIGINT NOT NULL REFERENCES resources (id),
    resource_type @text NOT NULL,
    resource_id @text NOT NULL,
    kind @text NOT NULL,
    ident @text NOT NULL,
    status @text NOT NULL,
    severity BIGINT NOT NULL,
    title @text NOT NULL,
    vulnerability @text,
    score DOUBLE PRECISION,
    fix_available @text,
    exploit_available @text,
    vendor_severity @text,
    source @text,
    protocol @text,
    port_begin BIGINT,
    port_end BIGINT,
    component_type @text,
    version BIGINT NOT NULL,
    rules @text NOT NULL,
    first_observed_at BIGINT NOT NULL,
    last_observed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_because @text,
    delete_at BIGINT,
    body @text NOT NULL
);
CREATE INDEX findings_by_resource ON findings (resource, kind, ident);
CREATE INDEX findings_by_id ON findings (account, region, id);
CREATE INDEX findings_in_resource ON findings (account, region, resource, id);
CREATE INDEX findings_by_severity ON findings (account, region, severity, id);
CREATE INDEX findings_by_observation ON findings (account, region, last_observed_at, id);
CREATE INDEX findings_by_score ON findings (account, region, score, id);
CREATE INDEX findings_by_vulnerability ON findings (vulnerability, account, region, id);
CREATE INDEX findings_by_title ON findings (account, region, title, status, severity);
CREATE INDEX findings_to_delete ON findings (delete_at) WHERE delete_at IS NOT NULL;

CREATE TABLE finding_packages (
    finding @text NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    name @text NOT NULL,
    version @text NOT NULL,
    epoch BIGINT NOT NULL,
    release @text,
    arch @text,
    layer @text,
    path @text,
    PRIMARY KEY (finding, position)
) @rowless;
CREATE INDEX finding_packages_by_name ON finding_packages (name, finding);

CREATE TABLE finding_lists (
    finding @text NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    name @text NOT NULL,
    value @text NOT NULL,
    PRIMARY KEY (finding, name, value)
) @rowless;
CREATE INDEX finding_lists_by_value ON finding_lists (name, value, finding);

CREATE TABLE finding_rules (
    rule @text NOT NULL,
    finding @text NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    PRIMARY KEY (rule, finding)
) @rowless;
CREATE INDEX finding_rules_by_finding ON finding_rules (finding);

CREATE TABLE finding_history (
    id @id,
    finding @text NOT NULL,
    account @text NOT NULL,
    region @text NOT NULL,
    at BIGINT NOT NULL,
    kind @text NOT NULL,
    fields @text NOT NULL,
    status @text NOT NULL,
    severity BIGINT NOT NULL,
    last_observed_at BIGINT NOT NULL,
    score DOUBLE PRECISION,
    vendor_severity @text,
    source @text,
    component_type @text,
    version BIGINT NOT NULL
);
CREATE INDEX finding_history_by_finding ON finding_history (finding, id);
CREATE INDEX finding_history_by_version ON finding_history (account, region, version);

CREATE TABLE filters (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    region @text NOT NULL,
    name @text NOT NULL,
    action @text NOT NULL,
    criteria @text NOT NULL,
    description @text,
    reason @text,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    until_fixed BIGINT NOT NULL,
    UNIQUE (account, region, name)
);

CREATE TABLE tags (
    account @text NOT NULL,
    arn @text NOT NULL,
    name @text NOT NULL,
    value @text NOT NULL,
    PRIMARY KEY (account, arn, name)
);

CREATE TABLE reports (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    region @text NOT NULL,
    kind @text NOT NULL,
    format @text NOT NULL,
    status @text NOT NULL,
    error_code @text,
    error_message @text,
    destination @text NOT NULL,
    criteria @text NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX reports_by_account ON reports (account, region, kind, created_at);

CREATE TABLE on_demand_scans (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    region @text NOT NULL,
    resource_id @text NOT NULL,
    status @text NOT NULL,
    reason @text,
    token @text,
    started_at BIGINT NOT NULL,
    completed_at BIGINT
);
CREATE INDEX on_demand_scans_by_resource ON on_demand_scans (account, region, resource_id, started_at);

CREATE TABLE usage_hours (
    account @text NOT NULL,
    region @text NOT NULL,
    usage_type @text NOT NULL,
    day BIGINT NOT NULL,
    amount DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (account, region, usage_type, day)
);

CREATE TABLE pending_evaluations (
    resource BIGINT NOT NULL REFERENCES resources (id),
    vulnerability @text NOT NULL,
    PRIMARY KEY (resource, vulnerability)
) @rowless;

CREATE TABLE jobs (
    id @id,
    kind @text NOT NULL,
    subject @text NOT NULL,
    account @text NOT NULL,
    region @text NOT NULL,
    priority BIGINT NOT NULL,
    payload @text NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    worker @text,
    lease_until BIGINT,
    failure @text,
    parked_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX jobs_to_run ON jobs (priority, run_at, id) WHERE parked_at IS NULL;

CREATE TABLE outbox (
    id @id,
    account @text NOT NULL,
    region @text NOT NULL,
    at BIGINT NOT NULL,
    kind @text NOT NULL,
    subject @text NOT NULL,
    payload @text NOT NULL
);
