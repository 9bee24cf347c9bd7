/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/main.c - runs the suites of the sap room */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_outbound());
	int failed;

	srunner_add_suite(runner, suite_decide());
	srunner_add_suite(runner, suite_payload());
	srunner_add_suite(runner, suite_own());
	srunner_add_suite(runner, suite_rules());
	srunner_add_suite(runner, suite_shape());
	srunner_add_suite(runner, suite_samples());
	srunner_add_suite(runner, suite_oom());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
