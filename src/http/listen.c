/* SPDX-License-Identifier: Apache-2.0 */
/* http/listen.c - the listening sockets */
#define _GNU_SOURCE /* accept4() */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "http/internal.h"

enum {
	BACKLOG = 511,
	ADDRESS_MAX = 64,
};

struct address {
	struct sockaddr_storage addr;
	socklen_t len;
};

/* "[::1]:22550" or "127.0.0.1:22550": numbers only, no DNS. */
static int address_parse(struct address *address, const char *text)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	const char *colon = strrchr(text, ':');
	char host[ADDRESS_MAX];
	struct addrinfo *found;

	if (!colon || colon == text || !colon[1])
		return -EINVAL;
	bool bracket = *text == '[';
	const char *start = text + bracket;
	size_t len = (size_t)(colon - start);
	if (bracket && start[--len] != ']')
		return -EINVAL;
	if (!len || len >= sizeof(host))
		return -EINVAL;
	memcpy(host, start, len);
	host[len] = '\0';
	if (!bracket && strchr(host, ':'))
		return -EINVAL;
	if (getaddrinfo(host, colon + 1, &hints, &found))
		return -EINVAL;
	memcpy(&address->addr, found->ai_addr, found->ai_addrlen);
	address->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static uint16_t socket_port(int fd)
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		return 0;
	if (addr.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&addr)->sin6_port);
	return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

static int socket_option(int fd, int level, int name)
{
	int on = 1;

	return setsockopt(fd, level, name, &on, sizeof(on)) ? -errno : 0;
}

static int socket_listen(int *fdp, const struct address *address)
{
	int family = address->addr.ss_family;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : 0;

	if (!err)
		err = socket_option(fd, SOL_SOCKET, SO_REUSEADDR);
	if (!err && family == AF_INET6)
		err = socket_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (!err &&
	    bind(fd, (const struct sockaddr *)&address->addr, address->len))
		err = -errno;
	if (!err && listen(fd, BACKLOG))
		err = -errno;
	if (err) {
		if (fd >= 0)
			(void)close(fd); /* err says more */
		return err;
	}
	*fdp = fd;
	return 0;
}

/* accept() errors that come from our own limits, not from the client. */
static bool accept_starves(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOBUFS ||
	       err == ENOMEM;
}

static void listeners_back_off(struct cti_http *http, int err)
{
	log_warn_errno(-err, "http: accept");
	(void)cti_conn_evict(http); /* frees a descriptor if one idles */
	for (size_t i = 0; i < http->conf.nlisten; i++) {
		cti_poll_destroy(http->listeners[i].poll);
		http->listeners[i].poll = NULL;
	}
	cti_timer_start(http->backoff, HTTP_BACKOFF_MS);
}

/* 0 or the errno that ended it. */
static int listener_accept(struct http_listener *listener)
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);
	int fd = accept4(listener->fd, (struct sockaddr *)&addr, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return errno;
	(void)socket_option(fd, IPPROTO_TCP, TCP_NODELAY); /* only faster */
	cti_conn_admit(listener->http, fd, &addr, len);
	return 0;
}

static void listener_ready(void *arg)
{
	struct http_listener *listener = arg;
	struct cti_http *http = listener->http;
	int err = 0;

	for (int i = 0; i < HTTP_ACCEPT_MAX && !err; i++) {
		err = listener_accept(listener);
		if (err == EINTR || err == ECONNABORTED)
			err = 0;
	}
	if (accept_starves(err))
		listeners_back_off(http, err);
	cti_http_run(http);
}

void cti_listeners_watch(void *arg)
{
	struct cti_http *http = arg;

	for (size_t i = 0; i < http->conf.nlisten; i++) {
		struct http_listener *listener = &http->listeners[i];

		if (listener->fd < 0 || listener->poll)
			continue;
		if (cti_poll_new(&listener->poll, http->loop, listener->fd,
				 listener_ready, listener))
			cti_timer_start(http->backoff, HTTP_BACKOFF_MS);
	}
}

static bool address_loopback(const struct sockaddr_storage *from)
{
	struct http_addr addr;

	return cti_peer_addr(&addr, from) == 0 && cti_peer_loopback(&addr);
}

static bool address_missing(const struct address *address, int err)
{
	return address->addr.ss_family == AF_INET6 &&
	       (err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT);
}

static int listener_open(struct http_listener *listener, const char *text,
			 bool named, struct cti_err *err)
{
	bool inside = listener->http->conf.exposure == CTI_EXPOSURE_LOOPBACK;
	struct address address = {.len = 0};
	int bad = address_parse(&address, text);

	if (bad)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "http.listen: %s is not address:port", text);
	if (inside && !address_loopback(&address.addr))
		return cti_err_set(
			err, EACCES, CTI_ERR_BAD_REQUEST,
			"http.listen: %s is no loopback address, and "
			"http.exposure is loopback",
			text);
	bad = socket_listen(&listener->fd, &address);
	if (bad && !named && address_missing(&address, bad)) {
		log_warn_errno(bad, "http: not listening on %s", text);
		return 0;
	}
	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				   "cannot listen on %s: %s", text,
				   strerror(-bad));
	listener->port = socket_port(listener->fd);
	return 0;
}

static int socket_inherited(int fd, bool inside)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(addr), size = sizeof(int);
	int listens = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len))
		return -errno;
	if (!listens)
		return -EINVAL;
	if (inside && !address_loopback(&addr))
		return -EACCES;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, O_NONBLOCK))
		return -errno;
	return 0;
}

static int listener_adopt(struct http_listener *listener, int fd,
			  struct cti_err *err)
{
	bool inside = listener->http->conf.exposure == CTI_EXPOSURE_LOOPBACK;
	int bad = socket_inherited(fd, inside);

	listener->fd = fd; /* closed with the others, whatever it is */
	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				   "socket %d that came with the process is "
				   "no listening socket%s: %s",
				   fd, inside ? " of loopback" : "",
				   strerror(-bad));
	listener->port = socket_port(fd);
	return 0;
}

static int listener_begin(struct cti_http *http,
			  const struct cti_http_conf *conf, size_t i,
			  struct cti_err *err)
{
	struct http_listener *listener = &http->listeners[i];

	if (conf->ninherited)
		return listener_adopt(listener, conf->inherited[i], err);
	return listener_open(listener, conf->listen[i], conf->listen_named,
			     err);
}

int cti_listeners_new(struct cti_http *http, const struct cti_http_conf *conf,
		      struct cti_err *err)
{
	size_t n = conf->ninherited ? conf->ninherited : conf->nlisten;
	size_t open = 0;

	http->listeners = calloc(n, sizeof(*http->listeners));
	if (!http->listeners)
		return -ENOMEM;
	http->conf.nlisten = n;
	for (size_t i = 0; i < n; i++) {
		http->listeners[i].http = http;
		http->listeners[i].fd = -1;
	}
	for (size_t i = 0; i < n; i++) {
		int bad = listener_begin(http, conf, i, err);

		if (bad)
			return bad;
		open += http->listeners[i].fd >= 0;
	}
	if (!open)
		return cti_err_set(err, EADDRNOTAVAIL, CTI_ERR_INTERNAL,
				   "no address to listen on");
	cti_listeners_watch(http);
	return 0;
}

void cti_listeners_close(struct cti_http *http)
{
	cti_timer_stop(http->backoff);
	for (size_t i = 0; i < http->conf.nlisten; i++) {
		struct http_listener *listener = &http->listeners[i];

		cti_poll_destroy(listener->poll);
		listener->poll = NULL;
		if (listener->fd >= 0)
			(void)close(listener->fd); /* nothing is lost by it */
		listener->fd = -1;
	}
}

uint16_t cti_http_port(const struct cti_http *http, size_t index)
{
	return index < http->conf.nlisten ? http->listeners[index].port : 0;
}
