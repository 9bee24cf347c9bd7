/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/priv.h - what the files of the freeswitch driver share */
#ifndef CTI_FREESWITCH_PRIV_H
#define CTI_FREESWITCH_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/driver.h"
#include "cti/loop.h"
#include "cti/map.h"
#include "cti/secret.h"
#include "drivers/freeswitch/channels.h"
#include "drivers/freeswitch/commands.h"
#include "drivers/freeswitch/esl.h"
#include "drivers/freeswitch/event.h"
#include "drivers/freeswitch/legs.h"
#include "drivers/wire.h"

enum {
	FS_TEXT_SIZE = 128,
	FS_WHY_SIZE = 320,
	FS_VARIABLES_MAX = 8,
	FS_ORPHANS_MAX = 64,
	FS_ORPHAN_MS = 3600000,
	FS_GONE_MAX = 256,
};

/** An agent's endpoint: "user/101@example.org" has user and domain, any other
 * is the name of its channels. */
struct fs_device {
	const char *text; /* as configured; lent by the configuration */
	char user[FS_TEXT_SIZE], domain[FS_TEXT_SIZE];
};

/** A dial that may still come to life after the core gave it up. */
struct fs_orphan {
	char uuid[ESL_ID_SIZE];
	int64_t until_ms;
};

struct cti_driver {
	struct cti_driver_host host;

	/* configuration */
	const struct cti_conf *conf;
	struct cti_secret secret;
	const char *context, *domain;
	const char *variables[FS_VARIABLES_MAX];
	size_t nvariables;
	int64_t ping_ms;
	int64_t extension_digits;
	struct fs_device *device;
	size_t ndevices;

	/* link.c */
	struct cti_wire *wire;
	struct esl_parser parser;
	struct cti_timer *ping_timer, *resync_timer;
	bool asked; /* the switch asked for the password, once */
	bool up;
	bool synced;
	char version[FS_TEXT_SIZE];

	/* commands.c */
	struct fs_commands commands;
	size_t ncommands;

	/* sync.c */
	bool syncing;
	size_t nlooks; /* channels still looked at */

	/* channels.c */
	struct fs_chans chans;
	struct cti_map by_uuid;
	size_t nchans;
	char gone[FS_GONE_MAX][ESL_ID_SIZE]; /* ended lately */
	size_t gone_at;

	/* legs.c */
	struct fs_legs legs;
	struct fs_orphan orphan[FS_ORPHANS_MAX];
	size_t orphan_at;

	/* freeswitch.c */
	struct cti_timer *probe_timer;
	char probe_device[FS_TEXT_SIZE];
};

/* --- link.c: the connection --- */

int fs_link_init(struct cti_driver *drv,
		 const struct cti_conf *conf) CTI_NODISCARD;
void fs_link_fini(struct cti_driver *drv);
void fs_link_start(struct cti_driver *drv);
void fs_link_stop(struct cti_driver *drv);
/** Answers of the login and of the ping. */
void fs_on_auth(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg);
void fs_on_version(struct cti_driver *drv, const struct fs_command *cmd,
		   const struct esl_msg *msg);
void fs_on_subscribed(struct cti_driver *drv, const struct fs_command *cmd,
		      const struct esl_msg *msg);
void fs_on_exists(struct cti_driver *drv, const struct fs_command *cmd,
		  const struct esl_msg *msg);
/** The sync is done. */
void fs_link_synced(struct cti_driver *drv);

/* --- sync.c: which channels the switch has --- */

/** Lists the channels and looks at the agents'; then fs_link_synced(). */
int fs_sync_begin(struct cti_driver *drv) CTI_NODISCARD;
void fs_on_channels(struct cti_driver *drv, const struct fs_command *cmd,
		    const struct esl_msg *msg);
void fs_on_look(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg);

/* --- events.c --- */

void fs_on_event(struct cti_driver *drv, const struct fs_event *ev);

/* --- actions.c: what the agent wants --- */

int fs_act_hangup(struct cti_driver *drv,
		  const struct cti_call_ref *ref) CTI_NODISCARD;
int fs_act_reject(struct cti_driver *drv,
		  const struct cti_call_ref *ref) CTI_NODISCARD;
int fs_act_hold(struct cti_driver *drv, const struct cti_call_ref *ref,
		bool on) CTI_NODISCARD;
int fs_act_transfer(struct cti_driver *drv, const struct cti_call_ref *ref,
		    const char *number) CTI_NODISCARD;
int fs_act_dtmf(struct cti_driver *drv, const struct cti_call_ref *ref,
		const char *digits) CTI_NODISCARD;
void fs_on_dial(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg);
void fs_on_acted(struct cti_driver *drv, const struct fs_command *cmd,
		 const struct esl_msg *msg);
void fs_on_contact(struct cti_driver *drv, const struct fs_command *cmd,
		   const struct esl_msg *msg);

#endif /* CTI_FREESWITCH_PRIV_H */
