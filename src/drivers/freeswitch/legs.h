/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/legs.h - the agents' calls */
#ifndef CTI_FREESWITCH_LEGS_H
#define CTI_FREESWITCH_LEGS_H

#include <stdbool.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/driver.h"
#include "cti/id.h"
#include "drivers/freeswitch/channels.h"
#include "drivers/freeswitch/event.h"

struct cti_timer;

/** One call of one agent. */
struct fs_leg {
	TAILQ_ENTRY(fs_leg) link;
	struct cti_driver *drv;
	char ref[ESL_ID_SIZE];	   /* reported; the first channel's id */
	char uuid[ESL_ID_SIZE];	   /* its channel now */
	char call_id[CTI_ID_SIZE]; /* "" when no relay dialed it */
	const char *device;
	enum cti_call_state state;
	enum cti_call_kind kind;
	char number[FS_NUMBER_SIZE], name[FS_NAME_SIZE], dnis[FS_NUMBER_SIZE];
	char first[ESL_ID_SIZE]; /* arrived by transfer: the first agent's */
	bool dialed;		 /* by this relay */
	bool inbound;
	bool withheld;
	bool told; /* reported at least once */
	bool agent_on;
	bool established;
	bool by_us;
	bool timed_out;
	bool due;		 /* the ring time ran out unseen */
	bool over;		 /* its end has been asked for */
	bool moved;		 /* transferred by the agent */
	bool seen;		 /* in the sync that runs */
	unsigned missed;	 /* times the switch did not know it */
	struct fs_ending far;	 /* how the far end's last leg ended */
	struct cti_timer *timer; /* ring, then guard */
};
TAILQ_HEAD(fs_legs, fs_leg);

int fs_leg_new(struct fs_leg **legp, struct cti_driver *drv,
	       const char *uuid) CTI_NODISCARD;
void fs_leg_destroy(struct fs_leg *leg);
void fs_legs_destroy(struct cti_driver *drv);
/** After a sync: what the ring time is about to end, and whether. */
void fs_legs_due(struct cti_driver *drv);
/** By its channel; NULL: that is no agent's. */
struct fs_leg *fs_leg_find(const struct cti_driver *drv, const char *uuid);
struct fs_leg *fs_leg_by_ref(const struct cti_driver *drv,
			     const struct cti_call_ref *ref);
/** The leg of a channel at an agent's device, made where there is none; NULL:
 * it is no agent's, or there is no memory. */
struct fs_leg *fs_leg_take(struct cti_driver *drv, struct fs_chan *chan);
/** Reports the state it is in; ev (or NULL) has its variables. */
void fs_leg_say(struct fs_leg *leg, const struct fs_event *ev);
/** Reports a later state. */
void fs_leg_enter(struct fs_leg *leg, enum cti_call_state state,
		  const struct fs_event *ev);
/** Reports the end and frees it. */
void fs_leg_end(struct fs_leg *leg, enum cti_cause cause, const char *detail);
/** Its channel is gone. */
void fs_leg_gone(struct fs_leg *leg, const struct fs_event *ev);
/** Its end is to come soon; guards that it does. */
void fs_leg_over(struct fs_leg *leg);
/** It talks: no ring time any more, unless its agent has hung up. */
void fs_leg_settle(struct fs_leg *leg);
/** Asks for its end. */
void fs_leg_kill(struct fs_leg *leg, const char *cause);
void fs_orphan_add(struct cti_driver *drv, const char *uuid);

/* --- talk.c: who talks with whom, transfers --- */

/** Two channels hear each other. */
void fs_bridged(struct cti_driver *drv, const struct fs_event *ev);
/** A channel that is bridged answers: with early media that comes later. */
void fs_joined(struct cti_driver *drv, struct fs_chan *chan,
	       const struct fs_event *ev);
/** Whether who was called has answered. */
bool fs_leg_talks(const struct fs_leg *leg, const struct fs_chan *chan,
		  const struct fs_chan *other);
void fs_unbridged(struct cti_driver *drv, const struct fs_event *ev);
/** A channel's variables tell that it was sent elsewhere. */
void fs_note_transfer(struct fs_chan *chan, const struct fs_event *ev);
/** Whom an agent's phone rings for: number, name, DNIS, kind, first agent. */
void fs_leg_caller(struct fs_leg *leg, const struct fs_chan *chan);
/** Whom an agent calls on his own phone: number, kind. */
void fs_leg_callee(struct fs_leg *leg, const struct fs_chan *chan,
		   const char *number);
/** The far end of a leg that talks; NULL: none. */
struct fs_chan *fs_leg_partner(const struct fs_leg *leg);

#endif /* CTI_FREESWITCH_LEGS_H */
