/* SPDX-License-Identifier: Apache-2.0 */
/* api/doctor.c - GET /api/v1/doctor: what the relay finds when it looks */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/case.h"
#include "doctor/facts.h"

enum {
	NAME_SIZE = 160,
	PATH_SIZE = 4096,
	LIST_SIZE = 400,
	WORDS_MAX = 12, /* different findings or refusals that are listed */
	REFUSALS_MAX = 1000,
};

static const int64_t DAY_MS = 24 * 3600 * 1000;

/* One request: the devices are asked one by one, then all is looked at. */
struct examination {
	struct cti_api *api;
	struct cti_http_req *req; /* NULL: it is gone */
	size_t asked;		  /* devices that were asked */
	struct cti_relay_facts facts;
	struct cti_checks checks;
	char agent[CTI_DEVICES_MAX][NAME_SIZE];
	char device[CTI_DEVICES_MAX][NAME_SIZE];
	char path[PATH_SIZE], aside[PATH_SIZE];
	char findings[LIST_SIZE], refusals[LIST_SIZE];
};

static const struct cti_conf *conf_of(const struct examination *x)
{
	return x->api->parts.conf;
}

/* --- words, counted --- */

struct words {
	struct {
		char word[96];
		unsigned count;
	} item[WORDS_MAX];
	size_t n;
};

static void words_count(struct words *words, const char *word)
{
	size_t i = 0;

	while (i < words->n && strcmp(words->item[i].word, word) != 0)
		i++;
	if (i == WORDS_MAX)
		return;
	if (i == words->n)
		(void)snprintf(words->item[words->n++].word,
			       sizeof(words->item[i].word), "%s",
			       word); /* cut is fine */
	words->item[i].count++;
}

/* What has no room is left out. */
static void words_list(const struct words *words, char out[LIST_SIZE])
{
	struct cti_buf text;
	int err = 0;

	cti_buf_init(&text, LIST_SIZE - 1);
	for (size_t i = 0; i < words->n && !err; i++)
		err = cti_buf_fmt(&text, "%s%s: %u", i ? ", " : "",
				  words->item[i].word, words->item[i].count);
	memcpy(out, cti_buf_text(&text), text.len + 1);
	cti_buf_fini(&text);
}

/* --- what is looked at --- */

static void fill_switch(struct examination *x)
{
	struct cti_switch_facts *sw = &x->facts.sw;
	const struct cti_conf *conf = conf_of(x);
	struct cti_switch_status now;

	cti_calls_switch(x->api->calls, &now);
	sw->driver = now.driver;
	sw->link = now.link;
	sw->synced = now.synced;
	sw->since_ms = now.since_ms;
	sw->why = now.why;
	sw->agents = cti_conf_agents(conf);
	sw->without_device = 0;
	for (size_t i = 0; i < sw->agents; i++)
		sw->without_device += !*cti_conf_agent_device(conf, i);
}

static void fill_store(struct examination *x)
{
	struct cti_store_facts *store = &x->facts.store;
	struct cti_store_health health;

	cti_store_health(x->api->parts.store, &health);
	store->err = health.failing ? health.err : 0;
	store->since_ms = health.since_ms;
	store->free_bytes = -1;
	if (cti_store_path(x->path, sizeof(x->path),
			   cti_conf_str(conf_of(x), "store.path")))
		return;
	store->path = x->path;
	cti_disk_look(store, x->path, x->aside, sizeof(x->aside));
}

static void fill_page(struct examination *x)
{
	struct cti_page_facts *page = &x->facts.page;
	const char *origin;

	for (size_t i = 0; (origin = page_origin(x->api, i)); i++)
		if (strcmp(origin, "'self'") == 0)
			page->simulator = true;
		else
			page->origins++;
	page->seen_ms = x->api->host_seen_ms;
	page->click_ms = x->api->click_seen_ms;
	page->streams = x->api->nclients;
	page->communication_system =
		cti_conf_str(conf_of(x), "sap.communication_system");
}

static int count_findings(void *arg, const char *json)
{
	const struct cti_json_value *one;
	struct cti_json *doc = NULL;
	char text[96];

	if (cti_json_parse(&doc, json, strlen(json), CTI_JSON_WIRE_MAX, NULL))
		return 0;
	one = cti_json_root(doc)->first;
	for (; one; one = one->next) {
		const char *rule = cti_json_str(one, "rule");
		const char *kba = cti_json_str(one, "kba");

		(void)snprintf(text, sizeof(text), kba ? "%s (KBA %s)" : "%s",
			       rule ? rule : "?", kba); /* cut is fine */
		words_count(arg, text);
	}
	cti_json_destroy(doc);
	return 0;
}

static int count_refusal(void *arg, const struct cti_event *ev,
			 const struct cti_call *call)
{
	(void)call; /* there is none */
	words_count(arg, cti_problem_find(ev->code)->slug);
	return 0;
}

static int due_time(void *arg, const struct cti_event *ev,
		    const struct cti_call *call)
{
	struct cti_day_facts *day = arg;

	(void)call; /* whose it is does not matter */
	day->due_ms = ev->at_ms;
	return 0;
}

static int count_due(void *arg, int64_t event)
{
	struct examination *x = arg;
	const struct cti_store_range one = {
		.after = event - 1,
		.upto = event,
		.limit = 1,
	};

	if (x->facts.day.due++)
		return 0;
	x->facts.day.due_ms = x->facts.now_ms;
	return cti_store_events(x->api->parts.store, &one, due_time,
				&x->facts.day);
}

static int fill_day(struct examination *x)
{
	struct cti_day_facts *day = &x->facts.day;
	struct cti_store *store = x->api->parts.store;
	struct words findings = {.n = 0}, refusals = {.n = 0};
	struct cti_store_tally tally = {.inbound = 0};
	int64_t since_ms = x->facts.now_ms - DAY_MS;
	int err = cti_store_tally(store, since_ms, &tally, count_findings,
				  &findings);

	if (!err)
		err = cti_store_refusals(store, since_ms, REFUSALS_MAX,
					 count_refusal, &refusals);
	if (!err)
		err = cti_calls_due(x->api->calls, NULL, true, count_due, x);
	day->inbound = tally.inbound;
	day->made = tally.made;
	day->claimed = tally.claimed;
	day->acked = tally.acked;
	day->cut = tally.cut;
	words_list(&findings, x->findings);
	words_list(&refusals, x->refusals);
	day->findings = x->findings;
	day->refusals = x->refusals;
	return err;
}

static void fill_refused(struct examination *x)
{
	const struct cti_http *http = cti_http_server(x->req);

	for (int i = 0; i < (int)CTI_REFUSALS && i < CTI_REFUSED_MAX; i++) {
		enum cti_http_refusal why = (enum cti_http_refusal)i;

		x->facts.refused[i] = (struct cti_refused_facts){
			.word = cti_http_refusal_word(why),
			.count = cti_http_refusals(http, why),
		};
		x->facts.nrefused++;
	}
}

static int fill(struct examination *x)
{
	const struct cti_conf *conf = conf_of(x);

	x->facts.running = true;
	x->facts.now_ms = cti_loop_wall_ms(x->api->parts.loop);
	x->facts.started_ms = x->api->started_ms;
	fill_switch(x);
	fill_store(x);
	fill_page(x);
	fill_refused(x);
	cti_numbers_try(&x->facts.number, x->api->parts.numbers,
			cti_conf_str(conf, "number.region"));
	cti_cert_conf(&x->facts.cert, conf);
	return fill_day(x);
}

/* --- the answer --- */

static void examination_send(struct examination *x)
{
	struct answer a;

	if (!answer_open(&a, x->req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kbool(&a.w, "ok", cti_checks_ok(&x->checks));
	cti_jsonw_ktime(&a.w, "at", x->facts.now_ms);
	cti_jsonw_key(&a.w, "checks");
	cti_checks_write(&a.w, &x->checks);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, x->req, 200);
}

static void examination_end(struct examination *x)
{
	struct cti_err err = {.code = CTI_OK};

	if (x->req) {
		int rc = fill(x);

		cti_http_set_user(x->req, NULL, NULL);
		if (!api_failed(x->req, rc, &err)) {
			cti_relay_judge(&x->checks, &x->facts);
			examination_send(x);
		}
	}
	free(x);
}

/* --- the devices, one by one --- */

static void ask_next(struct examination *x);

static void device_answered(void *arg, bool ok, const char *why)
{
	struct examination *x = arg;
	struct cti_device_facts *device = &x->facts.sw.device[x->asked++];

	device->asked = true;
	device->ok = ok;
	cti_utf8_clean(device->why, sizeof(device->why), why, strlen(why));
	ask_next(x);
}

static void ask_next(struct examination *x)
{
	struct cti_switch_status now;

	cti_calls_switch(x->api->calls, &now);
	if (!x->req || now.link != CTI_LINK_UP || !now.synced ||
	    x->asked == x->facts.sw.ndevices ||
	    cti_calls_probe(x->api->calls, x->device[x->asked], device_answered,
			    x))
		examination_end(x);
}

static void device_add(struct examination *x, const char *agent,
		       const char *device)
{
	struct cti_switch_facts *sw = &x->facts.sw;
	size_t i = sw->ndevices++;

	(void)snprintf(x->agent[i], NAME_SIZE, "%s", agent);   /* as long */
	(void)snprintf(x->device[i], NAME_SIZE, "%s", device); /* likewise */
	sw->device[i].agent = x->agent[i];
	sw->device[i].device = x->device[i];
}

static void devices_list(struct examination *x)
{
	const struct cti_conf *conf = conf_of(x);
	size_t agents = cti_conf_agents(conf);

	for (size_t i = 0; i < agents && x->facts.sw.ndevices < CTI_DEVICES_MAX;
	     i++) {
		const char *device = cti_conf_agent_device(conf, i);

		if (*device)
			device_add(x, cti_conf_agent_id(conf, i), device);
	}
	if (!x->facts.sw.ndevices)
		device_add(x, "", "");
}

static void examination_gone(void *user)
{
	struct examination *x = user;

	x->req = NULL;
}

void get_doctor(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct examination *x;

	if (case_asked(req)) {
		case_answer(api, req);
		return;
	}
	x = calloc(1, sizeof(*x));
	if (!x) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	x->api = api;
	x->req = req;
	cti_http_set_user(req, x, examination_gone);
	devices_list(x);
	ask_next(x);
}
