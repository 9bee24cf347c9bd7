/* SPDX-License-Identifier: Apache-2.0 */
/* cti/buf.h - a growing byte buffer that has its ceiling from birth */
#ifndef CTI_BUF_H
#define CTI_BUF_H

#include <stddef.h>

#include "cti/attr.h"

/**
 * Bytes, always followed by a NUL that does not count. Embedded or on the
 * stack; whoever calls _init calls _fini.
 */
struct cti_buf {
	char *data;	/* NULL while empty and never written to */
	size_t len;	/* bytes in use, without the NUL */
	size_t size;	/* bytes allocated */
	size_t ceiling; /* len never exceeds it */
};

void cti_buf_init(struct cti_buf *buf, size_t ceiling);
void cti_buf_fini(struct cti_buf *buf);
/** Empties it, keeps the memory. */
void cti_buf_reset(struct cti_buf *buf);
/** The text; "" where nothing was written. */
const char *cti_buf_text(const struct cti_buf *buf);

/** Room for len more bytes, which additions then take without failing. */
int cti_buf_reserve(struct cti_buf *buf, size_t len) CTI_NODISCARD;
/** -ENOBUFS at the ceiling, -ENOMEM; the buffer is then unchanged. */
int cti_buf_add(struct cti_buf *buf, const void *data,
		size_t len) CTI_NODISCARD;
int cti_buf_str(struct cti_buf *buf, const char *text) CTI_NODISCARD;
int cti_buf_fmt(struct cti_buf *buf, const char *fmt, ...)
	CTI_PRINTF(2, 3) CTI_NODISCARD;
/** Drops the first len bytes (len <= buf->len). */
void cti_buf_drop(struct cti_buf *buf, size_t len);
/** Moves the text out (malloc'd, never NULL on success); buf is empty after. */
int cti_buf_take(struct cti_buf *buf, char **textp) CTI_NODISCARD;

#endif /* CTI_BUF_H */
