/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_lint.c - the lint takes any text and says what is wrong with it */
#include <stdlib.h>
#include <string.h>

#include "cti/sap.h"
#include "fuzz.h"

enum { FINDINGS_MAX = 1024 * 1024 };

struct report {
	struct cti_jsonw w;
	size_t errors;
};

static void finding_check(void *arg, const struct cti_finding *f)
{
	struct report *report = arg;

	fuzz_must(f->rule && f->rule[0] && f->sentence && f->sentence[0]);
	if (f->severity == CTI_LINT_ERROR)
		report->errors++;
	cti_finding_write(&report->w, f);
}

typedef int lint_fn(size_t *errorsp, const char *text, size_t len,
		    cti_finding_fn *fn, void *arg);

static void lint_check(lint_fn *lint, const char *text, size_t len)
{
	struct report report = {.errors = 0};
	struct cti_buf out;
	size_t errors = 0;

	cti_buf_init(&out, FINDINGS_MAX);
	fuzz_must(cti_jsonw_init(&report.w, &out) == 0);
	cti_jsonw_arr(&report.w);
	fuzz_must(lint(&errors, text, len, finding_check, &report) == 0);
	fuzz_must(errors == report.errors);
	cti_jsonw_arr_end(&report.w);
	fuzz_must(cti_jsonw_fini(&report.w) == 0);
	fuzz_must_be_json(cti_buf_text(&out), out.len);
	cti_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	lint_check(cti_lint, text, size);
	lint_check(cti_lint_payload, text, size);
	free(text);
	return 0;
}
