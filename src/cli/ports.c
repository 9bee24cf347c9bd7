/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ports.c - connecting to each address the relay is to listen on */
#include "cli/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
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
	PORT_OURS,   /* a patchcord */
	PORT_OPEN,   /* somebody, who speaks https */
	PORT_CLOSED, /* somebody, who closes without an answer */
	PORT_OTHER,  /* somebody else */
	PORT_NONE,   /* this machine has no such address */
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

static void port_look(struct port *port, bool https)
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
	port->state = state_of(found, https);
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
	case PORT_FREE:
	case PORT_NONE:
	default:
		say_missing(c, port, all);
		break;
	}
}

void cti_ports_look(struct cti_ports *out, struct cti_checks *checks,
		    const struct cti_conf *conf)
{
	bool https = *cti_conf_str(conf, "http.tls_cert_file");
	size_t n = cti_conf_count(conf, "http.listen");
	struct port ports[ADDRESSES_MAX];

	*out = (struct cti_ports){.ours = false};
	if (n > ADDRESSES_MAX)
		n = ADDRESSES_MAX;
	for (size_t i = 0; i < n; i++) {
		ports[i] = (struct port){
			.listen = cti_conf_item(conf, "http.listen", i)};
		port_look(&ports[i], https);
		out->ours |= ports[i].state == PORT_OURS;
		out->open |= ports[i].state == PORT_OPEN;
	}
	for (size_t i = 0; i < n; i++)
		port_judge(cti_checks_add(checks, "port"), &ports[i], out);
}
