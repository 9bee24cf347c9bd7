/* SPDX-License-Identifier: Apache-2.0 */
/* flow/harness.h - the app, a client and a clock that a story moves */
#ifndef FLOW_HARNESS_H
#define FLOW_HARNESS_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/json.h"

/** Each test file has one; main.c runs it. */
Suite *flow_suite(void);

/* --- the app --- */

/** What the server answered last. */
struct answer {
	int status;
	char *head; /* status line and headers, NUL-terminated */
	char *body; /* de-chunked, NUL-terminated; "" where there is none */
	size_t body_len;
	struct cti_json *doc;
	const struct cti_json_value *json; /* root; NULL: no JSON */
};

struct flow {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_app *app; /* NULL while stopped */
	char dir[64];
	char db[80]; /* the store; its files begin with this */
	bool stopped;
	char key[128]; /* header line of a program, where it needs one */
	char path[512];
	struct answer last;
	/* short for what is in last */
	int status;
	const struct cti_json_value *json;
};

/**
 * The app with the simulator on a fake clock; conf is the text of a
 * configuration file ("dial { merge_s = 0 }"), NULL = defaults. Second one
 * has passed and the switch is synced. http.listen, store.path,
 * telephony.instance ("flow") are set here.
 */
struct flow *flow_start(const char *conf);
/** The same at second 0: nothing fell due yet, the switch is not there. */
struct flow *flow_start_early(const char *conf);
/** Stops it when the story did not. Streams must be closed before. */
void flow_end(struct flow *f);

/** Stops the app in order; the clock moves on a little. */
void flow_stop(struct flow *f);
/** Starts a stopped app on the same store. */
void flow_again(struct flow *f);
/** Stops and starts on the same store; second one as in flow_start(). */
void flow_restart(struct flow *f);
/** As after kill -9: starts on what the store's files held at this moment. */
void flow_kill(struct flow *f);
/** The store of a stopped app is deleted. */
void flow_forget(struct flow *f);
/** Stops and starts with an empty store. */
void flow_restart_empty(struct flow *f);

/* --- time --- */

/** Turns until nothing is under way: store written, events published. */
void flow_quiet(struct flow *f);
/** Moves the clock, fires what falls due, then flow_quiet(). */
void flow_advance(struct flow *f, int64_t ms);
/** Turns until done(arg); fails after 5 s of real time. */
void flow_until(struct flow *f, bool (*done)(void *arg), void *arg);
/** Fails the test once 5 s of real time passed since *since (0 = now). */
void flow_guard(int64_t *since);

/* --- one request, one answer (in f->status, f->json, f->last) --- */

/** Formats into f->path: flow_get(f, flow_path(f, "/api/…/%s", id)). */
const char *flow_path(struct flow *f, const char *fmt, ...) CTI_PRINTF(2, 3);

struct ask {
	const char *method; /* NULL = GET */
	const char *path;
	uint16_t port;	     /* 0 = the first of http.listen */
	const char *headers; /* lines ending in \r\n, or NULL */
	const char *host;    /* NULL = 127.0.0.1:PORT */
	const char *type;    /* of the body; NULL = application/json */
	const char *body;    /* or NULL */
};
/** Returns the status. */
int flow_ask(struct flow *f, const struct ask *ask);
int flow_get(struct flow *f, const char *path);
int flow_post(struct flow *f, const char *path, const char *body);
int flow_patch(struct flow *f, const char *path, const char *body);
int flow_delete(struct flow *f, const char *path);
/** Bytes as they are; the answer until the server closes. */
int flow_raw(struct flow *f, const char *bytes, size_t len);

/** A header of the last answer, valid until the next one; NULL = absent. */
const char *flow_header(struct flow *f, const char *name);

/** Several at once: ask all, then take the answer of each. */
struct wire;
struct wire *wire_ask(struct flow *f, const struct ask *ask);
/** Reads the whole answer into f and closes; returns the status. */
int wire_take(struct flow *f, struct wire *wire);
/** Has the whole answer come? Does not turn the loop. */
bool wire_ready(struct wire *wire);
/** The client leaves without reading. */
void wire_drop(struct wire *wire);

/* --- calls, in short --- */

/** POST /api/v1/calls, status 201 expected; its id into id[]. */
void flow_dial(struct flow *f, char id[64], const char *body);
/** {"PhoneNumber":"…"} by flow_dial(). */
void flow_dial_number(struct flow *f, char id[64], const char *number);
/** POST /api/v1/calls/{id}/{action}. */
int flow_do(struct flow *f, const char *id, const char *action,
	    const char *body);
/** GET /api/v1/calls/{id}; 200 expected; the call is f->json. */
void flow_call(struct flow *f, const char *id);
/** POST /api/v1/simulator/calls, 201 expected; its id into id[]. */
void flow_play(struct flow *f, char id[64], const char *body);

/* --- Server-Sent Events --- */

struct sse_event {
	char name[32];
	int64_t id; /* 0: it has none */
	const struct cti_json_value *json;
};
struct sse;
/** GET path (usually "/api/v1/events"), headers as in struct ask. */
struct sse *sse_open(struct flow *f, const char *path, const char *headers);
/** The next event, lent until the following call; NULL: the stream ended. */
const struct sse_event *sse_next(struct sse *sse);
/** The next one must be of this name and, unless NULL, this `type`. */
const struct sse_event *sse_expect(struct sse *sse, const char *name,
				   const char *type);
/** Drops events until one of this name and type. */
const struct sse_event *sse_find(struct sse *sse, const char *name,
				 const char *type);
/** Nothing more comes unless time passes. */
bool sse_quiet(struct sse *sse);
/** Comment lines (heartbeats) read so far. */
unsigned sse_comments(const struct sse *sse);
void sse_close(struct sse *sse);

/* --- expectations --- */

/** A value by its path: "call.crm.PhoneNumber", "calls.0.id"; or NULL. */
const struct cti_json_value *json_at(const struct cti_json_value *v,
				     const char *path);
/** Its text (strings, numbers); NULL for null. It must be there. */
const char *json_text(const struct cti_json_value *v, const char *path);
int64_t json_int(const struct cti_json_value *v, const char *path);
/** Length of an array, members of an object. It must be there. */
size_t json_count(const struct cti_json_value *v, const char *path);
/** Is this text in the array? */
bool json_holds(const struct cti_json_value *v, const char *path,
		const char *text);

void expect_text(const struct cti_json_value *v, const char *path,
		 const char *text);
void expect_null(const struct cti_json_value *v, const char *path);
void expect_bool(const struct cti_json_value *v, const char *path, bool is);
void expect_int(const struct cti_json_value *v, const char *path, int64_t is);
void expect_status(const struct flow *f, int status);
/** status, code, and everything a problem says for people. */
void expect_problem(struct flow *f, int status, const char *code);

#endif /* FLOW_HARNESS_H */
