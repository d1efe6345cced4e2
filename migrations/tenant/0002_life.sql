-- When a document lost its content, or its sealed part alone (clear then stays).
ALTER TABLE document ADD COLUMN erased_at INTEGER;

CREATE INDEX document_erased ON document (report_id) WHERE erased_at IS NOT NULL;
