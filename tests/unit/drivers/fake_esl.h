/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake_esl.h - an event socket that says what a test wants, on the
 * test's loop */
#ifndef UNIT_DRIVERS_FAKE_ESL_H
#define UNIT_DRIVERS_FAKE_ESL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/buf.h"
#include "cti/loop.h"

enum {
	FAKE_ESL_ANSWERS = 24,
	FAKE_ESL_LOG = 8192,
};

#define FAKE_ESL_SECRET "labsecret"

struct fake_esl {
	struct cti_loop *loop;
	int listener, client;
	struct cti_poll *listener_poll, *client_poll;
	uint16_t port;
	const char *greeting; /* what a new client is sent */
	struct cti_buf received;
	struct {
		const char *command, *text;
	} answer[FAKE_ESL_ANSWERS];
	size_t nanswers;
	char log[FAKE_ESL_LOG];
	bool silent;  /* answers nothing */
	bool trickle; /* sends by fake_esl_drip() only */
	struct cti_buf kept;
	size_t nclients;
};

extern struct fake_esl fake_esl;

/** Listens on a free port; answers like an idle FreeSWITCH whose password is
 * FAKE_ESL_SECRET. */
void fake_esl_open(struct cti_loop *loop);
void fake_esl_close(void);
/** Ends the connection, keeps listening. */
void fake_esl_hang_up(void);
/** From now on that is answered to commands that begin so; the latest such
 * rule counts. NULL answers nothing. Both stay the caller's. */
void fake_esl_answer(const char *command, const char *text);
/** Sends bytes as they are. */
void fake_esl_bytes(const char *data, size_t len);
void fake_esl_text(const char *text);
/** Sends one byte of what a trickle keeps back; false: nothing was left. */
bool fake_esl_drip(void);
/** Sends an event of fields "name", "value", …, NULL. */
void fake_esl_event(const char *const *fields);
/** Sends the events of tests/data/esl/NAME.esl, from number first (of 0) to
 * before number end, with texts replaced: "old", "new", …, NULL. */
void fake_esl_replay(const char *name, size_t first, size_t end,
		     const char *const *texts);
/** The commands since the last time, a line each; the log is empty then. */
const char *fake_esl_log(void);

#endif /* UNIT_DRIVERS_FAKE_ESL_H */
