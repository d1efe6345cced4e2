-- From which month of registration a tenant's reports count in the statistics:
-- 'YYYY-MM'. NULL: not yet.
ALTER TABLE tenant ADD COLUMN coverage_start TEXT
	CHECK (coverage_start GLOB '[12][0-9][0-9][0-9]-[01][0-9]');
