/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fs_fixture.h - the freeswitch driver on a fake event socket */
#ifndef UNIT_DRIVERS_FS_FIXTURE_H
#define UNIT_DRIVERS_FS_FIXTURE_H

#include <stdint.h>

#include "fake_esl.h"
#include "fixture.h"

#define FS_ID "0123456789ABCDEF0123456789ABCDEF"
#define FS_DEVICE "user/agent1"
#define FS_DEVICE2 "sofia/internal/101@127.0.0.1:5090"
#define FS_PHONE "59842e1b-6367-42ec-bbad-1c09556ecbc8" /* in inbound.esl */
#define FS_CALLER "209b79bb-ae54-493d-bfa0-abae2497982c"

void fs_setup(void);
void fs_teardown(void);
/** The driver with more lines in its section. */
void fs_start(const char *lines);
/** Logged in and synced. */
void fs_up(void);
int fs_dial(const char *call_id, const char *number, uint32_t timeout_ms);
/** Events number first to before end of a recorded dial; its ids are FS_ID. */
void fs_dial_events(const char *name, size_t first, size_t end);
/** Those of a recorded caller. */
void fs_ring_events(size_t first, size_t end);
/** story() without repeated states: facts may be told any time. */
const char *fs_story(const char *ref);
/** An event of "name", "value" pairs. */
#define fs_event(...)                                                          \
	do {                                                                   \
		fake_esl_event((const char *const[]){__VA_ARGS__, NULL});      \
		fixture_turn();                                                \
	} while (0)

#endif /* UNIT_DRIVERS_FS_FIXTURE_H */
