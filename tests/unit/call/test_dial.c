/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_dial.c - a click: stored, given to the switch, answered */
#include <errno.h>
#include <string.h>

#include "suites.h"

START_TEST(a_click_is_answered_when_the_switch_has_it)
{
	const struct cti_call *call;

	core_start(DE "agent \"ANN\" { device = \"1\" }\n"
		      "dial { ring_timeout_s = 30 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert(core_told()->created);
	ck_assert_str_eq(core.drv.last, "originate 1 0049306912345 30000");
	ck_assert_str_eq(core.drv.call_id, core_told()->call);
	call = core_call(core_told()->call);
	ck_assert_str_eq(call->fact[CTI_FACT_NUMBER], BERLIN_E164);
	ck_assert_str_eq(call->fact[CTI_FACT_NUMBER_RAW], BERLIN);
	ck_assert_str_eq(call->fact[CTI_FACT_DRIVER], "fake");
	ck_assert_str_eq(call->original_id, call->id);
}
END_TEST

START_TEST(the_switch_hears_of_a_dial_after_its_commit_only)
{
	core_start(DE);
	ck_assert_int_eq(core_click_only(&(struct click){.number = BERLIN}), 0);
	ck_assert_uint_eq(core.drv.originated, 0);
	ck_assert_uint_eq(core.nseen, 0);
	core_settle();
	ck_assert_uint_eq(core.drv.originated, 1);
	ck_assert_uint_eq(core.nseen, 1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_QUEUED);
	ck_assert(core_last()->durable);
}
END_TEST

START_TEST(a_call_goes_through_its_states)
{
	const char *id = core.drv.call_id;

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_line(id, CTI_CALL_ALERTING);
	core_line(id, CTI_CALL_DIALING);
	core_line(id, CTI_CALL_RINGING);
	core_line(id, CTI_CALL_ACTIVE);
	core_advance(5000);
	core_line(id, CTI_CALL_HELD);
	core_line(id, CTI_CALL_ACTIVE);
	core_over(id, CTI_CAUSE_NORMAL);
	ck_assert_uint_eq(core.nseen, 8);
	ck_assert_int_eq(core.seen[6].type, CTI_EVENT_RESUMED);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_call(id)->duration_ms, 5000);
	ck_assert_int_gt(core_call(id)->answered_ms, 0);
	for (size_t i = 0; i < core.nseen; i++)
		ck_assert_str_eq(core.seen[i].sap, "");
}
END_TEST

START_TEST(a_dial_the_driver_refuses_ends_failed)
{
	core_start(DE);
	core.drv.answer = -EBUSY;
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_FAILED);
	ck_assert_int_eq(core_call(core_told()->call)->state, CTI_CALL_ENDED);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 1);
}
END_TEST

START_TEST(a_dial_whose_switch_went_away_meanwhile_fails)
{
	core_start(DE);
	ck_assert_int_eq(core_click_only(&(struct click){.number = BERLIN}), 0);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_DOWN, "gone");
	core_settle();
	ck_assert_uint_eq(core.drv.originated, 0);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
}
END_TEST

START_TEST(a_link_that_is_down_is_switch_down)
{
	core_start_down(DE);
	core_refused(core_dial(BERLIN), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core_refused(core_dial(BERLIN), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	core.drv.host.on_synced(core.drv.host.arg);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_FAILED,
			      "wrong password");
	core_refused(core_dial(MUNICH), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	ck_assert_ptr_nonnull(strstr(core.err.text, "wrong password"));
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

START_TEST(a_refusal_is_published_with_its_number_and_agent)
{
	core_start(DE TWO);
	core_refused(
		core_click(&(struct click){.number = "030x", .user = "ANN"}),
		EINVAL, CTI_ERR_BAD_NUMBER);
	ck_assert_uint_eq(core.nseen, 1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_REFUSED);
	ck_assert_int_eq(core_last()->code, CTI_ERR_BAD_NUMBER);
	ck_assert_str_eq(core_last()->agent, "ANN");
	ck_assert_uint_eq(core.ntold, 0);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

START_TEST(numbers_are_refused_by_gate_region_and_policy)
{
	core_start("");
	core_refused(core_dial("1-800-FLOWERS"), EINVAL, CTI_ERR_BAD_NUMBER);
	core_refused(core_dial(BERLIN), EINVAL, CTI_ERR_REGION_MISSING);
	core_refused(core_dial("112"), EACCES, CTI_ERR_NUMBER_BLOCKED);
	ck_assert_uint_eq(core_count(CTI_EVENT_REFUSED), 3);
}
END_TEST

START_TEST(the_user_decides_whose_dial_it_is)
{
	core_start(DE TWO);
	core_refused(core_dial(BERLIN), EINVAL, CTI_ERR_AGENT_REQUIRED);
	core_refused(core_click(&(struct click){.number = BERLIN, .user = "X"}),
		     EACCES, CTI_ERR_AGENT_UNKNOWN);
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "BOB"}),
		0);
	ck_assert_ptr_nonnull(strstr(core.drv.last, "originate 2 "));
	ck_assert_str_eq(core_last()->agent, "BOB");
}
END_TEST

START_TEST(a_relay_for_one_agent_takes_any_user)
{
	core_start(DE "agent \"ANN\" { device = \"1\" }\n");
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "EVE"}),
		0);
	ck_assert_ptr_nonnull(strstr(core.drv.last, "originate 1 "));
	ck_assert_str_eq(core_last()->agent, "EVE");
}
END_TEST

START_TEST(a_relay_that_stops_takes_no_dial)
{
	core_start(DE);
	cti_calls_stop(core.calls);
	core_refused(core_dial(BERLIN), ECANCELED, CTI_ERR_STOPPING);
}
END_TEST

START_TEST(a_redial_is_a_new_call_with_the_same_crm)
{
	char first[CTI_ID_SIZE];
	const struct cti_call *call;

	core_start(DE);
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN,
					   .activity = ACTIVITY,
					   .crm = "{\"PhoneNumber\":\"x\"}"}),
		0);
	memcpy(first, core.drv.call_id, sizeof(first));
	core_refused(core_redial(first), EBUSY, CTI_ERR_WRONG_STATE);
	core_over(first, CTI_CAUSE_BUSY);
	ck_assert_int_eq(core_redial(first), 0);
	ck_assert_uint_eq(core.drv.originated, 2);
	call = core_call(core_told()->call);
	ck_assert_str_ne(call->id, first);
	ck_assert_str_eq(call->fact[CTI_FACT_REDIAL_OF], first);
	ck_assert_str_eq(call->fact[CTI_FACT_CRM], "{\"PhoneNumber\":\"x\"}");
	ck_assert_str_eq(call->fact[CTI_FACT_ACTIVITY_UUID], ACTIVITY);
}
END_TEST

START_TEST(only_an_outbound_call_that_is_there_can_be_redialed)
{
	core_start(DE);
	core_refused(core_redial("4F0C"), ENOENT, CTI_ERR_CALL_NOT_FOUND);
	core_ring("leg", CTI_CALL_RINGING);
	core_refused(core_redial(core_id("leg")), EINVAL, CTI_ERR_WRONG_STATE);
}
END_TEST

START_TEST(an_unknown_report_of_the_switch_is_no_call)
{
	core_start(DE);
	core_line("0123456789ABCDEF0123456789ABCDEF", CTI_CALL_RINGING);
	core_over("0123456789ABCDEF0123456789ABCDEF", CTI_CAUSE_NORMAL);
	core_event(&(struct cti_call_event){.state = CTI_CALL_RINGING,
					    .inbound = true});
	ck_assert_uint_eq(core.nseen, 0);
}
END_TEST

Suite *suite_dial(void)
{
	const TTest *const tests[] = {
		a_click_is_answered_when_the_switch_has_it,
		the_switch_hears_of_a_dial_after_its_commit_only,
		a_call_goes_through_its_states,
		a_dial_the_driver_refuses_ends_failed,
		a_dial_whose_switch_went_away_meanwhile_fails,
		a_link_that_is_down_is_switch_down,
		a_refusal_is_published_with_its_number_and_agent,
		numbers_are_refused_by_gate_region_and_policy,
		the_user_decides_whose_dial_it_is,
		a_relay_for_one_agent_takes_any_user,
		a_relay_that_stops_takes_no_dial,
		a_redial_is_a_new_call_with_the_same_crm,
		only_an_outbound_call_that_is_there_can_be_redialed,
		an_unknown_report_of_the_switch_is_no_call,
		NULL,
	};

	return suite_of("dial", tests);
}
