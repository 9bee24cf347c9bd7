/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/leg.h - a channel at an agent's device: what the core is told */
#ifndef CTI_ASTERISK_LEG_H
#define CTI_ASTERISK_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/driver.h"
#include "cti/loop.h"
#include "drivers/asterisk/chan.h"

enum {
	AST_DIGITS_MAX = 32,
	AST_DETAIL_SIZE = 160,
	AST_CAUSE_NORMAL = 16, /* Q.850, of a hangup */
	AST_CAUSE_REJECTED = 21,
};

enum ast_way {
	AST_WAY_UNKNOWN, /* a new channel: dialed, or dialing? */
	AST_WAY_IN,	 /* somebody dialed the agent */
	AST_WAY_OUT,	 /* the agent dials, at his phone or by a click */
};

/** Why something hung up, as the switch says it. */
struct ast_end {
	int cause; /* Q.850; -1: nothing hung up */
	int tech;  /* SIP; 0: not told */
	char text[64];
	char status[16]; /* of DialEnd */
	bool rang;
};

struct ast_leg {
	TAILQ_ENTRY(ast_leg) link;
	struct cti_driver *drv;
	struct ast_chan *chan;	   /* NULL: not there yet */
	char call_id[CTI_ID_SIZE]; /* "" when no relay dialed it */
	char number[AST_NUMBER_SIZE];
	char name[AST_TEXT_SIZE];
	char dnis[AST_NUMBER_SIZE];
	char peer[AST_UID_SIZE];  /* whom it was last known to be with */
	char first[AST_UID_SIZE]; /* after a transfer */
	const char *device;
	enum ast_way way;
	enum cti_call_state state;
	enum cti_call_kind kind;
	struct ast_end end; /* its own */
	struct ast_end far; /* the callee's, while none answered */
	bool ours;	    /* dialed by this relay */
	bool phone_dials;   /* the agent dialed at the phone */
	bool withheld;
	bool said; /* reported at least once */
	bool up;   /* outbound: the agent's phone answered */
	bool far_rang;
	bool answered; /* both sides talked */
	bool by_us;    /* hung up or rejected by the agent in SAP */
	bool hung;     /* hung up at the agent's phone */
	bool timed_out;
	bool ring_due; /* the ring time was over while the link was away */
	bool transferred;
	bool gone;   /* its channel hung up; the callee's must tell why */
	bool over;   /* its end has been asked for; the guard runs */
	bool failed; /* the dial came to nothing; its channel may still
			be told of */
	int reason;  /* of OriginateResponse */
	size_t next_digit;
	char digits[AST_DIGITS_MAX + 1];
	struct cti_timer *timer; /* ring, guard, or DTMF pause */
};
TAILQ_HEAD(ast_legs, ast_leg);

int ast_leg_dial(struct cti_driver *drv,
		 const struct cti_originate *req) CTI_NODISCARD;
void ast_leg_destroy(struct ast_leg *leg);
void ast_legs_destroy(struct cti_driver *drv);
struct ast_leg *ast_leg_find(const struct cti_driver *drv,
			     const struct cti_call_ref *ref);
struct ast_leg *ast_leg_by_id(const struct cti_driver *drv, const char *id);
/** A new channel: is it a leg? */
void ast_leg_adopt(struct cti_driver *drv, struct ast_chan *chan);
void ast_leg_unbind(struct ast_chan *chan);

/* What happens at the switch. */
void ast_leg_offered(struct ast_leg *leg); /* its dialer is known */
void ast_leg_phone_dials(struct ast_leg *leg);
void ast_leg_originated(struct ast_leg *leg);
void ast_leg_rings(struct ast_leg *leg);
void ast_leg_is_up(struct ast_leg *leg);
void ast_leg_answered(struct ast_leg *leg);
void ast_leg_hold(struct ast_leg *leg, bool on);
/** exten: what its dialplan is at. */
void ast_leg_far_dialed(struct ast_leg *leg, const struct ast_chan *dest,
			const char *exten);
void ast_leg_far_rings(struct ast_leg *leg);
void ast_leg_far_over(struct ast_leg *leg, const struct ast_end *end);
void ast_leg_hung(struct ast_leg *leg);
/** False: its callee refused, and only that channel's hangup tells why. It is
 * awaited for a moment, then ast_leg_over() is to be said. */
bool ast_leg_gone(struct ast_leg *leg, const struct ast_end *end) CTI_NODISCARD;
/** Nobody answered in time. */
void ast_leg_ring_over(struct ast_leg *leg);
/** Who is on the other side, as far as he lets it be known. */
void ast_leg_party(struct ast_leg *leg, const char *number, const char *name,
		   bool withheld);
/** The end, as far as it is known. */
void ast_leg_over(struct ast_leg *leg);
/** The switch refused the dial, or gave it up before it had a channel. */
void ast_leg_refused(struct ast_leg *leg, enum cti_cause cause,
		     const char *detail);

/** Reports the state it is in; nothing while its way is unknown. */
void ast_leg_say(const struct ast_leg *leg);
void ast_leg_enter(struct ast_leg *leg, enum cti_call_state state);
void ast_leg_end(struct ast_leg *leg, enum cti_cause cause, const char *detail);
/** Customer, internal or consult, seen from the caller's side. */
enum cti_call_kind ast_leg_kind(const struct ast_leg *leg,
				const struct ast_chan *other,
				const char *number);

/** Asks the switch to hang up and guards that it does. */
void ast_leg_hang_up(struct ast_leg *leg, int cause);
int ast_leg_digits(struct ast_leg *leg, const char *digits) CTI_NODISCARD;

/* cause.c: pure */

/** Why a leg ended; detail gets the raw text. */
enum cti_cause ast_cause(char detail[AST_DETAIL_SIZE],
			 const struct ast_leg *leg);

#endif /* CTI_ASTERISK_LEG_H */
