/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/posts.h - what the files about one call share */
#ifndef DOCTOR_POSTS_H
#define DOCTOR_POSTS_H

#include "doctor/case.h"

/** The payload an activity hangs on: that of the answer, else that of the
 * ring; NULL: none was made. */
const struct cti_post_facts *posts_opening(const struct cti_case_facts *f);

#endif /* DOCTOR_POSTS_H */
