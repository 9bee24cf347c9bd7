/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_commit.c - units become transactions, in order */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

enum {
	MANY = 3000, /* more than one transaction takes */
};

static int64_t commits(const struct fix *fix)
{
	struct cti_store_health health;

	cti_store_health(fix->store, &health);
	return health.commits;
}

static size_t waiting(const struct fix *fix)
{
	struct cti_store_health health;

	cti_store_health(fix->store, &health);
	return health.waiting;
}

START_TEST(units_of_one_turn_are_one_transaction_in_order)
{
	struct fix fix;
	struct told told = {0};
	struct told_arg args[10];

	fix_init(&fix);
	for (int i = 0; i < 10; i++) {
		struct cti_call *call = fix_call(&fix);
		struct cti_unit *unit = fix_unit(i % 2);

		args[i] = (struct told_arg){&told, (char)('a' + i)};
		ck_assert_int_eq(cti_unit_call(unit, call), 0);
		cti_store_submit(fix.store, unit, fix_tell, &args[i]);
		cti_call_destroy(call);
	}
	ck_assert_uint_eq(told.count, 0);
	ck_assert_uint_eq(waiting(&fix), 10);
	fix_wait(&fix);
	ck_assert_int_eq(commits(&fix), 1);
	ck_assert_uint_eq(told.count, 10);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(told.log[i].name, 'a' + i);
		ck_assert_int_eq(told.log[i].err, 0);
	}
	fix_fini(&fix);
}
END_TEST

struct again {
	struct fix *fix;
	int64_t row;
	int left;
};

/* When told, its call can be read; then it hands in the next one. */
static void submit_again(void *arg, int err)
{
	struct again *again = arg;
	struct cti_call *call = NULL;
	struct cti_unit *unit;

	ck_assert_int_eq(err, 0);
	if (again->row) {
		ck_assert_int_eq(cti_store_load_row(again->fix->store, &call,
						    again->row),
				 0);
		cti_call_destroy(call);
	}
	if (!again->left--)
		return;
	unit = fix_unit(false);
	call = fix_call(again->fix);
	again->row = call->row;
	ck_assert_int_eq(cti_unit_call(unit, call), 0);
	cti_store_submit(again->fix->store, unit, submit_again, again);
	cti_call_destroy(call);
}

START_TEST(what_is_told_is_readable_and_may_submit_more)
{
	struct fix fix;
	struct again again = {.fix = &fix, .left = 3};

	fix_init(&fix);
	submit_again(&again, 0);
	fix_wait(&fix);
	ck_assert_int_eq(again.left, -1);
	ck_assert_int_eq(commits(&fix), 3);
	fix_fini(&fix);
}
END_TEST

static void count_up(void *arg, int err)
{
	int *count = arg;

	ck_assert_int_eq(err, 0);
	++*count;
}

START_TEST(long_queue_is_done_in_several_transactions)
{
	struct fix fix;
	int count = 0;

	fix_init(&fix);
	for (int i = 0; i < MANY; i++) {
		struct cti_unit *unit = fix_unit(false);
		struct cti_event *ev = fix_event(&fix, NULL, CTI_EVENT_REFUSED,
						 CTI_CALL_ENDED);

		ck_assert_int_eq(cti_unit_event(unit, ev), 0);
		cti_store_submit(fix.store, unit, count_up, &count);
		cti_event_destroy(ev);
	}
	fix_wait(&fix);
	ck_assert_int_eq(count, MANY);
	ck_assert_int_eq(commits(&fix), 2);
	fix_fini(&fix);
}
END_TEST

START_TEST(closing_commits_and_tells_what_waits)
{
	struct fix fix;
	struct cti_call *call, *back = NULL;
	struct cti_unit *unit = fix_unit(true);
	int count = 0;

	fix_init(&fix);
	call = fix_call(&fix);
	ck_assert_int_eq(cti_unit_call(unit, call), 0);
	cti_store_submit(fix.store, unit, count_up, &count);
	fix_close(&fix);
	ck_assert_int_eq(count, 1);
	fix_open(&fix);
	ck_assert_int_eq(cti_store_load(fix.store, &back, call->id), 0);
	fix_assert_same(call, back);
	cti_call_destroy(back);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(closing_waits_for_the_worker)
{
	struct fix fix;
	int count = 0;

	fix_init(&fix);
	for (int i = 0; i < 3; i++) {
		struct cti_unit *unit = fix_unit(false);
		struct cti_call *call = fix_call(&fix);

		ck_assert_int_eq(cti_unit_call(unit, call), 0);
		cti_store_submit(fix.store, unit, count_up, &count);
		cti_call_destroy(call);
		cti_loop_turn(fix.loop, 0); /* begins, does not wait */
	}
	fix_close(&fix);
	ck_assert_int_eq(count, 3);
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

START_TEST(row_that_is_there_already_blocks_nobody)
{
	struct fix fix;
	struct cti_call *call, *back = NULL;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, "second"), 0);
	fix_submit(&fix, call, NULL);
	fix_submit(&fix, NULL, NULL);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_load(fix.store, &back, call->id), 0);
	ck_assert_ptr_null(back->fact[CTI_FACT_NAME]);
	cti_call_destroy(back);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(unit_keeps_its_own_copy)
{
	struct fix fix;
	struct cti_call *call, *back = NULL;
	char value[] = "key-one";
	struct cti_link_row link = {.kind = CTI_LINK_REF, .value = value};
	struct cti_unit *unit = fix_unit(false);

	fix_init(&fix);
	call = fix_call(&fix);
	link.row = call->row;
	ck_assert_int_eq(cti_unit_call(unit, call), 0);
	ck_assert_int_eq(cti_unit_link(unit, &link), 0);
	cti_store_submit(fix.store, unit, NULL, NULL);
	memset(value, 'x', sizeof(value) - 1);
	call->fact[CTI_FACT_NUMBER][1] = 'x';
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_load(fix.store, &back, call->id), 0);
	ck_assert_str_eq(back->fact[CTI_FACT_NUMBER], "+4930123456");
	cti_call_destroy(back);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(unit_that_is_not_submitted_can_be_destroyed)
{
	struct cti_unit *unit = fix_unit(true);
	struct cti_step_row step = {.row = 1, .at_ms = 2, .what = "sent"};

	ck_assert_int_eq(cti_unit_step(unit, &step), 0);
	cti_unit_destroy(unit);
	cti_unit_destroy(NULL);
}
END_TEST

Suite *commit_suite(void)
{
	Suite *suite = suite_create("commit");
	TCase *tcase = tcase_create("commit");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, units_of_one_turn_are_one_transaction_in_order);
	tcase_add_test(tcase, what_is_told_is_readable_and_may_submit_more);
	tcase_add_test(tcase, long_queue_is_done_in_several_transactions);
	tcase_add_test(tcase, closing_commits_and_tells_what_waits);
	tcase_add_test(tcase, closing_waits_for_the_worker);
	tcase_add_test(tcase, row_that_is_there_already_blocks_nobody);
	tcase_add_test(tcase, unit_keeps_its_own_copy);
	tcase_add_test(tcase, unit_that_is_not_submitted_can_be_destroyed);
	suite_add_tcase(suite, tcase);
	return suite;
}
