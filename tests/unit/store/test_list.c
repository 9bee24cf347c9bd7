/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_list.c - runs of calls, events and links */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum {
	STOP = 7,
	ROWS_MAX = 32,
};

struct rows {
	struct fix *fix;
	int64_t row[ROWS_MAX];
	size_t count;
	size_t stop_after; /* 0 = never */
};

static int take_call(void *arg, struct cti_call *call)
{
	struct rows *rows = arg;

	ck_assert_uint_lt(rows->count, ROWS_MAX);
	rows->row[rows->count++] = call->row;
	cti_call_destroy(call);
	return rows->count == rows->stop_after ? STOP : 0;
}

static int64_t make_call(struct fix *fix)
{
	struct cti_call *call = fix_call(fix);
	int64_t row = call->row;

	fix_submit(fix, call, NULL);
	cti_call_destroy(call);
	return row;
}

START_TEST(running_are_those_not_ended_oldest_first)
{
	struct fix fix;
	struct rows rows = {0};
	struct cti_call *call;
	int64_t first, last;

	fix_init(&fix);
	first = make_call(&fix);
	(void)fix_ended(&fix);
	call = fix_call(&fix); /* unknown counts as running */
	fix_submit(&fix, call, NULL);
	fix_change(&fix, call,
		   fix_event(&fix, call, CTI_EVENT_UPDATED, CTI_CALL_UNKNOWN));
	(void)fix_ended(&fix);
	last = make_call(&fix);
	fix_wait(&fix);
	for (int i = 0; i < 2; i++) {
		rows.count = 0;
		ck_assert_int_eq(cti_store_running(fix.store, take_call, &rows),
				 0);
		ck_assert_uint_eq(rows.count, 3);
		ck_assert_int_eq(rows.row[0], first);
		ck_assert_int_eq(rows.row[1], call->row);
		ck_assert_int_eq(rows.row[2], last);
		fix_reopen(&fix);
	}
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(recent_are_newest_first_and_limited)
{
	struct fix fix;
	struct rows rows = {0};
	int64_t row[4];

	fix_init(&fix);
	for (int i = 0; i < 4; i++)
		row[i] = make_call(&fix);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_recent(fix.store, 3, take_call, &rows), 0);
	ck_assert_uint_eq(rows.count, 3);
	ck_assert_int_eq(rows.row[0], row[3]);
	ck_assert_int_eq(rows.row[2], row[1]);
	rows = (struct rows){.stop_after = 2};
	ck_assert_int_eq(cti_store_recent(fix.store, 3, take_call, &rows),
			 STOP);
	ck_assert_uint_eq(rows.count, 2);
	fix_fini(&fix);
}
END_TEST

static void make_link(struct fix *fix, const struct cti_link_row *link)
{
	struct cti_unit *unit = fix_unit(false);

	ck_assert_int_eq(cti_unit_link(unit, link), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
}

START_TEST(linked_calls_are_found_by_kind_and_value)
{
	static const char uuid[] = "00163EA718FC1EEABDD5608C895BDC71";
	struct fix fix;
	struct rows rows = {0};
	struct cti_link_row link = {.kind = CTI_LINK_ACTIVITY, .value = uuid};
	int64_t one, two;

	fix_init(&fix);
	one = make_call(&fix);
	two = make_call(&fix);
	link.row = one;
	make_link(&fix, &link);
	link.row = two;
	make_link(&fix, &link);
	make_link(&fix, &link); /* twice is once */
	link.kind = CTI_LINK_REF;
	link.value = "leg/ä 1";
	make_link(&fix, &link);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_linked(fix.store, &link, take_call, &rows),
			 0);
	ck_assert_uint_eq(rows.count, 1);
	link.kind = CTI_LINK_ACTIVITY;
	ck_assert_int_eq(cti_store_linked(fix.store, &link, take_call, &rows),
			 0);
	ck_assert_uint_eq(rows.count, 1);
	link.value = uuid;
	rows.count = 0;
	ck_assert_int_eq(cti_store_linked(fix.store, &link, take_call, &rows),
			 0);
	ck_assert_uint_eq(rows.count, 2);
	ck_assert_int_eq(rows.row[0], two);
	ck_assert_int_eq(rows.row[1], one);
	fix_fini(&fix);
}
END_TEST

struct link_log {
	size_t count;
	char text[8][96];
	unsigned char print[8][CTI_ID_BLOB];
};

static int log_link(void *arg, const struct cti_link_row *link, const char *id)
{
	struct link_log *log = arg;

	ck_assert_uint_lt(log->count, 8);
	ck_assert_int_gt(snprintf(log->text[log->count], 96, "%d %s %lld %.4s",
				  (int)link->kind, link->value,
				  (long long)link->row, id),
			 0);
	memcpy(log->print[log->count++], link->print, CTI_ID_BLOB);
	return 0;
}

static struct cti_call *make_named(struct fix *fix, const char *id)
{
	struct cti_call *call = fix_call(fix);

	(void)snprintf(call->id, sizeof(call->id), "%s", id);
	fix_submit(fix, call, NULL);
	return call;
}

START_TEST(keys_since_a_time_come_oldest_call_first)
{
	struct fix fix;
	struct link_log log = {0};
	struct cti_call *call, *newer;
	struct cti_link_row link = {.kind = CTI_LINK_ACTIVITY, .value = "old"};
	int64_t since;

	fix_init(&fix);
	call = make_named(&fix, "ONE1");
	link.row = call->row;
	link.at_ms = cti_loop_wall_ms(fix.loop);
	make_link(&fix, &link);
	cti_call_destroy(call);
	fix_reopen(&fix); /* its rows jump */
	cti_loop_advance(fix.loop, (int64_t)3 * STORE_DAY_MS);
	since = cti_loop_wall_ms(fix.loop);
	call = make_named(&fix, "TWO2");
	newer = make_named(&fix, "TRE3");
	link = (struct cti_link_row){.kind = CTI_LINK_ACTIVITY,
				     .value = "late",
				     .row = newer->row,
				     .at_ms = since + 2};
	memset(link.print, 9, sizeof(link.print));
	make_link(&fix, &link);
	link.row = call->row;
	link.kind = CTI_LINK_IDEMPOTENCY;
	link.value = "ALICE\x1fkey";
	link.at_ms = since;
	make_link(&fix, &link);
	link.kind = CTI_LINK_REF; /* is no key */
	make_link(&fix, &link);
	link.kind = CTI_LINK_ACTIVITY;
	link.value = "unbound";
	link.at_ms = 0;
	make_link(&fix, &link);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_links(fix.store, since, log_link, &log), 0);
	ck_assert_uint_eq(log.count, 2);
	ck_assert_ptr_nonnull(strstr(log.text[0], "2 ALICE\x1fkey"));
	ck_assert_ptr_nonnull(strstr(log.text[0], "TWO2"));
	ck_assert_ptr_nonnull(strstr(log.text[1], "1 late"));
	ck_assert_ptr_nonnull(strstr(log.text[1], "TRE3"));
	ck_assert_mem_eq(log.print[1], link.print, CTI_ID_BLOB);
	cti_call_destroy(newer);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(link_handed_in_again_replaces_the_first)
{
	struct fix fix;
	struct link_log log = {0};
	struct rows rows = {0};
	struct cti_call *call;
	struct cti_link_row link = {.kind = CTI_LINK_ACTIVITY, .value = "key"};

	fix_init(&fix);
	call = make_named(&fix, "ONE1");
	link.row = call->row;
	link.at_ms = call->created_ms;
	make_link(&fix, &link);
	memset(link.print, 3, sizeof(link.print));
	make_link(&fix, &link);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_links(fix.store, 1, log_link, &log), 0);
	ck_assert_uint_eq(log.count, 1);
	ck_assert_mem_eq(log.print[0], link.print, CTI_ID_BLOB);
	link.at_ms = 0; /* let go of, but still found */
	make_link(&fix, &link);
	fix_wait(&fix);
	ck_assert_int_eq(cti_store_links(fix.store, 1, log_link, &log), 0);
	ck_assert_uint_eq(log.count, 1);
	ck_assert_int_eq(cti_store_linked(fix.store, &link, take_call, &rows),
			 0);
	ck_assert_uint_eq(rows.count, 1);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

struct event_log {
	struct fix *fix;
	size_t count;
	int64_t last;
	int stop;
};

static int log_event(void *arg, const struct cti_event *ev,
		     const struct cti_call *call)
{
	struct event_log *log = arg;

	ck_assert_int_gt(ev->id, log->last);
	ck_assert(ev->durable);
	ck_assert(!ev->row == !call);
	log->last = ev->id;
	log->count++;
	return log->stop;
}

START_TEST(range_of_events_is_bounded_on_all_sides)
{
	struct fix fix;
	struct cti_call *call;
	struct event_log log = {0};
	struct cti_store_range range;
	int64_t first;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	first = cti_store_last_event(fix.store) + 1;
	for (int i = 0; i < 10; i++)
		fix_change(&fix, call,
			   fix_event(&fix, call, CTI_EVENT_UPDATED,
				     CTI_CALL_ACTIVE));
	ck_assert_int_eq(cti_store_first_event(fix.store), first);
	range = (struct cti_store_range){first, first + 5, 100};
	ck_assert_int_eq(cti_store_events(fix.store, &range, log_event, &log),
			 0);
	ck_assert_uint_eq(log.count, 5);
	ck_assert_int_eq(log.last, first + 5);
	log = (struct event_log){0};
	range.limit = 2;
	ck_assert_int_eq(cti_store_events(fix.store, &range, log_event, &log),
			 0);
	ck_assert_int_eq(log.last, first + 2);
	log = (struct event_log){.stop = STOP};
	ck_assert_int_eq(cti_store_events(fix.store, &range, log_event, &log),
			 STOP);
	ck_assert_uint_eq(log.count, 1);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(history_is_of_one_call)
{
	struct fix fix;
	struct cti_call *call;
	struct event_log log = {0};

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	for (int i = 0; i < 3; i++) {
		(void)fix_ended(&fix);
		fix_change(&fix, call,
			   fix_event(&fix, call, CTI_EVENT_UPDATED,
				     CTI_CALL_HELD));
	}
	ck_assert_int_eq(
		cti_store_history(fix.store, call->row, log_event, &log), 0);
	ck_assert_uint_eq(log.count, 3);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

static int check_refusal(void *arg, const struct cti_event *ev,
			 const struct cti_call *call)
{
	int *count = arg;

	ck_assert_ptr_null(call);
	ck_assert_int_eq(ev->type, CTI_EVENT_REFUSED);
	ck_assert_int_eq(ev->code, CTI_ERR_BAD_NUMBER);
	ck_assert_str_eq(ev->text, "no");
	ck_assert_str_eq(ev->refused.number, "1-800-X");
	ck_assert_str_eq(ev->findings, "[]");
	++*count;
	return 0;
}

START_TEST(refused_event_has_no_call)
{
	struct fix fix;
	struct cti_event *ev;
	struct cti_store_range all = {.upto = INT64_MAX, .limit = 10};
	int count = 0;

	fix_init(&fix);
	ev = fix_event(&fix, NULL, CTI_EVENT_REFUSED, CTI_CALL_ENDED);
	ev->code = CTI_ERR_BAD_NUMBER;
	ev->text = strdup("no");
	ev->findings = strdup("[]");
	ev->refused.number = strdup("1-800-X");
	ck_assert(ev->text && ev->findings && ev->refused.number);
	fix_change(&fix, NULL, ev);
	ck_assert_int_eq(
		cti_store_events(fix.store, &all, check_refusal, &count), 0);
	ck_assert_int_eq(count, 1);
	fix_fini(&fix);
}
END_TEST

static int read_inside(void *arg, const struct cti_event *ev,
		       const struct cti_call *call)
{
	struct event_log *log = arg;
	struct event_log inner = {0};
	struct cti_store_range range = {ev->id - 1, ev->id, 10};
	struct cti_call *again = NULL;

	ck_assert_int_eq(
		cti_store_events(log->fix->store, &range, log_event, &inner),
		0);
	ck_assert_uint_eq(inner.count, 1);
	ck_assert_int_eq(cti_store_load(log->fix->store, &again, call->id), 0);
	cti_call_destroy(again);
	log->count++;
	return 0;
}

START_TEST(callback_may_read_the_same_list)
{
	struct fix fix;
	struct cti_call *call;
	struct event_log log = {.fix = &fix};
	struct cti_store_range all = {.upto = INT64_MAX, .limit = 10};

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	for (int i = 0; i < 3; i++)
		fix_change(&fix, call,
			   fix_event(&fix, call, CTI_EVENT_UPDATED,
				     CTI_CALL_HELD));
	ck_assert_int_eq(cti_store_events(fix.store, &all, read_inside, &log),
			 0);
	ck_assert_uint_eq(log.count, 3);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

Suite *list_suite(void)
{
	Suite *suite = suite_create("list");
	TCase *tcase = tcase_create("list");

	tcase_add_test(tcase, running_are_those_not_ended_oldest_first);
	tcase_add_test(tcase, recent_are_newest_first_and_limited);
	tcase_add_test(tcase, linked_calls_are_found_by_kind_and_value);
	tcase_add_test(tcase, keys_since_a_time_come_oldest_call_first);
	tcase_add_test(tcase, link_handed_in_again_replaces_the_first);
	tcase_add_test(tcase, range_of_events_is_bounded_on_all_sides);
	tcase_add_test(tcase, history_is_of_one_call);
	tcase_add_test(tcase, refused_event_has_no_call);
	tcase_add_test(tcase, callback_may_read_the_same_list);
	suite_add_tcase(suite, tcase);
	return suite;
}
