/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/wire_bench.c - a driver that notes what its wire says, and its switch
 */
#include "wire_bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cti/conf.h"

struct cti_driver d;

static void meet(enum spot spot)
{
	if (d.lose_at == spot)
		cti_wire_lost(d.wire, "given up");
	if (d.stop_at != spot)
		return;
	d.stop_at = NOWHERE;
	cti_wire_stop(d.wire);
}

static void on_link(void *arg, enum cti_link link, const char *why)
{
	ck_assert_ptr_eq(arg, &d);
	ck_assert_int_ne((int)link, CTI_LINK_UP);
	/* The next attempt may follow at once: the pause can be 0. */
	if (link != CTI_LINK_CONNECTING)
		(void)snprintf(d.why, sizeof(d.why), "%s", why ? why : "");
	if (link == CTI_LINK_CONNECTING)
		d.nconnecting++;
	else if (link == CTI_LINK_FAILED)
		d.nfailed++;
	else
		d.ndown++;
	meet(link == CTI_LINK_CONNECTING ? AT_CONNECTING : AT_DOWN);
}

static int on_open(struct cti_driver *drv)
{
	drv->nopen++;
	ck_assert(cti_wire_is_open(drv->wire));
	meet(AT_OPEN);
	return drv->open_err;
}

static void on_data(struct cti_driver *drv, const char *data, size_t len)
{
	drv->ndata++;
	ck_assert_uint_lt(drv->len + len, sizeof(drv->text));
	memcpy(drv->text + drv->len, data, len);
	drv->len += len;
	meet(AT_DATA);
}

static void on_closed(struct cti_driver *drv)
{
	drv->nclosed++;
	ck_assert(!cti_wire_is_open(drv->wire));
	ck_assert_int_eq(cti_wire_write(drv->wire, "x", 1), -ENOTCONN);
	cti_wire_expect(drv->wire, 1, "of no connection");
	meet(AT_CLOSED);
}

static void on_end(struct cti_driver *drv, int err)
{
	drv->nend++;
	drv->end_err = err;
	if (drv->own_words)
		cti_wire_lost_for(drv->wire, "restarting", 5000);
	meet(AT_END);
}

static const struct cti_wire_handler handler = {
	.on_open = on_open,
	.on_data = on_data,
	.on_closed = on_closed,
	.on_end = on_end,
};

/* --- the switch --- */

void listener_open(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(d.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int on = 1;

	d.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(d.listener, 0);
	ck_assert_int_eq(setsockopt(d.listener, SOL_SOCKET, SO_REUSEADDR, &on,
				    sizeof(on)),
			 0);
	ck_assert_int_eq(bind(d.listener, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(d.listener, 4), 0);
	ck_assert_int_eq(
		getsockname(d.listener, (struct sockaddr *)&address, &len), 0);
	d.port = ntohs(address.sin_port);
}

void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* a test's socket */
	*fd = -1;
}

void turn(void)
{
	for (int i = 0; i < 5; i++)
		cti_loop_turn(d.loop, 1);
}

void peer_take(void)
{
	d.peer = accept(d.listener, NULL, NULL);
	ck_assert_int_ge(d.peer, 0);
}

void peer_send(const char *text)
{
	ck_assert_int_eq(send(d.peer, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
}

/* --- each test's own --- */

static void conf_make(void)
{
	const struct cti_conf_flag flags[] = {
		{"telephony.reconnect_min_ms", "100"},
		{"telephony.reconnect_max_ms", "800"},
	};
	struct cti_conf_source source = {.flags = flags, .nflags = 2};
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&d.conf, &source, &errors), 0);
	cti_buf_fini(&errors);
}

int wire_make(const char *host)
{
	struct cti_wire_peer peer = {"switch", host, d.port};
	struct cti_driver_host core = {
		.loop = d.loop,
		.arg = &d,
		.on_link = on_link,
	};

	return cti_wire_new(&d.wire, &d, &core, &peer, &handler);
}

void wire_setup(void)
{
	d = (struct cti_driver){.peer = -1};
	ck_assert_int_eq(cti_loop_new(&d.loop, CTI_CLOCK_FAKE), 0);
	listener_open();
	conf_make();
	ck_assert_int_eq(wire_make("127.0.0.1"), 0);
	cti_wire_pauses(d.wire, d.conf);
}

void wire_teardown(void)
{
	cti_wire_destroy(d.wire);
	cti_loop_destroy(d.loop);
	cti_conf_destroy(d.conf);
	fd_close(&d.peer);
	fd_close(&d.listener);
}

void begin(void)
{
	cti_wire_start(d.wire);
	ck_assert_int_eq(d.nconnecting, 0);
	cti_loop_advance(d.loop, 0);
	ck_assert_int_eq(d.nconnecting, 1);
}

void connect_now(void)
{
	begin();
	wait_for(d.nopen == 1);
	peer_take();
}

int64_t pause_measure(void)
{
	int before = d.nconnecting;
	int64_t ms = 0;

	cti_loop_advance(d.loop, 0);
	for (; d.nconnecting == before && ms <= 2 * CTI_WIRE_REFUSED_MS; ms++)
		cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.nconnecting, before + 1);
	return ms;
}

void write_too_much(void)
{
	static const char block[300 * 1024];

	ck_assert_int_eq(cti_wire_write(d.wire, block, sizeof(block)),
			 -ENOBUFS);
}
