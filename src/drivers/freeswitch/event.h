/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/event.h - an event of the switch, and what its texts mean */
#ifndef CTI_FREESWITCH_EVENT_H
#define CTI_FREESWITCH_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/call.h"
#include "cti/driver.h"
#include "cti/json.h"

enum {
	FS_ATTACHED_MAX = 256,
	FS_DETAIL_SIZE = 160,
	FS_CAUSE_SIZE = 48,
};

/** An event, or a row of a list: fields by name. */
struct fs_event {
	const struct cti_json_value *root;
	struct cti_json *doc; /* NULL: a row, which its list owns */
};

/** The body of an event or of an answer in JSON; text that is not UTF-8 is
 * taken as Latin-1. -EINVAL, -EMSGSIZE, -ENOMEM; _fini after 0. */
int fs_event_parse(struct fs_event *out, const char *text,
		   size_t len) CTI_NODISCARD;
void fs_event_fini(struct fs_event *ev);
/** A text; "" where it is not there. */
const char *fs_get(const struct fs_event *ev, const char *key);
bool fs_is(const struct fs_event *ev, const char *key, const char *value);
/** The same, cleaned of control characters and cut to size. */
void fs_copy(char *out, size_t size, const struct fs_event *ev,
	     const char *key);
/** An id as it may go into a command; "" where it is none. */
void fs_copy_id(char *out, size_t size, const struct fs_event *ev,
		const char *key);
/** Channel variables (fields "variable_NAME") whose values are of one line;
 * lent by the event. */
size_t fs_attached(struct cti_attached out[FS_ATTACHED_MAX],
		   const struct fs_event *ev);
/** The caller asked to be hidden, or no number came. */
bool fs_withheld(const struct fs_event *ev);

/** How a leg came to its end. */
struct fs_ending {
	char name[FS_CAUSE_SIZE]; /* the switch's cause, USER_BUSY; "" */
	int q850, sip;		  /* 0: not told */
	bool inbound;
	bool device;	  /* of the agent's own phone, not of the far end */
	bool established; /* the two talked */
	bool by_us;	  /* hung up or rejected by the agent in patchcord */
	bool timed_out;	  /* our ring timer */
	bool taken;	  /* the caller talks to someone else */
	bool agent_left;  /* the agent hung up on his phone */
};

/** What an event says about an ending: name, q850, sip. */
void fs_ending_read(struct fs_ending *out, const struct fs_event *ev);
/** "SIP 486, Q.850 17, USER_BUSY" into detail, and the cause. */
enum cti_cause fs_ending_cause(char *detail, size_t size,
			       const struct fs_ending *how);

#endif /* CTI_FREESWITCH_EVENT_H */
