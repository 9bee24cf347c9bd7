/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_inbound.c - what the switch reports becomes calls and ids */
#include <string.h>

#include "suites.h"

/* A leg at an agent's device, as a driver reports it. */
static struct cti_call_event leg(const char *ref, enum cti_call_state state)
{
	return (struct cti_call_event){.leg_ref = ref,
				       .state = state,
				       .inbound = true,
				       .device = "1",
				       .number = BERLIN_E164};
}

static void report(struct cti_call_event ev)
{
	core_event(&ev);
}

START_TEST(a_ring_notifies_sap_with_a_name_based_id)
{
	const char *id = core_id("leg");

	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_uint_eq(core.nseen, 1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_RINGING);
	ck_assert_int_eq(core_last()->post, CTI_SAP_NOTIFY);
	core_sap(core_last(), "EventType", "INBOUND");
	core_sap(core_last(), "Action", "NOTIFY");
	core_sap(core_last(), "ANI", BERLIN_E164);
	core_sap(core_last(), "ExternalReferenceID", id);
	core_sap(core_last(), "ExternalOriginalReferenceID", id);
	ck_assert_str_eq(core_call(id)->fact[CTI_FACT_REF], "leg");
	ck_assert_str_eq(core_call(id)->fact[CTI_FACT_DEVICE], "1");
}
END_TEST

START_TEST(an_inbound_call_is_accepted_and_ended_under_one_id)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_sap(core_last(), "Action", "ACCEPT");
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
	core_ring("leg", CTI_CALL_HELD);
	ck_assert_str_eq(core_last()->sap, "");
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_RESUMED);
	ck_assert_str_eq(core_last()->sap, "");
	core_ring("leg", CTI_CALL_ENDED);
	core_sap(core_last(), "EventType", "UPDATEACTIVITY");
	core_sap(core_last(), "Action", "END");
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_NORMAL);
}
END_TEST

START_TEST(a_report_that_comes_again_or_late_is_no_news)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_QUEUED);
	ck_assert_uint_eq(core.nseen, 2);
}
END_TEST

START_TEST(a_call_ends_exactly_once)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_ring("leg", CTI_CALL_ENDED);
	core_ring("leg", CTI_CALL_ENDED);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_uint_eq(core.nseen, 2);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 1);
}
END_TEST

START_TEST(a_clicked_call_ends_exactly_once)
{
	struct cti_call_event late = {.leg_ref = "out-1",
				      .state = CTI_CALL_ACTIVE,
				      .device = "1",
				      .number = "0049306912345"};

	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_event(&(struct cti_call_event){.call_id = core.drv.call_id,
					    .leg_ref = "out-1",
					    .state = CTI_CALL_RINGING});
	core_over(core.drv.call_id, CTI_CAUSE_BUSY);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	report(late);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_BUSY);
	ck_assert_uint_eq(core.nseen, 3);
}
END_TEST

START_TEST(a_missed_call_tells_why)
{
	struct cti_call_event over = leg("leg", CTI_CALL_ENDED);

	over.cause = CTI_CAUSE_ANSWERED_ELSEWHERE;
	over.cause_detail = "Q.850 26";
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	report(over);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_ANSWERED_ELSEWHERE);
	ck_assert_str_eq(core_call(core_id("leg"))->fact[CTI_FACT_CAUSE_DETAIL],
			 "Q.850 26");
	ck_assert_int_eq(core_call(core_id("leg"))->duration_ms, -1);
}
END_TEST

START_TEST(variables_of_the_switch_become_sap_s_fields)
{
	static const struct cti_attached attached[] = {
		{"IVR_ACCOUNT", "4711"},
		{"SECRET", "hidden"},
		{"TICKET", "8000123"},
		{"BP", "1000"},
	};
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	ring.attached = attached;
	ring.nattached = 4;
	ring.dnis = "+4989100";
	ring.name = "Ann Tester";
	core_start(DE "sap_fields { Custom_2 = \"IVR_ACCOUNT\" "
		      "TicketID = \"TICKET\" Serial = \"NOT_SENT\" }\n");
	report(ring);
	core_sap(core_last(), "Custom_2", "4711");
	core_sap(core_last(), "TicketID", "8000123");
	core_sap(core_last(), "DNIS", "+4989100");
	core_sap(core_last(), "Custom_1", NULL);
	core_sap(core_last(), "BP", NULL);
	core_sap(core_last(), "Serial", NULL);
	ck_assert_ptr_null(strstr(core_last()->sap, "hidden"));
	ck_assert_str_eq(core_call(core_id("leg"))->fact[CTI_FACT_NAME],
			 "Ann Tester");
}
END_TEST

START_TEST(variables_learned_later_are_an_update_and_go_with_accept)
{
	static const struct cti_attached attached[] = {{"V", "late"}};
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	core_start(DE "sap_fields { Custom_1 = \"V\" }\n");
	core_ring("leg", CTI_CALL_RINGING);
	ring.attached = attached;
	ring.nattached = 1;
	report(ring);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_sap(core_last(), "Custom_1", "late");
}
END_TEST

START_TEST(a_withheld_caller_has_no_ani)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	ring.withheld = true;
	core_start(DE);
	report(ring);
	ck_assert_int_eq(core_last()->post, CTI_SAP_NOTIFY);
	core_sap(core_last(), "ANI", NULL);
	ck_assert(core_call(core_id("leg"))->withheld);
}
END_TEST

START_TEST(a_caller_who_turns_out_to_be_withheld_stays_so)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	core_start(DE);
	report(ring);
	ring.withheld = true;
	report(ring);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	ck_assert(core_call(core_id("leg"))->withheld);
	ring.withheld = false;
	ring.state = CTI_CALL_ACTIVE;
	report(ring);
	ck_assert(core_call(core_id("leg"))->withheld);
	core_sap(core_last(), "ANI", NULL);
}
END_TEST

START_TEST(an_extension_as_caller_has_no_ani)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	ring.number = "101";
	core_start(DE);
	report(ring);
	core_sap(core_last(), "ANI", NULL);
	ck_assert_str_eq(core_call(core_id("leg"))->fact[CTI_FACT_NUMBER],
			 "101");
}
END_TEST

START_TEST(a_call_that_runs_already_is_accepted_alone)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_uint_eq(core.nseen, 1);
	core_sap(core_last(), "Action", "ACCEPT");
}
END_TEST

START_TEST(a_transfer_keeps_the_id_of_the_first_leg)
{
	struct cti_call_event ring = leg("second", CTI_CALL_RINGING);
	char first[CTI_ID_SIZE];

	memcpy(first, core_id("first"), sizeof(first));
	ring.first_ref = "first";
	core_start(DE);
	core_ring("first", CTI_CALL_ACTIVE);
	report(ring);
	core_sap(core_last(), "EventType", "TRANSFER");
	core_sap(core_last(), "Action", "NOTIFY");
	core_sap(core_last(), "ExternalReferenceID", core_id("second"));
	core_sap(core_last(), "ExternalOriginalReferenceID", first);
}
END_TEST

START_TEST(a_chain_of_transfers_keeps_the_very_first_id)
{
	struct cti_call_event second = leg("second", CTI_CALL_RINGING);
	struct cti_call_event third = leg("third", CTI_CALL_RINGING);

	second.first_ref = "first";
	third.first_ref = "second";
	core_start(DE);
	report(second); /* the first leg was at another relay */
	report(third);
	core_sap(core_last(), "EventType", "TRANSFER");
	core_sap(core_last(), "ExternalOriginalReferenceID", core_id("first"));
}
END_TEST

START_TEST(a_transferred_dial_keeps_the_id_it_was_given)
{
	struct cti_call_event ring = leg("second", CTI_CALL_RINGING);

	ring.first_ref = ring.first_id = "0123456789ABCDEF0123456789ABCDEF";
	core_start(DE);
	report(ring); /* another relay dialed */
	core_sap(core_last(), "EventType", "TRANSFER");
	core_sap(core_last(), "ExternalReferenceID", core_id("second"));
	core_sap(core_last(), "ExternalOriginalReferenceID", ring.first_id);
}
END_TEST

START_TEST(a_consult_call_says_nothing_to_sap)
{
	struct cti_call_event ev = leg("leg", CTI_CALL_RINGING);

	ev.kind = CTI_KIND_CONSULT;
	core_start(DE);
	report(ev);
	ev.state = CTI_CALL_ACTIVE;
	report(ev);
	ev.state = CTI_CALL_ENDED;
	report(ev);
	ck_assert_uint_eq(core.nseen, 3);
	for (size_t i = 0; i < core.nseen; i++)
		ck_assert_str_eq(core.seen[i].sap, "");
	ck_assert_str_eq(core_due(), "");
}
END_TEST

/* The consulted agent has the customer once the transfer is completed. */
static void complete_consult(const char *first_ref)
{
	struct cti_call_event ev = leg("leg", CTI_CALL_ACTIVE);

	ev.kind = CTI_KIND_CONSULT;
	ev.number = "101";
	report(ev);
	ck_assert_str_eq(core_last()->sap, "");
	ev.kind = CTI_KIND_CUSTOMER;
	ev.number = BERLIN_E164;
	ev.first_ref = first_ref;
	report(ev);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	ck_assert_int_eq(core_last()->kind, CTI_KIND_CUSTOMER);
	core_sap(core_last(), "Action", "ACCEPT");
	core_sap(core_last(), "ANI", BERLIN_E164);
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
}

START_TEST(a_completed_consult_is_a_transfer_accept)
{
	core_start(DE);
	complete_consult("first");
	core_sap(core_last(), "EventType", "TRANSFER");
	core_sap(core_last(), "ExternalOriginalReferenceID", core_id("first"));
	core_ring("leg", CTI_CALL_ENDED);
	core_sap(core_last(), "Action", "END");
}
END_TEST

START_TEST(a_completed_consult_of_an_unknown_leg_is_inbound)
{
	core_start(DE);
	complete_consult(NULL);
	core_sap(core_last(), "EventType", "INBOUND");
	core_sap(core_last(), "ExternalOriginalReferenceID", core_id("leg"));
}
END_TEST

START_TEST(the_device_decides_whose_inbound_call_it_is)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	core_start(DE TWO);
	ring.device = "2";
	report(ring);
	ck_assert_str_eq(core_last()->agent, "BOB");
	core_ring("other", CTI_CALL_RINGING);
	ck_assert_str_eq(core_last()->agent, "ANN");
}
END_TEST

START_TEST(a_device_of_no_agent_is_nobody_s_call)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	core_start(DE TWO);
	ring.device = "3";
	report(ring);
	ring.device = NULL;
	report(ring);
	ck_assert_uint_eq(core.nseen, 0);
	ck_assert_ptr_null(cti_calls_find(core.calls, core_id("leg")));
}
END_TEST

START_TEST(a_relay_for_one_agent_owns_every_device)
{
	struct cti_call_event ring = leg("leg", CTI_CALL_RINGING);

	ring.device = "PJSIP/777";
	core_start(DE "agent \"ANN\" { device = \"1\" }\n");
	report(ring);
	ck_assert_str_eq(core_last()->agent, "ANN");
}
END_TEST

/* The agent takes the receiver and dials himself. */
static void phone_report(enum cti_call_state state)
{
	report((struct cti_call_event){.leg_ref = "phone",
				       .state = state,
				       .device = "1",
				       .number = "0306912345"});
}

START_TEST(a_call_dialed_on_the_phone_is_shown_and_says_nothing)
{
	const struct cti_call *call;

	core_start(DE "sap { outbound = full }\n");
	phone_report(CTI_CALL_DIALING);
	phone_report(CTI_CALL_ACTIVE);
	call = core_call(core_id("phone"));
	ck_assert_int_eq(call->direction, CTI_OUTBOUND);
	ck_assert_int_eq(call->state, CTI_CALL_ACTIVE);
	phone_report(CTI_CALL_ENDED);
	ck_assert_uint_eq(core.nseen, 3);
	for (size_t i = 0; i < core.nseen; i++)
		ck_assert_str_eq(core.seen[i].sap, "");
	ck_assert_str_eq(core_due(), "");
}
END_TEST

START_TEST(a_call_dialed_on_the_phone_ends_exactly_once)
{
	core_start(DE);
	phone_report(CTI_CALL_DIALING);
	phone_report(CTI_CALL_ENDED);
	phone_report(CTI_CALL_ACTIVE);
	phone_report(CTI_CALL_ENDED);
	ck_assert_uint_eq(core.nseen, 2);
}
END_TEST

START_TEST(outbound_calls_speak_to_sap_as_configured)
{
	core_start(DE "sap { outbound = full }\n");
	ck_assert_int_eq(core_click(&(struct click){.number = BERLIN,
						    .activity = ACTIVITY}),
			 0);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	core_sap(core_last(), "EventType", "OUTBOUND");
	core_sap(core_last(), "Action", "ACCEPT");
	core_sap(core_last(), "ActivityUUID", ACTIVITY);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_sap(core_last(), "Action", "END");
	core_sap(core_last(), "ActivityUUID", ACTIVITY);
}
END_TEST

Suite *suite_inbound(void)
{
	const TTest *const tests[] = {
		a_ring_notifies_sap_with_a_name_based_id,
		a_transferred_dial_keeps_the_id_it_was_given,
		an_inbound_call_is_accepted_and_ended_under_one_id,
		a_report_that_comes_again_or_late_is_no_news,
		a_call_ends_exactly_once,
		a_clicked_call_ends_exactly_once,
		a_missed_call_tells_why,
		variables_of_the_switch_become_sap_s_fields,
		variables_learned_later_are_an_update_and_go_with_accept,
		a_withheld_caller_has_no_ani,
		a_caller_who_turns_out_to_be_withheld_stays_so,
		an_extension_as_caller_has_no_ani,
		a_call_that_runs_already_is_accepted_alone,
		a_transfer_keeps_the_id_of_the_first_leg,
		a_chain_of_transfers_keeps_the_very_first_id,
		a_consult_call_says_nothing_to_sap,
		a_completed_consult_is_a_transfer_accept,
		a_completed_consult_of_an_unknown_leg_is_inbound,
		the_device_decides_whose_inbound_call_it_is,
		a_device_of_no_agent_is_nobody_s_call,
		a_relay_for_one_agent_owns_every_device,
		a_call_dialed_on_the_phone_is_shown_and_says_nothing,
		a_call_dialed_on_the_phone_ends_exactly_once,
		outbound_calls_speak_to_sap_as_configured,
		NULL,
	};

	return suite_of("inbound", tests);
}
