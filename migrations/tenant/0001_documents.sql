-- One tenant's file: accepted documents and administrative events under one
-- sequence. Rows are never changed; erasing (later) clears content, never a row.

CREATE TABLE owner (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	orgnr TEXT    NOT NULL CHECK (length(orgnr) = 9)
) STRICT;

-- One transaction's new items share a data key, boxed once for each recipient.
CREATE TABLE sealing_group (
	group_ref  INTEGER PRIMARY KEY,
	group_id   BLOB    NOT NULL UNIQUE CHECK (length(group_id) = 16),
	created_at INTEGER NOT NULL,
	version    INTEGER NOT NULL CHECK (version > 0),
	commitment BLOB    NOT NULL CHECK (length(commitment) = 32)
) STRICT;

CREATE TABLE wrap (
	group_ref INTEGER NOT NULL REFERENCES sealing_group,
	kid       TEXT    NOT NULL CHECK (kid <> ''),
	box       BLOB    NOT NULL CHECK (length(box) > 0),
	PRIMARY KEY (group_ref, kid)
) STRICT, WITHOUT ROWID;

-- The versions of all code lists that a document was read with. Few differ.
CREATE TABLE code_set (
	code_set INTEGER PRIMARY KEY,
	versions TEXT    NOT NULL UNIQUE CHECK (versions LIKE '{%}')
) STRICT;

-- salt, fingerprint and clear go NULL together when a document is erased.
CREATE TABLE document (
	seq                INTEGER PRIMARY KEY CHECK (seq > 0),
	kind               TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
	report_id          TEXT    NOT NULL CHECK (length(report_id) = 36
	                                           AND report_id NOT GLOB '*[^0-9a-f-]*'),
	revision           INTEGER NOT NULL CHECK (revision > 0),
	schema             TEXT    NOT NULL CHECK (length(schema) BETWEEN 1 AND 60),
	received_at        INTEGER NOT NULL,
	first_received_at  INTEGER NOT NULL,
	supersedes         TEXT,
	digest             BLOB    NOT NULL CHECK (length(digest) = 32),
	fingerprint        BLOB    CHECK (length(fingerprint) = 32),
	salt               BLOB    CHECK (length(salt) = 16),
	signing_kid        TEXT    NOT NULL,
	sender             TEXT    NOT NULL,
	code_set           INTEGER NOT NULL REFERENCES code_set,
	warnings           TEXT    NOT NULL,
	local_case_id      TEXT,
	possible_duplicate INTEGER NOT NULL CHECK (possible_duplicate IN (0, 1)),
	clear              TEXT,
	UNIQUE (kind, report_id, revision),
	CHECK ((salt IS NULL) = (clear IS NULL) AND (salt IS NULL) = (fingerprint IS NULL))
) STRICT;

CREATE INDEX document_local_case ON document (kind, local_case_id, report_id)
	WHERE local_case_id IS NOT NULL;

-- Beside the document, so that counting clear rows does not read ciphertext.
CREATE TABLE sealed (
	seq        INTEGER PRIMARY KEY REFERENCES document,
	group_ref  INTEGER NOT NULL REFERENCES sealing_group,
	ciphertext BLOB    NOT NULL CHECK (length(ciphertext) > 0)
) STRICT;

-- Keys that signed something here: an export names them, they stay known.
CREATE TABLE signing_key (
	kid       TEXT    PRIMARY KEY,
	first_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
	seq      INTEGER PRIMARY KEY CHECK (seq > 0),
	name     TEXT    NOT NULL CHECK (name <> ''),
	detail   TEXT    NOT NULL CHECK (detail LIKE '{%}'),
	operator TEXT    NOT NULL CHECK (operator <> ''),
	reason   TEXT,
	at       INTEGER NOT NULL
) STRICT;

CREATE TRIGGER document_stays BEFORE DELETE ON document
BEGIN SELECT raise(ABORT, 'documents are never deleted'); END;

CREATE TRIGGER document_fixed BEFORE UPDATE OF seq, kind, report_id, revision, schema, received_at,
	first_received_at, supersedes, digest, signing_kid, sender ON document
BEGIN SELECT raise(ABORT, 'documents are never changed'); END;

CREATE TRIGGER event_stays BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are never deleted'); END;

CREATE TRIGGER event_fixed BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are never changed'); END;
