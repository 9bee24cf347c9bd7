/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_policy.c - emergency, premium and countries */
#include "table.h"

#define NO "number_blocked"

static const struct table_row emergency_rows[] = {
	{"112", DE, NO, NULL, NULL},
	{"110", DE, NO, NULL, NULL},
	{"1 1 2", DE, NO, NULL, NULL},
	{"(112)", DE, NO, NULL, NULL},
	{"112", PLAIN, NO, NULL, NULL},
	{"911", PLAIN, NO, NULL, NULL},
	{"999", PLAIN, NO, NULL, NULL},
	{"000", PLAIN, NO, NULL, NULL},
	{"110", US, NO, NULL, NULL},
	{"911", US, NO, NULL, NULL},
	{"9-1-1", US, NO, NULL, NULL},
	{"999", GB, NO, NULL, NULL},
	{"000", AU, NO, NULL, NULL},
	{"15", FR, NO, NULL, NULL},
	{"17", FR, NO, NULL, NULL},
	{"18", FR, NO, NULL, NULL},
	{"113", IT, NO, NULL, NULL},
	{"118", IT, NO, NULL, NULL},
	{"133", AT, NO, NULL, NULL},
	{"144", AT, NO, NULL, NULL},
	{"117", CH, NO, NULL, NULL},
	{"0110", DE, NO, NULL, NULL},
	{"0112", DE, NO, NULL, NULL},
	{"00112", DE, NO, NULL, NULL},
	{"0110", PLAIN, NO, NULL, NULL},
	{"+112", DE, NO, NULL, NULL},
	{"+911", PLAIN, NO, NULL, NULL},
	{"+49112", DE, NO, NULL, NULL},
	{"+49110", PLAIN, NO, NULL, NULL},
	{"0049112", DE, NO, NULL, NULL},
	{"0049 110", PLAIN, NO, NULL, NULL},
	{"+49 (0)112", DE, NO, NULL, NULL},
	{"+49 0110", DE, NO, NULL, NULL},
	{"+1 911", PLAIN, NO, NULL, NULL},
	{"+44999", PLAIN, NO, NULL, NULL},
	{"+33 15", DE, NO, NULL, NULL},
	{"+43 144", DE, NO, NULL, NULL},
	{"1120000000", DE, NO, NULL, NULL},
	{"112345", DE, NO, NULL, NULL},
	{"01 1234567", AT, NO, NULL, NULL},
	{"9991 2345", HK, NO, NULL, NULL},
	{"+49 112 0000", DE, NO, NULL, NULL},
	{"112", DE_PBX, NO, NULL, NULL},
	{"0112", DE_PBX, NO, NULL, NULL},
	{"00112", DE_PBX, NO, NULL, NULL},
	{"+49112", DE_PBX, NO, NULL, NULL},
	{"*31#112", DE_PBX, NO, NULL, NULL},
	{"*112", DE_PBX, NO, NULL, NULL},
	{"9911", US_PBX, NO, NULL, NULL},
	{"911", US_PBX, NO, NULL, NULL},
	{"0112", LONG_EXT, NO, NULL, NULL},
	{"112", LONG_EXT, NO, NULL, NULL},
	{"4711", STRICT, NO, NULL, NULL},
	{"+494711", STRICT, NO, NULL, NULL},
	{"04711", STRICT, NO, NULL, NULL},
	{"115", STRICT, NO, NULL, NULL},
};

START_TEST(no_spelling_of_an_emergency_number_is_dialed)
{
	TABLE_RUN(emergency_rows);
}
END_TEST

static const struct table_row premium_rows[] = {
	{"0900123456", DE, NO, NULL, NULL},
	{"0900 1 123456", DE, NO, NULL, NULL},
	{"+49 900 123456", DE, NO, NULL, NULL},
	{"+49 900 123456", PLAIN, NO, NULL, NULL},
	{"0049900123456", PLAIN, NO, NULL, NULL},
	{"+49 (0)900 123456", PLAIN, NO, NULL, NULL},
	{"0137 123456", DE, NO, NULL, NULL},
	{"01371234567", DE, NO, NULL, NULL},
	{"0190 123456", DE, NO, NULL, NULL},
	{"11833", DE, NO, NULL, NULL},
	{"118000", DE, NO, NULL, NULL},
	{"+49 11833", PLAIN, NO, NULL, NULL},
	{"011833", LONG_EXT, NO, NULL, NULL},
	{"+1 900 555 1234", PLAIN, NO, NULL, NULL},
	{"900-555-1234", US, NO, NULL, NULL},
	{"+44 909 879 0000", PLAIN, NO, NULL, NULL},
	{"0909 879 0000", GB, NO, NULL, NULL},
	{"+41 900 123 456", PLAIN, NO, NULL, NULL},
	{"+43 900 123456", PLAIN, NO, NULL, NULL},
	{"0900 123456", AT_PBX, NO, NULL, NULL},
	{"+33 899 12 34 56", PLAIN, NO, NULL, NULL},
	{"+39 899 123456", PLAIN, NO, NULL, NULL},
	{"+34 803 123456", PLAIN, NO, NULL, NULL},
	{"+979 1 2345 6789", PLAIN, NO, NULL, NULL},
	{"+870 773 123456", PLAIN, NO, NULL, NULL},
	{"+878 10 1234567890", PLAIN, NO, NULL, NULL},
	{"+881 6 12345678", PLAIN, NO, NULL, NULL},
	{"+882 16 12345678", PLAIN, NO, NULL, NULL},
	{"+883 510 001 234 567", PLAIN, NO, NULL, NULL},
	{"0800 1234567", STRICT, NO, NULL, NULL},
	{"+49 30 999 1234", STRICT, NO, NULL, NULL},
	{"0700 12345678", STRICT, NO, NULL, NULL},
};

START_TEST(premium_and_satellite_numbers_are_blocked)
{
	TABLE_RUN(premium_rows);
}
END_TEST

static const struct table_row country_rows[] = {
	{"0301234567", DE_ONLY, NULL, "+49301234567", "0049301234567"},
	{"+43 1 534080", DE_ONLY, NULL, "+431534080", "00431534080"},
	{"+41 44 668 18 00", DE_ONLY, NULL, "+41446681800", "0041446681800"},
	{"+1 6503054000", DE_ONLY, NO, NULL, NULL},
	{"+1 876 555 1234", DE_ONLY, NO, NULL, NULL},
	{"+33 1 23 45 67 89", DE_ONLY, NO, NULL, NULL},
	{"+800 1234 5678", DE_ONLY, NO, NULL, NULL},
};

START_TEST(only_listed_countries_are_dialed)
{
	TABLE_RUN(country_rows);
}
END_TEST

START_TEST(a_listed_us_does_not_open_the_caribbean)
{
	static const char *const items[] = {"us"};
	struct number_rules rules = *table_rules_find(US);
	struct cti_numbers *n = NULL;
	struct cti_number out;

	rules.countries = (struct number_list){items, 1};
	ck_assert_int_eq(cti_numbers_new_rules(&n, &rules), 0);
	ck_assert_int_eq(cti_number_outbound(n, &out, "6503054000", NULL), 0);
	ck_assert_int_ne(cti_number_outbound(n, &out, "876 926 1234", NULL), 0);
	ck_assert_int_ne(cti_number_outbound(n, &out, "+18765551234", NULL), 0);
	cti_numbers_destroy(n);
}
END_TEST

Suite *policy_suite(void)
{
	Suite *s = suite_create("policy");
	TCase *tc = tcase_create("policy");

	tcase_add_test(tc, no_spelling_of_an_emergency_number_is_dialed);
	tcase_add_test(tc, premium_and_satellite_numbers_are_blocked);
	tcase_add_test(tc, only_listed_countries_are_dialed);
	tcase_add_test(tc, a_listed_us_does_not_open_the_caribbean);
	suite_add_tcase(s, tc);
	return s;
}
