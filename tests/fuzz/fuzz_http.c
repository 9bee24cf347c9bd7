/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_http.c - raw bytes of a client: no more is handled than a strict
 * reader finds */
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "fuzz.h"
#include "http/internal.h"

enum {
	MAX_BODY = 2048,
	INPUT_MAX = 32 * 1024,
	TURNS = 3,
	TURNS_MAX = 200,
	TOKEN_LEN = 64,
};

/* Lives as long as the process: starting it is slow. */
struct target {
	struct cti_loop *loop;
	struct cti_http *http;
	size_t handled;
	size_t ended;
};

/* --- the server --- */

static void on_end(void *arg)
{
	struct target *target = arg;

	target->ended++;
}

static void on_request(void *arg, struct cti_http_req *req)
{
	struct target *target = arg;

	target->handled++;
	cti_http_set_user(req, target, on_end);
	cti_http_reply_empty(req);
}

static long on_pull(void *arg, char *out, size_t max)
{
	(void)arg; /* a stream that says nothing */
	(void)out;
	(void)max;
	return 0;
}

static void on_stream(void *arg, struct cti_http_req *req)
{
	struct target *target = arg;

	target->handled++;
	cti_http_set_user(req, target, on_end);
	cti_http_stream(req, "text/event-stream", on_pull, target);
}

static const struct cti_route routes[] = {
	{"GET", "/", CTI_ROUTE_DOCUMENT, on_request, false},
	{"GET", "/healthz", CTI_ROUTE_OPEN, on_request, false},
	{"POST", "/cti/", CTI_ROUTE_MACHINE, on_request, false},
	{"GET", "/api/v1/events", CTI_ROUTE_API, on_stream, false},
	{"POST", "/api/v1/calls", CTI_ROUTE_API, on_request, false},
	{"PATCH", "/api/v1/calls/{id}", CTI_ROUTE_API, on_request, false},
};

static struct target *target_get(void)
{
	static const char *const listen[] = {"127.0.0.1:0"};
	static char token[TOKEN_LEN + 1];
	static struct target *target;
	const struct cti_log_conf log = {.level = CTI_LOG_ERROR};
	struct cti_http_conf conf = {
		.listen = listen,
		.nlisten = 1,
		.max_body = MAX_BODY,
		.max_connections = 16,
		.token = token,
		.routes = routes,
		.nroutes = sizeof(routes) / sizeof(routes[0]),
	};

	if (target)
		return target;
	cti_log_setup(&log);
	memset(token, 'a', TOKEN_LEN);
	target = calloc(1, sizeof(*target));
	fuzz_must(target != NULL);
	conf.arg = target;
	fuzz_must(cti_loop_new(&target->loop, CTI_CLOCK_FAKE) == 0);
	fuzz_must(cti_http_new(&target->http, target->loop, &conf, NULL) == 0);
	return target;
}

/* --- the strict reader --- */

struct reader {
	const char *at;
	const char *end;
	size_t body_len;
	bool host;
	unsigned seen; /* of the fields that come once */
};

/* A line without its end; NULL: none, or not as it has to be. A NUL before LF
 * is what libmicrohttpd makes of a CR, so nobody can tell them apart. */
static const char *line_next(struct reader *r, size_t *lenp)
{
	size_t left = (size_t)(r->end - r->at);
	const char *line = r->at;
	const char *lf = memchr(line, '\n', left);

	if (!lf || lf == line || (lf[-1] != '\r' && lf[-1] != '\0'))
		return NULL;
	*lenp = (size_t)(lf - 1 - line);
	for (size_t i = 0; i < *lenp; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return NULL;
	}
	r->at = lf + 1;
	return line;
}

static size_t token_len(const char *line, size_t len)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)line[n]) ||
			   (line[n] && strchr(others, line[n]))))
		n++;
	return n;
}

static bool request_line(const char *line, size_t len)
{
	static const char versions[][10] = {" HTTP/1.1", " HTTP/1.0"};
	const size_t tail = sizeof(versions[0]) - 1;
	size_t n = token_len(line, len);

	if (!n || len < n + 2 + tail || line[n] != ' ' || line[n + 1] != '/')
		return false;
	if (memcmp(line + len - tail, versions[0], tail) != 0 &&
	    memcmp(line + len - tail, versions[1], tail) != 0)
		return false;
	for (size_t i = n + 1; i < len - tail; i++) {
		if (line[i] < 0x21 || line[i] > 0x7e)
			return false;
	}
	return true;
}

static bool length_read(struct reader *r, const char *value, size_t len)
{
	r->body_len = 0;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)value[i]))
			return false;
		r->body_len = r->body_len * 10 + (size_t)(value[i] - '0');
		if (r->body_len > MAX_BODY)
			return false;
	}
	return len > 0;
}

static bool header_line(struct reader *r, const char *line, size_t len)
{
	static const char *const once[] = {
		"Transfer-Encoding", "Host",	    "Content-Length", "Origin",
		"Content-Type",	     "X-CTI-Token", "Authorization",
	};
	size_t n = token_len(line, len);

	if (!n || n == len || line[n] != ':')
		return false;
	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (strlen(once[i]) != n || strncasecmp(once[i], line, n) != 0)
			continue;
		if (i == 0 || r->seen & 1U << i)
			return false;
		r->seen |= 1U << i;
		r->host = r->host || i == 1;
		for (n++; n < len && (line[n] == ' ' || line[n] == '\t');)
			n++;
		return i != 2 || length_read(r, line + n, len - n);
	}
	return true;
}

static bool request_read(struct reader *r)
{
	const char *line;
	size_t len;

	while (r->at < r->end && memchr("\r\n", *r->at, 3))
		r->at++;
	r->body_len = 0;
	r->seen = 0;
	r->host = false;
	line = line_next(r, &len);
	if (!line || !request_line(line, len))
		return false;
	while ((line = line_next(r, &len)) && len) {
		if (!header_line(r, line, len))
			return false;
	}
	if (!line || !r->host || r->body_len > (size_t)(r->end - r->at))
		return false;
	r->at += r->body_len;
	return true;
}

static size_t requests_count(const char *data, size_t size)
{
	struct reader r = {.at = data, .end = data + size};
	size_t count = 0;

	while (request_read(&r))
		count++;
	return count;
}

/* --- the client --- */

static void turns(struct target *target, int fd)
{
	char answer[4096];

	for (int i = 0; i < TURNS; i++) {
		cti_loop_turn(target->loop, 0);
		while (recv(fd, answer, sizeof(answer), MSG_DONTWAIT) > 0)
			;
	}
}

static void client_send(struct target *target, int fd, const char *data,
			size_t size, size_t step)
{
	while (size) {
		size_t part = step < size ? step : size;
		ssize_t sent =
			send(fd, data, part, MSG_DONTWAIT | MSG_NOSIGNAL);

		turns(target, fd);
		if (sent <= 0)
			return;
		data += sent;
		size -= (size_t)sent;
	}
}

/* All ends with the client, streams by the clock. */
static void client_leave(struct target *target)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		cti_loop_turn(target->loop, 0);
		if (!cti_http_connections(target->http))
			break;
		if (i % 8 == 7)
			cti_loop_advance(target->loop, 1000);
	}
	fuzz_must(cti_http_connections(target->http) == 0);
	fuzz_must(target->handled == target->ended);
}

/* The first byte: '1' to '9' bytes at a time, else all at once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage from = {0};
	const struct sockaddr_in loopback = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct target *target = target_get();
	int fds[2];

	if (size < 2 || size > INPUT_MAX)
		return 0;
	bool pieces = *data >= '1' && *data <= '9';
	size_t step = pieces ? (size_t)(*data - '0') : size;
	const char *bytes = (const char *)data + 1;
	if (pieces && size > 512)
		step = size / 64;
	fuzz_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) ==
		  0);
	memcpy(&from, &loopback, sizeof(loopback));
	target->handled = 0;
	target->ended = 0;
	cti_conn_admit(target->http, fds[1], &from, sizeof(loopback));
	client_send(target, fds[0], bytes, size - 1, step);
	turns(target, fds[0]);
	fuzz_must(target->handled <= requests_count(bytes, size - 1));
	(void)close(fds[0]); /* what was sent counts */
	client_leave(target);
	return 0;
}
