/* The parameters of a query, in any case, as PxWebApi 2 has them. Everything that
 * is not known is refused: whoever misspells a filter must not get the whole. */
#ifndef VARDE_STATD_QUERY_H
#define VARDE_STATD_QUERY_H

#include "pxweb/csv.h"
#include "pxweb/selection.h"
#include "statd/statd.h"

enum query_format { QUERY_JSON_STAT, QUERY_CSV };

/* Which groups of parameters an endpoint takes; `lang` always. */
enum query_takes {
	QUERY_LISTS = 1,    /* query, pastDays, includeDiscontinued, pageNumber, pageSize */
	QUERY_SELECTS = 2,  /* valuecodes[…], codelist[…], outputvalues[…], heading, stub */
	QUERY_FORMATS = 4,  /* outputFormat, outputFormatParams */
	QUERY_METADATA = 8, /* defaultSelection, savedQuery, codelist[…] */
};

struct query {
	enum published_lang lang;
	enum query_format format;
	struct px_csv csv;

	struct px_wish wishes[PX_VARIABLES_MAX];
	size_t wishes_len;
	bool aggregates; /* outputvalues[…]=aggregated, or a code list without a selection */
	const char *aggregated; /* the variable of it */

	const char *search; /* NULL: none */
	size_t past_days;   /* 0: any */
	size_t page, page_size;
	bool default_selection;

	void *owned[64]; /* freed with it */
	size_t owned_len;
};

/* Reads the exchange's parameters. false: answered with a problem. */
bool query_read(struct exchange *x, unsigned takes, struct query *ret);
/* Adds the wishes of a POST's body: {"selection":[{variableCode, valueCodes, codelist}],
 * "placement":{heading, stub}}. `body` is borrowed as long as the query. false: answered. */
bool query_read_body(struct exchange *x, const json_t *body, struct query *query);
void query_release(struct query *query);

#endif
