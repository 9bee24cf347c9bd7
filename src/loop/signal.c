/* SPDX-License-Identifier: Apache-2.0 */
/* loop/signal.c - signals as callbacks */
#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"

struct cti_signal {
	uv_signal_t uv;
	struct cti_loop *loop;
	cti_loop_fn *fn;
	void *arg;
};

static void signal_on_uv(uv_signal_t *uv, int signum)
{
	struct cti_signal *sig = uv->data;

	(void)signum; /* one object a signal */
	loop_enter(sig->loop);
	sig->fn(sig->arg);
}

static void signal_on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

int cti_signal_new(struct cti_signal **sigp, struct cti_loop *loop, int signum,
		   cti_loop_fn *fn, void *arg)
{
	struct cti_signal *sig;
	int err;

	loop_check(loop);
	sig = calloc(1, sizeof(*sig));
	if (!sig)
		return -ENOMEM;
	sig->loop = loop;
	sig->fn = fn;
	sig->arg = arg;

	err = uv_signal_init(&loop->uv, &sig->uv);
	if (err) {
		free(sig);
		return err;
	}
	sig->uv.data = sig;
	err = uv_signal_start(&sig->uv, signal_on_uv, signum);
	if (err) {
		uv_close((uv_handle_t *)&sig->uv, signal_on_closed);
		return err;
	}
	loop->objects++;
	*sigp = sig;
	return 0;
}

void cti_signal_destroy(struct cti_signal *sig)
{
	if (!sig)
		return;
	loop_check(sig->loop);
	sig->loop->objects--;
	uv_close((uv_handle_t *)&sig->uv, signal_on_closed);
}
