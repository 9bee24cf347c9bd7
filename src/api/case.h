/* SPDX-License-Identifier: Apache-2.0 */
/* api/case.h - the doctor's question about one call */
#ifndef API_CASE_H
#define API_CASE_H

#include "api/priv.h"

/** Does the request name one call (?call=, ?activity_uuid=, ?number=)? */
bool case_asked(const struct cti_http_req *req);
/** Answers it. */
void case_answer(struct cti_api *api, struct cti_http_req *req);

#endif /* API_CASE_H */
