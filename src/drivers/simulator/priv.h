/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/priv.h - what the files of the simulator share */
#ifndef CTI_SIMULATOR_PRIV_H
#define CTI_SIMULATOR_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/driver.h"
#include "cti/loop.h"
#include "cti/map.h"
#include "drivers/simulator/scripts.h"

enum {
	SIM_RING_LIMIT_MS = 60000, /* script `ring`: the caller's patience */
	SIM_OUTAGE_MS = 500,	   /* script `drop`: the link stays down */
	SIM_RING_PART = 4, /* the far end rings after a quarter of ring_ms */
};

/** What a call does when its time has come. */
enum sim_step {
	SIM_STEP_NONE,
	SIM_STEP_RING,
	SIM_STEP_RESULT, /* the far end's answer; inbound: what the script says
			  */
	SIM_STEP_TIMEOUT,
	SIM_STEP_TALKED,
	SIM_STEP_DROP,
};

/** Texts of a played call, owned; each may be NULL. */
struct sim_texts {
	char *from;
	char *to;
	char *name;
	char *device;
};

struct sim_call {
	struct cti_driver *drv;
	struct sim_call *prev, *next;
	char call_id[CTI_ID_SIZE]; /* "" for a played call */
	char ref[CTI_ID_SIZE];
	const struct cti_sim_answer *answer; /* outbound */
	const struct cti_sim_script *script; /* inbound */
	struct sim_texts texts;
	enum cti_call_state state;
	bool said;   /* state was reported */
	bool ending; /* with cause and detail */
	bool late;   /* its time came while the link was down */
	enum cti_cause cause;
	const char *detail;
	enum sim_step then;
	int64_t started_ms;
	int64_t due_ms; /* of `then` */
	uint32_t timeout_ms;
	struct cti_timer *timer;
};

struct cti_driver {
	struct cti_driver_host host;
	const struct cti_conf *conf;
	int64_t ring_ms, talk_ms;
	bool up;
	struct sim_call *calls;
	struct cti_map by_id, by_ref; /* of struct sim_call */
	struct cti_timer *link_timer;
	struct cti_timer *probe_timer;
};

/** A call without state yet; call_id NULL for a played one. -EEXIST: the id
 * is in use. */
int sim_call_new(struct sim_call **callp, struct cti_driver *drv,
		 const char *call_id) CTI_NODISCARD;
void sim_call_destroy(struct sim_call *call);
/** Ours by its id, a played one by its leg. */
struct sim_call *sim_call_find(struct cti_driver *drv,
			       const struct cti_call_ref *ref);
void sim_call_say(const struct sim_call *call, enum cti_call_state state);
/** Starts the timer for what is next: a report, the end, the step planned. */
void sim_call_arm(struct sim_call *call);
void sim_call_plan(struct sim_call *call, enum sim_step then, int64_t due_ms);
/** A new state, reported when the timer fires. */
void sim_call_enter(struct sim_call *call, enum cti_call_state state);
void sim_call_end(struct sim_call *call, enum cti_cause cause,
		  const char *detail);
void sim_call_talk(struct sim_call *call);
/** The far end's answer comes after ring_ms, unless we give up before. */
void sim_call_await(struct sim_call *call);

#endif /* CTI_SIMULATOR_PRIV_H */
