/* SPDX-License-Identifier: Apache-2.0 */
/* api/inbound.c - calls reported over HTTP, and played by the simulator */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

enum { REF_MAX = 128, TEXT_MAX = 255 };

/* Texts of a report, and where they go. */
static const struct {
	const char *key;
	enum cti_fact fact;
} texts[] = {
	{"name", CTI_FACT_NAME},     {"to", CTI_FACT_DNIS},
	{"ticket", CTI_FACT_TICKET}, {"bp", CTI_FACT_BP},
	{"serial", CTI_FACT_SERIAL},
};

static const char *const customs[] = {"Custom_1", "Custom_2", "Custom_3",
				      "Custom_4"};

static const char *const push_keys[] = {
	"event",  "ref", "from",   "to",       "agent", "name",	      "custom",
	"ticket", "bp",	 "serial", "withheld", "cause", "transfer_of"};

static int bad(struct cti_err *err, const char *key, const char *what)
{
	return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
			   "The field \"%.40s\" %s.", key, what);
}

/* A text of at most max bytes; absent and null are NULL. */
static int take_text(const char **outp, const struct cti_json_value *obj,
		     const char *key, size_t max, struct cti_err *err)
{
	const struct cti_json_value *v = cti_json_find(obj, key);

	if (!v || v->type == CTI_JSON_NULL)
		return 0;
	if (v->type != CTI_JSON_STRING || strlen(v->text) > max)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The field \"%.40s\" must be a text of at "
				   "most %zu bytes.",
				   key, max);
	*outp = v->text;
	return 0;
}

static int check_keys(const struct cti_json_value *obj, const char *const *keys,
		      size_t n, struct cti_err *err)
{
	const struct cti_json_value *v;

	for (v = obj->first; v; v = v->next) {
		size_t i = 0;

		while (i < n && strcmp(keys[i], v->key) != 0)
			i++;
		if (i == n)
			return bad(err, v->key, "is not one of this request");
	}
	return 0;
}

static int push_custom(struct cti_push *push, const struct cti_json_value *root,
		       struct cti_err *err)
{
	const struct cti_json_value *custom = cti_json_find(root, "custom");
	int rc;

	if (!custom || custom->type == CTI_JSON_NULL)
		return 0;
	if (custom->type != CTI_JSON_OBJECT)
		return bad(err, "custom",
			   "must be an object with Custom_1 to Custom_4");
	rc = check_keys(custom, customs, 4, err);
	for (size_t i = 0; i < 4 && !rc; i++)
		rc = take_text(&push->fact[CTI_FACT_CUSTOM_1 + i], custom,
			       customs[i], TEXT_MAX, err);
	return rc;
}

static int push_word(struct cti_push *push, const struct cti_json_value *root,
		     struct cti_err *err)
{
	static const char *const words[] = {
		[CTI_PUSH_RINGING] = "ringing",
		[CTI_PUSH_ANSWERED] = "answered",
		[CTI_PUSH_ENDED] = "ended",
	};
	const char *word = cti_json_str(root, "event");

	for (int i = 0; word && i < 3; i++)
		if (strcmp(words[i], word) == 0) {
			push->event = (enum cti_push_event)i;
			return 0;
		}
	return bad(err, "event", "must be one of ringing, answered and ended");
}

static int push_cause(struct cti_push *push, const struct cti_json_value *root,
		      struct cti_err *err)
{
	const char *word = NULL;
	int rc = take_text(&word, root, "cause", TEXT_MAX, err);

	if (rc || !word)
		return rc;
	if (cti_cause_parse(&push->cause, word))
		return bad(err, "cause",
			   "is none of the causes (normal, busy, no_answer, "
			   "rejected, cancelled, answered_elsewhere, …)");
	return 0;
}

static int push_withheld(struct cti_push *push,
			 const struct cti_json_value *root, struct cti_err *err)
{
	const struct cti_json_value *v = cti_json_find(root, "withheld");

	if (v && v->type != CTI_JSON_BOOL && v->type != CTI_JSON_NULL)
		return bad(err, "withheld", "must be true or false");
	push->withheld = v && v->boolean;
	return 0;
}

static int push_texts(struct cti_push *push, const struct cti_json_value *root,
		      struct cti_err *err)
{
	int rc = take_text(&push->ref, root, "ref", REF_MAX, err);

	if (!rc)
		rc = take_text(&push->from, root, "from", CTI_NUMBER_MAX, err);
	if (!rc)
		rc = take_text(&push->agent, root, "agent", TEXT_MAX, err);
	if (!rc)
		rc = take_text(&push->transfer_of, root, "transfer_of", REF_MAX,
			       err);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && !rc; i++)
		rc = take_text(&push->fact[texts[i].fact], root, texts[i].key,
			       TEXT_MAX, err);
	if (!rc && (!push->ref || !*push->ref))
		return bad(err, "ref",
			   "is needed: the switch's id of this leg");
	if (push->transfer_of && !*push->transfer_of)
		push->transfer_of = NULL;
	return rc;
}

static int push_read(struct cti_push *push, const struct cti_json_value *root,
		     struct cti_err *err)
{
	int rc = check_keys(root, push_keys,
			    sizeof(push_keys) / sizeof(push_keys[0]), err);

	if (!rc)
		rc = push_word(push, root, err);
	if (!rc)
		rc = push_texts(push, root, err);
	if (!rc)
		rc = push_custom(push, root, err);
	if (!rc)
		rc = push_cause(push, root, err);
	return rc ? rc : push_withheld(push, root, err);
}

void post_inbound(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct cti_push push = {.cause = CTI_CAUSE_NONE};
	struct cti_json *doc = NULL;
	struct cti_reply reply;
	struct later *later = NULL;
	int rc;

	if (!api_body(req, &doc))
		return;
	rc = push_read(&push, cti_json_root(doc), &err);
	if (api_failed(req, rc, &err))
		goto out;
	later = later_new(api, req, 202, 202);
	if (!later)
		goto out;
	reply = later_reply(later);
	rc = cti_calls_push(api->calls, &push, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
out:
	cti_json_destroy(doc);
}

/* --- simulator --- */

static int play_read(struct cti_played *played, const char **agentp,
		     const struct cti_json_value *root, struct cti_err *err)
{
	static const char *const keys[] = {"from", "to", "agent", "script",
					   "name"};
	int rc = check_keys(root, keys, sizeof(keys) / sizeof(keys[0]), err);

	played->script = "ring";
	if (!rc)
		rc = take_text(&played->from, root, "from", CTI_NUMBER_MAX,
			       err);
	if (!rc)
		rc = take_text(&played->to, root, "to", CTI_NUMBER_MAX, err);
	if (!rc)
		rc = take_text(&played->name, root, "name", TEXT_MAX, err);
	if (!rc)
		rc = take_text(&played->script, root, "script", TEXT_MAX, err);
	if (!rc)
		rc = take_text(agentp, root, "agent", TEXT_MAX, err);
	return rc;
}

void post_simulator(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct cti_played played = {.from = NULL};
	const char *agent = cti_http_query(req, "agent");
	struct cti_json *doc = NULL;
	struct cti_reply reply;
	struct later *later = NULL;
	int rc;

	if (!api_body(req, &doc))
		return;
	rc = play_read(&played, &agent, cti_json_root(doc), &err);
	if (api_failed(req, rc, &err))
		goto out;
	later = later_new(api, req, 201, 201);
	if (!later)
		goto out;
	reply = later_reply(later);
	rc = cti_calls_play(api->calls, &played, agent, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
out:
	cti_json_destroy(doc);
}
