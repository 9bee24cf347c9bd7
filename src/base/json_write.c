/* SPDX-License-Identifier: Apache-2.0 */
/* base/json_write.c - JSON into a buffer */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/iso.h"
#include "cti/json.h"

/*
 * yajl's generator takes a callback for every quote and comma; a call has
 * forty keys and is written several times in its life.
 */

/* What may come next at an open level. */
enum place {
	PLACE_ONLY, /* the value of the whole text */
	PLACE_DONE,
	PLACE_FIRST_KEY,
	PLACE_KEY,
	PLACE_VALUE, /* of a key */
	PLACE_FIRST_ITEM,
	PLACE_ITEM,
};

static const struct {
	const char *before;
	enum place next;
	bool key; /* only a text may stand here */
} places[] = {
	[PLACE_ONLY] = {"", PLACE_DONE, false},
	[PLACE_DONE] = {NULL, PLACE_DONE, false},
	[PLACE_FIRST_KEY] = {"", PLACE_VALUE, true},
	[PLACE_KEY] = {",", PLACE_VALUE, true},
	[PLACE_VALUE] = {":", PLACE_KEY, false},
	[PLACE_FIRST_ITEM] = {"", PLACE_ITEM, false},
	[PLACE_ITEM] = {",", PLACE_ITEM, false},
};

int cti_jsonw_init(struct cti_jsonw *w, struct cti_buf *out)
{
	*w = (struct cti_jsonw){.out = out};
	return 0;
}

int cti_jsonw_fini(struct cti_jsonw *w)
{
	return w->err;
}

static void jsonw_put(struct cti_jsonw *w, const char *text, size_t len)
{
	if (!w->err)
		w->err = cti_buf_add(w->out, text, len);
}

/* Goes on to the next place; a wrong order of calls is a bug, but no crash.
 * Afterwards len more bytes have room. */
static void jsonw_step(struct cti_jsonw *w, bool text, size_t len)
{
	unsigned char *place = &w->place[w->depth];
	const char *before = places[*place].before;

	if (!before || (places[*place].key && !text))
		w->err = -EINVAL;
	else
		w->err = cti_buf_reserve(w->out, len + 1);
	if (w->err)
		return;
	if (*before)
		w->out->data[w->out->len++] = *before;
	*place = (unsigned char)places[*place].next;
}

/* A value that is no text and has no end. */
static void jsonw_word(struct cti_jsonw *w, const char *word, size_t len)
{
	if (!w->err)
		jsonw_step(w, false, len);
	jsonw_put(w, word, len);
}

static void jsonw_open(struct cti_jsonw *w, const char *bracket,
		       enum place place)
{
	if (!w->err && w->depth == CTI_JSONW_DEPTH)
		w->err = -EINVAL;
	if (w->err)
		return;
	jsonw_word(w, bracket, 1);
	w->place[++w->depth] = (unsigned char)place;
}

static void jsonw_close(struct cti_jsonw *w, const char *bracket,
			enum place first, enum place later)
{
	enum place place = (enum place)w->place[w->depth];

	if (w->err)
		return;
	if (!w->depth || (place != first && place != later)) {
		w->err = -EINVAL;
		return;
	}
	w->depth--;
	jsonw_put(w, bracket, 1);
}

void cti_jsonw_obj(struct cti_jsonw *w)
{
	jsonw_open(w, "{", PLACE_FIRST_KEY);
}

void cti_jsonw_obj_end(struct cti_jsonw *w)
{
	jsonw_close(w, "}", PLACE_FIRST_KEY, PLACE_KEY);
}

void cti_jsonw_arr(struct cti_jsonw *w)
{
	jsonw_open(w, "[", PLACE_FIRST_ITEM);
}

void cti_jsonw_arr_end(struct cti_jsonw *w)
{
	jsonw_close(w, "]", PLACE_FIRST_ITEM, PLACE_ITEM);
}

void cti_jsonw_key(struct cti_jsonw *w, const char *key)
{
	cti_jsonw_str(w, key);
}

static bool char_stands(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void jsonw_escape(struct cti_jsonw *w, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char special[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *at = memchr(special, c, sizeof(special) - 1);
	char text[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 0xf]};

	if (at)
		text[1] = letters[at - special];
	jsonw_put(w, text, at ? 2 : sizeof(text));
}

static void jsonw_quote(struct cti_jsonw *w, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t done = 0;

	jsonw_put(w, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		if (char_stands(bytes[i]))
			continue;
		jsonw_put(w, text + done, i - done);
		jsonw_escape(w, bytes[i]);
		done = i + 1;
	}
	jsonw_put(w, text + done, len - done);
	jsonw_put(w, "\"", 1);
}

/* Nearly every text is ASCII that stands for itself. */
static bool text_is_plain(const char *text, size_t len)
{
	bool plain = true;

	for (size_t i = 0; i < len; i++)
		plain &= char_stands((unsigned char)text[i]) && text[i] > 0;
	return plain;
}

static void jsonw_plain(struct cti_jsonw *w, const char *text, size_t len)
{
	char *at;

	jsonw_step(w, true, len + 2);
	if (w->err)
		return;
	at = w->out->data + w->out->len;
	*at++ = '"';
	memcpy(at, text, len);
	at[len] = '"';
	at[len + 1] = '\0';
	w->out->len += len + 2;
}

void cti_jsonw_str(struct cti_jsonw *w, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (!text) {
		jsonw_word(w, "null", 4);
		return;
	}
	if (w->err)
		return;
	if (text_is_plain(text, len)) {
		jsonw_plain(w, text, len);
		return;
	}
	if (!cti_utf8_valid(text, len, NULL)) {
		w->err = -EILSEQ;
		return;
	}
	jsonw_step(w, true, len + 2);
	jsonw_quote(w, text, len);
}

void cti_jsonw_int(struct cti_jsonw *w, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, value);

	jsonw_word(w, text, (size_t)len); /* it always fits */
}

void cti_jsonw_bool(struct cti_jsonw *w, bool value)
{
	if (value)
		jsonw_word(w, "true", 4);
	else
		jsonw_word(w, "false", 5);
}

void cti_jsonw_raw(struct cti_jsonw *w, const char *json)
{
	if (!json) {
		jsonw_word(w, "null", 4);
		return;
	}
	if (!w->err && !*json)
		w->err = -EINVAL;
	jsonw_word(w, json, strlen(json));
}

void cti_jsonw_kstr(struct cti_jsonw *w, const char *key, const char *text)
{
	cti_jsonw_key(w, key);
	cti_jsonw_str(w, text);
}

void cti_jsonw_kint(struct cti_jsonw *w, const char *key, int64_t value)
{
	cti_jsonw_key(w, key);
	cti_jsonw_int(w, value);
}

void cti_jsonw_kbool(struct cti_jsonw *w, const char *key, bool value)
{
	cti_jsonw_key(w, key);
	cti_jsonw_bool(w, value);
}

void cti_jsonw_kraw(struct cti_jsonw *w, const char *key, const char *json)
{
	cti_jsonw_key(w, key);
	cti_jsonw_raw(w, json);
}

void cti_jsonw_ktime(struct cti_jsonw *w, const char *key, int64_t wall_ms)
{
	char text[CTI_ISO_SIZE] = "";

	if (wall_ms)
		cti_iso_write(text, wall_ms);
	cti_jsonw_kstr(w, key, text[0] ? text : NULL);
}
