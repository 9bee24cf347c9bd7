/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/channels.c - the switch's channels and whose they are */
#include "drivers/freeswitch/channels.h"

#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

struct fs_chan *fs_chan_find(const struct cti_driver *drv, const char *uuid)
{
	return cti_map_find(&drv->by_uuid, uuid, strlen(uuid));
}

static bool ended_lately(const struct cti_driver *drv, const char *uuid)
{
	for (size_t i = 0; i < FS_GONE_MAX; i++) {
		if (strcmp(drv->gone[i], uuid) == 0)
			return true;
	}
	return false;
}

static struct fs_chan *chan_new(struct cti_driver *drv, const char *uuid)
{
	struct fs_chan *chan = NULL;

	if (!*uuid || ended_lately(drv, uuid))
		return NULL;
	if (drv->nchans < FS_CHANS_MAX)
		chan = calloc(1, sizeof(*chan));
	if (!chan)
		goto failed;
	memcpy(chan->uuid, uuid, strlen(uuid) + 1);
	if (cti_map_add(&drv->by_uuid, chan->uuid, strlen(uuid), chan))
		goto failed;
	TAILQ_INSERT_TAIL(&drv->chans, chan, link);
	drv->nchans++;
	return chan;
failed:
	free(chan);
	log_warn("freeswitch: no room for one more channel");
	return NULL;
}

void fs_chan_destroy(struct cti_driver *drv, struct fs_chan *chan)
{
	cti_map_remove(&drv->by_uuid, chan->uuid, strlen(chan->uuid));
	TAILQ_REMOVE(&drv->chans, chan, link);
	drv->nchans--;
	free(chan);
}

void fs_chan_gone(struct cti_driver *drv, const char *uuid)
{
	struct fs_chan *chan = fs_chan_find(drv, uuid);

	memcpy(drv->gone[drv->gone_at], uuid, strlen(uuid) + 1);
	drv->gone_at = (drv->gone_at + 1) % FS_GONE_MAX;
	if (chan)
		fs_chan_destroy(drv, chan);
}

void fs_chans_destroy(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->chans))
		fs_chan_destroy(drv, TAILQ_FIRST(&drv->chans));
	cti_map_fini(&drv->by_uuid);
}

/* --- whose it is --- */

static bool user_is(const struct fs_device *device, const char *user,
		    const char *domain)
{
	if (!*user || strcmp(device->user, user) != 0)
		return false;
	return !device->domain[0] || !*domain ||
	       strcmp(device->domain, domain) == 0;
}

/* "101@example.org" */
static bool presence_is(const struct fs_device *device, const char *presence)
{
	size_t len = strcspn(presence, "@");
	char user[FS_TEXT_SIZE];

	if (len >= sizeof(user))
		return false;
	memcpy(user, presence, len);
	user[len] = '\0';
	return user_is(device, user, presence[len] ? presence + len + 1 : "");
}

/** What a channel says of the phone it belongs to. */
struct identity {
	const char *name, *user, *domain, *presence;
};

/* The caller's channel carries dialed_user, too: it names whom he dialed. */
static void identity_read(struct identity *out, const struct fs_event *ev,
			  bool inbound)
{
	out->name = fs_get(ev, "Channel-Name");
	out->presence = fs_get(ev, "Channel-Presence-ID");
	out->user = fs_get(ev, inbound ? "variable_user_name"
				       : "variable_dialed_user");
	out->domain = fs_get(ev, inbound ? "variable_domain_name"
					 : "variable_dialed_domain");
}

static bool device_is(const struct fs_device *device, const struct identity *id)
{
	if (!device->user[0])
		return strcmp(id->name, device->text) == 0;
	return user_is(device, id->user, id->domain) ||
	       presence_is(device, id->presence);
}

static const char *device_find(const struct cti_driver *drv,
			       const struct identity *id)
{
	static const char LOOPBACK[] = "loopback/";
	bool loop = strncmp(id->name, LOOPBACK, strlen(LOOPBACK)) == 0;

	for (size_t i = 0; i < drv->ndevices; i++) {
		if (loop && drv->device[i].user[0])
			continue; /* the way to a phone, no phone */
		if (device_is(&drv->device[i], id))
			return drv->device[i].text;
	}
	return NULL;
}

/* --- what an event says --- */

void fs_chan_state(struct fs_chan *chan, const char *state)
{
	static const struct {
		const char *word;
		bool ringing, answered, held;
	} states[] = {
		{"RINGING", true, false, false},
		{"EARLY", true, false, false},
		{"ACTIVE", false, true, false},
		{"UNHELD", false, true, false},
		{"HELD", false, true, true},
		{"RING_WAIT", false, true, false},
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i].word, state) != 0)
			continue;
		chan->ringing = chan->ringing || states[i].ringing;
		chan->answered = chan->answered || states[i].answered;
		chan->held = states[i].held;
	}
}

/* A queue of mod_callcenter calls its agents by itself and names the caller in
 * a variable. */
static void read_dialer(struct fs_chan *chan, const struct fs_event *ev)
{
	bool dialer = fs_is(ev, "Other-Type", "originator") ||
		      fs_is(ev, "Other-Type", "");

	if (chan->by[0] || chan->inbound)
		return;
	if (dialer)
		fs_copy_id(chan->by, sizeof(chan->by), ev,
			   "Other-Leg-Unique-ID");
	if (!chan->by[0])
		fs_copy_id(chan->by, sizeof(chan->by), ev,
			   "variable_originator");
	if (!chan->by[0])
		fs_copy_id(chan->by, sizeof(chan->by), ev,
			   "variable_cc_member_session_uuid");
}

/* What any event of it tells. */
static void read_progress(struct fs_chan *chan, const struct fs_event *ev)
{
	if (fs_is(ev, "Answer-State", "answered"))
		chan->answered = true;
	fs_note_transfer(chan, ev);
}

void fs_chan_read(struct cti_driver *drv, struct fs_chan *chan,
		  const struct fs_event *ev)
{
	struct identity id;

	chan->inbound = fs_is(ev, "Call-Direction", "inbound");
	read_dialer(chan, ev);
	identity_read(&id, ev, chan->inbound);
	if (!chan->device)
		chan->device = device_find(drv, &id);
	fs_copy(chan->user, sizeof(chan->user), ev, "Channel-Presence-ID");
	chan->withheld = fs_withheld(ev);
	fs_copy(chan->number, sizeof(chan->number), ev,
		"Caller-Caller-ID-Number");
	fs_copy(chan->name, sizeof(chan->name), ev, "Caller-Caller-ID-Name");
	if (!chan->dest[0])
		fs_copy(chan->dest, sizeof(chan->dest), ev,
			"Caller-Destination-Number");
	read_progress(chan, ev);
}

struct fs_chan *fs_chan_learn(struct cti_driver *drv, const struct fs_event *ev)
{
	char uuid[ESL_ID_SIZE];
	struct fs_chan *chan;

	fs_copy_id(uuid, sizeof(uuid), ev, "Unique-ID");
	chan = fs_chan_find(drv, uuid);
	if (chan) {
		read_progress(chan, ev);
		return chan;
	}
	chan = chan_new(drv, uuid);
	if (!chan)
		return NULL;
	fs_chan_read(drv, chan, ev);
	chan->seen = true;
	return chan;
}

/* --- what a row says --- */

struct fs_chan *fs_chan_row(struct cti_driver *drv, const struct fs_event *row)
{
	const struct identity id = {
		.name = fs_get(row, "name"),
		.user = "",
		.domain = "",
		.presence = fs_get(row, "presence_id"),
	};
	char uuid[ESL_ID_SIZE];
	struct fs_chan *chan;

	fs_copy_id(uuid, sizeof(uuid), row, "uuid");
	chan = fs_chan_find(drv, uuid);
	if (!chan)
		chan = chan_new(drv, uuid);
	if (!chan)
		return NULL;
	chan->seen = true;
	chan->inbound = fs_is(row, "direction", "inbound");
	if (!chan->device)
		chan->device = device_find(drv, &id);
	if (!chan->by[0] && !fs_is(row, "call_uuid", uuid) && !chan->inbound)
		fs_copy_id(chan->by, sizeof(chan->by), row, "call_uuid");
	fs_copy(chan->user, sizeof(chan->user), row, "presence_id");
	fs_copy(chan->number, sizeof(chan->number), row, "cid_num");
	fs_copy(chan->name, sizeof(chan->name), row, "cid_name");
	if (!chan->dest[0])
		fs_copy(chan->dest, sizeof(chan->dest), row, "initial_dest");
	fs_chan_state(chan, fs_get(row, "callstate"));
	return chan;
}
