/* SPDX-License-Identifier: Apache-2.0 */
/* call/stats.c - what the core counts */
#include <string.h>

#include "call/priv.h"
#include "cti/json.h"

const struct cti_calls_stats *cti_calls_stats(const struct cti_calls *c)
{
	return &c->stats;
}

const char *cti_dial_path_word(enum cti_dial_path path)
{
	static const char *const words[] = {
		[CTI_DIAL_PROGRAM] = "program",
		[CTI_DIAL_PAGE] = "page",
		[CTI_DIAL_REDIAL] = "redial",
		[CTI_DIAL_TRANSFER] = "transfer",
	};

	return words[path];
}

void stats_dial(struct cti_calls *c, enum cti_dial_path path,
		enum cti_code code)
{
	c->stats.dials[path][code]++;
}

static enum cti_call_source source_of(const struct cti_calls *c,
				      const struct cti_call *call)
{
	const char *driver = call->fact[CTI_FACT_DRIVER];

	if (driver && strcmp(driver, "push") == 0)
		return CTI_SOURCE_PUSH;
	return c->ops && driver && strcmp(driver, c->ops->name) == 0
		       ? CTI_SOURCE_DRIVER
		       : CTI_SOURCE_OTHER;
}

static void note_setup(struct cti_calls *c, struct live *live,
		       const struct cti_event *ev)
{
	bool there =
		ev->state == CTI_CALL_RINGING || ev->state == CTI_CALL_ACTIVE;

	if (live->rang || !there || live->call->direction != CTI_OUTBOUND)
		return;
	live->rang = true;
	cti_histogram_note(&c->stats.setup,
			   cti_loop_mono_ms(c->loop) - live->started_mono);
}

void stats_event(struct cti_calls *c, struct live *live,
		 const struct cti_event *ev)
{
	c->stats.events[ev->type]++;
	c->stats.events_volatile += !ev->durable;
	if (!live)
		return;
	note_setup(c, live, ev);
	if (ev->type == CTI_EVENT_ENDED)
		c->stats.ended[live->call->direction][ev->cause]
			      [source_of(c, live->call)]++;
}

static void count_finding(struct cti_calls *c, const struct cti_json_value *v)
{
	const char *severity = cti_json_str(v, "severity");
	const char *rule = cti_json_str(v, "rule");

	if (!rule || !severity || strcmp(severity, "note") == 0)
		return;
	for (size_t i = 0; i < CTI_LINT_RULES && cti_lint_rule_name(i); i++)
		if (strcmp(cti_lint_rule_name(i), rule) == 0)
			c->stats.lint[i]++;
}

void stats_findings(struct cti_calls *c, const char *findings)
{
	struct cti_json *doc = NULL;

	if (!findings || cti_json_parse(&doc, findings, strlen(findings),
					CTI_JSON_WIRE_MAX * 4, NULL))
		return;
	for (const struct cti_json_value *v = cti_json_root(doc)->first; v;
	     v = v->next)
		count_finding(c, v);
	cti_json_destroy(doc);
}
