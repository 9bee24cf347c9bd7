/* SPDX-License-Identifier: Apache-2.0 */
/* unit/sap/suites.h - the suites of this program and what they share */
#ifndef UNIT_SAP_SUITES_H
#define UNIT_SAP_SUITES_H

#include <check.h>
#include <stddef.h>

#include "cti/sap.h"

Suite *suite_outbound(void);
Suite *suite_decide(void);
Suite *suite_payload(void);
Suite *suite_own(void);
Suite *suite_rules(void);
Suite *suite_shape(void);
Suite *suite_samples(void);
Suite *suite_oom(void);

/** What a lint found: "rule:field rule:field", in order. */
struct findings {
	char text[4096];
	char sentence[512]; /* of the last one */
	size_t errors;
	size_t warnings;
	size_t notes;
};

/** Lints a message as posted. */
void findings_of(struct findings *f, const char *text);
/** Lints a payload without its wrapper. */
void findings_of_payload(struct findings *f, const char *json);
/** Collects; a cti_finding_fn for findings_of's kind of caller. */
void findings_add(void *arg, const struct cti_finding *finding);
/** True when `rule` is among them, with any field. */
bool findings_have(const struct findings *f, const char *rule);

#endif /* UNIT_SAP_SUITES_H */
