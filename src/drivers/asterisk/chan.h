/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/chan.h - the switch's channels and bridges, as its events tell */
#ifndef CTI_ASTERISK_CHAN_H
#define CTI_ASTERISK_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/map.h"

struct ast_leg;
struct cti_driver;

enum {
	AST_UID_SIZE = 160, /* an id of 149 and ";2" */
	AST_NAME_SIZE = 160,
	AST_NUMBER_SIZE = 64,
	AST_TEXT_SIZE = 128,
	AST_VALUE_SIZE = 512, /* of a variable */
	AST_VARS = 8,
	AST_CHANNELS_MAX = 20000,
	AST_HOPS_MAX = 8, /* Local channels one behind the other */
};

/** The fields of the events, in the order of their keys' table; those of the
 * second channel stand AST_F_DEST behind those of the first. */
enum ast_field {
	AST_F_CHANNEL,
	AST_F_STATE,
	AST_F_CID_NUM,
	AST_F_CID_NAME,
	AST_F_CL_NUM,
	AST_F_CL_NAME,
	AST_F_EXTEN,
	AST_F_UID,
	AST_F_LINKED,
	AST_F_DEST,
	AST_F_PRES = 2 * AST_F_DEST,
	AST_F_BRIDGE,
	AST_F_STATUS,
	AST_F_CAUSE,
	AST_F_CAUSE_TXT,
	AST_F_TECH,
	AST_F_RESPONSE,
	AST_F_ACTION_ID,
	AST_F_REASON,
	AST_F_NEWNAME,
	AST_F_APPLICATION,
	AST_F_RESULT,
	AST_F_TRANSFERER,
	AST_F_TRANSFEREE,
	AST_F_ORIG_TRANSFERER,
	AST_F_SECOND_TRANSFERER,
	AST_F_MAX
};

/** An event taken apart; every text is lent, "" where it is not there. */
struct ast_event {
	const char *f[AST_F_MAX];
	const char *var[2][AST_VARS]; /* NAME=value, of either channel */
	size_t nvars[2];
};

/** A channel as an event shows it: f[0] to f[AST_F_LINKED]. */
struct ast_snap {
	const char *const *f;
	const char *const *var;
	size_t nvars;
	bool make; /* where it is not known; else it had its end */
};

/* Values of ChannelState. */
enum {
	AST_STATE_DOWN = 0,
	AST_STATE_RING = 4, /* its device dials */
	AST_STATE_RINGING = 5,
	AST_STATE_UP = 6,
};

struct ast_chan {
	TAILQ_ENTRY(ast_chan) link;
	TAILQ_ENTRY(ast_chan) member; /* of its bridge */
	TAILQ_ENTRY(ast_chan) callee; /* of its dialer */
	struct cti_driver *drv;
	struct ast_chan *dialer;
	TAILQ_HEAD(ast_callees, ast_chan) dialed;
	struct ast_bridge *bridge;
	struct ast_leg *leg;
	const char *device; /* the agent's; NULL for others' */
	char uid[AST_UID_SIZE];
	char linked[AST_UID_SIZE];
	char name[AST_NAME_SIZE];
	size_t endpoint; /* bytes of the name up to the last dash */
	char cid_num[AST_NUMBER_SIZE], cid_name[AST_TEXT_SIZE];
	char cl_num[AST_NUMBER_SIZE], cl_name[AST_TEXT_SIZE];
	char exten[AST_NUMBER_SIZE];	       /* what it dialed first */
	char first[AST_UID_SIZE];	       /* whom it talked to first */
	char *var[AST_VARS];		       /* values; NULL: not set */
	uint32_t dialed_at, picked_at, picked; /* order of dials; sw.clock */
	unsigned char state;
	bool local;	 /* a half of a Local channel */
	bool app_dialed; /* a row of the list says: somebody dialed it */
	bool withheld;
	bool held; /* its phone has put the other side on hold */
	bool rang;
	bool hanging;	/* asked to hang up */
	bool elsewhere; /* its dialer is gone, and had another answer */
	bool deserted;	/* its dialer is gone */
	bool given_up;	/* its dialer's ring time was over */
	bool passed_on; /* left its partner by a transfer */
	bool seen;	/* since the link came up */
};

struct ast_bridge {
	char id[AST_UID_SIZE];
	TAILQ_HEAD(ast_members, ast_chan) members;
	size_t n;
};

struct ast_switch {
	TAILQ_HEAD(ast_chans, ast_chan) all;
	struct cti_map by_uid;
	struct cti_map locals; /* halves, by name */
	struct cti_map bridges;
	size_t n;
	uint32_t clock;
	bool full; /* said so */
};

void ast_switch_init(struct ast_switch *sw);
/** Forgets all; no leg is told. */
void ast_switch_fini(struct ast_switch *sw);

/** NULL: none. */
struct ast_chan *ast_chan_find(const struct cti_driver *drv, const char *uid);
/** What an event shows is kept. NULL: no such channel, or it cannot be made:
 * no id, no memory, too many. */
struct ast_chan *ast_chan_see(struct cti_driver *drv,
			      const struct ast_snap *snap);
void ast_chan_rename(struct ast_chan *chan, const char *name);
void ast_chan_destroy(struct ast_chan *chan);

/** -ENOMEM leaves it where it was. */
int ast_chan_enter(struct ast_chan *chan, const char *bridge) CTI_NODISCARD;
void ast_chan_leave(struct ast_chan *chan);
void ast_chan_dials(struct ast_chan *chan, struct ast_chan *dest);

/** The one it talks to, seen through Local channels; NULL: none, or more. */
struct ast_chan *ast_chan_peer(const struct ast_chan *chan);
/** The one that dialed it, seen through Local channels. */
struct ast_chan *ast_chan_caller(const struct ast_chan *chan);
/** Itself; of a Local channel's half the real channel behind the other one;
 * NULL: none. */
struct ast_chan *ast_chan_real(struct ast_chan *chan);
/** The far half of a Local channel that it is, or talks to. */
struct ast_chan *ast_chan_behind(const struct ast_chan *chan);
/** The leg's channel on whose behalf it was dialed: as _caller, but stops at
 * the first channel that has a leg. */
struct ast_chan *ast_chan_dialer_leg(const struct ast_chan *chan);
/** Another one that was dialed with it has been answered. */
bool ast_chan_elsewhere(const struct ast_chan *chan);
/** Who dialed it waited no longer. */
bool ast_chan_given_up(const struct ast_chan *chan);
/** Who dialed it is hanging up or gone. */
bool ast_chan_deserted(const struct ast_chan *chan);
/** Does its endpoint have another call: talking, or on hold? */
bool ast_chan_busy(const struct ast_chan *chan);
/** Is somebody of its conversation on hold? */
bool ast_chan_kin_held(const struct ast_chan *chan);

#endif /* CTI_ASTERISK_CHAN_H */
