/* SPDX-License-Identifier: Apache-2.0 */
/* number/main.c - the unit tests of src/number */
#include <stdlib.h>

#include "table.h"

int main(void)
{
	SRunner *runner = srunner_create(gate_suite());
	int failed;

	srunner_add_suite(runner, plan_suite());
	srunner_add_suite(runner, policy_suite());
	srunner_add_suite(runner, dialstring_suite());
	srunner_add_suite(runner, inbound_suite());
	srunner_add_suite(runner, explain_suite());
	srunner_add_suite(runner, rules_suite());
	srunner_add_suite(runner, throw_suite());
	srunner_add_suite(runner, hostile_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
