/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/netstring.h - "LENGTH:BYTES,", the framing of ctrl_tcp */
#ifndef CTI_NETSTRING_H
#define CTI_NETSTRING_H

#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"

enum {
	CTI_NETSTRING_MAX = 65536,  /* bytes inside one */
	CTI_NETSTRING_ROOM = 65544, /* with its length and punctuation */
};

/** One frame, lent by the bytes it was found in. */
struct cti_netstring {
	const char *text;
	size_t len;
	size_t used; /* bytes of the input up to the end of the frame */
};

/**
 * Finds the frame at the beginning of data. -ENODATA: more bytes are needed;
 * -EBADMSG: this is no netstring; -EMSGSIZE: longer than CTI_NETSTRING_MAX.
 */
int cti_netstring_decode(struct cti_netstring *out, const char *data,
			 size_t len) CTI_NODISCARD;

/** Appends a frame. -EMSGSIZE, -ENOBUFS, -ENOMEM. */
int cti_netstring_encode(struct cti_buf *out, const char *text,
			 size_t len) CTI_NODISCARD;

#endif /* CTI_NETSTRING_H */
