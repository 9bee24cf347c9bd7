/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics.c - /metrics: what was counted, without a person in it */
#include "api/metrics.h"

#include <string.h>

#include "cti/build.h"

enum { METRICS_MAX = 1024 * 1024 };

static void write_one(struct metrics *m, const char *name,
		      enum metric_type type, const char *help, int64_t value)
{
	metric_family(m, name, type, help);
	metric_int(m, value, "%s", "");
}

/* --- calls --- */

struct running {
	int64_t n[CTI_DIRECTIONS][CTI_CALL_STATE_MAX];
};

static int count_call(void *arg, const struct cti_call *call)
{
	struct running *running = arg;

	running->n[call->direction][call->state]++;
	return 0;
}

static void write_running(struct metrics *m, struct cti_api *api)
{
	struct running running = {{{0}}};

	m->err = m->err ? m->err
			: cti_calls_each(api->calls, count_call, &running);
	metric_family(m, "calls", METRIC_GAUGE, "Calls that run now.");
	for (int d = 0; d < CTI_DIRECTIONS; d++)
		for (int s = 0; s < (int)CTI_CALL_STATE_MAX; s++)
			if (s != (int)CTI_CALL_ENDED)
				metric_int(
					m, running.n[d][s],
					"direction=\"%s\",state=\"%s\"",
					cti_direction_word(
						(enum cti_direction)d),
					cti_state_word((enum cti_call_state)s));
}

static const char *source_word(const struct cti_api *api, int source)
{
	struct cti_switch_status sw;

	if (source == CTI_SOURCE_PUSH)
		return "push";
	cti_calls_switch(api->calls, &sw);
	return source == CTI_SOURCE_DRIVER && sw.driver ? sw.driver : "other";
}

static void write_ended_of(struct metrics *m, const struct cti_api *api,
			   enum cti_direction direction, int source)
{
	const struct cti_calls_stats *stats = cti_calls_stats(api->calls);
	const char *driver = source_word(api, source);

	for (int c = CTI_CAUSE_NORMAL; c < (int)CTI_CAUSE_MAX; c++) {
		uint64_t n = stats->ended[direction][c][source];

		if (n || source == CTI_SOURCE_DRIVER)
			metric_int(m, (int64_t)n,
				   "direction=\"%s\",result=\"%s\","
				   "driver=\"%s\"",
				   cti_direction_word(direction),
				   cti_cause_word((enum cti_cause)c), driver);
	}
}

static void write_ended(struct metrics *m, const struct cti_api *api)
{
	metric_family(m, "calls_total", METRIC_COUNTER,
		      "Calls that have ended, by their cause.");
	for (int source = 0; source < (int)CTI_SOURCES; source++) {
		write_ended_of(m, api, CTI_OUTBOUND, source);
		write_ended_of(m, api, CTI_INBOUND, source);
	}
}

/* --- dials --- */

static void write_dials_of(struct metrics *m,
			   const struct cti_calls_stats *stats,
			   enum cti_dial_path path)
{
	const char *word = cti_dial_path_word(path);

	metric_int(m, (int64_t)stats->dials[path][CTI_OK],
		   "path=\"%s\",result=\"accepted\"", word);
	if (path != CTI_DIAL_TRANSFER)
		metric_int(m, (int64_t)stats->merged[path],
			   "path=\"%s\",result=\"merged\"", word);
	for (int code = CTI_OK + 1; code < (int)CTI_ERR_MAX; code++)
		if (stats->dials[path][code])
			metric_int(m, (int64_t)stats->dials[path][code],
				   "path=\"%s\",result=\"%s\"", word,
				   cti_problem_find((enum cti_code)code)->slug);
}

static void write_dials(struct metrics *m, const struct cti_calls_stats *stats)
{
	metric_family(m, "dial_requests_total", METRIC_COUNTER,
		      "Requests to dial a number, by the way they came and "
		      "what became of them.");
	for (int path = 0; path < (int)CTI_DIAL_PATHS; path++)
		write_dials_of(m, stats, (enum cti_dial_path)path);
	metric_family(m, "dial_setup_seconds", METRIC_HISTOGRAM,
		      "From a dial until it rings at the far end or is "
		      "answered there.");
	metric_histogram(m, &stats->setup, "");
}

/* --- events --- */

static void write_dropped(struct metrics *m, const struct cti_api *api,
			  const struct cti_calls_stats *stats)
{
	const struct {
		const char *reason;
		uint64_t n;
	} rows[] = {
		{"lapped", api->lapped},
		{"too_old", api->resets},
		{"not_made", stats->events_lost},
		{"not_stored", stats->events_volatile},
	};

	metric_family(m, "events_dropped_total", METRIC_COUNTER,
		      "Streams that fell behind (lapped) or asked for too "
		      "old events and got a reset; events that could not be "
		      "made, or could be told but not stored.");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		metric_int(m, (int64_t)rows[i].n, "reason=\"%s\"",
			   rows[i].reason);
}

static void write_clients(struct metrics *m, const struct cti_api *api)
{
	const struct client *client;
	int64_t polls = 0;

	TAILQ_FOREACH(client, &api->clients, entry)
	polls += client->wait != NULL;
	metric_family(m, "stream_clients", METRIC_GAUGE,
		      "Readers of events, by stream or by long poll.");
	metric_int(m, (int64_t)api->nclients - polls, "kind=\"stream\"");
	metric_int(m, polls, "kind=\"poll\"");
}

static void write_events(struct metrics *m, const struct cti_api *api,
			 const struct cti_calls_stats *stats)
{
	metric_family(m, "events_total", METRIC_COUNTER,
		      "Events that were published.");
	for (int type = 0; type < (int)CTI_EVENT_MAX; type++)
		metric_int(m, (int64_t)stats->events[type], "type=\"%s\"",
			   cti_event_word((enum cti_event_type)type));
	write_dropped(m, api, stats);
	metric_family(m, "event_delivery_seconds", METRIC_HISTOGRAM,
		      "From an event's commit until it is written to a "
		      "stream, for each stream.");
	metric_histogram(m, &api->delivery, "");
	metric_family(m, "sap_delivery_seconds", METRIC_HISTOGRAM,
		      "From a payload being due until a page has posted it "
		      "to SAP and said so.");
	metric_histogram(m, &stats->post, "");
	write_clients(m, api);
}

static void write_lint(struct metrics *m, const struct cti_calls_stats *stats)
{
	metric_family(m, "sap_lint_failures_total", METRIC_COUNTER,
		      "Findings in payloads for SAP of our own making.");
	for (size_t i = 0; i < CTI_LINT_RULES && cti_lint_rule_name(i); i++)
		metric_int(m, (int64_t)stats->lint[i], "rule=\"%s\"",
			   cti_lint_rule_name(i));
}

/* --- switch and store --- */

static void write_switch(struct metrics *m, const struct cti_api *api,
			 const struct cti_calls_stats *stats)
{
	uint64_t ups = stats->link_ups;
	struct cti_switch_status sw;
	const char *driver;

	cti_calls_switch(api->calls, &sw);
	driver = sw.driver ? sw.driver : "none";
	metric_family(m, "backend_up", METRIC_GAUGE,
		      "1 while the link to the switch is up and in step.");
	metric_int(m, sw.link == CTI_LINK_UP && sw.synced, "driver=\"%s\"",
		   driver);
	metric_family(m, "backend_reconnects_total", METRIC_COUNTER,
		      "How often the link to the switch came back.");
	metric_int(m, ups ? (int64_t)ups - 1 : 0, "driver=\"%s\"", driver);
}

static void write_store(struct metrics *m, const struct cti_store *store)
{
	struct cti_store_health h;

	cti_store_health(store, &h);
	write_one(m, "store_up", METRIC_GAUGE,
		  "1 while the journal can be written.", !h.failing);
	write_one(m, "store_waiting", METRIC_GAUGE,
		  "Writes that are not committed yet.", (int64_t)h.waiting);
	write_one(m, "store_commits_total", METRIC_COUNTER,
		  "Transactions that were committed.", h.commits);
	write_one(m, "store_failures_total", METRIC_COUNTER,
		  "Transactions that failed.", h.failures);
	write_one(m, "store_bytes", METRIC_GAUGE,
		  "Size of the journal with its log.", cti_store_bytes(store));
	metric_family(m, "store_commit_seconds", METRIC_HISTOGRAM,
		      "How long transactions took.");
	metric_histogram(m, &h.commit, "");
}

static void write_loop(struct metrics *m, const struct cti_api *api)
{
	struct cti_loop_stats stats;

	cti_loop_stats(api->parts.loop, &stats);
	write_one(m, "loop_slow_turns_total", METRIC_COUNTER,
		  "Turns of the loop that took longer than 50 ms.",
		  (int64_t)stats.slow_turns);
}

static void write_build(struct metrics *m)
{
	const struct cti_build *build = cti_build_info();

	metric_family(m, "build_info", METRIC_GAUGE,
		      "What it was built from; always 1.");
	metric_int(m, 1, "version=\"%s\",commit=\"%s\",compiler=\"%s\"",
		   build->version, build->commit, build->compiler);
}

static void metrics_calls(struct metrics *m, struct cti_api *api)
{
	const struct cti_calls_stats *stats = cti_calls_stats(api->calls);

	write_running(m, api);
	write_ended(m, api);
	write_dials(m, stats);
	write_events(m, api, stats);
	write_lint(m, stats);
	write_switch(m, api, stats);
}

void get_metrics(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct metrics m = {.err = 0};

	cti_buf_init(&m.buf, METRICS_MAX);
	write_build(&m);
	metrics_calls(&m, api);
	write_store(&m, api->parts.store);
	write_loop(&m, api);
	metrics_http(&m, cti_http_server(req));
	metrics_process(&m, api);
	if (m.err)
		api_problem(req, CTI_ERR_INTERNAL,
			    "The metrics could not be written: %s.",
			    strerror(-m.err));
	else
		cti_http_reply(req, 200,
			       "text/plain; version=0.0.4; charset=utf-8",
			       &m.buf);
	cti_buf_fini(&m.buf);
}
