#include "review/views.h"

#include "base/cleanup.h"
#include "codes/codes.h"

#include <stdio.h>
#include <string.h>

static const char *word(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* One more of `key`. */
static void count(json_t *counts, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(counts, key));

	json_object_set_new(counts, key, json_integer(n + 1));
}

/* Counts each place (a word or a number) of a lens. */
static void count_places(json_t *counts, const json_t *places)
{
	const json_t *place;
	char number[24];
	size_t i;

	json_array_foreach(places, i, place)
	{
		if (json_is_string(place)) {
			count(counts, json_string_value(place));
		} else if (json_is_integer(place)) {
			snprintf(number, sizeof(number), "%d", (int)json_integer_value(place));
			count(counts, number);
		}
	}
}

static const json_t *accimap_of(const json_t *entry, const struct codes *codes)
{
	const json_t *own = codes_member(codes, "factor_level", word(entry, "level"), "accimap");

	return json_array_size(own) ? own
				    : codes_member(codes, "contributing_factor",
						   word(entry, "factor"), "accimap");
}

/* Entries that say that nothing was found, or nothing yet, are no factors. */
static bool is_factor(const json_t *entry, const struct codes *codes)
{
	const json_t *seips =
		codes_member(codes, "contributing_factor", word(entry, "factor"), "seips");

	return json_array_size(seips) > 0;
}

struct sums {
	json_t *seips, *london, *accimap;
	json_t *levels, *families; /* as sets */
	json_int_t factors, interactions;
};

static void add_entry(struct sums *sums, const json_t *entry, const struct codes *codes)
{
	const char *factor = word(entry, "factor");

	sums->factors++;
	sums->interactions +=
		(json_int_t)json_array_size(json_object_get(entry, "interaction_with"));
	count_places(sums->seips, codes_member(codes, "contributing_factor", factor, "seips"));
	count_places(sums->london,
		     codes_member(codes, "contributing_factor", factor, "london_protocol"));
	count_places(sums->accimap, accimap_of(entry, codes));
	count(sums->families, factor);
	if (*word(entry, "level") && strcmp(word(entry, "level"), "unknown") != 0)
		count(sums->levels, word(entry, "level"));
}

json_t *review_systems_view(const json_t *review, const struct codes *codes)
{
	const json_t *list = json_object_get(review, "contributing_factors"), *entry;
	struct sums sums = { .seips = json_object(),
			     .london = json_object(),
			     .accimap = json_object(),
			     .levels = json_object(),
			     .families = json_object() };
	bool none_found = false;
	json_t *view;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		none_found |= !strcmp(word(entry, "factor"), "none_found");
		if (is_factor(entry, codes))
			add_entry(&sums, entry, codes);
	}
	view = json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "coded",
			 sums.factors ? "coded"
			 : none_found ? "none_found"
				      : "not_coded",
			 "factors", sums.factors, "levels",
			 (json_int_t)json_object_size(sums.levels), "families",
			 (json_int_t)json_object_size(sums.families), "interactions",
			 sums.interactions, "seips", sums.seips, "london_protocol", sums.london,
			 "accimap", sums.accimap);
	json_decref(sums.levels);
	json_decref(sums.families);
	return view;
}
