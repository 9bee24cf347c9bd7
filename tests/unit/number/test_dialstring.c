/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_dialstring.c - what the switch is given to dial */
#include "table.h"

static const struct table_row switch_rows[] = {
	{"+49 30 1234567", DE_PBX, NULL, "+49301234567", "00301234567"},
	{"030 1234567", DE_PBX, NULL, "+49301234567", "00301234567"},
	{"+1 6503054000", DE_PBX, NULL, "+16503054000", "00016503054000"},
	{"0171 1234567", DE_PBX, NULL, "+491711234567", "001711234567"},
	{"+49 999 12345", DE_PBX, NULL, "+4999912345", "0099912345"},
	{"+49 3012", DE_PBX, NULL, "+493012", "003012"},
	{"116117", DE_PBX, NULL, "+49116117", "0116117"},
	{"116117", DE, NULL, "+49116117", "116117"},
	{"115", DE_PBX, NULL, "115", "115"},
	{"+1 650 305 4000", US_PBX, NULL, "+16503054000", "916503054000"},
	{"(650) 305-4000", US_PBX, NULL, "+16503054000", "916503054000"},
	{"+49 30 1234567", US_PBX, NULL, "+49301234567", "901149301234567"},
	{"+43 1 534080", AT_PBX, NULL, "+431534080", "01534080"},
	{"+49 30 1234567", AT_PBX, NULL, "+49301234567", "+49301234567"},
};

START_TEST(prefixes_are_put_before_the_number)
{
	TABLE_RUN(switch_rows);
}
END_TEST

static const struct table_row inside_rows[] = {
	{"101", DE, NULL, "101", "101"},
	{"1234", DE, NULL, "1234", "1234"},
	{"0815", DE, NULL, "0815", "0815"},
	{"1-01", DE, NULL, "101", "101"},
	{"10", PLAIN, NULL, "10", "10"},
	{"101", PLAIN, NULL, "101", "101"},
	{"101", DE_PBX, NULL, "101", "101"},
	{"123456", LONG_EXT, NULL, "123456", "123456"},
	{"*97", DE_PBX, NULL, "*97", "*97"},
	{" *97 ", DE_PBX, NULL, "*97", "*97"},
	{"*21*0301234567#", DE_PBX, NULL, "*21*0301234567#", "*21*0301234567#"},
};

START_TEST(extensions_and_codes_are_dialed_as_they_are)
{
	TABLE_RUN(inside_rows);
}
END_TEST

START_TEST(the_kind_says_what_it_is)
{
	struct cti_numbers *n = table_numbers(DE_PBX);
	struct cti_number out;

	ck_assert_int_eq(cti_number_outbound(n, &out, "0301234567", NULL), 0);
	ck_assert_int_eq(out.kind, CTI_NUMBER_E164);
	ck_assert_int_eq(cti_number_outbound(n, &out, "101", NULL), 0);
	ck_assert_int_eq(out.kind, CTI_NUMBER_EXTENSION);
	ck_assert_int_eq(cti_number_outbound(n, &out, "*97", NULL), 0);
	ck_assert_int_eq(out.kind, CTI_NUMBER_FEATURE);
	cti_numbers_destroy(n);
}
END_TEST

START_TEST(dialable_is_2_to_32_digits_stars_and_hashes)
{
	ck_assert(cti_number_dialable("10"));
	ck_assert(cti_number_dialable("*97#"));
	ck_assert(cti_number_dialable("+49301234567"));
	ck_assert(cti_number_dialable("12345678901234567890123456789012"));
	ck_assert(!cti_number_dialable("123456789012345678901234567890123"));
	ck_assert(!cti_number_dialable("1"));
	ck_assert(!cti_number_dialable(""));
	ck_assert(!cti_number_dialable("10\r\n"));
	ck_assert(!cti_number_dialable("10 0"));
	ck_assert(!cti_number_dialable("10,0"));
	ck_assert(!cti_number_dialable("10a"));
}
END_TEST

Suite *dialstring_suite(void)
{
	Suite *s = suite_create("dialstring");
	TCase *tc = tcase_create("dialstring");

	tcase_add_test(tc, prefixes_are_put_before_the_number);
	tcase_add_test(tc, extensions_and_codes_are_dialed_as_they_are);
	tcase_add_test(tc, the_kind_says_what_it_is);
	tcase_add_test(tc, dialable_is_2_to_32_digits_stars_and_hashes);
	suite_add_tcase(s, tc);
	return s;
}
