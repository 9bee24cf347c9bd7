/* SPDX-License-Identifier: Apache-2.0 */
/* flow/sse.c - a reader of Server-Sent Events */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cti/loop.h"

enum { TEXT_MAX = 32 * 1024 * 1024 };

struct sse {
	struct wire *wire;
	bool headed; /* the head was read */
	bool over;   /* the last chunk, too */
	struct cti_buf text;
	unsigned comments;
	struct cti_json *doc;
	struct sse_event event;
};

struct sse *sse_open(struct flow *f, const char *path, const char *headers)
{
	struct sse *sse = calloc(1, sizeof(*sse));

	ck_assert_ptr_nonnull(sse);
	cti_buf_init(&sse->text, TEXT_MAX);
	sse->wire =
		wire_ask(f, &(struct ask){.path = path, .headers = headers});
	return sse;
}

void sse_close(struct sse *sse)
{
	struct flow *f = sse->wire->flow;

	wire_drop(sse->wire);
	cti_json_destroy(sse->doc);
	cti_buf_fini(&sse->text);
	free(sse);
	cti_loop_turn(f->loop, 1); /* the server notices */
}

unsigned sse_comments(const struct sse *sse)
{
	return sse->comments;
}

/* From the wire into text; false: nothing came. */
static bool sse_pull(struct sse *sse)
{
	struct cti_buf *in = &sse->wire->in;
	bool came = !sse->wire->closed && wire_read(sse->wire);

	if (!sse->headed) {
		size_t head = wire_head(sse->wire);

		if (!head)
			return came;
		ck_assert_msg(strncmp(in->data, "HTTP/1.1 200", 12) == 0, "%s",
			      in->data);
		ck_assert_ptr_nonnull(strstr(in->data, "text/event-stream"));
		cti_buf_drop(in, head);
		sse->headed = true;
	}
	if (in->len && !sse->over)
		cti_buf_drop(in, chunks_read(&sse->text, &sse->over, in->data,
					     in->len));
	return came;
}

static void event_line(struct sse *sse, const char *line, size_t len)
{
	struct sse_event *ev = &sse->event;
	struct cti_err err;

	if (len > 6 && strncmp(line, "data: ", 6) == 0) {
		ck_assert_ptr_null(sse->doc);
		ck_assert_msg(cti_json_parse(&sse->doc, line + 6, len - 6,
					     TEXT_MAX, &err) == 0,
			      "%.*s", (int)len, line);
		ev->json = cti_json_root(sse->doc);
	} else if (strncmp(line, "id: ", 4) == 0) {
		ev->id = strtoll(line + 4, NULL, 10);
	} else if (strncmp(line, "event: ", 7) == 0) {
		ck_assert_uint_lt(len - 7, sizeof(ev->name));
		memcpy(ev->name, line + 7, len - 7);
	} else if (len && line[0] == ':') {
		sse->comments++;
	} else {
		ck_assert_msg(!len || strncmp(line, "retry: ", 7) == 0, "%.*s",
			      (int)len, line);
	}
}

/* The next whole record; false: there is none. */
static bool sse_record(struct sse *sse)
{
	const char *text = cti_buf_text(&sse->text);
	const char *end = strstr(text, "\n\n");
	const char *line = text;

	if (!end)
		return false;
	cti_json_destroy(sse->doc);
	sse->doc = NULL;
	sse->event = (struct sse_event){.id = 0};
	while (line <= end) {
		size_t len = strcspn(line, "\n");

		event_line(sse, line, len);
		line += len + 1;
	}
	cti_buf_drop(&sse->text, (size_t)(end - text) + 2);
	return true;
}

/* Skips what carries no event: comments, `retry`. */
static bool sse_ready(struct sse *sse)
{
	while (sse_record(sse))
		if (sse->event.name[0] || sse->event.json)
			return true;
	return false;
}

const struct sse_event *sse_next(struct sse *sse)
{
	int64_t since = 0;

	for (;;) {
		if (sse_ready(sse))
			return &sse->event;
		if (sse->over || sse->wire->closed)
			return NULL;
		flow_guard(&since);
		if (!sse_pull(sse))
			cti_loop_turn(sse->wire->flow->loop, 2);
	}
}

static bool event_is(const struct sse_event *ev, const char *name,
		     const char *type)
{
	const struct cti_json_value *is = json_at(ev->json, "type");

	return strcmp(ev->name, name) == 0 &&
	       (!type || (is && is->text && strcmp(is->text, type) == 0));
}

const struct sse_event *sse_expect(struct sse *sse, const char *name,
				   const char *type)
{
	const struct sse_event *ev = sse_next(sse);

	ck_assert_msg(ev != NULL, "the stream ended before %s", name);
	ck_assert_msg(event_is(ev, name, type), "%s, not %s %s: %.*s", ev->name,
		      name, type ? type : "",
		      ev->json ? (int)ev->json->raw_len : 0,
		      ev->json ? ev->json->raw : "");
	return ev;
}

const struct sse_event *sse_find(struct sse *sse, const char *name,
				 const char *type)
{
	const struct sse_event *ev;

	do {
		ev = sse_next(sse);
		ck_assert_msg(ev != NULL, "the stream ended before %s %s", name,
			      type ? type : "");
	} while (!event_is(ev, name, type));
	return ev;
}

bool sse_quiet(struct sse *sse)
{
	flow_quiet(sse->wire->flow);
	while (!sse->wire->closed && sse_pull(sse))
		;
	return !sse_ready(sse);
}
