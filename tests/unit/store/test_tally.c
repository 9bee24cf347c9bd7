/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_tally.c - the last day in numbers, and a journal looked at */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static const int64_t DAY_MS = 24 * 3600 * 1000;

static struct cti_event *post_event(struct fix *fix, struct cti_call *call,
				    const char *findings)
{
	struct cti_event *ev =
		fix_event(fix, call, CTI_EVENT_RINGING, CTI_CALL_RINGING);

	ev->post = CTI_SAP_NOTIFY;
	ev->sap = strdup("{\"Type\":\"CALL\"}");
	ev->findings = findings ? strdup(findings) : NULL;
	ck_assert_ptr_nonnull(ev->sap);
	return ev;
}

/* A call with one payload; the event's id. */
static int64_t told(struct fix *fix, const char *findings)
{
	struct cti_call *call = fix_call(fix);
	struct cti_event *ev = post_event(fix, call, findings);
	int64_t id = ev->id;

	fix_store(fix, call);
	fix_change(fix, call, ev);
	cti_call_destroy(call);
	return id;
}

static void post(struct fix *fix, const struct cti_post_row *row)
{
	struct cti_unit *unit = fix_unit(false);

	ck_assert_int_eq(cti_unit_post(unit, row), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
	fix_wait(fix);
}

static int keep_finding(void *arg, const char *json)
{
	char *text = arg;

	ck_assert_uint_lt(strlen(text) + strlen(json), 256);
	memcpy(text + strlen(text), json, strlen(json) + 1);
	return 0;
}

START_TEST(payloads_are_counted_by_what_became_of_them)
{
	struct cti_store_tally tally = {.inbound = 0};
	char findings[256] = "";
	struct fix fix;
	int64_t since_ms, one, two;

	fix_init(&fix);
	(void)told(&fix, "[\"old\"]");
	cti_loop_advance(fix.loop, 2 * DAY_MS);
	since_ms = cti_loop_wall_ms(fix.loop) - DAY_MS;
	one = told(&fix, NULL);
	two = told(&fix, "[\"new\"]");
	(void)told(&fix, NULL);
	post(&fix,
	     &(struct cti_post_row){.event = one, .claimed_ms = 5, .tab = "a"});
	post(&fix,
	     &(struct cti_post_row){.event = two, .claimed_ms = 5, .tab = "a"});
	post(&fix,
	     &(struct cti_post_row){.event = two, .acked_ms = 6, .tab = "a"});
	ck_assert_int_eq(cti_store_tally(fix.store, since_ms, &tally,
					 keep_finding, findings),
			 0);
	ck_assert_int_eq(tally.inbound, 3);
	ck_assert_int_eq(tally.made, 3);
	ck_assert_int_eq(tally.claimed, 2);
	ck_assert_int_eq(tally.acked, 1);
	ck_assert(!tally.cut);
	ck_assert_str_eq(findings, "[\"new\"]");
	fix_fini(&fix);
}
END_TEST

START_TEST(no_more_than_the_newest_calls_are_counted)
{
	enum { COUNTED = 2000, ALL = COUNTED + 3 };
	struct cti_store_tally tally = {.inbound = 0};
	char findings[256] = "";
	struct fix fix;

	fix_init(&fix);
	(void)told(&fix, "[\"first\"]");
	for (int i = 1; i < ALL; i++) {
		struct cti_call *call = fix_call(&fix);
		struct cti_event *ev = post_event(&fix, call, NULL);

		fix_submit(&fix, call, ev);
		cti_event_destroy(ev);
		cti_call_destroy(call);
	}
	fix_wait(&fix);
	ck_assert_int_eq(
		cti_store_tally(fix.store, 0, &tally, keep_finding, findings),
		0);
	ck_assert(tally.cut);
	ck_assert_int_eq(tally.inbound, COUNTED);
	ck_assert_int_eq(tally.made, COUNTED);
	ck_assert_str_eq(findings, "");
	fix_fini(&fix);
}
END_TEST

START_TEST(an_empty_journal_counts_nothing)
{
	struct cti_store_tally tally = {.inbound = 9};
	char findings[256] = "";
	struct fix fix;

	fix_init(&fix);
	ck_assert_int_eq(
		cti_store_tally(fix.store, 0, &tally, keep_finding, findings),
		0);
	ck_assert_int_eq(tally.inbound + tally.made, 0);
	ck_assert(!tally.cut);
	fix_fini(&fix);
}
END_TEST

static int keep_refusal(void *arg, const struct cti_event *ev,
			const struct cti_call *call)
{
	ck_assert_ptr_null(call);
	return keep_finding(arg, ev->refused.number);
}

static void refuse(struct fix *fix, const char *number)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_REFUSED), 0);
	ev->id = cti_store_next_event(fix->store);
	ev->at_ms = cti_loop_wall_ms(fix->loop);
	ev->code = CTI_ERR_BAD_NUMBER;
	ev->refused.number = strdup(number);
	fix_submit(fix, NULL, ev);
	fix_wait(fix);
	cti_event_destroy(ev);
}

START_TEST(refused_dials_come_newest_first)
{
	char numbers[256] = "";
	struct fix fix;
	int64_t since_ms;

	fix_init(&fix);
	refuse(&fix, "old");
	cti_loop_advance(fix.loop, 1000);
	since_ms = cti_loop_wall_ms(fix.loop);
	refuse(&fix, "1");
	cti_loop_advance(fix.loop, 1000);
	refuse(&fix, "2");
	ck_assert_int_eq(cti_store_refusals(fix.store, since_ms, 10,
					    keep_refusal, numbers),
			 0);
	ck_assert_str_eq(numbers, "21");
	numbers[0] = '\0';
	ck_assert_int_eq(
		cti_store_refusals(fix.store, 0, 1, keep_refusal, numbers), 0);
	ck_assert_str_eq(numbers, "2");
	fix_fini(&fix);
}
END_TEST

START_TEST(a_journal_is_looked_at_without_a_trace)
{
	bool missing = true, held = false;
	struct fix fix;

	fix_init(&fix);
	(void)told(&fix, NULL);
	ck_assert_int_eq(cti_store_look(fix.path, &missing, &held), 0);
	ck_assert(!missing && held);
	fix_close(&fix);
	ck_assert_int_eq(cti_store_look(fix.path, &missing, &held), 0);
	ck_assert(!missing && !held);
	ck_assert_int_eq(fix_files(&fix, "-wal"), 0);
	ck_assert_int_eq(fix_files(&fix, "-shm"), 0);
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

START_TEST(a_journal_that_is_not_there_is_no_fault)
{
	bool missing = false, held = true;
	char path[PATH_SIZE + 8];
	struct fix fix;

	fix_init(&fix);
	(void)snprintf(path, sizeof(path), "%s/a/b/x.db", fix.dir); /* fits */
	ck_assert_int_eq(cti_store_look(path, &missing, &held), 0);
	ck_assert(missing && !held);
	ck_assert_int_eq(fix_files(&fix, "x.db"), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(a_damaged_journal_is_seen_and_left)
{
	static const char junk[] = "this was a database once, and is none now";
	bool missing = true, held = true;
	struct fix fix;
	int fd;

	fix_init(&fix);
	(void)told(&fix, NULL);
	fix_close(&fix);
	fd = open(fix.path, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, junk, sizeof(junk)), sizeof(junk));
	(void)close(fd);
	ck_assert_int_eq(cti_store_look(fix.path, &missing, &held), -EBADMSG);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 0);
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

Suite *tally_suite(void)
{
	Suite *suite = suite_create("store: tally");
	TCase *tcase = tcase_create("tally");

	tcase_add_test(tcase, payloads_are_counted_by_what_became_of_them);
	tcase_add_test(tcase, an_empty_journal_counts_nothing);
	tcase_add_test(tcase, no_more_than_the_newest_calls_are_counted);
	tcase_add_test(tcase, refused_dials_come_newest_first);
	tcase_add_test(tcase, a_journal_is_looked_at_without_a_trace);
	tcase_add_test(tcase, a_journal_that_is_not_there_is_no_fault);
	tcase_add_test(tcase, a_damaged_journal_is_seen_and_left);
	suite_add_tcase(suite, tcase);
	return suite;
}
