/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_failure.c - a disk that is full or read-only, and its healing */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum {
	FILL = 4000, /* bytes that need a page of their own */
};

static void block(struct fix *fix)
{
	ck_assert(!fix->store->busy);
	ck_assert_int_eq(
		store_exec(fix->store->writer, "PRAGMA query_only = ON"), 0);
}

static void unblock(struct fix *fix)
{
	ck_assert(!fix->store->busy);
	ck_assert_int_eq(
		store_exec(fix->store->writer, "PRAGMA query_only = OFF"), 0);
}

static bool failing(const struct fix *fix)
{
	struct cti_store_health health;

	cti_store_health(fix->store, &health);
	return health.failing;
}

static void heal(struct fix *fix)
{
	cti_loop_advance(fix->loop, STORE_RETRY_MS);
	fix_settle(fix);
}

struct asked {
	struct told told;
	struct told_arg arg[LOG_MAX];
	int n;
};

/* One call whose row needs a new page. */
static int64_t ask(struct fix *fix, struct asked *asked, bool intent)
{
	struct cti_call *call = fix_call(fix);
	struct cti_unit *unit = fix_unit(intent);
	struct told_arg *arg = &asked->arg[asked->n];
	char fill[FILL + 1];
	int64_t row = call->row;

	memset(fill, 'f', FILL);
	fill[FILL] = '\0';
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_CRM, fill), 0);
	*arg = (struct told_arg){&asked->told, (char)('a' + asked->n++)};
	ck_assert_int_eq(cti_unit_call(unit, call), 0);
	cti_store_submit(fix->store, unit, fix_tell, arg);
	cti_call_destroy(call);
	return row;
}

static bool stored(struct fix *fix, int64_t row)
{
	struct cti_call *call = NULL;
	int err = cti_store_load_row(fix->store, &call, row);

	ck_assert(err == 0 || err == -ENOENT);
	cti_call_destroy(call);
	return err == 0;
}

START_TEST(full_disk_forgets_intents_and_keeps_the_rest)
{
	struct fix fix;
	struct asked asked = {.n = 0};
	int64_t kept, intent, later;

	fix_init(&fix);
	store_set_page_limit(fix.store, 1);
	kept = ask(&fix, &asked, false);
	intent = ask(&fix, &asked, true);
	fix_settle(&fix);
	ck_assert(failing(&fix));
	ck_assert_uint_eq(asked.told.count, 2);
	ck_assert_int_eq(asked.told.log[0].name, 'a');
	ck_assert_int_eq(asked.told.log[0].err, -ENOSPC);
	ck_assert_int_eq(asked.told.log[1].err, -ENOSPC);
	ck_assert(!stored(&fix, kept) && !stored(&fix, intent));

	heal(&fix); /* not yet */
	ck_assert(failing(&fix));
	store_set_page_limit(fix.store, 100000);
	heal(&fix);
	ck_assert(!failing(&fix));
	later = ask(&fix, &asked, true);
	fix_wait(&fix);
	ck_assert(stored(&fix, kept) && !stored(&fix, intent) &&
		  stored(&fix, later));
	ck_assert_uint_eq(asked.told.count, 3); /* each exactly once */
	ck_assert_int_eq(asked.told.log[2].err, 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(failing_store_refuses_at_once_without_trying)
{
	struct fix fix;
	struct asked asked = {.n = 0};
	struct cti_store_health health;
	int64_t row;

	fix_init(&fix);
	block(&fix);
	(void)ask(&fix, &asked, true);
	fix_settle(&fix);
	ck_assert(failing(&fix));
	unblock(&fix); /* it would work, but that is found by the timer */
	row = ask(&fix, &asked, false);
	(void)ask(&fix, &asked, true);
	ck_assert_uint_eq(asked.told.count, 1);
	fix_settle(&fix);
	ck_assert_uint_eq(asked.told.count, 3);
	ck_assert_int_eq(asked.told.log[1].name, 'b');
	ck_assert_int_eq(asked.told.log[1].err, -EROFS);
	ck_assert_int_eq(asked.told.log[2].name, 'c');
	cti_store_health(fix.store, &health);
	ck_assert_uint_eq(health.waiting, 1);
	ck_assert_int_eq(health.err, -EROFS);
	ck_assert(!stored(&fix, row));
	heal(&fix);
	fix_wait(&fix);
	ck_assert(stored(&fix, row));
	ck_assert_uint_eq(asked.told.count, 3);
	fix_fini(&fix);
}
END_TEST

START_TEST(store_without_backlog_heals_by_itself_too)
{
	struct fix fix;
	struct asked asked = {.n = 0};
	struct cti_store_health health;
	int64_t began_ms;

	fix_init(&fix);
	cti_loop_advance(fix.loop, 100);
	began_ms = cti_loop_wall_ms(fix.loop);
	block(&fix);
	(void)ask(&fix, &asked, true);
	fix_settle(&fix);
	cti_store_health(fix.store, &health);
	ck_assert(health.failing && health.waiting == 0);
	ck_assert_int_eq(health.since_ms, began_ms);
	heal(&fix);
	cti_store_health(fix.store, &health);
	ck_assert(health.failing);
	ck_assert_int_eq(health.since_ms, began_ms);
	unblock(&fix);
	heal(&fix);
	cti_store_health(fix.store, &health);
	ck_assert(!health.failing);
	ck_assert_int_eq(health.since_ms, began_ms + 2 * STORE_RETRY_MS);
	fix_fini(&fix);
}
END_TEST

static void submit_events(struct fix *fix, int count)
{
	for (int i = 0; i < count; i++) {
		struct cti_event *ev =
			fix_event(fix, NULL, CTI_EVENT_REFUSED, CTI_CALL_ENDED);

		fix_submit(fix, NULL, ev);
		cti_event_destroy(ev);
	}
}

struct seen {
	int64_t first, last;
	int count;
};

static int see(void *arg, const struct cti_event *ev,
	       const struct cti_call *call)
{
	struct seen *seen = arg;

	ck_assert_ptr_null(call);
	ck_assert_int_gt(ev->id, seen->last);
	if (!seen->first)
		seen->first = ev->id;
	seen->last = ev->id;
	seen->count++;
	return 0;
}

START_TEST(oldest_are_given_up_when_too_many_wait)
{
	struct fix fix;
	struct seen seen = {0};
	struct cti_store_range all = {.upto = INT64_MAX, .limit = 100000};
	struct cti_store_health health;
	int64_t first;

	fix_init(&fix);
	first = cti_store_last_event(fix.store) + 1;
	block(&fix);
	submit_events(&fix, 3); /* these fail in a transaction */
	fix_settle(&fix);
	submit_events(&fix, STORE_KEPT_MAX); /* these are not tried */
	fix_settle(&fix);
	cti_store_health(fix.store, &health);
	ck_assert_uint_eq(health.waiting, STORE_KEPT_MAX);
	unblock(&fix);
	submit_events(&fix, 1); /* handed in while the others wait */
	heal(&fix);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_events(fix.store, &all, see, &seen), 0);
	ck_assert_int_eq(seen.first, first + 3);
	ck_assert_int_eq(seen.last, cti_store_last_event(fix.store));
	ck_assert_int_eq(seen.count, STORE_KEPT_MAX + 1);
	fix_fini(&fix);
}
END_TEST

static void submit_on_failure(void *arg, int err)
{
	struct fix *fix = arg;

	ck_assert_int_eq(err, -EROFS);
	submit_events(fix, 1);
}

START_TEST(units_submitted_by_the_refused_are_kept_too)
{
	struct fix fix;
	struct seen seen = {0};
	struct cti_store_range all = {.upto = INT64_MAX, .limit = 100};

	fix_init(&fix);
	block(&fix);
	cti_store_submit(fix.store, fix_unit(true), submit_on_failure, &fix);
	submit_events(&fix, 1);
	cti_store_submit(fix.store, fix_unit(true), submit_on_failure, &fix);
	fix_settle(&fix);
	/* empty units alone would have gone through: the event failed them */
	cti_store_submit(fix.store, fix_unit(true), submit_on_failure, &fix);
	fix_settle(&fix);
	unblock(&fix);
	heal(&fix);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_events(fix.store, &all, see, &seen), 0);
	ck_assert_int_eq(seen.count, 4);
	fix_fini(&fix);
}
END_TEST

START_TEST(closing_while_it_fails_tries_once_more)
{
	struct fix fix;
	struct asked asked = {.n = 0};
	int64_t row;

	fix_init(&fix);
	block(&fix);
	row = ask(&fix, &asked, false);
	fix_settle(&fix);
	unblock(&fix);
	fix_reopen(&fix);
	ck_assert(stored(&fix, row));
	block(&fix);
	row = ask(&fix, &asked, false);
	fix_reopen(&fix); /* tells it, even though nothing can be done */
	ck_assert_uint_eq(asked.told.count, 2);
	ck_assert_int_eq(asked.told.log[1].err, -EROFS);
	ck_assert(!stored(&fix, row));
	fix_fini(&fix);
}
END_TEST

struct last_word {
	struct cti_store *store;
	struct told_arg arg;
};

static void hand_in_another(void *arg, int err)
{
	struct last_word *word = arg;

	ck_assert_int_ne(err, 0);
	cti_store_submit(word->store, fix_unit(false), fix_tell, &word->arg);
}

START_TEST(closing_tells_of_what_was_handed_in_meanwhile)
{
	struct fix fix;
	struct asked asked = {.n = 0};
	struct last_word word = {.arg = {&asked.told, 'z'}};

	fix_init(&fix);
	block(&fix);
	(void)ask(&fix, &asked, true); /* only to make it fail */
	fix_settle(&fix);
	ck_assert(failing(&fix));
	word.store = fix.store;
	cti_store_submit(fix.store, fix_unit(true), hand_in_another, &word);
	fix_close(&fix);
	ck_assert_uint_eq(asked.told.count, 2);
	ck_assert_int_eq(asked.told.log[1].name, 'z');
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

Suite *failure_suite(void)
{
	Suite *suite = suite_create("failure");
	TCase *tcase = tcase_create("failure");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, full_disk_forgets_intents_and_keeps_the_rest);
	tcase_add_test(tcase, failing_store_refuses_at_once_without_trying);
	tcase_add_test(tcase, store_without_backlog_heals_by_itself_too);
	tcase_add_test(tcase, oldest_are_given_up_when_too_many_wait);
	tcase_add_test(tcase, units_submitted_by_the_refused_are_kept_too);
	tcase_add_test(tcase, closing_while_it_fails_tries_once_more);
	tcase_add_test(tcase, closing_tells_of_what_was_handed_in_meanwhile);
	suite_add_tcase(suite, tcase);
	return suite;
}
