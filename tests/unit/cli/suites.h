/* SPDX-License-Identifier: Apache-2.0 */
/* cli/suites.h - the suites of this program */
#ifndef UNIT_CLI_SUITES_H
#define UNIT_CLI_SUITES_H

#include <check.h>

Suite *suite_options(void);
Suite *suite_cli(void);
Suite *suite_client(void);
Suite *suite_messages(void);
Suite *suite_show(void);
Suite *suite_sse(void);

#endif /* UNIT_CLI_SUITES_H */
