-- What a report named goes when the report is erased by law, so it is found from that side too.
CREATE INDEX report_link_from ON report_link (from_orgnr, from_report);

-- Nor is anything kept of what erased reports named before.
DELETE FROM report_link WHERE EXISTS (SELECT 1 FROM erasure
	WHERE erasure.orgnr = from_orgnr AND erasure.report_id = from_report);
