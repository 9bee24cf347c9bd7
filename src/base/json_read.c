/* SPDX-License-Identifier: Apache-2.0 */
/* base/json_read.c - JSON into values, stricter than yajl reads it */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "cti/json.h"

enum {
	MEMBERS_MAX = 2048, /* of one object: finding doubles is quadratic */
	ARENA_BASE = 16 * 1024,
	ARENA_TIMES = 4, /* the text: what yajl decodes into doubles */
};

struct node {
	struct cti_json_value value; /* first, so that a value is its node */
	struct node *last;	     /* child */
	uint32_t hash;		     /* of the key */
	uint32_t members;
};

/* One allocation: this, the nodes, a copy of the text, decoded strings. */
struct cti_json {
	size_t used; /* nodes */
	size_t room;
	char *text;
	char *strings; /* where the next decoded string goes */
	struct node nodes[];
};

/* yajl does not look whether it got memory, so all it may ask for is there
 * before it begins; what it gives back is not used again. */
struct arena {
	size_t used, size;
	max_align_t data[];
};

struct reader {
	struct cti_json *doc;
	struct cti_err *err;
	bool repeats; /* a key may stand there twice */
	yajl_handle yajl;
	size_t pos; /* behind the token before */
	const char *key;
	uint32_t key_hash;
	size_t depth;
	struct node *open[CTI_JSON_DEPTH];
};

static int reader_refuse(struct reader *reader, const char *what)
{
	(void)cti_err_set(reader->err, EINVAL, CTI_ERR_BAD_JSON,
			  "The text is not usable JSON: %s, at byte %zu.", what,
			  yajl_get_bytes_consumed(reader->yajl));
	return 0; /* yajl's word for stop */
}

/* The space is there: see doc_new(). */
static const char *string_keep(struct cti_json *doc, const void *data,
			       size_t len)
{
	char *text = doc->strings;

	memcpy(text, data, len);
	text[len] = '\0';
	doc->strings += len + 1;
	return text;
}

static void node_append(struct reader *reader, struct node *node)
{
	struct node *parent;

	if (!reader->depth)
		return;
	parent = reader->open[reader->depth - 1];
	if (parent->last)
		parent->last->value.next = &node->value;
	else
		parent->value.first = &node->value;
	parent->last = node;
	parent->members++;
}

/* A node for the value whose token (its first, if it has more) just ended. */
static struct node *node_add(struct reader *reader, enum cti_json_type type)
{
	struct cti_json *doc = reader->doc;
	size_t end = yajl_get_bytes_consumed(reader->yajl);
	size_t start =
		reader->pos + strspn(doc->text + reader->pos, " \t\r\n,:");

	if (doc->used == doc->room)
		return NULL;

	struct node *node = &doc->nodes[doc->used++];

	*node = (struct node){
		.value = {.type = type,
			  .key = reader->key,
			  .raw = doc->text + start,
			  .raw_len = end - start},
		.hash = reader->key_hash,
	};
	node_append(reader, node);
	reader->key = NULL;
	reader->pos = end;
	return node;
}

static int on_null(void *ctx)
{
	return node_add(ctx, CTI_JSON_NULL) != NULL;
}

static int on_boolean(void *ctx, int value)
{
	struct node *node = node_add(ctx, CTI_JSON_BOOL);

	if (node)
		node->value.boolean = value != 0;
	return node != NULL;
}

static int scalar_add(struct reader *reader, enum cti_json_type type,
		      const void *data, size_t len)
{
	struct node *node = node_add(reader, type);

	if (node)
		node->value.text = string_keep(reader->doc, data, len);
	return node != NULL;
}

static int on_number(void *ctx, const char *data, size_t len)
{
	return scalar_add(ctx, CTI_JSON_NUMBER, data, len);
}

static int on_string(void *ctx, const unsigned char *data, size_t len)
{
	return scalar_add(ctx, CTI_JSON_STRING, data, len);
}

static uint32_t key_hash(const char *key)
{
	uint32_t hash = 2166136261U;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619U;
	return hash;
}

static bool key_taken(const struct node *object, const char *key, uint32_t hash)
{
	const struct cti_json_value *value = object->value.first;

	for (; value; value = value->next) {
		const struct node *node = (const struct node *)value;

		if (node->hash == hash && strcmp(value->key, key) == 0)
			return true;
	}
	return false;
}

static int on_key(void *ctx, const unsigned char *data, size_t len)
{
	struct reader *reader = ctx;
	const struct node *object = reader->open[reader->depth - 1];

	reader->key = string_keep(reader->doc, data, len);
	reader->key_hash = key_hash(reader->key);
	reader->pos = yajl_get_bytes_consumed(reader->yajl);
	if (object->members == MEMBERS_MAX)
		return reader_refuse(reader, "too many keys in an object");
	if (!reader->repeats &&
	    key_taken(object, reader->key, reader->key_hash))
		return reader_refuse(reader, "a key stands there twice");
	return 1;
}

static int level_open(struct reader *reader, enum cti_json_type type)
{
	struct node *node;

	if (reader->depth == CTI_JSON_DEPTH)
		return reader_refuse(reader, "nested too deeply");
	node = node_add(reader, type);
	if (!node)
		return 0;
	reader->open[reader->depth++] = node;
	return 1;
}

static int on_map(void *ctx)
{
	return level_open(ctx, CTI_JSON_OBJECT);
}

static int on_array(void *ctx)
{
	return level_open(ctx, CTI_JSON_ARRAY);
}

static int on_close(void *ctx)
{
	struct reader *reader = ctx;
	struct node *node = reader->open[--reader->depth];
	size_t start = (size_t)(node->value.raw - reader->doc->text);

	reader->pos = yajl_get_bytes_consumed(reader->yajl);
	node->value.raw_len = reader->pos - start;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_array,
	.yajl_end_array = on_close,
};

/* Value of \uXXXX at text, -1 if it is none. */
static int escape_value(const char *text, const char *end)
{
	int value = 0;

	if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *at = memchr(digits, text[i], 32);

		if (!at)
			return -1;
		value = value << 4 | (int)((at - digits) & 0xf);
	}
	return value;
}

/* Bytes of the escape at text, 0 if it means no character we take. */
static size_t escape_length(const char *text, const char *end)
{
	int value = escape_value(text, end);

	if (value < 0)
		return 2; /* another escape, or an error that yajl reports */
	if (value == 0 || (value >= 0xdc00 && value <= 0xdfff))
		return 0;
	if (value < 0xd800 || value > 0xdbff)
		return 6;

	int low = escape_value(text + 6, end);

	return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

/* yajl lets \u0000 and half a surrogate pair through. */
static bool escapes_valid(const char *text, size_t len, size_t *badp)
{
	const char *end = text + len;
	const char *at = text;

	while (at < end) {
		at = memchr(at, '\\', (size_t)(end - at));
		if (!at)
			break;

		size_t used = escape_length(at, end);

		if (!used) {
			*badp = (size_t)(at - text);
			return false;
		}
		if ((size_t)(end - at) <= used)
			break;
		at += used;
	}
	return true;
}

/* yajl takes form feed and vertical tab for blanks. */
static bool controls_valid(const char *text, size_t len, size_t *badp)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x20 && byte != '\t' && byte != '\n' &&
		    byte != '\r') {
			*badp = i;
			return false;
		}
	}
	return true;
}

static int text_check(const char *text, size_t len, size_t max,
		      struct cti_err *err)
{
	size_t bad = 0;

	if (len > max)
		return cti_err_set(err, EMSGSIZE, CTI_ERR_BODY_TOO_LARGE,
				   "The text has %zu bytes, %zu are allowed.",
				   len, max);
	if (!len)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_JSON,
				   "The text is empty, JSON was expected.");
	if (!cti_utf8_valid(text, len, &bad))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_JSON,
				   "The text is not UTF-8, at byte %zu.", bad);
	if (!controls_valid(text, len, &bad))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_JSON,
				   "A control character is not JSON, at byte "
				   "%zu.",
				   bad);
	if (!escapes_valid(text, len, &bad))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_JSON,
				   "An escape stands for no character, at byte "
				   "%zu.",
				   bad);
	return 0;
}

/* Each value but the first stands behind one of these. */
static size_t values_most(const char *text, size_t len)
{
	size_t count = 1;

	for (size_t i = 0; i < len; i++)
		count += text[i] == ',' || text[i] == '[' || text[i] == '{';
	return count;
}

/*
 * A decoded string with its NUL is shorter than it was with two quotes, and
 * behind a number there is a byte for its NUL, so len + 2 bytes take all.
 */
static struct cti_json *doc_new(const char *text, size_t len)
{
	size_t room = values_most(text, len);
	size_t head = sizeof(struct cti_json) + room * sizeof(struct node);
	struct cti_json *doc = malloc(head + 2 * (len + 2));

	if (!doc)
		return NULL;
	doc->used = 0;
	doc->room = room;
	doc->text = (char *)doc + head;
	doc->strings = doc->text + len + 2;
	memcpy(doc->text, text, len);
	/* a blank ends a number that nothing else ends */
	doc->text[len] = ' ';
	doc->text[len + 1] = '\0';
	return doc;
}

static void reader_explain(struct reader *reader)
{
	unsigned char *text = yajl_get_error(reader->yajl, 0, NULL, 0);
	const char *what = text ? (const char *)text : "syntax error";

	(void)cti_err_set(reader->err, EINVAL, CTI_ERR_BAD_JSON,
			  "The text is not JSON: %.*s, at byte %zu.",
			  (int)strcspn(what, ".\n"), what,
			  yajl_get_bytes_consumed(reader->yajl));
	if (text)
		yajl_free_error(reader->yajl, text);
}

static struct arena *arena_new(size_t len)
{
	size_t units = (ARENA_BASE + len * ARENA_TIMES) / sizeof(max_align_t);
	struct arena *arena =
		malloc(sizeof(*arena) + units * sizeof(max_align_t));

	if (!arena)
		return NULL;
	arena->used = 0;
	arena->size = units;
	return arena;
}

/* Its size stands in front of each piece. */
static void *arena_take(void *ctx, size_t size)
{
	struct arena *arena = ctx;
	size_t units =
		1 + (size + sizeof(max_align_t) - 1) / sizeof(max_align_t);
	max_align_t *piece = arena->data + arena->used;

	assert(units <= arena->size - arena->used);
	if (units > arena->size - arena->used)
		return NULL;
	arena->used += units;
	memcpy(piece, &size, sizeof(size));
	return piece + 1;
}

static void *arena_again(void *ctx, void *old, size_t size)
{
	void *piece = arena_take(ctx, size);
	size_t before = 0;

	if (old)
		memcpy(&before, (max_align_t *)old - 1, sizeof(before));
	if (piece && old)
		memcpy(piece, old, before < size ? before : size);
	return piece;
}

static void arena_back(void *ctx, void *old)
{
	(void)ctx; /* all of it goes at once */
	(void)old;
}

static int reader_run(struct reader *reader, struct arena *arena, size_t len)
{
	yajl_alloc_funcs funcs = {.malloc = arena_take,
				  .realloc = arena_again,
				  .free = arena_back,
				  .ctx = arena};
	yajl_status status;

	reader->yajl = yajl_alloc(&callbacks, &funcs, reader);
	if (!reader->yajl)
		return -ENOMEM;
	status = yajl_parse(reader->yajl,
			    (const unsigned char *)reader->doc->text, len + 1);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(reader->yajl);
	if (status == yajl_status_error)
		reader_explain(reader);
	yajl_free(reader->yajl);
	return status == yajl_status_ok ? 0 : -EINVAL;
}

static int doc_read(struct cti_json *doc, size_t len, bool repeats,
		    struct cti_err *err)
{
	struct reader reader = {.doc = doc, .err = err, .repeats = repeats};
	struct arena *arena = arena_new(len);
	int res;

	if (!arena)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "There is no memory left.");
	res = reader_run(&reader, arena, len);
	free(arena);
	return res;
}

/* A text of len bytes, whose length is as it should be. */
static int doc_make(struct cti_json **docp, const char *text, size_t len,
		    bool repeats, struct cti_err *err)
{
	struct cti_json *doc = doc_new(text, len);
	int res;

	if (!doc)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "There is no memory left.");
	res = doc_read(doc, len, repeats, err);
	if (res)
		goto out;

	*docp = doc;
	doc = NULL; /* now owned by the caller */
out:
	cti_json_destroy(doc);
	return res;
}

int cti_json_parse(struct cti_json **docp, const char *text, size_t len,
		   size_t max, struct cti_err *err)
{
	int res = text_check(text, len, max, err);

	return res ? res : doc_make(docp, text, len, false, err);
}

int cti_json_parse_lax(struct cti_json **docp, const char *text, size_t len,
		       size_t max, struct cti_err *err)
{
	int res = text_check(text, len, max, err);

	return res ? res : doc_make(docp, text, len, true, err);
}

void cti_json_destroy(struct cti_json *doc)
{
	free(doc);
}

const struct cti_json_value *cti_json_root(const struct cti_json *doc)
{
	return &doc->nodes[0].value;
}

const struct cti_json_value *cti_json_find(const struct cti_json_value *obj,
					   const char *key)
{
	const struct cti_json_value *value = NULL;

	if (obj && obj->type == CTI_JSON_OBJECT)
		value = obj->first;
	while (value && strcmp(value->key, key) != 0)
		value = value->next;
	return value;
}

const char *cti_json_str(const struct cti_json_value *obj, const char *key)
{
	const struct cti_json_value *value = cti_json_find(obj, key);

	return value && value->type == CTI_JSON_STRING ? value->text : NULL;
}

bool cti_json_bool(const struct cti_json_value *obj, const char *key,
		   bool fallback)
{
	const struct cti_json_value *value = cti_json_find(obj, key);

	return value && value->type == CTI_JSON_BOOL ? value->boolean
						     : fallback;
}
