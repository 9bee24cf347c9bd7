/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/asterisk_fixture.h - the asterisk driver on a fake manager */
#ifndef UNIT_DRIVERS_ASTERISK_FIXTURE_H
#define UNIT_DRIVERS_ASTERISK_FIXTURE_H

#include "fake_ami.h"
#include "fixture.h"

#define AST_ID "0123456789ABCDEF0123456789ABCDEF"
#define AST_ID2 "1123456789ABCDEF0123456789ABCDEF"
/* the phones of the recorded sessions */
#define AST_DEVICE "PJSIP/agent1"
#define AST_DEVICE2 "PJSIP/agent2"

/** A fake manager and no driver yet. */
void ast_setup(void);
void ast_teardown(void);
/** Starts the driver with further lines of section asterisk. */
void ast_start(const char *lines);
/** Starts it, and waits until it is synced. */
void ast_up(const char *lines);
/** As ast_setup(), and up. */
void ast_setup_up(void);
int ast_dial(const char *call_id, const char *number);
/** Sends that to the driver and lets it be read. */
void ast_told(const char *text);

#endif /* UNIT_DRIVERS_ASTERISK_FIXTURE_H */
