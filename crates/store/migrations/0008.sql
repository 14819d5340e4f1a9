-- Which processes of a resource wait for packets.

CREATE TABLE listeners (
    resource BIGINT PRIMARY KEY REFERENCES resources (id),
    body @text NOT NULL
);
