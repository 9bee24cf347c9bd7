/* SPDX-License-Identifier: Apache-2.0 */
/* http/conn.c - client connections: limit, deadlines, eviction */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "http/internal.h"

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

/* libmicrohttpd closes it when it sees the end. */
void cti_conn_shut(struct http_conn *conn)
{
	conn->deadline_ms = 0;
	(void)shutdown(conn->fd, SHUT_RDWR); /* already gone: as good */
}

bool cti_conn_evict(struct cti_http *http)
{
	struct http_conn *oldest = NULL;

	for (struct http_conn *conn = http->conns; conn; conn = conn->next) {
		if (conn->deadline_ms)
			oldest = conn;
	}
	if (oldest)
		cti_conn_shut(oldest);
	return oldest;
}

void cti_conn_sweep(struct cti_http *http)
{
	int64_t now = cti_loop_mono_ms(http->loop);

	for (struct http_conn *conn = http->conns; conn; conn = conn->next) {
		if (conn->deadline_ms && conn->deadline_ms <= now)
			cti_conn_shut(conn);
	}
}

static bool conn_limit(struct cti_http *http)
{
	if (http->nconns < http->conf.max_connections)
		return false;
	if (!http->full)
		log_warn("http: %u connections, the limit is reached",
			 http->nconns);
	http->full = true;
	return !cti_conn_evict(http);
}

/* Before a byte is parsed. */
static bool peer_allowed(struct cti_http *http, int fd,
			 const struct sockaddr_storage *addr)
{
	int err;

	if (!http->conf.same_user)
		return true;
	err = cti_peer_check(&http->peer, fd, addr);
	if (!err || !cti_guard_refused(http))
		return !err;
	if (err == -ENOENT)
		log_debug("http: a client was gone before it was let in");
	else
		log_warn_errno(err, "http: refused a connection that is no "
				    "process of this user");
	return false;
}

void cti_conn_admit(struct cti_http *http, int fd,
		    const struct sockaddr_storage *addr, socklen_t addrlen)
{
	bool over;

	if (!peer_allowed(http, fd, addr)) {
		(void)close(fd); /* nothing was written to it */
		return;
	}
	over = conn_limit(http);
	if (http->nconns >= http->conf.max_connections + HTTP_SPARE) {
		(void)close(fd); /* nothing was written to it */
		return;
	}
	http->admit_over = over;
	if (MHD_add_connection(http->daemon, fd, (const struct sockaddr *)addr,
			       addrlen) != MHD_YES)
		log_warn("http: a connection could not be added");
	http->admit_over = false;
}
