/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/answers.c - reading lists made for people */
#include "drivers/baresip/answers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/baresip/ctrl.h"

static const struct {
	const char *word;
	enum cti_call_state state;
	bool inbound, outbound;
} states[] = {
	{"INCOMING", CTI_CALL_RINGING, true, false},
	{"OUTGOING", CTI_CALL_DIALING, false, true},
	{"RINGING", CTI_CALL_RINGING, false, true},
	{"EARLY", CTI_CALL_RINGING, false, true},
	{"ESTABLISHED", CTI_CALL_ACTIVE, false, false},
};

/** Copies text up to len bytes; "" when it does not fit. */
static void text_copy(char out[CTI_SIP_SIZE], const char *text, size_t len)
{
	if (len >= CTI_SIP_SIZE)
		len = 0;
	memcpy(out, text, len);
	out[len] = '\0';
}

static const char *line_next(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/** Finds what inside one line; NULL when it is not there. */
static const char *line_find(const char *line, const char *what)
{
	const char *found = strstr(line, what);

	return found && found < line + strcspn(line, "\n") ? found : NULL;
}

static bool version_read(struct cti_answer_version *out, const char *text)
{
	char *end;
	unsigned long part[3];

	for (size_t i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)*text))
			return false;
		part[i] = strtoul(text, &end, 10);
		if (part[i] > 9999 || (i < 2 && *end != '.'))
			return false;
		text = end + 1;
	}
	out->major = (unsigned)part[0];
	out->minor = (unsigned)part[1];
	out->patch = (unsigned)part[2];
	return true;
}

int cti_answer_about(struct cti_answer_version *out, const char *data)
{
	for (const char *p = strchr(data, ' '); p; p = strchr(p + 1, ' ')) {
		if (version_read(out, p + 1))
			return 0;
	}
	return -EBADMSG;
}

void cti_answer_reginfo(struct cti_answer_accounts *out, const char *data)
{
	out->n = 0;
	out->current = 0;
	for (const char *l = data; *l && out->n < CTI_ANSWER_ACCOUNTS;
	     l = line_next(l)) {
		const char *aor = line_find(l, "sip:");

		if (!aor)
			aor = line_find(l, "sips:");
		if (!aor)
			continue;
		if (*l == '>')
			out->current = out->n;
		text_copy(out->aor[out->n++], aor, strcspn(aor, " \t\n"));
	}
}

static bool state_read(struct cti_answer_line *out, const char *l)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!line_find(l, states[i].word))
			continue;
		out->state = states[i].state;
		out->inbound = states[i].inbound;
		out->outbound = states[i].outbound;
		return true;
	}
	return false;
}

/* "> [line 1, id ID]  0:00:01  ESTABLISHED  (on hold)  sip:…"; no id in
 * 1.0.0. */
static bool line_read(struct cti_answer_line *out, const char *l)
{
	const char *number = line_find(l, "[line ");
	const char *end = number ? line_find(number, "]  ") : NULL;
	const char *id = end ? line_find(number, ", id ") : NULL;
	const char *peer = end ? line_find(end, " sip") : NULL;

	if (!peer || !state_read(out, end))
		return false;
	out->line = (unsigned)strtoul(number + 6, NULL, 10);
	out->id[0] = '\0';
	if (id && id < end)
		text_copy(out->id, id + 5, (size_t)(end - id - 5));
	if (out->id[0] && !cti_ctrl_id_valid(out->id))
		return false;
	if (out->state == CTI_CALL_ACTIVE && line_find(end, "(on hold)"))
		out->state = CTI_CALL_HELD;
	text_copy(out->peer, peer + 1, strcspn(peer + 1, " \t\n"));
	return true;
}

void cti_answer_listcalls(struct cti_answer_lines *out, const char *data)
{
	out->n = 0;
	for (const char *l = data; *l && out->n < CTI_ANSWER_LINES;
	     l = line_next(l)) {
		if (line_read(&out->line[out->n], l))
			out->n++;
	}
}

/** What stands between < and > in the line of key. */
static void uri_read(char out[CTI_SIP_SIZE], const char *data, const char *key)
{
	const char *l = strstr(data, key);
	const char *uri = l ? line_find(l, "<") : NULL;
	const char *end = uri ? line_find(uri, ">") : NULL;

	if (end)
		text_copy(out, uri + 1, (size_t)(end - uri - 1));
}

int cti_answer_callstat(struct cti_answer_stat *out, const char *data)
{
	const char *id = strstr(data, " id=");
	const char *peer = strstr(data, "peer_uri:");
	const char *name = peer ? peer + strlen("peer_uri:") : NULL;
	const char *uri = peer ? line_find(peer, "<") : NULL;

	*out = (struct cti_answer_stat){0};
	if (!id || !uri)
		return -ENOENT;
	text_copy(out->id, id + 4, strcspn(id + 4, " \t\n"));
	if (!cti_ctrl_id_valid(out->id))
		return -ENOENT;
	uri_read(out->peer, data, "peer_uri:");
	uri_read(out->account, data, "local_uri:");
	while (name < uri && *name == ' ')
		name++;
	while (uri > name && uri[-1] == ' ')
		uri--;
	text_copy(out->name, name, (size_t)(uri - name));
	out->inbound = strstr(data, "direction: Incoming") != NULL;
	return 0;
}

int cti_answer_dial(char id[CTI_SIP_SIZE], const char *data)
{
	static const char key[] = "call id: ";
	const char *found = strstr(data, key);
	char text[CTI_SIP_SIZE];

	if (!found)
		return -ENOENT;
	found += strlen(key);
	text_copy(text, found, strcspn(found, " \t\n"));
	if (!cti_ctrl_id_valid(text))
		return -ENOENT;
	memcpy(id, text, CTI_SIP_SIZE);
	return 0;
}
