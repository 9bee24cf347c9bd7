/* SPDX-License-Identifier: Apache-2.0 */
/* flow/main.c - runs the one suite of this program */
#include <check.h>
#include <stdlib.h>

#include "harness.h"

int main(void)
{
	SRunner *runner;

	/* several programs on two cores: the harness notices hanging itself */
	if (setenv("CK_DEFAULT_TIMEOUT", "60", 0))
		return EXIT_FAILURE;
	runner = srunner_create(flow_suite());
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
