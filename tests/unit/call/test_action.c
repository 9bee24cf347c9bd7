/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_action.c - what may be done to a call, and who says no */
#include <errno.h>
#include <string.h>

#include "suites.h"

/* In each state: what an inbound call offers, then an outbound one. */
static const struct {
	enum cti_call_state state;
	const char *inbound, *outbound;
} offers[] = {
	{CTI_CALL_QUEUED, "hangup ", "hangup "},
	{CTI_CALL_ALERTING, "hangup ", "hangup "},
	{CTI_CALL_DIALING, "hangup ", "hangup "},
	{CTI_CALL_RINGING, "answer reject hangup ", "hangup "},
	{CTI_CALL_ACTIVE, "hangup hold mute transfer dtmf ",
	 "hangup hold mute transfer dtmf "},
	{CTI_CALL_HELD, "hangup resume mute transfer dtmf ",
	 "hangup resume mute transfer dtmf "},
	{CTI_CALL_ENDED, "", ""},
	{CTI_CALL_UNKNOWN, "", ""},
};

/* What a driver returns, and what the page is told. */
static const struct {
	int returned, errno_value;
	enum cti_code code;
} answers[] = {
	{-ENOTCONN, ENOTCONN, CTI_ERR_SWITCH_DOWN},
	{-ENOSYS, ENOSYS, CTI_ERR_NOT_SUPPORTED},
	{-ENOTSUP, ENOSYS, CTI_ERR_NOT_SUPPORTED},
	{-ENOENT, ENOENT, CTI_ERR_WRONG_STATE},
	{-EINVAL, EINVAL, CTI_ERR_WRONG_STATE},
	{-EBUSY, EBUSY, CTI_ERR_WRONG_STATE},
	{-EIO, EIO, CTI_ERR_WRONG_STATE},
};

/* Each action on the inbound leg "leg", and what the driver is asked. */
static const struct {
	enum cti_action action;
	enum cti_call_state state;
	const char *text, *asked;
} deeds[] = {
	{CTI_ACTION_ANSWER, CTI_CALL_RINGING, NULL, "answer leg"},
	{CTI_ACTION_REJECT, CTI_CALL_RINGING, NULL, "reject leg"},
	{CTI_ACTION_HANGUP, CTI_CALL_RINGING, NULL, "hangup leg"},
	{CTI_ACTION_HANGUP, CTI_CALL_ACTIVE, NULL, "hangup leg"},
	{CTI_ACTION_HOLD, CTI_CALL_ACTIVE, NULL, "hold leg on"},
	{CTI_ACTION_RESUME, CTI_CALL_HELD, NULL, "hold leg off"},
	{CTI_ACTION_MUTE, CTI_CALL_ACTIVE, NULL, "mute leg on"},
	{CTI_ACTION_UNMUTE, CTI_CALL_ACTIVE, NULL, "mute leg off"},
	{CTI_ACTION_DTMF, CTI_CALL_ACTIVE, "1#*A,", "dtmf leg 1#*A,"},
	{CTI_ACTION_TRANSFER, CTI_CALL_ACTIVE, BERLIN,
	 "transfer leg 0049306912345"},
};

enum {
	NOFFERS = sizeof(offers) / sizeof(offers[0]),
	NANSWERS = sizeof(answers) / sizeof(answers[0]),
	NDEEDS = sizeof(deeds) / sizeof(deeds[0]),
};

static void offered(struct cti_call *call, enum cti_direction direction,
		    const char *wanted)
{
	char text[128] = "";

	call->direction = direction;
	for (int i = 0; i < CTI_ACTION_MAX; i++) {
		enum cti_action action = (enum cti_action)i;

		if (!cti_calls_can(core.calls, call, action))
			continue;
		strncat(text, cti_action_word(action), 16);
		strncat(text, " ", 2);
	}
	ck_assert_str_eq(text, wanted);
}

START_TEST(every_state_offers_what_the_table_says)
{
	struct cti_call *call = NULL;

	core_start(DE);
	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_DRIVER, "fake"), 0);
	call->state = offers[_i].state;
	offered(call, CTI_INBOUND, offers[_i].inbound);
	offered(call, CTI_OUTBOUND, offers[_i].outbound);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_DRIVER, "push"), 0);
	offered(call, CTI_INBOUND, "");
	cti_call_destroy(call);
}
END_TEST

START_TEST(a_muted_call_offers_unmute_instead)
{
	struct cti_call *call = NULL;

	core_start(DE);
	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_DRIVER, "fake"), 0);
	call->state = CTI_CALL_ACTIVE;
	call->muted = true;
	offered(call, CTI_INBOUND, "hangup hold unmute transfer dtmf ");
	cti_call_destroy(call);
}
END_TEST

START_TEST(a_driver_that_can_only_hang_up_offers_no_more)
{
	core_start_bare(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	for (int i = 0; i < CTI_ACTION_MAX; i++) {
		enum cti_action action = (enum cti_action)i;
		bool can = action == CTI_ACTION_HANGUP;

		ck_assert_int_eq(cti_calls_can(core.calls,
					       core_call(core_id("leg")),
					       action),
				 can);
		if (!can)
			core_refused(core_do(core_id("leg"), action, "1"),
				     ENOSYS, CTI_ERR_NOT_SUPPORTED);
	}
	core_refused(core_play("answer"), ENOSYS, CTI_ERR_NOT_SUPPORTED);
	ck_assert_uint_eq(core.drv.asked, 0);
}
END_TEST

START_TEST(every_action_has_its_word)
{
	enum cti_action action;

	for (int i = 0; i < CTI_ACTION_MAX; i++) {
		const char *word = cti_action_word((enum cti_action)i);

		ck_assert_int_eq(cti_action_parse(&action, word), 0);
		ck_assert_int_eq(action, i);
	}
	ck_assert_int_eq(cti_action_parse(&action, "explode"), -EINVAL);
	ck_assert_int_eq(cti_action_parse(&action, ""), -EINVAL);
}
END_TEST

START_TEST(every_action_reaches_the_switch)
{
	core_start(DE);
	core_ring("leg", deeds[_i].state);
	ck_assert_int_eq(
		core_do(core_id("leg"), deeds[_i].action, deeds[_i].text), 0);
	ck_assert_uint_eq(core.drv.asked, 1);
	ck_assert_str_eq(core.drv.last, deeds[_i].asked);
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert_str_eq(core_told()->call, core_id("leg"));
}
END_TEST

static void refused_by_driver(size_t deed, size_t answer)
{
	bool later = deeds[deed].action == CTI_ACTION_TRANSFER;
	size_t told = core.ntold;
	int rc;

	core.drv.answer = answers[answer].returned;
	rc = core_do(core_id("leg"), deeds[deed].action, deeds[deed].text);
	if (later) {
		ck_assert_int_eq(rc, 0);
		ck_assert_uint_eq(core.ntold, told + 1);
		ck_assert_int_eq(core_told()->code, answers[answer].code);
	} else {
		core_refused(rc, answers[answer].errno_value,
			     answers[answer].code);
		ck_assert_uint_eq(core.ntold, told);
	}
}

START_TEST(every_answer_of_a_driver_has_its_code)
{
	core_start(DE "dial { per_minute = 0 }\n");
	core_ring("leg", deeds[_i].state);
	for (size_t i = 0; i < NANSWERS; i++)
		refused_by_driver((size_t)_i, i);
	ck_assert_uint_eq(core.drv.asked, NANSWERS);
	ck_assert_uint_eq(core.nseen, 1);
}
END_TEST

START_TEST(an_action_on_no_call_is_call_not_found)
{
	core_start(DE);
	core_refused(core_do("4F0C", CTI_ACTION_HANGUP, NULL), ENOENT,
		     CTI_ERR_CALL_NOT_FOUND);
	core_refused(core_do("../etc", CTI_ACTION_HANGUP, NULL), ENOENT,
		     CTI_ERR_CALL_NOT_FOUND);
}
END_TEST

START_TEST(an_action_out_of_state_is_wrong_state)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	core_refused(core_do(core_id("leg"), CTI_ACTION_HOLD, NULL), EINVAL,
		     CTI_ERR_WRONG_STATE);
	core_refused(core_do(core_id("leg"), CTI_ACTION_TRANSFER, BERLIN),
		     EINVAL, CTI_ERR_WRONG_STATE);
	core_ring("leg", CTI_CALL_ENDED);
	core_refused(core_do(core_id("leg"), CTI_ACTION_HANGUP, NULL), EINVAL,
		     CTI_ERR_WRONG_STATE);
	ck_assert_uint_eq(core.drv.asked, 0);
}
END_TEST

START_TEST(an_outbound_call_that_rings_cannot_be_answered)
{
	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_line(core.drv.call_id, CTI_CALL_RINGING);
	core_refused(core_do(core.drv.call_id, CTI_ACTION_ANSWER, NULL), EINVAL,
		     CTI_ERR_WRONG_STATE);
}
END_TEST

START_TEST(a_pushed_call_can_be_looked_at_only)
{
	core_start(DE);
	ck_assert_int_eq(core_push(CTI_PUSH_ANSWERED, "ivr"), 0);
	core_refused(core_do(core_id("ivr"), CTI_ACTION_HANGUP, NULL), ENOSYS,
		     CTI_ERR_NOT_SUPPORTED);
}
END_TEST

START_TEST(mute_is_told_once_as_no_switch_reports_it)
{
	const char *id = core_id("leg");

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_do(id, CTI_ACTION_MUTE, NULL), 0);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	ck_assert(core_call(id)->muted);
	ck_assert_int_eq(core_do(id, CTI_ACTION_MUTE, NULL), 0);
	ck_assert_uint_eq(core.nseen, 2);
	ck_assert_int_eq(core_do(id, CTI_ACTION_UNMUTE, NULL), 0);
	ck_assert(!core_call(id)->muted);
	ck_assert_uint_eq(core.nseen, 3);
	ck_assert_str_eq(core_last()->sap, "");
}
END_TEST

START_TEST(dtmf_takes_its_digits_and_nothing_else)
{
	static const char *const bad[] = {
		NULL, "",    "12 3",
		"E",  "1\n", "123456789012345678901234567890123",
	};
	const char *id = core_id("leg");

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		core_refused(core_do(id, CTI_ACTION_DTMF, bad[i]), EINVAL,
			     CTI_ERR_BAD_REQUEST);
	ck_assert_uint_eq(core.drv.asked, 0);
	ck_assert_int_eq(core_do(id, CTI_ACTION_DTMF,
				 "12345678901234567890123456789012"),
			 0);
}
END_TEST

START_TEST(a_transfer_passes_the_gate_of_a_dial)
{
	const char *id = core_id("leg");

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_refused(core_do(id, CTI_ACTION_TRANSFER, "112"), EACCES,
		     CTI_ERR_NUMBER_BLOCKED);
	core_refused(core_do(id, CTI_ACTION_TRANSFER, "sip:x@y"), EINVAL,
		     CTI_ERR_BAD_NUMBER);
	core_refused(core_do(id, CTI_ACTION_TRANSFER, NULL), EINVAL,
		     CTI_ERR_BAD_NUMBER);
	ck_assert_uint_eq(core.drv.asked, 0);
}
END_TEST

START_TEST(a_transfer_of_a_call_that_ended_meanwhile_is_wrong_state)
{
	struct cti_call_event over = {
		.leg_ref = "leg", .state = CTI_CALL_ENDED, .inbound = true};
	struct cti_do what = {.id = core_id("leg"),
			      .action = CTI_ACTION_TRANSFER,
			      .text = BERLIN};

	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_transfer_only(&what);
	core.drv.host.on_event(core.drv.host.arg, &over);
	core_settle();
	ck_assert_int_eq(core_told()->code, CTI_ERR_WRONG_STATE);
	ck_assert_uint_eq(core.drv.asked, 0);
}
END_TEST

Suite *suite_action(void)
{
	const TTest *const tests[] = {
		a_muted_call_offers_unmute_instead,
		a_driver_that_can_only_hang_up_offers_no_more,
		every_action_has_its_word,
		an_action_on_no_call_is_call_not_found,
		an_action_out_of_state_is_wrong_state,
		an_outbound_call_that_rings_cannot_be_answered,
		a_pushed_call_can_be_looked_at_only,
		mute_is_told_once_as_no_switch_reports_it,
		dtmf_takes_its_digits_and_nothing_else,
		a_transfer_passes_the_gate_of_a_dial,
		a_transfer_of_a_call_that_ended_meanwhile_is_wrong_state,
		NULL,
	};
	Suite *suite = suite_of("action", tests);
	TCase *tc = tcase_create("action tables");

	tcase_add_checked_fixture(tc, core_setup, core_teardown);
	tcase_add_loop_test(tc, every_state_offers_what_the_table_says, 0,
			    NOFFERS);
	tcase_add_loop_test(tc, every_action_reaches_the_switch, 0, NDEEDS);
	tcase_add_loop_test(tc, every_answer_of_a_driver_has_its_code, 0,
			    NDEEDS);
	suite_add_tcase(suite, tc);
	return suite;
}
