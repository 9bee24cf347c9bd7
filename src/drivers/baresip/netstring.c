/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/netstring.c - frames in and out */
#include "drivers/baresip/netstring.h"

#include <errno.h>

enum { LENGTH_DIGITS = 5 };

/** The number before the colon; *usedp counts both. */
static int length_decode(size_t *lengthp, size_t *usedp, const char *data,
			 size_t len)
{
	size_t length = 0;
	size_t i = 0;

	while (i < len && data[i] >= '0' && data[i] <= '9') {
		length = length * 10 + (size_t)(data[i] - '0');
		if (++i > LENGTH_DIGITS)
			return -EMSGSIZE;
	}
	if (i == len)
		return -ENODATA;
	if (i == 0 || data[i] != ':' || (i > 1 && data[0] == '0'))
		return -EBADMSG;
	if (length > CTI_NETSTRING_MAX)
		return -EMSGSIZE;
	*lengthp = length;
	*usedp = i + 1;
	return 0;
}

int cti_netstring_decode(struct cti_netstring *out, const char *data,
			 size_t len)
{
	size_t length;
	size_t start;
	int err = length_decode(&length, &start, data, len);

	if (err)
		return err;
	if (len - start < length + 1)
		return -ENODATA;
	if (data[start + length] != ',')
		return -EBADMSG;
	out->text = data + start;
	out->len = length;
	out->used = start + length + 1;
	return 0;
}

int cti_netstring_encode(struct cti_buf *out, const char *text, size_t len)
{
	size_t before = out->len;
	int err;

	if (len > CTI_NETSTRING_MAX)
		return -EMSGSIZE;
	err = cti_buf_fmt(out, "%zu:", len);
	if (!err)
		err = cti_buf_add(out, text, len);
	if (!err)
		err = cti_buf_str(out, ",");
	if (err && out->data) {
		out->len = before;
		out->data[before] = '\0';
	}
	return err;
}
