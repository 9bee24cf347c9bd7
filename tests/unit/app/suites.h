/* SPDX-License-Identifier: Apache-2.0 */
/* app/suites.h - the suites of this program */
#ifndef UNIT_APP_SUITES_H
#define UNIT_APP_SUITES_H

#include <check.h>

Suite *suite_notify(void);

#endif /* UNIT_APP_SUITES_H */
