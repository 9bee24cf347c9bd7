/* SPDX-License-Identifier: Apache-2.0 */
/* http/conn.c - client connections: limit, deadlines, eviction */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "http/guard.h"

static struct http_conn *conn_new(struct cti_http *http,
				  struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http_conn *conn = calloc(1, sizeof(*conn));

	if (!info || !conn) {
		free(conn);
		return NULL;
	}
	conn->http = http;
	conn->fd = info->connect_fd;
	conn->over = http->admit_over;
	conn->next = http->conns;
	if (conn->next)
		conn->next->prev = conn;
	http->conns = conn;
	http->nconns++;
	cti_conn_owes(conn, HTTP_HEAD_MS);
	return conn;
}

static void conn_free(struct http_conn *conn)
{
	struct cti_http *http = conn->http;

	if (conn->prev)
		conn->prev->next = conn->next;
	else
		http->conns = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	http->nconns--;
	http->ntrusted -= conn->trusted;
	if (http->nconns < http->conf.max_connections)
		http->full = false;
	free(conn);
}

void cti_conn_notify(void *arg, struct MHD_Connection *mhd, void **ctx,
		     enum MHD_ConnectionNotificationCode code)
{
	/* Without memory the context stays NULL and its request is refused. */
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*ctx = conn_new(arg, mhd);
	else if (*ctx)
		conn_free(*ctx);
}

void cti_conn_owes(struct http_conn *conn, int64_t ms)
{
	struct cti_http *http = conn->http;

	conn->deadline_ms = ms ? cti_loop_mono_ms(http->loop) + ms : 0;
	if (ms && !cti_timer_active(http->tick))
		cti_timer_start(http->tick, HTTP_TICK_MS);
}

void cti_conn_hurry(struct http_conn *conn, int64_t ms)
{
	int64_t latest = cti_loop_mono_ms(conn->http->loop) + ms;

	if (!conn->deadline_ms || conn->deadline_ms > latest)
		cti_conn_owes(conn, ms);
}

/* libmicrohttpd closes it when it sees the end. */
void cti_conn_shut(struct http_conn *conn)
{
	conn->deadline_ms = 0;
	conn->shut = true;
	(void)shutdown(conn->fd, SHUT_RDWR); /* already gone: as good */
}

void cti_conn_trust(struct http_conn *conn)
{
	conn->http->ntrusted += !conn->trusted;
	conn->trusted = true;
}

bool cti_conn_idle(const struct http_conn *conn)
{
	return !conn->req || conn->req->state < REQ_RUNNING;
}

/* How well it can be spared; 0: not at all. */
static int conn_spare(const struct http_conn *conn)
{
	if (conn->shut)
		return 0;
	return 2 * cti_conn_idle(conn) + !conn->trusted;
}

bool cti_conn_evict(struct cti_http *http)
{
	struct http_conn *spare = NULL;
	int best = 1;

	for (struct http_conn *conn = http->conns; conn; conn = conn->next) {
		int value = conn_spare(conn);

		if (value < best)
			continue;
		best = value;
		spare = conn;
	}
	if (spare)
		cti_conn_shut(spare);
	return spare;
}

/* One second more for an answer that is on its way: some clients close their
 * half as soon as they have asked. */
static void conn_watch(struct http_conn *conn)
{
	if (!cti_request_waits(conn->req) || !cti_peer_gone(conn->fd))
		return;
	if (conn->gone)
		cti_request_gone(conn->req);
	conn->gone = true;
}

void cti_conn_sweep(struct cti_http *http)
{
	int64_t now = cti_loop_mono_ms(http->loop);

	for (struct http_conn *conn = http->conns; conn; conn = conn->next) {
		if (conn->deadline_ms && conn->deadline_ms <= now)
			cti_conn_shut(conn);
		else if (conn->req)
			conn_watch(conn);
	}
}

/* Places that only those may have who proved themselves. */
static unsigned conn_kept(const struct cti_http *http)
{
	unsigned quarter = http->conf.max_connections / 4;

	return quarter < HTTP_KEPT ? quarter : HTTP_KEPT;
}

unsigned cti_http_connections(const struct cti_http *http)
{
	return http->nconns;
}

unsigned cti_http_streams_max(const struct cti_http *http)
{
	unsigned max = http->conf.max_connections;

	return max - max / 4;
}

/* True: there is no place for one more. */
static bool conn_limit(struct cti_http *http)
{
	unsigned max = http->conf.max_connections;
	unsigned unproved = http->nconns - http->ntrusted;
	bool full = http->nconns >= max;

	if (!full && unproved < max - conn_kept(http))
		return false;
	if (!http->full)
		log_warn("http: %u connections, the limit is reached",
			 http->nconns);
	http->full = true;
	return !cti_conn_evict(http) && full;
}

static bool peer_listed(const struct cti_http *http,
			const struct http_addr *addr)
{
	for (size_t i = 0; i < http->conf.npeers; i++) {
		if (cti_peer_in(&http->nets[i], addr))
			return true;
	}
	return false;
}

/* Before a byte is parsed. 0 or -errno. */
static int peer_check(struct cti_http *http, int fd,
		      const struct sockaddr_storage *from)
{
	enum cti_exposure exposure = http->conf.exposure;
	struct http_addr addr;
	int err = cti_peer_addr(&addr, from);

	if (err)
		return err;
	if (cti_peer_loopback(&addr))
		return exposure == CTI_EXPOSURE_LOOPBACK && http->conf.same_user
			       ? cti_peer_check(&http->peer, fd, from)
			       : 0;
	if (exposure == CTI_EXPOSURE_LOOPBACK)
		return -EPERM;
	if (exposure == CTI_EXPOSURE_NETWORK && !http->conf.npeers)
		return 0;
	if (peer_listed(http, &addr))
		return 0;
	return exposure == CTI_EXPOSURE_CONTAINER && cti_peer_gateway(&addr)
		       ? 0
		       : -EPERM;
}

/* It closed and had sent nothing, as programs do that look whether the port is
 * open: nobody has to search for a stranger. */
static bool left_unasked(int fd)
{
	char byte;

	return recv(fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool peer_allowed(struct cti_http *http, int fd,
			 const struct sockaddr_storage *from)
{
	int err = peer_check(http, fd, from);

	if (!err)
		return true;
	if (err == -ENOENT && left_unasked(fd))
		return false;
	if (!cti_guard_refused(http, CTI_REFUSAL_PEER))
		return false;
	if (err == -ENOENT)
		log_debug("http: a client was gone before it was let in");
	else if (http->conf.exposure == CTI_EXPOSURE_LOOPBACK)
		log_warn_errno(err, "http: refused a connection that is no "
				    "process of this user");
	else
		log_warn_errno(err, "http: refused a connection that is not "
				    "from the gateway or http.allowed_peers");
	return false;
}

void cti_conn_admit(struct cti_http *http, int fd,
		    const struct sockaddr_storage *addr, socklen_t addrlen)
{
	unsigned most = http->conf.max_connections + HTTP_SPARE;
	bool over, full;

	if (!peer_allowed(http, fd, addr)) {
		(void)close(fd); /* nothing was written to it */
		return;
	}
	over = conn_limit(http);
	if (http->nconns >= most)
		cti_http_run(http); /* sees those off that were shut */
	full = http->nconns >= most;
	if (over || full)
		(void)cti_guard_refused(http, CTI_REFUSAL_BUSY); /* is logged */
	if (full) {
		(void)close(fd); /* nothing was written to it */
		return;
	}
	http->admit_over = over;
	if (MHD_add_connection(http->daemon, fd, (const struct sockaddr *)addr,
			       addrlen) != MHD_YES)
		log_warn("http: a connection could not be added");
	http->admit_over = false;
}
