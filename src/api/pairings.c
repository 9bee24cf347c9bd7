/* SPDX-License-Identifier: Apache-2.0 */
/* api/pairings.c - which pages a person has allowed: list, add, remove */
#include <errno.h>
#include <string.h>

#include "api/priv.h"
#include "cti/id.h"
#include "cti/log.h"

/* Is it one of sap.origins? */
static bool pair_listed(const struct cti_conf *conf, const char *origin)
{
	for (size_t i = 0; i < cti_conf_count(conf, "sap.origins"); i++) {
		if (strcmp(cti_conf_item(conf, "sap.origins", i), origin) == 0)
			return true;
	}
	return false;
}

bool pair_possible(const struct cti_conf *conf, const char *origin)
{
	for (size_t i = 0; i < cti_conf_count(conf, "sap.pair_suffixes"); i++) {
		if (cti_origin_under(
			    origin,
			    cti_conf_item(conf, "sap.pair_suffixes", i)))
			return true;
	}
	return false;
}

/* --- the answer --- */

static void write_items(struct cti_jsonw *w, const struct cti_conf *conf,
			const char *name, const char *key)
{
	cti_jsonw_key(w, name);
	cti_jsonw_arr(w);
	for (size_t i = 0; i < cti_conf_count(conf, key); i++)
		cti_jsonw_str(w, cti_conf_item(conf, key, i));
	cti_jsonw_arr_end(w);
}

static void write_paired(struct cti_jsonw *w, const struct cti_api *api)
{
	const struct cti_paired *paired = api->parts.paired;

	cti_jsonw_key(w, "paired");
	cti_jsonw_arr(w);
	for (size_t i = 0; i < cti_paired_count(paired); i++) {
		const struct cti_pair *pair = cti_paired_at(paired, i);

		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "origin", pair->origin);
		cti_jsonw_ktime(w, "paired_at", pair->at_ms);
		cti_jsonw_kbool(w, "active",
				pair_possible(api->parts.conf, pair->origin));
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_arr_end(w);
}

static void reply_list(const struct cti_api *api, struct cti_http_req *req,
		       int status)
{
	struct answer a;

	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	write_paired(&a.w, api);
	write_items(&a.w, api->parts.conf, "configured", "sap.origins");
	write_items(&a.w, api->parts.conf, "suffixes", "sap.pair_suffixes");
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, status);
}

void get_pairings(void *arg, struct cti_http_req *req)
{
	reply_list(arg, req, 200);
}

/* --- changes --- */

/* What became of it, once it is committed. */
static void pair_reply(struct later *later, int result)
{
	if (!later->req)
		return;
	if (result == -ENOBUFS)
		api_problem(later->req, CTI_ERR_PAIRINGS_FULL,
			    "The list has room for %d origins of %d bytes in "
			    "all.",
			    CTI_PAIRED_MAX, CTI_PAIRED_BYTES);
	else if (result < 0)
		api_problem(later->req, CTI_ERR_STORE_FULL,
			    "The list of paired pages cannot be written: %s.",
			    strerror(-result));
	else
		reply_list(later->api, later->req,
			   result ? later->status_created : later->status_same);
}

static void on_added(void *arg, int result)
{
	struct later *later = arg;

	pair_reply(later, result);
	later_free(later);
}

/* A page that was let in has the token: there is a new one, and every page
 * asks again who is around it. */
void pages_end(struct cti_api *api)
{
	char token[CTI_TOKEN_SIZE];
	int err = cti_id_token(token);

	if (err)
		log_warn_errno(err, "pair: there is no new token");
	else
		memcpy(api->parts.token, token, sizeof(token));
	stream_end_pages(api);
}

static void on_removed(void *arg, int result)
{
	struct later *later = arg;

	if (result > 0)
		pages_end(later->api);
	if (result == 0 && later->req)
		api_problem(later->req, CTI_ERR_PAIRING_NOT_FOUND,
			    "This origin is not paired.");
	else
		pair_reply(later, result);
	later_free(later);
}

static void pair_submit(struct cti_api *api, struct cti_http_req *req,
			struct cti_paired_change *change)
{
	struct later *later =
		later_new(api, req, change->remove ? 200 : 201, 200);
	struct cti_err none = {.code = CTI_OK};
	int rc;

	if (!later)
		return;
	change->at_ms = cti_loop_wall_ms(api->parts.loop);
	rc = cti_paired_submit(api->parts.paired, change,
			       change->remove ? on_removed : on_added, later);
	if (api_failed(req, rc, &none))
		later_free(later);
}

/* --- requests --- */

/* Adds one of the body's origins to those that are new. */
static int origin_take(struct cti_paired_change *change,
		       const char *origins[CTI_PAIRED_CHANGE],
		       const struct cti_conf *conf, const char *origin,
		       struct cti_err *err)
{
	int rc = cti_origin_check(origin, err);

	if (rc || pair_listed(conf, origin))
		return rc;
	if (!pair_possible(conf, origin))
		return cti_err_set(err, EACCES, CTI_ERR_ORIGIN_BLOCKED,
				   "The page %.100s is below no domain of "
				   "sap.pair_suffixes.",
				   origin);
	origins[change->count++] = origin;
	return 0;
}

static int origins_read(struct cti_paired_change *change,
			const char *origins[CTI_PAIRED_CHANGE],
			const struct cti_conf *conf,
			const struct cti_json_value *list, struct cti_err *err)
{
	const struct cti_json_value *item =
		list && list->type == CTI_JSON_ARRAY ? list->first : NULL;
	int rc = 0, n = 0;

	while (item && !rc && item->type == CTI_JSON_STRING &&
	       n < CTI_PAIRED_CHANGE) {
		rc = origin_take(change, origins, conf, item->text, err);
		item = item->next;
		n++;
	}
	if (!rc && (item || n == 0))
		rc = cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				 "The field \"origins\" must be a list of 1 to "
				 "%d texts.",
				 CTI_PAIRED_CHANGE);
	return rc;
}

void post_pairings(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *origins[CTI_PAIRED_CHANGE];
	struct cti_paired_change change = {.origins = origins};
	struct cti_err err = {.code = CTI_OK};
	struct cti_json *doc = NULL;
	int rc;

	if (!api_body(req, &doc))
		return;
	rc = origins_read(&change, origins, api->parts.conf,
			  cti_json_find(cti_json_root(doc), "origins"), &err);
	if (!api_failed(req, rc, &err))
		pair_submit(api, req, &change);
	cti_json_destroy(doc);
}

void delete_pairing(void *arg, struct cti_http_req *req)
{
	const char *origin = cti_http_query(req, "origin");
	struct cti_paired_change change = {
		.origins = &origin,
		.count = 1,
		.remove = true,
	};
	struct cti_err err = {.code = CTI_OK};
	int rc = cti_origin_check(origin ? origin : "", &err);

	if (!api_failed(req, rc, &err))
		pair_submit(arg, req, &change);
}
