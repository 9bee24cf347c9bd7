/* SPDX-License-Identifier: Apache-2.0 */
/* flow/story.h - words that the stories about ringing phones share */
#ifndef FLOW_STORY_H
#define FLOW_STORY_H

#include "harness.h"

/* --- what SAP is to hear --- */

/** The event asks for exactly this payload; the order of keys is free. */
void expect_payload(const struct cti_json_value *event, const char *fmt, ...)
	CTI_PRINTF(2, 3);
/** The next event is a call's of this type with exactly this payload; its
 * id. */
int64_t expect_post(struct sse *sse, const char *type, const char *fmt, ...)
	CTI_PRINTF(3, 4);
/** The next event is a call's of this type and asks SAP for nothing. */
void expect_silence(struct sse *sse, const char *type);

/** A tab claims an event and acknowledges it; the status. */
int flow_claim(struct flow *f, int64_t event, const char *tab);
int flow_ack(struct flow *f, int64_t event, const char *tab);
/** Claimed and acknowledged by the only tab there is. */
void flow_deliver(struct flow *f, int64_t event);

/* --- events without a stream --- */

/** The snapshot's answer in f->json, under "snapshot". */
void flow_snapshot(struct flow *f);
/** How many payloads the snapshot has due, and the id of one of them. */
size_t flow_due(struct flow *f);
int64_t flow_due_id(struct flow *f, size_t index);
/** Where the events are now. */
int64_t flow_cursor(struct flow *f);
/** All events after this one as a long poll that does not wait. */
void flow_events(struct flow *f, int64_t since);

/* --- pushed calls --- */

/** POST /api/v1/inbound; the status. */
int flow_push(struct flow *f, const char *body);
/** 202 expected; the call's id. */
void flow_push_call(struct flow *f, char id[64], const char *body);

#endif /* FLOW_STORY_H */
