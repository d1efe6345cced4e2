-- What one organisation may send and read per minute, where that is not what varde.conf
-- says for all. NULL: as for all.
ALTER TABLE tenant ADD COLUMN submissions_per_minute INTEGER CHECK (submissions_per_minute > 0);
ALTER TABLE tenant ADD COLUMN reads_per_minute INTEGER CHECK (reads_per_minute > 0);
