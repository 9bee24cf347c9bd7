/* SPDX-License-Identifier: Apache-2.0 */
/* http/peer_linux.c - whose process is at the other end: asks the kernel */
#define _GNU_SOURCE /* the kernel's headers */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/internal.h"

enum { ANSWER_SIZE = 4096 };

struct question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 req;
};

int cti_peer_open(int *fdp)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -errno;
	*fdp = fd;
	return 0;
}

/* One end of the connection, as the kernel names it. */
static bool take_end(__be16 *port, __be32 addr[4],
		     const struct sockaddr_storage *from)
{
	const void *any = from;
	const struct sockaddr_in *in4 = any;
	const struct sockaddr_in6 *in6 = any;

	if (from->ss_family == AF_INET) {
		*port = in4->sin_port;
		memcpy(addr, &in4->sin_addr, sizeof(in4->sin_addr));
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	*port = in6->sin6_port;
	memcpy(addr, &in6->sin6_addr, sizeof(in6->sin6_addr));
	return true;
}

static int ask(int fd, const struct question *q)
{
	ssize_t sent = send(fd, q, sizeof(*q), 0);

	return sent == (ssize_t)sizeof(*q) ? 0 : -EIO;
}

/* The answer lies there when send() is back. What is left of an earlier
 * question has another number. */
static int answer(int fd, uint32_t seq, struct inet_diag_msg *out)
{
	union {
		struct nlmsghdr head;
		char bytes[ANSWER_SIZE];
	} in;
	const size_t least = NLMSG_LENGTH(sizeof(*out));
	ssize_t len;

	do {
		len = recv(fd, &in, sizeof(in), 0);
		if (len < (ssize_t)sizeof(in.head))
			return -EIO;
	} while (in.head.nlmsg_seq != seq);
	if (in.head.nlmsg_type != SOCK_DIAG_BY_FAMILY || (size_t)len < least)
		return -ENOENT;
	memcpy(out, in.bytes + NLMSG_HDRLEN, sizeof(*out));
	return 0;
}

int cti_peer_check(struct http_peer *peer, int client,
		   const struct sockaddr_storage *from)
{
	struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(own);
	struct inet_diag_msg found;
	struct question q = {
		.head = {.nlmsg_len = sizeof(q),
			 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			 .nlmsg_flags = NLM_F_REQUEST,
			 .nlmsg_seq = ++peer->asked},
		.req = {.sdiag_family = (__u8)from->ss_family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = UINT32_MAX,
			.id.idiag_cookie = {INET_DIAG_NOCOOKIE,
					    INET_DIAG_NOCOOKIE}},
	};
	struct inet_diag_sockid *id = &q.req.id;
	int err;

	if (getsockname(client, (struct sockaddr *)&own, &len))
		return -errno;
	if (!take_end(&id->idiag_sport, id->idiag_src, from) ||
	    !take_end(&id->idiag_dport, id->idiag_dst, &own))
		return -EAFNOSUPPORT;
	err = ask(peer->fd, &q);
	if (!err)
		err = answer(peer->fd, q.head.nlmsg_seq, &found);
	if (err)
		return err;
	/* for one that is gone the kernel may name a listener of that port */
	if (found.idiag_state == TCP_LISTEN ||
	    found.id.idiag_dport != id->idiag_dport)
		return -ENOENT;
	/* without an inode nobody holds it any more, and the uid says nothing
	 */
	if (!found.idiag_inode)
		return -ENOENT;
	return found.idiag_uid == geteuid() || found.idiag_uid == 0 ? 0
								    : -EPERM;
}

bool cti_peer_gateway(const struct http_addr *addr)
{
	static const struct {
		const char *path;
		bool v6;
	} tables[] = {
		{"/proc/net/route", false},
		{"/proc/net/ipv6_route", true},
	};
	bool found = false;

	for (size_t i = 0; i < 2 && !found; i++) {
		FILE *table = fopen(tables[i].path, "re");

		if (!table)
			continue; /* a kernel without IPv6 */
		found = cti_peer_route(table, tables[i].v6, addr);
		(void)fclose(table); /* it was only read */
	}
	return found;
}

bool cti_peer_gone(int client)
{
	struct pollfd at = {.fd = client, .events = POLLRDHUP};

	return poll(&at, 1, 0) > 0;
}
