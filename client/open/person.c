#include "open/person.h"

#include "base/buf.h"
#include "open/passphrase.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define PERSONS_FILE_MAX ((size_t)16 << 20)

static enum rc bad(struct err *reterr, size_t line)
{
	char where[32];

	snprintf(where, sizeof(where), "line %zu", line);
	return err_set(reterr, RC_INVALID, "person-number", where,
		       "this is not a person number: eleven digits with a date, or an FH number");
}

/* Digits of `line`, which may have spaces, dots and hyphens between; "" when there is
 * anything else, or too many. */
static void digits_of(const char *line, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] >= '0' && line[i] <= '9' && n < size - 1)
			out[n++] = line[i];
		else if (!strchr(" .-\t\r", line[i])) { /* also a digit too many */
			out[0] = '\0';
			return;
		}
	}
	out[n] = '\0';
}

static bool parse_number(const char *line, size_t len, char out[PERSON_NUMBER_LEN + 1])
{
	struct person_number p;

	digits_of(line, len, out, PERSON_NUMBER_LEN + 1);
	return person_number_classify(out, strlen(out), &p) &&
	       (p.kind == PERSON_NUMBER_FHNR ? p.holds_legacy : p.date_plausible);
}

static bool parse_hpr(const char *line, size_t len, char out[10])
{
	size_t zeros;

	if (len < 5 || strncmp(line, "hpr ", 4) != 0)
		return false;
	digits_of(line + 4, len - 4, out, 10);
	zeros = strspn(out, "0");
	memmove(out, out + zeros, strlen(out + zeros) + 1);
	return out[0] != '\0';
}

static enum rc parse_person(const struct passphrase *text, struct person *person,
			    struct err *reterr)
{
	const char *end = text->text + text->len;
	const char *newline = memchr(text->text, '\n', text->len);
	const char *second = newline ? newline + 1 : end;
	size_t len = (size_t)(end - second);

	if (!parse_number(text->text, (size_t)((newline ? newline : end) - text->text),
			  person->number))
		return bad(reterr, 1);
	person->hpr[0] = '\0';
	while (len && strchr("\r\n", second[len - 1]))
		len--;
	if (len && !parse_hpr(second, len, person->hpr))
		return err_set(reterr, RC_INVALID, "person-number", "line 2",
			       "the second line is empty, or hpr and a number");
	return RC_OK;
}

enum rc person_read(const char *path, struct person **ret, struct err *reterr)
{
	CLEANUP(passphrase_freep) struct passphrase *text = NULL;
	CLEANUP(person_freep) struct person *person = NULL;
	enum rc rc;

	if (path)
		rc = passphrase_from_file(path, &text, reterr);
	else if (isatty(STDIN_FILENO))
		rc = passphrase_from_terminal("The person's number (it is not shown): ", &text,
					      reterr);
	else
		rc = passphrase_from_stdin(&text, reterr);
	if (rc)
		return err_set(reterr, rc, "person-number", path,
			       "the person's number cannot be read, or is empty");
	person = sodium_malloc(sizeof(*person));
	if (!person)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no locked memory");
	rc = parse_person(text, person, reterr);
	if (!rc)
		*ret = TAKE_PTR(person);
	return rc;
}

void person_free(struct person *person)
{
	sodium_free(person);
}

/* --- many --------------------------------------------------------------------------------- */

struct persons {
	size_t len, size;
	char (*list)[PERSON_NUMBER_LEN + 1]; /* in order */
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum rc add(struct persons *p, const char *number)
{
	if (p->len == p->size) {
		size_t size = p->size ? 2 * p->size : 64;
		char(*list)[PERSON_NUMBER_LEN + 1] = reallocarray(p->list, size, sizeof(*list));

		if (!list)
			return RC_NOMEM;
		p->list = list;
		p->size = size;
	}
	memcpy(p->list[p->len++], number, PERSON_NUMBER_LEN + 1);
	return RC_OK;
}

static enum rc parse_lines(struct persons *p, const struct buf *text, struct err *reterr)
{
	const char *at = buf_text(text), *end = at + text->len;
	enum rc rc = RC_OK;

	for (size_t number = 1; !rc && at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);
		char digits[PERSON_NUMBER_LEN + 1];

		if (len && *at != '#' && *at != '\r')
			rc = parse_number(at, len, digits) ? add(p, digits) : bad(reterr, number);
		at += len + 1;
	}
	if (rc == RC_NOMEM)
		err_set(reterr, rc, "no-memory", NULL, "no memory for numbers");
	return rc;
}

enum rc persons_read(const char *path, struct persons **ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(PERSONS_FILE_MAX);
	CLEANUP(persons_freep) struct persons *p = calloc(1, sizeof(*p));
	enum rc rc = p ? buf_read_file(&text, path) : RC_NOMEM;

	if (rc)
		return err_set(reterr, rc, "person-number", path, "the numbers cannot be read");
	rc = parse_lines(p, &text, reterr);
	if (rc)
		return rc;
	if (p->len)
		qsort(p->list, p->len, sizeof(*p->list), compare);
	*ret = TAKE_PTR(p);
	return RC_OK;
}

bool persons_has(const struct persons *p, const char *number)
{
	return number && p->len && bsearch(number, p->list, p->len, sizeof(*p->list), compare);
}

void persons_free(struct persons *p)
{
	if (p->list)
		explicit_bzero(p->list, p->size * sizeof(*p->list));
	free(p->list);
	free(p);
}
