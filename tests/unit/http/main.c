/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/main.c - runs the suites of src/http */
#include <check.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(request_suite());

	srunner_add_suite(runner, guard_suite());
	srunner_add_suite(runner, peer_suite());
	srunner_add_suite(runner, addr_suite());
	srunner_add_suite(runner, exposure_suite());
	srunner_add_suite(runner, key_suite());
	srunner_add_suite(runner, grammar_suite());
	srunner_add_suite(runner, query_suite());
	srunner_add_suite(runner, stream_suite());
	srunner_add_suite(runner, limit_suite());
	srunner_add_suite(runner, stop_suite());
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
