#include "findings/findings.h"

#include <stdlib.h>
#include <string.h>

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->len; i++) {
		free(f->list[i].pointer);
		free(f->list[i].detail);
	}
	free(f->list);
	*f = (struct findings){ 0 };
}

bool findings_has(const struct findings *f, const char *pointer, const char *code)
{
	for (size_t i = 0; i < f->len; i++)
		if (!strcmp(f->list[i].code, code) && !strcmp(f->list[i].pointer, pointer))
			return true;
	return false;
}

static bool make_room(struct findings *f)
{
	struct finding *list;
	size_t size;

	if (f->len < f->size)
		return true;
	size = f->size ? f->size * 2 : 8;
	list = realloc(f->list, size * sizeof(*list));
	if (!list)
		return false;
	f->list = list;
	f->size = size;
	return true;
}

void findings_add(struct findings *f, enum finding_severity severity, const char *pointer,
		  const char *keyword, const char *code, const char *detail)
{
	size_t *count = severity == FINDING_ERROR ? &f->errors : &f->warnings;
	struct finding one = { .severity = severity, .keyword = keyword, .code = code };

	/* First, so that a document made of faults costs no search for each of them. */
	if (*count >= FINDINGS_KEPT) {
		(*count)++;
		return;
	}
	if (findings_has(f, pointer, code))
		return;
	(*count)++;
	one.pointer = strdup(pointer);
	one.detail = detail ? strdup(detail) : NULL;
	if (!one.pointer || (detail && !one.detail) || !make_room(f)) {
		free(one.pointer);
		free(one.detail);
		f->failed = RC_NOMEM;
		return;
	}
	f->list[f->len++] = one;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* strcmp, but a run of digits compares as a number: /patients/2 before /patients/10. */
static int compare_pointers(const char *a, const char *b)
{
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			size_t na = strspn(a, "0123456789"), nb = strspn(b, "0123456789");
			int order = na != nb ? (na < nb ? -1 : 1) : strncmp(a, b, na);

			if (order)
				return order;
			a += na;
			b += nb;
		} else {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
			a++;
			b++;
		}
	}
	return (*a != '\0') - (*b != '\0');
}

static int compare(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int order = (int)a->severity - (int)b->severity;

	if (!order)
		order = compare_pointers(a->pointer, b->pointer);
	return order ? order : strcmp(a->code, b->code);
}

void findings_sort(struct findings *f)
{
	if (f->len > 1)
		qsort(f->list, f->len, sizeof(*f->list), compare);
}
