/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/answers.h - the texts baresip answers commands with; no I/O */
#ifndef CTI_ANSWERS_H
#define CTI_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/call.h"

enum {
	CTI_SIP_SIZE = 256,	 /* room for a URI or a Call-ID */
	CTI_ANSWER_ACCOUNTS = 8, /* accounts read; more are not supported */
	CTI_ANSWER_LINES = 32,	 /* calls read of one list */
};

/** `about`: the version, e.g. 1.0.0. -EBADMSG: this is no baresip. */
struct cti_answer_version {
	unsigned major;
	unsigned minor;
	unsigned patch;
};
int cti_answer_about(struct cti_answer_version *out,
		     const char *data) CTI_NODISCARD;

/** `reginfo`: the accounts, the current one's place. */
struct cti_answer_accounts {
	char aor[CTI_ANSWER_ACCOUNTS][CTI_SIP_SIZE];
	size_t n;
	size_t current;
};
void cti_answer_reginfo(struct cti_answer_accounts *out, const char *data);

/** One call as a list shows it. */
struct cti_answer_line {
	unsigned line;
	char id[CTI_SIP_SIZE]; /* "" in 1.0.0 */
	enum cti_call_state state;
	bool outbound; /* only said before the call is established */
	bool inbound;
	char peer[CTI_SIP_SIZE];
};

/** `listcalls`. */
struct cti_answer_lines {
	struct cti_answer_line line[CTI_ANSWER_LINES];
	size_t n;
};
void cti_answer_listcalls(struct cti_answer_lines *out, const char *data);

/** `callstat`: the current call. -ENOENT: there is none. */
struct cti_answer_stat {
	char id[CTI_SIP_SIZE];
	char peer[CTI_SIP_SIZE];
	char name[CTI_SIP_SIZE]; /* "" when the peer has none */
	char account[CTI_SIP_SIZE];
	bool inbound;
};
int cti_answer_callstat(struct cti_answer_stat *out,
			const char *data) CTI_NODISCARD;

/** `dial` of 1.1 and later names the call. -ENOENT: it does not. */
int cti_answer_dial(char id[CTI_SIP_SIZE], const char *data) CTI_NODISCARD;

#endif /* CTI_ANSWERS_H */
