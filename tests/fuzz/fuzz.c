/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz.c - what the targets share */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cti/json.h"

enum { JSON_MAX = 1024 * 1024 };

void fuzz_must(bool holds)
{
	if (!holds)
		abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	fuzz_must(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

void fuzz_must_be_json(const char *text, size_t len)
{
	struct cti_json *doc = NULL;

	fuzz_must(cti_json_parse(&doc, text, len, JSON_MAX, NULL) == 0);
	cti_json_destroy(doc);
}
