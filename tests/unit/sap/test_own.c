/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/test_own.c - whatever a call is, what we write lints clean */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define ID "4F0C1D2E3F4A5B6C7D8E9FA0B1C2D3E4"
#define TAKEN_OVER "WT0123456789abcdef0123456789abcdef9"
#define FIRST "0A1B2C3D4E5F60718293A4B5C6D7E8F9"

/* Odd texts that a switch or a person may give; each bit of a mask is one. */
static const struct {
	enum cti_fact fact;
	const char *text;
} facts[] = {
	{CTI_FACT_NUMBER, "+49306912345"},
	{CTI_FACT_ACTIVITY_UUID, "00163EA718FC1EEABDD5608C895BDC71"},
	{CTI_FACT_DNIS, "08004321234"},
	{CTI_FACT_CUSTOM_1, "<b>&amp;\x01\x02</b>"},
	{CTI_FACT_CUSTOM_4, " "},
	{CTI_FACT_TICKET, "4711"},
	{CTI_FACT_BP, "\x1b"},
	{CTI_FACT_SERIAL, "\"quoted\" \\ \xe2\x82\xac"},
	{CTI_FACT_SUBJECT, "line\r\nline"},
	{CTI_FACT_TEXT, "\xef\xbf\xbe"},
	{CTI_FACT_RECORDING_ID, "REC_1"},
};
enum {
	NFACTS = sizeof(facts) / sizeof(facts[0]),
	NSWITCHES = 1 << 8, /* what a call is, and the switches of sap.* */
};

static const char *const odd_numbers[] = {
	NULL, "", "101", "anonymous", "sip:a@b", "+12", "+49 30 1", "0049301",
};

static struct cti_call call_made(unsigned int mask, unsigned int switches)
{
	struct cti_call call = {.id = ID, .original_id = ID};

	call.direction = switches & 1 ? CTI_INBOUND : CTI_OUTBOUND;
	call.transferred = switches & 2;
	call.withheld = switches & 4;
	if (switches & 8)
		memcpy(call.original_id, FIRST, sizeof(FIRST));
	if (switches & 16)
		memcpy(call.id, TAKEN_OVER, sizeof(TAKEN_OVER));
	for (size_t i = 0; i < NFACTS; i++) {
		/* The call only lends it: nothing writes through. */
		if (mask >> i & 1)
			call.fact[facts[i].fact] = strdup(facts[i].text);
	}
	return call;
}

static void call_freed(struct cti_call *call)
{
	for (size_t i = 0; i < CTI_FACT_MAX; i++)
		free(call->fact[i]);
}

static struct cti_sap_conf conf_made(unsigned int switches)
{
	return (struct cti_sap_conf){
		.accept_omit = switches & 32,
		.original_omit = switches & 64,
		.outbound_end = switches & 128,
		.outbound_full = switches & 128,
	};
}

static void check_clean(const struct cti_sap_conf *conf,
			const struct cti_call *call, enum cti_sap_post post)
{
	struct findings found;
	struct cti_buf out;

	cti_buf_init(&out, 4096);
	ck_assert_int_eq(cti_sap_payload(&out, conf, call, post, ~0UL), 0);
	findings_of_payload(&found, cti_buf_text(&out));
	ck_assert_msg(found.errors == 0 && found.warnings == 0, "%s: %s",
		      cti_buf_text(&out), found.text);
	/* Two things are right and yet worth a note. */
	if (cti_sap_ani(call, NULL) && !findings_have(&found, "custom.late"))
		ck_assert_msg(found.notes == 0, "%s: %s", cti_buf_text(&out),
			      found.text);
	cti_buf_fini(&out);
}

START_TEST(own_payload_lints_clean_for_every_mix_of_facts)
{
	for (unsigned int mask = 0; mask < 1U << NFACTS; mask++) {
		/* Every switch meets every fact, not every mix of both. */
		unsigned int switches =
			(mask * 37 + (unsigned int)_i * 61) % NSWITCHES;
		struct cti_call call = call_made(mask, switches);
		struct cti_sap_conf conf = conf_made(switches);

		check_clean(&conf, &call, (enum cti_sap_post)_i);
		call_freed(&call);
	}
}
END_TEST

START_TEST(own_payload_lints_clean_for_every_switch)
{
	for (unsigned int switches = 0; switches < NSWITCHES; switches++) {
		struct cti_sap_conf conf = conf_made(switches);
		struct cti_call call = call_made(0, switches);
		struct cti_call full = call_made(~0U, switches);

		check_clean(&conf, &call, (enum cti_sap_post)_i);
		check_clean(&conf, &full, (enum cti_sap_post)_i);
		call_freed(&call);
		call_freed(&full);
	}
}
END_TEST

START_TEST(own_payload_lints_clean_for_odd_numbers_and_uuids)
{
	const struct cti_sap_conf conf = {.outbound_end = true};
	size_t n = sizeof(odd_numbers) / sizeof(odd_numbers[0]);

	for (unsigned int i = 0; i < 2 * n; i++) {
		struct cti_call call = call_made(0, i % 2);

		if (odd_numbers[i / 2])
			call.fact[CTI_FACT_NUMBER] = strdup(odd_numbers[i / 2]);
		call.fact[CTI_FACT_ACTIVITY_UUID] = strdup("no uuid at all");
		check_clean(&conf, &call, (enum cti_sap_post)_i);
		call_freed(&call);
	}
}
END_TEST

Suite *suite_own(void)
{
	Suite *suite = suite_create("sap own payloads");
	TCase *tc = tcase_create("own");

	tcase_add_loop_test(tc, own_payload_lints_clean_for_every_mix_of_facts,
			    CTI_SAP_NOTIFY, CTI_SAP_UPDATE + 1);
	tcase_add_loop_test(tc, own_payload_lints_clean_for_every_switch,
			    CTI_SAP_NOTIFY, CTI_SAP_UPDATE + 1);
	tcase_add_loop_test(tc,
			    own_payload_lints_clean_for_odd_numbers_and_uuids,
			    CTI_SAP_NOTIFY, CTI_SAP_UPDATE + 1);
	suite_add_tcase(suite, tc);
	return suite;
}
