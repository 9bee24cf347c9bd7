/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/asterisk_events.h - what a switch tells of its channels, written down
 */
#ifndef UNIT_DRIVERS_ASTERISK_EVENTS_H
#define UNIT_DRIVERS_ASTERISK_EVENTS_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "asterisk_fixture.h"

/* A channel as the events of the switch show it. */
struct chan {
	const char *name, *uid, *linked;
	const char *num, *cname; /* its own caller id */
	const char *exten;
	const char *vars; /* further lines of all its events */
};

static inline void chan_add(struct cti_buf *out, const char *prefix,
			    const struct chan *c, int state)
{
	static const char *const words[] = {"Down", "",	       "",  "",
					    "Ring", "Ringing", "Up"};

	ck_assert_int_eq(
		cti_buf_fmt(out,
			    "%sChannel: %s\n%sChannelState: %d\n"
			    "%sChannelStateDesc: %s\n%sCallerIDNum: %s\n"
			    "%sCallerIDName: %s\n",
			    prefix, c->name, prefix, state, prefix,
			    words[state], prefix, c->num, prefix, c->cname),
		0);
	ck_assert_int_eq(
		cti_buf_fmt(out,
			    "%sConnectedLineNum: <unknown>\n"
			    "%sConnectedLineName: <unknown>\n%sExten: %s\n"
			    "%sUniqueid: %s\n%sLinkedid: %s\n%s",
			    prefix, prefix, prefix, c->exten, prefix, c->uid,
			    prefix, c->linked, c->vars),
		0);
}

/** An event about one channel, with further lines. */
static inline void tell(const char *event, const struct chan *c, int state,
			const char *lines)
{
	struct cti_buf out;

	cti_buf_init(&out, 8192);
	ck_assert_int_eq(
		cti_buf_fmt(&out, "Event: %s\nPrivilege: call,all\n", event),
		0);
	chan_add(&out, "", c, state);
	ck_assert_int_eq(cti_buf_fmt(&out, "%s\n", lines), 0);
	ast_told(cti_buf_text(&out));
	cti_buf_fini(&out);
}

static inline void dial_tell(const char *event, const struct chan *from,
			     const struct chan *to, const char *status)
{
	struct cti_buf out;

	cti_buf_init(&out, 8192);
	ck_assert_int_eq(
		cti_buf_fmt(&out, "Event: %s\nPrivilege: call,all\n", event),
		0);
	chan_add(&out, "", from, 4);
	chan_add(&out, "Dest", to, strcmp(status, "ANSWER") == 0 ? 6 : 0);
	ck_assert_int_eq(cti_buf_fmt(&out, "DialStatus: %s\n\n", status), 0);
	ast_told(cti_buf_text(&out));
	cti_buf_fini(&out);
}

static inline void appears(const struct chan *c)
{
	tell("Newchannel", c, c->exten[0] ? 4 : 0, "");
}

static inline void enters(const struct chan *c, const char *bridge)
{
	char lines[64];

	(void)snprintf(lines, sizeof(lines), "BridgeUniqueid: %s\n", bridge);
	tell("BridgeEnter", c, 6, lines);
}

static inline void leaves(const struct chan *c, const char *bridge)
{
	char lines[64];

	(void)snprintf(lines, sizeof(lines), "BridgeUniqueid: %s\n", bridge);
	tell("BridgeLeave", c, 6, lines);
}

static inline void hangs_up(const struct chan *c, int cause)
{
	char lines[64];

	(void)snprintf(lines, sizeof(lines), "Cause: %d\nCause-txt: text\n",
		       cause);
	tell("Hangup", c, 6, lines);
}

/** from rings to. */
static inline void rings(const struct chan *from, const struct chan *to)
{
	appears(to);
	dial_tell("DialBegin", from, to, "");
	tell("Newstate", to, 5, "");
	dial_tell("DialState", from, to, "RINGING");
}

static inline void answers(const struct chan *from, const struct chan *to,
			   const char *bridge)
{
	tell("Newstate", to, 6, "");
	dial_tell("DialEnd", from, to, "ANSWER");
	enters(to, bridge);
	enters(from, bridge);
}

#endif /* UNIT_DRIVERS_ASTERISK_EVENTS_H */
