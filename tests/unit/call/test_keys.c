/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_keys.c - one click, one call */
#include <errno.h>
#include <string.h>

#include "store/store_priv.h"
#include "suites.h"

#define OTHER "00163EA718FC1EEABDD5608C895BDC72"

enum { DAY_MS = 24 * 3600 * 1000 };

static const struct click click = {.number = BERLIN, .activity = ACTIVITY};

static int click_of(const char *number, const char *activity)
{
	return core_click(
		&(struct click){.number = number, .activity = activity});
}

static int click_with(const char *key, const char *body)
{
	return core_click(&(struct click){
		.number = BERLIN, .user = "ANN", .key = key, .body = body});
}

/* The last click was answered with this call, and nothing was dialed. */
static void answered_with(const char *id, unsigned originated)
{
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert(!core_told()->created);
	ck_assert_str_eq(core_told()->call, id);
	ck_assert_uint_eq(core.drv.originated, originated);
}

START_TEST(the_same_activity_and_number_is_the_same_call)
{
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(id, core_told()->call, sizeof(id));
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(id, 1);
	core_over(id, CTI_CAUSE_NORMAL);
	core_advance(DAY_MS - 1000);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(id, 1);
	ck_assert_uint_eq(core.nseen, 2);
}
END_TEST

START_TEST(a_key_dies_after_a_day)
{
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_advance(DAY_MS + 1000);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert(core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 2);
}
END_TEST

START_TEST(another_number_of_the_same_activity_is_another_call)
{
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_int_eq(click_of(MUNICH, ACTIVITY), 0);
	ck_assert_uint_eq(core.drv.originated, 2);
	ck_assert_int_eq(click_of("+49 (30) 6912345", ACTIVITY), 0);
	ck_assert_uint_eq(core.drv.originated, 2);
}
END_TEST

START_TEST(without_activity_there_is_no_key)
{
	core_start(DE MANY);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_uint_eq(core.drv.originated, 2);
}
END_TEST

START_TEST(a_key_outlives_a_restart)
{
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_over(id, CTI_CAUSE_NORMAL);
	core_stop();
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(id, 0);
}
END_TEST

START_TEST(a_dial_that_failed_binds_no_key)
{
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	core.drv.answer = -EIO;
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
	memcpy(id, core_told()->call, sizeof(id));
	core.drv.answer = 0;
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert(core_told()->created);
	ck_assert_str_ne(core_told()->call, id);
}
END_TEST

START_TEST(a_dial_that_failed_binds_no_key_after_a_restart_either)
{
	core_start(DE MANY);
	core.drv.answer = -EIO;
	ck_assert_int_eq(core_click(&(struct click){.number = BERLIN,
						    .activity = ACTIVITY,
						    .user = "ANN",
						    .key = "k"}),
			 0);
	core_stop();
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert(core_told()->created);
	ck_assert_int_eq(click_with("k", "other"), 0);
	ck_assert(core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 2);
}
END_TEST

START_TEST(a_refused_click_binds_no_key)
{
	core_start_down(DE);
	core_refused(core_click(&click), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	core_up();
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert(core_told()->created);
}
END_TEST

START_TEST(an_idempotency_key_answers_the_same_body_only)
{
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(click_with("k", "body"), 0);
	memcpy(id, core_told()->call, sizeof(id));
	ck_assert_int_eq(click_with("k", "body"), 0);
	answered_with(id, 1);
	core_refused(click_with("k", "other"), EEXIST, CTI_ERR_KEY_REUSED);
	ck_assert_int_eq(click_with("l", "body"), 0);
	ck_assert(core_told()->created);
	core_stop();
	core_start(DE MANY);
	ck_assert_int_eq(click_with("k", "body"), 0);
	answered_with(id, 0);
	core_refused(click_with("k", "other"), EEXIST, CTI_ERR_KEY_REUSED);
}
END_TEST

START_TEST(an_idempotency_key_is_its_agent_s_own)
{
	core_start(DE MANY TWO);
	ck_assert_int_eq(click_with("k", "body"), 0);
	ck_assert_int_eq(core_click(&(struct click){.number = BERLIN,
						    .user = "BOB",
						    .key = "k",
						    .body = "other"}),
			 0);
	ck_assert(core_told()->created);
}
END_TEST

START_TEST(an_endless_idempotency_key_is_a_bad_request)
{
	char key[300];

	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	core_start(DE);
	core_refused(click_with(key, "body"), EINVAL, CTI_ERR_BAD_REQUEST);
	ck_assert_uint_eq(core.drv.originated, 0);
}
END_TEST

START_TEST(clicks_on_a_number_merge_for_three_seconds)
{
	char id[CTI_ID_SIZE];

	core_start(DE "dial { concurrent = 0 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_advance(2999);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(id, 1);
	core_advance(1);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert(core_told()->created);
	/* the activity of the merged click found the first call */
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(id, 2);
}
END_TEST

START_TEST(only_a_running_call_of_the_same_agent_and_number_merges)
{
	core_start(DE TWO "dial { concurrent = 0 }\n");
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "ANN"}),
		0);
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "BOB"}),
		0);
	ck_assert_int_eq(
		core_click(&(struct click){.number = MUNICH, .user = "BOB"}),
		0);
	ck_assert_uint_eq(core.drv.originated, 3);
	core_over(core.drv.call_id, CTI_CAUSE_BUSY);
	ck_assert_int_eq(
		core_click(&(struct click){.number = MUNICH, .user = "BOB"}),
		0);
	ck_assert_uint_eq(core.drv.originated, 4);
}
END_TEST

START_TEST(a_double_click_before_the_commit_is_one_call)
{
	core_start(DE);
	ck_assert_int_eq(core_click_only(&click), 0);
	ck_assert_int_eq(core_click_only(&click), 0);
	ck_assert_int_eq(core_click(&(struct click){.number = BERLIN}), 0);
	ck_assert_uint_eq(core.drv.originated, 1);
	ck_assert_uint_eq(core.ntold, 3);
	ck_assert(core.told[0].created);
	ck_assert(!core.told[1].created);
	ck_assert(!core.told[2].created);
	ck_assert_str_eq(core.told[1].call, core.told[0].call);
	ck_assert_str_eq(core.told[2].call, core.told[0].call);
}
END_TEST

START_TEST(a_double_click_learns_of_a_failed_dial_twice)
{
	core_start(DE);
	core.drv.answer = -EIO;
	ck_assert_int_eq(core_click_only(&click), 0);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_uint_eq(core.ntold, 2);
	ck_assert_int_eq(core.told[0].code, CTI_ERR_DIAL_FAILED);
	ck_assert_int_eq(core.told[1].code, CTI_ERR_DIAL_FAILED);
}
END_TEST

START_TEST(a_repeated_click_finds_the_newest_redial)
{
	char first[CTI_ID_SIZE], second[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(first, core_told()->call, sizeof(first));
	core_over(first, CTI_CAUSE_BUSY);
	ck_assert_int_eq(core_redial(first), 0);
	memcpy(second, core_told()->call, sizeof(second));
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(second, 2);
	core_over(second, CTI_CAUSE_BUSY);
	core_stop();
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(second, 0);
}
END_TEST

START_TEST(a_redial_that_failed_leaves_the_key_with_the_original)
{
	char first[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(first, core_told()->call, sizeof(first));
	core_over(first, CTI_CAUSE_BUSY);
	core.drv.answer = -EIO;
	ck_assert_int_eq(core_redial(first), 0);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(first, 2);
	core_stop();
	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	answered_with(first, 0);
}
END_TEST

START_TEST(a_header_of_a_known_click_is_bound_to_its_call)
{
	char id[CTI_ID_SIZE];
	struct click again = click;

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(id, core_told()->call, sizeof(id));
	again.key = "k";
	again.body = "body";
	ck_assert_int_eq(core_click(&again), 0);
	answered_with(id, 1);
	again.activity = NULL;
	ck_assert_int_eq(core_click(&again), 0);
	answered_with(id, 1);
	again.body = "other";
	core_refused(core_click(&again), EEXIST, CTI_ERR_KEY_REUSED);
}
END_TEST

/* Two clicks before the commit, each with its own ActivityUUID. */
static void click_twice(const struct click *first)
{
	struct click second = *first;

	second.activity = OTHER;
	ck_assert_int_eq(core_click_only(first), 0);
	ck_assert_int_eq(core_click(&second), 0);
	ck_assert_uint_eq(core.ntold, 2);
}

START_TEST(a_click_merged_into_a_failed_dial_binds_no_key)
{
	core_start(DE);
	core.drv.answer = -EIO;
	click_twice(&click);
	ck_assert_int_eq(core_told()->code, CTI_ERR_DIAL_FAILED);
	core.drv.answer = 0;
	ck_assert_int_eq(click_of(BERLIN, OTHER), 0);
	ck_assert(core_told()->created);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_stop();
	core_start(DE);
	ck_assert_int_eq(click_of(BERLIN, OTHER), 0);
	ck_assert(!core_told()->created);
	ck_assert_int_eq(click_of(BERLIN, ACTIVITY), 0);
	ck_assert(core_told()->created);
}
END_TEST

START_TEST(a_click_merged_into_a_dial_not_stored_binds_no_key)
{
	static char crm[16000];
	struct click first = click;

	memset(crm, 'x', sizeof(crm) - 1);
	first.crm = crm;
	core_start(DE);
	store_set_page_limit(core.store, 1);
	click_twice(&first);
	ck_assert_int_eq(core_told()->code, CTI_ERR_STORE_FULL);
	core_empty_store();
	ck_assert_int_eq(click_of(BERLIN, OTHER), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert(core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

Suite *suite_keys(void)
{
	const TTest *const tests[] = {
		the_same_activity_and_number_is_the_same_call,
		a_key_dies_after_a_day,
		another_number_of_the_same_activity_is_another_call,
		without_activity_there_is_no_key,
		a_key_outlives_a_restart,
		a_dial_that_failed_binds_no_key,
		a_dial_that_failed_binds_no_key_after_a_restart_either,
		a_refused_click_binds_no_key,
		an_idempotency_key_answers_the_same_body_only,
		an_idempotency_key_is_its_agent_s_own,
		an_endless_idempotency_key_is_a_bad_request,
		clicks_on_a_number_merge_for_three_seconds,
		only_a_running_call_of_the_same_agent_and_number_merges,
		a_double_click_before_the_commit_is_one_call,
		a_double_click_learns_of_a_failed_dial_twice,
		a_repeated_click_finds_the_newest_redial,
		a_redial_that_failed_leaves_the_key_with_the_original,
		a_header_of_a_known_click_is_bound_to_its_call,
		a_click_merged_into_a_failed_dial_binds_no_key,
		a_click_merged_into_a_dial_not_stored_binds_no_key,
		NULL,
	};

	return suite_of("keys", tests);
}
