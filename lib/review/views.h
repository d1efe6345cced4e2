/* What a review's contributing factors look like through SEIPS, the London Protocol and
 * AcciMap: computed from the one list, by the columns of the code lists
 * contributing_factor and factor_level, which name their sources. A factor that a
 * lens sees in two places is counted in both. No score, and no root cause. */
#ifndef VARDE_REVIEW_VIEWS_H
#define VARDE_REVIEW_VIEWS_H

#include <jansson.h>

struct codes;

/* {coded: "coded" | "none_found" | "not_coded", factors, levels, families, interactions,
 * seips: {…: n}, london_protocol: {…: n}, accimap: {"1": n …}} of a review's clear part:
 * `factors` entries, on `levels` distinct levels that are known, of `families` distinct factors,
 * with `interactions` pairs. AcciMap goes by an entry's own level, else by what its factor is usual
 * on. New reference, NULL when memory ran out. */
json_t *review_systems_view(const json_t *review, const struct codes *codes);

#endif
