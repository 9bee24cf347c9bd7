/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/events.c - the messages taken apart and handed on by their name */
#include <stdlib.h>
#include <string.h>

#include "drivers/asterisk/priv.h"

/* --- the fields --- */

enum {
	KEY_MAX = 24, /* bytes of the longest key or name */
	SAME_LENGTH = 5,
	VAR_KEY = AST_F_MAX, /* ChanVariable, of the first channel… */
	VAR_DEST,	     /* …and of the second */
};

struct key {
	const char *text;
	int field;
};

/* Row: the length. Most lines are settled by one comparison or two. */
static const struct key keys[KEY_MAX + 1][SAME_LENGTH] = {
	[5] = {{"Exten", AST_F_EXTEN}, {"Cause", AST_F_CAUSE}},
	[6] = {{"Result", AST_F_RESULT}, {"Reason", AST_F_REASON}},
	[7] = {{"Channel", AST_F_CHANNEL}, {"Newname", AST_F_NEWNAME}},
	[8] = {{"Uniqueid", AST_F_UID},
	       {"Linkedid", AST_F_LINKED},
	       {"Response", AST_F_RESPONSE},
	       {"ActionID", AST_F_ACTION_ID},
	       {"BridgeId", AST_F_BRIDGE}},
	[9] = {{"DestExten", AST_F_DEST + AST_F_EXTEN},
	       {"Cause-txt", AST_F_CAUSE_TXT},
	       {"TechCause", AST_F_TECH}},
	[10] = {{"DialStatus", AST_F_STATUS}},
	[11] = {{"CallerIDNum", AST_F_CID_NUM},
		{"DestChannel", AST_F_DEST + AST_F_CHANNEL},
		{"Application", AST_F_APPLICATION}},
	[12] = {{"ChannelState", AST_F_STATE},
		{"CallerIDName", AST_F_CID_NAME},
		{"DestUniqueid", AST_F_DEST + AST_F_UID},
		{"DestLinkedid", AST_F_DEST + AST_F_LINKED},
		{"ChanVariable", VAR_KEY}},
	[14] = {{"BridgeUniqueid", AST_F_BRIDGE}},
	[15] = {{"DestCallerIDNum", AST_F_DEST + AST_F_CID_NUM},
		{"CID-CallingPres", AST_F_PRES}},
	[16] = {{"ConnectedLineNum", AST_F_CL_NUM},
		{"DestChannelState", AST_F_DEST + AST_F_STATE},
		{"DestCallerIDName", AST_F_DEST + AST_F_CID_NAME},
		{"DestChanVariable", VAR_DEST}},
	[17] = {{"ConnectedLineName", AST_F_CL_NAME}},
	[18] = {{"TransfererUniqueid", AST_F_TRANSFERER},
		{"TransfereeUniqueid", AST_F_TRANSFEREE}},
	[20] = {{"DestConnectedLineNum", AST_F_DEST + AST_F_CL_NUM}},
	[21] = {{"DestConnectedLineName", AST_F_DEST + AST_F_CL_NAME}},
	[22] = {{"OrigTransfererUniqueid", AST_F_ORIG_TRANSFERER}},
	[24] = {{"SecondTransfererUniqueid", AST_F_SECOND_TRANSFERER}},
};

static int key_find(const struct ami_field *field)
{
	const struct key *row;

	if (field->key_len > KEY_MAX)
		return -1;
	row = keys[field->key_len];
	for (int i = 0; i < SAME_LENGTH && row[i].text; i++) {
		if (memcmp(row[i].text, field->key, field->key_len) == 0)
			return row[i].field;
	}
	return -1;
}

static void event_read(struct ast_event *ev, const struct ami_msg *msg)
{
	for (int i = 0; i < AST_F_MAX; i++)
		ev->f[i] = "";
	ev->nvars[0] = ev->nvars[1] = 0;
	for (size_t i = 1; i < msg->nfields; i++) {
		const struct ami_field *field = &msg->field[i];
		int key = key_find(field);
		int which = key - VAR_KEY;

		if (key >= 0 && key < AST_F_MAX)
			ev->f[key] = field->value;
		else if (which >= 0 && ev->nvars[which] < AST_VARS)
			ev->var[which][ev->nvars[which]++] = field->value;
	}
}

/** What an event shows of a channel that is known. */
static struct ast_chan *see(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_snap snap = {ev->f, ev->var[0], ev->nvars[0], false};

	return ast_chan_see(drv, &snap);
}

static struct ast_chan *make(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_snap snap = {ev->f, ev->var[0], ev->nvars[0], true};

	return ast_chan_see(drv, &snap);
}

static struct ast_chan *make_dest(struct cti_driver *drv,
				  const struct ast_event *ev)
{
	struct ast_snap snap = {ev->f + AST_F_DEST, ev->var[1], ev->nvars[1],
				true};

	return ast_chan_see(drv, &snap);
}

static int number_of(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

static struct ast_end end_read(const struct ast_event *ev)
{
	struct ast_end end = {
		.cause = number_of(ev->f[AST_F_CAUSE]),
		.tech = number_of(ev->f[AST_F_TECH]),
	};

	ami_text(end.text, sizeof(end.text), ev->f[AST_F_CAUSE_TXT]);
	return end;
}

/* --- channels --- */

static void exten_keep(struct ast_chan *chan, const char *exten)
{
	if (!chan->exten[0] && ami_is_exten(exten))
		memcpy(chan->exten, exten, strlen(exten) + 1);
}

static void state_tell(struct ast_chan *chan)
{
	struct ast_leg *leg = chan->leg;

	if (chan->state == AST_STATE_RINGING)
		chan->rang = true;
	if (!leg)
		return;
	if (chan->state == AST_STATE_RING)
		ast_leg_phone_dials(leg);
	else if (chan->state == AST_STATE_RINGING)
		ast_leg_rings(leg);
	else if (chan->state == AST_STATE_UP)
		ast_leg_is_up(leg);
}

static void on_newchannel(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = make(drv, ev);

	if (!chan)
		return;
	if (chan->state == AST_STATE_RING)
		exten_keep(chan, ev->f[AST_F_EXTEN]);
	state_tell(chan);
}

static void on_newstate(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = make(drv, ev);

	if (chan)
		state_tell(chan);
}

static void on_callerid(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = see(drv, ev);

	if (chan && ev->f[AST_F_PRES][0])
		chan->withheld = strstr(ev->f[AST_F_PRES], "Prohibited");
}

static void on_seen(struct cti_driver *drv, const struct ast_event *ev)
{
	(void)see(drv, ev); /* what it shows is all */
}

static void on_rename(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = ast_chan_find(drv, ev->f[AST_F_UID]);

	if (chan)
		ast_chan_rename(chan, ev->f[AST_F_NEWNAME]);
}

static void on_hold(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = see(drv, ev);

	if (!chan)
		return;
	chan->held = true;
	if (chan->leg)
		ast_leg_hold(chan->leg, true);
}

static void on_unhold(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = see(drv, ev);

	if (!chan)
		return;
	chan->held = false;
	if (chan->leg)
		ast_leg_hold(chan->leg, false);
}

static void on_hangup_request(struct cti_driver *drv,
			      const struct ast_event *ev)
{
	struct ast_chan *chan = ast_chan_find(drv, ev->f[AST_F_UID]);

	if (!chan)
		return;
	chan->hanging = true;
	if (chan->leg)
		ast_leg_hung(chan->leg);
}

/** A channel that was kept for its callee's sake. */
static void leg_finish(struct ast_chan *chan)
{
	ast_leg_over(chan->leg);
	ast_chan_destroy(chan);
}

static void on_hangup(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = ast_chan_find(drv, ev->f[AST_F_UID]);
	struct ast_end end = end_read(ev);
	struct ast_chan *from;

	ast_sync_hungup(drv, ev->f[AST_F_UID]);
	if (!chan)
		return;
	end.rang = chan->rang;
	from = ast_chan_dialer_leg(chan);
	if (from && chan->state != AST_STATE_UP)
		ast_leg_far_over(from->leg, &end);
	if (chan->leg && !ast_leg_gone(chan->leg, &end))
		return; /* what it dialed is asked first */
	ast_chan_destroy(chan);
	if (from && from->leg && from->leg->gone && from->leg->far.cause >= 0)
		leg_finish(from);
}

/* --- dials --- */

static struct ast_chan *dial_link(struct ast_chan *dialer,
				  struct ast_chan *dest,
				  const struct ast_event *ev)
{
	if (!dest || !dialer || dest == dialer || dest->dialer == dialer)
		return dest;
	ast_chan_dials(dialer, dest);
	if (dialer->leg)
		ast_leg_far_dialed(dialer->leg, dest, ev->f[AST_F_EXTEN]);
	return dest;
}

/** A leg that somebody dialed, or its own phone by a click elsewhere. */
static void dest_tell(struct ast_chan *dest)
{
	if (!dest->leg)
		return;
	if (dest->dialer)
		ast_leg_offered(dest->leg);
	else
		ast_leg_originated(dest->leg);
}

static void on_dial_begin(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *dialer = make(drv, ev);
	struct ast_chan *dest = dial_link(dialer, make_dest(drv, ev), ev);

	if (dest)
		dest_tell(dest);
}

static void on_dial_state(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *dest =
		ast_chan_find(drv, ev->f[AST_F_DEST + AST_F_UID]);
	struct ast_chan *from;

	if (!dest)
		return;
	(void)dial_link(see(drv, ev), dest, ev); /* it is dest */
	dest_tell(dest);
	if (strcmp(ev->f[AST_F_STATUS], "RINGING") != 0 &&
	    strcmp(ev->f[AST_F_STATUS], "PROGRESS") != 0)
		return;
	dest->rang = true;
	from = ast_chan_dialer_leg(dest);
	if (from && ev->f[AST_F_STATUS][0] == 'R')
		ast_leg_far_rings(from->leg);
	if (dest->leg)
		ast_leg_rings(dest->leg);
}

static void dial_answered(struct ast_chan *dest)
{
	struct ast_chan *dialer = dest->dialer;

	dest->state = AST_STATE_UP;
	if (dialer) {
		dialer->picked = dest->dialed_at;
		dialer->picked_at = ++dialer->drv->sw.clock;
		if (dialer->leg && dialer->leg->way == AST_WAY_OUT)
			ast_leg_answered(dialer->leg);
	}
	if (!dest->leg)
		return;
	if (dest->leg->way == AST_WAY_IN)
		ast_leg_answered(dest->leg);
	else
		ast_leg_is_up(dest->leg);
}

static void on_dial_end(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *dest =
		ast_chan_find(drv, ev->f[AST_F_DEST + AST_F_UID]);
	struct ast_end end = {.cause = -1};
	struct ast_chan *from;

	if (!dest)
		return;
	(void)dial_link(see(drv, ev), dest, ev); /* it is dest */
	dest_tell(dest);
	if (strcmp(ev->f[AST_F_STATUS], "ANSWER") == 0) {
		dial_answered(dest);
		return;
	}
	ami_text(end.status, sizeof(end.status), ev->f[AST_F_STATUS]);
	if (strcmp(end.status, "NOANSWER") == 0)
		dest->given_up = true;
	from = ast_chan_dialer_leg(dest);
	if (from)
		ast_leg_far_over(from->leg, &end);
	/* A queue whose ring time is over says NOANSWER, then CANCEL. */
	if (dest->leg && !dest->leg->end.status[0])
		memcpy(dest->leg->end.status, end.status, sizeof(end.status));
}

/* --- bridges --- */

/** Two are in it: who talks to whom, through Local channels too? */
static void bridge_settle(struct ast_chan *chan)
{
	struct ast_chan *from = chan;
	struct ast_chan *peer = ast_chan_peer(chan);
	struct ast_chan *behind = ast_chan_behind(chan);

	if (behind)
		ast_transfer_behind(behind);
	if (chan->local) { /* seen from the other side of its bridge */
		from = TAILQ_FIRST(&chan->bridge->members);
		if (from == chan)
			from = TAILQ_NEXT(from, member);
		peer = from ? ast_chan_peer(from) : NULL;
	}
	if (from && peer && !from->local)
		ast_transfer_join(from, peer);
}

static void on_bridge_enter(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = make(drv, ev);
	const char *id = ev->f[AST_F_BRIDGE];

	if (!chan || !id[0] || ast_chan_enter(chan, id))
		return;
	chan->passed_on = false; /* a consultation, say */
	if (chan->leg && chan->leg->way == AST_WAY_IN)
		ast_leg_answered(chan->leg);
	bridge_settle(chan);
}

/** Whoever leaves first, and does not hang up, was sent somewhere else: had
 * his partner hung up, that one had left before him. */
static void leave_mark(struct ast_chan *chan)
{
	const struct ast_chan *peer = ast_chan_peer(chan);

	if (peer && !chan->hanging && !peer->hanging)
		chan->passed_on = true;
}

static void on_bridge_leave(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *chan = see(drv, ev);
	struct ast_bridge *bridge;

	if (!chan || !chan->bridge ||
	    strcmp(chan->bridge->id, ev->f[AST_F_BRIDGE]) != 0)
		return;
	leave_mark(chan);
	bridge = chan->bridge->n == 3 ? chan->bridge : NULL;
	ast_chan_leave(chan);
	if (bridge)
		bridge_settle(TAILQ_FIRST(&bridge->members));
}

/* --- dials of ours that come to nothing --- */

/** Says only that the phone was, or was not, answered, and may come before
 * what it is about: the channel's own events count. */
static void on_originate(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_leg *leg = ast_leg_by_id(drv, ev->f[AST_F_ACTION_ID]);

	if (!leg || strcmp(ev->f[AST_F_RESPONSE], "Failure") != 0)
		return;
	leg->reason = number_of(ev->f[AST_F_REASON]);
	ast_leg_refused(leg, CTI_CAUSE_NONE, NULL);
}

static void on_channels_done(struct cti_driver *drv, const struct ast_event *ev)
{
	(void)ev; /* the number of rows */
	ast_sync_done(drv);
}

/* --- by name --- */

typedef void event_fn(struct cti_driver *drv, const struct ast_event *ev);

struct name {
	const char *text;
	event_fn *fn;
};

static const struct name names[KEY_MAX + 1][SAME_LENGTH] = {
	[4] = {{"Hold", on_hold}},
	[6] = {{"Hangup", on_hangup},
	       {"Unhold", on_unhold},
	       {"Rename", on_rename}},
	[7] = {{"DialEnd", on_dial_end}},
	[8] = {{"Newstate", on_newstate}},
	[9] = {{"DialBegin", on_dial_begin}, {"DialState", on_dial_state}},
	[10] = {{"Newchannel", on_newchannel}},
	[11] = {{"BridgeEnter", on_bridge_enter},
		{"BridgeLeave", on_bridge_leave},
		{"NewCallerid", on_callerid}},
	[13] = {{"HangupRequest", on_hangup_request},
		{"BlindTransfer", ast_on_blind}},
	[15] = {{"CoreShowChannel", ast_sync_row}},
	[16] = {{"NewConnectedLine", on_seen},
		{"AttendedTransfer", ast_on_attended}},
	[17] = {{"SoftHangupRequest", on_hangup_request},
		{"OriginateResponse", on_originate}},
	[24] = {{"CoreShowChannelsComplete", on_channels_done}},
};

static event_fn *name_find(const struct ami_field *field)
{
	const struct name *row;

	if (field->value_len > KEY_MAX)
		return NULL;
	row = names[field->value_len];
	for (int i = 0; i < SAME_LENGTH && row[i].text; i++) {
		if (memcmp(row[i].text, field->value, field->value_len) == 0)
			return row[i].fn;
	}
	return NULL;
}

void ast_message(struct cti_driver *drv, const struct ami_msg *msg)
{
	const struct ami_field *first = msg->field;
	struct ast_event ev;
	event_fn *fn;

	if (strcmp(first->key, "Response") == 0) {
		ast_response(drv, msg);
		return;
	}
	if (strcmp(first->key, "Event") != 0) {
		/* What hides behind it may be an event. */
		cti_wire_lost(drv->wire,
			      "what answers is not Asterisk's manager");
		return;
	}
	fn = drv->stage >= AST_SYNC ? name_find(first) : NULL;
	if (!fn)
		return;
	event_read(&ev, msg);
	fn(drv, &ev);
}
