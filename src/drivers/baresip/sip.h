/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/sip.h - SIP URIs, names and endings as baresip shows them */
#ifndef CTI_SIP_H
#define CTI_SIP_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/call.h"

/** The user part without parameters and %-escapes; "" when there is none. */
void cti_sip_user(char *out, size_t size, const char *uri);
/** What follows the @, without parameters; "" when there is none. */
void cti_sip_domain(char *out, size_t size, const char *uri);
/** A caller who hides: no number must be shown. */
bool cti_sip_withheld(const char *uri);
/** A display name: backslashes of its quoted string and controls go. */
void cti_sip_name(char *out, size_t size, const char *raw);

/** sip:USER@HOST[:PORT] of nothing but harmless characters. */
bool cti_sip_uri_valid(const char *uri);
/** The URI to dial. -EINVAL: not dialable, no domain, does not fit. */
int cti_sip_uri(char *out, size_t size, const char *number,
		const char *domain) CTI_NODISCARD;

/** What we know of a call when it is closed. */
struct cti_sip_closing {
	const char *param; /* of CALL_CLOSED; may be NULL */
	bool inbound;
	bool established;
	bool by_us;	/* the agent hung up or rejected */
	bool timed_out; /* our ring timer hung up */
};
/** The cause; detail gets the raw text, "SIP 486 Busy Here" or as it came. */
enum cti_cause cti_sip_cause(char *detail, size_t size,
			     const struct cti_sip_closing *closing);

#endif /* CTI_SIP_H */
