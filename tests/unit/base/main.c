/* SPDX-License-Identifier: Apache-2.0 */
/* base/main.c - runs the unit tests of src/base/ */
#include <stdlib.h>

#include "suites.h"

typedef Suite *(*suite_fn)(void);

static const suite_fn suites[] = {
	buf_suite,	 call_suite, err_suite,	      event_suite,
	histogram_suite, id_suite,   json_read_suite, json_write_suite,
	log_suite,	 map_suite,  origin_suite,    secret_suite,
	utf8_suite,
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
