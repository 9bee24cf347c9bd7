/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/suites.h - the suites of this program */
#ifndef UNIT_DRIVERS_SUITES_H
#define UNIT_DRIVERS_SUITES_H

#include <check.h>

Suite *drivers_suite(void);
Suite *ami_suite(void);
Suite *asterisk_suite(void);
Suite *asterisk_link_suite(void);
Suite *asterisk_calls_suite(void);
Suite *asterisk_ends_suite(void);
Suite *netstring_suite(void);
Suite *ctrl_suite(void);
Suite *answers_suite(void);
Suite *sip_suite(void);
Suite *simulator_suite(void);
Suite *baresip_suite(void);
Suite *link_suite(void);
Suite *wire_suite(void);
Suite *esl_suite(void);
Suite *freeswitch_suite(void);
Suite *fs_link_suite(void);
Suite *fs_talk_suite(void);
Suite *vectors_suite(void);

#endif /* UNIT_DRIVERS_SUITES_H */
