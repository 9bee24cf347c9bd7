/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/suites.h - the suites of this program */
#ifndef UNIT_DOCTOR_SUITES_H
#define UNIT_DOCTOR_SUITES_H

#include <check.h>

Suite *suite_case(void);
Suite *suite_checks(void);
Suite *suite_policy(void);
Suite *suite_relay(void);

#endif /* UNIT_DOCTOR_SUITES_H */
