/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_drivers.c - the table of drivers */
#include <check.h>

#include "drivers/drivers.h"
#include "suites.h"

START_TEST(every_driver_has_what_is_required)
{
	const struct cti_driver_ops *ops = cti_drivers[_i];

	ck_assert_ptr_eq(cti_driver_find(ops->name), ops);
	ck_assert_ptr_nonnull(ops->summary);
	ck_assert(ops->create && ops->start && ops->stop && ops->destroy);
	ck_assert(ops->originate && ops->hangup);
	ops->destroy(NULL);
}
END_TEST

START_TEST(the_first_driver_is_the_simulator)
{
	ck_assert_str_eq(cti_drivers[0]->name, "simulator");
	ck_assert_ptr_null(cti_driver_find("carrier pigeon"));
}
END_TEST

Suite *drivers_suite(void)
{
	Suite *suite = suite_create("drivers");
	TCase *tcase = tcase_create("table");

	tcase_add_loop_test(tcase, every_driver_has_what_is_required, 0,
			    (int)cti_ndrivers);
	tcase_add_test(tcase, the_first_driver_is_the_simulator);
	suite_add_tcase(suite, tcase);
	return suite;
}
