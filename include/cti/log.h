/* SPDX-License-Identifier: Apache-2.0 */
/* cti/log.h - one line a decision, on stderr */
#ifndef CTI_LOG_H
#define CTI_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"

enum cti_log_level {
	CTI_LOG_ERROR,
	CTI_LOG_WARN,
	CTI_LOG_INFO,
	CTI_LOG_DEBUG,
};

struct cti_log_conf {
	enum cti_log_level level; /* what is less urgent is dropped */
	bool json;		  /* one JSON object a line, else logfmt */
	bool numbers_full; /* else numbers of 7 and more digits are masked */
	bool systemd;	   /* prefix <N> (sd-daemon(3)) */
};

/** Set once at start, by app.c. */
void cti_log_setup(const struct cti_log_conf *conf);

/**
 * "room: what happened". A line about a call says "call <id>", and has the id
 * as a field, call_id, besides. Control bytes and invalid UTF-8 are escaped, a
 * line is at most 1 KiB; phone numbers lose their middle unless numbers_full:
 * +4930*****45. That is done to the finished line: whatever has 7 digits and
 * more, also with blanks, -./() or %XX between them, is taken for one. Left
 * alone are ids (32 hex digits, UUIDs) and IPv4 addresses. No call site gives
 * a person's name.
 */
void log_error(const char *fmt, ...) CTI_PRINTF(1, 2);
void log_warn(const char *fmt, ...) CTI_PRINTF(1, 2);
void log_info(const char *fmt, ...) CTI_PRINTF(1, 2);
void log_debug(const char *fmt, ...) CTI_PRINTF(1, 2);
/** The same with ": " and the text of errno value err (0 or -errno). */
void log_warn_errno(int err, const char *fmt, ...) CTI_PRINTF(2, 3);

/** The mask alone: writes number to out (size bytes) as logs show it. */
void cti_log_mask(char *out, size_t size, const char *number);

#endif /* CTI_LOG_H */
