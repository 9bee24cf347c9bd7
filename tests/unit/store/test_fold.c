/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_fold.c - a call that is read is the call that was in memory */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum {
	CALLS = 30,
	EVENTS = 20,
	TOTAL = CALLS * EVENTS,
};

/* Numbers that look random and are the same each time. */
struct dice {
	uint32_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * 1664525U + 1013904223U;
	return (dice->state >> 8) % sides;
}

static void roll_text(struct dice *dice, char text[16])
{
	static const char *const odd[] = {"", "Ä€\xf0\x9f\x93\x9e", "'\"\\"};

	if (roll(dice, 4) == 0)
		(void)snprintf(text, 16, "%s", odd[roll(dice, 3)]);
	else
		(void)snprintf(text, 16, "t%u", roll(dice, 100000));
}

static void roll_facts(struct dice *dice, struct cti_event *ev)
{
	for (uint32_t n = roll(dice, 4); n; n--) {
		enum cti_fact fact = (enum cti_fact)roll(dice, CTI_FACT_MAX);
		char text[16];

		roll_text(dice, text);
		ck_assert_int_eq(
			cti_event_change(ev, fact, roll(dice, 4) ? text : NULL),
			0);
	}
}

static void roll_event(struct dice *dice, struct cti_event *ev)
{
	ev->kind = (enum cti_call_kind)roll(dice, CTI_KIND_MAX);
	ev->cause = (enum cti_cause)roll(dice, CTI_CAUSE_MAX);
	ev->muted = roll(dice, 2);
	ev->withheld = roll(dice, 2);
	ev->transferred = roll(dice, 2);
	if (roll(dice, 3) == 0)
		ev->stored_ms = ev->at_ms - (int64_t)roll(dice, 100);
	if (roll(dice, 3) == 0)
		ev->sent_ms = ev->at_ms + (int64_t)roll(dice, 100);
	if (roll(dice, 3) == 0)
		ev->duration_ms = (int64_t)roll(dice, 1000000);
	if (roll(dice, 5) == 0)
		cti_id_random(ev->original_id);
	else if (roll(dice, 5) == 0)
		(void)snprintf(ev->original_id, sizeof(ev->original_id),
			       "Leg%u", roll(dice, 1000));
	roll_facts(dice, ev);
}

static void roll_call(struct dice *dice, struct cti_call *call)
{
	call->direction = (enum cti_direction)roll(dice, 2);
	call->kind = (enum cti_call_kind)roll(dice, CTI_KIND_MAX);
	call->muted = roll(dice, 2);
	call->withheld = roll(dice, 2);
	call->stored_ms = (int64_t)roll(dice, 2) * call->created_ms;
	if (roll(dice, 2))
		cti_id_random(call->original_id);
	if (roll(dice, 4) == 0)
		(void)snprintf(call->id, sizeof(call->id), "Taken%lld",
			       (long long)call->row);
	for (size_t i = 0; i < CTI_FACT_MAX; i++) {
		char text[16];

		roll_text(dice, text);
		if (roll(dice, 2))
			ck_assert_int_eq(
				cti_call_set(call, (enum cti_fact)i, text), 0);
	}
}

/* What memory holds: the calls, and each call's text after each event. */
struct world {
	struct fix fix;
	struct dice dice;
	struct cti_call *call[CALLS];
	struct {
		int64_t event;
		char *text;
	} after[TOTAL];
	size_t count;
};

static void world_event(struct world *w)
{
	struct cti_call *call = w->call[roll(&w->dice, CALLS)];
	struct cti_event *ev = fix_event(
		&w->fix, call,
		(enum cti_event_type)roll(&w->dice, CTI_EVENT_REFUSED),
		(enum cti_call_state)roll(&w->dice, CTI_CALL_STATE_MAX));

	roll_event(&w->dice, ev);
	fix_submit(&w->fix, NULL, ev);
	ck_assert_int_eq(cti_event_apply(call, ev), 0);
	w->after[w->count].event = ev->id;
	w->after[w->count].text = fix_call_text(call);
	w->count++;
	cti_event_destroy(ev);
}

static void world_init(struct world *w)
{
	*w = (struct world){.dice = {.state = 7}};
	fix_init(&w->fix);
	for (size_t i = 0; i < CALLS; i++) {
		w->call[i] = fix_call(&w->fix);
		roll_call(&w->dice, w->call[i]);
		fix_submit(&w->fix, w->call[i], NULL);
	}
	while (w->count < TOTAL) {
		world_event(w);
		if (roll(&w->dice, 8) == 0)
			cti_loop_turn(w->fix.loop, 0);
		if (roll(&w->dice, 3) == 0)
			cti_loop_advance(w->fix.loop, roll(&w->dice, 5000));
	}
	fix_wait(&w->fix);
}

static void world_fini(struct world *w)
{
	for (size_t i = 0; i < CALLS; i++)
		cti_call_destroy(w->call[i]);
	for (size_t i = 0; i < w->count; i++)
		free(w->after[i].text);
	fix_fini(&w->fix);
}

static void assert_all_same(struct world *w)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct cti_call *call = NULL;

		ck_assert_int_eq(
			cti_store_load(w->fix.store, &call, w->call[i]->id), 0);
		fix_assert_same(call, w->call[i]);
		cti_call_destroy(call);
		call = NULL;
		ck_assert_int_eq(cti_store_load_row(w->fix.store, &call,
						    w->call[i]->row),
				 0);
		fix_assert_same(call, w->call[i]);
		cti_call_destroy(call);
	}
}

START_TEST(loaded_calls_are_those_of_memory)
{
	struct world w;

	world_init(&w);
	assert_all_same(&w);
	world_fini(&w);
}
END_TEST

START_TEST(reopened_calls_are_those_of_memory)
{
	struct world w;

	world_init(&w);
	fix_reopen(&w.fix);
	assert_all_same(&w);
	world_fini(&w);
}
END_TEST

struct walk {
	struct world *w;
	size_t next;
};

static int walk_event(void *arg, const struct cti_event *ev,
		      const struct cti_call *call)
{
	struct walk *walk = arg;
	char *text = fix_call_text(call);

	ck_assert_int_eq(ev->id, walk->w->after[walk->next].event);
	ck_assert_str_eq(text, walk->w->after[walk->next].text);
	walk->next++;
	free(text);
	return 0;
}

START_TEST(each_event_comes_with_its_call_as_it_was_then)
{
	struct world w;
	struct walk walk = {.w = &w};
	struct cti_store_range range = {.upto = INT64_MAX, .limit = TOTAL};

	world_init(&w);
	ck_assert_int_eq(
		cti_store_events(w.fix.store, &range, walk_event, &walk), 0);
	ck_assert_uint_eq(walk.next, TOTAL);
	/* and from the middle, in pieces */
	walk.next = TOTAL / 2;
	range.limit = 7;
	while (walk.next < TOTAL) {
		range.after = w.after[walk.next - 1].event;
		ck_assert_int_eq(cti_store_events(w.fix.store, &range,
						  walk_event, &walk),
				 0);
	}
	world_fini(&w);
}
END_TEST

START_TEST(call_that_is_not_there_is_enoent)
{
	struct fix fix;
	struct cti_call *call = NULL;

	fix_init(&fix);
	ck_assert_int_eq(cti_store_load(fix.store, &call, "nobody"), -ENOENT);
	ck_assert_int_eq(cti_store_load(fix.store, &call,
					"4F0C0000000000000000000000000000"),
			 -ENOENT);
	ck_assert_int_eq(cti_store_load_row(fix.store, &call, 1), -ENOENT);
	ck_assert_ptr_null(call);
	fix_fini(&fix);
}
END_TEST

Suite *fold_suite(void)
{
	Suite *suite = suite_create("fold");
	TCase *tcase = tcase_create("fold");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, loaded_calls_are_those_of_memory);
	tcase_add_test(tcase, reopened_calls_are_those_of_memory);
	tcase_add_test(tcase, each_event_comes_with_its_call_as_it_was_then);
	tcase_add_test(tcase, call_that_is_not_there_is_enoent);
	suite_add_tcase(suite, tcase);
	return suite;
}
