/* SPDX-License-Identifier: Apache-2.0 */
/* number/number.c - an outbound number's way, stage by stage */
#include <string.h>

#include "number/numbers.h"

/** In this order; nothing is dialed that has not passed each one. */
static const struct {
	const char *name;
	cti_number_stage_fn *run;
	bool public_only; /* not for extensions and feature codes */
} stages[] = {
	{"gate", cti_number_gate, false},
	{"emergency_raw", cti_number_emergency_raw, false},
	{"parse", cti_number_parse, true},
	{"emergency_national", cti_number_emergency_national, true},
	{"possible", cti_number_possible, true},
	{"policy", cti_number_policy, false},
	{"dial_string", cti_number_dialstring, false},
	{"emergency_dialed", cti_number_emergency_dialed, false},
};

static void stage_refused(struct number_draft *d, const struct cti_err *err)
{
	if (err)
		cti_trace_note(d->trace, "%s", err->text);
	cti_trace_end(d->trace, NULL);
}

static int number_run(const struct cti_numbers *n, struct number_draft *d,
		      struct cti_err *err)
{
	const char *in = d->text ? d->text : "";

	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		int rc;

		if (stages[i].public_only && d->kind != CTI_NUMBER_E164)
			continue;
		cti_trace_begin(d->trace, stages[i].name, in);
		rc = stages[i].run(n, d, err);
		if (rc) {
			stage_refused(d, err);
			return rc;
		}
		cti_trace_end(d->trace, d->value);
		in = d->value;
	}
	return 0;
}

int cti_number_outbound_traced(const struct cti_numbers *n,
			       struct cti_number *out, const char *text,
			       struct cti_err *err, struct number_trace *trace)
{
	struct number_draft d = {.text = text, .trace = trace};
	struct cti_number number = {.kind = CTI_NUMBER_E164};
	int rc = number_run(n, &d, err);

	if (rc)
		return rc;
	number.kind = d.kind;
	memcpy(number.dialed, d.value, strlen(d.value) + 1); /* dialable */
	if (d.kind == CTI_NUMBER_E164)
		memcpy(number.e164, d.e164, sizeof(number.e164));
	else
		memcpy(number.e164, number.dialed, sizeof(number.e164));
	*out = number;
	return 0;
}

int cti_number_outbound(const struct cti_numbers *n, struct cti_number *out,
			const char *text, struct cti_err *err)
{
	return cti_number_outbound_traced(n, out, text, err, NULL);
}
