/* SPDX-License-Identifier: Apache-2.0 */
/* flow/client.c - an HTTP client that turns the server's loop */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "cti/loop.h"
#include "promise.h"

enum { IN_MAX = 32 * 1024 * 1024, READ_SIZE = 16384 };

/* --- the connection --- */

static struct wire *wire_open_at(struct flow *f, uint16_t port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct wire *wire = calloc(1, sizeof(*wire));

	ck_assert_ptr_nonnull(wire);
	wire->flow = f;
	cti_buf_init(&wire->in, IN_MAX);
	wire->fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(wire->fd, 0);
	ck_assert_int_eq(
		connect(wire->fd, (const struct sockaddr *)&addr, sizeof(addr)),
		0);
	return wire;
}

struct wire *wire_open(struct flow *f)
{
	return wire_open_at(f, cti_app_port(f->app));
}

void wire_drop(struct wire *wire)
{
	if (!wire)
		return;
	ck_assert_int_eq(close(wire->fd), 0);
	cti_buf_fini(&wire->in);
	free(wire);
}

void wire_write(struct wire *wire, const char *bytes, size_t len)
{
	int64_t since = 0;

	while (len) {
		ssize_t n =
			send(wire->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (errno != EAGAIN)
			return; /* refused early; the answer says why */
		flow_guard(&since);
		cti_loop_turn(wire->flow->loop, 1);
	}
}

bool wire_read(struct wire *wire)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(wire->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0)
		ck_assert_int_eq(cti_buf_add(&wire->in, bytes, (size_t)n), 0);
	else if (n == 0 || errno != EAGAIN)
		wire->closed = true;
	return n > 0 || wire->closed;
}

/* --- an answer --- */

size_t wire_head(const struct wire *wire)
{
	const char *text = cti_buf_text(&wire->in);
	const char *end = strstr(text, "\r\n\r\n");

	return end ? (size_t)(end - text) + 4 : 0;
}

/* The value in a head, as a copy cut at its line's end. */
static bool head_value(char *out, size_t size, const char *head,
		       const char *name)
{
	size_t len = strlen(name);
	const char *line = head;

	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " ");
		len = strcspn(line, "\r");
		ck_assert_uint_lt(len, size);
		memcpy(out, line, len);
		out[len] = '\0';
		return true;
	}
	return false;
}

size_t chunks_read(struct cti_buf *out, bool *endp, const char *text,
		   size_t len)
{
	size_t used = 0;

	*endp = false;
	while (!*endp) {
		const char *line = text + used;
		const char *eol = memchr(line, '\n', len - used);
		size_t size;

		if (!eol)
			break;
		size = strtoul(line, NULL, 16);
		if ((size_t)(eol + 1 - text) + size + 2 > len)
			break;
		ck_assert_int_eq(cti_buf_add(out, eol + 1, size), 0);
		used = (size_t)(eol + 1 - text) + size + 2;
		*endp = size == 0;
	}
	return used;
}

/* Is the body whole? If so, out gets it. */
static bool body_read(struct cti_buf *out, const struct wire *wire)
{
	size_t at = wire_head(wire);
	size_t have = wire->in.len - at;
	char value[64], head[8192];
	bool end;

	if (!at)
		return false;
	ck_assert_uint_lt(at, sizeof(head));
	memcpy(head, wire->in.data, at);
	head[at] = '\0';
	cti_buf_reset(out);
	if (head_value(value, sizeof(value), head, "Transfer-Encoding")) {
		(void)chunks_read(out, &end, wire->in.data + at, have);
		return end; /* what was used does not matter in a whole one */
	}
	if (head_value(value, sizeof(value), head, "Content-Length")) {
		size_t size = strtoul(value, NULL, 10);

		ck_assert_int_eq(cti_buf_add(out, wire->in.data + at, have), 0);
		return have >= size;
	}
	return strncmp(head + 9, "204", 3) == 0 || wire->closed;
}

bool wire_ready(struct wire *wire)
{
	struct cti_buf body;
	bool ready;

	while (!wire->closed && wire_read(wire))
		;
	cti_buf_init(&body, IN_MAX);
	ready = body_read(&body, wire) || wire->closed;
	cti_buf_fini(&body);
	return ready;
}

void answer_clear(struct answer *a)
{
	cti_json_destroy(a->doc);
	free(a->head);
	free(a->body);
	*a = (struct answer){.status = 0};
}

static void answer_fill(struct answer *a, const struct wire *wire,
			struct cti_buf *body)
{
	char type[64] = "";
	struct cti_err err;
	size_t at = wire_head(wire);

	ck_assert_msg(at > 0, "no answer, but \"%s\"", cti_buf_text(&wire->in));
	a->head = strndup(wire->in.data, at);
	ck_assert_ptr_nonnull(a->head);
	a->status = (int)strtol(a->head + 9, NULL, 10);
	a->body_len = body->len;
	ck_assert_int_eq(cti_buf_take(body, &a->body), 0);
	(void)head_value(type, sizeof(type), a->head, "Content-Type");
	/* openapi.json is deeper than ours may be, so it stays text */
	if (!a->body_len || !strstr(type, "json") ||
	    cti_json_parse(&a->doc, a->body, a->body_len, IN_MAX, &err))
		return;
	a->json = cti_json_root(a->doc);
}

void wire_answer(struct answer *a, struct wire *wire)
{
	struct cti_buf body;
	int64_t since = 0;

	cti_buf_init(&body, IN_MAX);
	while (!body_read(&body, wire) && !wire->closed) {
		flow_guard(&since);
		if (!wire_read(wire))
			cti_loop_turn(wire->flow->loop, 2);
	}
	answer_fill(a, wire, &body);
	cti_buf_fini(&body);
	wire_drop(wire);
}

/* A dial that is answered is committed. */
static void hold_to_promise(const struct flow *f)
{
	const char *direction = cti_json_str(f->json, "direction");
	const char *id = cti_json_str(f->json, "id");

	if (f->status == 201 && id && direction &&
	    strcmp(direction, "outbound") == 0)
		promise_stored(f->db, id);
}

int wire_take(struct flow *f, struct wire *wire)
{
	answer_clear(&f->last);
	wire_answer(&f->last, wire);
	f->status = f->last.status;
	f->json = f->last.json;
	hold_to_promise(f);
	return f->status;
}

/* --- requests --- */

struct wire *wire_ask(struct flow *f, const struct ask *ask)
{
	uint16_t port = ask->port ? ask->port : cti_app_port(f->app);
	struct wire *wire = wire_open_at(f, port);
	const char *body = ask->body;
	struct cti_buf text;
	int err;

	cti_buf_init(&text, IN_MAX);
	err = cti_buf_fmt(&text, "%s %s HTTP/1.1\r\n",
			  ask->method ? ask->method : "GET", ask->path);
	if (!err && ask->host)
		err = cti_buf_fmt(&text, "Host: %s\r\n", ask->host);
	else if (!err)
		err = cti_buf_fmt(&text, "Host: 127.0.0.1:%u\r\n", port);
	if (!err && body)
		err = cti_buf_fmt(&text,
				  "Content-Type: %s\r\nContent-Length: %zu\r\n",
				  ask->type ? ask->type : "application/json",
				  strlen(body));
	if (!err)
		err = cti_buf_fmt(&text, "%s\r\n%s",
				  ask->headers ? ask->headers : "",
				  body ? body : "");
	ck_assert_int_eq(err, 0);
	wire_write(wire, text.data, text.len);
	cti_buf_fini(&text);
	return wire;
}

int flow_ask(struct flow *f, const struct ask *ask)
{
	return wire_take(f, wire_ask(f, ask));
}

int flow_get(struct flow *f, const char *path)
{
	return flow_ask(f, &(struct ask){.path = path});
}

int flow_post(struct flow *f, const char *path, const char *body)
{
	return flow_ask(f, &(struct ask){.method = "POST",
					 .path = path,
					 .body = body ? body : ""});
}

int flow_patch(struct flow *f, const char *path, const char *body)
{
	return flow_ask(
		f,
		&(struct ask){.method = "PATCH", .path = path, .body = body});
}

int flow_delete(struct flow *f, const char *path)
{
	return flow_ask(f, &(struct ask){.method = "DELETE", .path = path});
}

int flow_raw(struct flow *f, const char *bytes, size_t len)
{
	struct wire *wire = wire_open(f);

	wire_write(wire, bytes, len);
	return wire_take(f, wire);
}

const char *flow_header(struct flow *f, const char *name)
{
	static char value[4096];

	return head_value(value, sizeof(value), f->last.head, name) ? value
								    : NULL;
}
