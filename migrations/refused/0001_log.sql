-- What was sent and not stored as new: how often, and the newest refusals themselves.
-- Nothing here holds a value that a sender wrote, but for the two identifiers of a case
-- that passed the schema's own patterns. No acknowledgement depends on this file.

CREATE TABLE organisation (
	orgnr   TEXT    PRIMARY KEY CHECK (length(orgnr) = 9),
	last_id INTEGER NOT NULL, -- the newest refusal's; never used again
	lost    INTEGER NOT NULL  -- refusals that were only counted
) STRICT, WITHOUT ROWID;

-- Code '' is a repeated document. A month is 12 * year + month - 1.
CREATE TABLE tally (
	orgnr TEXT    NOT NULL CHECK (length(orgnr) = 9),
	month INTEGER NOT NULL,
	code  TEXT    NOT NULL,
	n     INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (orgnr, month, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusal (
	orgnr         TEXT    NOT NULL CHECK (length(orgnr) = 9),
	id            INTEGER NOT NULL CHECK (id > 0),
	at            INTEGER NOT NULL,
	trace_id      TEXT    NOT NULL,
	sender        TEXT    NOT NULL,
	report_id     TEXT,
	local_case_id TEXT,
	status        INTEGER NOT NULL,
	code          TEXT    NOT NULL,
	errors        TEXT    NOT NULL CHECK (errors LIKE '[%]'),
	PRIMARY KEY (orgnr, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX refusal_at ON refusal (at);

-- Whether somebody counts now, and when one last ended without having written all.
CREATE TABLE run (
	one            INTEGER PRIMARY KEY CHECK (one = 1),
	open           INTEGER NOT NULL CHECK (open IN (0, 1)),
	interrupted_at INTEGER
) STRICT;
INSERT INTO run (one, open) VALUES (1, 0);
