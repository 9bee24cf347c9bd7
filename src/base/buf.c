/* SPDX-License-Identifier: Apache-2.0 */
/* base/buf.c - a growing byte buffer that has its ceiling from birth */
#include "cti/buf.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 256 };

void cti_buf_init(struct cti_buf *buf, size_t ceiling)
{
	/* so that doubling a size cannot wrap around */
	if (ceiling > SIZE_MAX / 4)
		ceiling = SIZE_MAX / 4;
	*buf = (struct cti_buf){.ceiling = ceiling};
}

void cti_buf_fini(struct cti_buf *buf)
{
	if (!buf)
		return;
	free(buf->data);
	cti_buf_init(buf, buf->ceiling);
}

void cti_buf_reset(struct cti_buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

const char *cti_buf_text(const struct cti_buf *buf)
{
	return buf->data ? buf->data : "";
}

/* Makes room for len more bytes and the NUL. */
static int buf_grow(struct cti_buf *buf, size_t len)
{
	if (len > buf->ceiling - buf->len)
		return -ENOBUFS;

	size_t need = buf->len + len + 1;

	if (need <= buf->size)
		return 0;

	size_t size = buf->size ? buf->size : BUF_FIRST;

	while (size < need)
		size *= 2;
	if (size > buf->ceiling + 1)
		size = buf->ceiling + 1;

	char *data = realloc(buf->data, size);

	if (!data)
		return -ENOMEM;
	data[buf->len] = '\0';
	buf->data = data;
	buf->size = size;
	return 0;
}

int cti_buf_reserve(struct cti_buf *buf, size_t len)
{
	return buf_grow(buf, len);
}

int cti_buf_add(struct cti_buf *buf, const void *data, size_t len)
{
	int err = buf_grow(buf, len);

	if (err)
		return err;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int cti_buf_str(struct cti_buf *buf, const char *text)
{
	return cti_buf_add(buf, text, strlen(text));
}

int cti_buf_fmt(struct cti_buf *buf, const char *fmt, ...)
{
	va_list args;
	int len;
	int err;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		return -EINVAL;
	err = buf_grow(buf, (size_t)len);
	if (err)
		return err;

	va_start(args, fmt);
	len = vsnprintf(buf->data + buf->len, buf->size - buf->len, fmt, args);
	va_end(args);
	if (len > 0)
		buf->len += (size_t)len;
	return 0;
}

void cti_buf_drop(struct cti_buf *buf, size_t len)
{
	assert(len <= buf->len);
	if (!len)
		return;
	buf->len -= len;
	/* the NUL moves along */
	memmove(buf->data, buf->data + len, buf->len + 1);
}

int cti_buf_take(struct cti_buf *buf, char **textp)
{
	int err = buf_grow(buf, 0);

	if (err)
		return err;
	*textp = buf->data;
	cti_buf_init(buf, buf->ceiling);
	return 0;
}
