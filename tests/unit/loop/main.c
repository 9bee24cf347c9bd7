/* SPDX-License-Identifier: Apache-2.0 */
/* loop/main.c - runs the suites of the loop */
#include <stdlib.h>

#include "suite.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_loop());
	int failed;

	srunner_add_suite(runner, suite_task());
	srunner_add_suite(runner, suite_timer());
	srunner_add_suite(runner, suite_poll());
	srunner_add_suite(runner, suite_signal());
	srunner_add_suite(runner, suite_tcp());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
