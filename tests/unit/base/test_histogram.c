/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_histogram.c - a time falls into the first bucket that holds it */
#include <string.h>

#include "cti/build.h"
#include "cti/histogram.h"
#include "suites.h"

START_TEST(a_bound_belongs_to_its_bucket)
{
	struct cti_histogram h = {.sum_ms = 0};

	for (int i = 0; i < CTI_BUCKETS; i++) {
		cti_histogram_note(&h, cti_bucket_ms[i]);
		ck_assert_uint_eq(h.count[i], 1);
	}
	cti_histogram_note(&h, cti_bucket_ms[0] + 1);
	ck_assert_uint_eq(h.count[1], 2);
}
END_TEST

START_TEST(what_is_longer_than_all_bounds_is_counted)
{
	struct cti_histogram h = {.sum_ms = 0};

	cti_histogram_note(&h, 3600 * 1000);
	ck_assert_uint_eq(h.count[CTI_BUCKETS], 1);
	ck_assert_uint_eq(cti_histogram_count(&h), 1);
	ck_assert_uint_eq(h.sum_ms, 3600 * 1000);
}
END_TEST

START_TEST(a_clock_that_was_set_back_took_no_time)
{
	struct cti_histogram h = {.sum_ms = 7};

	cti_histogram_note(&h, -5);
	ck_assert_uint_eq(h.count[0], 1);
	ck_assert_uint_eq(h.sum_ms, 7);
}
END_TEST

START_TEST(build_names_version_compiler_and_libraries)
{
	const struct cti_build *build = cti_build_info();
	static const char label[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ._+~- ";

	ck_assert_str_eq(build->version, CTI_VERSION);
	ck_assert_str_eq(build->api, "v1");
	ck_assert_uint_gt(strlen(build->commit), 0);
	ck_assert_uint_gt(build->nlibs, 5);
	/* none of them needs an escape wherever it is written */
	ck_assert_uint_eq(strspn(build->commit, label), strlen(build->commit));
	ck_assert_uint_eq(strspn(build->compiler, label),
			  strlen(build->compiler));
	for (size_t i = 0; i < build->nlibs; i++) {
		ck_assert_uint_gt(strlen(build->libs[i].name), 0);
		ck_assert_uint_gt(strlen(build->libs[i].version), 0);
	}
}
END_TEST

Suite *histogram_suite(void)
{
	Suite *suite = suite_create("histogram");
	TCase *tc = tcase_create("histogram");

	tcase_add_test(tc, a_bound_belongs_to_its_bucket);
	tcase_add_test(tc, what_is_longer_than_all_bounds_is_counted);
	tcase_add_test(tc, a_clock_that_was_set_back_took_no_time);
	tcase_add_test(tc, build_names_version_compiler_and_libraries);
	suite_add_tcase(suite, tc);
	return suite;
}
