/* SPDX-License-Identifier: Apache-2.0 */
/* cli/policies.h - the browsers' policy files of this machine */
#ifndef CLI_POLICIES_H
#define CLI_POLICIES_H

#include "doctor/policy.h"

/** Reads what browsers on this machine are told, below root ("" = /), and adds
 * the check. */
void cti_policies_look(struct cti_checks *checks, const char *root,
		       const struct cti_origins *origins);

#endif /* CLI_POLICIES_H */
