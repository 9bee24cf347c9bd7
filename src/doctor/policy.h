/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/policy.h - may SAP's page reach this machine, by browser policy? */
#ifndef DOCTOR_POLICY_H
#define DOCTOR_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "doctor/doctor.h"

/** What the policy files of a machine say; embedded, all zero is nothing. */
struct cti_policy_facts {
	size_t files;	   /* that have one of the policies */
	size_t covered;	   /* of those, files that name every origin */
	bool nested;	   /* frames inside frames are allowed, too */
	bool everybody;	   /* the checks are turned off for all sites */
	char file[256];	   /* the first that has one; "" = none */
	char lacking[272]; /* an origin that is named in none; "" = none */
	char broken[256];  /* a file that is no JSON; "" = none */
};

/** The origins of SAP's pages; lent. */
struct cti_origins {
	const char *const *item;
	size_t n;
};

/** Adds what one policy file says about them. */
void cti_policy_read(struct cti_policy_facts *facts, const char *path,
		     const struct cti_buf *text,
		     const struct cti_origins *origins);
/** Does a pattern of such a policy ("https://a.example", "[*.]example", "*",
 * a domain) cover the origin? */
bool cti_policy_covers(const char *pattern, const char *origin);
/** The verdict; origins: how many SAP pages are configured. */
void cti_policy_judge(struct cti_check *check,
		      const struct cti_policy_facts *facts, size_t norigins);

#endif /* DOCTOR_POLICY_H */
