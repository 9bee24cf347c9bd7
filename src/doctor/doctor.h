/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/doctor.h - verdicts in plain words, each with what to do next */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/json.h"

/** From good to bad: the worst comes first where people read. */
enum cti_verdict {
	CTI_VERDICT_OK,
	CTI_VERDICT_SKIPPED, /* could not be looked at, or does not apply */
	CTI_VERDICT_WARN,
	CTI_VERDICT_FAIL,
};

/** Who has to act. */
enum cti_side {
	CTI_SIDE_RELAY,
	CTI_SIDE_SWITCH,
	CTI_SIDE_BROWSER,
	CTI_SIDE_SAP,
	CTI_SIDE_NETWORK,
};

enum {
	CTI_CHECK_NAME = 32,
	CTI_CHECK_TEXT = 640,
	CTI_CHECKS_MAX = 48, /* later ones are left out */
};

struct cti_check {
	char name[CTI_CHECK_NAME]; /* stable: "switch", "policy" … */
	enum cti_side side;
	enum cti_verdict verdict;
	char sentence[CTI_CHECK_TEXT]; /* UTF-8, never "" */
	char fix[CTI_CHECK_TEXT];      /* the next step; "" = none */
};

/** What a doctor found; embedded, all zero is empty. */
struct cti_checks {
	struct cti_check item[CTI_CHECKS_MAX];
	size_t n;
};

/** The next check, to be filled by the two below; never NULL. */
struct cti_check *cti_checks_add(struct cti_checks *checks, const char *name);
/** Sets verdict, side and sentence. */
void cti_check_say(struct cti_check *check, enum cti_verdict verdict,
		   enum cti_side side, const char *fmt, ...) CTI_PRINTF(4, 5);
/** Sets what to do next. */
void cti_check_fix(struct cti_check *check, const char *fmt, ...)
	CTI_PRINTF(2, 3);

/** Nothing is failing and nothing wants a look. */
bool cti_checks_ok(const struct cti_checks *checks);
/** Worst first, else as they were. */
void cti_checks_sort(struct cti_checks *checks);
/** Writes the array of checks. */
void cti_checks_write(struct cti_jsonw *w, const struct cti_checks *checks);
/** The reverse, of an object with "checks"; what is no check is left out. */
void cti_checks_read(struct cti_checks *checks,
		     const struct cti_json_value *answer);

/** "ok", "skipped", "warn", "fail" */
const char *cti_verdict_word(enum cti_verdict verdict);
/** "relay", "switch", "browser", "sap", "network" */
const char *cti_side_word(enum cti_side side);

enum { CTI_WHEN_SIZE = 40 };
/** Unix ms as "2026-11-22 06:30:00 UTC"; 0 is "never". */
const char *cti_when(char out[CTI_WHEN_SIZE], int64_t wall_ms);
/** "12 s", "5 min", "3 h", "4 days"; below 0 is 0. */
const char *cti_span(char out[CTI_WHEN_SIZE], int64_t ms);

#endif /* DOCTOR_DOCTOR_H */
