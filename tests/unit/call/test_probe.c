/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_probe.c - may it dial? The driver is asked, or does not say */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

enum { ANSWERS = 8, GUARD_MS = 4000 };

static struct {
	bool ok;
	char why[96];
} answers[ANSWERS];
static size_t nanswers;

static void note(void *arg, bool ok, const char *why)
{
	(void)arg; /* there is one list */
	ck_assert_uint_lt(nanswers, ANSWERS);
	answers[nanswers].ok = ok;
	(void)snprintf(answers[nanswers].why, sizeof(answers[nanswers].why),
		       "%s", why); /* fits */
	nanswers++;
}

static void setup(void)
{
	core_setup();
	nanswers = 0;
}

static int ask(const char *device)
{
	int err = cti_calls_probe(core.calls, device, note, NULL);

	core_advance(0);
	return err;
}

static void driver_says(bool ok, const char *why)
{
	core.drv.host.on_probe(core.drv.host.arg, ok, why);
	core_settle();
}

START_TEST(the_driver_is_asked_and_answers)
{
	core_start(DE);
	ck_assert_int_eq(ask("PJSIP/101"), 0);
	ck_assert_str_eq(core.drv.last, "probe PJSIP/101");
	ck_assert_uint_eq(nanswers, 0);
	driver_says(true, "may dial");
	ck_assert_uint_eq(nanswers, 1);
	ck_assert(answers[0].ok);
	ck_assert_str_eq(answers[0].why, "may dial");
}
END_TEST

START_TEST(one_question_at_a_time_in_order)
{
	core_start(DE);
	ck_assert_int_eq(ask("1"), 0);
	ck_assert_int_eq(ask("2"), 0);
	ck_assert_str_eq(core.drv.last, "probe 1");
	driver_says(true, "one");
	core_advance(0);
	ck_assert_str_eq(core.drv.last, "probe 2");
	driver_says(false, "two");
	ck_assert_uint_eq(nanswers, 2);
	ck_assert(!answers[1].ok);
	ck_assert_str_eq(answers[1].why, "two");
}
END_TEST

START_TEST(an_answer_that_does_not_come_is_given_up)
{
	core_start(DE);
	ck_assert_int_eq(ask("1"), 0);
	core_advance(GUARD_MS - 1);
	ck_assert_uint_eq(nanswers, 0);
	core_advance(1);
	ck_assert_uint_eq(nanswers, 1);
	ck_assert(!answers[0].ok);
	/* its answer must not be taken for that of the next question */
	ck_assert_int_eq(ask("2"), 0);
	ck_assert_uint_eq(nanswers, 2);
	ck_assert_str_eq(core.drv.last, "probe 1");
	driver_says(true, "late");
	ck_assert_uint_eq(nanswers, 2);
	ck_assert_int_eq(ask("2"), 0);
	driver_says(true, "two");
	ck_assert_str_eq(answers[2].why, "two");
}
END_TEST

START_TEST(a_lost_link_answers_and_owes_nothing)
{
	core_start(DE);
	ck_assert_int_eq(ask("1"), 0);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_DOWN, "gone");
	core_settle();
	ck_assert_uint_eq(nanswers, 1);
	ck_assert(!answers[0].ok);
	core_up();
	ck_assert_int_eq(ask("2"), 0);
	driver_says(true, "two");
	ck_assert(answers[1].ok);
	/* what was given up is not owed by another connection */
	ck_assert_int_eq(ask("3"), 0);
	core_advance(GUARD_MS);
	ck_assert_uint_eq(nanswers, 3);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_DOWN, "gone");
	core_up();
	ck_assert_int_eq(ask("4"), 0);
	ck_assert_str_eq(core.drv.last, "probe 4");
	driver_says(true, "four");
	ck_assert(answers[3].ok);
}
END_TEST

START_TEST(a_driver_that_refuses_the_question_is_an_answer)
{
	core_start(DE);
	core.drv.answer = -EINVAL;
	ck_assert_int_eq(ask("1"), 0);
	ck_assert_uint_eq(nanswers, 1);
	ck_assert(!answers[0].ok);
	core.drv.answer = 0;
}
END_TEST

START_TEST(a_driver_that_cannot_say_is_not_asked)
{
	core_start_bare(DE);
	ck_assert_int_eq(ask("1"), -ENOSYS);
	ck_assert_uint_eq(nanswers, 0);
}
END_TEST

START_TEST(the_end_of_the_relay_answers_all)
{
	core_start(DE);
	ck_assert_int_eq(ask("1"), 0);
	ck_assert_int_eq(ask("2"), 0);
	core_stop();
	ck_assert_uint_eq(nanswers, 2);
}
END_TEST

Suite *suite_probe(void)
{
	Suite *suite = suite_create("calls: probe");
	TCase *tcase = tcase_create("probe");

	tcase_add_checked_fixture(tcase, setup, core_teardown);
	tcase_add_test(tcase, the_driver_is_asked_and_answers);
	tcase_add_test(tcase, one_question_at_a_time_in_order);
	tcase_add_test(tcase, an_answer_that_does_not_come_is_given_up);
	tcase_add_test(tcase, a_lost_link_answers_and_owes_nothing);
	tcase_add_test(tcase, a_driver_that_refuses_the_question_is_an_answer);
	tcase_add_test(tcase, a_driver_that_cannot_say_is_not_asked);
	tcase_add_test(tcase, the_end_of_the_relay_answers_all);
	suite_add_tcase(suite, tcase);
	return suite;
}
