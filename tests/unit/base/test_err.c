/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_err.c - errors and the table of refusals */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cti/err.h"
#include "cti/json.h"
#include "suites.h"

START_TEST(error_carries_code_and_sentence)
{
	struct cti_err err = {.retry_after_s = 9};
	int res = cti_err_set(&err, EINVAL, CTI_ERR_BAD_NUMBER,
			      "No letter '%c' in a number.", 'x');

	ck_assert_int_eq(res, -EINVAL);
	ck_assert_int_eq(err.code, CTI_ERR_BAD_NUMBER);
	ck_assert_int_eq(err.retry_after_s, 0);
	ck_assert_str_eq(err.text, "No letter 'x' in a number.");
}
END_TEST

START_TEST(error_nobody_wants_still_returns_errno)
{
	ck_assert_int_eq(cti_err_set(NULL, EBUSY, CTI_ERR_BUSY, "x"), -EBUSY);
}
END_TEST

START_TEST(long_sentence_is_cut_at_a_character)
{
	struct cti_err err;
	char text[400];

	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 5);
		(void)cti_err_set(&err, EINVAL, CTI_ERR_INTERNAL, "%s", text);
		ck_assert_uint_ge(strlen(err.text), 156);
		ck_assert(cti_utf8_valid(err.text, strlen(err.text), NULL));
	}
}
END_TEST

START_TEST(each_refusal_has_all_of_its_row)
{
	for (int i = CTI_OK + 1; i < CTI_ERR_MAX; i++) {
		const struct cti_problem *row =
			cti_problem_find((enum cti_code)i);

		ck_assert_ptr_nonnull(row->slug);
		ck_assert_uint_gt(strlen(row->title), 4);
		ck_assert_uint_gt(strlen(row->fix), 20);
		ck_assert_int_eq(row->fix[strlen(row->fix) - 1], '.');
		ck_assert_int_ge(row->status, 400);
		ck_assert_int_le(row->status, 503);
		ck_assert_uint_eq(strspn(row->slug, "abcdefghijklmnopqrstuvwxyz"
						    "_"),
				  strlen(row->slug));
	}
}
END_TEST

START_TEST(no_slug_stands_for_two_refusals)
{
	for (int i = CTI_OK + 1; i < CTI_ERR_MAX; i++) {
		for (int k = i + 1; k < CTI_ERR_MAX; k++)
			ck_assert_str_ne(
				cti_problem_find((enum cti_code)i)->slug,
				cti_problem_find((enum cti_code)k)->slug);
	}
}
END_TEST

START_TEST(slug_and_status_are_those_of_the_contract)
{
	static const struct {
		enum cti_code code;
		const char *slug;
		int status;
	} rows[] = {
		{CTI_ERR_BAD_JSON, "bad_json", 400},
		{CTI_ERR_TOKEN_STALE, "token_stale", 401},
		{CTI_ERR_REFUSED, "refused", 403},
		{CTI_ERR_CALL_NOT_FOUND, "call_not_found", 404},
		{CTI_ERR_BAD_METHOD, "bad_method", 405},
		{CTI_ERR_WRONG_STATE, "wrong_state", 409},
		{CTI_ERR_CLAIM_STALE, "claim_stale", 410},
		{CTI_ERR_BODY_TOO_LARGE, "body_too_large", 413},
		{CTI_ERR_NOT_JSON, "not_json", 415},
		{CTI_ERR_REGION_MISSING, "region_missing", 422},
		{CTI_ERR_RATE_LIMITED, "rate_limited", 429},
		{CTI_ERR_DIALS_PAUSED, "dials_paused", 429},
		{CTI_ERR_INTERNAL, "internal", 500},
		{CTI_ERR_NOT_SUPPORTED, "not_supported", 501},
		{CTI_ERR_DIAL_FAILED, "dial_failed", 503},
		{CTI_ERR_BUSY, "busy", 503},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cti_problem *row = cti_problem_find(rows[i].code);

		ck_assert_str_eq(row->slug, rows[i].slug);
		ck_assert_int_eq(row->status, rows[i].status);
	}
}
END_TEST

START_TEST(code_outside_the_table_is_internal)
{
	ck_assert_str_eq(cti_problem_find(CTI_ERR_MAX)->slug, "internal");
	ck_assert_str_eq(cti_problem_find(CTI_OK)->slug, "internal");
}
END_TEST

Suite *err_suite(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_test(tcase, error_carries_code_and_sentence);
	tcase_add_test(tcase, error_nobody_wants_still_returns_errno);
	tcase_add_test(tcase, long_sentence_is_cut_at_a_character);
	tcase_add_test(tcase, each_refusal_has_all_of_its_row);
	tcase_add_test(tcase, no_slug_stands_for_two_refusals);
	tcase_add_test(tcase, slug_and_status_are_those_of_the_contract);
	tcase_add_test(tcase, code_outside_the_table_is_internal);
	suite_add_tcase(suite, tcase);
	return suite;
}
