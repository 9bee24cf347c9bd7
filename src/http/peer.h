/* SPDX-License-Identifier: Apache-2.0 */
/* http/peer.h - whose process is at the other end of a connection */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <stdint.h>
#include <sys/socket.h>

#include "cti/attr.h"

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

#endif /* HTTP_PEER_H */
