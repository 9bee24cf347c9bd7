/* SPDX-License-Identifier: Apache-2.0 */
/* unit/api/test_number.c - event ids as clients write them */
#include <errno.h>

#include "api/priv.h"
#include "suites.h"

START_TEST(whole_decimal_digits_are_a_number)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{"0", 0},
		{"42", 42},
		{"0042", 42},
		{"1795329001001", 1795329001001},
		{"999999999999999999", 999999999999999999},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t value = -1;

		ck_assert_int_eq(api_number(&value, good[i].text), 0);
		ck_assert_int_eq(value, good[i].value);
	}
}
END_TEST

START_TEST(anything_else_is_no_number_and_leaves_it_alone)
{
	static const char *const bad[] = {
		NULL,  "",    " 1",  "1 ",   "-1",
		"+1",  "1.0", "0x1", "1e3",  "1000000000000000000",
		"12a", "a12", "\t1", "1\n2", "99999999999999999999999999",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t value = -7;

		ck_assert_int_eq(api_number(&value, bad[i]), -EINVAL);
		ck_assert_int_eq(value, -7);
	}
}
END_TEST

Suite *suite_number(void)
{
	Suite *suite = suite_create("number");
	TCase *tc = tcase_create("number");

	tcase_add_test(tc, whole_decimal_digits_are_a_number);
	tcase_add_test(tc, anything_else_is_no_number_and_leaves_it_alone);
	suite_add_tcase(suite, tc);
	return suite;
}
