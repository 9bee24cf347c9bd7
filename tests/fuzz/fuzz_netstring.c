/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_netstring.c - all that comes from baresip's ctrl_tcp */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/baresip/answers.h"
#include "drivers/baresip/ctrl.h"
#include "drivers/baresip/netstring.h"
#include "drivers/baresip/sip.h"
#include "fuzz.h"

/* The same bytes, framed by us. */
static void frame_again(const char *text, size_t len)
{
	struct cti_netstring again;
	struct cti_buf out;

	cti_buf_init(&out, CTI_NETSTRING_ROOM);
	fuzz_must(cti_netstring_encode(&out, text, len) == 0);
	fuzz_must(cti_netstring_decode(&again, out.data, out.len) == 0);
	fuzz_must(again.len == len && again.used == out.len);
	fuzz_must(memcmp(again.text, text, len) == 0);
	cti_buf_fini(&out);
}

static void answers_check(const char *data)
{
	struct cti_answer_version version;
	struct cti_answer_accounts accounts;
	struct cti_answer_lines lines;
	struct cti_answer_stat stat;
	char id[CTI_SIP_SIZE];

	(void)!cti_answer_about(&version, data);
	cti_answer_reginfo(&accounts, data);
	fuzz_must(accounts.n <= CTI_ANSWER_ACCOUNTS);
	fuzz_must(!accounts.n || accounts.current < accounts.n);
	cti_answer_listcalls(&lines, data);
	fuzz_must(lines.n <= CTI_ANSWER_LINES);
	for (size_t i = 0; i < lines.n; i++)
		fuzz_must(!lines.line[i].id[0] ||
			  cti_ctrl_id_valid(lines.line[i].id));
	if (!cti_answer_callstat(&stat, data))
		fuzz_must(!stat.id[0] || cti_ctrl_id_valid(stat.id));
	if (!cti_answer_dial(id, data))
		fuzz_must(cti_ctrl_id_valid(id));
}

static void sip_check(const char *uri)
{
	struct cti_sip_closing closing = {.param = uri};
	char user[CTI_SIP_SIZE], domain[CTI_SIP_SIZE], out[CTI_SIP_SIZE];
	enum cti_cause cause;

	cti_sip_user(user, sizeof(user), uri);
	cti_sip_domain(domain, sizeof(domain), uri);
	cti_sip_name(out, sizeof(out), uri);
	(void)cti_sip_withheld(uri);
	if (!cti_sip_uri(out, sizeof(out), user, domain))
		fuzz_must(cti_sip_uri_valid(out));
	cause = cti_sip_cause(out, sizeof(out), &closing);
	fuzz_must(cause > CTI_CAUSE_NONE && cause < CTI_CAUSE_MAX);
}

static void event_check(const struct cti_ctrl_msg *msg)
{
	fuzz_must(msg->type_text != NULL);
	fuzz_must(!msg->id || cti_ctrl_id_valid(msg->id));
	if (msg->peer)
		sip_check(msg->peer);
	if (msg->param)
		sip_check(msg->param);
}

static void message_check(const char *text, size_t len)
{
	struct cti_ctrl_msg msg;

	if (cti_ctrl_decode(&msg, text, len))
		return;
	if (msg.response)
		answers_check(msg.data);
	else
		event_check(&msg);
	cti_ctrl_fini(&msg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct cti_netstring frame;
	size_t at = 0;

	while (!cti_netstring_decode(&frame, text + at, size - at)) {
		fuzz_must(frame.used <= size - at && frame.used > frame.len);
		message_check(frame.text, frame.len);
		frame_again(frame.text, frame.len);
		at += frame.used;
	}
	if (!at)
		message_check(text, size);
	answers_check(text);
	sip_check(text);
	free(text);
	return 0;
}
