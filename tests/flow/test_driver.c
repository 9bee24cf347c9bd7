/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_driver.c - a switch that does as it is told, in place of ours */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/loop.h"
#include "cti/store.h"
#include "drivers/drivers.h"
#include "harness.h"

#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define NUMBER "+4930123456000"
#define DIAL "{\"PhoneNumber\":\"" NUMBER "\",\"ActivityUUID\":\"" UUID "\"}"

/* --- the driver: only what every driver has --- */

static struct puppet {
	struct cti_driver_host host;
	const char *db; /* copied when a dial is heard; NULL = not */
	int verdict;	/* of the next requests */
	unsigned dials, hangups;
	char id[CTI_ID_SIZE], device[32], number[32];
	uint32_t timeout_ms;
} puppet;

static int puppet_create(struct cti_driver **drvp, const struct cti_conf *conf,
			 const struct cti_driver_host *host)
{
	(void)conf; /* it has no section */
	puppet = (struct puppet){.host = *host};
	*drvp = NULL; /* there is only one */
	return 0;
}

static int puppet_start(struct cti_driver *drv)
{
	(void)drv; /* the story says when it connects */
	return 0;
}

static void puppet_stop(struct cti_driver *drv)
{
	(void)drv; /* nothing runs */
	puppet.host.on_link(puppet.host.arg, CTI_LINK_DOWN, "stopped");
}

static void puppet_destroy(struct cti_driver *drv)
{
	(void)drv; /* nothing was made */
}

static void copy_file(const char *to, const char *from)
{
	static char bytes[4 * 1024 * 1024];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t len;

	ck_assert(in && out);
	len = fread(bytes, 1, sizeof(bytes), in);
	ck_assert_uint_eq(fwrite(bytes, 1, len, out), len);
	ck_assert_int_eq(fclose(in), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* What a crash in this moment would leave. */
static void copy_store(const char *db)
{
	char from[128], to[128];

	(void)snprintf(to, sizeof(to), "%s.heard", db);
	copy_file(to, db);
	(void)snprintf(from, sizeof(from), "%s-wal", db);
	(void)snprintf(to, sizeof(to), "%s.heard-wal", db);
	copy_file(to, from);
}

static int puppet_originate(struct cti_driver *drv,
			    const struct cti_originate *req)
{
	(void)drv; /* there is only one */
	puppet.dials++;
	(void)snprintf(puppet.id, sizeof(puppet.id), "%s", req->call_id);
	(void)snprintf(puppet.device, sizeof(puppet.device), "%s", req->device);
	(void)snprintf(puppet.number, sizeof(puppet.number), "%s", req->number);
	puppet.timeout_ms = req->timeout_ms;
	if (puppet.db)
		copy_store(puppet.db);
	return puppet.verdict;
}

static int puppet_hangup(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	(void)drv; /* there is only one */
	ck_assert_str_eq(ref->call_id, puppet.id);
	puppet.hangups++;
	return puppet.verdict;
}

static const struct cti_driver_ops puppet_ops = {
	.name = "puppet",
	.summary = "does as it is told",
	.create = puppet_create,
	.start = puppet_start,
	.stop = puppet_stop,
	.destroy = puppet_destroy,
	.originate = puppet_originate,
	.hangup = puppet_hangup,
};

/* In place of the table of the program. */
const struct cti_driver_ops *const cti_drivers[] = {&puppet_ops};
const size_t cti_ndrivers = 1;

const struct cti_driver_ops *cti_driver_find(const char *name)
{
	return strcmp(name, puppet_ops.name) == 0 ? &puppet_ops : NULL;
}

static void puppet_link(enum cti_link link, const char *why)
{
	puppet.host.on_link(puppet.host.arg, link, why);
}

static void puppet_synced(void)
{
	puppet.host.on_synced(puppet.host.arg);
}

/* The last dialed call is in this state now. */
static void puppet_say(struct flow *f, enum cti_call_state state)
{
	struct cti_call_event ev = {
		.call_id = puppet.id,
		.leg_ref = "leg-1",
		.state = state,
		.cause = state == CTI_CALL_ENDED ? CTI_CAUSE_NORMAL
						 : CTI_CAUSE_NONE,
	};

	puppet.host.on_event(puppet.host.arg, &ev);
	flow_quiet(f);
}

static struct flow *puppet_start_down(const char *more)
{
	char conf[512];
	struct flow *f;

	(void)snprintf(conf, sizeof(conf),
		       "telephony { driver = \"puppet\" }\n%s", more);
	f = flow_start_early(conf);
	flow_advance(f, 1000);
	return f;
}

static struct flow *puppet_start_up(const char *more)
{
	struct flow *f = puppet_start_down(more);

	puppet_link(CTI_LINK_UP, "");
	puppet_synced();
	flow_quiet(f);
	return f;
}

/* --- dialing --- */

static void expect_stored(struct flow *f, const char *path, const char *id)
{
	const struct cti_store_conf conf = {.path = path, .sync_full = true};
	struct cti_store *store = NULL;
	struct cti_call *call = NULL;

	ck_assert_int_eq(cti_store_open(&store, f->loop, &conf), 0);
	ck_assert_int_eq(cti_store_load(store, &call, id), 0);
	ck_assert_int_eq((int)call->state, CTI_CALL_QUEUED);
	ck_assert_str_eq(call->fact[CTI_FACT_NUMBER], NUMBER);
	cti_call_destroy(call);
	cti_store_destroy(store);
}

START_TEST(the_intent_is_stored_before_the_switch_hears_of_it)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct flow *f = puppet_start_up("");
	char id[64], path[128];

	puppet.db = f->db;
	flow_dial(f, id, DIAL);
	ck_assert_uint_eq(puppet.dials, 1);
	flow_stop(f);
	(void)snprintf(path, sizeof(path), "%s.heard", f->db);
	expect_stored(f, path, id);
	for (int i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s.heard%s", f->db,
			       ends[i]);
		(void)remove(path); /* SQLite may have done so */
	}
	flow_end(f);
}
END_TEST

START_TEST(the_switch_hears_id_device_number_and_patience)
{
	struct flow *f = puppet_start_up(
		"agent \"A\" { device = \"PJSIP/101\" }\n"
		"dial { ring_timeout_s = 25 outside_line = \"0\" }");
	char id[64];

	flow_dial(f, id, DIAL);
	ck_assert_str_eq(puppet.id, id);
	ck_assert_str_eq(puppet.device, "PJSIP/101");
	ck_assert_str_eq(puppet.number, "0004930123456000");
	ck_assert_uint_eq(puppet.timeout_ms, 25000);
	flow_end(f);
}
END_TEST

START_TEST(a_dial_the_switch_refuses_is_a_failed_call)
{
	struct flow *f = puppet_start_up("");
	char id[64];

	puppet.verdict = -EIO;
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "dial_failed");
	flow_call(f, puppet.id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "failed");
	puppet.verdict = 0;
	flow_dial(f, id, DIAL);
	flow_get(f, "/api/v1/calls?activity_uuid=" UUID);
	ck_assert_uint_eq(json_count(f->json, "calls"), 2);
	ck_assert_uint_eq(puppet.dials, 2);
	flow_end(f);
}
END_TEST

START_TEST(a_failed_dial_binds_no_key_after_a_restart_either)
{
	struct flow *f = puppet_start_up("");
	char id[64];

	puppet.verdict = -EIO;
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "dial_failed");
	flow_stop(f);
	flow_again(f);
	puppet_link(CTI_LINK_UP, "");
	puppet_synced();
	flow_advance(f, 1000);
	flow_dial(f, id, DIAL);
	flow_end(f);
}
END_TEST

START_TEST(a_failed_redial_leaves_the_click_to_the_original)
{
	struct flow *f = puppet_start_up("");
	char id[64];

	flow_dial(f, id, DIAL);
	puppet_say(f, CTI_CALL_ENDED);
	puppet.verdict = -EIO;
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 503, "dial_failed");
	flow_post(f, "/api/v1/calls", DIAL);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	flow_end(f);
}
END_TEST

START_TEST(nothing_is_dialed_while_the_link_is_not_up_and_synced)
{
	struct flow *f = puppet_start_down("");
	char id[64];

	puppet_link(CTI_LINK_CONNECTING, "");
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "switch_down");
	puppet_link(CTI_LINK_FAILED, "wrong password");
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "switch_down");
	ck_assert_ptr_nonnull(
		strstr(json_text(f->json, "detail"), "wrong password"));
	puppet_link(CTI_LINK_UP, "");
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "switch_down");
	ck_assert_uint_eq(puppet.dials, 0);
	puppet_synced();
	flow_dial(f, id, DIAL);
	flow_end(f);
}
END_TEST

/* --- what happens on the line --- */

START_TEST(the_agents_own_phone_rings_first)
{
	struct flow *f = puppet_start_up("");
	char id[64];

	flow_dial(f, id, DIAL);
	puppet_say(f, CTI_CALL_ALERTING);
	flow_call(f, id);
	expect_text(f->json, "state", "alerting");
	expect_text(f->json, "ref", "leg-1");
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"4711\"}");
	expect_problem(f, 409, "agent_busy");
	puppet_say(f, CTI_CALL_ACTIVE);
	flow_dial_number(f, id, "4711");
	flow_end(f);
}
END_TEST

START_TEST(late_reports_do_not_move_a_call_back)
{
	struct flow *f = puppet_start_up("");
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	flow_dial(f, id, DIAL);
	puppet_say(f, CTI_CALL_ACTIVE);
	sse_find(sse, "call", "call.active");
	puppet_say(f, CTI_CALL_RINGING);
	ck_assert(sse_quiet(sse));
	puppet_say(f, CTI_CALL_ENDED);
	sse_expect(sse, "call", "call.ended");
	puppet_say(f, CTI_CALL_ACTIVE);
	puppet_say(f, CTI_CALL_ENDED);
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(a_call_missing_at_a_sync_has_ended)
{
	struct flow *f = puppet_start_up("");
	char id[64];

	flow_dial(f, id, DIAL);
	puppet_say(f, CTI_CALL_ACTIVE);
	puppet_link(CTI_LINK_DOWN, "");
	puppet_link(CTI_LINK_UP, "");
	puppet_say(f, CTI_CALL_ACTIVE);
	puppet_synced();
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	puppet_link(CTI_LINK_DOWN, "");
	puppet_link(CTI_LINK_UP, "");
	puppet_synced();
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "link_lost");
	puppet_say(f, CTI_CALL_ACTIVE);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	flow_end(f);
}
END_TEST

/* --- actions --- */

START_TEST(what_the_driver_cannot_do_is_not_supported)
{
	static const struct {
		const char *action, *body;
	} others[] = {
		{"hold", NULL},
		{"resume", NULL},
		{"mute", NULL},
		{"unmute", NULL},
		{"answer", NULL},
		{"reject", NULL},
		{"transfer", "{\"to\":\"4711\"}"},
		{"dtmf", "{\"digits\":\"1\"}"},
	};
	struct flow *f = puppet_start_up("");
	char id[64];

	flow_dial(f, id, DIAL);
	puppet_say(f, CTI_CALL_ACTIVE);
	flow_call(f, id);
	ck_assert_uint_eq(json_count(f->json, "controls"), 1);
	expect_text(f->json, "controls.0", "hangup");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		flow_do(f, id, others[i].action, others[i].body);
		expect_problem(f, 501, "not_supported");
	}
	flow_post(f, "/api/v1/simulator/calls", "{\"from\":\"" NUMBER "\"}");
	expect_problem(f, 501, "not_supported");
	flow_end(f);
}
END_TEST

START_TEST(what_the_switch_refuses_is_told)
{
	static const struct {
		int verdict, status;
		const char *code;
	} refusals[] = {
		{0, 202, NULL},
		{-ENOTCONN, 503, "switch_down"},
		{-ENOENT, 409, "wrong_state"},
		{-EBUSY, 409, "wrong_state"},
	};
	struct flow *f = puppet_start_up("");
	char id[64];

	flow_dial(f, id, DIAL);
	puppet.verdict = refusals[_i].verdict;
	flow_do(f, id, "hangup", NULL);
	if (refusals[_i].code)
		expect_problem(f, refusals[_i].status, refusals[_i].code);
	else
		expect_status(f, refusals[_i].status);
	ck_assert_uint_eq(puppet.hangups, 1);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("driver");
	TCase *dial = tcase_create("dial");
	TCase *line = tcase_create("line");

	tcase_add_test(dial,
		       the_intent_is_stored_before_the_switch_hears_of_it);
	tcase_add_test(dial, the_switch_hears_id_device_number_and_patience);
	tcase_add_test(dial, a_dial_the_switch_refuses_is_a_failed_call);
	tcase_add_test(dial, a_failed_dial_binds_no_key_after_a_restart_either);
	tcase_add_test(dial, a_failed_redial_leaves_the_click_to_the_original);
	tcase_add_test(dial,
		       nothing_is_dialed_while_the_link_is_not_up_and_synced);
	suite_add_tcase(suite, dial);
	tcase_add_test(line, the_agents_own_phone_rings_first);
	tcase_add_test(line, late_reports_do_not_move_a_call_back);
	tcase_add_test(line, a_call_missing_at_a_sync_has_ended);
	tcase_add_test(line, what_the_driver_cannot_do_is_not_supported);
	tcase_add_loop_test(line, what_the_switch_refuses_is_told, 0, 4);
	suite_add_tcase(suite, line);
	return suite;
}
