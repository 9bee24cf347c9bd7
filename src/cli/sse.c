/* SPDX-License-Identifier: Apache-2.0 */
/* cli/sse.c - Server-Sent Events, from bytes to events; no I/O */
#include "cli/sse.h"

#include <stdio.h>
#include <string.h>

void cti_sse_init(struct cti_sse *sse, cti_sse_fn *fn, void *arg)
{
	*sse = (struct cti_sse){.fn = fn, .arg = arg};
	cti_buf_init(&sse->line, CTI_SSE_MAX);
	cti_buf_init(&sse->data, CTI_SSE_MAX);
}

void cti_sse_fini(struct cti_sse *sse)
{
	cti_buf_fini(&sse->line);
	cti_buf_fini(&sse->data);
}

/* An empty line: the event is complete, if there is one. */
static int sse_dispatch(struct cti_sse *sse)
{
	int stop = 0;

	if (sse->data.len) {
		sse->data.data[--sse->data.len] = '\0'; /* the last newline */
		stop = sse->fn(sse->arg, sse->id,
			       *sse->name ? sse->name : "message",
			       cti_buf_text(&sse->data));
	}
	cti_buf_reset(&sse->data);
	sse->name[0] = '\0';
	return stop;
}

static int sse_data(struct cti_sse *sse, const char *value)
{
	int err = cti_buf_str(&sse->data, value);

	return err ? err : cti_buf_str(&sse->data, "\n");
}

static int sse_field(struct cti_sse *sse, const char *name, const char *value)
{
	if (!strcmp(name, "data"))
		return sse_data(sse, value);
	if (!strcmp(name, "event"))
		(void)snprintf(sse->name, sizeof(sse->name), "%s",
			       value); /* longer ones are nobody's */
	else if (!strcmp(name, "id"))
		(void)snprintf(sse->id, sizeof(sse->id), "%s",
			       value); /* likewise */
	return 0;		       /* `retry` and what is unknown */
}

static int sse_line(struct cti_sse *sse)
{
	static char none[] = "";
	char *line = sse->line.len ? sse->line.data : none;
	char *value = strchr(line, ':');

	if (!*line)
		return sse_dispatch(sse);
	if (value == line)
		return 0; /* a comment: the server lives */
	if (value) {
		*value++ = '\0';
		value += *value == ' ';
	}
	return sse_field(sse, line, value ? value : "");
}

static int sse_byte(struct cti_sse *sse, char byte)
{
	bool second = byte == '\n' && sse->cr; /* of one line's end */
	int err;

	sse->cr = byte == '\r';
	if (second)
		return 0;
	if (byte != '\n' && byte != '\r')
		return cti_buf_add(&sse->line, &byte, 1);
	err = sse_line(sse);
	cti_buf_reset(&sse->line);
	return err;
}

int cti_sse_feed(struct cti_sse *sse, const char *bytes, size_t len)
{
	int err = 0;

	for (size_t i = 0; i < len && !err; i++)
		err = sse_byte(sse, bytes[i]);
	return err;
}
