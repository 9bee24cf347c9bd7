/* SPDX-License-Identifier: Apache-2.0 */
/* store/fixture.h - a store in a folder of its own, and rows to put in it */
#ifndef UNIT_STORE_FIXTURE_H
#define UNIT_STORE_FIXTURE_H

#include <check.h>

#include "store/store_priv.h"

enum {
	DIR_SIZE = 64,
	PATH_SIZE = 128,
	LOG_MAX = 64,
};

struct fix {
	struct cti_loop *loop; /* fake clock */
	struct cti_store *store;
	struct cti_store_conf conf;
	char dir[DIR_SIZE];
	char path[PATH_SIZE];
};

/** What callbacks were told, one letter and result each. */
struct told {
	size_t count;
	struct {
		char name;
		int err;
	} log[LOG_MAX];
};
struct told_arg {
	struct told *told;
	char name;
};
/** A cti_store_fn; arg is a struct told_arg. */
void fix_tell(void *arg, int err);

void fix_init(struct fix *fix);
void fix_init_keeping(struct fix *fix, int64_t keep_days);
void fix_close(struct fix *fix);
void fix_open(struct fix *fix);
void fix_reopen(struct fix *fix);
/** Closes, removes the folder. */
void fix_fini(struct fix *fix);
/** Turns until every unit is committed or refused and told. */
void fix_wait(struct fix *fix);
/** Whole turns while the worker works, without waiting for failed units. */
void fix_settle(struct fix *fix);
/** Copies db and -wal as they are now, as a kill would leave them. */
void fix_copy(const struct fix *fix, char to[PATH_SIZE]);
/** How many files of the folder have this text in their name. */
int fix_files(const struct fix *fix, const char *part);

/** A call with its row and id, not stored; inbound, ringing. */
struct cti_call *fix_call(struct fix *fix);
struct cti_event *fix_event(struct fix *fix, const struct cti_call *call,
			    enum cti_event_type type,
			    enum cti_call_state state);
struct cti_unit *fix_unit(bool intent);
/** Submits one unit with call (or NULL) and ev (or NULL). */
void fix_submit(struct fix *fix, const struct cti_call *call,
		const struct cti_event *ev);
/** The same, applies ev to call, frees ev and waits. */
void fix_store(struct fix *fix, const struct cti_call *call);
void fix_change(struct fix *fix, struct cti_call *call, struct cti_event *ev);
/** A call that was stored and has ended; returns its row. */
int64_t fix_ended(struct fix *fix);

/** Every field in one text, to compare; the caller frees it. */
char *fix_call_text(const struct cti_call *call);
void fix_assert_same(const struct cti_call *a, const struct cti_call *b);

Suite *commit_suite(void);
Suite *delta_suite(void);
Suite *failure_suite(void);
Suite *fold_suite(void);
Suite *list_suite(void);
Suite *open_suite(void);
Suite *paired_suite(void);
Suite *purge_suite(void);
Suite *steps_suite(void);
Suite *tally_suite(void);
Suite *trouble_suite(void);

#endif /* UNIT_STORE_FIXTURE_H */
