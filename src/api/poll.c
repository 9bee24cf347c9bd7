/* SPDX-License-Identifier: Apache-2.0 */
/* api/poll.c - the events as long poll, for clients that cannot stream */
#include <errno.h>
#include <stdlib.h>

#include "api/priv.h"

enum { POLL_EVENTS = 100 };

struct batch {
	struct client *client;
	struct answer answer;
	size_t n;
};

static void poll_answer(struct client *client, struct batch *b)
{
	struct cti_http_req *req = client->req;

	cti_jsonw_arr_end(&b->answer.w);
	cti_jsonw_kint(&b->answer.w, "cursor", client->after);
	cti_jsonw_obj_end(&b->answer.w);
	client->phase = CLIENT_DONE;
	cti_timer_stop(client->wait);
	answer_send(&b->answer, req, 200);
}

static int poll_begin(struct client *client, struct batch *b)
{
	int err;

	*b = (struct batch){.client = client};
	err = answer_begin(&b->answer, SNAPSHOT_MAX);
	if (err) {
		api_problem(client->req, CTI_ERR_INTERNAL, "No memory.");
		client->phase = CLIENT_DONE;
		return err;
	}
	cti_jsonw_obj(&b->answer.w);
	cti_jsonw_key(&b->answer.w, "events");
	cti_jsonw_arr(&b->answer.w);
	return 0;
}

static void poll_reset(struct client *client)
{
	struct answer a;
	struct cti_buf snapshot;
	int64_t due; /* what had no room comes when these are acked */
	int err = answer_begin(&a, SNAPSHOT_MAX);

	client->phase = CLIENT_DONE;
	if (err) {
		api_problem(client->req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	cti_buf_init(&snapshot, SNAPSHOT_MAX);
	err = snapshot_write(&snapshot, client->api, client->agent, &due);
	if (err)
		a.w.err = err;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kbool(&a.w, "reset", true);
	cti_jsonw_kraw(&a.w, "snapshot", snapshot.data);
	cti_jsonw_key(&a.w, "events");
	cti_jsonw_arr(&a.w);
	cti_jsonw_arr_end(&a.w);
	cti_jsonw_kint(&a.w, "cursor", cti_calls_cursor(client->api->calls));
	cti_jsonw_obj_end(&a.w);
	cti_buf_fini(&snapshot);
	answer_send(&a, client->req, 200);
}

static int stored_one(void *arg, const struct cti_event *ev,
		      const struct cti_call *call)
{
	struct batch *b = arg;
	const char *agent =
		call ? call->fact[CTI_FACT_AGENT] : ev->refused.agent;

	b->client->after = ev->id;
	if (!client_wants(b->client, agent))
		return 0;
	event_write(&b->answer.w, b->client->api, ev, call);
	b->n++;
	return 0;
}

/* What is in the store already is answered at once. */
static void poll_stored(struct client *client)
{
	struct cti_api *api = client->api;
	struct cti_store_range range = {
		.after = client->after,
		.upto = cti_calls_cursor(api->calls),
		.limit = POLL_EVENTS,
	};
	struct batch b;
	int err;

	if (poll_begin(client, &b))
		return;
	err = cti_store_events(api->parts.store, &range, stored_one, &b);
	if (err || b.n || client->after < range.upto) {
		if (err)
			b.answer.w.err = err;
		poll_answer(client, &b);
		return;
	}
	answer_drop(&b.answer);
}

/* What was published since, if any of it is for this client. */
void poll_wake(struct client *client)
{
	struct cti_api *api = client->api;
	const struct frame *frame;
	struct batch b;

	if (client->phase == CLIENT_DONE)
		return;
	if (client->pos < api->ring.tail) {
		poll_reset(client);
		return;
	}
	if (poll_begin(client, &b))
		return;
	while ((frame = ring_at(&api->ring, client->pos))) {
		client->pos++;
		if (frame->id)
			client->after = frame->id;
		if (!client_wants(client, frame->agent) ||
		    (!frame->id && frame->event[0] != 'd'))
			continue;
		cti_jsonw_raw(&b.answer.w, frame->data);
		b.n++;
	}
	if (b.n || api->stopping || client->ends) {
		poll_answer(client, &b);
		return;
	}
	answer_drop(&b.answer);
}

static void poll_over(void *arg)
{
	struct client *client = arg;
	struct batch b;

	if (client->phase != CLIENT_DONE && poll_begin(client, &b) == 0)
		poll_answer(client, &b);
}

void poll_start(struct client *client, const char *since, int64_t wait_ms)
{
	struct cti_api *api = client->api;
	int64_t id = 0;

	if (cti_timer_new(&client->wait, api->parts.loop, poll_over, client)) {
		api_problem(client->req, CTI_ERR_INTERNAL, "No memory.");
		client->phase = CLIENT_DONE;
		return;
	}
	client->phase = CLIENT_LIVE;
	if (!since || api_number(&id, since) || !client_resumable(api, id)) {
		poll_reset(client);
		return;
	}
	client->after = id;
	poll_stored(client);
	if (client->phase != CLIENT_DONE)
		cti_timer_start(client->wait, wait_ms);
}
