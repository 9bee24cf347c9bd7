/* SPDX-License-Identifier: Apache-2.0 */
/* call/priv.h - what the files of the core share */
#ifndef CALL_PRIV_H
#define CALL_PRIV_H

#include "call/live.h"

/* registry.c */
int registry_add(struct cti_calls *c, struct live **livep,
		 struct cti_call *call) CTI_NODISCARD;
void registry_drop(struct live *live);
struct live *registry_find(struct cti_calls *c, const char *id);
/** In memory or loaded from the store. */
struct live *registry_get(struct cti_calls *c, const char *id);
struct live *registry_by_ref(struct cti_calls *c, const char *ref);
/** After REF became known; a ref that is there already keeps its call. */
void registry_index_ref(struct live *live);
/** Once it ended: it may be forgotten when others need the room. */
void registry_over(struct live *live);
void registry_trim(void *calls);
void registry_clear(struct cti_calls *c);
/** When something of before the start was, as mono ms; never 0. */
int64_t mono_of(const struct cti_calls *c, int64_t wall_ms);
int registry_load(struct cti_calls *c) CTI_NODISCARD;
/** Last of all loading, for what it tells the store cannot be taken back:
 * calls that ran go on. */
void registry_resume(struct cti_calls *c);
/** Running calls that the store has lost are stored again. */
void registry_restore(struct cti_calls *c);

/* machine.c */
/** The event that leads from one state to another; false: none, ignore. */
bool machine_step(enum cti_event_type *typep, enum cti_call_state from,
		  enum cti_call_state to);

/* emit.c */
/** A new event that changes nothing yet. */
int emit_begin(struct cti_event **evp, const struct live *live,
	       enum cti_event_type type) CTI_NODISCARD;

/** What leads to a published event. after runs when it is published (err 0)
 * or, for an intent, was not stored (err < 0: it never was). */
struct emission {
	struct live *live;
	struct cti_event *ev;  /* taken over, also on failure */
	struct cti_unit *unit; /* what must be stored with it; taken over;
				* NULL = only the event */
	unsigned long update;  /* UPDATE: facts to carry to SAP; 0 = none */
	bool intent;
	void (*after)(void *arg, int err);
	void *arg;
};
int emit_event(struct cti_calls *c,
	       const struct emission *emission) CTI_NODISCARD;
/** Nothing new to tell, but what was told before is committed first: after
 * runs when it is. */
int emit_wait(struct live *live, void (*after)(void *arg, int err),
	      void *arg) CTI_NODISCARD;
/** The end of a call by our own doing; nothing if it ended already. */
void emit_ended(struct live *live, enum cti_cause cause, const char *detail);
/** Text facts of ev that differ from the call's become its changes. */
int emit_fact(struct cti_event *ev, const struct live *live, enum cti_fact fact,
	      const char *text) CTI_NODISCARD;

/* keys.c */
void key_name_activity(unsigned char name[CTI_ID_BLOB], const char *activity,
		       const char *number);
void key_name_header(unsigned char name[CTI_ID_BLOB], const char *agent,
		     const char *key);
struct dial_key *keys_find(struct cti_calls *c,
			   const unsigned char name[CTI_ID_BLOB]);
int keys_bind(struct cti_calls *c, const struct dial_key *key) CTI_NODISCARD;
void keys_unbind(struct cti_calls *c, const unsigned char name[CTI_ID_BLOB]);
void keys_clear(struct cti_calls *c);
int keys_load(struct cti_calls *c) CTI_NODISCARD;

/* agents.c */
int agents_load(struct cti_calls *c) CTI_NODISCARD;
void agents_clear(struct cti_calls *c);
/** As the configuration is now; on failure as before. */
int agents_reload(struct cti_calls *c) CTI_NODISCARD;
/** Whose dial: LoggedInUserID, else ?agent=. */
int agents_of_dial(struct cti_calls *c, struct agent **agentp,
		   const struct cti_dial *dial,
		   struct cti_err *err) CTI_NODISCARD;
/** Whose pushed or played call. */
int agents_of_push(struct cti_calls *c, struct agent **agentp, const char *id,
		   struct cti_err *err) CTI_NODISCARD;
/** Whose device; NULL: nobody's. */
struct agent *agents_of_device(struct cti_calls *c, const char *device);
struct agent *agents_of_call(struct cti_calls *c, const struct cti_call *call);
/** What calls of that agent are recorded with; may be NULL. */
const char *agents_name(struct cti_calls *c, const struct agent *agent,
			const char *said);
/** By name; NULL: nobody. */
struct agent *agents_named(struct cti_calls *c, const char *id);

/* limits.c */
int limits_init(const struct cti_calls *c, struct agent *agent) CTI_NODISCARD;
void limits_fini(struct agent *agent);
/** What counts against the limits of the one counts against the other's. */
void limits_carry(struct agent *to, const struct agent *from);
/** Room for one more dial? DIALS_PAUSED, AGENT_BUSY, RATE_LIMITED. */
int limits_check(struct cti_calls *c, const struct agent *agent,
		 struct cti_err *err) CTI_NODISCARD;
void limits_count(struct cti_calls *c, struct agent *agent);
/** A dial or transfer of his was refused: after too many, dials pause. */
void limits_refused(struct cti_calls *c, struct agent *agent,
		    enum cti_code code);
/** Dials and transfers from before the start count, too. */
int limits_load(struct cti_calls *c) CTI_NODISCARD;

/* posts.c */
void posts_published(struct cti_calls *c, const struct cti_event *ev,
		     struct live *live);
bool posts_touched(struct cti_calls *c, struct live *live);
int posts_load(struct cti_calls *c) CTI_NODISCARD;
void posts_clear(struct cti_calls *c);
/** NULL: not due, or not any more. */
struct post *post_find(struct cti_calls *c, int64_t event);
struct post *post_of_call(struct cti_calls *c, int64_t row,
			  enum cti_sap_post what);
void post_drop(struct cti_calls *c, struct post *post);
bool post_stale(const struct cti_calls *c, const struct post *post);
/** Stale, so nobody's business any more; the END of its call may be, too. */
void post_expire(struct cti_calls *c, struct post *post);
/** The same for all of one call. */
void posts_sweep_call(struct cti_calls *c, int64_t row);

/* claims.c */
bool lease_runs(const struct cti_calls *c, const struct post *post);
/** The tab has it from now. */
void lease_take(struct cti_calls *c, struct post *post);
void lease_end(struct cti_calls *c, struct post *post);
/** The timer's. */
void lease_over(void *calls);

/* switch.c */
void switch_on_link(void *arg, enum cti_link link, const char *why);
void switch_on_event(void *arg, const struct cti_call_event *ev);
void switch_on_synced(void *arg);
bool switch_ready(const struct cti_calls *c);
/** After calls were loaded late: those that the last sync did not show end. */
void switch_forget(struct cti_calls *c);

/* probe.c */
void switch_on_probe(void *arg, bool ok, const char *why);
/** The link is another than before. */
void probes_lost(struct cti_calls *c);
void probes_clear(struct cti_calls *c);

/* inbound.c */
struct ring {
	const char *ref, *first_ref, *first_id;
	const char *id; /* taken over; NULL: computed from ref */
	const char *from, *agent, *device, *driver;
	enum cti_call_kind kind;
	bool withheld;
	bool outbound;			/* dialed on the agent's own phone */
	const char *fact[CTI_FACT_MAX]; /* NAME, DNIS, CUSTOM_n … */
};
/** Stores the call and by which leg it is found. */
int inbound_store(struct cti_calls *c,
		  const struct cti_call *call) CTI_NODISCARD;
/** A new inbound call in memory, not yet stored. */
int inbound_new(struct cti_calls *c, struct live **livep,
		const struct ring *ring) CTI_NODISCARD;
/** The id of the first agent's leg of a conversation; false: none is told. */
bool inbound_original(struct cti_calls *c, char id[CTI_ID_SIZE],
		      const char *first_ref, const char *first_id);
void inbound_attached(const struct cti_calls *c, struct ring *ring,
		      const struct cti_attached *attached, size_t n);
void push_arm(struct live *live);

/* calls.c */
/** The first event of a call is published: whoever had it played is told. */
void plays_published(struct cti_calls *c, const struct live *live);

/* stats.c */
void stats_dial(struct cti_calls *c, enum cti_dial_path path,
		enum cti_code code);
/** A published event; live is NULL for a refusal. */
void stats_event(struct cti_calls *c, struct live *live,
		 const struct cti_event *ev);
/** Findings of our own payloads: a JSON array, or NULL. */
void stats_findings(struct cti_calls *c, const char *findings);

/* waiters */
int live_wait(struct live *live, const struct cti_reply *reply) CTI_NODISCARD;
void live_answer(struct live *live, const struct cti_outcome *outcome);
void reply_call(const struct cti_reply *reply, const struct live *live,
		bool created);

#endif /* CALL_PRIV_H */
