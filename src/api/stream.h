/* SPDX-License-Identifier: Apache-2.0 */
/* api/stream.h - readers of events: a ring of frames, a place in it each */
#ifndef API_STREAM_H
#define API_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/buf.h"

struct cti_api;
struct cti_http_req;
struct cti_timer;

enum {
	RING_MAX = 4096, /* frames kept for streams */
	RING_BYTES = 8 * 1024 * 1024,
	BEAT_MS = 15 * 1000,
	REPLAY_CHUNK = 32, /* events read from the store at a time */
};

/** One message to all streams; a ring of them, no queue per client. */
struct frame {
	int64_t id;	   /* event id; 0: no SSE id */
	const char *event; /* SSE event name, constant */
	char *data;	   /* one line of JSON, owned */
	size_t len;
	int64_t at_mono; /* since when it could be read */
	char *agent;	 /* whose; NULL = everybody's; owned */
};

struct ring {
	struct frame *frames; /* RING_MAX, made with the first stream */
	uint64_t head;	      /* position of the next frame */
	uint64_t tail;	      /* position of the oldest one */
	size_t bytes;
};

TAILQ_HEAD(client_list, client);

/* ring.c */
void ring_add(struct ring *ring, struct frame *frame);
const struct frame *ring_at(const struct ring *ring, uint64_t pos);
void ring_clear(struct ring *ring);

/* stream.c, poll.c: clients of the events */
/** Where a client is in the stream of events. */
struct client {
	TAILQ_ENTRY(client) entry;
	struct cti_api *api;
	struct cti_http_req *req;
	char *agent;   /* whose events; NULL = all */
	uint64_t pos;  /* next frame of the ring */
	int64_t after; /* newest event id it has */
	int64_t due;   /* newest due one that it was told of so */
	int64_t since; /* where its replay began; 0: it has a snapshot */
	enum {
		CLIENT_RESET,  /* a reset, then as new */
		CLIENT_NEW,    /* a snapshot comes next */
		CLIENT_DUE,    /* what is due and older, then replay */
		CLIENT_REPLAY, /* events from the store come next */
		CLIENT_LIVE,   /* frames of the ring */
		CLIENT_DONE,
	} phase;
	bool beat;
	bool said_bye;
	bool ends;		/* a page that must ask anew for its token */
	struct cti_timer *wait; /* long poll: its time is up; NULL: stream */
	struct cti_buf out;	/* the frame being sent */
	size_t sent;
};
/** May this id be resumed from without a gap? */
bool client_resumable(struct cti_api *api, int64_t since);
bool client_wants(const struct client *client, const char *agent);
void poll_wake(struct client *client);
void poll_start(struct client *client, const char *since, int64_t wait_ms);
void stream_hooks(struct cti_api *api);
/** The timer's: a heartbeat to all. */
void stream_beat(void *api);
void stream_wake_all(struct cti_api *api);
/** Streams and polls of browsers end now. */
void stream_end_pages(struct cti_api *api);
/** Those that an agent sees who is no more, or all see who may not. */
void stream_end_strangers(struct cti_api *api);

#endif /* API_STREAM_H */
