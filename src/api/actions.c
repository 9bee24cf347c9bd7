/* SPDX-License-Identifier: Apache-2.0 */
/* api/actions.c - what is done to a call, and facts learned late */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

/* The one field of a body that an action takes, or NULL. */
static const char *action_field(enum cti_action action)
{
	if (action == CTI_ACTION_TRANSFER)
		return "to";
	return action == CTI_ACTION_DTMF ? "digits" : NULL;
}

static void action_run(struct cti_api *api, struct cti_http_req *req,
		       const struct cti_do *what)
{
	struct cti_err err = {.code = CTI_OK};
	struct later *later;
	struct cti_reply reply;
	int rc;

	if (!api_viewer(api, req))
		return;
	later = later_new(api, req, 202, 202);
	if (!later)
		return;
	reply = later_reply(later);
	rc = cti_calls_do(api->calls, what, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
}

void post_action(void *arg, struct cti_http_req *req)
{
	struct cti_do what = {.id = cti_http_param(req, 0)};
	const char *word = cti_http_param(req, 1);
	struct cti_json *doc = NULL;
	const char *field;

	if (cti_action_parse(&what.action, word)) {
		api_problem(req, CTI_ERR_NOT_FOUND,
			    "There is no action \"%.32s\" on a call.", word);
		return;
	}
	field = action_field(what.action);
	if (field) {
		if (!api_body(req, &doc))
			return;
		what.text = cti_json_str(cti_json_root(doc), field);
	}
	if (field && !what.text)
		api_problem(req, CTI_ERR_BAD_REQUEST,
			    "The field \"%s\" must be a text.", field);
	else
		action_run(arg, req, &what);
	cti_json_destroy(doc);
}

void delete_call(void *arg, struct cti_http_req *req)
{
	struct cti_do what = {
		.id = cti_http_param(req, 0),
		.action = CTI_ACTION_HANGUP,
	};

	action_run(arg, req, &what);
}

/* --- PATCH --- */

static const struct {
	const char *key;
	enum cti_fact fact;
	bool accept_only; /* SAP reads it with ACCEPT only, KBA 2803384 */
} facts[] = {
	{"ticket", CTI_FACT_TICKET, true},
	{"bp", CTI_FACT_BP, true},
	{"serial", CTI_FACT_SERIAL, true},
	{"subject", CTI_FACT_SUBJECT, false},
	{"text", CTI_FACT_TEXT, false},
	{"recording_id", CTI_FACT_RECORDING_ID, false},
	{"Custom_1", CTI_FACT_CUSTOM_1, true},
	{"Custom_2", CTI_FACT_CUSTOM_2, true},
	{"Custom_3", CTI_FACT_CUSTOM_3, true},
	{"Custom_4", CTI_FACT_CUSTOM_4, true},
};

enum { NFACTS = sizeof(facts) / sizeof(facts[0]), CUSTOM_AT = 6 };

/* One member: a text sets, null clears. */
static int patch_member(struct cti_patch *patch, const struct cti_json_value *v,
			size_t from, struct cti_err *err)
{
	size_t to = from ? NFACTS : CUSTOM_AT;

	for (size_t i = from; i < to; i++) {
		if (strcmp(v->key, facts[i].key) != 0)
			continue;
		if (v->type != CTI_JSON_STRING && v->type != CTI_JSON_NULL)
			return cti_err_set(
				err, EINVAL, CTI_ERR_BAD_REQUEST,
				"The field \"%s\" must be a text or null.",
				v->key);
		patch->mask |= 1UL << facts[i].fact;
		patch->fact[facts[i].fact] = v->text;
		return 0;
	}
	return cti_err_set(
		err, EINVAL, CTI_ERR_BAD_REQUEST,
		"The field \"%.40s\" cannot be changed; what can is custom, "
		"ticket, bp, serial, subject, text, recording_id.",
		v->key);
}

static int patch_read(struct cti_patch *patch,
		      const struct cti_json_value *root, struct cti_err *err)
{
	const struct cti_json_value *v;
	int rc = 0;

	for (v = root->first; v && !rc; v = v->next) {
		const struct cti_json_value *c = v->first;

		if (strcmp(v->key, "custom") != 0) {
			rc = patch_member(patch, v, 0, err);
			continue;
		}
		if (v->type != CTI_JSON_OBJECT)
			return cti_err_set(
				err, EINVAL, CTI_ERR_BAD_REQUEST,
				"The field \"custom\" must be an object with "
				"Custom_1 to Custom_4.");
		for (; c && !rc; c = c->next)
			rc = patch_member(patch, c, CUSTOM_AT, err);
	}
	return rc;
}

/* What SAP will not take any more is said, not hidden. */
static void patch_notes(struct cti_jsonw *w, const struct cti_call *call,
			unsigned long mask)
{
	bool accepted = call->answered_ms != 0;

	cti_jsonw_key(w, "notes");
	cti_jsonw_arr(w);
	for (size_t i = 0; i < NFACTS; i++)
		if (facts[i].accept_only && accepted &&
		    (mask & (1UL << facts[i].fact))) {
			cti_jsonw_str(w, "SAP takes custom fields, ticket, "
					 "account and serial with ACCEPT only "
					 "(KBA 2803384): they are stored here, "
					 "but its activity may not change.");
			break;
		}
	cti_jsonw_arr_end(w);
}

static void patch_done(void *arg, const struct cti_outcome *outcome)
{
	struct later *later = arg;
	struct answer a;

	if (!later_answers(later, &outcome->err))
		goto out;
	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(later->req, CTI_ERR_INTERNAL, "No memory.");
		goto out;
	}
	call_write_open(&a.w, later->api, outcome->call);
	patch_notes(&a.w, outcome->call, later->mask);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, later->req, 200);
out:
	later_free(later);
}

void patch_call(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct cti_patch patch = {.id = cti_http_param(req, 0)};
	struct later *later = NULL;
	struct cti_json *doc = NULL;
	struct cti_reply reply = {.fn = patch_done};
	int rc;

	if (!api_body(req, &doc))
		return;
	rc = patch_read(&patch, cti_json_root(doc), &err);
	if (api_failed(req, rc, &err))
		goto out;
	later = later_new(api, req, 200, 200);
	if (!later)
		goto out;
	later->mask = patch.mask;
	reply.arg = later;
	rc = cti_calls_patch(api->calls, &patch, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
out:
	cti_json_destroy(doc);
}
