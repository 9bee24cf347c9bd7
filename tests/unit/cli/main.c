/* SPDX-License-Identifier: Apache-2.0 */
/* cli/main.c - runs the suites of the command line */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_options());
	int failed;

	srunner_add_suite(runner, suite_cli());
	srunner_add_suite(runner, suite_client());
	srunner_add_suite(runner, suite_messages());
	srunner_add_suite(runner, suite_show());
	srunner_add_suite(runner, suite_sse());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
