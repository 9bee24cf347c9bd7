/* SPDX-License-Identifier: Apache-2.0 */
/* loop/suite.c - helpers of the loop's tests */
#include "suite.h"

enum {
	TURNS_MAX = 100,
	TURN_MS = 100,
};

struct cti_loop *loop_make(enum cti_clock clock)
{
	struct cti_loop *loop = NULL;

	ck_assert_int_eq(cti_loop_new(&loop, clock), 0);
	ck_assert_ptr_nonnull(loop);
	return loop;
}

void loop_until(struct cti_loop *loop, const bool *flag)
{
	for (int i = 0; i < TURNS_MAX && !*flag; i++)
		cti_loop_turn(loop, TURN_MS);
	ck_assert_msg(*flag, "it never happened");
}

void set_flag(void *arg)
{
	*(bool *)arg = true;
}

void count_up(void *arg)
{
	++*(int *)arg;
}
