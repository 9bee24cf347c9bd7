/* SPDX-License-Identifier: Apache-2.0 */
/* base/err.c - fills in what went wrong */
#include "cti/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

int cti_err_set(struct cti_err *err, int errno_value, enum cti_code code,
		const char *fmt, ...)
{
	va_list args;

	if (!err)
		return -errno_value;

	err->code = code;
	err->retry_after_s = 0;
	va_start(args, fmt);
	if (vsnprintf(err->text, sizeof(err->text), fmt, args) < 0)
		err->text[0] = '\0';
	va_end(args);
	/* where the text was cut, half a character may be left */
	err->text[cti_utf8_cut(err->text, strlen(err->text))] = '\0';
	return -errno_value;
}
