/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/main.c - runs the suites of the call room */
#include <stdlib.h>

#include "suites.h"

Suite *suite_of(const char *name, const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, core_setup, core_teardown);
	for (; *tests; tests++)
		tcase_add_test(tc, *tests);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite_machine());
	int failed;

	srunner_add_suite(runner, suite_dial());
	srunner_add_suite(runner, suite_keys());
	srunner_add_suite(runner, suite_limits());
	srunner_add_suite(runner, suite_store());
	srunner_add_suite(runner, suite_inbound());
	srunner_add_suite(runner, suite_switch());
	srunner_add_suite(runner, suite_restart());
	srunner_add_suite(runner, suite_action());
	srunner_add_suite(runner, suite_posts());
	srunner_add_suite(runner, suite_probe());
	srunner_add_suite(runner, suite_claims());
	srunner_add_suite(runner, suite_push());
	srunner_add_suite(runner, suite_patch());
	srunner_add_suite(runner, suite_clock());
	srunner_add_suite(runner, suite_oom());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
