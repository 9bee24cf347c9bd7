/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_json.c - reads a JSON message for the lint */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sap/lint.h"

static int json_add(struct lint_msg *msg, const struct cti_json_value *value)
{
	static const enum lint_kind kinds[] = {
		[CTI_JSON_NULL] = LINT_OTHER,	 [CTI_JSON_BOOL] = LINT_OTHER,
		[CTI_JSON_NUMBER] = LINT_OTHER,	 [CTI_JSON_STRING] = LINT_TEXT,
		[CTI_JSON_OBJECT] = LINT_NESTED, [CTI_JSON_ARRAY] = LINT_NESTED,
	};
	const char *text = value->text ? value->text : "";

	if (value->type == CTI_JSON_BOOL)
		text = value->boolean ? "true" : "false";
	return cti_lint_field_add(msg, value->key, text, kinds[value->type]);
}

static int json_collect(struct lint_msg *msg, const struct cti_json_value *obj)
{
	for (const struct cti_json_value *v = obj->first; v; v = v->next) {
		int err = json_add(msg, v);

		if (err)
			return err;
	}
	msg->readable = true;
	return 0;
}

static bool json_has_known(const struct cti_json_value *obj)
{
	for (const struct cti_json_value *v = obj->first; v; v = v->next) {
		if (cti_lint_known(v->key))
			return true;
	}
	return false;
}

/* Without the wrapper the fields are still checked, if they are fields. */
static int json_bare(struct lint_msg *msg, const struct cti_json_value *obj)
{
	if (msg->wrapped)
		return json_collect(msg, obj);
	if (cti_json_find(obj, "PhoneNumber")) {
		cti_lint_flaw(msg, LINT_FROM_SAP, "PhoneNumber", NULL);
		return 0;
	}
	cti_lint_flaw(msg, LINT_NO_WRAPPER, NULL, NULL);
	return json_has_known(obj) ? json_collect(msg, obj) : 0;
}

static int json_wrapped(struct lint_msg *msg,
			const struct cti_json_value *payload, int layer)
{
	msg->wrapped = true;
	if (payload->type == CTI_JSON_OBJECT)
		return json_collect(msg, payload);
	if (payload->type != CTI_JSON_STRING) {
		cti_lint_flaw(msg, LINT_NO_OBJECT, "payload", NULL);
		return 0;
	}
	cti_lint_flaw(msg, LINT_PAYLOAD_TEXT, "payload", NULL);
	if (layer == LINT_LAYERS_MAX)
		return 0;
	return cti_lint_read(msg, payload->text, strlen(payload->text),
			     layer + 1);
}

static int json_object(struct lint_msg *msg, const struct cti_json_value *root,
		       int layer)
{
	const struct cti_json_value *payload = cti_json_find(root, "payload");

	if (!payload)
		return json_bare(msg, root);
	for (const struct cti_json_value *v = root->first; v; v = v->next) {
		if (v != payload)
			cti_lint_flaw(msg, LINT_FOREIGN, v->key, NULL);
	}
	return json_wrapped(msg, payload, layer);
}

static int json_root(struct lint_msg *msg, const struct cti_json_value *root,
		     int layer)
{
	if (root->type == CTI_JSON_OBJECT)
		return json_object(msg, root, layer);
	if (root->type != CTI_JSON_STRING) {
		cti_lint_flaw(msg, LINT_NO_OBJECT, NULL, NULL);
		return 0;
	}
	cti_lint_flaw(msg, LINT_JSON_STRING, NULL, NULL);
	if (layer == LINT_LAYERS_MAX)
		return 0;
	return cti_lint_read(msg, root->text, strlen(root->text), layer + 1);
}

int cti_lint_read_json(struct lint_msg *msg, const char *text, size_t len,
		       int layer)
{
	struct cti_json *doc = NULL;
	struct cti_err why = {.code = CTI_OK};
	char hint[LINT_HINT];
	int err;

	err = cti_json_parse(&doc, text, len, LINT_SIZE_MAX, &why);
	if (err == -ENOMEM)
		return err;
	if (err) {
		(void)snprintf(hint, sizeof(hint), "The parser says: %s.",
			       why.text); /* a cut hint is fine */
		cti_lint_flaw(msg, LINT_JSON_SYNTAX, NULL, hint);
		return 0;
	}
	err = json_root(msg, cti_json_root(doc), layer);
	cti_json_destroy(doc);
	return err;
}
