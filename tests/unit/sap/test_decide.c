/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_decide.c - which change of a call SAP hears of */
#include "cti/conf.h"
#include "suites.h"

/* Short names, so that a case is one line. */
enum {
	IN = CTI_INBOUND,
	OUT = CTI_OUTBOUND,
	CUST = CTI_KIND_CUSTOMER,
	INTL = CTI_KIND_INTERNAL,
	CONS = CTI_KIND_CONSULT,
	QUEU = CTI_CALL_QUEUED,
	DIAL = CTI_CALL_DIALING,
	RING = CTI_CALL_RINGING,
	ACTV = CTI_CALL_ACTIVE,
	HELD = CTI_CALL_HELD,
	ENDD = CTI_CALL_ENDED,
	UNKN = CTI_CALL_UNKNOWN,
	E_RING = CTI_EVENT_RINGING,
	E_ACTV = CTI_EVENT_ACTIVE,
	E_HELD = CTI_EVENT_HELD,
	E_RESM = CTI_EVENT_RESUMED,
	E_UPDT = CTI_EVENT_UPDATED,
	E_ENDD = CTI_EVENT_ENDED,
	NONE = CTI_SAP_NOTHING,
	NOTIFY = CTI_SAP_NOTIFY,
	ACCEPT = CTI_SAP_ACCEPT,
	END = CTI_SAP_END,
	/* switches and facts of a case */
	SILENT = 1,
	OUT_END = 2,
	OUT_FULL = 4 | OUT_END,
	ANSWERED = 8,
	MOVED = 16, /* by a transfer from a known leg */
	OWN = 32,   /* dialed on the phone, not in SAP */
};

static const struct {
	int direction;
	int event, before, after;
	int kind_before, kind;
	int flags;
	int post;
} cases[] = {
	/* a customer calls */
	{IN, E_RING, QUEU, RING, CUST, CUST, 0, NOTIFY},
	{IN, E_RING, QUEU, RING, CUST, CUST, MOVED, NOTIFY},
	{IN, E_ACTV, RING, ACTV, CUST, CUST, ANSWERED, ACCEPT},
	{IN, E_ACTV, QUEU, ACTV, CUST, CUST, ANSWERED, ACCEPT},
	{IN, E_ACTV, UNKN, ACTV, CUST, CUST, ANSWERED, ACCEPT},
	{IN, E_ACTV, ACTV, ACTV, CUST, CUST, ANSWERED, NONE},
	{IN, E_ACTV, HELD, ACTV, CUST, CUST, ANSWERED, NONE},
	{IN, E_HELD, ACTV, HELD, CUST, CUST, ANSWERED, NONE},
	{IN, E_RESM, HELD, ACTV, CUST, CUST, ANSWERED, NONE},
	{IN, E_UPDT, ACTV, ACTV, CUST, CUST, ANSWERED, NONE},
	{IN, E_UPDT, RING, RING, CUST, CUST, 0, NONE},
	{IN, E_ENDD, ACTV, ENDD, CUST, CUST, ANSWERED, END},
	{IN, E_ENDD, RING, ENDD, CUST, CUST, 0, END},
	{IN, E_ENDD, RING, ENDD, CUST, CUST, SILENT, NONE},
	{IN, E_ENDD, ACTV, ENDD, CUST, CUST, SILENT | ANSWERED, END},
	/* colleagues */
	{IN, E_RING, QUEU, RING, INTL, INTL, 0, NONE},
	{IN, E_ACTV, RING, ACTV, INTL, INTL, ANSWERED, NONE},
	{IN, E_ENDD, ACTV, ENDD, INTL, INTL, ANSWERED, NONE},
	{IN, E_RING, QUEU, RING, CONS, CONS, 0, NONE},
	{IN, E_ACTV, RING, ACTV, CONS, CONS, ANSWERED, NONE},
	{IN, E_HELD, ACTV, HELD, CONS, CONS, ANSWERED, NONE},
	{IN, E_ENDD, ACTV, ENDD, CONS, CONS, ANSWERED, NONE},
	{IN, E_ENDD, RING, ENDD, CONS, CONS, 0, NONE},
	/* an attended transfer completes */
	{IN, E_UPDT, ACTV, ACTV, CONS, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_UPDT, ACTV, ACTV, INTL, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_ACTV, ACTV, ACTV, CONS, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_UPDT, HELD, HELD, CONS, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_RESM, HELD, ACTV, CONS, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_UPDT, RING, RING, CONS, CUST, MOVED, NOTIFY},
	{IN, E_ACTV, RING, ACTV, CUST, CUST, MOVED | ANSWERED, ACCEPT},
	{IN, E_UPDT, ACTV, ACTV, CONS, CUST, ANSWERED, ACCEPT},
	{IN, E_UPDT, ACTV, ACTV, CUST, CONS, MOVED | ANSWERED, NONE},
	{IN, E_ENDD, ACTV, ENDD, CUST, CUST, MOVED | ANSWERED, END},
	/* a click in SAP */
	{OUT, E_RING, DIAL, RING, CUST, CUST, OUT_FULL, NONE},
	{OUT, E_ACTV, RING, ACTV, CUST, CUST, 0, NONE},
	{OUT, E_ACTV, RING, ACTV, CUST, CUST, OUT_END, NONE},
	{OUT, E_ACTV, RING, ACTV, CUST, CUST, OUT_FULL, ACCEPT},
	{OUT, E_ACTV, HELD, ACTV, CUST, CUST, OUT_FULL, NONE},
	{OUT, E_RESM, HELD, ACTV, CUST, CUST, OUT_FULL, NONE},
	{OUT, E_ENDD, ACTV, ENDD, CUST, CUST, ANSWERED, NONE},
	{OUT, E_ENDD, ACTV, ENDD, CUST, CUST, OUT_END | ANSWERED, END},
	{OUT, E_ENDD, ACTV, ENDD, CUST, CUST, OUT_FULL | ANSWERED, END},
	{OUT, E_ENDD, RING, ENDD, CUST, CUST, OUT_END | SILENT, END},
	{OUT, E_UPDT, ACTV, ACTV, CUST, CUST, OUT_FULL, NONE},
	{OUT, E_ACTV, RING, ACTV, CUST, CUST, OUT_FULL | OWN, NONE},
	{OUT, E_ENDD, ACTV, ENDD, CUST, CUST, OUT_FULL | OWN, NONE},
};

START_TEST(each_change_asks_for_its_post)
{
	static char crm[] = "{}";
	const int flags = cases[_i].flags;
	const struct cti_sap_conf conf = {
		.missed_silent = flags & SILENT,
		.outbound_end = flags & OUT_END,
		.outbound_full = (flags & OUT_FULL) == OUT_FULL,
	};
	const struct cti_sap_moment moment = {
		.type = (enum cti_event_type)cases[_i].event,
		.before = (enum cti_call_state)cases[_i].before,
		.kind_before = (enum cti_call_kind)cases[_i].kind_before,
	};
	struct cti_call call = {
		.direction = (enum cti_direction)cases[_i].direction,
		.state = (enum cti_call_state)cases[_i].after,
		.kind = (enum cti_call_kind)cases[_i].kind,
		.transferred = flags & MOVED,
		.answered_ms = flags & ANSWERED ? 1 : 0,
	};

	if (!(flags & OWN))
		call.fact[CTI_FACT_CRM] = crm;
	ck_assert_msg((int)cti_sap_decide(&conf, &call, &moment) ==
			      cases[_i].post,
		      "case %d", _i);
}
END_TEST

static const struct {
	struct cti_conf_flag flag[1];
	struct cti_sap_conf conf;
} switches[] = {
	{{{"sap.outbound", "none"}}, {.accept_omit = false}},
	{{{"sap.outbound", "end"}}, {.outbound_end = true}},
	{{{"sap.outbound", "full"}},
	 {.outbound_end = true, .outbound_full = true}},
	{{{"sap.accept_action", "omit"}}, {.accept_omit = true}},
	{{{"sap.missed", "silent"}}, {.missed_silent = true}},
	{{{"sap.original_id", "omit"}}, {.original_omit = true}},
};

START_TEST(switches_come_from_the_configuration)
{
	const struct cti_conf_source source = {.flags = switches[_i].flag,
					       .nflags = 1};
	const struct cti_sap_conf *want = &switches[_i].conf;
	struct cti_conf *conf = NULL;
	struct cti_sap_conf got;
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&conf, &source, &errors), 0);
	cti_sap_conf_read(&got, conf);
	ck_assert_int_eq(got.accept_omit, want->accept_omit);
	ck_assert_int_eq(got.missed_silent, want->missed_silent);
	ck_assert_int_eq(got.original_omit, want->original_omit);
	ck_assert_int_eq(got.outbound_end, want->outbound_end);
	ck_assert_int_eq(got.outbound_full, want->outbound_full);
	cti_conf_destroy(conf);
	cti_buf_fini(&errors);
}
END_TEST

Suite *suite_decide(void)
{
	Suite *suite = suite_create("sap decide");
	TCase *tc = tcase_create("decide");

	tcase_add_loop_test(tc, each_change_asks_for_its_post, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tc, switches_come_from_the_configuration, 0,
			    sizeof(switches) / sizeof(switches[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
