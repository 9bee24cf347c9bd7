/* SPDX-License-Identifier: Apache-2.0 */
/* codec/ctrltcp.c - a transcript of ctrl_tcp against what is to be read */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/baresip/answers.h"
#include "drivers/baresip/ctrl.h"
#include "drivers/baresip/netstring.h"

enum {
	TEXT_MAX = 1 << 20,
	CHUNK = 7, /* bytes that arrive at once */
};

static int file_read(struct cti_buf *out, const char *path)
{
	char block[4096];
	FILE *fp = fopen(path, "r");
	size_t got;
	int err = 0;

	if (!fp)
		return -errno;
	while (!err && (got = fread(block, 1, sizeof(block), fp)) > 0)
		err = cti_buf_add(out, block, got);
	(void)fclose(fp); /* only read */
	return err;
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static int event_write(struct cti_buf *out, const struct cti_ctrl_msg *msg)
{
	return cti_buf_fmt(out, "event %d %s %s id=%s peer=%s name=%s %s\n",
			   (int)msg->type, msg->type_text,
			   msg->inbound ? "in" : "out", or_dash(msg->id),
			   or_dash(msg->peer), or_dash(msg->name),
			   or_dash(msg->param));
}

/** What the answer would mean to each of its readers. */
static int response_write(struct cti_buf *out, const struct cti_ctrl_msg *msg)
{
	static struct cti_answer_lines lines;
	struct cti_answer_accounts accounts;
	struct cti_answer_version version;
	struct cti_answer_stat stat;
	int err = cti_buf_fmt(out, "response %s ok=%d\n", or_dash(msg->token),
			      msg->ok);

	if (!err && cti_answer_about(&version, msg->data) == 0)
		err = cti_buf_fmt(out, "  version %u.%u.%u\n", version.major,
				  version.minor, version.patch);
	if (!err && cti_answer_callstat(&stat, msg->data) == 0)
		err = cti_buf_fmt(out, "  stat %s %s %s\n", stat.id,
				  stat.inbound ? "in" : "out", stat.peer);
	if (!err && strstr(msg->data, "User Agents")) {
		cti_answer_reginfo(&accounts, msg->data);
		for (size_t i = 0; i < accounts.n && !err; i++)
			err = cti_buf_fmt(out, "  account %s%s\n",
					  accounts.aor[i],
					  i == accounts.current ? " *" : "");
	}
	cti_answer_listcalls(&lines, msg->data);
	for (size_t i = 0; i < lines.n && !err; i++)
		err = cti_buf_fmt(out, "  line %u id=%s %s %s\n",
				  lines.line[i].line, lines.line[i].id,
				  cti_state_word(lines.line[i].state),
				  lines.line[i].peer);
	return err;
}

static int frame_write(struct cti_buf *out, const struct cti_netstring *frame)
{
	struct cti_ctrl_msg msg;
	int err = cti_ctrl_decode(&msg, frame->text, frame->len);

	if (err)
		return cti_buf_fmt(out, "not understood\n");
	err = msg.response ? response_write(out, &msg) : event_write(out, &msg);
	cti_ctrl_fini(&msg);
	return err;
}

/** Bytes as they may arrive: a few at a time. */
static int bytes_read(struct cti_buf *out, const struct cti_buf *wire)
{
	struct cti_buf got;
	int err = 0;

	cti_buf_init(&got, CTI_NETSTRING_ROOM);
	for (size_t at = 0; at < wire->len && !err; at += CHUNK) {
		size_t left = wire->len - at;
		struct cti_netstring frame;
		int rc = 0;

		err = cti_buf_add(&got, wire->data + at,
				  left < CHUNK ? left : CHUNK);
		while (!err && rc == 0) {
			rc = cti_netstring_decode(&frame, cti_buf_text(&got),
						  got.len);
			if (rc && rc != -ENODATA)
				err = rc;
			if (rc)
				break;
			err = frame_write(out, &frame);
			cti_buf_drop(&got, frame.used);
		}
	}
	if (!err && got.len > 0)
		err = -ENODATA;
	cti_buf_fini(&got);
	return err;
}

/** The frames received: behind "<< " or "RAW ". */
static int wire_make(struct cti_buf *wire, const char *text)
{
	int err = 0;

	while (*text && !err) {
		size_t len = strcspn(text, "\n");
		const char *json = strstr(text, "<< {");

		if (!json || json > text + len)
			json = strstr(text, "RAW {");
		if (json && json < text + len) {
			json = strchr(json, '{');
			err = cti_netstring_encode(wire, json,
						   len - (size_t)(json - text));
		}
		text += len + (text[len] == '\n');
	}
	return err;
}

static int compare(const struct cti_buf *got, const char *path)
{
	struct cti_buf expected;
	int err;

	cti_buf_init(&expected, TEXT_MAX);
	err = file_read(&expected, path);
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
	struct cti_buf text, wire, got;
	char path[1024];
	int err;

	if (argc < 2 || !strrchr(argv[1], '.'))
		return EXIT_FAILURE;
	cti_buf_init(&text, TEXT_MAX);
	cti_buf_init(&wire, TEXT_MAX);
	cti_buf_init(&got, TEXT_MAX);
	(void)snprintf(path, sizeof(path), "%.900s", argv[1]);
	if (strrchr(path, '.'))
		memcpy(strrchr(path, '.'), ".expected", sizeof(".expected"));
	err = file_read(&text, argv[1]);
	if (!err)
		err = wire_make(&wire, cti_buf_text(&text));
	if (!err)
		err = bytes_read(&got, &wire);
	if (!err)
		err = compare(&got, path);
	cti_buf_fini(&text);
	cti_buf_fini(&wire);
	cti_buf_fini(&got);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
