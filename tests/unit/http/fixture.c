/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/fixture.c - a server with test routes, and a client of sockets */
#include "fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"

enum { TURNS_MAX = 400 };

static void on_end(void *user)
{
	struct fixture *f = user;

	f->ended++;
	f->held = NULL;
}

static void handled(struct fixture *f, struct cti_http_req *req)
{
	f->handled++;
	cti_http_set_user(req, f, on_end);
	ck_assert_ptr_eq(cti_http_user(req), f);
}

static void reply_text(struct cti_http_req *req, int status, const char *text)
{
	struct cti_buf body;

	cti_buf_init(&body, MAX_BODY);
	ck_assert_int_eq(cti_buf_str(&body, text), 0);
	cti_http_reply(req, status, "application/json", &body);
	ck_assert_ptr_null(body.data);
	cti_buf_fini(&body);
}

static void on_document(void *arg, struct cti_http_req *req)
{
	static const char page[] = "<!doctype html><p>hello";

	handled(arg, req);
	cti_http_add_header(req, "Content-Security-Policy",
			    "frame-ancestors 'none'");
	cti_http_add_header(req, "cross-origin-resource-policy",
			    "cross-origin");
	cti_http_add_header(req, "X-Bad", "a\r\nSet-Cookie: b");
	cti_http_reply_static(req, "text/html", page, sizeof(page) - 1);
}

/* More than the buffers of a connection hold. */
static void on_big(void *arg, struct cti_http_req *req)
{
	static const char big[16 * 1024 * 1024];

	handled(arg, req);
	cti_http_reply_static(req, "text/javascript", big, sizeof(big));
}

static void on_empty(void *arg, struct cti_http_req *req)
{
	handled(arg, req);
	cti_http_reply_empty(req);
}

static void on_query(void *arg, struct cti_http_req *req)
{
	const char *q = cti_http_query(req, "q");

	handled(arg, req);
	reply_text(req, 200, q ? q : "(null)");
}

static void on_echo(void *arg, struct cti_http_req *req)
{
	struct cti_buf body;
	size_t len;
	const char *text = cti_http_body(req, &len);

	handled(arg, req);
	cti_buf_init(&body, MAX_BODY);
	ck_assert_int_eq(cti_buf_add(&body, text, len), 0);
	cti_http_reply(req, 201, "application/json", &body);
}

static void on_lint(void *arg, struct cti_http_req *req)
{
	handled(arg, req);
	reply_text(req, 200, cti_http_is_xml(req) ? "an xml" : "a json");
}

static void on_machine(void *arg, struct cti_http_req *req)
{
	handled(arg, req);
	reply_text(req, 200, cti_http_is_form(req) ? "a form" : "no form");
}

static void on_call(void *arg, struct cti_http_req *req)
{
	char text[256];
	const char *agent = cti_http_header(req, "X-Agent");

	handled(arg, req);
	(void)snprintf(text, sizeof(text), "%s id=%s agent=%s browser=%d",
		       cti_http_method(req), cti_http_param(req, 0),
		       agent ? agent : "", cti_http_from_browser(req));
	reply_text(req, 200, text);
}

static void on_action(void *arg, struct cti_http_req *req)
{
	char text[256];

	handled(arg, req);
	(void)snprintf(text, sizeof(text), "id=%s action=%s",
		       cti_http_param(req, 0), cti_http_param(req, 1));
	reply_text(req, 202, text);
}

static void on_later(void *arg, struct cti_http_req *req)
{
	struct fixture *f = arg;

	handled(f, req);
	f->held = req;
}

static void on_problem(void *arg, struct cti_http_req *req)
{
	struct cti_err err;

	handled(arg, req);
	(void)cti_err_set(&err, EAGAIN, CTI_ERR_RATE_LIMITED,
			  "Ten \"calls\" a minute.");
	err.retry_after_s = 17;
	cti_http_problem(req, &err);
	cti_http_reply_empty(req); /* a second answer is ignored */
}

static long on_pull(void *arg, char *out, size_t max)
{
	struct fixture *f = arg;

	f->pulls++;
	if (f->wake_inside) {
		f->wake_inside = false;
		cti_http_wake(f->held);
		return 0;
	}
	if (f->stream_flood) {
		size_t len = f->stream_flood < max ? f->stream_flood : max;

		memset(out, 'x', len);
		f->stream_flood -= len;
		return (long)len;
	}
	if (f->stream_text) {
		size_t len = strlen(f->stream_text);

		ck_assert_uint_le(len, max);
		memcpy(out, f->stream_text, len);
		f->stream_text = NULL;
		return (long)len;
	}
	return f->stream_over ? -1 : 0;
}

static void on_stream(void *arg, struct cti_http_req *req)
{
	struct fixture *f = arg;

	handled(f, req);
	f->held = req;
	cti_http_stream(req, "text/event-stream", on_pull, f);
}

static const struct cti_route routes[] = {
	{"GET", "/", CTI_ROUTE_DOCUMENT, on_document, false},
	{"GET", "/app.js", CTI_ROUTE_ASSET, on_document, false},
	{"GET", "/big.js", CTI_ROUTE_ASSET, on_big, false},
	{"GET", "/healthz", CTI_ROUTE_OPEN, on_empty, false},
	{"GET", "/metrics", CTI_ROUTE_MACHINE, on_empty, false},
	{"POST", "/cti/", CTI_ROUTE_MACHINE, on_machine, false},
	{"GET", "/api/v1/token", CTI_ROUTE_TOKEN, on_empty, false},
	{"GET", "/api/v1/query", CTI_ROUTE_API, on_query, false},
	{"POST", "/api/v1/echo", CTI_ROUTE_API, on_echo, false},
	{"POST", "/api/v1/lint", CTI_ROUTE_API, on_lint, true},
	{"GET", "/api/v1/later", CTI_ROUTE_API, on_later, false},
	{"POST", "/api/v1/later", CTI_ROUTE_API, on_later, false},
	{"GET", "/api/v1/problem", CTI_ROUTE_API, on_problem, false},
	{"GET", "/api/v1/stream", CTI_ROUTE_API, on_stream, false},
	{"GET", "/api/v1/calls/{id}", CTI_ROUTE_API, on_call, false},
	{"PATCH", "/api/v1/calls/{id}", CTI_ROUTE_API, on_call, false},
	{"DELETE", "/api/v1/calls/{id}", CTI_ROUTE_API, on_call, false},
	{"POST", "/api/v1/calls/{id}/{action}", CTI_ROUTE_API, on_action,
	 false},
};

struct cti_http_conf fixture_conf(struct fixture *f)
{
	static const char *const listen[] = {"127.0.0.1:0"};
	static const char *const hosts[] = {"relay.example"};
	static const char *const origins[] = {"https://relay.example"};

	return (struct cti_http_conf){
		.listen = listen,
		.nlisten = 1,
		.hosts = hosts,
		.nhosts = 1,
		.origins = origins,
		.norigins = 1,
		.same_user = true,
		.max_body = MAX_BODY,
		.max_connections = MAX_CONNECTIONS,
		.token = TOKEN,
		.routes = routes,
		.nroutes = sizeof(routes) / sizeof(*routes),
		.arg = f,
	};
}

static void on_done(void *arg)
{
	struct fixture *f = arg;

	f->done = true;
}

void fixture_setup(struct fixture *f)
{
	fixture_setup_as(f, CTI_EXPOSURE_LOOPBACK);
}

void fixture_setup_as(struct fixture *f, enum cti_exposure exposure)
{
	const struct cti_log_conf log = {.level = CTI_LOG_ERROR};
	struct cti_err err;

	memset(f, 0, sizeof(*f));
	cti_log_setup(&log);
	ck_assert_int_eq(cti_loop_new(&f->loop, CTI_CLOCK_FAKE), 0);
	struct cti_http_conf conf = fixture_conf(f);
	conf.exposure = exposure;
	conf.key = exposure == CTI_EXPOSURE_LOOPBACK ? NULL : KEY;
	ck_assert_int_eq(cti_http_new(&f->http, f->loop, &conf, &err), 0);
	f->port = cti_http_port(f->http, 0);
	ck_assert_uint_ne(f->port, 0);
}

void fixture_turns(struct fixture *f, int count)
{
	for (int i = 0; i < count; i++)
		cti_loop_turn(f->loop, 2);
}

void fixture_teardown(struct fixture *f)
{
	if (!f->done) {
		cti_http_stop(f->http, on_done, f);
		for (int i = 0; i < TURNS_MAX && !f->done; i++)
			cti_loop_turn(f->loop, 5);
		ck_assert(f->done);
	}
	cti_http_destroy(f->http);
	cti_loop_destroy(f->loop);
	ck_assert_uint_eq(f->handled, f->ended);
}

int client_open(struct fixture *f)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(f->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

void client_send(int fd, const void *data, size_t len)
{
	ck_assert_int_eq(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

void client_text(int fd, const char *text)
{
	client_send(fd, text, strlen(text));
}

/* 1: bytes came, 0: closed, -1: nothing came. */
static int client_read(struct fixture *f, int fd)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		ssize_t len =
			recv(fd, f->answer + f->answer_len,
			     ANSWER_MAX - 1 - f->answer_len, MSG_DONTWAIT);

		if (len > 0) {
			f->answer_len += (size_t)len;
			f->answer[f->answer_len] = '\0';
			return 1;
		}
		if (len == 0 || errno != EAGAIN)
			return 0;
		cti_loop_turn(f->loop, 5);
	}
	return -1;
}

static bool answer_whole(const struct fixture *f, bool head)
{
	const char *end = strstr(f->answer, "\r\n\r\n");
	const char *length = strstr(f->answer, "Content-Length: ");

	if (!end)
		return false;
	if (strstr(f->answer, "Transfer-Encoding: chunked"))
		return head || strstr(end, "\r\n0\r\n\r\n");
	if (!length || length > end || head)
		return true;
	size_t body = strtoul(length + 16, NULL, 10);
	return f->answer_len >= (size_t)(end + 4 - f->answer) + body;
}

static int client_read_answer(struct fixture *f, int fd, bool head)
{
	f->answer_len = 0;
	f->answer[0] = '\0';
	while (!answer_whole(f, head)) {
		if (client_read(f, fd) != 1)
			return 0;
	}
	ck_assert_int_eq(strncmp(f->answer, "HTTP/1.", 7), 0);
	return (int)strtol(f->answer + 9, NULL, 10);
}

int client_answer(struct fixture *f, int fd)
{
	return client_read_answer(f, fd, false);
}

bool client_expect(struct fixture *f, int fd, const char *text)
{
	f->answer_len = 0;
	f->answer[0] = '\0';
	while (!strstr(f->answer, text)) {
		if (client_read(f, fd) != 1)
			return false;
	}
	return true;
}

bool client_closed(struct fixture *f, int fd)
{
	int more;

	do {
		f->answer_len = 0;
		more = client_read(f, fd);
	} while (more == 1);
	return more == 0;
}

int client_ask(struct fixture *f, const char *request)
{
	int fd = client_open(f);

	client_text(fd, request);
	int status = client_read_answer(f, fd, request[0] == 'H');
	close(fd);
	return status;
}

int client_get(struct fixture *f, const char *line, const char *headers)
{
	char text[4096];

	(void)snprintf(text, sizeof(text),
		       "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", line,
		       f->port, headers);
	return client_ask(f, text);
}

int client_post(struct fixture *f, const char *path, const char *headers,
		const char *body)
{
	bool typed = strstr(headers, "Content-Type") != NULL;
	char text[4096];

	(void)snprintf(text, sizeof(text),
		       "POST %s HTTP/1.1\r\nHost: localhost:%u\r\n%s%s"
		       "Content-Length: %zu\r\n\r\n%s",
		       path, f->port, headers,
		       typed ? "" : "Content-Type: application/json\r\n",
		       strlen(body), body);
	return client_ask(f, text);
}

bool answered(const struct fixture *f, const char *text)
{
	return strstr(f->answer, text) != NULL;
}
