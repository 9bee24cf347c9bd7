/* SPDX-License-Identifier: Apache-2.0 */
/* base/origin.c - the grammar of origins */
#include "cti/origin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX = 253, LABEL_MAX = 63, PORT_MAX_DIGITS = 5, PORT_MAX = 65535 };

#define DIGITS "0123456789"

struct scheme {
	const char *prefix;
	const char *port; /* that is never written */
	bool secure;
};

static const struct scheme schemes[] = {
	{"https://", "443", true},
	{"http://", "80", false},
};

static const struct scheme *scheme_find(const char *text)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *prefix = schemes[i].prefix;

		if (strncmp(text, prefix, strlen(prefix)) == 0)
			return &schemes[i];
	}
	return NULL;
}

/* Only the form that an address is written back in. */
static bool address_valid(int family, const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char again[INET6_ADDRSTRLEN];

	return inet_pton(family, host, bytes) == 1 &&
	       inet_ntop(family, bytes, again, sizeof(again)) &&
	       strcmp(host, again) == 0;
}

static bool label_valid(const char *label, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz" DIGITS "-";

	return len >= 1 && len <= LABEL_MAX && strspn(label, allowed) >= len &&
	       label[0] != '-' && label[len - 1] != '-';
}

/* The last label does not begin with a digit: browsers take such a host for an
 * address. */
static bool name_valid(const char *host)
{
	for (;;) {
		size_t len = strcspn(host, ".");

		if (!label_valid(host, len))
			return false;
		if (!host[len])
			return !strchr(DIGITS, host[0]);
		host += len + 1;
	}
}

static bool host_valid(const char *host)
{
	size_t len = strlen(host);
	char inner[INET6_ADDRSTRLEN];

	if (host[0] != '[')
		return address_valid(AF_INET, host) || name_valid(host);
	if (len < 4 || len - 2 >= sizeof(inner) || host[len - 1] != ']')
		return false;
	memcpy(inner, host + 1, len - 2);
	inner[len - 2] = '\0';
	return address_valid(AF_INET6, inner);
}

static bool host_is_local(const char *host)
{
	static const char name[] = "localhost";
	size_t len = strlen(host), tail = sizeof(name) - 1;

	if (strcmp(host, "[::1]") == 0 || strcmp(host, name) == 0)
		return true;
	if (len > tail && host[len - tail - 1] == '.' &&
	    strcmp(host + len - tail, name) == 0)
		return true;
	return strncmp(host, "127.", 4) == 0 && address_valid(AF_INET, host);
}

static bool port_valid(const char *port, const struct scheme *scheme)
{
	size_t len = strlen(port);

	return len >= 1 && len <= PORT_MAX_DIGITS &&
	       strspn(port, DIGITS) == len && port[0] != '0' &&
	       strtol(port, NULL, 10) <= PORT_MAX &&
	       strcmp(port, scheme->port) != 0;
}

/* host gets what stands before the port; *portp is NULL without one. */
static bool split_host(char host[HOST_MAX + 1], const char **portp,
		       const char *text)
{
	size_t len = strcspn(text, text[0] == '[' ? "]" : ":");

	if (text[0] == '[' && text[len] == ']')
		len++;
	if (len > HOST_MAX || (text[len] && text[len] != ':'))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	*portp = text[len] ? text + len + 1 : NULL;
	return true;
}

static const char *origin_fault(const char *text)
{
	const struct scheme *scheme = scheme_find(text);
	char host[HOST_MAX + 1];
	const char *port = NULL;

	if (!scheme)
		return "it does not begin with https://";
	text += strlen(scheme->prefix);
	if (!split_host(host, &port, text) || !host_valid(host))
		return "its host is not one in lower case, with nothing "
		       "behind it";
	if (port && !port_valid(port, scheme))
		return "its port is not one, or is the one that is left out";
	if (!scheme->secure && !host_is_local(host))
		return "http is for this computer only";
	return NULL;
}

int cti_origin_check(const char *text, struct cti_err *err)
{
	const char *fault = origin_fault(text);

	return fault ? cti_err_set(err, EINVAL, CTI_ERR_BAD_ORIGIN,
				   "This is no origin: %s.", fault)
		     : 0;
}

bool cti_origin_under(const char *origin, const char *domain)
{
	const struct scheme *scheme = scheme_find(origin);
	size_t host, tail = strlen(domain);

	if (!scheme || !scheme->secure)
		return false;
	origin += strlen(scheme->prefix);
	host = strcspn(origin, ":");
	return host > tail + 1 && origin[host - tail - 1] == '.' &&
	       strncasecmp(origin + host - tail, domain, tail) == 0;
}
