/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ports.c - connecting to each address the relay is to listen on */
#include "cli/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/peer.h"

enum {
	LOOK_MS = 2000,
	ADDRESSES_MAX = 8,
	HOST_SIZE = 128,
	ANSWER_SIZE = 4096,
	OWNER_SIZE = 128,
};

enum port_state {
	PORT_FREE,
	PORT_OURS,    /* a patchcord */
	PORT_OPEN,    /* somebody, who speaks https */
	PORT_CLOSED,  /* somebody, who closes without an answer */
	PORT_OTHER,   /* somebody else */
	PORT_NONE,    /* this machine has no such address */
	PORT_OUTSIDE, /* http.exposure forbids it */
};

struct port {
	const char *listen;
	unsigned number;
	enum port_state state;
};

static bool wait_for(int fd, short what)
{
	struct pollfd poll_fd = {.fd = fd, .events = what};

	return poll(&poll_fd, 1, LOOK_MS) > 0;
}

/* 0, or -errno. */
static int connect_to(int fd, const struct addrinfo *to)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (!connect(fd, to->ai_addr, to->ai_addrlen))
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	if (!wait_for(fd, POLLOUT))
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -errno;
	return -err;
}

/* Who is it? A relay says its name to everybody on this machine. */
static enum port_state ask(int fd)
{
	static const char question[] = "GET /version HTTP/1.1\r\n"
				       "Host: localhost\r\n"
				       "Connection: close\r\n\r\n";
	char answer[ANSWER_SIZE + 1];
	size_t used = 0;
	ssize_t len = 1;

	if (send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL) < 0)
		return PORT_CLOSED;
	while (len > 0 && used < ANSWER_SIZE && wait_for(fd, POLLIN)) {
		len = recv(fd, answer + used, ANSWER_SIZE - used, 0);
		used += len > 0 ? (size_t)len : 0;
	}
	answer[used] = '\0';
	if (strstr(answer, "\"name\":\"patchcord\""))
		return PORT_OURS;
	return used || len > 0 ? PORT_OTHER : PORT_CLOSED;
}

static enum port_state state_of(const struct addrinfo *to, bool https)
{
	enum port_state state;
	int fd = socket(to->ai_family, SOCK_STREAM, 0);
	int err;

	if (fd < 0)
		return PORT_NONE;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK); /* without it poll is late */
	err = connect_to(fd, to);
	if (err == -ECONNREFUSED)
		state = PORT_FREE;
	else if (err == -ETIMEDOUT)
		state = PORT_OTHER;
	else if (err)
		state = PORT_NONE;
	else
		state = https ? PORT_OPEN : ask(fd);
	(void)close(fd); /* nothing was kept */
	return state;
}

/* An address of this machine, or one for all of them. */
static bool is_here(const struct addrinfo *to)
{
	struct sockaddr_storage any = {.ss_family = AF_UNSPEC};
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool here;

	if (fd < 0)
		return false;
	memcpy(&any, to->ai_addr, to->ai_addrlen);
	if (any.ss_family == AF_INET)
		((struct sockaddr_in *)&any)->sin_port = 0;
	else
		((struct sockaddr_in6 *)&any)->sin6_port = 0;
	here = !bind(fd, (const struct sockaddr *)&any, to->ai_addrlen) ||
	       errno != EADDRNOTAVAIL;
	(void)close(fd); /* nothing was kept */
	return here;
}

static bool is_outside(const struct addrinfo *to)
{
	struct sockaddr_storage any = {.ss_family = AF_UNSPEC};
	struct http_addr addr;

	memcpy(&any, to->ai_addr, to->ai_addrlen);
	return cti_peer_addr(&addr, &any) || !cti_peer_loopback(&addr);
}

static enum port_state address_state(const struct addrinfo *to, bool https,
				     bool inside)
{
	if (inside && is_outside(to))
		return PORT_OUTSIDE;
	return is_here(to) ? state_of(to, https) : PORT_NONE;
}

static void port_look(struct port *port, bool https, bool inside)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const char *colon = strrchr(port->listen, ':');
	const char *from = port->listen;
	struct addrinfo *found = NULL;
	char host[HOST_SIZE];
	size_t len;

	port->state = PORT_NONE;
	if (!colon || (*from == '[' && colon - from < 2))
		return;
	port->number = (unsigned)strtoul(colon + 1, NULL, 10);
	len = (size_t)(colon - port->listen);
	if (port->listen[0] == '[') {
		from++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return;
	memcpy(host, from, len);
	host[len] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found))
		return;
	port->state = address_state(found, https, inside);
	freeaddrinfo(found);
}

/* --- verdicts --- */

static void say_owned(struct cti_check *c, const struct port *port)
{
	char owner[OWNER_SIZE];

	cti_port_owner(owner, sizeof(owner), (uint16_t)port->number);
	if (port->state == PORT_OTHER) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "Another program has the port of %s: %s; it is "
			      "no patchcord.",
			      port->listen, owner);
		cti_check_fix(c, "End that program, or set http.listen to "
				 "another port, also in the provider URL in "
				 "SAP.");
		return;
	}
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
		      "Who listens at %s closes without an answer, as a relay "
		      "does to programs of another user: %s.",
		      port->listen, owner);
	cti_check_fix(c, "Run this as the user the relay runs as, or as "
			 "root.");
}

static bool is_own_v6(const struct port *port)
{
	return !strncmp(port->listen, "[::1]:", 6);
}

/* The relay would not start with it. */
static void say_impossible(struct cti_check *c, const struct port *port)
{
	if (port->state == PORT_OUTSIDE)
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "%s can be reached from outside, and "
			      "http.exposure is loopback: the relay does not "
			      "start so.",
			      port->listen);
	else
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "This machine has no address as in %s, so the "
			      "relay cannot listen there.",
			      port->listen);
	cti_check_fix(c, "Set http.listen to 127.0.0.1 and the port for the "
			 "browsers of this machine; http.exposure says who "
			 "else may come.");
}

static void say_missing(struct cti_check *c, const struct port *port,
			const struct cti_ports *all)
{
	bool v6 = port->listen[0] == '[';

	if (port->state == PORT_NONE && v6)
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_NETWORK,
			      "This machine has no IPv6, so nobody can need "
			      "%s.",
			      port->listen);
	else if (!all->ours && !all->open && port->state == PORT_FREE)
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY, "%s is free.",
			      port->listen);
	else
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_NETWORK,
			      "Nobody answers at %s%s.", port->listen,
			      v6 ? ": pages that take localhost for IPv6 wait "
				   "in vain"
				 : "");
	if (c->verdict == CTI_VERDICT_WARN)
		cti_check_fix(c, "Restart the relay and read its first log "
				 "lines; or take the address out of "
				 "http.listen.");
}

static void port_judge(struct cti_check *c, const struct port *port,
		       const struct cti_ports *all)
{
	switch (port->state) {
	case PORT_OURS:
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "patchcord answers at %s.", port->listen);
		break;
	case PORT_OPEN:
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "Somebody answers at %s.", port->listen);
		break;
	case PORT_OTHER:
	case PORT_CLOSED:
		say_owned(c, port);
		break;
	case PORT_NONE:
		if (is_own_v6(port))
			say_missing(c, port, all);
		else
			say_impossible(c, port);
		break;
	case PORT_OUTSIDE:
		say_impossible(c, port);
		break;
	case PORT_FREE:
	default:
		say_missing(c, port, all);
		break;
	}
}

void cti_ports_look(struct cti_ports *out, struct cti_checks *checks,
		    const struct cti_conf *conf)
{
	bool https = *cti_conf_str(conf, "http.tls_cert_file");
	bool inside = cti_conf_is(conf, "http.exposure", "loopback");
	size_t n = cti_conf_count(conf, "http.listen");
	struct port ports[ADDRESSES_MAX];

	*out = (struct cti_ports){.ours = false};
	if (n > ADDRESSES_MAX)
		n = ADDRESSES_MAX;
	for (size_t i = 0; i < n; i++) {
		ports[i] = (struct port){
			.listen = cti_conf_item(conf, "http.listen", i)};
		port_look(&ports[i], https, inside);
		out->ours |= ports[i].state == PORT_OURS;
		out->open |= ports[i].state == PORT_OPEN;
	}
	for (size_t i = 0; i < n; i++)
		port_judge(cti_checks_add(checks, "port"), &ports[i], out);
}
