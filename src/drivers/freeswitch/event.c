/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/event.c - an event of the switch: JSON with a field a fact */
#include "drivers/freeswitch/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drivers/freeswitch/esl.h"

enum { VALUE_MAX = 512 };
static const char VARIABLE[] = "variable_";

/* Names and SIP headers come as the caller sent them; an end's event has its
 * cause twice. */
static int parse_latin1(struct cti_json **docp, const char *text, size_t len)
{
	size_t size = 2 * len + 1;
	char *clean = malloc(size);
	int err;

	if (!clean)
		return -ENOMEM;
	cti_utf8_clean(clean, size, text, len);
	err = cti_json_parse_lax(docp, clean, strlen(clean), size, NULL);
	free(clean);
	return err;
}

int fs_event_parse(struct fs_event *out, const char *text, size_t len)
{
	struct cti_json *doc = NULL;
	int err;

	if (cti_utf8_valid(text, len, NULL))
		err = cti_json_parse_lax(&doc, text, len, ESL_ANSWER_MAX, NULL);
	else
		err = parse_latin1(&doc, text, len);
	if (err)
		return err;
	out->doc = doc;
	out->root = cti_json_root(doc);
	return 0;
}

void fs_event_fini(struct fs_event *ev)
{
	cti_json_destroy(ev->doc);
}

const char *fs_get(const struct fs_event *ev, const char *key)
{
	const char *text = cti_json_str(ev->root, key);

	return text ? text : "";
}

bool fs_is(const struct fs_event *ev, const char *key, const char *value)
{
	return strcmp(fs_get(ev, key), value) == 0;
}

void fs_copy(char *out, size_t size, const struct fs_event *ev, const char *key)
{
	const char *text = fs_get(ev, key);

	cti_utf8_clean(out, size, text, strlen(text));
}

void fs_copy_id(char *out, size_t size, const struct fs_event *ev,
		const char *key)
{
	const char *text = fs_get(ev, key);
	size_t len = strlen(text);

	if (!esl_is_id(text) || len >= size)
		len = 0;
	memcpy(out, text, len);
	out[len] = '\0';
}

static bool one_line(const char *text)
{
	const char *c = text;

	while ((unsigned char)*c >= ' ' && *c != 0x7f)
		c++;
	return *c == '\0' && c - text <= VALUE_MAX;
}

size_t fs_attached(struct cti_attached out[FS_ATTACHED_MAX],
		   const struct fs_event *ev)
{
	const struct cti_json_value *field = ev->root->first;
	size_t prefix = strlen(VARIABLE);
	size_t n = 0;

	for (; field && n < FS_ATTACHED_MAX; field = field->next) {
		if (field->type != CTI_JSON_STRING || !field->key ||
		    strncmp(field->key, VARIABLE, prefix) != 0 ||
		    !one_line(field->text))
			continue;
		out[n++] =
			(struct cti_attached){field->key + prefix, field->text};
	}
	return n;
}

bool fs_withheld(const struct fs_event *ev)
{
	static const char *const words[] = {
		"",	   "anonymous",	  "restricted", "withheld",
		"private", "unavailable", "unknown",	"0000000000",
	};
	const char *number = fs_get(ev, "Caller-Caller-ID-Number");

	if (fs_is(ev, "Caller-Privacy-Hide-Number", "true") ||
	    fs_is(ev, "Other-Leg-Privacy-Hide-Number", "true"))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(number, words[i]) == 0)
			return true;
	}
	return false;
}
