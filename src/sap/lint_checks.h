/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_checks.h - the questions that the table of rules asks */
#ifndef SAP_LINT_CHECKS_H
#define SAP_LINT_CHECKS_H

#include "sap/lint.h"

/* Each is true when the rule has a finding; named after its rule. */
lint_check_fn cti_check_nested, cti_check_type, cti_check_empty;
lint_check_fn cti_check_control, cti_check_unknown;
lint_check_fn cti_check_missing, cti_check_channel_unknown;
lint_check_fn cti_check_event_unknown, cti_check_action_unknown;
lint_check_fn cti_check_action_update, cti_check_end_event;
lint_check_fn cti_check_id_missing, cti_check_id_long, cti_check_id_chars;
lint_check_fn cti_check_original_missing, cti_check_original_same;
lint_check_fn cti_check_ani_missing, cti_check_ani_plus, cti_check_ani_chars;
lint_check_fn cti_check_ani_format, cti_check_ani_length;
lint_check_fn cti_check_uuid_dashes, cti_check_uuid_shape;
lint_check_fn cti_check_custom_late, cti_check_transcript;
lint_check_fn cti_check_channel_missing, cti_check_channel_misplaced;
lint_check_fn cti_check_email_missing, cti_check_present;

#endif /* SAP_LINT_CHECKS_H */
