-- The institute's register. Values are checked before they come here; what must
-- hold between rows is checked here too.

CREATE TABLE setting (
	name  TEXT PRIMARY KEY CHECK (name <> ''),
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Kinds are data: a new one is a row, not a release.
CREATE TABLE tenant_kind (
	code        TEXT PRIMARY KEY CHECK (code <> ''),
	name_nb     TEXT NOT NULL,
	name_en     TEXT NOT NULL,
	report_kind TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO tenant_kind (code, name_nb, name_en, report_kind) VALUES
	('rhf',               'Regionalt helseforetak',                   'Regional health authority',                            'hf'),
	('hf',                'Helseforetak',                             'Health trust',                                         'hf'),
	('hospital_pharmacy', 'Sykehusapotek',                            'Hospital pharmacy trust',                              'hf'),
	('private_hospital',  'Privat sykehus eller institusjon med avtale', 'Private hospital or institution with an agreement', 'hf'),
	('municipality',      'Kommune',                                  'Municipality',                                         'municipality'),
	('county',            'Fylkeskommune',                            'County authority',                                     'municipality');

CREATE TABLE tenant (
	orgnr        TEXT    PRIMARY KEY CHECK (length(orgnr) = 9 AND orgnr NOT GLOB '*[^0-9]*'),
	name         TEXT    NOT NULL CHECK (name <> ''),
	kind         TEXT    NOT NULL REFERENCES tenant_kind,
	parent       TEXT    CHECK (length(parent) = 9 AND parent NOT GLOB '*[^0-9]*'
	                            AND parent <> orgnr),
	contact      TEXT,
	phase        TEXT    NOT NULL
	             CHECK (phase IN ('invited', 'test', 'active', 'suspended', 'closed')),
	resume_phase TEXT    NOT NULL
	             CHECK (resume_phase IN ('invited', 'test', 'active', 'closed')),
	created_at   INTEGER NOT NULL,
	phase_since  INTEGER NOT NULL,
	CHECK (phase = 'suspended' OR resume_phase = phase)
) STRICT;

CREATE TABLE unit (
	orgnr      TEXT    PRIMARY KEY CHECK (length(orgnr) = 9 AND orgnr NOT GLOB '*[^0-9]*'),
	tenant     TEXT    NOT NULL REFERENCES tenant,
	name       TEXT    NOT NULL CHECK (name <> ''),
	added_at   INTEGER NOT NULL,
	removed_at INTEGER
) STRICT;
CREATE INDEX unit_tenant ON unit (tenant);

CREATE TABLE signing_key (
	kid           TEXT    PRIMARY KEY CHECK (length(kid) BETWEEN 1 AND 128),
	orgnr         TEXT    NOT NULL REFERENCES tenant,
	alg           TEXT    NOT NULL CHECK (alg <> ''),
	jwk           TEXT    NOT NULL CHECK (jwk LIKE '{%}'),
	source        TEXT    NOT NULL CHECK (source IN ('jwk', 'pem', 'cert')),
	evidence      TEXT,
	valid_from    INTEGER NOT NULL,
	valid_to      INTEGER CHECK (valid_to > valid_from),
	added_at      INTEGER NOT NULL,
	revoked_at    INTEGER,
	revoke_reason TEXT
) STRICT;
CREATE INDEX signing_key_orgnr ON signing_key (orgnr);

CREATE TABLE custodian (
	kid        TEXT    PRIMARY KEY CHECK (length(kid) BETWEEN 1 AND 128),
	public_key BLOB    NOT NULL UNIQUE CHECK (length(public_key) = 32),
	label      TEXT    NOT NULL CHECK (label <> ''),
	orgnr      TEXT    REFERENCES tenant,
	proof      TEXT    NOT NULL CHECK (proof LIKE '{%}'),
	added_at   INTEGER NOT NULL,
	retired_at INTEGER
) STRICT;

-- Append-only: what was changed or exported, by whom, why.
CREATE TABLE action (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	operator TEXT    NOT NULL CHECK (operator <> ''),
	uid      INTEGER NOT NULL,
	command  TEXT    NOT NULL CHECK (command <> ''),
	reason   TEXT,
	detail   TEXT    CHECK (detail LIKE '{%}')
) STRICT;

CREATE TRIGGER action_stays BEFORE DELETE ON action
BEGIN SELECT raise(ABORT, 'actions are never deleted'); END;

CREATE TRIGGER action_fixed BEFORE UPDATE ON action
BEGIN SELECT raise(ABORT, 'actions are never changed'); END;

CREATE TRIGGER key_stays BEFORE DELETE ON signing_key
BEGIN SELECT raise(ABORT, 'keys are never deleted'); END;

CREATE TRIGGER custodian_stays BEFORE DELETE ON custodian
BEGIN SELECT raise(ABORT, 'custodians are never deleted'); END;
