/* SPDX-License-Identifier: Apache-2.0 */
/* api/life.c - the API from start to end */
#include <errno.h>
#include <stdlib.h>

#include "api/priv.h"

int cti_api_new(struct cti_api **apip, const struct cti_api_parts *parts)
{
	struct cti_api *api = calloc(1, sizeof(*api));
	int err;

	if (!api)
		return -ENOMEM;
	api->parts = *parts;
	api->started_ms = cti_loop_wall_ms(parts->loop);
	TAILQ_INIT(&api->clients);
	stream_hooks(api);
	err = cti_timer_new(&api->beat, parts->loop, stream_beat, api);
	if (err) {
		free(api);
		return err;
	}
	*apip = api;
	return 0;
}

void cti_api_stop(struct cti_api *api)
{
	api->stopping = true;
	stream_wake_all(api);
}

void cti_api_destroy(struct cti_api *api)
{
	if (!api)
		return;
	cti_timer_destroy(api->beat);
	ring_clear(&api->ring);
	free(api->reload_error);
	free(api->reload_waits);
	free(api);
}

const struct cti_calls_host *cti_api_host(struct cti_api *api)
{
	return &api->host;
}

void cti_api_attach(struct cti_api *api, struct cti_calls *calls)
{
	api->calls = calls;
}
