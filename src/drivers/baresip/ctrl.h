/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/ctrl.h - the messages of ctrl_tcp: bytes to structs, no I/O */
#ifndef CTI_CTRL_H
#define CTI_CTRL_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/json.h"

/** The commands that may be sent; there is no way to send another. */
enum cti_ctrl_cmd {
	CTI_CTRL_ABOUT,
	CTI_CTRL_REGINFO,
	CTI_CTRL_LISTCALLS,
	CTI_CTRL_CALLSTAT,
	CTI_CTRL_LINE,
	CTI_CTRL_CALLFIND,
	CTI_CTRL_UAFIND,
	CTI_CTRL_DIAL,
	CTI_CTRL_ACCEPT,
	CTI_CTRL_HANGUP,
	CTI_CTRL_HOLD,
	CTI_CTRL_RESUME,
	CTI_CTRL_MUTE,
	CTI_CTRL_TRANSFER,
	CTI_CTRL_SNDCODE,
	CTI_CTRL_CMD_MAX
};

/** "dial"; never NULL. */
const char *cti_ctrl_word(enum cti_ctrl_cmd cmd);

/**
 * Appends the frame of a command. params: NULL or "" = none. The token is
 * written as a string, as baresip 1.0.0 dies of any other. -EINVAL: params
 * are missing where the command needs them (`dial` would repeat the last
 * number), hold control characters or are longer than baresip's buffer.
 */
int cti_ctrl_encode(struct cti_buf *out, enum cti_ctrl_cmd cmd,
		    const char *params, const char *token) CTI_NODISCARD;

/** What an event says about a call; the rest of its types is OTHER. */
enum cti_ctrl_type {
	CTI_CTRL_OTHER,
	CTI_CTRL_OUTGOING,
	CTI_CTRL_INCOMING,
	CTI_CTRL_PROGRESS,
	CTI_CTRL_RINGING,
	CTI_CTRL_ESTABLISHED,
	CTI_CTRL_CLOSED,
	CTI_CTRL_HELD_BY_US,
	CTI_CTRL_RESUMED_BY_US,
	CTI_CTRL_TRANSFER_ASKED,
	CTI_CTRL_TRANSFER_FAILED,
};

/** One message received; texts are lent by doc, NULL when absent. */
struct cti_ctrl_msg {
	struct cti_json *doc;
	bool response;
	bool ok;		 /* response */
	const char *data;	 /* response; never NULL there */
	const char *token;	 /* response */
	enum cti_ctrl_type type; /* event */
	const char *type_text;	 /* event, as it came */
	const char *account;
	bool inbound;
	const char *peer;
	const char *name;
	const char *id; /* SIP Call-ID; one that is unfit to send is NULL */
	const char *param;
};

/**
 * Reads the text of one frame. Control characters (`about` colours its text)
 * are dropped and Latin-1 is taken for what is no UTF-8. -EBADMSG: neither a
 * response nor an event; -ENOMEM. Free with _fini.
 */
int cti_ctrl_decode(struct cti_ctrl_msg *msg, const char *text,
		    size_t len) CTI_NODISCARD;
void cti_ctrl_fini(struct cti_ctrl_msg *msg);

/** Printable, no blank, at most 255 bytes: may stand in a command. */
bool cti_ctrl_id_valid(const char *id);

#endif /* CTI_CTRL_H */
