/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_steps.c - posts to SAP and the steps of a timeline */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum {
	LINE_SIZE = 96,
	LINES_MAX = 16,
};

struct lines {
	size_t count;
	char text[LINES_MAX][LINE_SIZE];
};

static struct cti_event *sap_event(struct fix *fix, struct cti_call *call,
				   enum cti_sap_post post)
{
	struct cti_event *ev =
		fix_event(fix, call, CTI_EVENT_UPDATED, CTI_CALL_ACTIVE);

	ev->post = post;
	ev->sap = strdup("{\"Type\":\"CALL\"}");
	ck_assert_ptr_nonnull(ev->sap);
	return ev;
}

static void store_post(struct fix *fix, const struct cti_post_row *post)
{
	struct cti_unit *unit = fix_unit(false);

	ck_assert_int_eq(cti_unit_post(unit, post), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
	fix_wait(fix);
}

static int log_unacked(void *arg, const struct cti_event *ev,
		       const struct cti_call *call,
		       const struct cti_post_row *post)
{
	struct lines *lines = arg;

	ck_assert_uint_lt(lines->count, LINES_MAX);
	ck_assert_int_eq(call->row, ev->row);
	ck_assert_int_eq(post->event, ev->id);
	ck_assert_str_eq(ev->sap, "{\"Type\":\"CALL\"}");
	ck_assert_int_gt(snprintf(lines->text[lines->count++], LINE_SIZE,
				  "%d %lld %s", (int)ev->post,
				  (long long)post->claimed_ms, post->tab),
			 0);
	return 0;
}

START_TEST(unacked_payloads_come_with_their_claim)
{
	struct fix fix;
	struct cti_call *call;
	struct lines lines = {0};
	int64_t first, since;

	fix_init(&fix);
	since = cti_loop_wall_ms(fix.loop);
	call = fix_call(&fix);
	fix_store(&fix, call);
	first = cti_store_last_event(fix.store) + 1;
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_NOTIFY));
	cti_loop_advance(fix.loop, 10);
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_ACCEPT));
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_END));
	store_post(&fix, &(struct cti_post_row){.event = first + 1,
						.claimed_ms = 5,
						.tab = "one"});
	store_post(&fix, &(struct cti_post_row){.event = first + 1,
						.claimed_ms = 9,
						.tab = "two"});
	store_post(&fix, &(struct cti_post_row){.event = first + 2,
						.claimed_ms = 7,
						.tab = "x"});
	store_post(&fix, &(struct cti_post_row){.event = first + 2,
						.acked_ms = 8,
						.tab = "x"});
	ck_assert_int_eq(
		cti_store_unacked(fix.store, since, log_unacked, &lines), 0);
	ck_assert_uint_eq(lines.count, 2);
	ck_assert_str_eq(lines.text[0], "1 0 ");
	ck_assert_str_eq(lines.text[1], "2 9 two");
	lines.count = 0;
	ck_assert_int_eq(
		cti_store_unacked(fix.store, since + 1, log_unacked, &lines),
		0);
	ck_assert_uint_eq(lines.count, 1);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(post_of_an_event_tells_claim_and_ack)
{
	struct fix fix;
	struct cti_call *call;
	struct cti_post_row post = {0};
	int64_t event;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_END));
	event = cti_store_last_event(fix.store);
	ck_assert_int_eq(cti_store_post(fix.store, &post, event), 0);
	ck_assert(!post.claimed_ms && !post.acked_ms);
	store_post(&fix, &(struct cti_post_row){
				 .event = event, .claimed_ms = 7, .tab = "x"});
	store_post(&fix, &(struct cti_post_row){.event = event, .acked_ms = 9});
	ck_assert_int_eq(cti_store_post(fix.store, &post, event), 0);
	ck_assert_int_eq(post.claimed_ms, 7);
	ck_assert_int_eq(post.acked_ms, 9);
	ck_assert_int_eq(cti_store_post(fix.store, &post, event + 1), -ENOENT);
	fix_change(&fix, call,
		   fix_event(&fix, call, CTI_EVENT_ENDED, CTI_CALL_ENDED));
	ck_assert_int_eq(cti_store_post(fix.store, &post, event + 1), -ENOENT);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(claimed_means_notify_or_accept)
{
	struct fix fix;
	struct cti_call *call;
	int64_t event;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_END));
	event = cti_store_last_event(fix.store);
	store_post(&fix, &(struct cti_post_row){
				 .event = event, .claimed_ms = 7, .tab = "x"});
	ck_assert(!cti_store_claimed(fix.store, call->row));
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_ACCEPT));
	ck_assert(!cti_store_claimed(fix.store, call->row));
	event = cti_store_last_event(fix.store);
	store_post(&fix, &(struct cti_post_row){
				 .event = event, .claimed_ms = 7, .tab = "x"});
	ck_assert(cti_store_claimed(fix.store, call->row));
	ck_assert(!cti_store_claimed(fix.store, call->row + 1));
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

struct steps {
	struct lines lines;
	int64_t zero_ms;
};

static int log_step(void *arg, const struct cti_step_row *step)
{
	struct steps *steps = arg;

	ck_assert_uint_lt(steps->lines.count, LINES_MAX);
	ck_assert_int_gt(snprintf(steps->lines.text[steps->lines.count++],
				  LINE_SIZE, "%lld %s %s",
				  (long long)(step->at_ms - steps->zero_ms),
				  step->what,
				  step->detail ? step->detail : "-"),
			 0);
	return 0;
}

static void store_step(struct fix *fix, const struct cti_call *call,
		       const char *what, const char *detail)
{
	struct cti_unit *unit = fix_unit(false);
	struct cti_step_row step = {.row = call->row,
				    .at_ms = cti_loop_wall_ms(fix->loop),
				    .what = what,
				    .detail = detail};

	ck_assert_int_eq(cti_unit_step(unit, &step), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
	fix_wait(fix);
}

static void assert_steps(struct fix *fix, const struct cti_call *call)
{
	static const char *const expected[] = {
		"0 stored call.updated", "10 sent PJSIP/1",
		"20 claimed tab",	 "30 posted tab",
		"40 stored call.ended",
	};
	struct steps steps = {.zero_ms = call->created_ms};

	ck_assert_int_eq(
		cti_store_steps(fix->store, call->row, log_step, &steps), 0);
	ck_assert_uint_eq(steps.lines.count, 5);
	for (size_t i = 0; i < 5; i++)
		ck_assert_str_eq(steps.lines.text[i], expected[i]);
}

START_TEST(steps_come_by_time_from_all_tables)
{
	struct fix fix;
	struct cti_call *call;
	struct cti_post_row post = {.tab = "tab"};

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_change(&fix, call, sap_event(&fix, call, CTI_SAP_NOTIFY));
	post.event = cti_store_last_event(fix.store);
	cti_loop_advance(fix.loop, 10);
	store_step(&fix, call, "sent", "PJSIP/1");
	cti_loop_advance(fix.loop, 10);
	post.claimed_ms = cti_loop_wall_ms(fix.loop);
	store_post(&fix, &post);
	cti_loop_advance(fix.loop, 10);
	post.claimed_ms = 0;
	post.acked_ms = cti_loop_wall_ms(fix.loop);
	store_post(&fix, &post);
	cti_loop_advance(fix.loop, 10);
	fix_change(&fix, call,
		   fix_event(&fix, call, CTI_EVENT_ENDED, CTI_CALL_ENDED));
	assert_steps(&fix, call); /* the last one is known in memory only */
	fix_reopen(&fix);
	assert_steps(&fix, call);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	assert_steps(&fix, call);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

Suite *steps_suite(void)
{
	Suite *suite = suite_create("steps");
	TCase *tcase = tcase_create("steps");

	tcase_add_test(tcase, unacked_payloads_come_with_their_claim);
	tcase_add_test(tcase, post_of_an_event_tells_claim_and_ack);
	tcase_add_test(tcase, claimed_means_notify_or_accept);
	tcase_add_test(tcase, steps_come_by_time_from_all_tables);
	suite_add_tcase(suite, tcase);
	return suite;
}
