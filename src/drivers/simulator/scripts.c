/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/scripts.c - the numbers with a meaning and the inbound scripts */
#include "drivers/simulator/scripts.h"

#include <string.h>

enum { ANSWER_DIGITS = 3 };

/* Q.850 values as RFC 3398 maps the SIP ones; the last row is any other. */
static const struct cti_sim_answer answers[] = {
	{"486", false, CTI_CAUSE_BUSY, "SIP 486, Q.850 17"},
	{"404", false, CTI_CAUSE_BAD_NUMBER, "SIP 404, Q.850 1"},
	{"408", true, CTI_CAUSE_NO_ANSWER, "SIP 408, Q.850 102"},
	{"480", false, CTI_CAUSE_UNREACHABLE, "SIP 480, Q.850 18"},
	{"603", true, CTI_CAUSE_REJECTED, "SIP 603, Q.850 21"},
	{"", true, CTI_CAUSE_NONE, NULL},
};

static const struct cti_sim_script scripts[] = {
	{"answer", false, false, CTI_CAUSE_NONE, NULL},
	{"ring", true, false, CTI_CAUSE_NO_ANSWER, "nobody answered in 60 s"},
	{"cancel", false, false, CTI_CAUSE_CANCELLED, "SIP 487"},
	{"elsewhere", false, false, CTI_CAUSE_ANSWERED_ELSEWHERE, "Q.850 26"},
	{"drop", false, true, CTI_CAUSE_NONE, NULL},
};

const struct cti_sim_answer *cti_sim_answer_find(const char *number)
{
	size_t len = strlen(number);
	const char *tail =
		len > ANSWER_DIGITS ? number + len - ANSWER_DIGITS : number;
	const struct cti_sim_answer *answer = answers;

	while (answer->digits[0] && strcmp(answer->digits, tail) != 0)
		answer++;
	return answer;
}

const struct cti_sim_script *cti_sim_script_find(const char *name)
{
	size_t n = sizeof(scripts) / sizeof(scripts[0]);

	for (size_t i = 0; name && i < n; i++) {
		if (strcmp(scripts[i].name, name) == 0)
			return &scripts[i];
	}
	return NULL;
}
