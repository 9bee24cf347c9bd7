/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/main.c - runs the suites of the doctor room */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_case());
	int failed;

	srunner_add_suite(runner, suite_checks());
	srunner_add_suite(runner, suite_policy());
	srunner_add_suite(runner, suite_relay());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
