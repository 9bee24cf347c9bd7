/* SPDX-License-Identifier: Apache-2.0 */
/* base/suites.h - the suites of this program and what they share */
#ifndef UNIT_BASE_SUITES_H
#define UNIT_BASE_SUITES_H

#include <check.h>

Suite *buf_suite(void);
Suite *call_suite(void);
Suite *err_suite(void);
Suite *event_suite(void);
Suite *histogram_suite(void);
Suite *id_suite(void);
Suite *json_read_suite(void);
Suite *json_write_suite(void);
Suite *log_suite(void);
Suite *map_suite(void);
Suite *origin_suite(void);
Suite *secret_suite(void);
Suite *utf8_suite(void);

#endif /* UNIT_BASE_SUITES_H */
