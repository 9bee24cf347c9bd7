/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fixture.h - one driver on a loop with a fake clock, and its host */
#ifndef UNIT_DRIVERS_FIXTURE_H
#define UNIT_DRIVERS_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/conf.h"
#include "cti/driver.h"
#include "cti/loop.h"

enum {
	FIXTURE_EVENTS = 64,
	FIXTURE_TEXT = 128,
};

/** A copy of an event; "" stands for NULL. */
struct seen {
	char call_id[FIXTURE_TEXT], leg[FIXTURE_TEXT];
	char detail[FIXTURE_TEXT], device[FIXTURE_TEXT];
	char number[FIXTURE_TEXT], name[FIXTURE_TEXT], dnis[FIXTURE_TEXT];
	char first_id[FIXTURE_TEXT], first_ref[FIXTURE_TEXT];
	char attached[FIXTURE_TEXT]; /* "NAME=value NAME=value" */
	enum cti_call_state state;
	enum cti_call_kind kind;
	enum cti_cause cause;
	bool inbound, withheld;
};

struct fixture {
	struct cti_loop *loop;
	struct cti_conf *conf;
	const struct cti_driver_ops *ops;
	struct cti_driver *drv;
	struct seen event[FIXTURE_EVENTS];
	size_t nevents; /* of all calls, also beyond FIXTURE_EVENTS */
	enum cti_link link;
	char why[4 * FIXTURE_TEXT];
	size_t ndown, nsynced, nprobes;
	size_t nfake; /* what a fake switch did */
	bool probe_ok;
	bool inside; /* a call of the driver runs: nothing may be reported */
};

/** The one fixture of the running test. */
extern struct fixture fix;

/** Makes the driver with these keys ("simulator.ring_ms", "100", …, NULL)
 * and starts it. */
void fixture_start(const struct cti_driver_ops *ops, const char *const *keys);
/** The same with the text of a configuration file. */
void fixture_start_conf(const struct cti_driver_ops *ops, const char *text);
/** A file with that text, removed by fixture_teardown(); its path. */
const char *fixture_file(const char *text);
void fixture_setup(void);
void fixture_teardown(void);

/** Turns of the loop until nothing happens any more; no time passes. */
void fixture_turn(void);
/** Waits for what a worker thread takes part in: connecting. */
#define fixture_wait(condition)                                                \
	do {                                                                   \
		for (int tries = 0; tries < 3000 && !(condition); tries++)     \
			cti_loop_turn(fix.loop, 1);                            \
		ck_assert(condition);                                          \
		fixture_turn();                                                \
	} while (0)
void fixture_advance(int64_t ms);

int dial(const char *call_id, const char *number, uint32_t timeout_ms);
/** hangup, answer, reject: op of the driver on a call, by id or leg. */
typedef int ref_fn(struct cti_driver *drv, const struct cti_call_ref *ref);
int act(ref_fn *op, const char *call_id, const char *leg);
int hold(const char *call_id, bool on);

/** "dialing ringing ended/busy": the states of a call, by id or leg. */
const char *story(const char *call_id_or_leg);
/** The last event; there must be one. */
const struct seen *last(void);

#endif /* UNIT_DRIVERS_FIXTURE_H */
