/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_posts.c - one tab posts: due, claimed, acked, stale */
#include <errno.h>
#include <string.h>

#include "suites.h"

enum { LATE_MS = 600 * 1000, DAY_MS = 24 * 3600 * 1000 };

/* The payload of the last event of that type. */
static int64_t event_of(enum cti_event_type type)
{
	return core_seen(type)->id;
}

static void granted(int64_t event, const char *tab)
{
	ck_assert_int_eq(core_claim(event, tab), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
}

static void posted(int64_t event)
{
	granted(event, "tab");
	ck_assert_int_eq(core_ack(event), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
}

START_TEST(a_claim_is_granted_to_one_tab)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	granted(core_last()->id, "one");
	granted(core_last()->id, "one");
	core_refused(core_claim(core_last()->id, "two"), EBUSY,
		     CTI_ERR_CLAIM_HELD);
	ck_assert_int_eq(core.err.retry_after_s, 5);
	ck_assert_str_eq(core_due(), "1");
}
END_TEST

START_TEST(a_claimed_payload_is_due_to_nobody_else)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	granted(core_last()->id, "one");
	ck_assert_str_eq(core_due(), "1");
	ck_assert_str_eq(core_due_unclaimed(), "");
	core_advance(CTI_LEASE_MS);
	ck_assert_str_eq(core_due_unclaimed(), "1");
}
END_TEST

START_TEST(a_lease_that_runs_out_is_told_once)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	granted(core_last()->id, "one");
	core_advance(CTI_LEASE_MS - 1);
	ck_assert_uint_eq(core.ndue, 0);
	core_advance(1);
	ck_assert_uint_eq(core.ndue, 1);
	ck_assert_int_eq(core.due[0], core_last()->id);
	granted(core_last()->id, "two");
	core_advance(2000);
	granted(core_last()->id, "two");
	core_advance(CTI_LEASE_MS - 1);
	ck_assert_uint_eq(core.ndue, 1);
	core_advance(1);
	ck_assert_uint_eq(core.ndue, 2);
}
END_TEST

START_TEST(an_acked_payload_is_done)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	posted(core_last()->id);
	ck_assert_str_eq(core_due(), "");
	core_refused(core_claim(core_last()->id, "tab"), EALREADY,
		     CTI_ERR_CLAIM_DONE);
	ck_assert_int_eq(core_ack(core_last()->id), 0);
	core_advance(CTI_LEASE_MS * 2);
	ck_assert_uint_eq(core.ndue, 0);
}
END_TEST

START_TEST(an_ack_needs_no_claim)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_ack(core_last()->id), 0);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

START_TEST(events_without_payload_cannot_be_claimed)
{
	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_refused(core_claim(core_last()->id, "tab"), ENOENT,
		     CTI_ERR_EVENT_NOT_FOUND);
	core_refused(core_ack(core_last()->id), ENOENT,
		     CTI_ERR_EVENT_NOT_FOUND);
	core_refused(core_claim(1, "tab"), ENOENT, CTI_ERR_EVENT_NOT_FOUND);
}
END_TEST

START_TEST(payloads_of_one_call_go_in_order)
{
	int64_t notify;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	notify = core_last()->id;
	granted(notify, "tab");
	core_ring("leg", CTI_CALL_ACTIVE);
	core_refused(core_claim(core_last()->id, "tab"), EBUSY,
		     CTI_ERR_CLAIM_ORDER);
	ck_assert_int_eq(core_ack(notify), 0);
	granted(core_last()->id, "tab");
}
END_TEST

START_TEST(payloads_of_two_calls_do_not_wait_for_each_other)
{
	core_start(DE);
	core_ring("one", CTI_CALL_RINGING);
	core_ring("two", CTI_CALL_RINGING);
	granted(core_last()->id, "tab");
}
END_TEST

START_TEST(a_notify_is_stale_once_the_ring_is_over)
{
	int64_t notify;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	notify = core_last()->id;
	core_ring("leg", CTI_CALL_ACTIVE);
	core_refused(core_claim(notify, "tab"), ESTALE, CTI_ERR_CLAIM_STALE);
	ck_assert_str_eq(core_due(), "2");
	granted(core_last()->id, "tab");
}
END_TEST

START_TEST(a_notify_is_due_as_long_as_it_rings)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TICKET, "1"), 0);
	ck_assert_str_eq(core_due(), "1 2");
	core_ring("other", CTI_CALL_ACTIVE);
	ck_assert_str_eq(core_due(), "1 2 3");
}
END_TEST

START_TEST(a_notify_in_a_tab_s_hands_may_still_be_posted)
{
	int64_t notify;

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	notify = core_last()->id;
	granted(notify, "tab");
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_str_eq(core_due(), "1 2");
	core_advance(CTI_LEASE_MS);
	ck_assert_str_eq(core_due(), "2");
	ck_assert_uint_eq(core.ndue, 0);
}
END_TEST

START_TEST(a_missed_call_nobody_claimed_has_no_end)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_str_eq(core_due(), "");
	core_refused(core_claim(core_last()->id, "tab"), ESTALE,
		     CTI_ERR_CLAIM_STALE);
}
END_TEST

START_TEST(a_missed_call_sap_knows_of_has_its_end)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	posted(core_last()->id);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_str_eq(core_due(), "2");
	posted(core_last()->id);
}
END_TEST

START_TEST(missed_calls_are_silent_where_configured)
{
	core_start(DE "sap { missed = silent }\n");
	core_ring("leg", CTI_CALL_RINGING);
	posted(core_last()->id);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_str_eq(core_last()->sap, "");
	core_ring("two", CTI_CALL_ACTIVE);
	core_ring("two", CTI_CALL_ENDED);
	core_sap(core_last(), "Action", "END");
}
END_TEST

START_TEST(accept_and_end_wait_for_a_page_that_comes_late)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(LATE_MS - 1);
	ck_assert_str_eq(core_due(), "2 3");
	posted(event_of(CTI_EVENT_ACTIVE));
	core_advance(LATE_MS);
	ck_assert_str_eq(core_due(), "3");
	posted(event_of(CTI_EVENT_ENDED));
}
END_TEST

START_TEST(an_accept_too_late_takes_its_end_along)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(LATE_MS);
	ck_assert_str_eq(core_due(), "");
	core_refused(core_claim(core_last()->id, "tab"), ESTALE,
		     CTI_ERR_CLAIM_STALE);
}
END_TEST

START_TEST(an_end_is_due_for_a_day)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	posted(core_last()->id);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(DAY_MS - 1000);
	ck_assert_str_eq(core_due(), "2");
	core_advance(2000);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

START_TEST(the_end_of_a_clicked_call_is_always_due_where_asked_for)
{
	core_start(DE "sap { outbound = end }\n");
	ck_assert_int_eq(core_click(&(struct click){.number = BERLIN,
						    .activity = ACTIVITY}),
			 0);
	core_over(core.drv.call_id, CTI_CAUSE_BUSY);
	ck_assert_str_eq(core_due(), "2");
	posted(core_last()->id);
}
END_TEST

START_TEST(a_due_payload_is_its_agent_s)
{
	core_start(DE TWO);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_str_eq(core_due_of("ANN"), "1");
	ck_assert_str_eq(core_due_of("BOB"), "");
}
END_TEST

START_TEST(the_end_after_a_restart_is_due_as_before)
{
	core_start(DE);
	core_ring("claimed", CTI_CALL_RINGING);
	granted(core_last()->id, "tab");
	core_ring("missed", CTI_CALL_RINGING);
	core_stop();
	core_start(DE); /* both calls are gone at the switch */
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 2);
	core_advance(CTI_LEASE_MS);
	for (size_t i = 0; i < core.nseen; i++) {
		bool claimed =
			strcmp(core.seen[i].call, core_id("claimed")) == 0;
		struct seen *seen = &core.seen[i];

		if (seen->type != CTI_EVENT_ENDED)
			continue;
		if (claimed)
			granted(seen->id, "tab");
		else
			core_refused(core_claim(seen->id, "tab"), ESTALE,
				     CTI_ERR_CLAIM_STALE);
	}
}
END_TEST

START_TEST(an_accept_from_before_a_restart_grows_stale_in_time)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_stop();
	core_advance(LATE_MS - 5000);
	core_start(DE);
	ck_assert_str_eq(core_due(), "1 2");
	core_advance(5000);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

START_TEST(a_claim_of_the_last_moment_lasts_its_lease)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(LATE_MS - 1);
	granted(event_of(CTI_EVENT_ACTIVE), "tab");
	core_advance(1000);
	ck_assert_str_eq(core_due(), "1 2");
	ck_assert_int_eq(core_ack(event_of(CTI_EVENT_ACTIVE)), 0);
	granted(event_of(CTI_EVENT_ENDED), "tab");
}
END_TEST

Suite *suite_posts(void)
{
	const TTest *const tests[] = {
		a_claim_is_granted_to_one_tab,
		a_claimed_payload_is_due_to_nobody_else,
		a_lease_that_runs_out_is_told_once,
		an_acked_payload_is_done,
		an_ack_needs_no_claim,
		events_without_payload_cannot_be_claimed,
		payloads_of_one_call_go_in_order,
		payloads_of_two_calls_do_not_wait_for_each_other,
		a_notify_is_stale_once_the_ring_is_over,
		a_notify_is_due_as_long_as_it_rings,
		a_notify_in_a_tab_s_hands_may_still_be_posted,
		a_missed_call_nobody_claimed_has_no_end,
		a_missed_call_sap_knows_of_has_its_end,
		missed_calls_are_silent_where_configured,
		accept_and_end_wait_for_a_page_that_comes_late,
		an_accept_too_late_takes_its_end_along,
		an_end_is_due_for_a_day,
		the_end_of_a_clicked_call_is_always_due_where_asked_for,
		a_due_payload_is_its_agent_s,
		the_end_after_a_restart_is_due_as_before,
		an_accept_from_before_a_restart_grows_stale_in_time,
		a_claim_of_the_last_moment_lasts_its_lease,
		NULL,
	};

	return suite_of("posts", tests);
}
