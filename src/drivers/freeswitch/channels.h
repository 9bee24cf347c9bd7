/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/channels.h - the switch's channels, as far as calls need them */
#ifndef CTI_FREESWITCH_CHANNELS_H
#define CTI_FREESWITCH_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "drivers/freeswitch/esl.h"
#include "drivers/freeswitch/event.h"

enum {
	FS_CHANS_MAX = 20000,
	FS_NUMBER_SIZE = 80,
	FS_NAME_SIZE = 128,
	FS_SOURCE_SIZE = 160,
};

/** One channel, an agent's or not. Ids are "" where there is none. */
struct fs_chan {
	TAILQ_ENTRY(fs_chan) link;
	char uuid[ESL_ID_SIZE];
	char by[ESL_ID_SIZE];	     /* who dialed it */
	char with[ESL_ID_SIZE];	     /* whom it talks with */
	char first[ESL_ID_SIZE];     /* the first one it talked with */
	char source[FS_SOURCE_SIZE]; /* its last transfer */
	char number[FS_NUMBER_SIZE], name[FS_NAME_SIZE]; /* the caller's */
	char dest[FS_NUMBER_SIZE]; /* what was dialed first */
	char user[FS_NAME_SIZE];   /* whose phone, of all: 101@DOMAIN; "" */
	const char *device;	   /* an agent's; NULL: nobody's */
	bool inbound;		   /* it called the switch */
	bool withheld;
	bool ringing;
	bool answered;
	bool held;
	bool dials;	  /* it had another one called */
	bool transferred; /* since it talked with someone */
	bool over;	  /* its call was told to have ended */
	bool seen;	  /* in the sync that runs */
	bool look;	  /* to be looked at in it */
	bool looked;
};
TAILQ_HEAD(fs_chans, fs_chan);

struct cti_driver;

struct fs_chan *fs_chan_find(const struct cti_driver *drv, const char *uuid);
/** Known, or learned from the event of it (fields as in channel events).
 * NULL: no such id, ended before, too many, or no memory. */
struct fs_chan *fs_chan_learn(struct cti_driver *drv,
			      const struct fs_event *ev);
/** The same from a row of `show channels`. */
struct fs_chan *fs_chan_row(struct cti_driver *drv, const struct fs_event *row);
/** Its facts again, from its variables. */
void fs_chan_read(struct cti_driver *drv, struct fs_chan *chan,
		  const struct fs_event *ev);
/** Its call state in the switch's word: RINGING, HELD … */
void fs_chan_state(struct fs_chan *chan, const char *state);
/** Ended: forgotten, and remembered as such. */
void fs_chan_gone(struct cti_driver *drv, const char *uuid);
void fs_chan_destroy(struct cti_driver *drv, struct fs_chan *chan);
void fs_chans_destroy(struct cti_driver *drv);

#endif /* CTI_FREESWITCH_CHANNELS_H */
