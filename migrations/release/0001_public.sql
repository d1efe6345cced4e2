-- A release's public file: everything that leaves the institute, and nothing else.
-- Written once, hashed and signed with the manifest, never changed. A hidden cell
-- has no value here and no trace of one: protection happened before this file.

CREATE TABLE statistic_table (
	id             TEXT    PRIMARY KEY CHECK (id <> ''),
	position       INTEGER NOT NULL UNIQUE CHECK (position >= 0),
	audience       TEXT    NOT NULL CHECK (audience IN ('public', 'sector')),
	clock          TEXT    NOT NULL CHECK (clock IN ('registration', 'event')),
	time_unit      TEXT    NOT NULL CHECK (time_unit IN ('Annual', 'Quarterly', 'Monthly', 'Other')),
	label_nb       TEXT    NOT NULL,
	label_en       TEXT    NOT NULL,
	description_nb TEXT    NOT NULL,
	description_en TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Position is the order of the dimensions, from 0. `total` is the category that
-- stands for the whole where a query leaves the dimension out; NULL: it must be named.
CREATE TABLE dimension (
	table_id TEXT    NOT NULL REFERENCES statistic_table,
	position INTEGER NOT NULL CHECK (position >= 0),
	code     TEXT    NOT NULL CHECK (code <> ''),
	role     TEXT    NOT NULL CHECK (role IN ('plain', 'time', 'geo', 'metric')),
	total    TEXT,
	label_nb TEXT    NOT NULL,
	label_en TEXT    NOT NULL,
	PRIMARY KEY (table_id, position),
	UNIQUE (table_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE category (
	table_id  TEXT    NOT NULL,
	dimension INTEGER NOT NULL,
	position  INTEGER NOT NULL CHECK (position >= 0),
	code      TEXT    NOT NULL CHECK (code <> ''),
	parent    TEXT,
	label_nb  TEXT    NOT NULL,
	label_en  TEXT    NOT NULL,
	PRIMARY KEY (table_id, dimension, position),
	UNIQUE (table_id, dimension, code),
	FOREIGN KEY (table_id, dimension) REFERENCES dimension (table_id, position)
) STRICT, WITHOUT ROWID;

-- Notes on a table ('' and ''), on a dimension (code and '') or on one category.
CREATE TABLE note (
	table_id  TEXT    NOT NULL REFERENCES statistic_table,
	position  INTEGER NOT NULL CHECK (position >= 0),
	dimension TEXT    NOT NULL,
	category  TEXT    NOT NULL,
	mandatory INTEGER NOT NULL CHECK (mandatory IN (0, 1)),
	text_nb   TEXT    NOT NULL,
	text_en   TEXT    NOT NULL,
	PRIMARY KEY (table_id, position)
) STRICT, WITHOUT ROWID;

-- Row-major, the last dimension fastest, every position once. A cell has a value,
-- or a mark instead: ':' hidden to protect, '..' not available, '.' not comparable.
CREATE TABLE cell (
	table_id TEXT    NOT NULL REFERENCES statistic_table,
	position INTEGER NOT NULL CHECK (position >= 0),
	value    INTEGER CHECK (value >= 0),
	mark     TEXT    CHECK (mark IN (':', '..', '.')),
	PRIMARY KEY (table_id, position),
	CHECK ((value IS NULL) = (mark IS NOT NULL))
) STRICT, WITHOUT ROWID;
