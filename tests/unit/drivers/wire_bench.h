/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/wire_bench.h - a driver that notes what its wire says, and its switch
 */
#ifndef UNIT_DRIVERS_WIRE_BENCH_H
#define UNIT_DRIVERS_WIRE_BENCH_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/loop.h"
#include "drivers/wire.h"

enum {
	MIN_MS = 100,
	MAX_MS = 800,
	CONNECT_MS = 10000,
	WHY_SIZE = 512,
	TEXT_SIZE = 64,
};

/** Where a callback stops or gives up the wire. */
enum spot {
	NOWHERE,
	AT_CONNECTING,
	AT_OPEN,
	AT_DATA,
	AT_END,
	AT_CLOSED,
	AT_DOWN,
	SPOTS,
};

/** What the driver was told, and the switch it talks to. */
struct cti_driver {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_wire *wire;
	int listener, peer;
	uint16_t port;

	enum spot stop_at, lose_at;
	bool own_words; /* on_end() says it itself */
	int open_err;
	int nconnecting, nopen, nclosed, ndown, nfailed, nend, ndata;
	int end_err;
	char text[TEXT_SIZE];
	size_t len;
	char why[WHY_SIZE];
};

/** The one driver of the running test. */
extern struct cti_driver d;

void wire_setup(void);
void wire_teardown(void);
/** Another wire, also for hosts that are refused. */
int wire_make(const char *host) CTI_NODISCARD;

void listener_open(void);
void fd_close(int *fd);
void peer_take(void);
void peer_send(const char *text);

void turn(void);
#define wait_for(condition)                                                    \
	do {                                                                   \
		for (int tries = 0; tries < 30000 && !(condition); tries++)    \
			cti_loop_turn(d.loop, 1);                              \
		ck_assert(condition);                                          \
	} while (0)

/** Starts it; it connects. */
void begin(void);
/** Until it is open; the switch took it. */
void connect_now(void);
/** Ms until the next attempt. */
int64_t pause_measure(void);
/** More than a connection takes: the write fails. */
void write_too_much(void);

#endif /* UNIT_DRIVERS_WIRE_BENCH_H */
