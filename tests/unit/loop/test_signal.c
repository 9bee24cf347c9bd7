/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_signal.c - tests of signals as callbacks */
#include <errno.h>
#include <signal.h>

#include "suite.h"

START_TEST(signal_arrives_on_the_loop)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_FAKE);
	struct cti_signal *sig = NULL;
	bool raised = false;

	ck_assert_int_eq(cti_signal_new(&sig, loop, SIGHUP, set_flag, &raised),
			 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	ck_assert(!raised);
	loop_until(loop, &raised);
	cti_signal_destroy(sig);
	cti_loop_destroy(loop);
}
END_TEST

struct hearer {
	struct cti_signal *sig;
	bool heard;
};

static void hearer_leave(void *arg)
{
	struct hearer *hearer = arg;

	hearer->heard = true;
	cti_signal_destroy(hearer->sig);
}

START_TEST(signal_may_be_destroyed_in_its_callback)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct hearer hearer = {0};

	ck_assert_int_eq(cti_signal_new(&hearer.sig, loop, SIGTERM,
					hearer_leave, &hearer),
			 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	loop_until(loop, &hearer.heard);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(signal_that_does_not_exist_is_refused)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct cti_signal *sig = NULL;
	bool raised = false;

	ck_assert_int_eq(cti_signal_new(&sig, loop, 0, set_flag, &raised),
			 -EINVAL);
	ck_assert_ptr_null(sig);
	cti_signal_destroy(sig);
	cti_loop_destroy(loop);
}
END_TEST

Suite *suite_signal(void)
{
	Suite *suite = suite_create("signal");
	TCase *tcase = tcase_create("signal");

	tcase_add_test(tcase, signal_arrives_on_the_loop);
	tcase_add_test(tcase, signal_may_be_destroyed_in_its_callback);
	tcase_add_test(tcase, signal_that_does_not_exist_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
