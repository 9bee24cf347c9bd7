/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fixture.c - one driver on a loop with a fake clock, and its host */
#include "fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/buf.h"
#include "fake.h"

enum {
	FLAGS_MAX = 8,
	FILES_MAX = 4,
	PATH_SIZE = 128,
	STORY_SIZE = 1024,
	IDLE_TURNS = 5, /* in a row: nothing is under way */
};

struct fixture fix;
static char story_text[STORY_SIZE];
static char files[FILES_MAX][PATH_SIZE];
static size_t nfiles;

static void text_keep(char out[FIXTURE_TEXT], const char *text)
{
	(void)snprintf(out, FIXTURE_TEXT, "%s", text ? text : "");
}

static void on_link(void *arg, enum cti_link link, const char *why)
{
	struct fixture *f = arg;

	f->link = link;
	if (link == CTI_LINK_DOWN)
		f->ndown++;
	(void)snprintf(f->why, sizeof(f->why), "%s", why ? why : "");
}

static void attached_keep(char out[FIXTURE_TEXT],
			  const struct cti_call_event *ev)
{
	struct cti_buf text;

	cti_buf_init(&text, 65536);
	for (size_t i = 0; i < ev->nattached; i++)
		ck_assert_int_eq(cti_buf_fmt(&text, "%s%s=%s", i ? " " : "",
					     ev->attached[i].name,
					     ev->attached[i].value),
				 0);
	text_keep(out, cti_buf_text(&text));
	cti_buf_fini(&text);
}

static void on_event(void *arg, const struct cti_call_event *ev)
{
	struct fixture *f = arg;
	struct seen *seen = &f->event[f->nevents % FIXTURE_EVENTS];

	ck_assert_msg(!f->inside, "an event from inside a call");
	f->nevents++;
	text_keep(seen->call_id, ev->call_id);
	text_keep(seen->leg, ev->leg_ref);
	text_keep(seen->detail, ev->cause_detail);
	text_keep(seen->device, ev->device);
	text_keep(seen->number, ev->number);
	text_keep(seen->name, ev->name);
	text_keep(seen->dnis, ev->dnis);
	text_keep(seen->first_id, ev->first_id);
	text_keep(seen->first_ref, ev->first_ref);
	attached_keep(seen->attached, ev);
	seen->state = ev->state;
	seen->kind = ev->kind;
	seen->cause = ev->cause;
	seen->inbound = ev->inbound;
	seen->withheld = ev->withheld;
}

static void on_synced(void *arg)
{
	struct fixture *f = arg;

	f->nsynced++;
}

static void on_probe(void *arg, bool ok, const char *why)
{
	struct fixture *f = arg;

	f->nprobes++;
	f->probe_ok = ok;
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
}

void fixture_setup(void)
{
	fix = (struct fixture){0};
	ck_assert_int_eq(cti_loop_new(&fix.loop, CTI_CLOCK_FAKE), 0);
}

void fixture_teardown(void)
{
	if (fix.ops)
		fix.ops->destroy(fix.drv);
	fixture_turn();
	cti_conf_destroy(fix.conf);
	cti_loop_destroy(fix.loop);
	while (nfiles > 0)
		(void)unlink(files[--nfiles]); /* a temporary one */
}

const char *fixture_file(const char *text)
{
	char *path = files[nfiles];
	const char *folder = getenv("TMPDIR");
	size_t len = strlen(text);
	int fd;

	ck_assert_uint_lt(nfiles++, FILES_MAX);
	(void)snprintf(path, PATH_SIZE, "%.80s/cti-unit-XXXXXX",
		       folder ? folder : "/tmp");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
	return path;
}

static void conf_load(const struct cti_conf_source *source)
{
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_msg(cti_conf_load(&fix.conf, source, &errors) == 0, "%s",
		      cti_buf_text(&errors));
	cti_buf_fini(&errors);
}

static void driver_start(const struct cti_driver_ops *ops)
{
	struct cti_driver_host host = {
		.loop = fix.loop,
		.arg = &fix,
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
		.on_probe = on_probe,
	};

	fix.ops = ops;
	ck_assert_int_eq(ops->create(&fix.drv, fix.conf, &host), 0);
	ck_assert_int_eq(ops->start(fix.drv), 0);
}

void fixture_start(const struct cti_driver_ops *ops, const char *const *keys)
{
	struct cti_conf_flag flags[FLAGS_MAX];
	struct cti_conf_source source = {.flags = flags};

	for (; keys[0]; keys += 2)
		flags[source.nflags++] =
			(struct cti_conf_flag){keys[0], keys[1]};
	conf_load(&source);
	driver_start(ops);
}

void fixture_start_conf(const struct cti_driver_ops *ops, const char *text)
{
	conf_load(&(struct cti_conf_source){.file = fixture_file(text)});
	driver_start(ops);
}

/** What changes when anything comes or goes. */
static size_t progress(void)
{
	return fix.nevents + fix.ndown + fix.nsynced + fix.nprobes + fix.nfake +
	       fake.nclients + strlen(fake.log);
}

void fixture_turn(void)
{
	size_t before = progress();
	int idle = 0;

	while (idle < IDLE_TURNS) {
		cti_loop_turn(fix.loop, 1);
		idle = before == progress() ? idle + 1 : 0;
		before = progress();
	}
}

void fixture_advance(int64_t ms)
{
	cti_loop_advance(fix.loop, ms);
	fixture_turn();
}

int dial(const char *call_id, const char *number, uint32_t timeout_ms)
{
	struct cti_originate req = {
		.call_id = call_id,
		.device = "",
		.number = number,
		.timeout_ms = timeout_ms,
	};
	int err;

	fix.inside = true;
	err = fix.ops->originate(fix.drv, &req);
	fix.inside = false;
	return err;
}

int act(ref_fn *op, const char *call_id, const char *leg)
{
	struct cti_call_ref ref = {call_id, leg};
	int err;

	fix.inside = true;
	err = op(fix.drv, &ref);
	fix.inside = false;
	return err;
}

int hold(const char *call_id, bool on)
{
	struct cti_call_ref ref = {call_id, NULL};
	int err;

	fix.inside = true;
	err = fix.ops->hold(fix.drv, &ref, on);
	fix.inside = false;
	return err;
}

const char *story(const char *call)
{
	size_t len = 0;

	story_text[0] = '\0';
	for (size_t i = 0; i < fix.nevents && i < FIXTURE_EVENTS; i++) {
		const struct seen *seen = &fix.event[i];
		const char *cause = cti_cause_word(seen->cause);

		if (strcmp(seen->call_id, call) != 0 &&
		    strcmp(seen->leg, call) != 0)
			continue;
		len += (size_t)snprintf(
			story_text + len, sizeof(story_text) - len, "%s%s%s%s",
			len ? " " : "", cti_state_word(seen->state),
			cause ? "/" : "", cause ? cause : "");
	}
	return story_text;
}

const struct seen *last(void)
{
	ck_assert_uint_gt(fix.nevents, 0);
	return &fix.event[(fix.nevents - 1) % FIXTURE_EVENTS];
}
