/* SPDX-License-Identifier: Apache-2.0 */
/* unit/api/suites.h - the suites of this program */
#ifndef UNIT_API_SUITES_H
#define UNIT_API_SUITES_H

#include <check.h>

Suite *suite_ring(void);
Suite *suite_number(void);

#endif /* UNIT_API_SUITES_H */
