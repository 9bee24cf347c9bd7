/* SPDX-License-Identifier: Apache-2.0 */
/* base/json_write.c - JSON into a buffer */
#include <errno.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "base/iso.h"
#include "cti/json.h"

/* yajl cannot be told of an error here, so the writer keeps it. */
static void jsonw_print(void *ctx, const char *text, size_t len)
{
	struct cti_jsonw *w = ctx;

	if (!w->err)
		w->err = cti_buf_add(w->out, text, len);
}

int cti_jsonw_init(struct cti_jsonw *w, struct cti_buf *out)
{
	yajl_gen gen = yajl_gen_alloc(NULL);

	if (!gen)
		return -ENOMEM;
	*w = (struct cti_jsonw){.gen = gen, .out = out};
	if (!yajl_gen_config(gen, yajl_gen_print_callback, jsonw_print, w)) {
		yajl_gen_free(gen);
		return -EINVAL;
	}
	return 0;
}

int cti_jsonw_fini(struct cti_jsonw *w)
{
	if (w->gen)
		yajl_gen_free(w->gen);
	w->gen = NULL;
	return w->err;
}

/* A refusal of yajl is a wrong order of calls: a bug, but no crash. */
static void jsonw_note(struct cti_jsonw *w, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok && !w->err)
		w->err = -EINVAL;
}

void cti_jsonw_obj(struct cti_jsonw *w)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_map_open(w->gen));
}

void cti_jsonw_obj_end(struct cti_jsonw *w)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_map_close(w->gen));
}

void cti_jsonw_arr(struct cti_jsonw *w)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_array_open(w->gen));
}

void cti_jsonw_arr_end(struct cti_jsonw *w)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_array_close(w->gen));
}

static void jsonw_null(struct cti_jsonw *w)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_null(w->gen));
}

void cti_jsonw_key(struct cti_jsonw *w, const char *key)
{
	cti_jsonw_str(w, key);
}

void cti_jsonw_str(struct cti_jsonw *w, const char *text)
{
	if (!text) {
		jsonw_null(w);
		return;
	}
	if (w->err)
		return;

	size_t len = strlen(text);

	/* yajl's own check lets overlong forms and surrogates through */
	if (!cti_utf8_valid(text, len, NULL)) {
		w->err = -EILSEQ;
		return;
	}
	jsonw_note(w,
		   yajl_gen_string(w->gen, (const unsigned char *)text, len));
}

void cti_jsonw_int(struct cti_jsonw *w, int64_t value)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_integer(w->gen, value));
}

void cti_jsonw_bool(struct cti_jsonw *w, bool value)
{
	if (!w->err)
		jsonw_note(w, yajl_gen_bool(w->gen, value));
}

void cti_jsonw_raw(struct cti_jsonw *w, const char *json)
{
	if (!json) {
		jsonw_null(w);
		return;
	}
	if (w->err)
		return;
	if (!*json) {
		w->err = -EINVAL;
		return;
	}
	/* the one call of yajl that writes its text unchanged */
	jsonw_note(w, yajl_gen_number(w->gen, json, strlen(json)));
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
