/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/wire.h - the TCP connection to a switch: opened, lost, opened again
 */
#ifndef CTI_WIRE_H
#define CTI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/driver.h"

/**
 * What every driver with a TCP link does alike: connect with a time limit,
 * report on_link() to the core, come back after a pause with full jitter
 * (0 to telephony.reconnect_min_ms doubled for each attempt that failed in a
 * row, reconnect_max_ms at most), for ever. CTI_LINK_UP and on_synced() are
 * the driver's to report, as it alone knows when it is logged in.
 */
struct cti_wire;

enum {
	CTI_WIRE_HOST_SIZE = 256,
	/* After refused credentials: twice in ten minutes is less than what
	 * guards against guessing (fail2ban: five) take for an attack. */
	CTI_WIRE_REFUSED_MS = 300 * 1000,
};

/** The driver's side; it runs from the top of the loop and may end or stop
 * the link, but not destroy the wire. All but on_end are required. */
struct cti_wire_handler {
	/** Connected: the login begins. Not 0 gives the connection up. */
	int (*on_open)(struct cti_driver *drv);
	/** Bytes are lent; they may end the link by cti_wire_lost(). */
	void (*on_data)(struct cti_driver *drv, const char *data, size_t len);
	/** What was open is closed, for whatever reason: forget what belonged
	 * to it. Once for each on_open(), not by cti_wire_destroy().
	 * on_link() follows; raise no event here. */
	void (*on_closed)(struct cti_driver *drv);
	/** The switch closed it (err 0) or it broke (-errno) after on_open().
	 * May say so by cti_wire_lost() or a sibling; where it does not, or
	 * is NULL, the wire does. */
	void (*on_end)(struct cti_driver *drv, int err);
};

/** Which switch; copied. */
struct cti_wire_peer {
	const char *name; /* "asterisk": begins what people read; static */
	const char *host; /* name or address; "[::1]" too */
	uint16_t port;
};

/** handler is lent for the life of the wire; pauses come from conf. */
int cti_wire_new(struct cti_wire **wirep, struct cti_driver *drv,
		 const struct cti_driver_host *host,
		 const struct cti_wire_peer *peer,
		 const struct cti_wire_handler *handler) CTI_NODISCARD;
/** Sets the pauses: telephony.reconnect_min_ms and _max_ms. */
void cti_wire_pauses(struct cti_wire *wire, const struct cti_conf *conf);
/** Silent; NULL is allowed. */
void cti_wire_destroy(struct cti_wire *wire);

/** Connects, from the top of the loop; nothing when it is started. */
void cti_wire_start(struct cti_wire *wire);
/** Ends with CTI_LINK_DOWN, "stopped", and tries no more; also inside
 * on_link(). */
void cti_wire_stop(struct cti_wire *wire);

/** Between on_open() and on_closed(). */
bool cti_wire_is_open(const struct cti_wire *wire);
/** Sends; allowed inside an operation of the driver: where it fails, the link
 * is given up a moment later from the top of the loop and takes nothing more.
 * -ENOTCONN: not open. */
int cti_wire_write(struct cti_wire *wire, const void *data,
		   size_t len) CTI_NODISCARD;

/*
 * The end of a connection. Never from inside an operation of the driver; it
 * does nothing when there is none. After it not a byte is delivered, yet what
 * on_data() has in its hands is its own to drop.
 * why is for people: what happened and, where known, what to do.
 */
/** CTI_LINK_DOWN; back after the pause with jitter. */
void cti_wire_lost(struct cti_wire *wire, const char *why);
/** CTI_LINK_DOWN; back after pause_ms. */
void cti_wire_lost_for(struct cti_wire *wire, const char *why,
		       int64_t pause_ms);
/** CTI_LINK_FAILED: password or version; asked again after
 * CTI_WIRE_REFUSED_MS, as people mend such things on the other side. */
void cti_wire_refused(struct cti_wire *wire, const char *why);

/** The sync is done: the next loss begins with the shortest pause again. */
void cti_wire_settled(struct cti_wire *wire);

/** An answer must come within ms, else the link is lost with that text (a
 * static one). Replaces the one before; ms 0 takes it back, and so does the
 * end of the connection. */
void cti_wire_expect(struct cti_wire *wire, int64_t ms, const char *why);

/** 0 to limit_ms, evenly. */
int64_t cti_wire_jitter(int64_t limit_ms);

#endif /* CTI_WIRE_H */
