/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_store.c - the store is full: nothing is dialed unseen */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "store/store_priv.h"
#include "suites.h"

/* So large that no page of the file has room for it. */
static const char *big_crm(void)
{
	static char crm[16000];

	memset(crm, 'x', sizeof(crm) - 1);
	memcpy(crm, "{\"a\":\"", 6);
	memcpy(crm + sizeof(crm) - 3, "\"}", 3);
	return crm;
}

START_TEST(an_intent_that_cannot_be_stored_is_not_dialed)
{
	struct click click = {.number = BERLIN, .activity = ACTIVITY};

	core_start(DE);
	click.crm = big_crm();
	store_set_page_limit(core.store, 1);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert_int_eq(core_told()->code, CTI_ERR_STORE_FULL);
	ck_assert_str_eq(core_told()->call, "");
	ck_assert_uint_eq(core.drv.originated, 0);
	ck_assert_uint_eq(core.nseen, 1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_REFUSED);
	ck_assert_int_eq(core_last()->code, CTI_ERR_STORE_FULL);
	ck_assert(!core_last()->durable);
	core_empty_store();
	click.crm = "{}";
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert(core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

START_TEST(a_double_click_that_cannot_be_stored_is_refused_twice)
{
	struct click click = {.number = BERLIN, .activity = ACTIVITY};

	core_start(DE);
	click.crm = big_crm();
	store_set_page_limit(core.store, 1);
	ck_assert_int_eq(core_click_only(&click), 0);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_uint_eq(core.ntold, 2);
	ck_assert_int_eq(core.told[0].code, CTI_ERR_STORE_FULL);
	ck_assert_int_eq(core.told[1].code, CTI_ERR_STORE_FULL);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

START_TEST(a_store_that_is_full_refuses_dials_at_once)
{
	core_start(DE);
	core_fill_store();
	core_refused(core_dial(BERLIN), ENOSPC, CTI_ERR_STORE_FULL);
	ck_assert_uint_eq(core.drv.originated, 0);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_REFUSED);
	ck_assert_int_eq(core_last()->code, CTI_ERR_STORE_FULL);
	ck_assert(!core_last()->durable);
	core_empty_store();
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

START_TEST(events_of_running_calls_go_on_without_being_durable)
{
	char id[CTI_ID_SIZE];

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_fill_store();
	core_line(id, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ACTIVE);
	ck_assert(!core_last()->durable);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_last()->post, CTI_SAP_NOTIFY);
	ck_assert(!core_last()->durable);
	ck_assert_uint_eq(cti_calls_stats(core.calls)->events_volatile, 2);
	core_over(id, CTI_CAUSE_NORMAL);
	core_empty_store();
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert(core_last()->durable);
}
END_TEST

START_TEST(what_happened_meanwhile_is_stored_when_it_has_healed)
{
	char id[CTI_ID_SIZE];

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_fill_store();
	core_over(id, CTI_CAUSE_BUSY);
	core_ring("leg", CTI_CALL_RINGING);
	core_empty_store();
	core_stop();
	core_start_down(DE);
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ENDED);
	ck_assert_int_eq(core_call(id)->cause, CTI_CAUSE_BUSY);
	ck_assert_int_eq(core_call(core_id("leg"))->state, CTI_CALL_RINGING);
}
END_TEST

START_TEST(a_transfer_needs_its_audit_stored)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_fill_store();
	ck_assert_int_eq(core_do(core_id("leg"), CTI_ACTION_TRANSFER, BERLIN),
			 0);
	ck_assert_int_eq(core_told()->code, CTI_ERR_STORE_FULL);
	ck_assert_uint_eq(core.drv.asked, 0);
	ck_assert_int_eq(core_do(core_id("leg"), CTI_ACTION_HANGUP, NULL), 0);
	ck_assert_uint_eq(core.drv.asked, 1);
}
END_TEST

START_TEST(a_payload_is_claimed_from_memory_while_the_store_fails)
{
	core_start(DE);
	core_fill_store();
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_claim(core_last()->id, "tab"), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	core_refused(core_claim(core_last()->id, "other"), EBUSY,
		     CTI_ERR_CLAIM_HELD);
	ck_assert_int_eq(core_ack(core_last()->id), 0);
	ck_assert_str_eq(core_due(), "");
}
END_TEST

START_TEST(a_payload_that_no_store_has_is_kept_to_be_offered_again)
{
	int64_t event;

	core_start(DE);
	core_ring("one", CTI_CALL_RINGING);
	ck_assert_ptr_null(cti_calls_unstored(core.calls, core_last()->id));
	core_fill_store();
	core_ring("two", CTI_CALL_RINGING);
	event = core_last()->id;
	ck_assert_int_eq(core_claim(event, "tab"), 0);
	core_advance(CTI_LEASE_MS);
	ck_assert_uint_eq(core.ndue, 1);
	ck_assert_int_eq(core.due[0], event);
	ck_assert_str_eq(cti_calls_unstored(core.calls, event), core_id("two"));
	ck_assert_int_eq(core_ack(event), 0);
	ck_assert_ptr_null(cti_calls_unstored(core.calls, event));
}
END_TEST

START_TEST(a_further_key_of_a_call_is_stored_when_it_has_healed)
{
	static const struct click first = {.number = BERLIN,
					   .activity = ACTIVITY};
	static const struct click again = {.number = BERLIN, .activity = "X"};
	char id[CTI_ID_SIZE];

	core_start(DE "dial { merge_s = 60 }\n");
	ck_assert_int_eq(core_click(&first), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_fill_store();
	ck_assert_int_eq(core_click(&again), 0);
	ck_assert_str_eq(core_told()->call, id);
	core_over(id, CTI_CAUSE_NORMAL);
	core_empty_store();
	core_stop();
	core_start(DE);
	ck_assert_int_eq(core_click(&again), 0);
	ck_assert_str_eq(core_told()->call, id);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

/* The store finds its file damaged and sets it aside. */
static void core_damage(void)
{
	struct cti_store_health health;

	store_damage(core.store);
	core_settle();
	core_advance(0);
	cti_store_health(core.store, &health);
	ck_assert(!health.failing);
}

START_TEST(what_runs_and_what_was_clicked_survives_damage)
{
	struct click click = {.number = BERLIN, .activity = ACTIVITY};
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_ring("leg", CTI_CALL_RINGING);
	core_damage();
	ck_assert_str_eq(core_due(), "2");
	core_line(id, CTI_CALL_ACTIVE);
	ck_assert(core_last()->durable);
	core_stop();
	core_start_down(DE MANY);
	ck_assert_int_eq(core_call(id)->state, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_call(core_id("leg"))->state, CTI_CALL_RINGING);
	ck_assert_str_eq(core_due(), "2");
	core_up();
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_str_eq(core_told()->call, id);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

START_TEST(a_running_call_that_cannot_be_salvaged_is_stored_again)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(store_exec(core.store->writer, "DELETE FROM call"), 0);
	core_damage();
	core_ring("leg", CTI_CALL_ACTIVE);
	core_stop();
	core_start_down(DE);
	ck_assert_int_eq(core_call(core_id("leg"))->state, CTI_CALL_ACTIVE);
}
END_TEST

/* Only the log of the store is there, and no room for an index of it. */
static void core_start_blind(const char *conf)
{
	core_crash();
	cti_loop_advance(core.loop, 1000); /* ids go by the time of day now */
	fault_disk_is(FAULT_DISK_FULL);
	core_start(conf);
	ck_assert(core.store->blind);
}

static void core_heal(void)
{
	fault_disk_is(FAULT_DISK_WELL);
	core_advance(STORE_RETRY_MS);
	ck_assert(!core.store->blind);
}

START_TEST(what_could_not_be_read_at_the_start_counts_later)
{
	struct click click = {.number = BERLIN, .activity = ACTIVITY};
	char dialed[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(dialed, core_told()->call, sizeof(dialed));
	core_ring("leg", CTI_CALL_RINGING);
	core_start_blind(DE MANY);
	core.ntold = 0;
	core_refused(core_click(&click), ENOSPC, CTI_ERR_STORE_FULL);
	core_ring("leg", CTI_CALL_ACTIVE); /* the switch has it still */
	core_heal();
	ck_assert_int_eq(core_call(dialed)->state, CTI_CALL_ENDED);
	ck_assert_int_eq(core_call(dialed)->cause, CTI_CAUSE_LINK_LOST);
	ck_assert_int_eq(core_call(core_id("leg"))->state, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_str_eq(core_told()->call, dialed);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

Suite *suite_store(void)
{
	const TTest *const tests[] = {
		an_intent_that_cannot_be_stored_is_not_dialed,
		a_double_click_that_cannot_be_stored_is_refused_twice,
		a_store_that_is_full_refuses_dials_at_once,
		events_of_running_calls_go_on_without_being_durable,
		what_happened_meanwhile_is_stored_when_it_has_healed,
		a_transfer_needs_its_audit_stored,
		a_payload_is_claimed_from_memory_while_the_store_fails,
		a_payload_that_no_store_has_is_kept_to_be_offered_again,
		a_further_key_of_a_call_is_stored_when_it_has_healed,
		what_runs_and_what_was_clicked_survives_damage,
		a_running_call_that_cannot_be_salvaged_is_stored_again,
		what_could_not_be_read_at_the_start_counts_later,
		NULL,
	};

	return suite_of("store", tests);
}
