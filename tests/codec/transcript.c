/* SPDX-License-Identifier: Apache-2.0 */
/* codec/transcript.c - a recorded session of a manager interface, as bytes */
#include "transcript.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TRANSCRIPT_MAX = 1 << 20 };

int transcript_file(struct cti_buf *out, const char *path)
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

/* Where the session is, while its lines are gone through. */
struct place {
	bool burst; /* the last line was of the session, too */
	bool open;  /* the message has lines and no end yet */
};

static bool begins_message(const char *line)
{
	return strncmp(line, "Event: ", 7) == 0 ||
	       strncmp(line, "Response: ", 10) == 0;
}

static int line_add(struct cti_buf *out, struct place *place, const char *line,
		    size_t len)
{
	int err = 0;

	if (!place->burst && place->open && begins_message(line))
		err = cti_buf_str(out, "\r\n");
	if (!err)
		err = cti_buf_add(out, line, len);
	if (!err)
		err = cti_buf_str(out, "\r\n");
	place->burst = true;
	place->open = len > 0 && strncmp(line, "Asterisk Call", 13) != 0;
	return err;
}

int transcript_received(struct cti_buf *out, const char *path)
{
	struct cti_buf file;
	struct place place = {0};
	const char *text;
	int err;

	cti_buf_init(&file, TRANSCRIPT_MAX);
	err = transcript_file(&file, path);
	for (text = cti_buf_text(&file); *text && !err;) {
		size_t len = strcspn(text, "\n");

		if (len >= 3 && strncmp(text, "<< ", 3) == 0)
			err = line_add(out, &place, text + 3, len - 3);
		else
			place.burst = false;
		text += len + (text[len] == '\n');
	}
	if (!err && place.open)
		err = cti_buf_str(out, "\r\n");
	cti_buf_fini(&file);
	return err;
}
