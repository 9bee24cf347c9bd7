/* SPDX-License-Identifier: Apache-2.0 */
/* flow/story.c - words that the stories about ringing phones share */
#include "story.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

/* --- what SAP is to hear --- */

static bool same_value(const struct cti_json_value *a,
		       const struct cti_json_value *b)
{
	return b && a->type == b->type && a->raw_len == b->raw_len &&
	       memcmp(a->raw, b->raw, a->raw_len) == 0;
}

static bool same_members(const struct cti_json_value *a,
			 const struct cti_json_value *b)
{
	const struct cti_json_value *v;

	if (json_count(a, "") != json_count(b, ""))
		return false;
	for (v = a->first; v; v = v->next)
		if (!same_value(v, cti_json_find(b, v->key)))
			return false;
	return true;
}

static void expect_wanted(const struct cti_json_value *event,
			  const char *wanted)
{
	const struct cti_json_value *sap = json_at(event, "sap");
	const struct cti_json_value *payload = json_at(event, "sap.payload");
	struct cti_json *doc = NULL;
	struct cti_err err;

	ck_assert_msg(payload != NULL, "no payload, but %s", wanted);
	ck_assert_uint_eq(json_count(sap, ""), 1);
	ck_assert_msg(cti_json_parse(&doc, wanted, strlen(wanted), TEXT_MAX,
				     &err) == 0,
		      "%s: %s", wanted, err.text);
	ck_assert_msg(same_members(payload, cti_json_root(doc)), "%.*s, not %s",
		      (int)payload->raw_len, payload->raw, wanted);
	cti_json_destroy(doc);
}

void expect_payload(const struct cti_json_value *event, const char *fmt, ...)
{
	char wanted[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	ck_assert_int_lt(vsnprintf(wanted, sizeof(wanted), fmt, args),
			 TEXT_MAX);
	va_end(args);
	expect_wanted(event, wanted);
}

int64_t expect_post(struct sse *sse, const char *type, const char *fmt, ...)
{
	const struct sse_event *ev = sse_expect(sse, "call", type);
	char wanted[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	ck_assert_int_lt(vsnprintf(wanted, sizeof(wanted), fmt, args),
			 TEXT_MAX);
	va_end(args);
	expect_wanted(ev->json, wanted);
	return ev->id;
}

void expect_silence(struct sse *sse, const char *type)
{
	expect_null(sse_expect(sse, "call", type)->json, "sap");
}

static int tab_says(struct flow *f, int64_t event, const char *tab,
		    const char *what)
{
	char body[128];

	ck_assert_int_lt(snprintf(body, sizeof(body), "{\"tab\":\"%s\"}", tab),
			 (int)sizeof(body));
	return flow_post(
		f,
		flow_path(f, "/api/v1/events/%lld/%s", (long long)event, what),
		body);
}

int flow_claim(struct flow *f, int64_t event, const char *tab)
{
	return tab_says(f, event, tab, "claim");
}

int flow_ack(struct flow *f, int64_t event, const char *tab)
{
	return tab_says(f, event, tab, "ack");
}

void flow_deliver(struct flow *f, int64_t event)
{
	flow_claim(f, event, "only");
	expect_status(f, 200);
	flow_ack(f, event, "only");
	expect_status(f, 204);
}

/* --- events without a stream --- */

static void poll_get(struct flow *f, const char *path)
{
	flow_ask(f, &(struct ask){.path = path,
				  .headers = "Accept: application/json\r\n"});
	expect_status(f, 200);
}

void flow_snapshot(struct flow *f)
{
	poll_get(f, "/api/v1/events?wait=0");
	expect_bool(f->json, "reset", true);
	ck_assert_uint_eq(json_count(f->json, "events"), 0);
}

size_t flow_due(struct flow *f)
{
	flow_snapshot(f);
	return json_count(f->json, "snapshot.due");
}

int64_t flow_due_id(struct flow *f, size_t index)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "snapshot.due.%zu.id",
		       index); /* fits */
	return json_int(f->json, path);
}

int64_t flow_cursor(struct flow *f)
{
	flow_snapshot(f);
	return json_int(f->json, "cursor");
}

void flow_events(struct flow *f, int64_t since)
{
	poll_get(f, flow_path(f, "/api/v1/events?wait=0&since=%lld",
			      (long long)since));
	ck_assert_ptr_null(json_at(f->json, "reset"));
}

/* --- pushed calls --- */

int flow_push(struct flow *f, const char *body)
{
	return flow_post(f, "/api/v1/inbound", body);
}

void flow_push_call(struct flow *f, char id[64], const char *body)
{
	const char *text;

	flow_push(f, body);
	expect_status(f, 202);
	text = json_text(f->json, "id");
	ck_assert_uint_lt(strlen(text), 64);
	memcpy(id, text, strlen(text) + 1);
}
