-- One report of a kind is written at a time in an account and Region, whoever asks when.
CREATE UNIQUE INDEX reports_in_progress ON reports (account, region, kind)
    WHERE status = 'IN_PROGRESS';

-- One scan on demand of a resource runs at a time, and a client token names one scan.
CREATE UNIQUE INDEX on_demand_scans_in_progress ON on_demand_scans (account, region, resource_id)
    WHERE status = 'IN_PROGRESS';
CREATE UNIQUE INDEX on_demand_scans_by_token ON on_demand_scans (account, region, token)
    WHERE token IS NOT NULL;
