/* SPDX-License-Identifier: Apache-2.0 */
/* http/peer.h - who is at the other end of a connection */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "cti/attr.h"

/** An IPv6 address; one of IPv4 as ::ffff:a.b.c.d. */
struct http_addr {
	unsigned char bytes[16];
};

/** The addresses that begin with these bits. */
struct http_net {
	struct http_addr addr;
	unsigned bits;
};

/* peer.c */
/** -EAFNOSUPPORT: neither IPv4 nor IPv6. */
int cti_peer_addr(struct http_addr *out,
		  const struct sockaddr_storage *from) CTI_NODISCARD;
/** "10.0.0.0/8", "fd00::1"; -EINVAL. */
int cti_peer_net(struct http_net *out, const char *text) CTI_NODISCARD;
bool cti_peer_in(const struct http_net *net, const struct http_addr *addr);
bool cti_peer_loopback(const struct http_addr *addr);
/** Is it a default gateway in a table as /proc/net/route (v6:
 * /proc/net/ipv6_route) shows it? */
bool cti_peer_route(FILE *table, bool v6, const struct http_addr *addr);

/* peer_linux.c */
/** The way to ask the system, embedded. */
struct http_peer {
	int fd; /* -1: nobody is asked */
	uint32_t asked;
};

int cti_peer_open(int *fdp) CTI_NODISCARD;
/** 0: our own user's or root's. -EPERM: somebody else's; other errors: nobody
 * knows, so it is refused likewise. */
int cti_peer_check(struct http_peer *peer, int client,
		   const struct sockaddr_storage *from) CTI_NODISCARD;
/** Is it this machine's default gateway, now? */
bool cti_peer_gateway(const struct http_addr *addr);
/** The client has closed the connection or its sending half. */
bool cti_peer_gone(int client);

/* peer_owner.c */
/** "python3 (process 1234)": who listens on that port of TCP. */
void cti_port_owner(char *out, size_t size, uint16_t port);

#endif /* HTTP_PEER_H */
