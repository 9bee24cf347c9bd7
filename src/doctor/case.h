/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/case.h - one call: why has its activity no External ID? */
#ifndef DOCTOR_CASE_H
#define DOCTOR_CASE_H

#include "cti/call.h"
#include "cti/err.h"
#include "cti/event.h"
#include "doctor/doctor.h"

enum {
	CTI_POSTS_MAX = 64, /* payloads of one call that are looked at */
	CTI_JUST_NOW_MS = 5000,
};

/** One payload for SAP and what became of it; times are Unix ms, 0 = not. */
struct cti_post_facts {
	int64_t event;
	enum cti_sap_post what;
	int64_t published_ms, claimed_ms, acked_ms;
	char tab[65];	 /* who claimed or posted it last */
	unsigned posted; /* how many tabs said so */
	bool due;	 /* somebody may still post it */
	char rule[40];	 /* of its first finding; "" = none */
	char finding[200];
};

/** By what the call was asked for. */
enum cti_asked {
	CTI_ASKED_CALL,
	CTI_ASKED_ACTIVITY,
	CTI_ASKED_NUMBER,
};

struct cti_case_facts {
	enum cti_asked asked;
	const char *text;	     /* what was asked for */
	const struct cti_call *call; /* NULL: none is known */
	bool refused;		     /* a dial that was refused is known */
	struct cti_err refusal;
	int64_t refused_ms;
	struct cti_post_facts post[CTI_POSTS_MAX]; /* in order */
	size_t nposts;
	bool memory_only; /* an event could not be stored */
	/* the settings, and who is there */
	bool missed_silent;
	const char *communication_system;
	int64_t now_ms, started_ms, page_seen_ms;
	size_t streams; /* widgets, consoles, programs that are told of it */
};

/** Where the gap is; the words of the API. */
enum cti_case {
	CTI_CASE_REFUSED,
	CTI_CASE_UNKNOWN_CALL,
	CTI_CASE_UNKNOWN_ACTIVITY,
	CTI_CASE_UNKNOWN_NUMBER,
	CTI_CASE_OUTBOUND,
	CTI_CASE_PHONE_DIALED,
	CTI_CASE_INTERNAL,
	CTI_CASE_MISSED_SILENT,
	CTI_CASE_NOTHING_MADE,
	CTI_CASE_WAITING,
	CTI_CASE_NO_PAGE_EVER,
	CTI_CASE_NO_PAGE_NOW,
	CTI_CASE_NOT_CLAIMED,
	CTI_CASE_POSTING,
	CTI_CASE_NOT_POSTED,
	CTI_CASE_MISSED,
	CTI_CASE_TAKEN,
	CTI_CASE_MAX
};

/** Which it is: pure, the first row of a table that fits. */
enum cti_case cti_case_find(const struct cti_case_facts *facts);
/** "outbound", "not_claimed" … */
const char *cti_case_word(enum cti_case which);
/** The verdict first, then what else there is to say about the call. */
void cti_case_judge(struct cti_checks *checks,
		    const struct cti_case_facts *facts);

#endif /* DOCTOR_CASE_H */
