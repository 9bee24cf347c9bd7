/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/main.c - runs the unit tests of src/drivers/ */
#include <stdlib.h>

#include "cti/log.h"
#include "suites.h"

typedef Suite *(*suite_fn)(void);

static const suite_fn suites[] = {
	drivers_suite,	      ami_suite,	   netstring_suite,
	ctrl_suite,	      answers_suite,	   sip_suite,
	simulator_suite,      baresip_suite,	   link_suite,
	wire_suite,	      asterisk_suite,	   asterisk_link_suite,
	asterisk_calls_suite, asterisk_ends_suite, esl_suite,
	freeswitch_suite,     fs_link_suite,	   fs_talk_suite,
	vectors_suite,
};

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_ERROR});
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
