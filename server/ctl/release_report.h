/* A release's report (release/report_json.h) for people. */
#ifndef VARDE_CTL_RELEASE_REPORT_H
#define VARDE_CTL_RELEASE_REPORT_H

#include "ctl/ctl.h"
#include "published/published.h"

/* How it is to be shown. */
struct release_form {
	bool json, html;          /* neither: as text */
	enum published_lang lang; /* of the page */
};

/* From --json, --html and --lang. RC_INVALID "argument-value". */
NODISCARD enum rc release_form(const struct ctl_options *options, struct release_form *ret,
			       struct err *reterr);

/* RC_LIMIT, RC_NOMEM of a page. */
NODISCARD enum rc release_report_print(const json_t *report, const struct release_form *form,
				       FILE *out);

#endif
