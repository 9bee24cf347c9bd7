/* SPDX-License-Identifier: Apache-2.0 */
/* store/main.c - runs the unit tests of src/store/ */
#include <stdlib.h>

#include "fixture.h"

typedef Suite *(*suite_fn)(void);

static const suite_fn suites[] = {
	commit_suite, delta_suite, failure_suite, fold_suite,
	list_suite,   open_suite,  paired_suite,  purge_suite,
	steps_suite,  tally_suite, trouble_suite,
};

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
