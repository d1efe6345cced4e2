-- Statistical releases: built, then promoted, perhaps withdrawn. Their content lies in
-- DATA/releases; what was ever published stays known to every later audit.
CREATE TABLE statistic_release (
	number          INTEGER PRIMARY KEY AUTOINCREMENT,
	name            TEXT    NOT NULL UNIQUE CHECK (name <> ''),
	as_of           INTEGER NOT NULL,
	closed          TEXT    NOT NULL CHECK (closed GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
	manifest_hash   TEXT    NOT NULL CHECK (length(manifest_hash) = 64),
	counts_hash     TEXT    NOT NULL CHECK (length(counts_hash) = 64),
	built_at        INTEGER NOT NULL,
	promoted_at     INTEGER,
	withdrawn_at    INTEGER CHECK (withdrawn_at IS NULL OR promoted_at IS NOT NULL),
	withdraw_reason TEXT,
	CHECK ((withdrawn_at IS NULL) = (withdraw_reason IS NULL))
) STRICT;

-- A build that was never promoted may be made anew; what was published may not.
CREATE TRIGGER statistic_release_stays BEFORE DELETE ON statistic_release
WHEN old.promoted_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'published releases are never deleted'); END;

CREATE TRIGGER statistic_release_fixed BEFORE UPDATE OF number, name, as_of, closed, manifest_hash,
	counts_hash, built_at ON statistic_release
BEGIN SELECT raise(ABORT, 'releases are promoted and withdrawn, never changed'); END;
