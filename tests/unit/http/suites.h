/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/suites.h - the suites, one a file */
#ifndef UNIT_HTTP_SUITES_H
#define UNIT_HTTP_SUITES_H

#include <check.h>

Suite *request_suite(void);
Suite *guard_suite(void);
Suite *peer_suite(void);
Suite *addr_suite(void);
Suite *exposure_suite(void);
Suite *key_suite(void);
Suite *grammar_suite(void);
Suite *query_suite(void);
Suite *stream_suite(void);
Suite *limit_suite(void);
Suite *stop_suite(void);

#endif /* UNIT_HTTP_SUITES_H */
