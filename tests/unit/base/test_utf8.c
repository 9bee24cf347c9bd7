/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_utf8.c - strict UTF-8 and the texts of switches */
#include <stdbool.h>
#include <string.h>

#include "cti/json.h"
#include "suites.h"

START_TEST(well_formed_text_is_valid)
{
	static const char *const good[] = {
		"",
		"plain",
		"\x01\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(cti_utf8_valid(good[i], strlen(good[i]), NULL),
			      "vector %zu", i);
}
END_TEST

START_TEST(malformed_text_is_refused_at_its_byte)
{
	static const char *const bad[] = {
		"\x80",		    /* a tail without a head */
		"\xbf",		    /* likewise */
		"\xc0\x80",	    /* overlong NUL */
		"\xc1\xbf",	    /* overlong */
		"\xc3",		    /* cut off */
		"\xc3(",	    /* no tail */
		"\xe0\x80\x80",	    /* overlong */
		"\xe0\x9f\xbf",	    /* overlong */
		"\xe2\x82",	    /* cut off */
		"\xed\xa0\x80",	    /* first surrogate */
		"\xed\xbf\xbf",	    /* last surrogate */
		"\xf0\x80\x80\x80", /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xf0\x9f\x98",	    /* cut off */
		"\xf4\x90\x80\x80", /* over U+10FFFF */
		"\xf5\x80\x80\x80", /* no head at all */
		"\xf8\x88\x80\x80\x80",
		"\xfc\x84\x80\x80\x80\x80",
		"\xfe",
		"\xff",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[32] = "ok ";
		size_t at = 0;

		strncat(text, bad[i], sizeof(text) - 4);
		ck_assert_msg(!cti_utf8_valid(text, strlen(text), &at),
			      "vector %zu", i);
		ck_assert_uint_eq(at, 3);
	}
}
END_TEST

START_TEST(bad_byte_is_found_wherever_it_stands)
{
	static const char bad[] = {'\x00', '\x80', '\xff'};
	char text[24];

	for (size_t i = 0; i < sizeof(text) * sizeof(bad); i++) {
		size_t at = 0;

		memset(text, '\x01', sizeof(text));
		text[i / sizeof(bad)] = bad[i % sizeof(bad)];
		ck_assert(!cti_utf8_valid(text, sizeof(text), &at));
		ck_assert_uint_eq(at, i / sizeof(bad));
	}
}
END_TEST

START_TEST(nul_is_refused)
{
	size_t at = 0;

	ck_assert(!cti_utf8_valid("ab\0c", 4, &at));
	ck_assert_uint_eq(at, 2);
	ck_assert(!cti_utf8_valid("\0", 1, NULL));
}
END_TEST

START_TEST(utf8_of_a_switch_stays)
{
	char out[32];
	const char *text = "M\xc3\xbcller \xe2\x82\xac";

	cti_utf8_clean(out, sizeof(out), text, strlen(text));
	ck_assert_str_eq(out, text);
}
END_TEST

START_TEST(other_text_of_a_switch_is_read_as_latin1)
{
	char out[32];

	cti_utf8_clean(out, sizeof(out), "M\xfcller \xe9", 8);
	ck_assert_str_eq(out, "M\xc3\xbcller \xc3\xa9");
}
END_TEST

START_TEST(control_characters_are_dropped)
{
	char out[32];

	cti_utf8_clean(out, sizeof(out), "a\r\nb\x1b[0m\x7f\0c", 11);
	ck_assert_str_eq(out, "ab[0mc");
	/* C1: as UTF-8, then as Latin-1 */
	cti_utf8_clean(out, sizeof(out), "a\xc2\x85z", 4);
	ck_assert_str_eq(out, "az");
	cti_utf8_clean(out, sizeof(out), "a\x85\xfc", 3);
	ck_assert_str_eq(out, "a\xc3\xbc");
}
END_TEST

START_TEST(cleaned_text_is_cut_at_a_character)
{
	char out[5];

	cti_utf8_clean(out, sizeof(out), "abc\xe2\x82\xac", 6);
	ck_assert_str_eq(out, "abc");
	cti_utf8_clean(out, sizeof(out), "abc\xfc", 4);
	ck_assert_str_eq(out, "abc");
	cti_utf8_clean(out, sizeof(out), "abcd", 4);
	ck_assert_str_eq(out, "abcd");
	cti_utf8_clean(out, sizeof(out), "abcde", 5);
	ck_assert_str_eq(out, "abcd");
	cti_utf8_clean(out, 1, "abcde", 5);
	ck_assert_str_eq(out, "");
	cti_utf8_clean(out, sizeof(out), "", 0);
	ck_assert_str_eq(out, "");
}
END_TEST

Suite *utf8_suite(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_test(tcase, well_formed_text_is_valid);
	tcase_add_test(tcase, malformed_text_is_refused_at_its_byte);
	tcase_add_test(tcase, bad_byte_is_found_wherever_it_stands);
	tcase_add_test(tcase, nul_is_refused);
	tcase_add_test(tcase, utf8_of_a_switch_stays);
	tcase_add_test(tcase, other_text_of_a_switch_is_read_as_latin1);
	tcase_add_test(tcase, control_characters_are_dropped);
	tcase_add_test(tcase, cleaned_text_is_cut_at_a_character);
	suite_add_tcase(suite, tcase);
	return suite;
}
