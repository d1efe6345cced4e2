#include "codes/list.h"

#include "base/clock.h"

#include <string.h>

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct municipality *)a)->code,
		      ((const struct municipality *)b)->code);
}

static int by_code_pointer(const void *a, const void *b)
{
	return by_code(*(const struct municipality *const *)a,
		       *(const struct municipality *const *)b);
}

static const struct municipality *find(const struct municipalities *m, const char *code)
{
	const struct municipality key = { .code = code };

	return code && m->len ? bsearch(&key, m->list, m->len, sizeof(*m->list), by_code) : NULL;
}

static bool date_of(const json_t *object, const char *member, int64_t *ret_days)
{
	const json_t *value = json_object_get(object, member);

	return json_is_string(value) &&
	       clock_parse_date(json_string_value(value), json_string_length(value), ret_days) ==
		       RC_OK;
}

static enum rc read_rows(struct municipalities *m, const struct code_list *list, struct err *reterr)
{
	const json_t *rows = json_object_get(list->document, "codes");
	size_t i;

	m->list = calloc(list->len, sizeof(*m->list));
	if (!m->list)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	m->len = list->len;
	for (i = 0; i < m->len; i++) {
		const json_t *row = json_array_get(rows, i);

		/* The dates were checked with the list. */
		m->list[i].code = json_string_value(json_object_get(row, "code"));
		m->list[i].to = INT64_MAX;
		(void)date_of(row, "valid_from", &m->list[i].from);
		(void)date_of(row, "valid_to", &m->list[i].to);
	}
	qsort(m->list, m->len, sizeof(*m->list), by_code);
	return RC_OK;
}

static const char *read_change(const struct municipalities *m, const json_t *row,
			       struct municipality_change *ret)
{
	ret->from = find(m, json_string_value(json_object_get(row, "from")));
	ret->to = find(m, json_string_value(json_object_get(row, "to")));
	if (!ret->from || !ret->to || !date_of(row, "date", &ret->day))
		return "a change between numbers that are not listed, or without date";
	if (ret->from->to != ret->day - 1)
		return "a change on another day than the old number ended";
	if (ret->to->from > ret->day || ret->to->to < ret->day)
		return "a change to a number that was not in force";
	return NULL;
}

/* Whether a change leads on from a number that ended, and to one that began
 * after the list did: following a number must never come to nothing. */
static bool is_connected(const struct municipalities *m, const struct municipality *place)
{
	bool on = place->to == INT64_MAX, back = place->from <= m->covers_from;
	size_t i;

	for (i = 0; i < m->changes_len && !(on && back); i++) {
		on = on || m->changes[i].from == place;
		back = back || (m->changes[i].to == place && m->changes[i].day == place->from);
	}
	return on && back;
}

static enum rc read_changes(struct municipalities *m, const struct code_list *list,
			    struct err *reterr)
{
	const json_t *rows = json_object_get(list->document, "changes");
	size_t i, n = json_array_size(rows);

	m->changes = calloc(n ? n : 1, sizeof(*m->changes));
	if (!m->changes)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (i = 0; i < n; i++) {
		const json_t *row = json_array_get(rows, i);
		const char *wrong = read_change(m, row, &m->changes[i]);

		if (wrong)
			return codes_invalid(reterr, list->name, wrong,
					     json_string_value(json_object_get(row, "from")));
	}
	m->changes_len = n;
	for (i = 0; i < m->len; i++)
		if (!is_connected(m, &m->list[i]))
			return codes_invalid(reterr, list->name,
					     "a number without predecessor or successor",
					     m->list[i].code);
	return RC_OK;
}

enum rc codes_read_municipalities(struct codes *codes, struct err *reterr)
{
	const struct code_list *list = codes_find(codes, "municipality");
	struct municipalities *m = &codes->municipalities;
	enum rc rc;

	if (!list)
		return RC_OK;
	if (!date_of(json_object_get(list->document, "covers"), "from", &m->covers_from))
		return codes_invalid(reterr, list->name, "covers.from is missing", NULL);
	rc = read_rows(m, list, reterr);
	return rc == RC_OK ? read_changes(m, list, reterr) : rc;
}

void codes_release_municipalities(struct municipalities *m)
{
	free(m->list);
	free(m->changes);
	*m = (struct municipalities){ 0 };
}

/* --- following a number through time -------------------------------------- */

struct places {
	const struct municipality *list[CODES_CANDIDATES_MAX];
	size_t len;
};

static void add(struct places *places, const struct municipality *place)
{
	size_t i;

	for (i = 0; i < places->len; i++)
		if (places->list[i] == place)
			return;
	if (places->len < CODES_CANDIDATES_MAX)
		places->list[places->len++] = place;
}

/* Replaces `place` by its neighbours one change nearer to `days`: those that it
 * became when it had ended by then, those that it was made of when it had not
 * begun. */
static void step(const struct municipalities *m, const struct municipality *place, int64_t days,
		 struct places *next)
{
	bool forwards = place->to < days;
	size_t i;

	for (i = 0; i < m->changes_len; i++) {
		const struct municipality_change *change = &m->changes[i];

		if (forwards && change->from == place)
			add(next, change->to);
		else if (!forwards && change->to == place && change->day == place->from)
			add(next, change->from);
	}
}

static bool in_force(const struct municipality *place, int64_t days)
{
	return place->from <= days && days <= place->to;
}

/* Every step crosses one day of change, so it ends within their number. */
static struct places follow(const struct municipalities *m, const struct municipality *start,
			    int64_t days)
{
	struct places now = { .list = { start }, .len = 1 };
	size_t round;

	for (round = 0; round < m->changes_len; round++) {
		struct places next = { .len = 0 };
		bool moved = false;
		size_t i;

		for (i = 0; i < now.len; i++) {
			if (in_force(now.list[i], days)) {
				add(&next, now.list[i]);
			} else {
				step(m, now.list[i], days, &next);
				moved = true;
			}
		}
		if (!moved)
			break;
		now = next;
	}
	return now;
}

struct codes_municipality_answer codes_municipality_on(const struct codes *codes, const char *code,
						       int64_t days)
{
	struct codes_municipality_answer answer = { .kind = CODES_MUNICIPALITY_VALID };
	const struct municipalities *m = &codes->municipalities;
	const struct municipality *place = find(m, code);
	struct places places;
	size_t i;

	if (days < m->covers_from) {
		answer.kind = CODES_MUNICIPALITY_UNCOVERED;
		return answer;
	}
	if (!place) {
		answer.kind = CODES_MUNICIPALITY_UNKNOWN;
		return answer;
	}
	if (in_force(place, days))
		return answer;
	places = follow(m, place, days);
	qsort(places.list, places.len, sizeof(places.list[0]), by_code_pointer);
	for (i = 0; i < places.len; i++)
		answer.candidates[i] = places.list[i]->code;
	answer.len = places.len;
	answer.kind = places.len == 1 ? CODES_MUNICIPALITY_MOVED : CODES_MUNICIPALITY_SPLIT;
	return answer;
}
