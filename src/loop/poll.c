/* SPDX-License-Identifier: Apache-2.0 */
/* loop/poll.c - a callback when a file descriptor becomes readable */
#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"

struct cti_poll {
	uv_poll_t uv;
	struct cti_loop *loop;
	cti_loop_fn *fn;
	void *arg;
};

static void poll_on_uv(uv_poll_t *uv, int status, int events)
{
	struct cti_poll *poll = uv->data;

	(void)events; /* reading tells more, EOF and errors included */
	loop_enter(poll->loop);
	if (status) /* libuv stopped it; the reader will meet the error */
		(void)uv_poll_start(uv, UV_READABLE, poll_on_uv);
	poll->fn(poll->arg);
}

static void poll_on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

int cti_poll_new(struct cti_poll **pollp, struct cti_loop *loop, int fd,
		 cti_loop_fn *fn, void *arg)
{
	struct cti_poll *poll;
	int err;

	loop_check(loop);
	poll = calloc(1, sizeof(*poll));
	if (!poll)
		return -ENOMEM;
	poll->loop = loop;
	poll->fn = fn;
	poll->arg = arg;

	err = uv_poll_init(&loop->uv, &poll->uv, fd);
	if (err) {
		free(poll);
		return err;
	}
	poll->uv.data = poll;
	err = uv_poll_start(&poll->uv, UV_READABLE, poll_on_uv);
	if (err) {
		uv_close((uv_handle_t *)&poll->uv, poll_on_closed);
		return err;
	}
	loop->objects++;
	*pollp = poll;
	return 0;
}

void cti_poll_destroy(struct cti_poll *poll)
{
	if (!poll)
		return;
	loop_check(poll->loop);
	poll->loop->objects--;
	uv_close((uv_handle_t *)&poll->uv, poll_on_closed);
}
