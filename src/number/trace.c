/* SPDX-License-Identifier: Apache-2.0 */
/* number/trace.c - what each step did to a number, for explain */
#include "number/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cti/json.h"

static struct number_step *trace_step(struct number_trace *trace)
{
	if (!trace || !trace->count || trace->count > NUMBER_STEPS_MAX)
		return NULL;
	return &trace->steps[trace->count - 1];
}

void cti_trace_begin(struct number_trace *trace, const char *name,
		     const char *in)
{
	struct number_step *step;

	if (!trace || trace->count >= NUMBER_STEPS_MAX)
		return;
	step = &trace->steps[trace->count++];
	memset(step, 0, sizeof(*step));
	step->name = name;
	cti_utf8_clean(step->in, sizeof(step->in), in, strlen(in));
}

void cti_trace_note(struct number_trace *trace, const char *fmt, ...)
{
	struct number_step *step = trace_step(trace);
	va_list args;

	if (!step)
		return;
	va_start(args, fmt);
	(void)vsnprintf(step->note, sizeof(step->note), fmt,
			args); /* cut: only shown */
	va_end(args);
}

void cti_trace_end(struct number_trace *trace, const char *out)
{
	struct number_step *step = trace_step(trace);

	if (step && out)
		cti_utf8_clean(step->out, sizeof(step->out), out, strlen(out));
}

void cti_trace_remark(struct number_trace *trace, const char *fmt, ...)
{
	va_list args;

	if (!trace || trace->remark_count >= NUMBER_REMARKS_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(trace->remarks[trace->remark_count++], NUMBER_NOTE_SIZE,
			fmt, args); /* cut: only shown */
	va_end(args);
}
