/* SPDX-License-Identifier: Apache-2.0 */
/* api/status.c - is it well: /healthz, /readyz, /version, /api/v1/status */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "cti/build.h"

static void one_text(struct cti_http_req *req, const char *key,
		     const char *text)
{
	struct answer a;

	if (!answer_open(&a, req))
		return;
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

/* --- ready? --- */

enum { CHECKS = 3, DETAIL_SIZE = 120 };

/** One thing that must be well. */
struct ready_check {
	const char *name;
	bool ok;
	enum cti_code code; /* of the refusal when it is not */
	int64_t since_ms;   /* Unix ms; 0 = not known */
	char detail[DETAIL_SIZE];
};

static void check_store(struct ready_check *check, const struct cti_api *api)
{
	struct cti_store_health store;

	cti_store_health(api->parts.store, &store);
	check->name = "store";
	check->code = CTI_ERR_STORE_FULL;
	check->ok = !store.failing;
	check->since_ms = store.since_ms;
	if (!check->ok)
		(void)snprintf(check->detail, DETAIL_SIZE,
			       "The store cannot be written: %s.",
			       strerror(-store.err)); /* cut is fine */
}

static void check_switch(struct ready_check *check, const struct cti_api *api)
{
	struct cti_switch_status sw;

	cti_calls_switch(api->calls, &sw);
	check->name = "switch";
	check->code = CTI_ERR_SWITCH_DOWN;
	check->ok = sw.link == CTI_LINK_UP && sw.synced;
	check->since_ms = sw.since_ms;
	if (check->ok)
		return;
	/* no more of it: who asks has shown no key */
	if (sw.link == CTI_LINK_UP)
		(void)snprintf(check->detail, DETAIL_SIZE,
			       "The calls at the switch are being read.");
	else
		(void)snprintf(check->detail, DETAIL_SIZE,
			       "The link to the switch is %s.",
			       cti_link_word(sw.link)); /* fits */
}

/* That it answers shows that the loop turns; how well, its slow turns. */
static void check_loop(struct ready_check *check, const struct cti_api *api)
{
	enum { LAG_MS = 2000, RECENT_MS = 10 * 1000 };
	struct cti_loop *loop = api->parts.loop;
	struct cti_loop_stats stats;
	int64_t ago;

	cti_loop_stats(loop, &stats);
	ago = cti_loop_mono_ms(loop) - stats.slow_at_ms;
	check->name = "loop";
	check->code = CTI_ERR_BUSY;
	check->ok =
		!stats.slow_turns || ago > RECENT_MS || stats.slow_ms < LAG_MS;
	if (check->ok)
		return;
	check->since_ms = cti_loop_wall_ms(loop) - ago;
	(void)snprintf(check->detail, DETAIL_SIZE,
		       "It stood still for %lld ms just now.",
		       (long long)stats.slow_ms); /* fits */
}

static void checks_write(struct cti_jsonw *w, const struct ready_check *checks)
{
	cti_jsonw_key(w, "checks");
	cti_jsonw_obj(w);
	for (int i = 0; i < CHECKS; i++) {
		const struct ready_check *check = &checks[i];

		cti_jsonw_key(w, check->name);
		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "status", check->ok ? "ok" : "fail");
		cti_jsonw_ktime(w, "since", check->since_ms);
		cti_jsonw_kstr(w, "detail", check->ok ? NULL : check->detail);
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_obj_end(w);
}

/* A refusal like any other, and what was checked. */
static void ready_problem(struct cti_http_req *req,
			  const struct ready_check *checks, int first)
{
	struct cti_err err = {.code = checks[first].code};
	struct cti_buf more;
	struct cti_jsonw w;
	int rc;

	(void)snprintf(err.text, sizeof(err.text), "%s",
		       checks[first].detail); /* cut is fine */
	cti_buf_init(&more, ANSWER_MAX);
	rc = cti_jsonw_init(&w, &more);
	if (!rc) {
		cti_jsonw_obj(&w);
		cti_jsonw_key(&w, "failing");
		cti_jsonw_arr(&w);
		for (int i = 0; i < CHECKS; i++)
			if (!checks[i].ok)
				cti_jsonw_str(&w, checks[i].name);
		cti_jsonw_arr_end(&w);
		checks_write(&w, checks);
		cti_jsonw_obj_end(&w);
		rc = cti_jsonw_fini(&w);
	}
	cti_http_problem_more(req, &err, rc ? NULL : cti_buf_text(&more));
	cti_buf_fini(&more);
}

static int checks_make(struct ready_check checks[CHECKS],
		       const struct cti_api *api)
{
	static void (*const make[CHECKS])(struct ready_check *,
					  const struct cti_api *) = {
		check_store,
		check_switch,
		check_loop,
	};
	int first = -1;

	memset(checks, 0, CHECKS * sizeof(*checks));
	for (int i = 0; i < CHECKS; i++) {
		make[i](&checks[i], api);
		if (first < 0 && !checks[i].ok)
			first = i;
	}
	return first;
}

void get_readyz(void *arg, struct cti_http_req *req)
{
	struct ready_check checks[CHECKS];
	int first = checks_make(checks, arg);
	struct answer a;

	if (first >= 0) {
		ready_problem(req, checks, first);
		return;
	}
	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "status", "ok");
	checks_write(&a.w, checks);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

void get_version(void *arg, struct cti_http_req *req)
{
	const struct cti_build *build = cti_build_info();
	struct answer a;

	(void)arg; /* the same for all */
	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "name", "patchcord");
	cti_jsonw_kstr(&a.w, "version", build->version);
	cti_jsonw_kstr(&a.w, "api", build->api);
	cti_jsonw_kstr(&a.w, "commit", build->commit);
	cti_jsonw_kstr(&a.w, "compiler", build->compiler);
	cti_jsonw_key(&a.w, "libraries");
	cti_jsonw_obj(&a.w);
	for (size_t i = 0; i < build->nlibs; i++)
		cti_jsonw_kstr(&a.w, build->libs[i].name,
			       build->libs[i].version);
	cti_jsonw_obj_end(&a.w);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

void get_token(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *origin;
	struct answer a;

	if (!answer_open(&a, req))
		return;
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
	cti_jsonw_kstr(w, "status", h.failing ? "fail" : "ok");
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
	cti_jsonw_kbool(w, "stand_in", cti_api_host_page(api->parts.conf));
	cti_jsonw_obj_end(w);
}

static void write_http(struct cti_jsonw *w, const struct cti_api *api,
		       const struct cti_http *http)
{
	/* it answers: so it is well, since it began */
	cti_jsonw_key(w, "http");
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "status", "ok");
	cti_jsonw_ktime(w, "since", api->started_ms);
	cti_jsonw_obj_end(w);
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

	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "version", CTI_VERSION);
	cti_jsonw_ktime(&a.w, "started_at", api->started_ms);
	cti_jsonw_key(&a.w, "switch");
	switch_write(&a.w, api);
	write_agents(&a.w, api->parts.conf);
	write_store(&a.w, api);
	write_host(&a.w, api);
	write_http(&a.w, api, cti_http_server(req));
	reload_write(&a.w, api);
	cti_jsonw_kint(&a.w, "streams", (int64_t)api->nclients);
	cti_jsonw_kint(&a.w, "cursor", cti_calls_cursor(api->calls));
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}
