/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/talk.c - who talks with whom; calls that were transferred */
#include <stdio.h>
#include <string.h>

#include "drivers/freeswitch/priv.h"

static void id_copy(char out[ESL_ID_SIZE], const char *id)
{
	memmove(out, id, strlen(id) + 1);
}

/* Every way to send a channel elsewhere leaves its mark there: the dialplan's
 * own at the beginning of a call, too. */
void fs_note_transfer(struct fs_chan *chan, const struct fs_event *ev)
{
	char source[FS_SOURCE_SIZE];

	fs_copy(source, sizeof(source), ev, "variable_transfer_source");
	if (!source[0] || strcmp(source, chan->source) == 0)
		return;
	memcpy(chan->source, source, sizeof(source));
	if (chan->first[0])
		chan->transferred = true;
}

/* A channel that was called has no dialplan of its own: when it has another
 * one called, it was sent there. */
static bool was_transferred(const struct fs_chan *caller)
{
	return caller->first[0] && (caller->transferred || caller->by[0]);
}

/* --- whom a call is with --- */

static bool is_extension(const struct cti_driver *drv, const char *number)
{
	size_t len = strlen(number);

	return len > 0 && len <= (size_t)drv->extension_digits &&
	       strspn(number, "0123456789*#") == len;
}

/* Who calls has someone else on the line meanwhile. */
static bool has_another(const struct cti_driver *drv,
			const struct fs_chan *caller)
{
	const struct fs_chan *chan;

	if (!caller->user[0] && !caller->device)
		return false;
	TAILQ_FOREACH(chan, &drv->chans, link)
	{
		bool same = caller->device
				    ? chan->device == caller->device
				    : strcmp(chan->user, caller->user) == 0;

		if (same && chan != caller && (chan->held || chan->with[0]))
			return true;
	}
	return false;
}

/* Whoever dialed a whole number came by a trunk, where callers may say any
 * number to be theirs. */
static bool is_outside(const struct cti_driver *drv, const struct fs_chan *chan)
{
	return chan->inbound && !chan->device &&
	       strlen(chan->dest) > (size_t)drv->extension_digits;
}

static enum cti_call_kind kind_of(const struct cti_driver *drv,
				  const struct fs_chan *other,
				  const char *number)
{
	if (other && is_outside(drv, other))
		return CTI_KIND_CUSTOMER;
	if (!is_extension(drv, number) && !(other && other->device))
		return CTI_KIND_CUSTOMER;
	return other && has_another(drv, other) ? CTI_KIND_CONSULT
						: CTI_KIND_INTERNAL;
}

/* By a key of the switch, on the line that talks. */
static bool consults(const struct fs_chan *caller)
{
	return caller->with[0] && (caller->user[0] || caller->device);
}

void fs_leg_caller(struct fs_leg *leg, const struct fs_chan *chan)
{
	const struct fs_chan *caller = fs_chan_find(leg->drv, chan->by);

	memcpy(leg->number, chan->number, sizeof(leg->number));
	memcpy(leg->name, chan->name, sizeof(leg->name));
	leg->withheld = chan->withheld || (caller && caller->withheld);
	if (caller && caller->inbound)
		memcpy(leg->dnis, caller->dest, sizeof(leg->dnis));
	leg->kind = kind_of(leg->drv, caller, leg->number);
	if (caller && consults(caller) && leg->kind != CTI_KIND_CUSTOMER)
		leg->kind = CTI_KIND_CONSULT;
	else if (caller && was_transferred(caller))
		id_copy(leg->first, caller->first);
}

void fs_leg_callee(struct fs_leg *leg, const struct fs_chan *chan,
		   const char *number)
{
	(void)snprintf(leg->number, sizeof(leg->number), "%s", number);
	if (has_another(leg->drv, chan))
		leg->kind = CTI_KIND_CONSULT;
	else
		leg->kind = kind_of(leg->drv, NULL, number);
}

struct fs_chan *fs_leg_partner(const struct fs_leg *leg)
{
	const struct fs_chan *chan = fs_chan_find(leg->drv, leg->uuid);

	return chan && chan->with[0] ? fs_chan_find(leg->drv, chan->with)
				     : NULL;
}

/* --- bridges --- */

/* The leg was called by someone else than whom it now talks with. */
static void change_party(struct fs_leg *leg, const struct fs_chan *other)
{
	memcpy(leg->number, other->inbound ? other->number : other->dest,
	       sizeof(leg->number));
	if (other->inbound)
		memcpy(leg->name, other->name, sizeof(leg->name));
	else
		leg->name[0] = '\0';
	leg->withheld = other->inbound && other->withheld;
	leg->kind = kind_of(leg->drv, other, leg->number);
}

/* Who talked with the caller before hands him over, unless the caller went on
 * by himself: then it is a fresh call. */
static void meet(struct fs_leg *leg, const struct fs_chan *chan,
		 const struct fs_chan *other)
{
	bool handed = leg->inbound && strcmp(chan->by, other->uuid) != 0;

	if (!handed)
		return; /* the ring has told all */
	if (other->first[0] && strcmp(other->first, leg->uuid) != 0 &&
	    !leg->first[0])
		id_copy(leg->first, other->first);
	change_party(leg, other);
}

/* For the leg that it may be handed to. A chain keeps the very first. */
static void remember(struct fs_chan *chan, const struct fs_chan *other)
{
	bool fresh =
		!was_transferred(chan) && strcmp(other->by, chan->uuid) == 0;

	if (!chan->first[0] || fresh)
		id_copy(chan->first, other->uuid);
	chan->transferred = false;
}

bool fs_leg_talks(const struct fs_leg *leg, const struct fs_chan *chan,
		  const struct fs_chan *other)
{
	const struct fs_chan *called = leg->inbound ? chan : other;

	return !called || called->answered;
}

static void join(struct cti_driver *drv, struct fs_chan *chan,
		 struct fs_chan *other, const struct fs_event *ev)
{
	struct fs_leg *leg = chan ? fs_leg_take(drv, chan) : NULL;

	if (!leg)
		return;
	leg->agent_on = leg->agent_on || chan->answered;
	if (other)
		meet(leg, chan, other);
	if (other && !leg->call_id[0] && !leg->inbound && !leg->number[0])
		fs_leg_callee(leg, chan, other->dest);
	if (!fs_leg_talks(leg, chan, other))
		fs_leg_enter(leg, CTI_CALL_RINGING, ev);
	else if (leg->established && leg->state == CTI_CALL_ACTIVE)
		fs_leg_say(leg, ev);
	else
		fs_leg_enter(leg, CTI_CALL_ACTIVE, ev);
}

void fs_joined(struct cti_driver *drv, struct fs_chan *chan,
	       const struct fs_event *ev)
{
	struct fs_chan *other = fs_chan_find(drv, chan->with);

	join(drv, chan, other, ev);
	if (other)
		join(drv, other, chan, ev);
}

static void tie(struct fs_chan *chan, const char *other)
{
	if (chan)
		id_copy(chan->with, other);
}

void fs_bridged(struct cti_driver *drv, const struct fs_event *ev)
{
	char a[ESL_ID_SIZE], b[ESL_ID_SIZE];
	struct fs_chan *one, *two;

	fs_copy_id(a, sizeof(a), ev, "Bridge-A-Unique-ID");
	fs_copy_id(b, sizeof(b), ev, "Bridge-B-Unique-ID");
	one = fs_chan_find(drv, a);
	two = fs_chan_find(drv, b);
	tie(one, b);
	tie(two, a);
	join(drv, one, two, ev);
	join(drv, two, one, ev);
	if (one && two) {
		remember(one, two);
		remember(two, one);
	}
}

static void untie(struct fs_chan *chan, const char *other)
{
	if (chan && strcmp(chan->with, other) == 0)
		chan->with[0] = '\0';
}

void fs_unbridged(struct cti_driver *drv, const struct fs_event *ev)
{
	char a[ESL_ID_SIZE], b[ESL_ID_SIZE];

	fs_copy_id(a, sizeof(a), ev, "Bridge-A-Unique-ID");
	fs_copy_id(b, sizeof(b), ev, "Bridge-B-Unique-ID");
	untie(fs_chan_find(drv, a), b);
	untie(fs_chan_find(drv, b), a);
}
