/* The tables of a release as a catalogue that data portals harvest: DCAT-AP-NO, with a
 * dataset for each table, its distributions, and the API as their data service. Says
 * what a table is about and never how much is in it: no count, of cells either. */
#ifndef VARDE_PXWEB_CATALOG_H
#define VARDE_PXWEB_CATALOG_H

#include "base/buf.h"
#include "pxweb/dataset.h"

/* Borrowed. `contact` is an e-mail address or a web address; anything
 * else leads to the service's own page. */
struct px_catalog {
	const char *url; /* of the service, no slash at the end */
	const char *publisher[PUBLISHED_LANGS];
	const char *publisher_uri; /* NULL: it has no name of its own in the web of data */
	const char *contact;
	const struct px_about *about;
};

/* A graph (pxweb/graph.h) with these tables; NULL when out of memory. */
json_t *px_catalog(const struct px_catalog *catalog, const struct published_table *const *tables,
		   size_t n);

/* First and last day of a period's code: "2025", "2025K1", "2025M01", "2023-2025". */
bool px_period_days(const char *code, char ret_first[11], char ret_last[11]);

#endif
