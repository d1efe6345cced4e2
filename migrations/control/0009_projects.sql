-- Under which decision reports are taken: projects (prosjekter), within them an
-- opening for each kind of tenant, and the municipalities that a tenant reports for.
-- Days are Norway's, 'YYYY-MM-DD', first and last included; a last day of NULL: no end.

CREATE TABLE project (
	code       TEXT    PRIMARY KEY CHECK (code <> '' AND code NOT GLOB '*[^a-z0-9-]*'),
	name       TEXT    NOT NULL CHECK (name <> ''),
	decision   TEXT    NOT NULL CHECK (decision <> ''),
	purpose    TEXT    NOT NULL CHECK (purpose <> ''),
	retention  TEXT    NOT NULL CHECK (retention <> ''),
	valid_from TEXT    NOT NULL CHECK (valid_from GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
	valid_to   TEXT    CHECK (valid_to GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'
	                          AND valid_to >= valid_from),
	added_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A project that reports were taken under stays known.
CREATE TRIGGER project_stays BEFORE DELETE ON project
BEGIN SELECT raise(ABORT, 'projects are ended, never deleted'); END;

CREATE TABLE project_opening (
	project TEXT NOT NULL REFERENCES project,
	kind    TEXT NOT NULL REFERENCES tenant_kind,
	opens   TEXT NOT NULL CHECK (opens GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
	closes  TEXT CHECK (closes GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND closes >= opens),
	PRIMARY KEY (project, kind)
) STRICT, WITHOUT ROWID;

-- `own`: the number of the municipality that the tenant is; the others it runs
-- services for (interkommunale tjenester).
CREATE TABLE tenant_municipality (
	tenant   TEXT    NOT NULL REFERENCES tenant,
	number   TEXT    NOT NULL CHECK (number GLOB '[0-9][0-9][0-9][0-9]'),
	own      INTEGER NOT NULL CHECK (own IN (0, 1)),
	added_at INTEGER NOT NULL,
	PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tenant_municipality_own ON tenant_municipality (tenant) WHERE own;
