/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake_ami.h - a manager interface that says what a test wants, on the
 * test's loop */
#ifndef UNIT_DRIVERS_FAKE_AMI_H
#define UNIT_DRIVERS_FAKE_AMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/buf.h"
#include "cti/loop.h"
#include "drivers/asterisk/ami.h"

enum {
	FAKE_AMI_ANSWERS = 24,
	FAKE_AMI_LOG = 4096,
	FAKE_AMI_ID = 72,
};

#define FAKE_AMI_SECRET "labsecret"

struct fake_ami {
	struct cti_loop *loop;
	int listener, client;
	struct cti_poll *listener_poll, *client_poll;
	uint16_t port;
	const char *banner;
	struct ami_parser received;
	struct {
		const char *action, *text;
	} answer[FAKE_AMI_ANSWERS];
	size_t nanswers;
	char id[FAKE_AMI_ID]; /* of the last action */
	struct cti_buf last;  /* its lines: "Action: Ping\nActionID: 7\n" */
	struct cti_buf raw;   /* all that came since the log was read */
	struct cti_buf kept;  /* what is sent a byte a turn */
	char log[FAKE_AMI_LOG];
	bool silent;  /* answers nothing */
	bool trickle; /* sends by fake_ami_drip() only */
	size_t nclients;
};

extern struct fake_ami fake_ami;

/** Listens on a free port; answers like an idle Asterisk 22 whose manager
 * account has the secret FAKE_AMI_SECRET. */
void fake_ami_open(struct cti_loop *loop);
void fake_ami_close(void);
/** Ends the connection, keeps listening. */
void fake_ami_hang_up(void);
/** From now on that is answered to the action. Lines end in "\n", "@" alone as
 * a value stands for its ActionID; "" answers nothing. Stays the caller's. */
void fake_ami_answer(const char *action, const char *text);
/** Sends messages written likewise. */
void fake_ami_send(const char *text);
void fake_ami_bytes(const char *data, size_t len);
/** Sends one byte of what a trickle keeps back; false: nothing was left. */
bool fake_ami_drip(void);
/** Sends the events of tests/data/ami/NAME.txt; ids is "old", "new", …, NULL.
 */
void fake_ami_replay(const char *name, const char *const *ids);
/** As it was, up to and with the first such event of that Uniqueid. */
void fake_ami_replay_until(const char *name, const char *event,
			   const char *uid);
/** The actions since the last time ("Challenge Login"); all is empty then. */
const char *fake_ami_log(void);
/** Value of a line of the last action, "" where there is none. */
const char *fake_ami_sent(const char *key);

#endif /* UNIT_DRIVERS_FAKE_AMI_H */
