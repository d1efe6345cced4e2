/* What a release may publish and what not, and why, in plain words: for who decides
 * on it and for who must answer for it. All rules for these sentences are in words.c,
 * words_tables.c and words_start.c; they see the report and nothing else. */
#ifndef VARDE_RELEASE_WORDS_H
#define VARDE_RELEASE_WORDS_H

#include "release/report.h"

enum words_about {
	WORDS_VERDICT,  /* one sentence: may it go out? */
	WORDS_OVERVIEW, /* what is visible, what that cost, who contributed */
	WORDS_START,    /* of a small start only: what it may publish, and why not more */
	WORDS_LATER,    /* what there is not yet, and when there will be */
	WORDS_TABLES,   /* a sentence a family of tables, in the programme's order */
	WORDS_THIN,     /* a sentence a dimension */
	WORDS_KINDS,
};
const char *words_about_name(enum words_about about); /* "verdict" … */

struct release_sentence {
	enum words_about about;
	char *text[PUBLISHED_LANGS];
};

/* Zeroed is empty; owned. In the order of enum words_about. */
struct release_words {
	struct release_sentence *list;
	size_t len;
};
void release_words_release(struct release_words *words);

/* Says it. The same report gives the same words. RC_NOMEM. */
NODISCARD enum rc release_words(const struct release_report *report, struct release_words *ret);

#endif
