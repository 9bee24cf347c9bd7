/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/priv.h - what the files of the baresip driver share */
#ifndef CTI_BARESIP_PRIV_H
#define CTI_BARESIP_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/driver.h"
#include "cti/loop.h"
#include "drivers/baresip/answers.h"
#include "drivers/baresip/ctrl.h"
#include "drivers/baresip/jobs.h"
#include "drivers/wire.h"

enum {
	BS_DTMF_MAX = 32,
	BS_DETAIL_SIZE = 160,
	BS_NAME_SIZE = 128,
	BS_GUARD_MS = 10000, /* after a hangup the end must be reported */
};

/** One call of the softphone. */
struct bs_call {
	TAILQ_ENTRY(bs_call) link;
	struct cti_driver *drv;
	uint32_t serial;	   /* names it in queued commands */
	char call_id[CTI_ID_SIZE]; /* "" when it is not our dial */
	char leg[CTI_SIP_SIZE];	   /* SIP Call-ID; "" until known */
	char peer[CTI_SIP_SIZE];   /* URI */
	char account[CTI_SIP_SIZE];
	char number[CTI_SIP_SIZE]; /* inbound or foreign: user part of peer */
	char name[BS_NAME_SIZE];
	enum cti_call_state state;
	bool inbound;
	bool withheld;
	bool dialed; /* the command went out */
	bool established;
	bool by_us;	/* hung up or rejected by the agent */
	bool timed_out; /* hung up by our ring timer */
	bool over;	/* the end has been asked for; the guard runs */
	bool muted;
	bool mute_wanted;
	bool seen;		      /* in the sync that runs */
	char digits[BS_DTMF_MAX + 1]; /* left to send after a pause */
	struct cti_timer *timer;      /* ring, then guard or DTMF pause */
};
TAILQ_HEAD(bs_calls, bs_call);

struct cti_driver {
	struct cti_driver_host host;

	/* configuration */
	char control[CTI_SIP_SIZE];
	char account[CTI_SIP_SIZE];
	char domain[CTI_SIP_SIZE];

	/* link.c */
	struct cti_wire *wire;
	struct cti_buf received;
	bool synced;
	int64_t synced_ms;
	int64_t displaced_max_ms;
	unsigned displaced; /* times the connection was taken in a row */
	struct cti_timer *alive_timer;
	struct cti_timer *probe_timer;
	char probe_device[CTI_SIP_SIZE];

	/* commands.c */
	struct bs_jobs jobs;
	size_t njobs;
	bool waiting; /* for the answer to the first step of the first job */
	unsigned token;

	/* sync.c */
	struct cti_answer_version version;
	bool by_id; /* 1.1 and later: commands take a call's id */
	struct cti_answer_accounts accounts;
	struct cti_answer_lines lines;
	bool surveying;

	/* calls.c */
	struct bs_calls calls;
	uint32_t serial;
};

/* --- link.c: the connection --- */

int bs_link_init(struct cti_driver *drv,
		 const struct cti_conf *conf) CTI_NODISCARD;
void bs_link_fini(struct cti_driver *drv);
/** The sync is done. */
void bs_link_synced(struct cti_driver *drv);

/* --- sync.c: what baresip is and which calls it has --- */

/** About, accounts, running calls; then on_synced(). */
int bs_sync_begin(struct cti_driver *drv) CTI_NODISCARD;
void bs_sync_end(struct cti_driver *drv);
/** Looks which call is on hold, when there is more than one. */
void bs_survey(struct cti_driver *drv);
/* Answers; not 0 fails the job. */
int bs_on_about(struct cti_driver *drv, struct bs_job *job,
		const struct cti_ctrl_msg *msg) CTI_NODISCARD;
int bs_on_reginfo(struct cti_driver *drv, struct bs_job *job,
		  const struct cti_ctrl_msg *msg) CTI_NODISCARD;
int bs_on_listcalls(struct cti_driver *drv, struct bs_job *job,
		    const struct cti_ctrl_msg *msg) CTI_NODISCARD;
int bs_on_callstat(struct cti_driver *drv, struct bs_job *job,
		   const struct cti_ctrl_msg *msg) CTI_NODISCARD;

/* --- calls.c: the calls and their events --- */

int bs_call_new(struct bs_call **callp, struct cti_driver *drv) CTI_NODISCARD;
void bs_call_destroy(struct bs_call *call);
void bs_calls_destroy(struct cti_driver *drv);
struct bs_call *bs_call_find(struct cti_driver *drv,
			     const struct cti_call_ref *ref);
struct bs_call *bs_call_by_serial(struct cti_driver *drv, uint32_t serial);
struct bs_call *bs_call_by_leg(struct cti_driver *drv, const char *leg);
/** A dial of ours to that peer that has no leg yet. */
struct bs_call *bs_call_unbound(struct cti_driver *drv, const char *peer);
/** Another call in that state. */
struct bs_call *bs_call_other(struct cti_driver *drv,
			      const struct bs_call *call,
			      enum cti_call_state state);
/** Peer, name and what follows from them. */
void bs_call_peer(struct bs_call *call, const char *peer, const char *name);
/** leg becomes known; a hangup that waited for it goes out. */
void bs_call_bind(struct bs_call *call, const char *leg);
/** Asks for its end, now or after the sync, and guards that it comes. */
void bs_call_hang_up(struct bs_call *call);
/** Reports the state it is in. */
void bs_call_say(const struct bs_call *call);
/** Reports a state when it is a new one. */
void bs_call_enter(struct bs_call *call, enum cti_call_state state);
/** Reports the end and frees it. */
void bs_call_end(struct bs_call *call, enum cti_cause cause,
		 const char *detail);

/* --- actions.c: what the agent wants, as commands --- */

int bs_dial(struct bs_call *call) CTI_NODISCARD;
int bs_accept(struct bs_call *call) CTI_NODISCARD;
/** At once, or as soon as the leg is known. */
int bs_hang_up(struct bs_call *call) CTI_NODISCARD;
int bs_hold(struct bs_call *call, bool on) CTI_NODISCARD;
int bs_mute(struct bs_call *call, bool on) CTI_NODISCARD;
int bs_transfer(struct bs_call *call, const char *uri) CTI_NODISCARD;
int bs_dtmf(struct bs_call *call) CTI_NODISCARD;
/** The account calls are made with. */
const char *bs_account(const struct cti_driver *drv);
/* Answers; not 0 fails the job. */
int bs_on_dial(struct cti_driver *drv, const struct bs_step *step,
	       const struct cti_ctrl_msg *msg) CTI_NODISCARD;
int bs_on_hold(struct cti_driver *drv, const struct bs_step *step,
	       const struct cti_ctrl_msg *msg) CTI_NODISCARD;
int bs_on_mute(struct cti_driver *drv, struct bs_job *job,
	       const struct cti_ctrl_msg *msg) CTI_NODISCARD;

/* --- events.c --- */

void bs_event(struct cti_driver *drv, const struct cti_ctrl_msg *msg);

#endif /* CTI_BARESIP_PRIV_H */
