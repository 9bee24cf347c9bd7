/* SPDX-License-Identifier: Apache-2.0 */
/* cti/loop.h - the one thread: timers, posts, workers, sockets; libuv inside */
#ifndef CTI_LOOP_H
#define CTI_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"

struct cti_loop;

/**
 * All functions belong to the loop thread, but cti_loop_post(). Callbacks run
 * from the top of the loop, never from inside the call that asked for them.
 */
typedef void cti_loop_fn(void *arg);

enum cti_clock {
	CTI_CLOCK_REAL,
	CTI_CLOCK_FAKE, /* stands still; timers fire in cti_loop_advance() */
};

/** The caller's thread becomes the loop thread. Makes SIGPIPE and SIGXFSZ
 * ignored. */
int cti_loop_new(struct cti_loop **loopp, enum cti_clock clock) CTI_NODISCARD;
/** Runs what is still deferred or posted and waits for what is in a worker
 * (a DNS query, too); all timers, polls, signals and connections must be
 * destroyed before or by that. NULL is allowed. */
void cti_loop_destroy(struct cti_loop *loop);
/** Runs until cti_loop_stop(), the turn's end included. */
void cti_loop_run(struct cti_loop *loop);
void cti_loop_stop(struct cti_loop *loop);
/** One turn for tests: waits at most max_ms of real time for something; it
 * may return sooner, with nothing to see. 0 does not wait. */
void cti_loop_turn(struct cti_loop *loop, uint32_t max_ms);

/** Milliseconds that only grow: for time-outs. Fake clock: as advanced. */
int64_t cti_loop_mono_ms(const struct cti_loop *loop);
/** Unix time in ms, for what people read. Fake clock starts at
 * 2026-11-22T06:30:00.000Z and moves with cti_loop_advance(). */
int64_t cti_loop_wall_ms(const struct cti_loop *loop);
/** Fake clock only, not from a callback: moves time on and fires, in order
 * and each at its own time, what fell due; what a timer deferred runs right
 * after it. Sockets, posts and workers need a turn. */
void cti_loop_advance(struct cti_loop *loop, int64_t ms);
/** Fake clock only: the wall clock is set by ms, as by a person or NTP; what
 * is mono goes on as if nothing had happened. */
void cti_loop_jump(struct cti_loop *loop, int64_t ms);

/** Turns that took longer than 50 ms. Real clock only. */
struct cti_loop_stats {
	uint64_t slow_turns;
	int64_t slow_ms;    /* how long the last of them took */
	int64_t slow_at_ms; /* and when it ended, mono */
};
void cti_loop_stats(const struct cti_loop *loop, struct cti_loop_stats *out);

/** Does something keep this machine's clock in time? 1, 0, -ENOSYS: nobody can
 * say. */
int cti_clock_synced(void);

/** From any thread: fn runs on the loop thread, in order of posting. */
int cti_loop_post(struct cti_loop *loop, cti_loop_fn *fn,
		  void *arg) CTI_NODISCARD;
/** fn runs once from the top of the loop, in order; how an object that is in
 * its own callback gets itself destroyed. */
int cti_loop_defer(struct cti_loop *loop, cti_loop_fn *fn,
		   void *arg) CTI_NODISCARD;
/** work runs in a worker thread, then done on the loop thread. */
int cti_loop_work(struct cti_loop *loop, cti_loop_fn *work, cti_loop_fn *done,
		  void *arg) CTI_NODISCARD;

/**
 * fn runs at the end of each turn, after all callbacks and before the loop
 * waits (the store's group commit). It may run when nothing happened, so it
 * must be cheap then. One such hook exists; NULL removes it.
 */
void cti_loop_on_turn_end(struct cti_loop *loop, cti_loop_fn *fn, void *arg);

/* Timers: one shot, restartable. */
struct cti_timer;
int cti_timer_new(struct cti_timer **timerp, struct cti_loop *loop,
		  cti_loop_fn *fn, void *arg) CTI_NODISCARD;
/** (Re)starts it: fn in ms from now (below 0 is 0), never from in here. */
void cti_timer_start(struct cti_timer *timer, int64_t ms);
void cti_timer_stop(struct cti_timer *timer);
bool cti_timer_active(const struct cti_timer *timer);
/** Allowed in its own callback; NULL is allowed. */
void cti_timer_destroy(struct cti_timer *timer);

/* A file descriptor that is readable (or at its end, or broken): fn runs each
 * turn while it is. The fd stays the caller's, becomes non-blocking, has one
 * poll at most and is closed after the poll is destroyed. */
struct cti_poll;
int cti_poll_new(struct cti_poll **pollp, struct cti_loop *loop, int fd,
		 cti_loop_fn *fn, void *arg) CTI_NODISCARD;
void cti_poll_destroy(struct cti_poll *poll);

/** A signal (SIGTERM, SIGHUP …) as a callback. */
struct cti_signal;
int cti_signal_new(struct cti_signal **sigp, struct cti_loop *loop, int signum,
		   cti_loop_fn *fn, void *arg) CTI_NODISCARD;
void cti_signal_destroy(struct cti_signal *sig);

/* A TCP client connection, for drivers and tests. */
struct cti_tcp;
struct cti_tcp_handler {
	void (*on_open)(void *arg);
	/** Bytes are lent for the callback. */
	void (*on_data)(void *arg, const char *data, size_t len);
	/** Once, last: could not connect, reset (-errno) or EOF (0); a name
	 * that has no address is -EHOSTUNREACH, no answer -EAGAIN. */
	void (*on_close)(void *arg, int err);
};
/** Where to: host is a name or an address; DNS runs in the worker pool. */
struct cti_tcp_peer {
	const char *host;
	uint16_t port;
};
/** handler is lent for the life of the connection, peer for the call. */
int cti_tcp_connect(struct cti_tcp **tcpp, struct cti_loop *loop,
		    const struct cti_tcp_peer *peer,
		    const struct cti_tcp_handler *handler,
		    void *arg) CTI_NODISCARD;
/** Queues a copy; -ENOBUFS when over 256 KiB wait (then destroy it),
 * -ENOTCONN before on_open or after on_close. */
int cti_tcp_write(struct cti_tcp *tcp, const void *data,
		  size_t len) CTI_NODISCARD;
/** Closes without a further callback; allowed in its own callbacks; NULL too.
 */
void cti_tcp_destroy(struct cti_tcp *tcp);

#endif /* CTI_LOOP_H */
