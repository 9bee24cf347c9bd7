/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_payload.c - payloads are exactly what SAP documents */
#include <errno.h>
#include <string.h>

#include "suites.h"

#define ID "4F0C1D2E3F4A5B6C7D8E9FA0B1C2D3E4"
#define FIRST "0A1B2C3D4E5F60718293A4B5C6D7E8F9"
#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define IDS                                                                    \
	"\"ExternalReferenceID\":\"" ID "\","                                  \
	"\"ExternalOriginalReferenceID\":\"" ID "\""
#define MOVED_IDS                                                              \
	"\"ExternalReferenceID\":\"" ID "\","                                  \
	"\"ExternalOriginalReferenceID\":\"" FIRST "\""

/* A fact as a test writes it; the call only lends it. */
static void set(struct cti_call *call, enum cti_fact fact, const char *text)
{
	static char store[CTI_FACT_MAX][256];

	ck_assert_uint_lt(strlen(text), sizeof(store[0]));
	memcpy(store[fact], text, strlen(text) + 1);
	call->fact[fact] = store[fact];
}

static struct cti_call caller(void)
{
	struct cti_call call = {
		.id = ID,
		.original_id = ID,
		.direction = CTI_INBOUND,
	};

	set(&call, CTI_FACT_NUMBER, "+49306912345");
	return call;
}

static struct cti_call transferred(void)
{
	struct cti_call call = caller();

	call.transferred = true;
	memcpy(call.original_id, FIRST, sizeof(FIRST));
	return call;
}

static struct cti_call click(void)
{
	struct cti_call call = caller();

	call.direction = CTI_OUTBOUND;
	set(&call, CTI_FACT_ACTIVITY_UUID, UUID);
	return call;
}

static void expect(const struct cti_sap_conf *conf, const struct cti_call *call,
		   enum cti_sap_post post, unsigned long changed,
		   const char *json)
{
	static const struct cti_sap_conf plain = {.accept_omit = false};
	struct cti_buf out;

	cti_buf_init(&out, 4096);
	ck_assert_int_eq(cti_sap_payload(&out, conf ? conf : &plain, call, post,
					 changed),
			 0);
	ck_assert_str_eq(cti_buf_text(&out), json);
	cti_buf_fini(&out);
}

START_TEST(ring_is_inbound_notify_with_both_ids)
{
	struct cti_call call = caller();

	expect(NULL, &call, CTI_SAP_NOTIFY, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\"," IDS "}");
}
END_TEST

START_TEST(ring_carries_every_fact_that_is_known)
{
	struct cti_call call = caller();

	set(&call, CTI_FACT_DNIS, "+4930555");
	set(&call, CTI_FACT_CUSTOM_1, "a");
	set(&call, CTI_FACT_CUSTOM_2, "b \"q\"");
	set(&call, CTI_FACT_CUSTOM_3, "  ");
	set(&call, CTI_FACT_CUSTOM_4, "d");
	set(&call, CTI_FACT_TICKET, "4711");
	set(&call, CTI_FACT_BP, "1545766");
	set(&call, CTI_FACT_SERIAL, "SN-1");
	set(&call, CTI_FACT_SUBJECT, "not yet");
	expect(NULL, &call, CTI_SAP_NOTIFY, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\"," IDS ","
	       "\"DNIS\":\"+4930555\",\"Custom_1\":\"a\","
	       "\"Custom_2\":\"b \\\"q\\\"\",\"Custom_4\":\"d\","
	       "\"TicketID\":\"4711\",\"BP\":\"1545766\","
	       "\"Serial\":\"SN-1\"}");
}
END_TEST

START_TEST(answer_is_inbound_accept_with_custom_fields_again)
{
	struct cti_call call = caller();

	set(&call, CTI_FACT_CUSTOM_1, "a");
	expect(NULL, &call, CTI_SAP_ACCEPT, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\"," IDS
	       ",\"Custom_1\":\"a\"}");
}
END_TEST

START_TEST(accept_action_can_be_left_out)
{
	const struct cti_sap_conf conf = {.accept_omit = true};
	struct cti_call call = caller();

	expect(&conf, &call, CTI_SAP_ACCEPT, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"ANI\":\"+49306912345\"," IDS "}");
}
END_TEST

START_TEST(original_id_is_left_out_only_where_it_is_the_own)
{
	const struct cti_sap_conf conf = {.original_omit = true};
	struct cti_call call = caller();
	struct cti_call moved = transferred();

	expect(&conf, &call, CTI_SAP_NOTIFY, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
	       "\"ExternalReferenceID\":\"" ID "\"}");
	expect(&conf, &moved, CTI_SAP_NOTIFY, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
	       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\"," MOVED_IDS "}");
}
END_TEST

START_TEST(transfer_carries_the_first_agents_id)
{
	struct cti_call call = transferred();

	expect(NULL, &call, CTI_SAP_ACCEPT, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
	       "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\"," MOVED_IDS "}");
	expect(NULL, &call, CTI_SAP_END, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"Action\":\"END\",\"ANI\":\"+49306912345\"," MOVED_IDS "}");
}
END_TEST

START_TEST(transfer_without_another_id_is_inbound)
{
	struct cti_call call = caller();

	call.transferred = true;
	expect(NULL, &call, CTI_SAP_NOTIFY, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\"," IDS "}");
}
END_TEST

START_TEST(end_is_updateactivity_end_with_the_same_id)
{
	struct cti_call call = caller();

	set(&call, CTI_FACT_CUSTOM_1, "a");
	expect(NULL, &call, CTI_SAP_END, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"Action\":\"END\",\"ANI\":\"+49306912345\","
	       "\"ExternalReferenceID\":\"" ID "\"}");
}
END_TEST

START_TEST(update_carries_what_changed_and_no_action)
{
	struct cti_call call = caller();

	set(&call, CTI_FACT_SUBJECT, "Invoice");
	set(&call, CTI_FACT_TEXT, "line 1\nline 2");
	set(&call, CTI_FACT_RECORDING_ID, "REC_1");
	set(&call, CTI_FACT_TICKET, "4711");
	set(&call, CTI_FACT_CUSTOM_2, "old");
	set(&call, CTI_FACT_DNIS, "30");
	expect(NULL, &call, CTI_SAP_UPDATE,
	       1UL << CTI_FACT_SUBJECT | 1UL << CTI_FACT_TEXT |
		       1UL << CTI_FACT_RECORDING_ID | 1UL << CTI_FACT_TICKET |
		       1UL << CTI_FACT_DNIS | 1UL << CTI_FACT_SERIAL,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"ExternalReferenceID\":\"" ID "\",\"TicketID\":\"4711\","
	       "\"Subject\":\"Invoice\",\"Text\":\"line 1\\nline 2\","
	       "\"RecordingId\":\"REC_1\"}");
}
END_TEST

START_TEST(outbound_end_names_the_activity_and_the_id)
{
	const struct cti_sap_conf conf = {.outbound_end = true};
	struct cti_call call = click();

	expect(&conf, &call, CTI_SAP_END, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"Action\":\"END\",\"ANI\":\"+49306912345\","
	       "\"ActivityUUID\":\"" UUID "\","
	       "\"ExternalReferenceID\":\"" ID "\"}");
	call.fact[CTI_FACT_ACTIVITY_UUID] = NULL;
	expect(&conf, &call, CTI_SAP_END, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"Action\":\"END\",\"ANI\":\"+49306912345\","
	       "\"ExternalReferenceID\":\"" ID "\"}");
}
END_TEST

START_TEST(outbound_accept_names_the_activity)
{
	const struct cti_sap_conf conf = {.outbound_end = true,
					  .outbound_full = true};
	struct cti_call call = click();

	expect(&conf, &call, CTI_SAP_ACCEPT, 0,
	       "{\"Type\":\"CALL\",\"EventType\":\"OUTBOUND\","
	       "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
	       "\"ActivityUUID\":\"" UUID "\"," IDS "}");
}
END_TEST

START_TEST(outbound_update_names_the_activity_instead_of_the_id)
{
	const struct cti_sap_conf conf = {.outbound_end = true};
	struct cti_call call = click();

	set(&call, CTI_FACT_TEXT, "n");
	expect(&conf, &call, CTI_SAP_UPDATE, 1UL << CTI_FACT_TEXT,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"ActivityUUID\":\"" UUID "\",\"Text\":\"n\"}");
	set(&call, CTI_FACT_ACTIVITY_UUID, "no uuid");
	expect(&conf, &call, CTI_SAP_UPDATE, 1UL << CTI_FACT_TEXT,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"ExternalReferenceID\":\"" ID "\",\"Text\":\"n\"}");
}
END_TEST

START_TEST(characters_that_xml_cannot_carry_are_dropped)
{
	struct cti_call call = caller();

	set(&call, CTI_FACT_TEXT,
	    "\x01"
	    "a\x08\x0b"
	    "b\tc\x1f\xef\xbf\xbf"
	    "d\xc3\xa4<&>");
	set(&call, CTI_FACT_SUBJECT, "\x02\x03");
	set(&call, CTI_FACT_BP, "\xff");
	expect(NULL, &call, CTI_SAP_UPDATE,
	       1UL << CTI_FACT_TEXT | 1UL << CTI_FACT_SUBJECT |
		       1UL << CTI_FACT_BP,
	       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
	       "\"ExternalReferenceID\":\"" ID "\","
	       "\"Text\":\"ab\\tcd\xc3\xa4<&>\"}");
}
END_TEST

START_TEST(payload_stops_at_the_ceiling_of_the_buffer)
{
	const struct cti_sap_conf conf = {.accept_omit = false};
	struct cti_call call = caller();
	struct cti_buf out;

	cti_buf_init(&out, 40);
	ck_assert_int_eq(cti_sap_payload(&out, &conf, &call, CTI_SAP_NOTIFY, 0),
			 -ENOBUFS);
	cti_buf_fini(&out);
}
END_TEST

static const struct {
	const char *number;
	bool withheld;
	const char *why; /* NULL: it is an ANI */
} anis[] = {
	{"+49306912345", false, NULL},
	{"+1234567", false, NULL},
	{"+123456789012345", false, NULL},
	{"+49306912345", true, "withholds"},
	{NULL, false, "gave no number"},
	{"", false, "gave no number"},
	{"101", false, "extension"},
	{"0306912345", false, "extension"},
	{"+49 30 6912345", false, "other characters"},
	{"+49306912345;ext=5", false, "other characters"},
	{"+", false, "too short"},
	{"+123456", false, "too short"},
	{"+1234567890123456", false, "too long"},
};

START_TEST(ani_is_plus_and_digits_or_a_reason)
{
	struct cti_call call = caller();
	const char *why = NULL;
	const char *ani;

	call.withheld = anis[_i].withheld;
	call.fact[CTI_FACT_NUMBER] = NULL;
	if (anis[_i].number)
		set(&call, CTI_FACT_NUMBER, anis[_i].number);
	ani = cti_sap_ani(&call, &why);
	if (anis[_i].why) {
		ck_assert_ptr_null(ani);
		ck_assert_ptr_nonnull(why);
		ck_assert_msg(strstr(why, anis[_i].why), "%s", why);
		ck_assert_ptr_null(cti_sap_ani(&call, NULL));
		expect(NULL, &call, CTI_SAP_NOTIFY, 0,
		       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		       "\"Action\":\"NOTIFY\"," IDS "}");
	} else {
		ck_assert_str_eq(ani, anis[_i].number);
		ck_assert_ptr_null(why);
	}
}
END_TEST

Suite *suite_payload(void)
{
	Suite *suite = suite_create("sap payload");
	TCase *tc = tcase_create("payload");

	tcase_add_test(tc, ring_is_inbound_notify_with_both_ids);
	tcase_add_test(tc, ring_carries_every_fact_that_is_known);
	tcase_add_test(tc, answer_is_inbound_accept_with_custom_fields_again);
	tcase_add_test(tc, accept_action_can_be_left_out);
	tcase_add_test(tc, original_id_is_left_out_only_where_it_is_the_own);
	tcase_add_test(tc, transfer_carries_the_first_agents_id);
	tcase_add_test(tc, transfer_without_another_id_is_inbound);
	tcase_add_test(tc, end_is_updateactivity_end_with_the_same_id);
	tcase_add_test(tc, update_carries_what_changed_and_no_action);
	tcase_add_test(tc, outbound_end_names_the_activity_and_the_id);
	tcase_add_test(tc, outbound_accept_names_the_activity);
	tcase_add_test(tc,
		       outbound_update_names_the_activity_instead_of_the_id);
	tcase_add_test(tc, characters_that_xml_cannot_carry_are_dropped);
	tcase_add_test(tc, payload_stops_at_the_ceiling_of_the_buffer);
	tcase_add_loop_test(tc, ani_is_plus_and_digits_or_a_reason, 0,
			    sizeof(anis) / sizeof(anis[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
