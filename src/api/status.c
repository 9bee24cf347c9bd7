/* SPDX-License-Identifier: Apache-2.0 */
/* api/status.c - is it well: /healthz, /readyz, /version, /api/v1/status */
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

static void one_text(struct cti_http_req *req, const char *key,
		     const char *text)
{
	struct answer a;

	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, key, text);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

void get_healthz(void *arg, struct cti_http_req *req)
{
	(void)arg; /* that it answers is the answer */
	one_text(req, "status", "ok");
}

void get_readyz(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_switch_status sw;
	struct cti_store_health store;

	cti_calls_switch(api->calls, &sw);
	cti_store_health(api->parts.store, &store);
	if (store.failing)
		api_problem(req, CTI_ERR_STORE_FULL,
			    "The store cannot be written: %s.",
			    strerror(-store.err));
	else if (sw.link != CTI_LINK_UP || !sw.synced)
		api_problem(req, CTI_ERR_SWITCH_DOWN,
			    "The link to the switch is %s.",
			    cti_link_word(sw.link));
	else
		one_text(req, "status", "ok");
}

void get_version(void *arg, struct cti_http_req *req)
{
	struct answer a;

	(void)arg; /* the same for all */
	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "name", "patchcord");
	cti_jsonw_kstr(&a.w, "version", CTI_VERSION);
	cti_jsonw_kstr(&a.w, "api", "v1");
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

void get_token(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *origin;
	struct answer a;

	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "token", api->parts.token);
	cti_jsonw_key(&a.w, "origins");
	cti_jsonw_arr(&a.w);
	for (size_t i = 0; (origin = page_origin(api, i)); i++)
		cti_jsonw_str(&a.w, origin);
	cti_jsonw_arr_end(&a.w);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

/* --- status --- */

static void write_agents(struct cti_jsonw *w, const struct cti_conf *conf)
{
	cti_jsonw_key(w, "agents");
	cti_jsonw_arr(w);
	for (size_t i = 0; i < cti_conf_agents(conf); i++) {
		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "id", cti_conf_agent_id(conf, i));
		cti_jsonw_kstr(w, "device", cti_conf_agent_device(conf, i));
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_arr_end(w);
}

static void write_store(struct cti_jsonw *w, const struct cti_api *api)
{
	struct cti_store_health h;

	cti_store_health(api->parts.store, &h);
	cti_jsonw_key(w, "store");
	cti_jsonw_obj(w);
	cti_jsonw_kbool(w, "ok", !h.failing);
	cti_jsonw_kstr(w, "error", h.failing ? strerror(-h.err) : NULL);
	cti_jsonw_ktime(w, "since", h.since_ms);
	cti_jsonw_kint(w, "waiting", (int64_t)h.waiting);
	cti_jsonw_kint(w, "commits", h.commits);
	cti_jsonw_obj_end(w);
}

/* "SAP has loaded the widget: never" points to the browser, not the phone. */
static void write_host(struct cti_jsonw *w, const struct cti_api *api)
{
	cti_jsonw_key(w, "host");
	cti_jsonw_obj(w);
	cti_jsonw_ktime(w, "widget_loaded_at", api->host_seen_ms);
	cti_jsonw_ktime(w, "last_click_at", api->click_seen_ms);
	cti_jsonw_obj_end(w);
}

static void write_http(struct cti_jsonw *w, const struct cti_http *http)
{
	cti_jsonw_kint(w, "connections", cti_http_connections(http));
	cti_jsonw_key(w, "refused");
	cti_jsonw_obj(w);
	for (int i = 0; i < (int)CTI_REFUSALS; i++) {
		enum cti_http_refusal why = (enum cti_http_refusal)i;

		cti_jsonw_kint(w, cti_http_refusal_word(why),
			       (int64_t)cti_http_refusals(http, why));
	}
	cti_jsonw_obj_end(w);
}

void get_status(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct answer a;

	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "version", CTI_VERSION);
	cti_jsonw_ktime(&a.w, "started_at", api->started_ms);
	cti_jsonw_key(&a.w, "switch");
	switch_write(&a.w, api);
	write_agents(&a.w, api->parts.conf);
	write_store(&a.w, api);
	write_host(&a.w, api);
	write_http(&a.w, cti_http_server(req));
	cti_jsonw_kint(&a.w, "streams", (int64_t)api->nclients);
	cti_jsonw_kint(&a.w, "cursor", cti_calls_cursor(api->calls));
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}
