-- Processors (databehandlere): who sends or reads for a data owner, and from when
-- to when. Both are tenants, so that both have a phase and keys; a kind says
-- whether its tenants own reports.

ALTER TABLE tenant_kind ADD COLUMN owns_reports INTEGER NOT NULL DEFAULT 1
	CHECK (owns_reports IN (0, 1));

INSERT INTO tenant_kind (code, name_nb, name_en, report_kind, owns_reports) VALUES
	('processor', 'Databehandler uten egne meldinger', 'Processor without reports of its own', NULL, 0);

-- A change is an end and a new row.
CREATE TABLE processor (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	owner      TEXT    NOT NULL REFERENCES tenant,
	processor  TEXT    NOT NULL REFERENCES tenant CHECK (processor <> owner),
	send       INTEGER NOT NULL CHECK (send IN (0, 1)),
	read       INTEGER NOT NULL CHECK (read IN (0, 1)),
	valid_from INTEGER NOT NULL,
	valid_to   INTEGER CHECK (valid_to > valid_from),
	added_at   INTEGER NOT NULL,
	ended_at   INTEGER,
	end_reason TEXT,
	CHECK (send OR read),
	CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX processor_owner ON processor (owner, processor);
CREATE INDEX processor_processor ON processor (processor);

CREATE TRIGGER processor_stays BEFORE DELETE ON processor
BEGIN SELECT raise(ABORT, 'processors are never deleted'); END;

CREATE TRIGGER processor_fixed BEFORE UPDATE OF id, owner, processor, send, read, valid_from, valid_to, added_at
	ON processor
BEGIN SELECT raise(ABORT, 'processors are ended, never changed'); END;

CREATE TRIGGER processor_ended BEFORE UPDATE ON processor WHEN old.ended_at IS NOT NULL
BEGIN SELECT raise(ABORT, 'a processor that was ended stays so'); END;
