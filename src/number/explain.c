/* SPDX-License-Identifier: Apache-2.0 */
/* number/explain.c - each step of a number, both ways, as JSON */
#include <string.h>

#include "cti/json.h"
#include "number/numbers.h"

enum { EXPLAIN_RAW_SIZE = 200 };

static const char *const kind_words[] = {
	[CTI_NUMBER_E164] = "public",
	[CTI_NUMBER_EXTENSION] = "extension",
	[CTI_NUMBER_FEATURE] = "feature",
};

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void explain_steps(struct cti_jsonw *w, const struct number_trace *trace)
{
	cti_jsonw_key(w, "steps");
	cti_jsonw_arr(w);
	for (size_t i = 0; i < trace->count; i++) {
		const struct number_step *step = &trace->steps[i];

		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "step", step->name);
		cti_jsonw_kstr(w, "in", step->in);
		cti_jsonw_kstr(w, "out", or_null(step->out));
		cti_jsonw_kstr(w, "note", or_null(step->note));
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_arr_end(w);
}

static void explain_verdict(struct cti_jsonw *w, const struct cti_numbers *n,
			    int rc, const struct cti_number *number,
			    const struct cti_err *err)
{
	const struct cti_problem *problem =
		rc ? cti_problem_find(err->code) : NULL;
	char shown[CTI_NUMBER_SIZE];

	cti_number_spaced(n, shown, number->e164);
	cti_jsonw_kbool(w, "ok", !rc);
	cti_jsonw_kstr(w, "code", rc ? problem->slug : NULL);
	cti_jsonw_kstr(w, "detail", rc ? err->text : NULL);
	cti_jsonw_kstr(w, "fix", rc ? problem->fix : NULL);
	cti_jsonw_kstr(w, "e164", rc ? NULL : number->e164);
	cti_jsonw_kstr(w, "shown", rc ? NULL : shown);
	cti_jsonw_kstr(w, "dialed", rc ? NULL : number->dialed);
	cti_jsonw_kstr(w, "kind", rc ? NULL : kind_words[number->kind]);
}

static void explain_outbound(struct cti_jsonw *w, const struct cti_numbers *n,
			     const char *text)
{
	struct number_trace trace = {.count = 0};
	struct cti_number number = {.kind = CTI_NUMBER_E164};
	struct cti_err err = {.code = CTI_OK};
	int rc = cti_number_outbound_traced(n, &number, text, &err, &trace);

	cti_jsonw_key(w, "outbound");
	cti_jsonw_obj(w);
	explain_verdict(w, n, rc, &number, &err);
	cti_jsonw_key(w, "notes");
	cti_jsonw_arr(w);
	for (size_t i = 0; i < trace.remark_count; i++)
		cti_jsonw_str(w, trace.remarks[i]);
	cti_jsonw_arr_end(w);
	explain_steps(w, &trace);
	cti_jsonw_obj_end(w);
}

static void explain_inbound(struct cti_jsonw *w, const struct cti_numbers *n,
			    const char *text)
{
	struct number_trace trace = {.count = 0};
	struct cti_number_caller caller;

	cti_number_inbound_traced(n, &caller, text, &trace);
	cti_jsonw_key(w, "inbound");
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "ani", or_null(caller.e164));
	cti_jsonw_kstr(w, "shown", caller.shown);
	cti_jsonw_kbool(w, "extension", caller.extension);
	explain_steps(w, &trace);
	cti_jsonw_obj_end(w);
}

void cti_number_sample(const struct cti_numbers *n, char out[CTI_NUMBER_SIZE])
{
	cti_phonelib_example(n->lib, out, CTI_NUMBER_SIZE);
}

int cti_number_explain(const struct cti_numbers *n, struct cti_buf *out,
		       const char *text)
{
	struct cti_jsonw w;
	char raw[EXPLAIN_RAW_SIZE];
	int err = cti_jsonw_init(&w, out);

	if (err)
		return err;
	cti_utf8_clean(raw, sizeof(raw), text ? text : "",
		       text ? strlen(text) : 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "number", raw);
	explain_outbound(&w, n, text);
	explain_inbound(&w, n, text);
	cti_jsonw_obj_end(&w);
	return cti_jsonw_fini(&w);
}
