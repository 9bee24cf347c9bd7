/* SPDX-License-Identifier: Apache-2.0 */
/* unit/api/main.c - runs the suites of the api room */
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(suite_ring());
	int failed;

	srunner_add_suite(runner, suite_number());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
