/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_patch.c - facts that are learned late */
#include <errno.h>
#include <string.h>

#include "suites.h"

START_TEST(a_note_on_a_call_sap_knows_is_an_update_without_action)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TEXT, "called"),
			 0);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	ck_assert_int_eq(core_last()->post, CTI_SAP_UPDATE);
	core_sap(core_last(), "EventType", "UPDATEACTIVITY");
	core_sap(core_last(), "Action", NULL);
	core_sap(core_last(), "Text", "called");
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
}
END_TEST

START_TEST(a_patch_that_changes_nothing_is_no_event)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_SUBJECT, "s"), 0);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_SUBJECT, "s"), 0);
	ck_assert_uint_eq(core.nseen, 2);
	ck_assert_uint_eq(core.ntold, 2);
	ck_assert_int_eq(core_told()->code, CTI_OK);
}
END_TEST

START_TEST(a_patch_that_changes_nothing_waits_for_the_one_that_did)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			core_patch_only(core_id("leg"), CTI_FACT_TICKET, "1"),
			0);
	ck_assert_uint_eq(core.ntold, 0);
	core_settle();
	ck_assert_uint_eq(core.ntold, 2);
	ck_assert_uint_eq(core_count(CTI_EVENT_UPDATED), 1);
}
END_TEST

START_TEST(a_fact_can_be_cleared_and_sap_hears_nothing_of_it)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TICKET, "1"), 0);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TICKET, NULL), 0);
	ck_assert_ptr_null(core_call(core_id("leg"))->fact[CTI_FACT_TICKET]);
	ck_assert_str_eq(core_last()->sap, "");
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TICKET, ""), 0);
	ck_assert_uint_eq(core.nseen, 3);
}
END_TEST

START_TEST(a_note_on_a_call_sap_never_heard_of_is_stored_only)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TEXT, "x"), 0);
	ck_assert_str_eq(core_last()->sap, "");
	ck_assert_str_eq(core_call(core_id("leg"))->fact[CTI_FACT_TEXT], "x");
}
END_TEST

START_TEST(a_note_after_the_end_is_due_behind_it)
{
	int64_t accept;

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	accept = core_last()->id;
	core_ring("leg", CTI_CALL_ENDED);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_TEXT, "x"), 0);
	ck_assert_str_eq(core_due(), "1 2 3");
	core_refused(core_claim(core_last()->id, "tab"), EBUSY,
		     CTI_ERR_CLAIM_ORDER);
	ck_assert_int_eq(core_ack(accept), 0);
	ck_assert_int_eq(core_ack(accept + 1), 0);
	ck_assert_int_eq(core_claim(core_last()->id, "tab"), 0);
}
END_TEST

START_TEST(a_note_on_a_clicked_call_goes_where_the_configuration_says)
{
	struct click click = {.number = BERLIN, .activity = ACTIVITY};

	core_start(DE);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_int_eq(core_patch(core.drv.call_id, CTI_FACT_TEXT, "x"), 0);
	ck_assert_str_eq(core_last()->sap, "");
	core_stop();
	core_start(DE MANY "sap { outbound = end }\n");
	click.number = MUNICH;
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_int_eq(core_patch(core.drv.call_id, CTI_FACT_TEXT, "x"), 0);
	core_sap(core_last(), "EventType", "UPDATEACTIVITY");
	core_sap(core_last(), "ActivityUUID", ACTIVITY);
}
END_TEST

START_TEST(a_patch_of_no_call_is_call_not_found)
{
	core_start(DE);
	core_refused(core_patch("4F0C", CTI_FACT_TEXT, "x"), ENOENT,
		     CTI_ERR_CALL_NOT_FOUND);
}
END_TEST

START_TEST(an_old_call_can_be_patched_after_a_restart)
{
	int64_t accept;

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	accept = core_last()->id;
	ck_assert_int_eq(core_claim(accept, "tab"), 0);
	ck_assert_int_eq(core_ack(accept), 0);
	core_ring("leg", CTI_CALL_ENDED);
	core_stop();
	core_start(DE);
	ck_assert_int_eq(core_patch(core_id("leg"), CTI_FACT_RECORDING_ID, "r"),
			 0);
	core_sap(core_last(), "RecordingId", "r");
}
END_TEST

Suite *suite_patch(void)
{
	const TTest *const tests[] = {
		a_note_on_a_call_sap_knows_is_an_update_without_action,
		a_patch_that_changes_nothing_is_no_event,
		a_patch_that_changes_nothing_waits_for_the_one_that_did,
		a_fact_can_be_cleared_and_sap_hears_nothing_of_it,
		a_note_on_a_call_sap_never_heard_of_is_stored_only,
		a_note_after_the_end_is_due_behind_it,
		a_note_on_a_clicked_call_goes_where_the_configuration_says,
		a_patch_of_no_call_is_call_not_found,
		an_old_call_can_be_patched_after_a_restart,
		NULL,
	};

	return suite_of("patch", tests);
}
