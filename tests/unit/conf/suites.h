/* SPDX-License-Identifier: Apache-2.0 */
/* conf/suites.h - the suites of this program */
#ifndef UNIT_CONF_SUITES_H
#define UNIT_CONF_SUITES_H

#include <check.h>

Suite *suite_nearest(void);
Suite *suite_schema(void);
Suite *suite_value(void);
Suite *suite_file(void);
Suite *suite_load(void);
Suite *suite_help(void);
Suite *suite_swap(void);

#endif /* UNIT_CONF_SUITES_H */
