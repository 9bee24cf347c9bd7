/* SPDX-License-Identifier: Apache-2.0 */
/* number/test_throw.c - no exception gets out of the library's shim */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "number/phonelib.h"
#include "table.h"

enum { THROWS_MOST = 5000 };

static struct cti_phonelib *lib_of(const char *region)
{
	struct cti_phonelib *lib = NULL;

	ck_assert_int_eq(cti_phonelib_new(&lib, region), 0);
	return lib;
}

START_TEST(a_number_is_read_or_there_is_an_error)
{
	struct cti_phonelib *lib = lib_of("DE");
	bool threw = true;
	int n = 0;

	for (; threw; n++) {
		struct cti_phone phone;
		char text[32];
		int err;

		ck_assert_int_lt(n, THROWS_MOST);
		(void)snprintf(text, sizeof(text), "030%07d", n); /* fits */
		fault_at(FAULT_NEW, (unsigned)n + 1);
		err = cti_phonelib_parse(lib, &phone, text);
		threw = fault_happened(FAULT_NEW);
		ck_assert(err == 0 || err == -ENOMEM || err == -EIO);
		ck_assert_int_eq(cti_phonelib_parse(lib, &phone, text), 0);
		ck_assert_str_eq(phone.nsn, text + 1);
		ck_assert_int_eq(phone.country_code, 49);
	}
	ck_assert_int_gt(n, 2);
	cti_phonelib_destroy(lib);
}
END_TEST

START_TEST(what_cannot_be_asked_is_an_emergency)
{
	struct cti_phonelib *lib = lib_of("DE");
	bool threw = true;
	int n = 0;

	for (; threw; n++) {
		bool emergency;

		ck_assert_int_lt(n, THROWS_MOST);
		fault_at(FAULT_NEW, (unsigned)n + 1);
		emergency = cti_phonelib_emergency(lib, "DE", "112", n % 2);
		threw = fault_happened(FAULT_NEW);
		ck_assert(emergency);
	}
	ck_assert(cti_phonelib_emergency(lib, "DE", "110", false));
	ck_assert(!cti_phonelib_emergency(lib, "DE", "030123456", false));
	cti_phonelib_destroy(lib);
}
END_TEST

START_TEST(it_begins_or_there_is_an_error)
{
	struct cti_phonelib *lib = lib_of("DE"); /* the library's own is made */
	bool threw = true;
	int n = 0;

	cti_phonelib_destroy(lib);
	for (; threw; n += 1 + n / 10) { /* it asks some ten thousand times */
		int err;

		fault_at(FAULT_NEW, (unsigned)n + 1);
		err = cti_phonelib_new(&lib, "DE");
		threw = fault_happened(FAULT_NEW);
		if (!err)
			cti_phonelib_destroy(lib);
		else
			ck_assert(err == -ENOMEM || err == -EIO);
	}
	ck_assert_int_gt(n, 2);
}
END_TEST

START_TEST(codes_of_regions_are_asked_without_harm)
{
	struct cti_phonelib *lib = lib_of("DE");

	for (unsigned n = 1; n < 400; n++) {
		fault_at(FAULT_NEW, n);
		(void)cti_phonelib_code("FR");
		(void)cti_phonelib_has_code(49);
		(void)fault_happened(FAULT_NEW);
	}
	ck_assert_int_eq(cti_phonelib_code("FR"), 33);
	ck_assert(cti_phonelib_has_code(49));
	cti_phonelib_destroy(lib);
}
END_TEST

Suite *throw_suite(void)
{
	Suite *suite = suite_create("throw");
	TCase *tcase = tcase_create("throw");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_number_is_read_or_there_is_an_error);
	tcase_add_test(tcase, what_cannot_be_asked_is_an_emergency);
	tcase_add_test(tcase, it_begins_or_there_is_an_error);
	tcase_add_test(tcase, codes_of_regions_are_asked_without_harm);
	suite_add_tcase(suite, tcase);
	return suite;
}
