/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/commands.h - commands and, in order, their answers */
#ifndef CTI_FREESWITCH_COMMANDS_H
#define CTI_FREESWITCH_COMMANDS_H

#include <stddef.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "drivers/freeswitch/esl.h"

struct cti_driver;

enum fs_ask {
	FS_ASK_AUTH,
	FS_ASK_VERSION, /* after the login, and as a ping */
	FS_ASK_EVENTS,
	FS_ASK_CHANNELS,
	FS_ASK_LOOK, /* at one channel */
	FS_ASK_EXISTS,
	FS_ASK_DIAL,
	FS_ASK_KILL,
	FS_ASK_HOLD,
	FS_ASK_TRANSFER,
	FS_ASK_DTMF,
	FS_ASK_CONTACT,
};

/** One that waits for its answer. */
struct fs_command {
	TAILQ_ENTRY(fs_command) link;
	enum fs_ask ask;
	char uuid[ESL_ID_SIZE]; /* whom it is about; "" */
};
TAILQ_HEAD(fs_commands, fs_command);

/** Sends text, which is emptied; -ENOTCONN, -EBUSY when too many wait. */
int fs_ask(struct cti_driver *drv, enum fs_ask ask, const char *uuid,
	   struct cti_buf *text) CTI_NODISCARD;
/** "api VERB UUID REST" (REST may be NULL). */
int fs_ask_api(struct cti_driver *drv, enum fs_ask ask,
	       const struct esl_api *api) CTI_NODISCARD;
/** A command without values. */
int fs_ask_plain(struct cti_driver *drv, enum fs_ask ask,
		 const char *command) CTI_NODISCARD;
/** Hands an answer to whoever asked. -EBADMSG: nobody did, or not so. */
int fs_answered(struct cti_driver *drv,
		const struct esl_msg *msg) CTI_NODISCARD;
/** Something came: whoever answers late is alive. */
void fs_commands_alive(struct cti_driver *drv);
void fs_commands_drop(struct cti_driver *drv);

#endif /* CTI_FREESWITCH_COMMANDS_H */
