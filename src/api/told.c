/* SPDX-License-Identifier: Apache-2.0 */
/* api/told.c - names and values of a report, however they came */
#include <errno.h>
#include <string.h>

#include "api/compat.h"

static const char *json_text(const struct cti_json_value *root,
			     const char *name)
{
	const struct cti_json_value *v = cti_json_find(root, name);

	if (!v || (v->type != CTI_JSON_STRING && v->type != CTI_JSON_NUMBER))
		return NULL;
	return v->text;
}

const char *told_raw(const struct told *told, const char *name)
{
	const char *text = cti_http_query(told->req, name);

	if (!text && told->root)
		text = json_text(told->root, name);
	return text && *text ? text : NULL;
}

/* Lines and columns become words; SAP's fields have one line. */
static void spaced(char line[SAID_BYTES], const char *raw)
{
	size_t i = 0;

	for (; raw[i]; i++)
		line[i] = strchr("\t\r\n", raw[i]) ? ' ' : raw[i];
	line[i] = '\0';
}

int told_text(struct report *report, const struct told *told, const char **outp,
	      const char *name, struct cti_err *err)
{
	const char *raw = told_raw(told, name);
	char line[SAID_BYTES];
	char *text;

	if (!raw)
		return 0;
	if (strlen(raw) >= SAID_BYTES || report->nsaid == SAID_MAX)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The field \"%.40s\" must be a text of at "
				   "most %d bytes.",
				   name, SAID_BYTES - 1);
	text = report->said[report->nsaid];
	spaced(line, raw);
	cti_utf8_clean(text, SAID_BYTES, line, strlen(line));
	if (!*text)
		return 0;
	report->nsaid++;
	*outp = text;
	return 0;
}

int told_number(struct report *report, const struct told *told,
		const char **outp, const char *name, struct cti_err *err)
{
	size_t at = report->nsaid;
	int rc = told_text(report, told, outp, name, err);

	if (!rc && report->nsaid > at && report->said[at][0] == ' ')
		report->said[at][0] = '+';
	return rc;
}
