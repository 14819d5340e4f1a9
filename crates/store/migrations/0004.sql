-- A job that only some processes can do, such as the scan of one machine, names its place.
ALTER TABLE jobs ADD COLUMN place @text;
CREATE INDEX jobs_held ON jobs (account) WHERE lease_until IS NOT NULL;

-- When what happens periodically is due next, whichever process looks first.
CREATE TABLE schedules (
    name @text PRIMARY KEY,
    due_at BIGINT NOT NULL
);

-- When an account's job was taken last, so that accounts take turns.
CREATE TABLE account_turns (
    account @text PRIMARY KEY,
    taken_at BIGINT NOT NULL
);
