/* SPDX-License-Identifier: Apache-2.0 */
/* codec/ami.c - a transcript of the manager interface, and what is read of it
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/asterisk/ami.h"
#include "transcript.h"

enum { TEXT_MAX = 1 << 20 };

/* Bytes that arrive at once; 0: as many as fit. */
static const size_t chunks[] = {1, 7, 1460, 0};

/* Besides its kind and the number of its lines. */
static const char *const shown[] = {
	"ActionID",
	"Uniqueid",
	"DestUniqueid",
	"DialStatus",
	"Cause",
	"TechCause",
	"Reason",
	"Message",
	"Challenge",
	"DestExten",
	"TransfereeUniqueid",
};

static int message_write(struct cti_buf *out, const struct ami_msg *msg)
{
	char name[64];
	int err = cti_buf_fmt(out, "%s %s %zu", msg->field[0].key,
			      msg->field[0].value, msg->nfields);

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]) && !err; i++) {
		const char *value = ami_get(msg, shown[i]);

		if (*value)
			err = cti_buf_fmt(out, " %s=%s", shown[i], value);
	}
	ami_text(name, sizeof(name), ami_get(msg, "CallerIDName"));
	if (!err && name[0])
		err = cti_buf_fmt(out, " (%s)", name);
	return err ? err : cti_buf_str(out, "\n");
}

static int messages_write(struct cti_buf *out, struct ami_parser *parser)
{
	struct ami_msg msg;
	int err = 0;

	while (!err) {
		err = ami_parser_next(parser, &msg);
		if (!err)
			err = message_write(out, &msg);
	}
	return err == -ENODATA ? 0 : err;
}

static int wire_read(struct cti_buf *out, const struct cti_buf *wire,
		     size_t chunk)
{
	size_t most = chunk ? chunk : AMI_MESSAGE_MAX;
	struct ami_parser parser;
	int err = ami_parser_init(&parser);

	if (err)
		return err;
	for (size_t at = 0; at < wire->len && !err; at += most) {
		size_t left = wire->len - at;

		err = ami_parser_feed(&parser, wire->data + at,
				      left < most ? left : most);
		if (!err)
			err = messages_write(out, &parser);
	}
	if (!err && parser.nfields > 0)
		err = -ENODATA;
	ami_parser_fini(&parser);
	return err;
}

/** However the bytes come, that is read of them. */
static int wire_compare(const struct cti_buf *wire,
			const struct cti_buf *expected, size_t chunk)
{
	struct cti_buf got;
	int err;

	cti_buf_init(&got, TEXT_MAX);
	err = wire_read(&got, wire, chunk);
	if (!err && strcmp(cti_buf_text(&got), cti_buf_text(expected)) != 0) {
		(void)fprintf(stderr, "another text was read:\n%s",
			      cti_buf_text(&got));
		err = -EBADMSG;
	}
	cti_buf_fini(&got);
	return err;
}

/* NAME.txt has its NAME.expected beside it. */
static int expected_read(struct cti_buf *out, const char *path)
{
	struct cti_buf name;
	int err;

	cti_buf_init(&name, TEXT_MAX);
	err = cti_buf_add(&name, path, (size_t)(strrchr(path, '.') - path));
	if (!err)
		err = cti_buf_str(&name, ".expected");
	if (!err)
		err = transcript_file(out, cti_buf_text(&name));
	cti_buf_fini(&name);
	return err;
}

int main(int argc, char **argv)
{
	struct cti_buf wire, expected;
	int err;

	if (argc < 2 || !strrchr(argv[1], '.'))
		return EXIT_FAILURE;
	cti_buf_init(&wire, TEXT_MAX);
	cti_buf_init(&expected, TEXT_MAX);
	err = transcript_received(&wire, argv[1]);
	if (!err)
		err = expected_read(&expected, argv[1]);
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]) && !err; i++)
		err = wire_compare(&wire, &expected, chunks[i]);
	if (err)
		(void)fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
	cti_buf_fini(&wire);
	cti_buf_fini(&expected);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
