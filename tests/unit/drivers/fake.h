/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake.h - a ctrl_tcp that says what a test wants, on the test's loop
 */
#ifndef UNIT_DRIVERS_FAKE_H
#define UNIT_DRIVERS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/buf.h"
#include "cti/loop.h"

enum {
	FAKE_ANSWERS = 24,
	FAKE_LOG = 4096,
	FAKE_WORD = 64,
};

struct fake {
	struct cti_loop *loop;
	int listener, client;
	struct cti_poll *listener_poll, *client_poll;
	uint16_t port;
	struct cti_buf received;
	struct {
		const char *command;
		bool ok;
		const char *data;
	} answer[FAKE_ANSWERS];
	size_t nanswers;
	char selected[FAKE_WORD]; /* by line, callfind or uafind */
	char log[FAKE_LOG];	  /* "about reginfo dial(sip:1@h) " */
	bool silent;		  /* answers nothing */
	size_t nclients;	  /* that ever connected */
};

extern struct fake fake;

/** Listens on a free port; answers like a baresip 1.0.0 without calls. */
void fake_open(struct cti_loop *loop);
void fake_close(void);
/** Ends the connection, keeps listening. */
void fake_hang_up(void);
/** From now on that is answered to command, or to "command:selected". The
 * texts stay the caller's. */
void fake_answer(const char *command, bool ok, const char *data);
/** Sends bytes as they are. */
void fake_bytes(const char *text);
/** Sends an event of a call; id NULL: without. */
void fake_event(const char *type, const char *direction, const char *peer,
		const char *id, const char *param);
/** The commands since the last time; the log is empty then. */
const char *fake_log(void);

#endif /* UNIT_DRIVERS_FAKE_H */
