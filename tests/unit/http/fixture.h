/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/fixture.h - a server with test routes, and a client of sockets */
#ifndef UNIT_HTTP_FIXTURE_H
#define UNIT_HTTP_FIXTURE_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"

#define KEY "a-key-of-sixteen-and-more"
#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum {
	MAX_BODY = 8192,
	MAX_CONNECTIONS = 8,
	ANSWER_MAX = 262144,
};

struct fixture {
	struct cti_loop *loop;
	struct cti_http *http;
	uint16_t port;
	/* what the handlers saw */
	unsigned handled;
	unsigned ended; /* fini calls */
	struct cti_http_req *held;
	const char *stream_text; /* given by one pull, then set to NULL */
	size_t stream_flood;	 /* bytes still to pull */
	bool stream_over;
	bool wake_inside;
	unsigned pulls;
	bool done;
	/* the last answer the client read */
	char answer[ANSWER_MAX];
	size_t answer_len;
};

void fixture_setup(struct fixture *f);
/** The same for another exposure; programs then need KEY. */
void fixture_setup_as(struct fixture *f, enum cti_exposure exposure);
/** Stops it first when the test did not. */
void fixture_teardown(struct fixture *f);
/** The conf fixture_setup() uses, for tests of cti_http_new(). */
struct cti_http_conf fixture_conf(struct fixture *f);
/** Turns until nothing more is expected: a few, without waiting long. */
void fixture_turns(struct fixture *f, int count);

int client_open(struct fixture *f);
void client_send(int fd, const void *data, size_t len);
void client_text(int fd, const char *text);
/** Reads one whole answer into f->answer; its status, 0 on an early close. */
int client_answer(struct fixture *f, int fd);
/** Reads until f->answer holds text; false when the connection closes. */
bool client_expect(struct fixture *f, int fd, const char *text);
/** True when the server closes the connection (what still comes is dropped). */
bool client_closed(struct fixture *f, int fd);
/** Opens, sends, reads the answer, closes. */
int client_ask(struct fixture *f, const char *request);
/** Asks with method and path, Host and further header lines. */
int client_get(struct fixture *f, const char *line, const char *headers);
/** POST of body, as application/json unless headers say a type. */
int client_post(struct fixture *f, const char *path, const char *headers,
		const char *body);
/** Does the answer hold this text? */
bool answered(const struct fixture *f, const char *text);

#endif /* UNIT_HTTP_FIXTURE_H */
