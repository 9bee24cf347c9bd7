/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_oom.c - memory runs out at every point of each request */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "suites.h"

enum { OOM_MOST = 600, HEAL_MS = 1000, NAME_SIZE = 40 };

#define FREE                                                                   \
	DE "dial { concurrent = 0 merge_s = 0 per_minute = 0 per_hour = 0 }\n" \
	   "sap { outbound = full }\nsap_fields { Custom_1 = \"V\" }\n"

/* What is asked while memory is short; n makes its names new ones. What is
 * returned is the core's answer. */
typedef int story_fn(int n);

static const char *name_of(const char *prefix, int n)
{
	static char name[NAME_SIZE];

	(void)snprintf(name, sizeof(name), "%s%d", prefix, n); /* fits */
	return name;
}

/* A request is answered at once or told later, never both or neither. */
static void answered_once(int rc)
{
	if (rc) {
		ck_assert_uint_eq(core.ntold, 0);
		ck_assert(core.err.code != CTI_OK || rc == -ENOMEM);
	} else {
		ck_assert_uint_eq(core.ntold, 1);
	}
}

static void forget(void)
{
	core.nseen = 0;
	core.ntold = 0;
	core.ndue = 0;
	core.drv.originated = 0;
	core.drv.asked = 0;
}

/* Runs it with each of its allocations failing in turn. */
static void run(story_fn *story, bool answers)
{
	int n = 0;
	bool short_of;

	do {
		int rc;

		ck_assert_int_lt(n, OOM_MOST);
		forget();
		fault_at(FAULT_MEMORY, (unsigned)++n);
		rc = story(n);
		short_of = fault_happened(FAULT_MEMORY);
		core_advance(HEAL_MS);
		if (answers)
			answered_once(rc);
	} while (short_of);
	ck_assert_int_gt(n, 1);
}

static int story_dial(int n)
{
	char activity[NAME_SIZE];
	struct click click = {.number = BERLIN,
			      .user = "ANN",
			      .activity = activity,
			      .body = "body"};
	int rc;

	(void)snprintf(activity, sizeof(activity), "A%d", n); /* fits */
	click.key = name_of("K", n);
	rc = core_click(&click);
	must(core.drv.originated <= 1);
	return rc;
}

START_TEST(a_dial_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	run(story_dial, true);
	ck_assert_uint_eq(core.drv.originated, 1);
	ck_assert(core_told()->created);
}
END_TEST

static int story_dial_refused(int n)
{
	core.drv.answer = -EIO;
	return story_dial(n);
}

START_TEST(a_dial_that_fails_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	run(story_dial_refused, true);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
}
END_TEST

static int story_merge(int n)
{
	(void)n;
	return core_dial(BERLIN);
}

START_TEST(a_merged_click_is_answered_whatever_memory_it_lacks)
{
	core_start(DE "dial { merge_s = 60 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	run(story_merge, true);
	ck_assert(!core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

static int story_redial(int n)
{
	char id[CTI_ID_SIZE];

	(void)n;
	memcpy(id, core.drv.call_id, sizeof(id));
	core_over(id, CTI_CAUSE_BUSY);
	return core_redial(id);
}

START_TEST(a_redial_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	run(story_redial, true);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

static int story_refused(int n)
{
	(void)n;
	return core_dial("030x");
}

START_TEST(a_refusal_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	run(story_refused, true);
	ck_assert_uint_eq(core.nseen, 1);
}
END_TEST

static int story_inbound(int n)
{
	static const struct cti_attached attached = {"V", "4711"};
	struct cti_call_event ev = {.state = CTI_CALL_RINGING,
				    .inbound = true,
				    .device = "1",
				    .number = BERLIN_E164,
				    .name = "Ann",
				    .dnis = "+4930100",
				    .attached = &attached,
				    .nattached = 1};

	ev.leg_ref = name_of("leg", n);
	core_event(&ev);
	ev.first_ref = "first";
	ev.state = CTI_CALL_ACTIVE;
	core_event(&ev);
	ev.cause_detail = "Q.850 16";
	ev.state = CTI_CALL_ENDED;
	core_event(&ev);
	return 0;
}

START_TEST(an_inbound_call_survives_a_lack_of_memory)
{
	core_start(FREE);
	run(story_inbound, false);
	ck_assert_uint_eq(core.nseen, 3);
}
END_TEST

static int story_push(int n)
{
	struct cti_push push = {.event = CTI_PUSH_RINGING,
				.from = BERLIN_E164,
				.agent = "ANN",
				.transfer_of = "first",
				.fact[CTI_FACT_TICKET] = "1"};

	push.ref = name_of("ivr", n);
	return core_push_as(&push);
}

START_TEST(a_push_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	run(story_push, true);
	ck_assert(core_told()->created);
}
END_TEST

static int story_patch(int n)
{
	return core_patch(core_id("leg"), CTI_FACT_TEXT, name_of("text", n));
}

START_TEST(a_patch_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	core_ring("leg", CTI_CALL_ACTIVE);
	run(story_patch, true);
	ck_assert_int_eq(core_last()->post, CTI_SAP_UPDATE);
}
END_TEST

static int story_transfer(int n)
{
	(void)n;
	return core_do(core_id("leg"), CTI_ACTION_TRANSFER, BERLIN);
}

START_TEST(a_transfer_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	core_ring("leg", CTI_CALL_ACTIVE);
	run(story_transfer, true);
	ck_assert_uint_eq(core.drv.asked, 1);
}
END_TEST

static int story_mute(int n)
{
	enum cti_action action = core_call(core_id("leg"))->muted
					 ? CTI_ACTION_UNMUTE
					 : CTI_ACTION_MUTE;

	(void)n;
	return core_do(core_id("leg"), action, NULL);
}

START_TEST(mute_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE);
	core_ring("leg", CTI_CALL_ACTIVE);
	run(story_mute, true);
}
END_TEST

static int story_claim(int n)
{
	(void)n;
	return core_claim(core.due[TOLD_MAX - 1], "tab");
}

static int story_ack(int n)
{
	(void)n;
	return core_ack(core.due[TOLD_MAX - 1]);
}

START_TEST(claim_and_ack_are_answered_whatever_memory_they_lack)
{
	core_start(FREE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core.due[TOLD_MAX - 1] = core_last()->id;
	run(story_claim, true);
	run(story_ack, true);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

static int story_play(int n)
{
	int rc;

	(void)n;
	rc = core_play("answer");
	if (!rc) {
		char ref[NAME_SIZE];

		(void)snprintf(ref, sizeof(ref), "played%u", core.drv.played);
		core_ring(ref, CTI_CALL_RINGING);
		core_ring(ref, CTI_CALL_RINGING); /* the first may be lost */
		core_ring(ref, CTI_CALL_ENDED);
	}
	return rc;
}

START_TEST(a_played_call_is_answered_whatever_memory_it_lacks)
{
	core_start(FREE "agent \"ANN\" { device = \"1\" }\n");
	run(story_play, true);
}
END_TEST

Suite *suite_oom(void)
{
	const TTest *const tests[] = {
		a_dial_is_answered_whatever_memory_it_lacks,
		a_dial_that_fails_is_answered_whatever_memory_it_lacks,
		a_merged_click_is_answered_whatever_memory_it_lacks,
		a_redial_is_answered_whatever_memory_it_lacks,
		a_refusal_is_answered_whatever_memory_it_lacks,
		an_inbound_call_survives_a_lack_of_memory,
		a_push_is_answered_whatever_memory_it_lacks,
		a_patch_is_answered_whatever_memory_it_lacks,
		a_transfer_is_answered_whatever_memory_it_lacks,
		mute_is_answered_whatever_memory_it_lacks,
		claim_and_ack_are_answered_whatever_memory_they_lack,
		a_played_call_is_answered_whatever_memory_it_lacks,
		NULL,
	};

	return suite_of("oom", tests);
}
