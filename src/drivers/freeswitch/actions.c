/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/actions.c - what the agent wants, as commands */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

enum { DIGITS_MAX = 32 };

static int leg_take(struct fs_leg **legp, struct cti_driver *drv,
		    const struct cti_call_ref *ref)
{
	if (!drv->synced)
		return -ENOTCONN;
	*legp = fs_leg_by_ref(drv, ref);
	return *legp ? 0 : -ENOENT;
}

static int talking_take(struct fs_leg **legp, struct cti_driver *drv,
			const struct cti_call_ref *ref)
{
	int err = leg_take(legp, drv, ref);

	if (err)
		return err;
	return (*legp)->established && !(*legp)->over ? 0 : -EINVAL;
}

static int act(struct cti_driver *drv, enum fs_ask ask, const char *verb,
	       const char *uuid, const char *rest)
{
	struct esl_api api = {.verb = verb, .id = uuid, .rest = rest};

	return fs_ask_api(drv, ask, &api);
}

int fs_act_hangup(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	struct fs_leg *leg = NULL;
	int err = leg_take(&leg, drv, ref);

	if (err)
		return err;
	leg->by_us = true;
	fs_leg_kill(leg, leg->inbound && !leg->established ? "USER_BUSY"
							   : "NORMAL_CLEARING");
	return 0;
}

int fs_act_reject(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	struct fs_leg *leg = NULL;
	int err = leg_take(&leg, drv, ref);

	if (err)
		return err;
	if (!leg->inbound || leg->established || leg->over)
		return -EINVAL;
	return fs_act_hangup(drv, ref);
}

int fs_act_hold(struct cti_driver *drv, const struct cti_call_ref *ref, bool on)
{
	struct fs_leg *leg = NULL;
	int err = talking_take(&leg, drv, ref);

	if (err)
		return err;
	if (leg->state != (on ? CTI_CALL_ACTIVE : CTI_CALL_HELD))
		return -EINVAL;
	return act(drv, FS_ASK_HOLD, on ? "uuid_hold" : "uuid_hold off",
		   leg->uuid, NULL);
}

/* The far end goes to the number; the agent's leg then ends by itself. */
int fs_act_transfer(struct cti_driver *drv, const struct cti_call_ref *ref,
		    const char *number)
{
	char rest[FS_TEXT_SIZE];
	struct fs_leg *leg = NULL;
	struct fs_chan *other;
	int err = talking_take(&leg, drv, ref);

	if (err)
		return err;
	other = fs_leg_partner(leg);
	if (!other || !esl_is_number(number))
		return -EINVAL;
	(void)snprintf(rest, sizeof(rest), "%s XML %s", number, drv->context);
	err = act(drv, FS_ASK_TRANSFER, "uuid_transfer", other->uuid, rest);
	if (!err)
		leg->moved = true;
	return err;
}

/* A comma is a pause of two seconds. */
static int digits_make(char out[2 * DIGITS_MAX + 1], const char *digits)
{
	size_t n = 0;

	if (strlen(digits) > DIGITS_MAX)
		return -EINVAL;
	for (; *digits; digits++) {
		if (*digits == ',')
			out[n++] = 'W';
		out[n++] = *digits == ',' ? 'W' : *digits;
	}
	out[n] = '\0';
	return esl_is_dtmf(out) ? 0 : -EINVAL;
}

/* Sent towards the far end, who shall hear them. */
int fs_act_dtmf(struct cti_driver *drv, const struct cti_call_ref *ref,
		const char *digits)
{
	char text[2 * DIGITS_MAX + 1];
	struct fs_leg *leg = NULL;
	struct fs_chan *other;
	int err = talking_take(&leg, drv, ref);

	if (!err)
		err = digits_make(text, digits);
	if (err)
		return err;
	other = fs_leg_partner(leg);
	if (!other)
		return -EINVAL;
	return act(drv, FS_ASK_DTMF, "uuid_send_dtmf", other->uuid, text);
}

/* --- answers --- */

void fs_on_dial(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg)
{
	struct fs_leg *leg = fs_leg_find(drv, cmd->uuid);
	char text[FS_TEXT_SIZE];

	if (esl_begins(msg, "+OK") || !leg)
		return;
	esl_text(text, sizeof(text), msg);
	fs_chan_gone(drv, leg->uuid);
	fs_leg_end(leg, CTI_CAUSE_FAILED, text);
}

static void transfer_failed(struct cti_driver *drv, const char *other)
{
	struct fs_leg *leg;

	TAILQ_FOREACH(leg, &drv->legs, link)
	{
		const struct fs_chan *partner = fs_leg_partner(leg);

		if (partner && strcmp(partner->uuid, other) == 0)
			leg->moved = false;
	}
}

/* A channel that is gone by now needs no hanging up. */
void fs_on_acted(struct cti_driver *drv, const struct fs_command *cmd,
		 const struct esl_msg *msg)
{
	static const char *const words[] = {
		[FS_ASK_HOLD] = "hold",
		[FS_ASK_TRANSFER] = "a transfer",
		[FS_ASK_DTMF] = "digits",
	};
	char text[FS_TEXT_SIZE];

	if (cmd->ask == FS_ASK_KILL || esl_begins(msg, "+OK"))
		return;
	esl_text(text, sizeof(text), msg);
	log_warn("freeswitch: %s refused: %s", words[cmd->ask], text);
	if (cmd->ask == FS_ASK_TRANSFER)
		transfer_failed(drv, cmd->uuid);
}

/* "sofia/internal/sip:101@…" or "error/user_not_registered" */
void fs_on_contact(struct cti_driver *drv, const struct fs_command *cmd,
		   const struct esl_msg *msg)
{
	char text[FS_TEXT_SIZE], why[FS_WHY_SIZE];
	bool ok = !esl_begins(msg, "error/") && !esl_begins(msg, "-ERR");

	(void)cmd; /* one probe runs */
	esl_text(text, sizeof(text), msg);
	(void)snprintf(why, sizeof(why), "%s: %s", drv->probe_device,
		       ok ? "reachable" : text);
	drv->host.on_probe(drv->host.arg, ok, why);
}
