/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/ctrl.c - commands out, responses and events in */
#include "drivers/baresip/ctrl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/baresip/netstring.h"

enum {
	PARAMS_MAX = 900, /* its buffer for command and params has 1024 */
	ID_MAX = 255,
};

static const struct {
	const char *word;
	bool needs_params;
} commands[CTI_CTRL_CMD_MAX] = {
	[CTI_CTRL_ABOUT] = {"about", false},
	[CTI_CTRL_REGINFO] = {"reginfo", false},
	[CTI_CTRL_LISTCALLS] = {"listcalls", false},
	[CTI_CTRL_CALLSTAT] = {"callstat", false},
	[CTI_CTRL_LINE] = {"line", true},
	[CTI_CTRL_CALLFIND] = {"callfind", true},
	[CTI_CTRL_UAFIND] = {"uafind", true},
	[CTI_CTRL_DIAL] = {"dial", true},
	[CTI_CTRL_ACCEPT] = {"accept", false},
	[CTI_CTRL_HANGUP] = {"hangup", false},
	[CTI_CTRL_HOLD] = {"hold", false},
	[CTI_CTRL_RESUME] = {"resume", false},
	[CTI_CTRL_MUTE] = {"mute", false},
	[CTI_CTRL_TRANSFER] = {"transfer", true},
	[CTI_CTRL_SNDCODE] = {"sndcode", true},
};

static const struct {
	const char *text;
	enum cti_ctrl_type type;
} types[] = {
	{"CALL_OUTGOING", CTI_CTRL_OUTGOING},
	{"CALL_INCOMING", CTI_CTRL_INCOMING},
	{"CALL_PROGRESS", CTI_CTRL_PROGRESS},
	{"CALL_RINGING", CTI_CTRL_RINGING},
	{"CALL_ESTABLISHED", CTI_CTRL_ESTABLISHED},
	{"CALL_CLOSED", CTI_CTRL_CLOSED},
	{"CALL_HOLD", CTI_CTRL_HELD_BY_US},
	{"CALL_RESUME", CTI_CTRL_RESUMED_BY_US},
	{"TRANSFER", CTI_CTRL_TRANSFER_ASKED},
	{"CALL_TRANSFER", CTI_CTRL_TRANSFER_ASKED},
	{"TRANSFER_FAILED", CTI_CTRL_TRANSFER_FAILED},
	{"CALL_TRANSFER_FAILED", CTI_CTRL_TRANSFER_FAILED},
};

const char *cti_ctrl_word(enum cti_ctrl_cmd cmd)
{
	return commands[cmd].word;
}

static int params_check(enum cti_ctrl_cmd cmd, const char *params)
{
	size_t len = params ? strlen(params) : 0;

	if (len == 0)
		return commands[cmd].needs_params ? -EINVAL : 0;
	if (len > PARAMS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)params[i];

		if (c < 0x20 || c > 0x7e)
			return -EINVAL;
	}
	return 0;
}

int cti_ctrl_encode(struct cti_buf *out, enum cti_ctrl_cmd cmd,
		    const char *params, const char *token)
{
	struct cti_buf json;
	struct cti_jsonw w;
	int err = params_check(cmd, params);

	if (err)
		return err;
	cti_buf_init(&json, CTI_NETSTRING_MAX);
	err = cti_jsonw_init(&w, &json);
	if (err)
		goto out;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "command", commands[cmd].word);
	if (params && params[0])
		cti_jsonw_kstr(&w, "params", params);
	cti_jsonw_kstr(&w, "token", token);
	cti_jsonw_obj_end(&w);
	err = cti_jsonw_fini(&w);
	if (!err)
		err = cti_netstring_encode(out, cti_buf_text(&json), json.len);
out:
	cti_buf_fini(&json);
	return err;
}

bool cti_ctrl_id_valid(const char *id)
{
	size_t len = 0;

	while (id[len] > 0x20 && id[len] < 0x7f && len <= ID_MAX)
		len++;
	return len > 0 && len <= ID_MAX && id[len] == '\0';
}

static enum cti_ctrl_type type_find(const char *text)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].text, text) == 0)
			return types[i].type;
	}
	return CTI_CTRL_OTHER;
}

static void event_read(struct cti_ctrl_msg *msg,
		       const struct cti_json_value *root)
{
	const char *direction = cti_json_str(root, "direction");
	const char *id = cti_json_str(root, "id");

	msg->type = type_find(msg->type_text);
	msg->account = cti_json_str(root, "accountaor");
	msg->inbound = direction && strcmp(direction, "incoming") == 0;
	msg->peer = cti_json_str(root, "peeruri");
	msg->name = cti_json_str(root, "peerdisplayname");
	msg->param = cti_json_str(root, "param");
	msg->id = id && cti_ctrl_id_valid(id) ? id : NULL;
}

static void response_read(struct cti_ctrl_msg *msg,
			  const struct cti_json_value *root)
{
	const char *data = cti_json_str(root, "data");

	msg->ok = cti_json_bool(root, "ok", false);
	msg->data = data ? data : "";
	msg->token = cti_json_str(root, "token");
}

static int message_read(struct cti_ctrl_msg *msg)
{
	const struct cti_json_value *root = cti_json_root(msg->doc);

	msg->response = cti_json_bool(root, "response", false);
	if (msg->response) {
		response_read(msg, root);
		return 0;
	}
	msg->type_text = cti_json_str(root, "type");
	if (!cti_json_bool(root, "event", false) || !msg->type_text)
		return -EBADMSG;
	event_read(msg, root);
	return 0;
}

int cti_ctrl_decode(struct cti_ctrl_msg *msg, const char *text, size_t len)
{
	struct cti_ctrl_msg found = {0};
	size_t size = 2 * len + 1; /* Latin-1 doubles at worst */
	char *clean = malloc(size);
	int err;

	if (!clean)
		return -ENOMEM;
	cti_utf8_clean(clean, size, text, len);
	err = cti_json_parse(&found.doc, clean, strlen(clean),
			     2 * (size_t)CTI_NETSTRING_MAX, NULL);
	if (err) {
		err = err == -ENOMEM ? err : -EBADMSG;
		goto out;
	}
	err = message_read(&found);
	if (err)
		goto out;

	*msg = found;
	found.doc = NULL;
out:
	cti_ctrl_fini(&found);
	free(clean);
	return err;
}

void cti_ctrl_fini(struct cti_ctrl_msg *msg)
{
	cti_json_destroy(msg->doc);
	msg->doc = NULL;
}
