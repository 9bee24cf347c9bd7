/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/fixture.c - the core on a still clock, between fakes */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "cti/number.h"
#include "fake.h"
#include "promise.h"
#include "store/store_priv.h"

enum { TURNS_MAX = 5000, PATH_SIZE = 96, BIG = 60000 };

struct core core;

/* --- the core's host --- */

static void copy(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text ? text : ""); /* cut is fine */
}

static bool host_wants(void *arg)
{
	(void)arg;
	return true;
}

static char *host_render(void *arg, const struct cti_event *ev,
			 const struct cti_call *call)
{
	(void)arg;
	must((ev->type == CTI_EVENT_REFUSED) == (call == NULL));
	return strdup(call ? call->id : "");
}

static void host_publish(void *arg, const struct cti_event *ev,
			 const char *agent, char *text)
{
	struct seen *seen = &core.seen[core.nseen];

	(void)arg;
	must(core.nseen < SEEN_MAX);
	*seen = (struct seen){
		.id = ev->id,
		.type = ev->type,
		.state = ev->state,
		.kind = ev->kind,
		.cause = ev->cause,
		.code = ev->code,
		.durable = ev->durable,
		.post = ev->post,
	};
	must(!core.nseen || ev->id > core.seen[core.nseen - 1].id);
	copy(seen->call, sizeof(seen->call), text);
	copy(seen->agent, sizeof(seen->agent), agent);
	copy(seen->sap, sizeof(seen->sap), ev->sap);
	free(text);
	core.nseen++;
}

static void host_due(void *arg, int64_t event, const char *agent)
{
	(void)arg;
	(void)agent;
	must(core.ndue < TOLD_MAX);
	core.due[core.ndue++] = event;
}

static void host_status(void *arg)
{
	(void)arg;
	core.statuses++;
}

static const struct cti_calls_host host = {
	.wants = host_wants,
	.render = host_render,
	.publish = host_publish,
	.due = host_due,
	.status = host_status,
};

/* --- life --- */

void core_setup(void)
{
	memset(&core, 0, sizeof(core));
	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_ERROR});
	copy(core.folder, sizeof(core.folder), "/tmp/cti-call-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(core.folder));
	ck_assert_int_eq(cti_loop_new(&core.loop, CTI_CLOCK_FAKE), 0);
	cti_loop_advance(core.loop, 1000); /* 0 means: has not happened */
}

static void path_of(char path[PATH_SIZE], const char *name)
{
	(void)snprintf(path, PATH_SIZE, "%s/%s", core.folder, name); /* fits */
}

void core_teardown(void)
{
	DIR *dir = opendir(core.folder);
	struct dirent *entry;
	char path[PATH_SIZE + 256];

	core_stop();
	cti_loop_destroy(core.loop);
	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		(void)snprintf(path, sizeof(path), "%s/%s", core.folder,
			       entry->d_name); /* fits */
		(void)unlink(path);	       /* but for . and .. */
	}
	ck_assert_int_eq(closedir(dir), 0);
	ck_assert_int_eq(rmdir(core.folder), 0);
}

static void load_conf(const char *text)
{
	char path[PATH_SIZE];
	struct cti_conf_source src = {.file = path};
	struct cti_buf errors;
	FILE *fp;

	path_of(path, "conf");
	fp = fopen(path, "w");
	ck_assert_ptr_nonnull(fp);
	ck_assert_int_ge(fputs(text, fp), 0);
	ck_assert_int_eq(fclose(fp), 0);
	cti_buf_init(&errors, 4096);
	ck_assert_msg(cti_conf_load(&core.conf, &src, &errors) == 0, "%s",
		      cti_buf_text(&errors));
	cti_buf_fini(&errors);
}

static void open_store(void)
{
	char path[PATH_SIZE];
	struct cti_store_conf conf = {.path = path};

	path_of(path, "j");
	ck_assert_int_eq(cti_store_open(&core.store, core.loop, &conf), 0);
}

static void start(const char *conf, const struct cti_driver_ops *ops)
{
	struct cti_calls_parts parts = {
		.loop = core.loop,
		.instance = "test",
		.host = &host,
	};

	load_conf(conf);
	open_store();
	ck_assert_int_eq(cti_numbers_new(&core.numbers, core.conf), 0);
	parts.store = core.store;
	parts.numbers = core.numbers;
	parts.conf = core.conf;
	ck_assert_int_eq(cti_calls_new(&core.calls, &parts), 0);
	memset(&core.drv, 0, sizeof(core.drv));
	ck_assert_int_eq(cti_calls_start(core.calls, ops), 0);
	ck_assert(core.drv.running);
	core_settle();
}

void core_start(const char *conf)
{
	start(conf, &fake_ops);
	core_up();
}

void core_start_bare(const char *conf)
{
	start(conf, &fake_bare_ops);
	core_up();
}

void core_start_down(const char *conf)
{
	start(conf, &fake_ops);
}

void core_stop(void)
{
	if (!core.calls)
		return;
	cti_calls_stop(core.calls);
	ck_assert(!core.drv.running);
	core_settle();
	cti_store_destroy(core.store);
	cti_calls_destroy(core.calls);
	cti_numbers_destroy(core.numbers);
	cti_conf_destroy(core.conf);
	core.store = NULL;
	core.calls = NULL;
	core.numbers = NULL;
	core.conf = NULL;
}

void core_promise(const char *id)
{
	char path[PATH_SIZE];

	path_of(path, "j");
	promise_stored(path, id);
}

static void file_copy(const char *to, const char *from)
{
	char bytes[4096], path[PATH_SIZE];
	FILE *in, *out;
	size_t len;

	path_of(path, from);
	in = fopen(path, "rb");
	path_of(path, to);
	out = fopen(path, "wb");
	ck_assert(in && out);
	while ((len = fread(bytes, 1, sizeof(bytes), in)) > 0)
		ck_assert_uint_eq(fwrite(bytes, 1, len, out), len);
	ck_assert_int_eq(fclose(in), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static void file_back(const char *to, const char *from)
{
	char path[PATH_SIZE], other[PATH_SIZE];

	path_of(path, from);
	path_of(other, to);
	ck_assert_int_eq(rename(path, other), 0);
}

void core_crash(void)
{
	file_copy("k", "j");
	file_copy("k-wal", "j-wal");
	core_stop();
	file_back("j", "k");
	file_back("j-wal", "k-wal");
}

static bool store_busy(const struct cti_store *store)
{
	return store &&
	       (store->busy || store->deferred || store->waiting.count > 0);
}

void core_settle(void)
{
	int turns = 0;

	cti_loop_turn(core.loop, 0); /* its end hands the worker what waits */
	while (store_busy(core.store)) {
		cti_loop_turn(core.loop, 1);
		must(turns++ < TURNS_MAX);
	}
	cti_loop_turn(core.loop, 0);
}

void core_advance(int64_t ms)
{
	cti_loop_advance(core.loop, ms);
	core_settle();
}

void core_up(void)
{
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
}

/* A step that does not fit any more shows the core that the store fails. */
void core_fill_store(void)
{
	struct cti_store_health health;
	struct cti_step_row step = {.row = 1, .at_ms = 1, .what = "fill"};
	struct cti_unit *unit = NULL;
	char *big = malloc(BIG + 1);

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', BIG);
	big[BIG] = '\0';
	step.detail = big;
	store_set_page_limit(core.store, 1);
	ck_assert_int_eq(cti_unit_new(&unit, true), 0);
	ck_assert_int_eq(cti_unit_step(unit, &step), 0);
	cti_store_submit(core.store, unit, NULL, NULL);
	core_settle();
	cti_store_health(core.store, &health);
	ck_assert(health.failing);
	free(big);
}

void core_empty_store(void)
{
	struct cti_store_health health;

	store_set_page_limit(core.store, 1000000);
	core_advance(STORE_RETRY_MS);
	cti_store_health(core.store, &health);
	ck_assert(!health.failing);
}

/* --- what the switch reports --- */

void core_event(const struct cti_call_event *ev)
{
	core.drv.host.on_event(core.drv.host.arg, ev);
	core_settle();
}

void core_line(const char *id, enum cti_call_state state)
{
	core_event(&(struct cti_call_event){.call_id = id, .state = state});
}

void core_over(const char *id, enum cti_cause cause)
{
	core_event(&(struct cti_call_event){
		.call_id = id, .state = CTI_CALL_ENDED, .cause = cause});
}

void core_ring(const char *ref, enum cti_call_state state)
{
	core_event(&(struct cti_call_event){.leg_ref = ref,
					    .state = state,
					    .inbound = true,
					    .device = "1",
					    .number = "+49306912345"});
}

/* --- what came of it --- */

const struct seen *core_last(void)
{
	ck_assert_uint_gt(core.nseen, 0);
	return &core.seen[core.nseen - 1];
}

const struct seen *core_seen(enum cti_event_type type)
{
	for (size_t i = core.nseen; i > 0; i--)
		if (core.seen[i - 1].type == type)
			return &core.seen[i - 1];
	ck_abort_msg("no event %s", cti_event_word(type));
}

size_t core_count(enum cti_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < core.nseen; i++)
		n += core.seen[i].type == type;
	return n;
}

const struct cti_call *core_call(const char *id)
{
	const struct cti_call *call = cti_calls_find(core.calls, id);

	if (!call)
		ck_abort_msg("no call %s", id);
	return call;
}

const char *core_id(const char *ref)
{
	static char id[CTI_ID_SIZE];

	cti_id_named(id, "test", ref);
	return id;
}

static int due_add(void *arg, int64_t event)
{
	struct cti_buf *out = arg;

	return cti_buf_fmt(out, "%s%lld", out->len ? " " : "",
			   (long long)(event - core.seen[0].id + 1));
}

static const char *due_text(const char *agent, bool unclaimed)
{
	static char text[256];
	struct cti_buf out;

	cti_buf_init(&out, sizeof(text) - 1);
	ck_assert_int_eq(
		cti_calls_due(core.calls, agent, unclaimed, due_add, &out), 0);
	copy(text, sizeof(text), cti_buf_text(&out));
	cti_buf_fini(&out);
	return text;
}

const char *core_due(void)
{
	return due_text(NULL, false);
}

const char *core_due_unclaimed(void)
{
	return due_text(NULL, true);
}

const char *core_due_of(const char *agent)
{
	return due_text(agent, false);
}

void core_sap(const struct seen *seen, const char *key, const char *value)
{
	char wanted[256];

	if (value)
		(void)snprintf(wanted, sizeof(wanted), "\"%s\":\"%s\"", key,
			       value); /* fits */
	else
		(void)snprintf(wanted, sizeof(wanted), "\"%s\":", key);
	ck_assert_msg(!!strstr(seen->sap, wanted) == !!value, "%s in %s",
		      wanted, seen->sap);
}
