/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/sap.c - SAP's page, the browser between, and what they were told */
#include <string.h>

#include "doctor/priv.h"

enum { DUE_LATE_MS = 15 * 1000 };

static const char policy_fix[] =
	"Open SAP's page with the widget in it and allow \"access other apps "
	"on this device\", or set the browser policy of /docs/browser-policy; "
	"the provider URL in SAP must be this relay's address.";

void check_origins(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_page_facts *p = &f->page;

	if (p->origins) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "Pages that may show the widget: %zu.",
			      p->origins);
		return;
	}
	cti_check_say(c, p->simulator ? CTI_VERDICT_SKIPPED : CTI_VERDICT_WARN,
		      CTI_SIDE_RELAY,
		      "No page of SAP is allowed to show the widget yet%s.",
		      p->simulator ? "; the stand-in /host.html is" : "");
	cti_check_fix(c, "Open the widget in SAP and follow it to /pair, or "
			 "set sap.origins.");
}

void check_page(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_page_facts *p = &f->page;
	char span[CTI_WHEN_SIZE], click[CTI_WHEN_SIZE];

	if (!f->running) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_BROWSER,
			      "No relay runs that SAP's page could load.");
		return;
	}
	if (!p->seen_ms) {
		cti_check_say(
			c, p->origins ? CTI_VERDICT_WARN : CTI_VERDICT_SKIPPED,
			CTI_SIDE_BROWSER,
			"SAP has not loaded the widget since the relay "
			"started.");
		cti_check_fix(c, "%s", policy_fix);
		return;
	}
	(void)cti_span(span, f->now_ms - p->seen_ms);	/* into span */
	(void)cti_span(click, f->now_ms - p->click_ms); /* likewise */
	cti_check_say(c, p->streams ? CTI_VERDICT_OK : CTI_VERDICT_WARN,
		      CTI_SIDE_BROWSER,
		      "A page has loaded the widget %s ago; %zu pages and "
		      "programs listen now; the last click came %s%s.",
		      span, p->streams, p->click_ms ? click : "never",
		      p->click_ms ? " ago" : " since the start");
	if (!p->streams)
		cti_check_fix(c, "Open SAP's page: without a widget no ring "
				 "reaches SAP.");
}

void check_ids(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_day_facts *d = &f->day;

	if (!f->running) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_SAP,
			      "What SAP was told is known to a running relay.");
		return;
	}
	cti_check_say(
		c, *d->findings ? CTI_VERDICT_WARN : CTI_VERDICT_OK,
		CTI_SIDE_SAP,
		"In the last day%s %lld inbound calls got an External "
		"ID; of %lld payloads for SAP %lld were claimed by a "
		"widget and %lld posted%s%s.",
		d->cut ? " (its newest calls)" : "", (long long)d->inbound,
		(long long)d->made, (long long)d->claimed, (long long)d->acked,
		*d->findings ? "; findings: " : "; no finding", d->findings);
	if (*d->findings)
		cti_check_fix(c, "patchcord doctor --call ID shows which "
				 "payload; patchcord lint --rules what each "
				 "rule means.");
}

void check_due(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_day_facts *d = &f->day;
	bool late = d->due && f->now_ms - d->due_ms > DUE_LATE_MS;
	char span[CTI_WHEN_SIZE];

	if (!f->running) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_BROWSER,
			      "What waits for SAP is known to a running "
			      "relay.");
		return;
	}
	if (!late) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_BROWSER,
			      "No payload waits for a widget.");
		return;
	}
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_BROWSER,
		      "%zu payloads for SAP wait for a widget to post them, "
		      "the oldest for %s.",
		      d->due, cti_span(span, f->now_ms - d->due_ms));
	cti_check_fix(c, "Open SAP's page with the widget: it posts them at "
			 "once. They are kept for 24 h.");
}

void check_dials(struct cti_check *c, const struct cti_relay_facts *f)
{
	if (!f->running) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_RELAY,
			      "Which dials were refused is known to a running "
			      "relay.");
		return;
	}
	if (!*f->day.refusals) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "No dial was refused in the last day.");
		return;
	}
	/* that is what the rules are for; a hint, no finding */
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "Dials refused in the last day: %s.", f->day.refusals);
	cti_check_fix(c, "patchcord doctor --number N says why for one; "
			 "/docs/errors what each means.");
}

void check_system(struct cti_check *c, const struct cti_relay_facts *f)
{
	const char *id = f->page.communication_system;

	if (*id) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SAP,
			      "SAP is to know this server as communication "
			      "system %s.",
			      id);
		return;
	}
	cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_SAP,
		      "Whether SAP has a communication system for this server "
		      "cannot be seen from here; without one activities have "
		      "no External ID (KBA 3481409).");
	cti_check_fix(c, "Define it in SAP, enter its ID in the settings of "
			 "Live Activity or Agent Desktop, and set "
			 "sap.communication_system to it as a note.");
}
