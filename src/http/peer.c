/* SPDX-License-Identifier: Apache-2.0 */
/* http/peer.c - addresses of peers: loopback, listed, a gateway */
#include "http/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum {
	V4_BITS = 96, /* in front of an IPv4 address */
	TEXT_MAX = 64,
	LINE_MAX_BYTES = 512,
	ROUTE_GATEWAY = 0x3, /* RTF_UP and RTF_GATEWAY */
};

static const unsigned char v4_prefix[12] = {0, 0, 0, 0, 0,    0,
					    0, 0, 0, 0, 0xff, 0xff};

static void addr_v4(struct http_addr *out, const void *four)
{
	memcpy(out->bytes, v4_prefix, sizeof(v4_prefix));
	memcpy(out->bytes + sizeof(v4_prefix), four, 4);
}

int cti_peer_addr(struct http_addr *out, const struct sockaddr_storage *from)
{
	const void *any = from;
	const struct sockaddr_in *in4 = any;
	const struct sockaddr_in6 *in6 = any;

	if (from->ss_family == AF_INET)
		addr_v4(out, &in4->sin_addr);
	else if (from->ss_family == AF_INET6)
		memcpy(out->bytes, &in6->sin6_addr, sizeof(out->bytes));
	else
		return -EAFNOSUPPORT;
	return 0;
}

static int net_bits(unsigned *bitsp, const char *text, unsigned most)
{
	char *end;
	unsigned long bits = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || bits > most)
		return -EINVAL;
	*bitsp = (unsigned)bits;
	return 0;
}

int cti_peer_net(struct http_net *out, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct http_net net;
	char host[TEXT_MAX];
	struct in_addr four;
	unsigned bits;

	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	bool v4 = inet_pton(AF_INET, host, &four) == 1;
	if (!v4 && inet_pton(AF_INET6, host, net.addr.bytes) != 1)
		return -EINVAL;
	if (v4)
		addr_v4(&net.addr, &four);
	bits = v4 ? 32 : 128;
	if (slash && net_bits(&bits, slash + 1, bits))
		return -EINVAL;
	net.bits = bits + (v4 ? V4_BITS : 0);
	*out = net;
	return 0;
}

bool cti_peer_in(const struct http_net *net, const struct http_addr *addr)
{
	size_t whole = net->bits / 8;
	unsigned rest = net->bits % 8;

	if (memcmp(net->addr.bytes, addr->bytes, whole) != 0)
		return false;
	if (!rest)
		return true;
	return (net->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest) == 0;
}

bool cti_peer_loopback(const struct http_addr *addr)
{
	static const struct http_net nets[] = {
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}},
		 V4_BITS + 8},
		{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, 128},
	};

	return cti_peer_in(&nets[0], addr) || cti_peer_in(&nets[1], addr);
}

/* The table shows the four bytes as the machine's own number. */
static bool route_v4(const char *line, struct http_addr *gateway)
{
	unsigned target, via, flags, mask;

	if (sscanf(line, "%*s %x %x %x %*s %*s %*s %x", &target, &via, &flags,
		   &mask) != 4)
		return false;
	if (target || mask || (flags & ROUTE_GATEWAY) != ROUTE_GATEWAY)
		return false;
	uint32_t four = via;
	addr_v4(gateway, &four);
	return true;
}

static bool route_v6(const char *line, struct http_addr *gateway)
{
	static const char any[] = "00000000000000000000000000000000";
	char target[33], via[33];
	unsigned bits, flags;

	if (sscanf(line, "%32s %x %*s %*s %32s %*s %*s %*s %x", target, &bits,
		   via, &flags) != 4)
		return false;
	if (strcmp(target, any) != 0 || bits || strlen(via) != 32 ||
	    (flags & ROUTE_GATEWAY) != ROUTE_GATEWAY)
		return false;
	for (size_t i = 0; i < sizeof(gateway->bytes); i++) {
		unsigned byte;

		if (sscanf(via + 2 * i, "%2x", &byte) != 1)
			return false;
		gateway->bytes[i] = (unsigned char)byte;
	}
	return true;
}

bool cti_peer_route(FILE *table, bool v6, const struct http_addr *addr)
{
	struct http_addr gateway;
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), table)) {
		if (!(v6 ? route_v6(line, &gateway) : route_v4(line, &gateway)))
			continue;
		if (memcmp(&gateway, addr, sizeof(gateway)) == 0)
			return true;
	}
	return false;
}
