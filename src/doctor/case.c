/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/case.c - KBA 3481409's question for one call, answered by a table */
#include "doctor/case.h"

#include <string.h>

#include "doctor/posts.h"

/* --- conditions --- */

typedef bool case_is_fn(const struct cti_case_facts *f,
			const struct cti_post_facts *post);

/* post: of what opens the activity, see posts_opening(); NULL: none made. */

static bool is_refused(const struct cti_case_facts *f,
		       const struct cti_post_facts *post)
{
	(void)post; /* nothing was dialed */
	return !f->call && f->refused;
}

static bool is_unknown_call(const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	(void)post; /* likewise */
	return !f->call && f->asked == CTI_ASKED_CALL;
}

static bool is_unknown_activity(const struct cti_case_facts *f,
				const struct cti_post_facts *post)
{
	(void)post; /* likewise */
	return !f->call && f->asked == CTI_ASKED_ACTIVITY;
}

static bool is_unknown(const struct cti_case_facts *f,
		       const struct cti_post_facts *post)
{
	(void)post; /* likewise */
	return !f->call;
}

static bool is_phone_dialed(const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	(void)post; /* SAP made no activity */
	return f->call->direction == CTI_OUTBOUND &&
	       !f->call->fact[CTI_FACT_CRM] &&
	       !f->call->fact[CTI_FACT_ACTIVITY_UUID];
}

static bool is_outbound(const struct cti_case_facts *f,
			const struct cti_post_facts *post)
{
	(void)post; /* it carries no External ID in any case */
	return f->call->direction == CTI_OUTBOUND;
}

static bool is_internal(const struct cti_case_facts *f,
			const struct cti_post_facts *post)
{
	return !post && f->call->kind != CTI_KIND_CUSTOMER;
}

static bool is_missed_silent(const struct cti_case_facts *f,
			     const struct cti_post_facts *post)
{
	return !post && f->missed_silent && !f->call->answered_ms;
}

static bool is_nothing_made(const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	(void)f; /* whatever it was */
	return !post;
}

static bool is_waiting(const struct cti_case_facts *f,
		       const struct cti_post_facts *post)
{
	return post->due && !post->claimed_ms && !post->acked_ms &&
	       f->now_ms - post->published_ms < CTI_JUST_NOW_MS;
}

static bool is_no_page_ever(const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	return !post->claimed_ms && !post->acked_ms && !f->page_seen_ms &&
	       !f->streams;
}

static bool is_no_page_now(const struct cti_case_facts *f,
			   const struct cti_post_facts *post)
{
	return !post->claimed_ms && !post->acked_ms && !f->streams;
}

static bool is_not_claimed(const struct cti_case_facts *f,
			   const struct cti_post_facts *post)
{
	(void)f; /* pages are there */
	return !post->claimed_ms && !post->acked_ms;
}

static bool is_posting(const struct cti_case_facts *f,
		       const struct cti_post_facts *post)
{
	return !post->acked_ms &&
	       f->now_ms - post->claimed_ms < CTI_JUST_NOW_MS;
}

static bool is_not_posted(const struct cti_case_facts *f,
			  const struct cti_post_facts *post)
{
	(void)f; /* its time is up */
	return !post->acked_ms;
}

static bool is_missed(const struct cti_case_facts *f,
		      const struct cti_post_facts *post)
{
	(void)post; /* SAP has it */
	return !f->call->answered_ms && !cti_call_running(f->call);
}

static bool is_taken(const struct cti_case_facts *f,
		     const struct cti_post_facts *post)
{
	(void)f; /* nothing else is left */
	return post != NULL;
}

/* The path of the KBA: the first row that fits is the answer. */
static const struct {
	enum cti_case which;
	const char *word;
	case_is_fn *is;
} cases[CTI_CASE_MAX] = {
	{CTI_CASE_REFUSED, "refused", is_refused},
	{CTI_CASE_UNKNOWN_CALL, "unknown_call", is_unknown_call},
	{CTI_CASE_UNKNOWN_ACTIVITY, "unknown_activity", is_unknown_activity},
	{CTI_CASE_UNKNOWN_NUMBER, "unknown_number", is_unknown},
	{CTI_CASE_PHONE_DIALED, "phone_dialed", is_phone_dialed},
	{CTI_CASE_OUTBOUND, "outbound", is_outbound},
	{CTI_CASE_INTERNAL, "internal", is_internal},
	{CTI_CASE_MISSED_SILENT, "missed_silent", is_missed_silent},
	{CTI_CASE_NOTHING_MADE, "nothing_made", is_nothing_made},
	{CTI_CASE_WAITING, "waiting", is_waiting},
	{CTI_CASE_NO_PAGE_EVER, "no_page_ever", is_no_page_ever},
	{CTI_CASE_NO_PAGE_NOW, "no_page_now", is_no_page_now},
	{CTI_CASE_NOT_CLAIMED, "not_claimed", is_not_claimed},
	{CTI_CASE_POSTING, "posting", is_posting},
	{CTI_CASE_NOT_POSTED, "not_posted", is_not_posted},
	{CTI_CASE_MISSED, "missed", is_missed},
	{CTI_CASE_TAKEN, "taken", is_taken},
};

enum cti_case cti_case_find(const struct cti_case_facts *f)
{
	const struct cti_post_facts *post = posts_opening(f);
	size_t i = 0;

	while (i < CTI_CASE_MAX - 1 && !cases[i].is(f, post))
		i++;
	return cases[i].which;
}

const char *cti_case_word(enum cti_case which)
{
	size_t i = 0;

	while (i < CTI_CASE_MAX - 1 && cases[i].which != which)
		i++;
	return cases[i].word;
}
