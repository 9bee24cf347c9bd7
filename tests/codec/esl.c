/* SPDX-License-Identifier: Apache-2.0 */
/* codec/esl.c - a recorded event socket against what is to be read */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/freeswitch/esl.h"
#include "drivers/freeswitch/event.h"
#include "transcript.h"

enum {
	TEXT_MAX = 1 << 20,
	CHUNK = 7, /* bytes that arrive at once */
	LINE_MAX_SIZE = 80,
};

static int ending_write(struct cti_buf *out, const struct fs_event *ev)
{
	struct fs_ending how = {0};
	char detail[FS_DETAIL_SIZE];
	enum cti_cause far, device;

	fs_ending_read(&how, ev);
	far = fs_ending_cause(detail, sizeof(detail), &how);
	how.device = true;
	device = fs_ending_cause(detail, sizeof(detail), &how);
	return cti_buf_fmt(out,
			   "  ended %s, at the far end %s, at a phone %s\n",
			   detail, cti_cause_word(far), cti_cause_word(device));
}

static int channel_write(struct cti_buf *out, const struct fs_event *ev)
{
	struct cti_attached attached[FS_ATTACHED_MAX];

	return cti_buf_fmt(out, "  %s %s by=%s from=%s \"%s\"%s to=%s +%zu\n",
			   fs_get(ev, "Unique-ID"),
			   fs_get(ev, "Call-Direction"),
			   fs_get(ev, "Other-Leg-Unique-ID"),
			   fs_get(ev, "Caller-Caller-ID-Number"),
			   fs_get(ev, "Caller-Caller-ID-Name"),
			   fs_withheld(ev) ? " withheld" : "",
			   fs_get(ev, "Caller-Destination-Number"),
			   fs_attached(attached, ev));
}

static int event_write(struct cti_buf *out, const struct esl_msg *msg)
{
	struct fs_event ev;
	int err = fs_event_parse(&ev, msg->body, msg->body_len);

	if (err)
		return cti_buf_fmt(out, "event that is not understood\n");
	err = cti_buf_fmt(out, "event %s\n", fs_get(&ev, "Event-Name"));
	if (!err && *fs_get(&ev, "Unique-ID"))
		err = channel_write(out, &ev);
	if (!err && *fs_get(&ev, "Job-UUID"))
		err = cti_buf_fmt(out, "  %s %s", fs_get(&ev, "Job-UUID"),
				  fs_get(&ev, "_body"));
	if (!err && *fs_get(&ev, "Hangup-Cause"))
		err = ending_write(out, &ev);
	fs_event_fini(&ev);
	return err;
}

static int message_write(struct cti_buf *out, const struct esl_msg *msg)
{
	static const char *const words[] = {
		[ESL_OTHER] = "other",	       [ESL_AUTH_REQUEST] = "auth",
		[ESL_REPLY] = "reply",	       [ESL_ANSWER] = "answer",
		[ESL_EVENT] = "event",	       [ESL_DISCONNECT] = "disconnect",
		[ESL_REJECTION] = "rejection",
	};
	char text[LINE_MAX_SIZE];

	if (msg->type == ESL_EVENT)
		return event_write(out, msg);
	esl_text(text, sizeof(text), msg);
	return cti_buf_fmt(out, "%s %zu %s\n", words[msg->type], msg->body_len,
			   text);
}

static int bytes_read(struct cti_buf *out, const struct cti_buf *wire)
{
	struct esl_parser parser;
	int err = 0;

	esl_parser_init(&parser);
	for (size_t at = 0; at < wire->len && !err; at += CHUNK) {
		size_t left = wire->len - at;
		const struct esl_msg *msg;

		err = esl_parser_feed(&parser, wire->data + at,
				      left < CHUNK ? left : CHUNK);
		while (!err && !(err = esl_parser_next(&parser, &msg)))
			err = message_write(out, msg);
		if (err == -ENODATA)
			err = 0;
	}
	esl_parser_fini(&parser);
	return err;
}

static int compare(const struct cti_buf *got, const char *path)
{
	struct cti_buf expected;
	int err;

	cti_buf_init(&expected, TEXT_MAX);
	err = transcript_file(&expected, path);
	if (err || strcmp(cti_buf_text(&expected), cti_buf_text(got)) != 0) {
		(void)fprintf(stderr, "%s differs; this was read:\n%s", path,
			      cti_buf_text(got));
		err = -EBADMSG;
	}
	cti_buf_fini(&expected);
	return err;
}

int main(int argc, char **argv)
{
	struct cti_buf wire, got;
	char path[1024];
	int err;

	if (argc < 2 || !strrchr(argv[1], '.'))
		return EXIT_FAILURE;
	cti_buf_init(&wire, TEXT_MAX);
	cti_buf_init(&got, TEXT_MAX);
	(void)snprintf(path, sizeof(path), "%.900s", argv[1]);
	if (strrchr(path, '.'))
		memcpy(strrchr(path, '.'), ".expected", sizeof(".expected"));
	err = transcript_file(&wire, argv[1]);
	if (!err)
		err = bytes_read(&got, &wire);
	if (!err)
		err = compare(&got, path);
	cti_buf_fini(&wire);
	cti_buf_fini(&got);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
