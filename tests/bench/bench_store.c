/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bench_store.c - calls a second through the journal and its worker */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/loop.h"
#include "cti/store.h"

enum {
	EVENTS = 3, /* of each call */
};

struct bench {
	struct cti_loop *loop;
	struct cti_store *store;
	size_t turn;  /* calls handed in during one turn of the loop */
	size_t total; /* calls to be stored */
	size_t begun, done;
	int64_t worst_ms; /* from submit to its callback */
};

struct mark {
	struct bench *bench;
	int64_t begun_ms;
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench_store: %s: %s\n", what, strerror(-err));
	exit(1);
}

static struct cti_call *make_call(struct bench *bench)
{
	static const struct {
		enum cti_fact fact;
		const char *text;
	} facts[] = {
		{CTI_FACT_AGENT, "SERVICEAGENT01"},
		{CTI_FACT_DEVICE, "PJSIP/101"},
		{CTI_FACT_NUMBER, "+16503054000"},
		{CTI_FACT_NUMBER_RAW, "+1 6503054000"},
		{CTI_FACT_DIALED, "0016503054000"},
		{CTI_FACT_DRIVER, "simulator"},
		{CTI_FACT_CRM, "{\"Direction\":\"OUT\",\"PhoneNumber\":"
			       "\"+1 6503054000\",\"LoggedInUserID\":"
			       "\"SERVICEAGENT01\",\"BPID\":\"1001234\"}"},
	};
	struct cti_call *call = NULL;
	char uuid[CTI_ID_SIZE];

	must(cti_call_new(&call), "call");
	call->row = cti_store_next_row(bench->store);
	cti_id_random(call->id);
	memcpy(call->original_id, call->id, sizeof(call->id));
	call->created_ms = cti_loop_wall_ms(bench->loop);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		must(cti_call_set(call, facts[i].fact, facts[i].text), "fact");
	cti_id_random(uuid);
	must(cti_call_set(call, CTI_FACT_ACTIVITY_UUID, uuid), "fact");
	return call;
}

static void add_event(struct bench *bench, struct cti_unit *unit,
		      const struct cti_call *call, int which)
{
	static const struct {
		enum cti_event_type type;
		enum cti_call_state state;
	} events[EVENTS] = {
		{CTI_EVENT_QUEUED, CTI_CALL_QUEUED},
		{CTI_EVENT_DIALING, CTI_CALL_DIALING},
		{CTI_EVENT_ENDED, CTI_CALL_ENDED},
	};
	struct cti_event *ev = NULL;

	must(cti_event_new(&ev, events[which].type), "event");
	ev->id = cti_store_next_event(bench->store);
	ev->at_ms = call->created_ms;
	ev->row = call->row;
	ev->state = events[which].state;
	if (which == 1)
		must(cti_event_change(ev, CTI_FACT_REF, "1795329000.42"),
		     "change");
	must(cti_unit_event(unit, ev), "unit");
	cti_event_destroy(ev);
}

static void on_stored(void *arg, int err)
{
	struct mark *mark = arg;
	int64_t ms = cti_loop_mono_ms(mark->bench->loop) - mark->begun_ms;

	must(err, "commit");
	mark->bench->done++;
	if (ms > mark->bench->worst_ms)
		mark->bench->worst_ms = ms;
	free(mark);
}

static void submit_call(struct bench *bench)
{
	struct cti_call *call = make_call(bench);
	struct mark *mark = malloc(sizeof(*mark));
	struct cti_link_row link = {
		.kind = CTI_LINK_ACTIVITY,
		.value = call->fact[CTI_FACT_ACTIVITY_UUID],
		.row = call->row,
		.at_ms = call->created_ms,
	};
	struct cti_unit *unit = NULL;

	must(mark ? 0 : -1, "memory");
	*mark = (struct mark){bench, cti_loop_mono_ms(bench->loop)};
	must(cti_unit_new(&unit, true), "unit");
	must(cti_unit_call(unit, call), "unit");
	must(cti_unit_link(unit, &link), "unit");
	for (int i = 0; i < EVENTS; i++)
		add_event(bench, unit, call, i);
	cti_store_submit(bench->store, unit, on_stored, mark);
	cti_call_destroy(call);
}

/* One turn: hands in the next calls unless two turns' worth is under way. */
static void feed(void *arg)
{
	struct bench *bench = arg;

	for (size_t i = 0; i < bench->turn; i++) {
		if (bench->begun == bench->total ||
		    bench->begun - bench->done >= 2 * bench->turn)
			return;
		submit_call(bench);
		bench->begun++;
	}
}

static void run(struct bench *bench, bool sync_full)
{
	int64_t begun_ms = cti_loop_mono_ms(bench->loop), ms;
	struct cti_store_health health;

	bench->begun = bench->done = 0;
	bench->worst_ms = 0;
	while (bench->done < bench->total) {
		must(cti_loop_defer(bench->loop, feed, bench), "defer");
		cti_loop_turn(bench->loop, 0);
		if (bench->begun - bench->done >= 2 * bench->turn ||
		    bench->begun == bench->total)
			cti_loop_turn(bench->loop, 1000);
	}
	ms = cti_loop_mono_ms(bench->loop) - begun_ms;
	cti_store_health(bench->store, &health);
	printf("sync=%s turns of %zu: %zu calls of %d events in %" PRId64
	       " ms, %" PRId64 " calls/s, slowest %" PRId64 " ms, %" PRId64
	       " commits\n",
	       sync_full ? "full" : "normal", bench->turn, bench->total,
	       (int)EVENTS, ms, (int64_t)bench->total * 1000 / (ms ? ms : 1),
	       bench->worst_ms, health.commits);
}

/* bench_store PATH CALLS TURN full|normal: PATH is made, or added to. */
int main(int argc, char **argv)
{
	struct cti_store_conf conf = {0};
	struct bench bench = {0};

	if (argc != 5) {
		fprintf(stderr, "usage: bench_store PATH CALLS TURN"
				" full|normal\n");
		return 2;
	}
	conf.path = argv[1];
	conf.sync_full = strcmp(argv[4], "full") == 0;
	bench.total = strtoul(argv[2], NULL, 10);
	bench.turn = strtoul(argv[3], NULL, 10);
	must(cti_loop_new(&bench.loop, CTI_CLOCK_REAL), "loop");
	must(cti_store_open(&bench.store, bench.loop, &conf), "open");
	run(&bench, conf.sync_full);
	cti_store_destroy(bench.store);
	cti_loop_destroy(bench.loop);
	return 0;
}
