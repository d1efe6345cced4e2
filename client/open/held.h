/* What one opened document holds about a person. */
#ifndef VARDE_OPEN_HELD_H
#define VARDE_OPEN_HELD_H

#include "open/person.h"

#include <jansson.h>

/* Where the person stands: an array of {"member":pointer, "about":"patient"|"reporter"|
 * "staff"|"text", "how":"identifier"|"hpr"|"text"}, empty when nowhere. `identifier` and `hpr`
 * are members made for the number, `text` is the number within any other text. New
 * reference; NULL when memory is out. */
json_t *held_matches(const json_t *document, const struct person *person);

/* The person's own objects (/patients/N, /reporter, /involved_staff/N) that the matches lie
 * in, each once, as {pointer: object}. Nothing of other persons is in them. New reference. */
json_t *held_own(const json_t *document, const json_t *matches);

/* What the event was, in codes: class, type, date, place or service, harm. New reference. */
json_t *held_event(const json_t *document);

/* Whether one of the persons is a patient of the document, by number. */
bool held_patient_is_among(const json_t *document, const struct persons *persons);

#endif
