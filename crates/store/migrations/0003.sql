-- The last configuration of networks that each account sent, by document.

CREATE TABLE network_snapshots (
    account @text NOT NULL,
    region @text NOT NULL,
    digest @text NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (account, region)
);

CREATE TABLE network_documents (
    account @text NOT NULL,
    region @text NOT NULL,
    name @text NOT NULL,
    digest @blob NOT NULL,
    body @blob NOT NULL,
    PRIMARY KEY (account, region, name)
);
