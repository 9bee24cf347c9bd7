/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/wire.c - the TCP connection to a switch: opened, lost, opened again
 */
#include "drivers/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/loop.h"

enum {
	CONNECT_MS = 10000,
	WHY_SIZE = 512,
	DOUBLINGS_MAX = 16,
	RETRY_MIN_MS = 500,
	RETRY_MAX_MS = 30000,
};

enum wire_state {
	WIRE_STOPPED,
	WIRE_WAITING, /* for the next attempt */
	WIRE_CONNECTING,
	WIRE_OPEN,
};

struct cti_wire {
	struct cti_driver *drv;
	struct cti_driver_host host;
	const struct cti_wire_handler *handler;
	const char *name;
	char host_name[CTI_WIRE_HOST_SIZE];
	uint16_t port;
	int64_t retry_min_ms, retry_max_ms;

	enum wire_state state;
	struct cti_tcp *tcp;
	int err;		  /* of a write that failed */
	unsigned attempts;	  /* that failed in a row */
	const char *expected;	  /* what is said when no answer comes */
	struct cti_timer *retry;  /* until the next attempt */
	struct cti_timer *answer; /* of the peer: to connect, to a command */
	struct cti_timer *broken; /* a write failed inside an operation */
};

int64_t cti_wire_jitter(int64_t limit_ms)
{
	char id[CTI_ID_SIZE];

	if (limit_ms <= 0)
		return 0;
	cti_id_random(id);
	id[8] = '\0';
	return (int64_t)(strtoul(id, NULL, 16) % ((unsigned long)limit_ms + 1));
}

static int64_t wire_pause(struct cti_wire *w)
{
	unsigned n = w->attempts++;
	int64_t most_ms = w->retry_min_ms
			  << (n < DOUBLINGS_MAX ? n : DOUBLINGS_MAX);

	if (most_ms > w->retry_max_ms)
		most_ms = w->retry_max_ms;
	return cti_wire_jitter(most_ms);
}

/* --- its end --- */

static void wire_close(struct cti_wire *w, enum wire_state state)
{
	bool open = w->state == WIRE_OPEN;

	cti_tcp_destroy(w->tcp);
	w->tcp = NULL;
	w->state = state;
	w->expected = NULL;
	w->err = 0;
	cti_timer_stop(w->retry);
	cti_timer_stop(w->answer);
	cti_timer_stop(w->broken);
	if (open)
		w->handler->on_closed(w->drv);
}

/* Whoever gives up twice, or after a stop, adds no pause and says nothing. */
static bool wire_connected(const struct cti_wire *w)
{
	return w->state == WIRE_CONNECTING || w->state == WIRE_OPEN;
}

/* why may lie in what on_closed() forgets. */
static void wire_end(struct cti_wire *w, enum cti_link link, const char *why,
		     int64_t pause_ms)
{
	char said[WHY_SIZE];

	(void)snprintf(said, sizeof(said), "%s", why); /* cut is fine */
	wire_close(w, WIRE_WAITING);
	if (w->state != WIRE_WAITING)
		return; /* stopped by the one who was told */
	cti_timer_start(w->retry, pause_ms);
	w->host.on_link(w->host.arg, link, said);
}

void cti_wire_lost_for(struct cti_wire *w, const char *why, int64_t pause_ms)
{
	if (wire_connected(w))
		wire_end(w, CTI_LINK_DOWN, why, pause_ms);
}

void cti_wire_lost(struct cti_wire *w, const char *why)
{
	if (wire_connected(w))
		wire_end(w, CTI_LINK_DOWN, why, wire_pause(w));
}

void cti_wire_refused(struct cti_wire *w, const char *why)
{
	if (wire_connected(w))
		wire_end(w, CTI_LINK_FAILED, why, CTI_WIRE_REFUSED_MS);
}

/* --- the connection --- */

/* What the resolver's answers are called here would mislead. */
static const char *lost_word(int err)
{
	switch (-err) {
	case 0:
		return "the connection was closed";
	case EHOSTUNREACH:
		return "there is no such host, or no route to it";
	case EAGAIN:
		return "no name server answers";
	default:
		return strerror(-err);
	}
}

static void lost_errno(struct cti_wire *w, int err)
{
	char why[WHY_SIZE];

	(void)snprintf(why, sizeof(why), "%s at %s:%u: %s", w->name,
		       w->host_name, w->port, lost_word(err));
	cti_wire_lost(w, why);
}

static void on_open(void *arg)
{
	struct cti_wire *w = arg;
	int err;

	w->state = WIRE_OPEN;
	cti_timer_stop(w->answer);
	err = w->handler->on_open(w->drv);
	if (err)
		lost_errno(w, err);
}

static void on_data(void *arg, const char *data, size_t len)
{
	struct cti_wire *w = arg;

	w->handler->on_data(w->drv, data, len);
}

static void on_close(void *arg, int err)
{
	struct cti_wire *w = arg;

	if (w->state == WIRE_OPEN && w->handler->on_end)
		w->handler->on_end(w->drv, err);
	lost_errno(w, err);
}

static const struct cti_tcp_handler wire_tcp = {
	.on_open = on_open,
	.on_data = on_data,
	.on_close = on_close,
};

static void wire_connect(void *arg)
{
	struct cti_wire *w = arg;
	struct cti_tcp_peer peer = {w->host_name, w->port};
	int err;

	w->state = WIRE_CONNECTING;
	w->host.on_link(w->host.arg, CTI_LINK_CONNECTING, NULL);
	if (w->state != WIRE_CONNECTING)
		return; /* stopped by the one who was told */
	err = cti_tcp_connect(&w->tcp, w->host.loop, &peer, &wire_tcp, w);
	if (err)
		lost_errno(w, err);
	else
		cti_timer_start(w->answer, CONNECT_MS);
}

static void wire_unanswered(void *arg)
{
	struct cti_wire *w = arg;

	if (w->expected)
		cti_wire_lost(w, w->expected);
	else
		lost_errno(w, -ETIMEDOUT);
}

static void wire_broken(void *arg)
{
	struct cti_wire *w = arg;

	lost_errno(w, w->err);
}

bool cti_wire_is_open(const struct cti_wire *w)
{
	return w->state == WIRE_OPEN;
}

int cti_wire_write(struct cti_wire *w, const void *data, size_t len)
{
	if (w->state != WIRE_OPEN)
		return -ENOTCONN;
	if (w->err)
		return w->err;
	w->err = cti_tcp_write(w->tcp, data, len);
	if (w->err)
		cti_timer_start(w->broken, 0);
	return w->err;
}

void cti_wire_expect(struct cti_wire *w, int64_t ms, const char *why)
{
	if (w->state != WIRE_OPEN)
		return;
	w->expected = ms > 0 ? why : NULL;
	if (ms > 0)
		cti_timer_start(w->answer, ms);
	else
		cti_timer_stop(w->answer);
}

void cti_wire_settled(struct cti_wire *w)
{
	w->attempts = 0;
}

/* --- life cycle --- */

static int wire_timers(struct cti_wire *w)
{
	int err = cti_timer_new(&w->retry, w->host.loop, wire_connect, w);

	if (!err)
		err = cti_timer_new(&w->answer, w->host.loop, wire_unanswered,
				    w);
	if (!err)
		err = cti_timer_new(&w->broken, w->host.loop, wire_broken, w);
	return err;
}

/* A resolver takes an IPv6 address without its brackets. */
static int wire_address(struct cti_wire *w, const struct cti_wire_peer *peer)
{
	const char *host = peer->host;
	size_t len = strlen(host);

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(w->host_name))
		return -EINVAL;
	memcpy(w->host_name, host, len);
	w->host_name[len] = '\0';
	w->port = peer->port;
	w->name = peer->name;
	return 0;
}

int cti_wire_new(struct cti_wire **wirep, struct cti_driver *drv,
		 const struct cti_driver_host *host,
		 const struct cti_wire_peer *peer,
		 const struct cti_wire_handler *handler)
{
	struct cti_wire *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->drv = drv;
	w->host = *host;
	w->handler = handler;
	w->retry_min_ms = RETRY_MIN_MS;
	w->retry_max_ms = RETRY_MAX_MS;
	err = wire_address(w, peer);
	if (!err)
		err = wire_timers(w);
	if (err) {
		cti_wire_destroy(w);
		return err;
	}
	*wirep = w;
	return 0;
}

void cti_wire_pauses(struct cti_wire *w, const struct cti_conf *conf)
{
	w->retry_min_ms = cti_conf_int(conf, "telephony.reconnect_min_ms");
	w->retry_max_ms = cti_conf_int(conf, "telephony.reconnect_max_ms");
}

void cti_wire_destroy(struct cti_wire *w)
{
	if (!w)
		return;
	cti_tcp_destroy(w->tcp);
	cti_timer_destroy(w->retry);
	cti_timer_destroy(w->answer);
	cti_timer_destroy(w->broken);
	free(w);
}

void cti_wire_start(struct cti_wire *w)
{
	if (w->state != WIRE_STOPPED)
		return;
	w->state = WIRE_WAITING;
	w->attempts = 0;
	cti_timer_start(w->retry, 0);
}

void cti_wire_stop(struct cti_wire *w)
{
	wire_close(w, WIRE_STOPPED);
	w->host.on_link(w->host.arg, CTI_LINK_DOWN, "stopped");
}
