/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/commands.c - commands and, in order, their answers */
#include "drivers/freeswitch/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/freeswitch/priv.h"

enum {
	WAITING_MAX = 4096,
	ANSWER_MS = 10000,
};

/* Who reads the answer, and which kind it is. */
static const struct {
	enum esl_type type;
	void (*fn)(struct cti_driver *drv, const struct fs_command *cmd,
		   const struct esl_msg *msg);
} readers[] = {
	[FS_ASK_AUTH] = {ESL_REPLY, fs_on_auth},
	[FS_ASK_VERSION] = {ESL_ANSWER, fs_on_version},
	[FS_ASK_EVENTS] = {ESL_REPLY, fs_on_subscribed},
	[FS_ASK_CHANNELS] = {ESL_ANSWER, fs_on_channels},
	[FS_ASK_LOOK] = {ESL_ANSWER, fs_on_look},
	[FS_ASK_EXISTS] = {ESL_ANSWER, fs_on_exists},
	[FS_ASK_DIAL] = {ESL_REPLY, fs_on_dial},
	[FS_ASK_KILL] = {ESL_ANSWER, fs_on_acted},
	[FS_ASK_HOLD] = {ESL_ANSWER, fs_on_acted},
	[FS_ASK_TRANSFER] = {ESL_ANSWER, fs_on_acted},
	[FS_ASK_DTMF] = {ESL_ANSWER, fs_on_acted},
	[FS_ASK_CONTACT] = {ESL_ANSWER, fs_on_contact},
};

/* Within ping_s of the ping a dead link is found. */
static void expect_answer(struct cti_driver *drv)
{
	int64_t ms = drv->ping_ms < ANSWER_MS ? drv->ping_ms : ANSWER_MS;

	cti_wire_expect(drv->wire, drv->ncommands ? ms : 0,
			"FreeSWITCH does not answer");
}

int fs_ask(struct cti_driver *drv, enum fs_ask ask, const char *uuid,
	   struct cti_buf *text)
{
	struct fs_command *cmd = NULL;
	int err = drv->ncommands < WAITING_MAX ? 0 : -EBUSY;

	if (!err) {
		cmd = calloc(1, sizeof(*cmd));
		err = cmd ? 0 : -ENOMEM;
	}
	if (!err)
		err = cti_wire_write(drv->wire, text->data, text->len);
	cti_buf_reset(text);
	if (err) {
		free(cmd);
		return err;
	}
	cmd->ask = ask;
	memcpy(cmd->uuid, uuid, strlen(uuid) + 1);
	TAILQ_INSERT_TAIL(&drv->commands, cmd, link);
	if (drv->ncommands++ == 0)
		expect_answer(drv);
	return 0;
}

int fs_ask_api(struct cti_driver *drv, enum fs_ask ask,
	       const struct esl_api *api)
{
	struct cti_buf text;
	int err;

	cti_buf_init(&text, 2 * (size_t)ESL_SENT_MAX);
	err = esl_api(&text, api);
	if (!err)
		err = fs_ask(drv, ask, api->id, &text);
	cti_buf_fini(&text);
	return err;
}

int fs_ask_plain(struct cti_driver *drv, enum fs_ask ask, const char *command)
{
	struct cti_buf text;
	int err;

	cti_buf_init(&text, 2 * (size_t)ESL_SENT_MAX);
	err = esl_command(&text, command);
	if (!err)
		err = fs_ask(drv, ask, "", &text);
	cti_buf_fini(&text);
	return err;
}

int fs_answered(struct cti_driver *drv, const struct esl_msg *msg)
{
	struct fs_command *cmd = TAILQ_FIRST(&drv->commands);

	if (!cmd || readers[cmd->ask].type != msg->type)
		return -EBADMSG;
	TAILQ_REMOVE(&drv->commands, cmd, link);
	drv->ncommands--;
	expect_answer(drv);
	readers[cmd->ask].fn(drv, cmd, msg);
	free(cmd);
	return 0;
}

void fs_commands_alive(struct cti_driver *drv)
{
	if (drv->ncommands)
		expect_answer(drv);
}

void fs_commands_drop(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->commands)) {
		struct fs_command *cmd = TAILQ_FIRST(&drv->commands);

		TAILQ_REMOVE(&drv->commands, cmd, link);
		free(cmd);
	}
	drv->ncommands = 0;
}
