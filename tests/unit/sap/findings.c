/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/findings.c - collects what the lint says */
#include <stdio.h>
#include <string.h>

#include "suites.h"

void findings_add(void *arg, const struct cti_finding *finding)
{
	struct findings *f = arg;
	size_t at = strlen(f->text);

	ck_assert_ptr_nonnull(finding->rule);
	ck_assert_ptr_nonnull(finding->sentence);
	(void)snprintf(f->text + at, sizeof(f->text) - at, "%s%s:%s",
		       at ? " " : "", finding->rule,
		       finding->field ? finding->field : "-");
	(void)snprintf(f->sentence, sizeof(f->sentence), "%s",
		       finding->sentence);
	f->errors += finding->severity == CTI_LINT_ERROR;
	f->warnings += finding->severity == CTI_LINT_WARNING;
	f->notes += finding->severity == CTI_LINT_NOTE;
}

void findings_of(struct findings *f, const char *text)
{
	size_t errors = 0;

	*f = (struct findings){.errors = 0};
	ck_assert_int_eq(cti_lint(&errors, text, strlen(text), findings_add, f),
			 0);
	ck_assert_uint_eq(errors, f->errors);
}

void findings_of_payload(struct findings *f, const char *json)
{
	size_t errors = 0;

	*f = (struct findings){.errors = 0};
	ck_assert_int_eq(
		cti_lint_payload(&errors, json, strlen(json), findings_add, f),
		0);
	ck_assert_uint_eq(errors, f->errors);
}

bool findings_have(const struct findings *f, const char *rule)
{
	size_t len = strlen(rule);
	const char *at = f->text;

	while ((at = strstr(at, rule))) {
		if ((at == f->text || at[-1] == ' ') && at[len] == ':')
			return true;
		at += len;
	}
	return false;
}
