/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_restart.c - what is known again after a restart */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cti/buf.h"
#include "suites.h"

/* A relay that went away while the switch had said nothing of a dial. */
static void dial_and_restart(char id[CTI_ID_SIZE])
{
	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, CTI_ID_SIZE);
	core_stop();
	core_start_down(DE);
}

START_TEST(a_dial_of_unknown_fate_is_unknown_and_not_dialed_again)
{
	char id[CTI_ID_SIZE];

	dial_and_restart(id);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	ck_assert_int_eq(core_last()->state, CTI_CALL_UNKNOWN);
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_UNKNOWN);
	core_up();
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

START_TEST(an_unknown_call_the_switch_knows_is_adopted)
{
	char id[CTI_ID_SIZE];

	dial_and_restart(id);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core_line(id, CTI_CALL_ACTIVE);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
}
END_TEST

START_TEST(a_restart_does_not_make_talking_a_part_of_the_set_up)
{
	char id[CTI_ID_SIZE];

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, CTI_ID_SIZE);
	core_line(id, CTI_CALL_ACTIVE);
	ck_assert_uint_eq(
		cti_histogram_count(&cti_calls_stats(core.calls)->setup), 1);
	core_stop();
	core_start_down(DE);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core_line(id, CTI_CALL_ACTIVE);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	core_advance(60000);
	core_line(id, CTI_CALL_HELD);
	core_line(id, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
	ck_assert_uint_eq(
		cti_histogram_count(&cti_calls_stats(core.calls)->setup), 0);
}
END_TEST

/* What a softphone that carries no id of ours says of its calls. */
static void announce(const char *ref, const char *number)
{
	core_event(&(struct cti_call_event){
		.leg_ref = ref, .state = CTI_CALL_ACTIVE, .number = number});
}

START_TEST(an_unknown_call_is_adopted_by_what_was_dialed)
{
	char id[CTI_ID_SIZE];

	dial_and_restart(id);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	announce("other", "0049301");
	announce("leg", core_call(id)->fact[CTI_FACT_DIALED]);
	announce("again", core_call(id)->fact[CTI_FACT_DIALED]);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
	ck_assert_str_eq(core_call(id)->fact[CTI_FACT_REF], "leg");
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
}
END_TEST

START_TEST(a_dial_whose_leg_was_not_known_is_adopted_by_what_was_dialed)
{
	char id[CTI_ID_SIZE];

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, CTI_ID_SIZE);
	core_event(&(struct cti_call_event){.call_id = id,
					    .state = CTI_CALL_DIALING});
	core_settle();
	core_stop();
	core_start_down(DE);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	announce("leg", core_call(id)->fact[CTI_FACT_DIALED]);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
	ck_assert_str_eq(core_call(id)->fact[CTI_FACT_REF], "leg");
}
END_TEST

START_TEST(a_dial_under_way_whose_leg_was_not_named_is_adopted)
{
	char id[CTI_ID_SIZE];

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, CTI_ID_SIZE);
	core_event(&(struct cti_call_event){.call_id = id,
					    .state = CTI_CALL_DIALING});
	core_settle();
	core_stop();
	core_start_down(DE);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	announce("leg", core_call(id)->fact[CTI_FACT_DIALED]);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
}
END_TEST

START_TEST(of_two_unknown_calls_to_one_number_none_is_adopted)
{
	char first[CTI_ID_SIZE], second[CTI_ID_SIZE];

	core_start(DE "dial { merge_s = 0 concurrent = 0 }");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(first, core_told()->call, CTI_ID_SIZE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(second, core_told()->call, CTI_ID_SIZE);
	core_stop();
	core_start_down(DE);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	announce("leg", core_call(first)->fact[CTI_FACT_DIALED]);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(first)->state, CTI_CALL_ENDED);
	ck_assert_int_eq(core_call(second)->state, CTI_CALL_ENDED);
	ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(an_unknown_call_the_switch_does_not_know_ends)
{
	char id[CTI_ID_SIZE];

	dial_and_restart(id);
	core_up();
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_LINK_LOST);
	ck_assert_str_eq(core_call(id)->fact[CTI_FACT_CAUSE_DETAIL],
			 "not found after restart");
}
END_TEST

START_TEST(an_unknown_call_counts_for_no_limit)
{
	char id[CTI_ID_SIZE];

	dial_and_restart(id);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core_event(&(struct cti_call_event){
		.call_id = id, .leg_ref = "out-1", .state = CTI_CALL_UNKNOWN});
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_UNKNOWN);
	ck_assert_int_eq(core_dial(MUNICH), 0);
}
END_TEST

START_TEST(a_running_call_goes_on_after_a_restart)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_stop();
	core_advance(7000);
	core_start_down(DE);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core_ring("leg", CTI_CALL_ACTIVE);
	core.drv.host.on_synced(core.drv.host.arg);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_uint_eq(core.nseen, 3);
	ck_assert_int_eq(core_call(core_id("leg"))->duration_ms, 7000);
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
}
END_TEST

START_TEST(a_repeated_report_after_a_restart_makes_no_second_call)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ENDED);
	core_stop();
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_uint_eq(core.nseen, 2);
}
END_TEST

START_TEST(a_phone_call_of_before_a_restart_is_not_told_again)
{
	struct cti_call_event ev = {.leg_ref = "phone",
				    .state = CTI_CALL_ACTIVE,
				    .device = "1",
				    .number = "0306912345"};

	core_start(DE);
	core_event(&ev);
	core_stop();
	core_start(DE);
	core_event(&ev);
	ck_assert_uint_eq(core.nseen, 2);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_LINK_LOST);
	ck_assert_int_eq(core_call(core_id("phone"))->direction, CTI_OUTBOUND);
}
END_TEST

START_TEST(payloads_that_are_due_stay_due_and_claimed_ones_claimed)
{
	int64_t notify;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	notify = core_last()->id;
	ck_assert_int_eq(core_claim(notify, "tab"), 0);
	core_stop();
	core_start_down(DE);
	ck_assert_str_eq(core_due(), "1");
	core_refused(core_claim(notify, "other"), EBUSY, CTI_ERR_CLAIM_HELD);
	ck_assert_int_eq(core_claim(notify, "tab"), 0);
	ck_assert_int_eq(core_ack(notify), 0);
	core_stop();
	core_start_down(DE);
	ck_assert_str_eq(core_due(), "");
	core_refused(core_claim(notify, "tab"), EALREADY, CTI_ERR_CLAIM_DONE);
}
END_TEST

static int list_add(void *arg, const struct cti_call *call)
{
	struct cti_buf *out = arg;

	return cti_buf_fmt(out, "%s %s;", cti_direction_word(call->direction),
			   cti_state_word(call->state));
}

static void listed(const char *wanted)
{
	struct cti_buf out;

	cti_buf_init(&out, 256);
	ck_assert_int_eq(cti_calls_each(core.calls, list_add, &out), 0);
	ck_assert_str_eq(cti_buf_text(&out), wanted);
	cti_buf_fini(&out);
}

START_TEST(the_newest_calls_are_listed_first)
{
	core_start(DE MANY);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_dial(MUNICH), 0);
	core_line(core.drv.call_id, CTI_CALL_RINGING);
	listed("outbound ringing;inbound active;outbound ended;");
	core_ring("missed", CTI_CALL_RINGING);
	core_ring("missed", CTI_CALL_ENDED);
	core_stop();
	core_start_down(DE MANY);
	listed("inbound ended;outbound ringing;inbound active;"
	       "outbound ended;");
	ck_assert_int_ge(cti_calls_cursor(core.calls), core_last()->id);
}
END_TEST

/* What a walk over the calls has seen. */
struct walk {
	size_t count, most;
	char last[CTI_ID_SIZE];
};

static int walk_on(void *arg, const struct cti_call *call)
{
	struct walk *walk = arg;

	memcpy(walk->last, call->id, sizeof(walk->last));
	return ++walk->count < walk->most ? 0 : -ECANCELED;
}

/* Calls that end at once, so that older ones are forgotten. */
static void short_calls(int first, int last)
{
	for (int i = first; i <= last; i++) {
		char ref[16];

		(void)snprintf(ref, sizeof(ref), "leg%d", i); /* fits */
		core_ring(ref, CTI_CALL_RINGING);
		core_ring(ref, CTI_CALL_ENDED);
	}
}

START_TEST(a_call_too_old_for_memory_is_found_in_the_store)
{
	struct walk all = {.most = 1000}, some = {.most = 3};

	core_start(DE);
	short_calls(0, 229);
	ck_assert_int_eq(cti_calls_each(core.calls, walk_on, &all), 0);
	ck_assert_uint_eq(all.count, 200);
	ck_assert_str_eq(all.last, core_id("leg30"));
	ck_assert_str_eq(core_call(core_id("leg0"))->fact[CTI_FACT_REF],
			 "leg0");
	core_ring("leg1", CTI_CALL_RINGING);
	ck_assert_uint_eq(core.nseen, 460);
	ck_assert_int_eq(cti_calls_each(core.calls, walk_on, &some),
			 -ECANCELED);
	ck_assert_uint_eq(some.count, 3);
}
END_TEST

START_TEST(what_was_done_to_a_call_does_not_keep_it_in_memory)
{
	struct walk all = {.most = 1000};

	core_start(DE);
	core_ring("old", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_do(core_id("old"), CTI_ACTION_TRANSFER, MUNICH),
			 0);
	core_ring("old", CTI_CALL_ENDED);
	ck_assert_int_eq(core_push(CTI_PUSH_RINGING, "pushed"), 0);
	ck_assert_int_eq(core_push(CTI_PUSH_RINGING, "pushed"), 0);
	ck_assert_int_eq(core_push(CTI_PUSH_ENDED, "pushed"), 0);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_over(core.drv.call_id, CTI_CAUSE_BUSY);
	short_calls(1, 200);
	ck_assert_int_eq(cti_calls_each(core.calls, walk_on, &all), 0);
	ck_assert_str_eq(all.last, core_id("leg1"));
}
END_TEST

Suite *suite_restart(void)
{
	const TTest *const tests[] = {
		a_dial_of_unknown_fate_is_unknown_and_not_dialed_again,
		an_unknown_call_the_switch_knows_is_adopted,
		a_restart_does_not_make_talking_a_part_of_the_set_up,
		an_unknown_call_is_adopted_by_what_was_dialed,
		a_dial_whose_leg_was_not_known_is_adopted_by_what_was_dialed,
		a_dial_under_way_whose_leg_was_not_named_is_adopted,
		of_two_unknown_calls_to_one_number_none_is_adopted,
		an_unknown_call_the_switch_does_not_know_ends,
		an_unknown_call_counts_for_no_limit,
		a_running_call_goes_on_after_a_restart,
		a_repeated_report_after_a_restart_makes_no_second_call,
		a_phone_call_of_before_a_restart_is_not_told_again,
		payloads_that_are_due_stay_due_and_claimed_ones_claimed,
		the_newest_calls_are_listed_first,
		a_call_too_old_for_memory_is_found_in_the_store,
		what_was_done_to_a_call_does_not_keep_it_in_memory,
		NULL,
	};

	return suite_of("restart", tests);
}
