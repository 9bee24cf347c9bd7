/* SPDX-License-Identifier: Apache-2.0 */
/* loop/resolver.c - getaddrinfo() of the tests: its own names, no network */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Tests listen on 127.0.0.1; nobody does on the others. */
static const struct {
	const char *name;
	const char *addresses[3];
	int err;
} names[] = {
	{.name = "127.0.0.1", .addresses = {"127.0.0.1"}},
	{.name = "one.test", .addresses = {"127.0.0.1"}},
	{.name = "third.test",
	 .addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.1"}},
	{.name = "dead.test", .addresses = {"127.0.0.2", "127.0.0.3"}},
	{.name = "later.test", .err = EAI_AGAIN},
};

struct answer {
	struct addrinfo info;
	struct sockaddr_in address;
};

static int answer_push(struct addrinfo **listp, const char *address,
		       const char *port)
{
	struct answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		return EAI_MEMORY;
	answer->address.sin_family = AF_INET;
	answer->address.sin_port = htons((in_port_t)strtoul(port, NULL, 10));
	(void)inet_pton(AF_INET, address, &answer->address.sin_addr);
	answer->info.ai_family = AF_INET;
	answer->info.ai_socktype = SOCK_STREAM;
	answer->info.ai_addr = (struct sockaddr *)&answer->address;
	answer->info.ai_addrlen = sizeof(answer->address);
	answer->info.ai_next = *listp;
	*listp = &answer->info;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->ai_next;

		free(list); /* the first member: the whole struct answer */
		list = next;
	}
}

static int answer_list(struct addrinfo **listp, const char *const *addresses,
		       const char *port)
{
	struct addrinfo *list = NULL;

	for (size_t i = 3; i-- > 0;) {
		if (addresses[i] && answer_push(&list, addresses[i], port)) {
			freeaddrinfo(list);
			return EAI_MEMORY;
		}
	}
	*listp = list;
	return 0;
}

int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **listp)
{
	(void)hints; /* one kind is all there is */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].name, node) != 0)
			continue;
		if (names[i].err)
			return names[i].err;
		return answer_list(listp, names[i].addresses, service);
	}
	return EAI_NONAME;
}
