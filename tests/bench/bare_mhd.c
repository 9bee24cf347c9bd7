/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bare_mhd.c - the yardstick: libmicrohttpd and one constant answer */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * An epoll loop of our own drives it, as in src/http/. The answer has as many
 * bytes and headers as a call of patchcord, but nothing is read or stored.
 */
enum { ANSWER_BYTES = 1200, BACKLOG = 511 };

static const char *const headers[][2] = {
	{"Content-Type", "application/json"},
	{"Location", "/api/v1/calls/00163EA718FC1EEABDD5608C895BDC71"},
	{"X-Content-Type-Options", "nosniff"},
	{"Cache-Control", "no-store"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Referrer-Policy", "no-referrer"},
};

static enum MHD_Result answer(void *arg, struct MHD_Connection *mhd,
			      const char *url, const char *method,
			      const char *version, const char *data,
			      size_t *len, void **seen)
{
	static int mark;

	(void)url;
	(void)method;
	(void)version;
	(void)data;
	if (!*seen) {
		*seen = &mark;
		return MHD_YES;
	}
	if (*len) {
		*len = 0;
		return MHD_YES;
	}
	return MHD_queue_response(mhd, MHD_HTTP_CREATED, arg);
}

static struct MHD_Response *make_answer(void)
{
	static char text[ANSWER_BYTES];
	struct MHD_Response *response;

	memset(text, ' ', sizeof(text));
	text[0] = '{';
	text[sizeof(text) - 1] = '}';
	response = MHD_create_response_from_buffer(sizeof(text), text,
						   MHD_RESPMEM_PERSISTENT);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		(void)MHD_add_response_header(response, headers[i][0],
					      headers[i][1]);
	return response;
}

static int listen_any(unsigned *portp)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(fd, BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len))
		return -1;
	*portp = ntohs(addr.sin_port);
	return fd;
}

static void serve(struct MHD_Daemon *daemon)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(0);
	MHD_UNSIGNED_LONG_LONG wait_ms;

	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, info->epoll_fd, &event);
	for (;;) {
		int timeout = -1;

		if (MHD_get_timeout(daemon, &wait_ms) == MHD_YES)
			timeout = (int)wait_ms;
		(void)epoll_wait(epoll, &event, 1, timeout);
		(void)MHD_run(daemon);
	}
}

int main(void)
{
	struct MHD_Response *response = make_answer();
	struct MHD_Daemon *daemon;
	unsigned port = 0;
	int fd = listen_any(&port);

	if (fd < 0)
		return 1;
	daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
		NULL, answer, response, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)24 * 1024,
		MHD_OPTION_END);
	if (!daemon)
		return 1;
	printf("%u\n", port);
	(void)fflush(stdout);
	serve(daemon);
	return 0;
}
