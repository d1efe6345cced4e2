#include "tabular/internal.h"

#include <string.h>

enum rc tabular_grow(void *list, size_t *size, size_t len, size_t item)
{
	size_t more = *size ? *size * 2 : 16;
	void *grown;

	if (len < *size)
		return RC_OK;
	grown = reallocarray(*(void **)list, more, item);
	if (!grown)
		return RC_NOMEM;
	*(void **)list = grown;
	*size = more;
	return RC_OK;
}

enum rc tabular_no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

void tabular_dimension_release(struct tabular_dimension *d)
{
	free(d->name);
	json_decref(d->numbers);
	free(d->names);
	free(d->groups);
	free(d->children);
}

struct tabular_dimension *tabular_dimension_find(struct tabular *t, const char *name)
{
	for (uint32_t i = 0; i < t->len; i++)
		if (!strcmp(t->dimensions[i].name, name))
			return &t->dimensions[i];
	return NULL;
}

enum rc tabular_dimension_add(struct tabular *t, const char *name, struct tabular_dimension **ret)
{
	struct tabular_dimension *d;

	if (t->len == SUPPRESS_DIMENSIONS_MAX)
		return RC_LIMIT;
	d = &t->dimensions[t->len];
	d->name = strdup(name);
	d->numbers = json_object();
	d->flat = true;
	if (!d->name || !d->numbers) {
		tabular_dimension_release(d);
		*d = (struct tabular_dimension){ 0 };
		return RC_NOMEM;
	}
	t->len++;
	*ret = d;
	return RC_OK;
}

enum rc tabular_category(struct tabular_dimension *d, const char *name, uint32_t *ret)
{
	const json_t *known = json_object_get(d->numbers, name);

	if (known) {
		*ret = (uint32_t)json_integer_value(known);
		return RC_OK;
	}
	/* A flat one gets its total besides. */
	if (d->len + 1 >= SUPPRESS_CATEGORIES_MAX)
		return RC_LIMIT;
	if (tabular_grow(&d->names, &d->size, d->len, sizeof(*d->names)) ||
	    json_object_set_new(d->numbers, name, json_integer((json_int_t)d->len)))
		return RC_NOMEM;
	d->names[d->len] = json_object_iter_key(json_object_iter_at(d->numbers, name));
	*ret = (uint32_t)d->len++;
	return RC_OK;
}
