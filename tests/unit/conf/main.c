/* SPDX-License-Identifier: Apache-2.0 */
/* conf/main.c - runs the suites of the configuration */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_nearest());
	int failed;

	srunner_add_suite(runner, suite_schema());
	srunner_add_suite(runner, suite_value());
	srunner_add_suite(runner, suite_file());
	srunner_add_suite(runner, suite_load());
	srunner_add_suite(runner, suite_help());
	srunner_add_suite(runner, suite_swap());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
