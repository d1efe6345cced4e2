-- Persons who reserve themselves: keyed BLAKE2b-256 of their number, under a key that is in no
-- backup. Nothing else of them, not even when: list and key together can be searched.
CREATE TABLE reservation (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;
