/* SPDX-License-Identifier: Apache-2.0 */
/* api/stream.c - Server-Sent Events: a cursor per client, no queue */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "cti/log.h"

enum {
	DUE_ROOM = 256 * 1024, /* no more due ones are begun behind it */
	ROUNDS_MAX = 16,       /* of a search for what to say */
};

/* --- frames --- */

static int frame_write(struct cti_buf *out, const struct frame *frame)
{
	int err = 0;

	if (frame->id)
		err = cti_buf_fmt(out, "id: %lld\n", (long long)frame->id);
	if (!err)
		err = cti_buf_fmt(out, "event: %s\ndata: ", frame->event);
	if (!err)
		err = cti_buf_str(out, frame->data);
	return err ? err : cti_buf_str(out, "\n\n");
}

/* --- what comes next for a client --- */

static int next_reset(struct client *client)
{
	client->phase = CLIENT_NEW;
	return cti_buf_str(&client->out, "event: reset\ndata: {}\n\n");
}

static int next_snapshot(struct client *client)
{
	struct cti_api *api = client->api;
	struct cti_buf json;
	int err;

	cti_buf_init(&json, SNAPSHOT_MAX);
	err = snapshot_write(&json, api, client->agent, &client->due);
	if (!err) {
		struct frame frame = {
			.id = cti_calls_cursor(api->calls),
			.event = "snapshot",
			.data = json.data,
		};

		client->after = frame.id;
		client->since = 0;
		client->pos = api->ring.head;
		client->phase = client->due ? CLIENT_DUE : CLIENT_LIVE;
		err = frame_write(&client->out, &frame);
	}
	cti_buf_fini(&json);
	return err;
}

static int due_one(void *arg, int64_t event)
{
	struct client *client = arg;
	struct frame frame = {.event = "due"};
	int err;

	if (event <= client->due)
		return 0;
	if (event > client->after || client->out.len > DUE_ROOM)
		return 1; /* comes with the later events, or next time */
	client->due = event;
	frame.data = event_load(client->api, event);
	if (!frame.data)
		return 0;
	err = frame_write(&client->out, &frame);
	free(frame.data);
	return err;
}

static int next_due(struct client *client)
{
	int err = cti_calls_due(client->api->calls, client->agent, true,
				due_one, client);

	if (err < 0)
		return err;
	if (!client->out.len) /* that was all */
		client->phase = client->since ? CLIENT_REPLAY : CLIENT_LIVE;
	return 0;
}

static const char *agent_of(const struct cti_event *ev,
			    const struct cti_call *call)
{
	return call ? call->fact[CTI_FACT_AGENT] : ev->refused.agent;
}

static int replay_one(void *arg, const struct cti_event *ev,
		      const struct cti_call *call)
{
	struct client *client = arg;
	struct frame frame = {.id = ev->id, .event = "call"};
	int err;

	client->after = ev->id;
	if (!client_wants(client, agent_of(ev, call)))
		return 0;
	frame.data = event_text(client->api, ev, call);
	if (!frame.data)
		return -ENOMEM;
	err = frame_write(&client->out, &frame);
	free(frame.data);
	return err;
}

static int next_replay(struct client *client)
{
	struct cti_api *api = client->api;
	struct cti_store_range range = {
		.after = client->after,
		.upto = cti_calls_cursor(api->calls),
		.limit = REPLAY_CHUNK,
	};
	int64_t before = client->after;
	int err;

	err = cti_store_events(api->parts.store, &range, replay_one, client);
	if (err || client->after != before)
		return err;
	client->after = range.upto;
	client->pos = api->ring.head;
	/* what is not in the store cannot be told again */
	client->phase =
		client->since < api->volatile_id ? CLIENT_RESET : CLIENT_LIVE;
	return 0;
}

static int next_frame(struct client *client, const struct frame *frame)
{
	struct cti_api *api = client->api;

	if (frame->id)
		cti_histogram_note(&api->delivery,
				   cti_loop_mono_ms(api->parts.loop) -
					   frame->at_mono);
	return frame_write(&client->out, frame);
}

static int next_live(struct client *client)
{
	struct ring *ring = &client->api->ring;
	const struct frame *frame;

	if (client->pos < ring->tail) {
		log_info("events: a stream was lapped and gets a reset");
		client->phase = CLIENT_RESET;
		client->api->lapped++;
		return 0;
	}
	while ((frame = ring_at(ring, client->pos))) {
		client->pos++;
		if (frame->id)
			client->after = frame->id;
		if (client_wants(client, frame->agent))
			return next_frame(client, frame);
	}
	if (client->api->stopping) {
		client->phase = CLIENT_DONE;
		return cti_buf_str(&client->out, "event: bye\ndata: {}\n\n");
	}
	if (!client->beat)
		return 0;
	client->beat = false;
	return cti_buf_str(&client->out, ": \n\n");
}

static int client_next(struct client *client)
{
	switch (client->phase) {
	case CLIENT_RESET:
		return next_reset(client);
	case CLIENT_NEW:
		return next_snapshot(client);
	case CLIENT_DUE:
		return next_due(client);
	case CLIENT_REPLAY:
		return next_replay(client);
	case CLIENT_LIVE:
		return next_live(client);
	case CLIENT_DONE:
	default:
		return 0;
	}
}

/* Fills the client's frame buffer unless there is nothing to say. */
static int client_fill(struct client *client)
{
	int err = 0, rounds = 0;

	cti_buf_reset(&client->out);
	client->sent = 0;
	if (client->ends)
		client->phase = CLIENT_DONE;
	while (!err && !client->out.len && client->phase != CLIENT_DONE) {
		/* a long way through events of others: they have a turn, too */
		if (++rounds > ROUNDS_MAX)
			return cti_buf_str(&client->out, ": \n\n");
		int phase = (int)client->phase;
		uint64_t pos = client->pos;
		int64_t after = client->after;

		err = client_next(client);
		if ((int)client->phase == phase && client->pos == pos &&
		    client->after == after)
			break; /* nothing new */
	}
	return err;
}

static long stream_pull(void *arg, char *out, size_t max)
{
	struct client *client = arg;
	size_t len;

	if (client->sent == client->out.len) {
		int err = client_fill(client);

		if (err) {
			log_warn_errno(err, "events: a stream ends");
			return -1;
		}
	}
	len = client->out.len - client->sent;
	if (!len && client->phase == CLIENT_DONE)
		return -1;
	if (len > max)
		len = max;
	if (len)
		memcpy(out, client->out.data + client->sent, len);
	client->sent += len;
	if (client->sent == client->out.len &&
	    client->out.size > (size_t)64 * 1024) {
		/* a snapshot's memory is not kept for a heartbeat */
		cti_buf_fini(&client->out);
		cti_buf_init(&client->out, SNAPSHOT_MAX);
		client->sent = 0;
	}
	return (long)len;
}

static void stream_wake(struct client *client)
{
	cti_http_wake(client->req);
}

/* --- clients --- */

static int client_new(struct client **clientp, struct cti_api *api,
		      struct cti_http_req *req, const char *agent)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		return -ENOMEM;
	if (agent && !(client->agent = strdup(agent))) {
		free(client);
		return -ENOMEM;
	}
	client->api = api;
	client->req = req;
	client->pos = api->ring.head;
	client->after = cti_calls_cursor(api->calls);
	cti_buf_init(&client->out, SNAPSHOT_MAX);
	TAILQ_INSERT_TAIL(&api->clients, client, entry);
	if (api->nclients++ == 0)
		cti_timer_start(api->beat, BEAT_MS);
	*clientp = client;
	return 0;
}

/* fini of the request. */
static void client_destroy(void *arg)
{
	struct client *client = arg;
	struct cti_api *api = client->api;

	TAILQ_REMOVE(&api->clients, client, entry);
	if (--api->nclients == 0)
		ring_clear(&api->ring);
	cti_timer_destroy(client->wait);
	cti_buf_fini(&client->out);
	free(client->agent);
	free(client);
}

bool client_wants(const struct client *client, const char *agent)
{
	if (!client->agent || !agent)
		return !client->agent || !agent;
	return strcmp(client->agent, agent) == 0;
}

bool client_resumable(struct cti_api *api, int64_t since)
{
	int64_t first = cti_store_first_event(api->parts.store);
	int64_t last = cti_calls_cursor(api->calls);

	if (since == last)
		return true;
	return first && since >= first - 1 && since < last &&
	       since >= api->volatile_id;
}

static bool wants_json(struct cti_http_req *req)
{
	const char *accept = cti_http_header(req, "Accept");

	return accept && strstr(accept, "application/json") &&
	       !strstr(accept, "text/event-stream");
}

static void stream_start(struct client *client, const char *since)
{
	int64_t id = 0;

	client->phase = CLIENT_NEW;
	if (since &&
	    (api_number(&id, since) || !client_resumable(client->api, id))) {
		client->phase = CLIENT_RESET;
		client->api->resets++;
	} else if (since) {
		client->phase = CLIENT_DUE;
		client->after = id;
		client->since = id;
	}
	if (cti_buf_str(&client->out, "retry: 2000\n\n"))
		client->phase = CLIENT_DONE;
	cti_http_stream(client->req, "text/event-stream", stream_pull, client);
}

/* Room stays for requests: who cannot listen can still dial. */
static int stream_room(const struct cti_api *api,
		       const struct cti_http_req *req, struct cti_err *err)
{
	int rc;

	if (api->nclients < cti_http_streams_max(cti_http_server(req)))
		return 0;
	rc = cti_err_set(err, EAGAIN, CTI_ERR_BUSY,
			 "There are too many streams.");
	err->retry_after_s = 5;
	return rc;
}

void get_events(void *arg, struct cti_http_req *req)
{
	enum { WAIT_MAX = 60 };
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	const char *since = cti_http_header(req, "Last-Event-ID");
	const char *wait = cti_http_query(req, "wait");
	const char *agent = NULL;
	struct client *client = NULL;
	int64_t wait_s = 25;
	int rc = cti_calls_viewer(api->calls, cti_http_query(req, "agent"),
				  &agent, &err);

	if (!rc && wait && (api_number(&wait_s, wait) || wait_s > WAIT_MAX))
		rc = cti_err_set(&err, EINVAL, CTI_ERR_BAD_REQUEST,
				 "The parameter \"wait\" must be a number of "
				 "seconds up to %d.",
				 WAIT_MAX);
	if (!rc && api->stopping)
		rc = cti_err_set(&err, ECANCELED, CTI_ERR_STOPPING,
				 "The relay is shutting down.");
	if (!rc)
		rc = stream_room(api, req, &err);
	if (!rc)
		rc = client_new(&client, api, req, agent);
	if (api_failed(req, rc, &err))
		return;
	cti_http_set_user(req, client, client_destroy);
	if (!since)
		since = cti_http_query(req, "since");
	if (wants_json(req))
		poll_start(client, since, wait_s * 1000);
	else
		stream_start(client, since);
}

/* --- what the core tells --- */

static void wake(struct client *client)
{
	if (client->wait)
		poll_wake(client);
	else
		stream_wake(client);
}

void stream_wake_all(struct cti_api *api)
{
	struct client *client = TAILQ_FIRST(&api->clients);

	while (client) {
		struct client *next = TAILQ_NEXT(client, entry);

		wake(client);
		client = next;
	}
}

void stream_end_pages(struct cti_api *api)
{
	struct client *client;

	TAILQ_FOREACH(client, &api->clients, entry)
	client->ends = cti_http_from_browser(client->req);
	stream_wake_all(api);
}

void stream_end_strangers(struct cti_api *api)
{
	struct client *client;

	TAILQ_FOREACH(client, &api->clients, entry)
	{
		const char *agent = NULL;

		if (cti_calls_viewer(api->calls, client->agent, &agent, NULL) ||
		    !agent != !client->agent)
			client->ends = true;
	}
	stream_wake_all(api);
}

static bool hook_wants(void *arg)
{
	const struct cti_api *api = arg;

	return api->nclients > 0;
}

static char *hook_render(void *arg, const struct cti_event *ev,
			 const struct cti_call *call)
{
	return event_text(arg, ev, call);
}

/* Made while the store was well, published when it was not. */
static char *not_durable(char *text)
{
	static const char yes[] = "\"durable\":true";
	static const char no[] = "\"durable\":false";
	char *at = text ? strstr(text, yes) : NULL;
	char *out;
	size_t size;

	if (!at)
		return text;
	size = strlen(text) + sizeof(no);
	out = malloc(size);
	if (out) {
		size_t head = (size_t)(at - text);

		memcpy(out, text, head);
		memcpy(out + head, no, sizeof(no) - 1);
		memcpy(out + head + sizeof(no) - 1, at + sizeof(yes) - 1,
		       strlen(at) - (sizeof(yes) - 1) + 1);
	}
	free(text);
	return out;
}

static void publish(struct cti_api *api, struct frame *frame, const char *agent)
{
	if (agent && frame->data)
		frame->agent = strdup(agent);
	if (agent && !frame->agent) {
		free(frame->data);
		frame->data = NULL; /* all are lapped rather than shown it */
	}
	frame->len = frame->data ? strlen(frame->data) : 0;
	frame->at_mono = cti_loop_mono_ms(api->parts.loop);
	ring_add(&api->ring, frame);
	stream_wake_all(api);
}

static void hook_publish(void *arg, const struct cti_event *ev,
			 const char *agent, char *text)
{
	struct cti_api *api = arg;
	struct frame frame = {.id = ev->id, .event = "call", .data = text};

	if (!ev->durable)
		api->volatile_id = ev->id;
	if (!api->nclients) {
		free(text);
		return;
	}
	if (!text && ev->durable)
		frame.data = event_load(api, ev->id);
	else if (!ev->durable)
		frame.data = not_durable(text);
	publish(api, &frame, agent);
}

static void hook_due(void *arg, int64_t event, const char *agent)
{
	struct cti_api *api = arg;
	struct frame frame = {.event = "due"};

	if (!api->nclients)
		return;
	frame.data = event_load(api, event);
	if (frame.data)
		publish(api, &frame, agent);
}

static void hook_status(void *arg)
{
	struct cti_api *api = arg;
	struct frame frame = {.event = "status"};
	struct answer a;

	if (!api->nclients || answer_begin(&a, ANSWER_MAX))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_key(&a.w, "switch");
	switch_write(&a.w, api);
	cti_jsonw_obj_end(&a.w);
	if (cti_jsonw_fini(&a.w) == 0 && cti_buf_take(&a.buf, &frame.data) == 0)
		publish(api, &frame, NULL);
	cti_buf_fini(&a.buf);
}

void stream_beat(void *arg)
{
	struct cti_api *api = arg;
	struct client *client;

	TAILQ_FOREACH(client, &api->clients, entry)
	client->beat = true;
	stream_wake_all(api);
	if (api->nclients)
		cti_timer_start(api->beat, BEAT_MS);
}

void stream_hooks(struct cti_api *api)
{
	api->host = (struct cti_calls_host){
		.arg = api,
		.wants = hook_wants,
		.render = hook_render,
		.publish = hook_publish,
		.due = hook_due,
		.status = hook_status,
	};
}
