/* SPDX-License-Identifier: Apache-2.0 */
/* cti/json.h - reading and writing JSON with ceilings; yajl stays inside */
#ifndef CTI_JSON_H
#define CTI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/err.h"

enum {
	CTI_JSON_DEPTH = 8,	   /* levels of nesting */
	CTI_JSON_WIRE_MAX = 65536, /* bytes of a body (most http.max_body can
				    * allow) or of a frame from a switch */
};

enum cti_json_type {
	CTI_JSON_NULL,
	CTI_JSON_BOOL,
	CTI_JSON_NUMBER,
	CTI_JSON_STRING,
	CTI_JSON_OBJECT,
	CTI_JSON_ARRAY,
};

struct cti_json; /* a document; owns its values and a copy of the text */

/** A value, lent by its document. */
struct cti_json_value {
	enum cti_json_type type;
	bool boolean;	  /* BOOL */
	const char *key;  /* inside an object, NUL-terminated UTF-8 */
	const char *text; /* STRING: decoded UTF-8, NUL-terminated, no NUL
			   * inside; NUMBER: its digits; else NULL */
	const char *raw;  /* the bytes as they stood in the text */
	size_t raw_len;
	const struct cti_json_value *first; /* OBJECT, ARRAY: first child */
	const struct cti_json_value *next;  /* next sibling, in order */
};

/**
 * Reads one document of at most max bytes. Refused with -EINVAL and
 * BAD_JSON (err says what and at which byte): not strict UTF-8 (overlong,
 * surrogates, > U+10FFFF), NUL raw or as \u0000, lone surrogates, depth over
 * CTI_JSON_DEPTH, a key twice in one object or over 2048 keys in it, raw
 * control characters, trailing bytes, empty text.
 * -EMSGSIZE and BODY_TOO_LARGE over max; -ENOMEM.
 */
int cti_json_parse(struct cti_json **docp, const char *text, size_t len,
		   size_t max, struct cti_err *err) CTI_NODISCARD;
/** The same for what a switch sends, which cannot be refused: a key may stand
 * there twice, the first one is found. */
int cti_json_parse_lax(struct cti_json **docp, const char *text, size_t len,
		       size_t max, struct cti_err *err) CTI_NODISCARD;
void cti_json_destroy(struct cti_json *doc);
const struct cti_json_value *cti_json_root(const struct cti_json *doc);

/** Child of an object; NULL when absent or when obj is no object. */
const struct cti_json_value *cti_json_find(const struct cti_json_value *obj,
					   const char *key);
/** Text of a STRING child; NULL when absent or of another type. */
const char *cti_json_str(const struct cti_json_value *obj, const char *key);
/** Value of a BOOL child, else fallback. */
bool cti_json_bool(const struct cti_json_value *obj, const char *key,
		   bool fallback);

/** Strict UTF-8 without NUL; *badp (may be NULL) is the first bad byte. */
bool cti_utf8_valid(const char *text, size_t len, size_t *badp);
/**
 * Text from a switch for our own use: UTF-8 as it is, else read as Latin-1;
 * control characters dropped. out gets at most size - 1 bytes, cut at a
 * character.
 */
void cti_utf8_clean(char *out, size_t size, const char *text, size_t len);

/**
 * Writer into a buffer. An error (ceiling, memory, bad UTF-8) sticks and is
 * returned by _fini, so calls in between need no checks. -EILSEQ: a text that
 * is not UTF-8; -EINVAL: calls in an order that makes no JSON, or more than
 * CTI_JSONW_DEPTH levels.
 */
enum { CTI_JSONW_DEPTH = 16 };
struct cti_jsonw {
	struct cti_buf *out;
	int err;
	unsigned depth;
	unsigned char place[CTI_JSONW_DEPTH + 1]; /* of each open level */
};

int cti_jsonw_init(struct cti_jsonw *w, struct cti_buf *out) CTI_NODISCARD;
/** Frees it; 0 or the first error. Always call it after an _init of 0. */
int cti_jsonw_fini(struct cti_jsonw *w) CTI_NODISCARD;
void cti_jsonw_obj(struct cti_jsonw *w);
void cti_jsonw_obj_end(struct cti_jsonw *w);
void cti_jsonw_arr(struct cti_jsonw *w);
void cti_jsonw_arr_end(struct cti_jsonw *w);
void cti_jsonw_key(struct cti_jsonw *w, const char *key);
/** NULL is written as null. */
void cti_jsonw_str(struct cti_jsonw *w, const char *text);
void cti_jsonw_int(struct cti_jsonw *w, int64_t value);
void cti_jsonw_bool(struct cti_jsonw *w, bool value);
/** Text that is JSON already, unchanged; NULL is written as null. */
void cti_jsonw_raw(struct cti_jsonw *w, const char *json);
/** Key and value in one go. */
void cti_jsonw_kstr(struct cti_jsonw *w, const char *key, const char *text);
void cti_jsonw_kint(struct cti_jsonw *w, const char *key, int64_t value);
void cti_jsonw_kbool(struct cti_jsonw *w, const char *key, bool value);
void cti_jsonw_kraw(struct cti_jsonw *w, const char *key, const char *json);
/** Unix ms as "2026-11-22T06:30:00.123Z"; 0 is written as null. */
void cti_jsonw_ktime(struct cti_jsonw *w, const char *key, int64_t wall_ms);

#endif /* CTI_JSON_H */
