/* SPDX-License-Identifier: Apache-2.0 */
/* sap/outbound.c - reads the payload that SAP's page sends for a click */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/id.h"
#include "cti/sap.h"

/* A text with an object whose payload is a text with the flat object. */
enum { OUTBOUND_LAYERS = 3 };

static const char *type_word(enum cti_json_type type)
{
	static const char *const words[] = {
		[CTI_JSON_NULL] = "null",	 [CTI_JSON_BOOL] = "a boolean",
		[CTI_JSON_NUMBER] = "a number",	 [CTI_JSON_STRING] = "a text",
		[CTI_JSON_OBJECT] = "an object", [CTI_JSON_ARRAY] = "an array",
	};

	return words[type];
}

/* The flat object itself may have any key, so PhoneNumber decides. */
static const struct cti_json_value *outbound_peel(
	const struct cti_json_value *root)
{
	const struct cti_json_value *inner = cti_json_find(root, "payload");

	if (!inner || cti_json_find(root, "PhoneNumber"))
		return root;
	return inner;
}

static int outbound_check(const struct cti_json_value *flat,
			  struct cti_err *err)
{
	const char *what = flat->key ? "The field \"payload\"" : "The message";
	const struct cti_json_value *number;

	if (flat->type != CTI_JSON_OBJECT)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_JSON,
				   "%s is %s, not an object with PhoneNumber.",
				   what, type_word(flat->type));

	number = cti_json_find(flat, "PhoneNumber");
	if (!number)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "PhoneNumber is missing.");
	if (number->type != CTI_JSON_STRING)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "PhoneNumber is %s, not a text.",
				   type_word(number->type));
	if (!number->text[0])
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "PhoneNumber is empty.");
	return 0;
}

/* Opens texts until the flat object shows; *flatp is lent by *docp. */
static int outbound_open(struct cti_json **docp,
			 const struct cti_json_value **flatp, const char *body,
			 size_t len, struct cti_err *err)
{
	const struct cti_json_value *flat = NULL;
	struct cti_json *outer = NULL;
	int rc = 0;

	for (int layer = 0; layer < OUTBOUND_LAYERS; layer++) {
		struct cti_json *doc = NULL;

		rc = cti_json_parse(&doc, body, len, CTI_JSON_WIRE_MAX, err);
		if (rc)
			goto out;
		cti_json_destroy(outer);
		outer = doc;
		flat = outbound_peel(cti_json_root(doc));
		if (flat->type != CTI_JSON_STRING)
			break;
		body = flat->text;
		len = strlen(body);
	}

	rc = outbound_check(flat, err);
	if (rc)
		goto out;
	*docp = outer;
	*flatp = flat;
	outer = NULL; /* now owned by the caller */
out:
	cti_json_destroy(outer);
	return rc;
}

static int outbound_copy(char **textp, const struct cti_json_value *flat,
			 const char *key)
{
	const struct cti_json_value *value = cti_json_find(flat, key);
	char *copy;

	if (!value || !value->text || !value->text[0])
		return 0;
	copy = strdup(value->text);
	if (!copy)
		return -ENOMEM;
	*textp = copy;
	return 0;
}

/* The canonical form is never longer than what came. */
static int outbound_canonical(char **textp)
{
	size_t size = *textp ? strlen(*textp) + 1 : 0;
	char *canonical;

	if (!size)
		return 0;
	canonical = malloc(size);
	if (!canonical)
		return -ENOMEM;
	cti_id_activity(canonical, size, *textp);
	free(*textp);
	*textp = canonical;
	return 0;
}

static int outbound_fill(struct cti_outbound *out,
			 const struct cti_json_value *flat)
{
	const struct {
		const char *key;
		char **textp;
	} texts[] = {
		{"PhoneNumber", &out->number},
		{"ActivityUUID", &out->activity_uuid},
		{"LoggedInUserID", &out->user},
		{"BusinessPartnerID", &out->bp},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int rc = outbound_copy(texts[i].textp, flat, texts[i].key);

		if (rc)
			return rc;
	}
	out->crm = strndup(flat->raw, flat->raw_len);
	if (!out->crm)
		return -ENOMEM;
	return outbound_canonical(&out->activity_uuid);
}

int cti_outbound_parse(struct cti_outbound *out, const char *body, size_t len,
		       struct cti_err *err)
{
	const struct cti_json_value *flat = NULL;
	struct cti_outbound made = {0};
	struct cti_json *doc = NULL;
	int rc;

	rc = outbound_open(&doc, &flat, body, len, err);
	if (rc)
		goto out;
	rc = outbound_fill(&made, flat);
	if (rc)
		goto out;

	*out = made;
	made = (struct cti_outbound){0}; /* now owned by the caller */
out:
	cti_outbound_fini(&made);
	cti_json_destroy(doc);
	return rc;
}

void cti_outbound_fini(struct cti_outbound *out)
{
	free(out->number);
	free(out->activity_uuid);
	free(out->user);
	free(out->bp);
	free(out->crm);
	*out = (struct cti_outbound){0};
}
