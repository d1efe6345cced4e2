-- What was erased by law, for good: a restored tenant's file is held to it.
CREATE TABLE erasure (
	orgnr     TEXT    NOT NULL CHECK (length(orgnr) = 9),
	report_id TEXT    NOT NULL CHECK (length(report_id) = 36),
	erased_at INTEGER NOT NULL,
	PRIMARY KEY (orgnr, report_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER erasure_stays BEFORE DELETE ON erasure
BEGIN SELECT raise(ABORT, 'erasures are never forgotten'); END;

-- Which report names which as related: where to look from the other side. Noted before
-- the naming report is stored, so the documents themselves have the last word.
CREATE TABLE report_link (
	to_orgnr    TEXT NOT NULL CHECK (length(to_orgnr) = 9),
	to_report   TEXT NOT NULL CHECK (length(to_report) = 36),
	from_orgnr  TEXT NOT NULL CHECK (length(from_orgnr) = 9),
	from_report TEXT NOT NULL CHECK (length(from_report) = 36),
	PRIMARY KEY (to_orgnr, to_report, from_orgnr, from_report)
) STRICT, WITHOUT ROWID;
