/* SPDX-License-Identifier: Apache-2.0 */
/* http/server.c - one libmicrohttpd daemon on our loop, start to stop */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "http/guard.h"
#include "http/tls.h"

enum {
	RUNS_MAX = 8,	    /* of libmicrohttpd before others have a turn */
	RUNS_LAST = 64,	    /* to let requests end when it is destroyed */
	LOG_LINE_MAX = 256, /* of libmicrohttpd */
};

static void daemon_log(void *arg, const char *fmt, va_list ap) CTI_PRINTF(2, 0);

static void daemon_log(void *arg, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];

	(void)arg;
	(void)vsnprintf(line, sizeof(line), fmt, ap); /* cut is fine */
	line[strcspn(line, "\n")] = '\0';
	log_debug("http: libmicrohttpd: %s", line);
}

static void http_free(struct cti_http *http)
{
	free(http->answers);
	free(http->listeners);
	free(http->nets);
	free(http);
}

static void http_done(struct cti_http *http)
{
	void (*done)(void *arg) = http->done;

	http->done = NULL;
	cti_timer_stop(http->stop_timer);
	if (done)
		done(http->done_arg);
}

static void http_deferred(void *arg)
{
	struct cti_http *http = arg;

	http->deferred = false;
	if (http->dead) {
		http_free(http);
		return;
	}
	cti_http_run(http);
	if (http->stopping && !http->nconns)
		http_done(http);
}

static void http_defer(struct cti_http *http)
{
	if (http->deferred)
		return;
	if (cti_loop_defer(http->loop, http_deferred, http) == 0)
		http->deferred = true;
	else
		cti_timer_start(http->tick, 0);
}

void cti_http_resume(struct cti_http *http, struct MHD_Connection *mhd)
{
	MHD_resume_connection(mhd);
	http->resumed = true;
	if (!http->running)
		http_defer(http);
}

void cti_http_run(struct cti_http *http)
{
	MHD_UNSIGNED_LONG_LONG wait_ms = 0;
	bool more = true;

	http->running = true;
	for (int i = 0; i < RUNS_MAX && more; i++) {
		http->resumed = false;
		(void)MHD_run(http->daemon); /* fails only if misused */
		more = http->resumed ||
		       (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES &&
			wait_ms == 0);
	}
	http->running = false;
	if (more || (http->stopping && http->done && !http->nconns))
		http_defer(http);
}

static void http_ready(void *arg)
{
	cti_http_run(arg);
}

static void http_tick(void *arg)
{
	struct cti_http *http = arg;

	cti_conn_sweep(http);
	cti_http_run(http);
	if (http->nconns)
		cti_timer_start(http->tick, HTTP_TICK_MS);
}

static int texts_copy(const char *const **outp, const char *const *texts,
		      size_t count)
{
	size_t size = count * sizeof(char *);

	for (size_t i = 0; i < count; i++)
		size += strlen(texts[i]) + 1;
	const char **out = malloc(size ? size : 1);
	if (!out)
		return -ENOMEM;
	char *at = (char *)(out + count);
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(texts[i]) + 1;

		out[i] = memcpy(at, texts[i], len);
		at += len;
	}
	*outp = (const char *const *)out;
	return 0;
}

static void texts_free(const char *const *texts)
{
	free((void *)(uintptr_t)texts);
}

int cti_http_reload(struct cti_http *http, const struct cti_http_conf *conf)
{
	const char *const *hosts = NULL, *const *origins = NULL;
	int err = texts_copy(&hosts, conf->hosts, conf->nhosts);

	if (!err)
		err = texts_copy(&origins, conf->origins, conf->norigins);
	if (err) {
		texts_free(hosts);
		return err;
	}
	texts_free(http->conf.hosts);
	texts_free(http->conf.origins);
	http->conf.hosts = hosts;
	http->conf.nhosts = conf->nhosts;
	http->conf.origins = origins;
	http->conf.norigins = conf->norigins;
	http->conf.max_body = conf->max_body;
	return 0;
}

static int http_copy(struct cti_http *http, const struct cti_http_conf *conf)
{
	int err;

	http->conf = *conf;
	http->conf.listen = NULL;
	http->conf.nlisten = 0;
	http->conf.hosts = NULL;
	http->conf.origins = NULL;
	err = texts_copy(&http->conf.hosts, conf->hosts, conf->nhosts);
	if (err)
		return err;
	return texts_copy(&http->conf.origins, conf->origins, conf->norigins);
}

static int http_nets(struct cti_http *http, const struct cti_http_conf *conf,
		     struct cti_err *err)
{
	http->conf.peers = NULL;
	http->nets = calloc(conf->npeers + 1, sizeof(*http->nets));
	if (!http->nets)
		return -ENOMEM;
	for (size_t i = 0; i < conf->npeers; i++) {
		if (cti_peer_net(&http->nets[i], conf->peers[i]))
			return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
					   "http.allowed_peers: %.64s is no "
					   "address and no ADDRESS/BITS",
					   conf->peers[i]);
	}
	return 0;
}

static struct MHD_Daemon *daemon_start(struct cti_http *http,
				       const struct http_pems *pems)
{
	unsigned limit = http->conf.max_connections + 2 * HTTP_SPARE;
	unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL |
			 MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG;
	const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
	const struct MHD_OptionItem https[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, pems->cert.data},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, pems->key.data},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, pems->priorities},
		{MHD_OPTION_END, 0, NULL},
	};

	if (pems->cert.len)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, cti_request_access, http,
		MHD_OPTION_EXTERNAL_LOGGER, daemon_log, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, cti_request_uri, http,
		MHD_OPTION_NOTIFY_COMPLETED, cti_request_completed, http,
		MHD_OPTION_NOTIFY_CONNECTION, cti_conn_notify, http,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_POOL,
		MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_INACTIVE_S,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
		pems->cert.len ? https : plain, MHD_OPTION_END);
}

static int http_daemon(struct cti_http *http, struct cti_err *err)
{
	struct http_pems pems;
	int bad = cti_pems_init(&pems, &http->conf, err);

	if (bad)
		goto out;
	http->daemon = daemon_start(http, &pems);
	bad = http->daemon ? 0 : -ENOMEM;
	if (bad && pems.cert.len)
		bad = cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				  "https cannot start: http.tls_cert_file and "
				  "http.tls_key_file hold no certificate and "
				  "key in PEM that belong together");
out:
	cti_pems_fini(&pems);
	return bad;
}

static int http_start(struct cti_http *http, struct cti_err *err)
{
	const union MHD_DaemonInfo *info;
	int bad = http_daemon(http, err);

	if (bad)
		return bad;
	info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info ? cti_poll_new(&http->poll, http->loop, info->epoll_fd,
				   http_ready, http)
		    : -EIO;
}

static void http_stop_late(void *arg)
{
	struct cti_http *http = arg;

	for (struct http_conn *conn = http->conns; conn; conn = conn->next)
		cti_conn_shut(conn);
	cti_http_run(http);
	http_done(http);
}

static int http_timers(struct cti_http *http)
{
	int err = cti_timer_new(&http->tick, http->loop, http_tick, http);

	if (!err)
		err = cti_timer_new(&http->backoff, http->loop,
				    cti_listeners_watch, http);
	if (!err)
		err = cti_timer_new(&http->stop_timer, http->loop,
				    http_stop_late, http);
	return err;
}

/* Refused rather than served with less protection than asked for. */
static int http_peer(struct cti_http *http, struct cti_err *err)
{
	int bad = cti_peer_open(&http->peer.fd);

	if (bad)
		(void)cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				  "the kernel does not say whose process "
				  "connects (%s); set http.peer_check = off to "
				  "serve all users",
				  strerror(-bad));
	return bad;
}

/* In the order of the checks: who asks for too much is told before a socket
 * listens. */
static int http_open(struct cti_http *http, const struct cti_http_conf *conf,
		     struct cti_err *err)
{
	bool ask = conf->exposure == CTI_EXPOSURE_LOOPBACK && conf->same_user;
	int bad = ask ? http_peer(http, err) : 0;

	if (!bad)
		bad = http_nets(http, conf, err);
	if (!bad)
		bad = http_timers(http);
	if (!bad)
		bad = http_start(http, err);
	if (!bad)
		bad = cti_listeners_new(http, conf, err);
	return bad;
}

int cti_http_new(struct cti_http **httpp, struct cti_loop *loop,
		 const struct cti_http_conf *conf, struct cti_err *err)
{
	struct cti_http *http = calloc(1, sizeof(*http));
	struct cti_err why;
	int bad;

	if (!http)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "http: out of memory");
	http->loop = loop;
	http->peer.fd = -1;
	why.code = CTI_OK;
	bad = http_copy(http, conf);
	if (!bad)
		bad = cti_answers_new(http);
	if (!bad)
		bad = http_open(http, conf, &why);
	if (bad && why.code == CTI_OK)
		(void)cti_err_set(&why, -bad, CTI_ERR_INTERNAL,
				  "http: cannot start: %s", strerror(-bad));
	if (bad) {
		if (err)
			*err = why;
		goto out;
	}

	*httpp = http;
	http = NULL; /* now owned by the caller */
out:
	cti_http_destroy(http);
	return bad;
}

int cti_http_check(const struct cti_http_conf *conf, struct cti_err *err)
{
	struct cti_http http = {.conf = *conf};
	int bad = http_nets(&http, conf, err);

	if (!bad)
		bad = http_daemon(&http, err);
	if (http.daemon)
		MHD_stop_daemon(http.daemon);
	free(http.nets);
	return bad;
}

/* What runs gets an end, what waits for the client is cut. */
static void http_wind_up(struct cti_http *http)
{
	http->stopping = true;
	cti_listeners_close(http);
	for (struct http_conn *conn = http->conns; conn; conn = conn->next) {
		if (cti_conn_idle(conn))
			cti_conn_shut(conn);
		else if (conn->req)
			cti_request_stop(conn->req);
	}
}

void cti_http_stop(struct cti_http *http, void (*done)(void *arg), void *arg)
{
	http->done = done;
	http->done_arg = arg;
	http_wind_up(http);
	cti_timer_start(http->stop_timer, HTTP_STOP_MS);
	http_defer(http);
}

/* libmicrohttpd aborts when it is stopped while a request is suspended. */
static void http_drain(struct cti_http *http)
{
	for (int i = 0; i < RUNS_LAST && http->nconns; i++) {
		http_wind_up(http);
		if (i > 0)
			http_stop_late(http);
		else
			(void)MHD_run(http->daemon); /* fails if misused */
	}
	MHD_stop_daemon(http->daemon);
	http->daemon = NULL;
}

void cti_http_destroy(struct cti_http *http)
{
	if (!http)
		return;
	http->done = NULL;
	if (http->listeners)
		cti_listeners_close(http);
	if (http->daemon)
		http_drain(http);
	cti_poll_destroy(http->poll);
	cti_timer_destroy(http->tick);
	cti_timer_destroy(http->backoff);
	cti_timer_destroy(http->stop_timer);
	if (http->peer.fd >= 0)
		(void)close(http->peer.fd); /* nothing was asked of it */
	texts_free(http->conf.hosts);
	texts_free(http->conf.origins);
	http->dead = true;
	if (!http->deferred)
		http_free(http);
}
