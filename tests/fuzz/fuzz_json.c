/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_json.c - the reader of JSON: what it accepts it can explain */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"
#include "fuzz.h"

enum { INPUT_MAX = 65536, OUTPUT_MAX = 1024 * 1024 };

static void value_check(const struct cti_json_value *value, unsigned depth)
{
	const struct cti_json_value *child;

	fuzz_must(depth <= CTI_JSON_DEPTH + 1);
	fuzz_must(value->raw && value->raw_len > 0);
	if (value->type == CTI_JSON_STRING || value->type == CTI_JSON_NUMBER)
		fuzz_must(
			cti_utf8_valid(value->text, strlen(value->text), NULL));
	else
		fuzz_must(!value->text);
	for (child = value->first; child; child = child->next) {
		if (value->type == CTI_JSON_OBJECT)
			fuzz_must(cti_json_find(value, child->key) == child);
		value_check(child, depth + 1);
	}
}

/* Each value stands on its own: its raw bytes are a document again. */
static void values_again(const struct cti_json_value *root)
{
	const struct cti_json_value *child;
	unsigned n = 0;

	for (child = root->first; child && n < 64; child = child->next, n++)
		fuzz_must_be_json(child->raw, child->raw_len);
}

/* Whatever text is written can be read again, or the writer says no. */
static void write_again(const char *text)
{
	bool valid = cti_utf8_valid(text, strlen(text), NULL);
	struct cti_json *doc = NULL;
	struct cti_jsonw w;
	struct cti_buf out;
	int err;

	cti_buf_init(&out, OUTPUT_MAX);
	fuzz_must(cti_jsonw_init(&w, &out) == 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, text, text);
	cti_jsonw_obj_end(&w);
	err = cti_jsonw_fini(&w);
	fuzz_must(err == (valid ? 0 : -EILSEQ));
	if (!err) {
		const char *again;

		fuzz_must(cti_json_parse(&doc, cti_buf_text(&out), out.len,
					 OUTPUT_MAX, NULL) == 0);
		again = cti_json_str(cti_json_root(doc), text);
		fuzz_must(again && strcmp(again, text) == 0);
	}
	cti_json_destroy(doc);
	cti_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct cti_json *doc = NULL;
	struct cti_err err = {.code = CTI_OK};
	int rc = cti_json_parse(&doc, text, size, INPUT_MAX, &err);

	if (rc) {
		fuzz_must(!doc && err.code != CTI_OK && err.text[0]);
	} else {
		fuzz_must(cti_utf8_valid(text, size, NULL));
		value_check(cti_json_root(doc), 1);
		values_again(cti_json_root(doc));
	}
	cti_json_destroy(doc);
	write_again(text);
	free(text);
	return 0;
}
