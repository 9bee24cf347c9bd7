/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/suites.h - the suites of this program */
#ifndef UNIT_CALL_SUITES_H
#define UNIT_CALL_SUITES_H

#include "fixture.h"

/* What most tests run with, and the office of two agents. */
#define DE "number { region = \"DE\" }\n"
#define MANY "dial { concurrent = 0 merge_s = 0 }\n"
#define TWO                                                                    \
	"agent \"ANN\" { device = \"1\" }\n"                                   \
	"agent \"BOB\" { device = \"2\" }\n"

#define BERLIN "030 6912345"
#define BERLIN_E164 "+49306912345"
#define MUNICH "089 6912345"
#define ACTIVITY "00163EA718FC1EEABDD5608C895BDC71"

Suite *suite_machine(void);
Suite *suite_dial(void);
Suite *suite_keys(void);
Suite *suite_limits(void);
Suite *suite_store(void);
Suite *suite_inbound(void);
Suite *suite_switch(void);
Suite *suite_restart(void);
Suite *suite_action(void);
Suite *suite_posts(void);
Suite *suite_probe(void);
Suite *suite_claims(void);
Suite *suite_push(void);
Suite *suite_patch(void);
Suite *suite_clock(void);
Suite *suite_oom(void);

/** A suite of one case with the fixture; tests end with NULL. */
Suite *suite_of(const char *name, const TTest *const *tests);

#endif /* UNIT_CALL_SUITES_H */
