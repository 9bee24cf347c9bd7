/* SPDX-License-Identifier: Apache-2.0 */
/* loop/suite.h - what the tests of the loop share */
#ifndef UNIT_LOOP_SUITE_H
#define UNIT_LOOP_SUITE_H

#include <check.h>
#include <stdbool.h>

#include "cti/loop.h"

Suite *suite_loop(void);
Suite *suite_task(void);
Suite *suite_timer(void);
Suite *suite_poll(void);
Suite *suite_signal(void);
Suite *suite_tcp(void);

/** A new loop; the test ends if there is none. */
struct cti_loop *loop_make(enum cti_clock clock);
/** Turns the loop until *flag is set; the test ends if it never is. */
void loop_until(struct cti_loop *loop, const bool *flag);

/** Callbacks: *arg is a bool to set, an int to count up. */
void set_flag(void *arg);
void count_up(void *arg);

#endif /* UNIT_LOOP_SUITE_H */
