/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_esl.c - all that comes from FreeSWITCH's event socket, and what
 * goes there */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/freeswitch/esl.h"
#include "drivers/freeswitch/event.h"
#include "fuzz.h"

enum {
	CHUNK = 61,
	TEXT_SIZE = 256,
};

static void event_check(const struct esl_msg *msg)
{
	struct cti_attached attached[FS_ATTACHED_MAX];
	struct fs_ending how = {0};
	char detail[FS_DETAIL_SIZE];
	struct fs_event ev;

	if (fs_event_parse(&ev, msg->body, msg->body_len))
		return;
	fuzz_must(fs_attached(attached, &ev) <= FS_ATTACHED_MAX);
	fs_ending_read(&how, &ev);
	fuzz_must(fs_ending_cause(detail, sizeof(detail), &how) <
		  CTI_CAUSE_MAX);
	fs_event_fini(&ev);
}

static void message_check(const struct esl_msg *msg)
{
	char text[TEXT_SIZE];

	esl_text(text, sizeof(text), msg);
	fuzz_must(!strchr(text, '\n') && strlen(text) < sizeof(text));
	if (msg->type == ESL_EVENT)
		event_check(msg);
}

static void wire_check(const uint8_t *data, size_t size)
{
	struct esl_parser parser;
	const struct esl_msg *msg;
	int err = 0;

	esl_parser_init(&parser);
	for (size_t at = 0; at < size && !err; at += CHUNK) {
		size_t len = size - at < CHUNK ? size - at : CHUNK;

		err = esl_parser_feed(&parser, (const char *)data + at, len);
		while (!err && !(err = esl_parser_next(&parser, &msg)))
			message_check(msg);
		fuzz_must(err == -ENODATA || err == -EBADMSG);
		fuzz_must(parser.begun <= parser.line);
		err = err == -ENODATA ? 0 : err;
	}
	esl_parser_fini(&parser);
}

/* One line for each we meant, whatever the values are. */
static void command_check(const struct cti_buf *out, int err, size_t lines)
{
	size_t found = 0;

	if (err) {
		fuzz_must(err == -EINVAL && out->len == 0);
		return;
	}
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->data[i];

		found += c == '\n';
		fuzz_must(c == '\n' || (c >= ' ' && c <= '~'));
	}
	fuzz_must(found == lines);
	fuzz_must(strcmp(out->data + out->len - 2, "\n\n") == 0);
}

static void commands_check(const char *text)
{
	struct esl_originate dial = {text, text, text, text, 5, &text, 1};
	struct esl_originate number = {"1",	   "user/1", text, "default",
				       4294967295, NULL,     0};
	struct esl_originate device = {"1", text, "1", "default", 5, &text, 1};
	struct esl_api api = {"uuid_transfer", "1", text};
	struct cti_buf out;

	cti_buf_init(&out, 2 * (size_t)ESL_SENT_MAX);
	command_check(&out, esl_originate(&out, &dial), 3);
	cti_buf_reset(&out);
	command_check(&out, esl_originate(&out, &number), 3);
	cti_buf_reset(&out);
	command_check(&out, esl_originate(&out, &device), 3);
	cti_buf_reset(&out);
	command_check(&out, esl_api(&out, &api), 2);
	cti_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	wire_check(data, size);
	commands_check(text);
	free(text);
	return 0;
}
