/* SPDX-License-Identifier: Apache-2.0 */
/* cti/origin.h - origins of web pages, as browsers write them */
#ifndef CTI_ORIGIN_H
#define CTI_ORIGIN_H

#include <stdbool.h>

#include "cti/attr.h"
#include "cti/err.h"

enum {
	CTI_ORIGIN_SIZE = 272, /* scheme, host of 253, port, NUL */
};

/**
 * Is it exactly what a browser says of a page (RFC 6454, 6.2): https, or http
 * on loopback; a host in lower case, international names in their ASCII form
 * (xn--); a port only where it is not the scheme's own; nothing behind it?
 * -EINVAL and BAD_ORIGIN, whose sentence repeats nothing of the text.
 */
int cti_origin_check(const char *text, struct cti_err *err) CTI_NODISCARD;

/** Is it the https origin of a host below domain, by whole labels? origin
 * passed cti_origin_check(). */
bool cti_origin_under(const char *origin, const char *domain);

#endif /* CTI_ORIGIN_H */
