/* Mutations that keep JSON well-formed, for targets whose inputs are lines of it:
 * bytes flipped at random seldom pass the parser, so what is behind it would see
 * few inputs. One line is taken, one value in it replaced, dropped, doubled, put
 * elsewhere or mutated as text; every third time libFuzzer's own mutations run
 * over the bytes. New names and words come from the dictionary, through
 * LLVMFuzzerMutate. Linked into fuzz builds only. */
#include "fuzz.h"

#include <jansson.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

#define VALUES_MAX 4096
#define WORD_MAX 256
#define DEPTH_MAX 40

/* Where a value of the document hangs: `index` in an array, or `name`. */
struct place {
	json_t *parent;
	size_t index;
	const char *name;
};

struct tree {
	struct place places[VALUES_MAX];
	size_t len;
};

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static void collect(struct tree *t, json_t *parent, int depth)
{
	const char *name;
	json_t *value;
	size_t i;

	if (depth == DEPTH_MAX)
		return;
	json_array_foreach(parent, i, value)
	{
		if (t->len == VALUES_MAX)
			return;
		t->places[t->len++] = (struct place){ .parent = parent, .index = i };
		collect(t, value, depth + 1);
	}
	json_object_foreach(parent, name, value)
	{
		if (t->len == VALUES_MAX)
			return;
		t->places[t->len++] = (struct place){ .parent = parent, .name = name };
		collect(t, value, depth + 1);
	}
}

static json_t *value_at(const struct place *p)
{
	return p->name ? json_object_get(p->parent, p->name) : json_array_get(p->parent, p->index);
}

/* A text made of another by libFuzzer; "" where it is no UTF-8. */
static json_t *word(const char *from)
{
	uint8_t bytes[WORD_MAX];
	size_t len = from ? strnlen(from, WORD_MAX / 2) : 0;
	json_t *text;

	memcpy(bytes, from ? from : "", len);
	text = json_stringn((const char *)bytes, LLVMFuzzerMutate(bytes, len, WORD_MAX));
	return text ? text : json_string("");
}

static json_t *number(unsigned *seed)
{
	static const json_int_t edges[] = { 0,         1,        -1,         2,
					    100,       65535,    2147483648, 9007199254740993,
					    INT64_MAX, INT64_MIN };

	if (next(seed) % 4 == 0)
		return json_real((double)next(seed) / (1 + next(seed) % 9) - 500);
	if (next(seed) % 2)
		return json_integer(edges[next(seed) % ARRAY_LEN(edges)]);
	return json_integer((json_int_t)(next(seed) % 40) - 3);
}

static json_t *something(unsigned *seed)
{
	switch (next(seed) % 8) {
	case 0: return json_object();
	case 1: return json_array();
	case 2: return json_boolean(next(seed) % 2);
	case 3: return json_null();
	case 4: return number(seed);
	case 5: return json_pack("[o]", word(NULL));
	case 6: return json_pack("{s:o}", "a", word(NULL));
	default: return word(NULL);
	}
}

static json_t *changed(const json_t *value, unsigned *seed)
{
	if (json_is_string(value))
		return word(json_string_value(value));
	if (json_is_integer(value) && next(seed) % 2)
		return json_integer(
			(json_int_t)((uint64_t)json_integer_value(value) + next(seed) % 5 - 2));
	return json_is_number(value) ? number(seed) : something(seed);
}

/* Takes the reference. */
static void set(const struct place *p, json_t *value)
{
	if (p->name)
		json_object_set_new(p->parent, p->name, value);
	else
		json_array_set_new(p->parent, p->index, value);
}

/* A member of a new name, or one more element. Takes the reference. */
static void add(json_t *container, const char *name, json_t *value, unsigned *seed)
{
	if (json_is_array(container)) {
		json_array_insert_new(container, next(seed) % (json_array_size(container) + 1),
				      value);
	} else if (json_is_object(container)) {
		json_t *made = next(seed) % 4 && name ? json_string(name) : word(name);

		json_object_set_new(container, json_string_value(made), value);
		json_decref(made);
	} else {
		json_decref(value);
	}
}

static void change(const struct tree *t, unsigned *seed)
{
	const struct place *here = &t->places[next(seed) % t->len];
	const struct place *there = &t->places[next(seed) % t->len];
	json_t *value = value_at(here);

	switch (next(seed) % 7) {
	case 0: set(here, json_deep_copy(value_at(there))); break;
	case 1:
		if (here->name)
			json_object_del(here->parent, here->name);
		else
			json_array_remove(here->parent, here->index);
		break;
	case 2: add(value, there->name, json_deep_copy(value_at(there)), seed); break;
	case 3: add(value, NULL, something(seed), seed); break;
	case 4: add(here->parent, here->name, json_deep_copy(value), seed); break;
	case 5: set(here, something(seed)); break;
	default: set(here, changed(value, seed)); break;
	}
}

/* The line's new text, or NULL; the caller frees. */
static char *mutate_line(struct piece line, unsigned *seed)
{
	json_t *root = json_pack("[o*]", json_loadb(line.at, line.len, JSON_DECODE_ANY, NULL));
	struct tree *tree = calloc(1, sizeof(*tree));
	char *text = NULL;

	MUST(tree);
	for (unsigned times = 1 + next(seed) % 3; times; times--) {
		tree->len = 0;
		collect(tree, root, 0);
		if (tree->len)
			change(tree, seed);
	}
	if (json_array_size(root))
		text = json_dumps(json_array_get(root, 0), JSON_COMPACT | JSON_ENCODE_ANY);
	free(tree);
	json_decref(root);
	return text;
}

static size_t mutate_one(uint8_t *data, size_t size, size_t max, unsigned *seed)
{
	struct piece rest = { (const char *)data, size }, line = { NULL, 0 };
	CLEANUP_FREE char *text = NULL;
	size_t lines = 1, pick, start, len;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	for (pick = next(seed) % lines + 1; pick; pick--)
		line = fuzz_take(&rest, '\n');
	text = line.len ? mutate_line(line, seed) : NULL;
	start = line.at ? (size_t)(line.at - (const char *)data) : 0;
	len = text ? strlen(text) : 0;
	if (!text || size - line.len + len > max)
		return 0;
	memmove(data + start + len, data + start + line.len, size - start - line.len);
	memcpy(data + start, text, len);
	return size - line.len + len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t made = next(&seed) % 3 ? mutate_one(data, size, max, &seed) : 0;

	return made ? made : LLVMFuzzerMutate(data, size, max);
}
