-- VEX documents, as a source of suppression.

CREATE TABLE vex_documents (
    id @text PRIMARY KEY,
    account @text NOT NULL,
    region @text NOT NULL,
    name @text NOT NULL,
    author @text NOT NULL,
    problems @text NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE INDEX vex_documents_by_account ON vex_documents (account, region, id);

CREATE TABLE vex_statements (
    document @text NOT NULL REFERENCES vex_documents (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    body @text NOT NULL,
    PRIMARY KEY (document, position)
) @rowless;
