/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_inbound.c - callers' numbers become SAP's ANI */
#include <stdio.h>
#include <string.h>

#include "table.h"

static const struct {
	const char *text;
	enum table_rules rules;
	const char *e164;
	const char *shown;
	bool extension;
} callers[] = {
	{NULL, DE, "", "", false},
	{"", DE, "", "", false},
	{"anonymous", DE, "", "", false},
	{"Anonymous", PLAIN, "", "", false},
	{"Restricted", DE, "", "", false},
	{"<unknown>", DE, "", "", false},
	{"-", DE, "", "", false},
	{"+", DE, "", "", false},
	{"sip:anonymous@anonymous.invalid", DE, "", "", false},
	{"0301234567", DE, "+49301234567", "+49301234567", false},
	{"+49301234567", DE, "+49301234567", "+49301234567", false},
	{"0049301234567", DE, "+49301234567", "+49301234567", false},
	{"49301234567", DE, "+49301234567", "+49301234567", false},
	{"+49 (30) 123-4567", DE, "+49301234567", "+49301234567", false},
	{"sip:+49301234567@pbx;user=phone", DE, "+49301234567", "+49301234567",
	 false},
	{"tel:+49301234567", PLAIN, "+49301234567", "+49301234567", false},
	{"sip:101@pbx", DE, "", "101", true},
	{"101", DE, "", "101", true},
	{"1234", PLAIN, "", "1234", true},
	{"12345", PLAIN, "", "12345", false},
	{"0301234567", PLAIN, "", "0301234567", false},
	{"16503054000", PLAIN, "", "16503054000", false},
	{"0016503054000", PLAIN, "+16503054000", "+16503054000", false},
	{"+16503054486", PLAIN, "+16503054486", "+16503054486", false},
	{"6503054000", US, "+16503054000", "+16503054000", false},
	{"01149301234567", US, "+49301234567", "+49301234567", false},
	{"+0301234567", DE, "", "+0301234567", false},
	{"+49110", DE, "", "+49110", false},
	{"+999123456789", DE, "", "+999123456789", false},
	{"12345678901234567890", DE, "", "12345678901234567890", false},
	{"0301234567", DE_PBX, "+49301234567", "+49301234567", false},
	{"00301234567", DE_PBX, "+49301234567", "+49301234567", false},
	{"00016503054000", DE_PBX, "+16503054000", "+16503054000", false},
	{"901149301234567", US_PBX, "+49301234567", "+49301234567", false},
	{"+4930123456\r\nX: y", DE, "", "", false},
};

static bool caller_is(const struct cti_numbers *n, size_t i)
{
	struct cti_number_caller out;
	bool fine;

	cti_number_inbound(n, &out, callers[i].text);
	fine = strcmp(out.e164, callers[i].e164) == 0 &&
	       strcmp(out.shown, callers[i].shown) == 0 &&
	       out.extension == callers[i].extension;
	if (!fine)
		fprintf(stderr, "%s: \"%s\" \"%s\" %d\n",
			callers[i].text ? callers[i].text : "(null)", out.e164,
			out.shown, out.extension);
	return fine;
}

START_TEST(a_caller_gets_a_plus_or_no_ani)
{
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof(callers) / sizeof(*callers); i++) {
		struct cti_numbers *n = table_numbers(callers[i].rules);

		wrong += !caller_is(n, i);
		cti_numbers_destroy(n);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(a_long_caller_text_does_no_harm)
{
	struct cti_numbers *n = table_numbers(DE);
	struct cti_number_caller out;
	char text[5000];

	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cti_number_inbound(n, &out, text);
	ck_assert_str_eq(out.e164, "");
	ck_assert_str_eq(out.shown, "");
	for (size_t len = 30; len < 70; len++) {
		text[len] = '\0';
		cti_number_inbound(n, &out, text);
		ck_assert_str_eq(out.e164, "");
		text[len] = '1';
	}
	cti_numbers_destroy(n);
}
END_TEST

Suite *inbound_suite(void)
{
	Suite *s = suite_create("inbound");
	TCase *tc = tcase_create("inbound");

	tcase_add_test(tc, a_caller_gets_a_plus_or_no_ani);
	tcase_add_test(tc, a_long_caller_text_does_no_harm);
	suite_add_tcase(s, tc);
	return s;
}
