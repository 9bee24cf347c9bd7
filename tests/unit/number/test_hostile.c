/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_hostile.c - what a page may try to have dialed */
#include <string.h>

#include "table.h"

#define BAD "bad_number"
#define NO "number_blocked"
#define NOWHERE "region_missing"

/* Never more than digits, whatever a protocol behind it would read into the
 * rest. */
static const struct table_row syntax_rows[] = {
	{"+4930123456\r\nAction: Originate", DE, BAD, NULL, NULL},
	{"+4930123456\nAction: Logoff\n\n", DE, BAD, NULL, NULL},
	{"+4930123456\r", DE, BAD, NULL, NULL},
	{"\n+4930123456", DE, BAD, NULL, NULL},
	{"+4930123456\t", DE, BAD, NULL, NULL},
	{"+4930123456\x01", DE, BAD, NULL, NULL},
	{"+4930123456\x7f", DE, BAD, NULL, NULL},
	{"+4930123456\x1b[2J", DE, BAD, NULL, NULL},
	{"+4930123456\xc2\x85", DE, BAD, NULL, NULL},
	{"+4930123456\xe2\x80\xa8", DE, BAD, NULL, NULL},
	{"+4930123456\xe2\x80\xa9", DE, BAD, NULL, NULL},
	{"\xe2\x80\xae+4930123456", DE, BAD, NULL, NULL},
	{"\xef\xbb\xbf+4930123456", DE, BAD, NULL, NULL},
	{"+4930123456\xe2\x80\x8b", DE, BAD, NULL, NULL},
	{"+4930\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93", DE, BAD, NULL, NULL},
	{"\xef\xbc\x8b"
	 "4930123456",
	 DE, BAD, NULL, NULL},
	{"\xef\xbc\x91\xef\xbc\x91\xef\xbc\x92", DE, BAD, NULL, NULL},
	{"\xd9\xa1\xd9\xa1\xd9\xa2", DE, BAD, NULL, NULL},
	{"+4930\xdb\xb1\xdb\xb2\xdb\xb3", DE, BAD, NULL, NULL},
	{"+4930\xc2\xb9\xc2\xb2\xc2\xb3", DE, BAD, NULL, NULL},
	{"\xff\xfe+\x34\x39", DE, BAD, NULL, NULL},
	{"+4930\xc0\xb1", DE, BAD, NULL, NULL},
	{"+4930123456\xed\xa0\x80", DE, BAD, NULL, NULL},
	{"+4930123456;ext=5", DE, BAD, NULL, NULL},
	{"+4930123456,,5", DE, BAD, NULL, NULL},
	{"+4930123456p5", DE, BAD, NULL, NULL},
	{"+4930123456w5", DE, BAD, NULL, NULL},
	{"+4930123456x5", DE, BAD, NULL, NULL},
	{"+4930123456&SIP/evil", DE, BAD, NULL, NULL},
	{"+4930123456@evil.example", DE, BAD, NULL, NULL},
	{"+4930123456|x", DE, BAD, NULL, NULL},
	{"+4930123456/n", DE, BAD, NULL, NULL},
	{"+4930123456,30,g", DE, BAD, NULL, NULL},
	{"${SHELL(id)}", DE, BAD, NULL, NULL},
	{"{a=b}4930123456", DE, BAD, NULL, NULL},
	{"[x=1]4930123456", DE, BAD, NULL, NULL},
	{"<4930123456>", DE, BAD, NULL, NULL},
	{"\"4930123456\"", DE, BAD, NULL, NULL},
	{"'4930123456'", DE, BAD, NULL, NULL},
	{"4930123456\\", DE, BAD, NULL, NULL},
	{"`4930123456`", DE, BAD, NULL, NULL},
	{"4930%0d%0a123456", DE, BAD, NULL, NULL},
	{"%2B4930123456", DE, BAD, NULL, NULL},
	{"sip:4930123456@pbx", DE, BAD, NULL, NULL},
	{"tel:+4930123456", DE, BAD, NULL, NULL},
	{"tel:112", DE, BAD, NULL, NULL},
	{"sip:112@pbx", DE, BAD, NULL, NULL},
	{"+4930123456?Subject=x", DE, BAD, NULL, NULL},
	{"4930123456^1", DE, BAD, NULL, NULL},
	{"1-800-FLOWERS", US, BAD, NULL, NULL},
	{"++4930123456", DE, BAD, NULL, NULL},
	{"+49+30123456", DE, BAD, NULL, NULL},
	{"4930123456+", DE, BAD, NULL, NULL},
	{"+", DE, BAD, NULL, NULL},
	{"-", DE, BAD, NULL, NULL},
	{"", DE, BAD, NULL, NULL},
	{" \xc2\xa0 ", DE, BAD, NULL, NULL},
	{NULL, DE, BAD, NULL, NULL},
	{"5", DE, BAD, NULL, NULL},
	{"+4", DE, BAD, NULL, NULL},
	{"-30123456e5", DE, BAD, NULL, NULL},
	{"1e15", DE, BAD, NULL, NULL},
	{"0x7b", DE, BAD, NULL, NULL},
	{"+4930123456789012", DE, BAD, NULL, NULL},
	{"+99912345678", DE, BAD, NULL, NULL},
	{"49301234567890123456789012345678901234567890", DE, BAD, NULL, NULL},
	{"0000000000000000000000000000000000000000000000000000000000000000000",
	 DE, BAD, NULL, NULL},
	{"*21*0301234567#", DE, BAD, NULL, NULL},
	{"*21*0900#", DE, BAD, NULL, NULL},
	{"**21*0301234567#", DE_PBX, BAD, NULL, NULL},
	{"*97#", DE_PBX, BAD, NULL, NULL},
	{"*97*112", DE_PBX, BAD, NULL, NULL},
	{"##002#", DE, BAD, NULL, NULL},
	{"911#", US, BAD, NULL, NULL},
	{"#31#112", DE, BAD, NULL, NULL},
	{"030123456", PLAIN, NOWHERE, NULL, NULL},
};

START_TEST(nothing_but_digits_gets_through_the_gate)
{
	TABLE_RUN(syntax_rows);
}
END_TEST

/* Spelled so that a check of one form would pass them. */
static const struct table_row money_rows[] = {
	{"+49112", DE, NO, NULL, NULL},
	{"+49 1 1 2", DE, NO, NULL, NULL},
	{"(+49) 112", DE, NO, NULL, NULL},
	{"00 49 112", DE, NO, NULL, NULL},
	{"004 9110", DE, NO, NULL, NULL},
	{"1-1-2", DE, NO, NULL, NULL},
	{"1\xc2\xa0"
	 "1\xe2\x80\xaf"
	 "2",
	 DE, NO, NULL, NULL},
	{"000112", DE, NO, NULL, NULL},
	{"0 112", DE_PBX, NO, NULL, NULL},
	{"0 0112", DE_PBX, NO, NULL, NULL},
	{"0+49112", DE_PBX, BAD, NULL, NULL},
	{"9 911", US_PBX, NO, NULL, NULL},
	{"9-9-1-1", US_PBX, NO, NULL, NULL},
	{"+1 (911)", US, NO, NULL, NULL},
	{"112 112", DE, NO, NULL, NULL},
	{"110000000", DE, NO, NULL, NULL},
	{"0900123456", DE, NO, NULL, NULL},
	{"0 9 0 0 1 2 3 4 5 6", DE, NO, NULL, NULL},
	{"(0)900/123456", DE, NO, NULL, NULL},
	{"+490900123456", DE, NO, NULL, NULL},
	{"+49 (0) 0900 123456", DE, NO, NULL, NULL},
	{"+49 0 0137 123456", DE, NO, NULL, NULL},
	{"+1 0900 555 1234", PLAIN, BAD, NULL, NULL},
	{"49900123456", DE, NO, NULL, NULL},
	{"00 49 (900) 1 123456", DE, NO, NULL, NULL},
	{"0900123", LONG_EXT, NO, NULL, NULL},
	{"0137123456", DE, NO, NULL, NULL},
	{"011880", DE_PBX, NO, NULL, NULL},
	{"11880", DE, NO, NULL, NULL},
	{"+8821612345678", DE, NO, NULL, NULL},
	{"00882 16 12345678", DE, NO, NULL, NULL},
	{"+979123456789", DE, NO, NULL, NULL},
	{"011 979 123456789", US, NO, NULL, NULL},
	{"+1 900 5551234", DE, NO, NULL, NULL},
	{"001 900 555 1234", DE, NO, NULL, NULL},
	{"+53 5 1234567", DE_ONLY, NO, NULL, NULL},
	{"+1 242 555 1234", DE_ONLY, NO, NULL, NULL},
};

START_TEST(no_spelling_makes_a_blocked_number_a_good_one)
{
	TABLE_RUN(money_rows);
}
END_TEST

/* "0 30123" is inside no more: what begins with the outside line is public,
 * with all that is asked of a public number. */
static const struct table_row outside_rows[] = {
	{"030123", LONG_EXT, NULL, "+4930123", "0004930123"},
	{"090012", LONG_EXT, NO, NULL, NULL},
	{"013712", LONG_EXT, NO, NULL, NULL},
	{"00", LONG_EXT, BAD, NULL, NULL},
	{"009791", LONG_EXT, BAD, NULL, NULL},
	{"01", DE_PBX, BAD, NULL, NULL},
	{"301234", LONG_EXT, NULL, "301234", "301234"},
	{"101", DE_PBX, NULL, "101", "101"},
};

START_TEST(an_extension_never_leads_out_of_the_house)
{
	TABLE_RUN(outside_rows);
}
END_TEST

START_TEST(there_are_more_than_a_hundred_hostile_numbers)
{
	size_t n = sizeof(syntax_rows) / sizeof(*syntax_rows) +
		   sizeof(money_rows) / sizeof(*money_rows) +
		   sizeof(outside_rows) / sizeof(*outside_rows);

	ck_assert_uint_gt(n, 100);
}
END_TEST

START_TEST(a_number_of_64_kib_is_refused_at_once)
{
	static char digits[64 * 1024 + 1];
	struct cti_numbers *n = table_numbers(DE);
	struct cti_err err = {.code = CTI_OK};
	struct cti_number out = {.kind = CTI_NUMBER_FEATURE};

	memset(digits, '1', sizeof(digits) - 1);
	ck_assert_int_ne(cti_number_outbound(n, &out, digits, &err), 0);
	ck_assert_int_eq(err.code, CTI_ERR_BAD_NUMBER);
	ck_assert_int_eq(out.kind, CTI_NUMBER_FEATURE);
	cti_numbers_destroy(n);
}
END_TEST

Suite *hostile_suite(void)
{
	Suite *suite = suite_create("hostile");
	TCase *tc = tcase_create("hostile");

	tcase_add_test(tc, nothing_but_digits_gets_through_the_gate);
	tcase_add_test(tc, no_spelling_makes_a_blocked_number_a_good_one);
	tcase_add_test(tc, an_extension_never_leads_out_of_the_house);
	tcase_add_test(tc, there_are_more_than_a_hundred_hostile_numbers);
	tcase_add_test(tc, a_number_of_64_kib_is_refused_at_once);
	suite_add_tcase(suite, tc);
	return suite;
}
