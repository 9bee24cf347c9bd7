/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/posts.c - the verdict on one call in words, and what else matters */
#include "doctor/posts.h"

#include <string.h>

#include "cti/sap.h"

/* "NOTIFY", "ACCEPT" … */
static const char *post_word(enum cti_sap_post what)
{
	static const char *const words[] = {
		[CTI_SAP_NOTHING] = "nothing", [CTI_SAP_NOTIFY] = "NOTIFY",
		[CTI_SAP_ACCEPT] = "ACCEPT",   [CTI_SAP_END] = "END",
		[CTI_SAP_UPDATE] = "update",
	};

	return words[what];
}

/* The first of that kind; NULL: none. */
static const struct cti_post_facts *posts_find(const struct cti_case_facts *f,
					       enum cti_sap_post what)
{
	for (size_t i = 0; i < f->nposts; i++)
		if (f->post[i].what == what)
			return &f->post[i];
	return NULL;
}

const struct cti_post_facts *posts_opening(const struct cti_case_facts *f)
{
	const struct cti_post_facts *post = posts_find(f, CTI_SAP_ACCEPT);

	return post ? post : posts_find(f, CTI_SAP_NOTIFY);
}

/* --- the verdict --- */

typedef void case_say_fn(struct cti_check *c, const struct cti_case_facts *f,
			 const struct cti_post_facts *post);

static void say_refused(struct cti_check *c, const struct cti_case_facts *f,
			const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE];

	(void)post; /* nothing was dialed */
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
		      "The click was refused at %s: %s Nothing was dialed.",
		      cti_when(when, f->refused_ms), f->refusal.text);
	cti_check_fix(c, "%s", cti_problem_find(f->refusal.code)->fix);
}

static void say_unknown_call(struct cti_check *c,
			     const struct cti_case_facts *f,
			     const struct cti_post_facts *post)
{
	(void)post; /* nobody knows it */
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
		      "This relay has no call %s: another one made the id, or "
		      "it is older than store.keep_days.",
		      f->text);
	cti_check_fix(c, "Ask the relay of the agent who took the call; or "
			 "ask by --number.");
}

static void say_unknown_activity(struct cti_check *c,
				 const struct cti_case_facts *f,
				 const struct cti_post_facts *post)
{
	(void)post; /* likewise */
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
		      "No click of the activity %s reached this relay: the "
		      "widget was not open, or SAP's page is not allowed to "
		      "hand clicks to it.",
		      f->text);
	cti_check_fix(c,
		      "Open the widget in SAP and click once more; patchcord "
		      "doctor without a call looks at page and browser.");
}

static void say_unknown_number(struct cti_check *c,
			       const struct cti_case_facts *f,
			       const struct cti_post_facts *post)
{
	(void)post; /* likewise */
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_SWITCH,
		      "No call with %s is in the journal: the switch told of "
		      "none at an agent's device, and no widget asked for one.",
		      f->text);
	cti_check_fix(c, "See that the agent's device is configured as the "
			 "switch names it; patchcord explain NUMBER shows how "
			 "the number is written here.");
}

static void say_phone_dialed(struct cti_check *c,
			     const struct cti_case_facts *f,
			     const struct cti_post_facts *post)
{
	(void)f; /* whatever it was */
	(void)post;
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SAP,
		      "The agent dialed it on the phone, not by a click in "
		      "SAP: SAP made no activity and was told nothing, by "
		      "design.");
	cti_check_fix(c, "Click the number in SAP where an activity is "
			 "wanted.");
}

static void say_outbound(struct cti_check *c, const struct cti_case_facts *f,
			 const struct cti_post_facts *post)
{
	const char *activity = f->call->fact[CTI_FACT_ACTIVITY_UUID];

	(void)post; /* it carries no External ID in any case */
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SAP,
		      "Outbound: SAP made the activity itself when the agent "
		      "clicked, and leaves its External ID empty by design "
		      "(KBA 3481409). Its ActivityUUID is %s.",
		      activity ? activity : "not in the click");
	cti_check_fix(c, "Nothing has to be mended; find the call by its "
			 "ActivityUUID.");
}

static void say_internal(struct cti_check *c, const struct cti_case_facts *f,
			 const struct cti_post_facts *post)
{
	(void)post; /* none */
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "It was an %s call, which is shown to the agent and not "
		      "told to SAP, by design.",
		      f->call->kind == CTI_KIND_CONSULT ? "agent's consult"
							: "internal");
	cti_check_fix(c, "If it was a customer's: see how the switch tells "
			 "outside from inside (dial.extension_digits, the "
			 "driver's page).");
}

static void say_missed_silent(struct cti_check *c,
			      const struct cti_case_facts *f,
			      const struct cti_post_facts *post)
{
	(void)f; /* whatever it was */
	(void)post;
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "Nobody answered it and sap.missed is silent, so nothing "
		      "was published.");
	cti_check_fix(c, "Set sap.missed = end where SAP is to hear of missed "
			 "calls.");
}

static void say_nothing_made(struct cti_check *c,
			     const struct cti_case_facts *f,
			     const struct cti_post_facts *post)
{
	(void)post; /* none */
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_SWITCH,
		      "No payload was made: the switch reported neither its "
		      "ring nor its answer at the agent's device (it is %s).",
		      cti_state_word(f->call->state));
	cti_check_fix(c, "Look at its timeline: patchcord call timeline %s.",
		      f->call->id);
}

static void say_waiting(struct cti_check *c, const struct cti_case_facts *f,
			const struct cti_post_facts *post)
{
	char span[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_BROWSER,
		      "Its %s was published %s ago and is still to be "
		      "posted.",
		      post_word(post->what),
		      cti_span(span, f->now_ms - post->published_ms));
	cti_check_fix(c, "Ask again in a few seconds.");
}

/* "The id … was made, and ACCEPT published at …": how all of these begin. */
#define PUBLISHED "The External ID %s was made and its %s published at %s, "

static void say_no_page_ever(struct cti_check *c,
			     const struct cti_case_facts *f,
			     const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE], start[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
		      PUBLISHED
		      "but no page took it: SAP has not loaded the widget "
		      "since the relay started (%s).",
		      f->call->id, post_word(post->what),
		      cti_when(when, post->published_ms),
		      cti_when(start, f->started_ms));
	cti_check_fix(c, "Check the provider URL in SAP and the browser's "
			 "permission or policy (/docs/browser-policy), then "
			 "open SAP's page.");
}

static void say_no_page_now(struct cti_check *c, const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE], seen[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
		      PUBLISHED
		      "but no page took it: none is open; SAP loaded the "
		      "widget last at %s.",
		      f->call->id, post_word(post->what),
		      cti_when(when, post->published_ms),
		      cti_when(seen, f->page_seen_ms));
	cti_check_fix(c, "%s",
		      post->due ? "Open SAP's page: the widget posts it then."
				: "Keep SAP's page open while calls come; it "
				  "is too late for this one.");
}

static void say_not_claimed(struct cti_check *c, const struct cti_case_facts *f,
			    const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
		      PUBLISHED
		      "but none of the %zu pages and programs that listen "
		      "took it.",
		      f->call->id, post_word(post->what),
		      cti_when(when, post->published_ms), f->streams);
	cti_check_fix(c, "Reload SAP's page; see that the widget in it shows "
			 "calls and is of this agent (its address ends in "
			 "/?agent=ID where several are listed).");
}

static void say_posting(struct cti_check *c, const struct cti_case_facts *f,
			const struct cti_post_facts *post)
{
	char span[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_BROWSER,
		      "Tab %.8s claimed its %s %s ago and is posting it.",
		      post->tab, post_word(post->what),
		      cti_span(span, f->now_ms - post->claimed_ms));
	cti_check_fix(c, "Ask again in a few seconds.");
}

static void say_not_posted(struct cti_check *c, const struct cti_case_facts *f,
			   const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE], claimed[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
		      PUBLISHED
		      "tab %.8s claimed it at %s and never said that it was "
		      "posted: the tab was closed, frozen or reloaded in that "
		      "moment.",
		      f->call->id, post_word(post->what),
		      cti_when(when, post->published_ms), post->tab,
		      cti_when(claimed, post->claimed_ms));
	cti_check_fix(c, "%s",
		      post->due
			      ? "Open SAP's page: another widget posts it "
				"then."
			      : "Reload SAP's page; if it comes again, look at "
				"the browser's console for DataCloneError.");
}

static void say_missed(struct cti_check *c, const struct cti_case_facts *f,
		       const struct cti_post_facts *post)
{
	char when[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SAP,
		      "SAP's page was given the External ID %s with the ring "
		      "at %s, and nobody answered: SAP makes the activity of "
		      "an inbound call when it is accepted.",
		      f->call->id, cti_when(when, post->acked_ms));
	cti_check_fix(c, "None is expected for a missed call.");
}

static void say_taken(struct cti_check *c, const struct cti_case_facts *f,
		      const struct cti_post_facts *post)
{
	const char *system = f->communication_system;
	char when[CTI_WHEN_SIZE];

	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SAP,
		      "SAP's page was given the External ID %s by tab %.8s at "
		      "%s. If the activity does not show it, the gap is in "
		      "SAP's configuration.",
		      f->call->id, post->tab, cti_when(when, post->acked_ms));
	cti_check_fix(c,
		      "In SAP: define the communication system%s%s and enter "
		      "its ID in the settings of Live Activity or Agent "
		      "Desktop (KBA 3481409); then KBA 3382248 (id not copied "
		      "to the activity) and KBA 2803384 (updates ignored).",
		      *system ? " " : "", system);
}

static case_say_fn *const says[CTI_CASE_MAX] = {
	[CTI_CASE_REFUSED] = say_refused,
	[CTI_CASE_UNKNOWN_CALL] = say_unknown_call,
	[CTI_CASE_UNKNOWN_ACTIVITY] = say_unknown_activity,
	[CTI_CASE_UNKNOWN_NUMBER] = say_unknown_number,
	[CTI_CASE_OUTBOUND] = say_outbound,
	[CTI_CASE_PHONE_DIALED] = say_phone_dialed,
	[CTI_CASE_INTERNAL] = say_internal,
	[CTI_CASE_MISSED_SILENT] = say_missed_silent,
	[CTI_CASE_NOTHING_MADE] = say_nothing_made,
	[CTI_CASE_WAITING] = say_waiting,
	[CTI_CASE_NO_PAGE_EVER] = say_no_page_ever,
	[CTI_CASE_NO_PAGE_NOW] = say_no_page_now,
	[CTI_CASE_NOT_CLAIMED] = say_not_claimed,
	[CTI_CASE_POSTING] = say_posting,
	[CTI_CASE_NOT_POSTED] = say_not_posted,
	[CTI_CASE_MISSED] = say_missed,
	[CTI_CASE_TAKEN] = say_taken,
};

/* --- what else matters --- */

/* The caller as SAP searches for him. */
static void judge_caller(struct cti_checks *checks,
			 const struct cti_case_facts *f)
{
	const struct cti_call *call = f->call;
	const char *raw = call->fact[CTI_FACT_NUMBER_RAW];
	const char *why = NULL;
	const char *ani = cti_sap_ani(call, &why);
	struct cti_check *c;

	if (call->direction != CTI_INBOUND || !f->nposts)
		return;
	c = cti_checks_add(checks, "caller");
	if (ani) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SWITCH,
			      "SAP searches for the caller by ANI %s.", ani);
		return;
	}
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_SWITCH,
		      "SAP does not learn who calls (%s).",
		      why ? why : "no number is known");
	if (call->withheld || !raw || !*raw)
		cti_check_fix(c, "SAP makes an interaction only with a valid "
				 "number (KBA 3466950): see that the switch "
				 "passes the caller id on; a caller who hides "
				 "it stays unknown.");
	else
		cti_check_fix(c, "ANI must begin with + (KBA 3705829): set "
				 "number.region, or let the switch give "
				 "numbers in international form.");
}

static void judge_payloads(struct cti_checks *checks,
			   const struct cti_case_facts *f)
{
	struct cti_check *c;

	if (!f->nposts)
		return;
	c = cti_checks_add(checks, "payload");
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "All %zu payloads passed the linter.", f->nposts);
	for (size_t i = 0; i < f->nposts; i++) {
		const struct cti_post_facts *post = &f->post[i];

		if (!*post->rule)
			continue;
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
			      "The linter on its %s, rule %s: %s",
			      post_word(post->what), post->rule, post->finding);
		cti_check_fix(c, "patchcord lint --rules says what it means "
				 "and which KBA.");
		return;
	}
}

static void judge_doubles(struct cti_checks *checks,
			  const struct cti_case_facts *f)
{
	for (size_t i = 0; i < f->nposts; i++) {
		const struct cti_post_facts *post = &f->post[i];
		struct cti_check *c;

		if (post->posted < 2)
			continue;
		c = cti_checks_add(checks, "doubled");
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
			      "Its %s was posted by %u tabs: one of them was "
			      "slower than its lease.",
			      post_word(post->what), post->posted);
		cti_check_fix(c, "SAP may show a second ring; close tabs of "
				 "SAP that are not needed.");
		return;
	}
}

/* Without its END SAP shows the call as running. */
static void judge_end(struct cti_checks *checks, const struct cti_case_facts *f)
{
	const struct cti_post_facts *end = posts_find(f, CTI_SAP_END);
	struct cti_check *c;

	if (!end || end->acked_ms ||
	    f->now_ms - end->published_ms < CTI_JUST_NOW_MS ||
	    !posts_opening(f) || !posts_opening(f)->acked_ms)
		return;
	c = cti_checks_add(checks, "end");
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
		      "SAP was not told of its end: the interaction may still "
		      "be shown as running.");
	cti_check_fix(c, end->due ? "Open SAP's page: the widget posts it then."
				  : "End the interaction in SAP by hand.");
}

static void judge_memory(struct cti_checks *checks,
			 const struct cti_case_facts *f)
{
	struct cti_check *c;

	if (!f->memory_only)
		return;
	c = cti_checks_add(checks, "journal");
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
		      "Some of it was published while the journal could not "
		      "be written, so its story may lack steps.");
	cti_check_fix(c, "patchcord doctor without a call looks at the "
			 "journal.");
}

void cti_case_judge(struct cti_checks *checks, const struct cti_case_facts *f)
{
	says[cti_case_find(f)](cti_checks_add(checks, "call"), f,
			       posts_opening(f));
	if (!f->call)
		return;
	judge_caller(checks, f);
	judge_payloads(checks, f);
	judge_doubles(checks, f);
	judge_end(checks, f);
	judge_memory(checks, f);
}
