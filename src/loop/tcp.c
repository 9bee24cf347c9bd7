/* SPDX-License-Identifier: Apache-2.0 */
/* loop/tcp.c - TCP client connections: resolve, try each address, talk */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"

enum {
	READ_BYTES = 16 * 1024,
	QUEUE_MAX_BYTES = 256 * 1024,
};

enum tcp_state {
	TCP_CONNECTING,
	TCP_OPEN,
	TCP_CLOSED, /* on_close was called */
	TCP_DESTROYED,
};

struct cti_tcp {
	struct cti_loop *loop;
	const struct cti_tcp_handler *handler;
	void *arg;
	enum tcp_state state;

	/* libuv's as long as these say so; only then the memory is ours */
	bool resolving;
	bool streaming;
	uv_getaddrinfo_t resolve;
	uv_connect_t connect;
	uv_tcp_t stream;

	struct addrinfo *addresses;
	const struct addrinfo *next; /* to try */
	int err;		     /* of the last one tried */

	char read_buf[READ_BYTES];
};

struct tcp_write {
	uv_write_t req;
	char data[];
};

/* libuv's other codes are -errno already. */
static const struct {
	int status;
	int err;
} resolve_errors[] = {
	{UV_EAI_AGAIN, -EAGAIN},	{UV_EAI_MEMORY, -ENOMEM},
	{UV_EAI_FAMILY, -EAFNOSUPPORT}, {UV_EAI_ADDRFAMILY, -EAFNOSUPPORT},
	{UV_EAI_NODATA, -EHOSTUNREACH}, {UV_EAI_NONAME, -EHOSTUNREACH},
	{UV_EAI_FAIL, -EHOSTUNREACH},
};

static int tcp_resolve_error(int status)
{
	size_t count = sizeof(resolve_errors) / sizeof(resolve_errors[0]);

	for (size_t i = 0; i < count; i++) {
		if (resolve_errors[i].status == status)
			return resolve_errors[i].err;
	}
	return status <= UV_EAI_ADDRFAMILY ? -EIO : status;
}

static void tcp_release(struct cti_tcp *tcp)
{
	if (tcp->resolving || tcp->streaming)
		return;
	uv_freeaddrinfo(tcp->addresses);
	free(tcp);
}

/* The handler may destroy tcp: callers return at once. */
static void tcp_closed(struct cti_tcp *tcp, int err)
{
	tcp->state = TCP_CLOSED;
	tcp->handler->on_close(tcp->arg, err);
}

static void tcp_lost(struct cti_tcp *tcp, int err)
{
	if (tcp->state != TCP_OPEN)
		return;
	(void)uv_read_stop((uv_stream_t *)&tcp->stream); /* cannot fail */
	tcp_closed(tcp, err);
}

static void tcp_on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct cti_tcp *tcp = handle->data;

	(void)size; /* a suggestion */
	*buf = uv_buf_init(tcp->read_buf, sizeof(tcp->read_buf));
}

static void tcp_on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct cti_tcp *tcp = stream->data;

	loop_enter(tcp->loop);
	if (len > 0)
		tcp->handler->on_data(tcp->arg, buf->base, (size_t)len);
	else if (len < 0)
		tcp_lost(tcp, len == UV_EOF ? 0 : (int)len);
}

static void tcp_try(struct cti_tcp *tcp);

static void tcp_on_stream_closed(uv_handle_t *handle)
{
	struct cti_tcp *tcp = handle->data;

	tcp->streaming = false;
	if (tcp->state == TCP_DESTROYED) {
		tcp_release(tcp);
		return;
	}
	loop_enter(tcp->loop);
	tcp_try(tcp);
}

static void tcp_try_next(struct cti_tcp *tcp, int err)
{
	tcp->err = err;
	uv_close((uv_handle_t *)&tcp->stream, tcp_on_stream_closed);
}

static void tcp_on_connected(uv_connect_t *req, int status)
{
	struct cti_tcp *tcp = req->data;
	int err = status;

	if (tcp->state == TCP_DESTROYED)
		return;
	loop_enter(tcp->loop);
	if (!err)
		err = uv_tcp_nodelay(&tcp->stream, 1);
	if (!err)
		err = uv_read_start((uv_stream_t *)&tcp->stream, tcp_on_alloc,
				    tcp_on_read);
	if (err) {
		tcp_try_next(tcp, err);
		return;
	}
	tcp->state = TCP_OPEN;
	tcp->handler->on_open(tcp->arg);
}

/* A socket that failed to connect is of no further use: each address gets
 * its own, after the one before is closed. */
static void tcp_try(struct cti_tcp *tcp)
{
	const struct addrinfo *address = tcp->next;
	int err;

	if (!address) {
		tcp_closed(tcp, tcp->err);
		return;
	}
	tcp->next = address->ai_next;
	err = uv_tcp_init(&tcp->loop->uv, &tcp->stream);
	if (err) {
		tcp_closed(tcp, err);
		return;
	}
	tcp->streaming = true;
	tcp->stream.data = tcp;
	tcp->connect.data = tcp;
	err = uv_tcp_connect(&tcp->connect, &tcp->stream, address->ai_addr,
			     tcp_on_connected);
	if (err)
		tcp_try_next(tcp, err);
}

static void tcp_on_resolved(uv_getaddrinfo_t *req, int status,
			    struct addrinfo *addresses)
{
	struct cti_tcp *tcp = req->data;

	tcp->resolving = false;
	tcp->addresses = addresses;
	if (tcp->state == TCP_DESTROYED) {
		tcp_release(tcp);
		return;
	}
	loop_enter(tcp->loop);
	tcp->err = status ? tcp_resolve_error(status) : -EHOSTUNREACH;
	tcp->next = addresses;
	tcp_try(tcp);
}

static int tcp_resolve(struct cti_tcp *tcp, const struct cti_tcp_peer *peer)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char port[sizeof("65535")];

	(void)snprintf(port, sizeof(port), "%u", (unsigned int)peer->port);
	tcp->resolve.data = tcp;
	return uv_getaddrinfo(&tcp->loop->uv, &tcp->resolve, tcp_on_resolved,
			      peer->host, port, &hints);
}

int cti_tcp_connect(struct cti_tcp **tcpp, struct cti_loop *loop,
		    const struct cti_tcp_peer *peer,
		    const struct cti_tcp_handler *handler, void *arg)
{
	struct cti_tcp *tcp;
	int err;

	loop_check(loop);
	tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		return -ENOMEM;
	tcp->loop = loop;
	tcp->handler = handler;
	tcp->arg = arg;

	err = tcp_resolve(tcp, peer);
	if (err) {
		free(tcp);
		return err;
	}
	tcp->resolving = true;
	loop->objects++;
	*tcpp = tcp;
	return 0;
}

static void tcp_on_written(uv_write_t *req, int status)
{
	struct cti_tcp *tcp = req->data;

	free(req); /* the first member: the whole struct tcp_write */
	loop_enter(tcp->loop);
	if (status)
		tcp_lost(tcp, status);
}

int cti_tcp_write(struct cti_tcp *tcp, const void *data, size_t len)
{
	uv_stream_t *stream = (uv_stream_t *)&tcp->stream;
	struct tcp_write *write;
	int err;

	loop_check(tcp->loop);
	if (tcp->state != TCP_OPEN)
		return -ENOTCONN;
	if (len == 0)
		return 0;
	if (len > QUEUE_MAX_BYTES ||
	    uv_stream_get_write_queue_size(stream) > QUEUE_MAX_BYTES - len)
		return -ENOBUFS;

	write = malloc(sizeof(*write) + len);
	if (!write)
		return -ENOMEM;
	memcpy(write->data, data, len);
	write->req.data = tcp;

	uv_buf_t buf = uv_buf_init(write->data, (unsigned int)len);

	err = uv_write(&write->req, stream, &buf, 1, tcp_on_written);
	if (err)
		free(write);
	return err;
}

void cti_tcp_destroy(struct cti_tcp *tcp)
{
	if (!tcp)
		return;
	loop_check(tcp->loop);
	assert(tcp->state != TCP_DESTROYED);
	tcp->state = TCP_DESTROYED;
	tcp->loop->objects--;
	if (tcp->resolving) /* if it is too late its callback comes all the same
			     */
		(void)uv_cancel((uv_req_t *)&tcp->resolve);
	if (tcp->streaming && !uv_is_closing((uv_handle_t *)&tcp->stream))
		uv_close((uv_handle_t *)&tcp->stream, tcp_on_stream_closed);
	tcp_release(tcp);
}
