#include "suppress/matrix.h"

#include "suppress/field.h"
#include "suppress/internal.h"

#include <stdlib.h>
#include <string.h>

enum rc matrix_init(struct matrix *m, uint32_t columns)
{
	*m = (struct matrix){ .columns = columns };
	m->holders = calloc((size_t)columns + 1, sizeof(*m->holders));
	m->at = calloc((size_t)columns + 1, sizeof(*m->at));
	m->met = calloc((size_t)columns + 1, 1);
	return m->holders && m->at && m->met ? RC_OK : RC_NOMEM;
}

void matrix_release(struct matrix *m)
{
	free(m->rows);
	free(m->entries);
	free(m->holders);
	free(m->held);
	free(m->at);
	free(m->met);
}

enum rc matrix_row(struct matrix *m, const struct entry *entries, uint32_t n)
{
	struct run row = { (uint32_t)m->entries_len, n, n };
	enum rc rc;

	rc = suppress_grow(&m->entries, &m->entries_size, m->entries_len + n, sizeof(*m->entries));
	if (!rc)
		rc = suppress_grow(&m->rows, &m->rows_size, m->rows_len + 1, sizeof(*m->rows));
	if (rc)
		return rc;
	for (uint32_t i = 0; i < n; i++) {
		m->entries[m->entries_len++] = entries[i];
		m->holders[entries[i].column].size++;
	}
	m->rows[m->rows_len++] = row;
	return RC_OK;
}

uint32_t matrix_value(const struct matrix *m, uint32_t row, uint32_t column)
{
	const struct entry *entries = matrix_entries(m, row);

	for (uint32_t i = 0; i < m->rows[row].len; i++)
		if (entries[i].column == column)
			return entries[i].value;
	return 0;
}

static enum rc hold(struct matrix *m, uint32_t column, uint32_t row)
{
	struct run *h = &m->holders[column];

	if (h->len == h->size) {
		uint32_t size = h->size ? h->size * 2 : 4, start = (uint32_t)m->held_len;

		if (suppress_grow(&m->held, &m->held_size, m->held_len + size, sizeof(*m->held)))
			return RC_NOMEM;
		memcpy(m->held + start, m->held + h->start, h->len * sizeof(*m->held));
		m->held_len += size;
		h->start = start;
		h->size = size;
	}
	m->held[h->start + h->len++] = row;
	return RC_OK;
}

static void drop(struct matrix *m, uint32_t column, uint32_t row)
{
	struct run *h = &m->holders[column];
	uint32_t *list = m->held + h->start;

	for (uint32_t i = h->len; i-- > 0;) {
		if (list[i] == row) {
			list[i] = list[--h->len];
			return;
		}
	}
}

void matrix_set_aside(struct matrix *m, uint32_t row)
{
	const struct entry *entries = matrix_entries(m, row);

	for (uint32_t i = 0; i < m->rows[row].len; i++)
		drop(m, entries[i].column, row);
}

enum rc matrix_index(struct matrix *m)
{
	for (uint32_t c = 0; c < m->columns; c++) {
		m->holders[c].start = (uint32_t)m->held_len;
		m->held_len += m->holders[c].size;
	}
	if (suppress_grow(&m->held, &m->held_size, m->held_len + 1, sizeof(*m->held)))
		return RC_NOMEM;
	for (uint32_t r = 0; r < m->rows_len; r++) {
		const struct entry *entries = matrix_entries(m, r);

		for (uint32_t i = 0; i < m->rows[r].len; i++) {
			struct run *h = &m->holders[entries[i].column];

			m->held[h->start + h->len++] = r;
		}
	}
	return RC_OK;
}

static enum rc append(struct matrix *m, uint32_t r, struct entry entry)
{
	struct run *row = &m->rows[r];

	if (row->len == row->size) {
		uint32_t size = row->size * 2 + 2, start = (uint32_t)m->entries_len;

		if (suppress_grow(&m->entries, &m->entries_size, m->entries_len + size,
				  sizeof(*m->entries)))
			return RC_NOMEM;
		memcpy(m->entries + start, m->entries + row->start, row->len * sizeof(*m->entries));
		m->entries_len += size;
		row->start = start;
		row->size = size;
	}
	m->entries[row->start + row->len++] = entry;
	return hold(m, entry.column, r);
}

/* Row r += factor * pivot row, whose columns are marked in `at`. */
static enum rc add_row(struct matrix *m, uint32_t r, uint32_t pivot, uint32_t factor)
{
	struct entry *own = matrix_entries(m, r), *other = matrix_entries(m, pivot);
	uint32_t n = m->rows[pivot].len, len = m->rows[r].len;
	enum rc rc = RC_OK;

	m->work += len + n;
	memset(m->met, 0, n);
	for (uint32_t i = 0; i < len;) {
		uint32_t place = m->at[own[i].column];

		if (place) {
			m->met[place - 1] = 1;
			own[i].value = field_add(own[i].value,
						 field_multiply(factor, other[place - 1].value));
		}
		if (own[i].value) {
			i++;
			continue;
		}
		drop(m, own[i].column, r);
		own[i] = own[--len];
	}
	m->rows[r].len = len;
	for (uint32_t i = 0; !rc && i < n; i++) {
		struct entry e = matrix_entries(m, pivot)[i];

		if (!m->met[i])
			rc = append(m, r,
				    (struct entry){ e.column, field_multiply(factor, e.value) });
	}
	return rc;
}

static void mark(struct matrix *m, uint32_t row, bool on)
{
	const struct entry *entries = matrix_entries(m, row);

	for (uint32_t i = 0; i < m->rows[row].len; i++)
		m->at[entries[i].column] = on ? i + 1 : 0;
}

enum rc matrix_clear(struct matrix *m, uint32_t pivot, struct entry entry,
		     const struct matrix_watch *watch)
{
	uint32_t inverse = field_negative(field_inverse(entry.value));
	const struct run *h = &m->holders[entry.column];
	enum rc rc = RC_OK;

	mark(m, pivot, true);
	/* Backwards: a row that loses the column goes off the list. */
	for (uint32_t i = h->len; !rc && i-- > 0;) {
		uint32_t r = m->held[h->start + i], value;

		if (r == pivot)
			continue;
		value = matrix_value(m, r, entry.column);
		if (watch)
			watch->before(watch->ctx, r);
		rc = add_row(m, r, pivot, field_multiply(value, inverse));
		if (!rc && watch)
			watch->after(watch->ctx, r);
	}
	mark(m, pivot, false);
	return rc;
}

void matrix_normalise(struct matrix *m, uint32_t row, uint32_t column)
{
	struct entry *entries = matrix_entries(m, row);
	uint32_t inverse = field_inverse(matrix_value(m, row, column));

	for (uint32_t i = 0; inverse != 1 && i < m->rows[row].len; i++)
		entries[i].value = field_multiply(entries[i].value, inverse);
}
