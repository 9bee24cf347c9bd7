/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/esl.c - the event socket's text: reading messages */
#include "drivers/freeswitch/esl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH_DIGITS = 9 };

/* --- a header block, line by line --- */

struct line {
	const char *key, *value;
	size_t key_len, value_len;
};

static bool key_is(const struct line *line, const char *key)
{
	return line->key_len == strlen(key) &&
	       memcmp(line->key, key, line->key_len) == 0;
}

static bool value_is(const struct line *line, const char *value)
{
	return line->value_len == strlen(value) &&
	       memcmp(line->value, value, line->value_len) == 0;
}

static int take_type(struct esl_parser *p, const struct line *line)
{
	static const struct {
		const char *text;
		enum esl_type type;
	} types[] = {
		{"auth/request", ESL_AUTH_REQUEST},
		{"command/reply", ESL_REPLY},
		{"api/response", ESL_ANSWER},
		{"text/event-json", ESL_EVENT},
		{"text/disconnect-notice", ESL_DISCONNECT},
		{"text/rude-rejection", ESL_REJECTION},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (value_is(line, types[i].text))
			p->msg.type = types[i].type;
	}
	return 0;
}

static int take_length(struct esl_parser *p, const struct line *line)
{
	size_t length = 0;

	if (p->sized || line->value_len == 0 || line->value_len > LENGTH_DIGITS)
		return -EBADMSG;
	for (size_t i = 0; i < line->value_len; i++) {
		if (line->value[i] < '0' || line->value[i] > '9')
			return -EBADMSG;
		length = length * 10 + (size_t)(line->value[i] - '0');
	}
	p->sized = true;
	p->length = length;
	return 0;
}

static int take_reply(struct esl_parser *p, const struct line *line)
{
	size_t len = line->value_len;

	if (len >= sizeof(p->msg.reply))
		len = sizeof(p->msg.reply) - 1;
	memcpy(p->msg.reply, line->value, len);
	p->msg.reply[len] = '\0';
	return 0;
}

static const struct {
	const char *key;
	int (*take)(struct esl_parser *p, const struct line *line);
} keys[] = {
	{"Content-Type", take_type},
	{"Content-Length", take_length},
	{"Reply-Text", take_reply},
};

static int head_line(struct esl_parser *p, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	struct line line = {.key = text};

	if (!colon || colon == text || memchr(text, '\0', len))
		return -EBADMSG;
	line.key_len = (size_t)(colon - text);
	line.value = colon + 1;
	line.value_len = len - line.key_len - 1;
	if (line.value_len && line.value[0] == ' ') {
		line.value++;
		line.value_len--;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (key_is(&line, keys[i].key))
			return keys[i].take(p, &line);
	}
	return 0;
}

static int length_check(const struct esl_parser *p)
{
	size_t most = p->msg.type == ESL_ANSWER ? (size_t)ESL_ANSWER_MAX
						: (size_t)ESL_BODY_MAX;

	return p->length <= most ? 0 : -EBADMSG;
}

/* Up to the empty line; one before a message is passed over. */
static int head_read(struct esl_parser *p)
{
	while (p->scanned < p->buf.len) {
		const char *text = p->buf.data + p->line;
		const char *from = p->buf.data + p->scanned;
		const char *end = memchr(from, '\n', p->buf.len - p->scanned);
		size_t len =
			(size_t)((end ? end : p->buf.data + p->buf.len) - text);
		bool first = p->line == p->begun;
		int err = 0;

		p->scanned = p->line + len + (end ? 1 : 0);
		if (p->scanned - p->begun > ESL_HEAD_MAX)
			return -EBADMSG;
		if (!end)
			break;
		p->line = p->scanned;
		if (len)
			err = head_line(p, text, len);
		else if (first)
			p->begun = p->line;
		else
			p->body = true;
		if (err || p->body)
			return err ? err : length_check(p);
	}
	return -ENODATA;
}

/* --- the parser --- */

static void message_forget(struct esl_parser *p)
{
	p->body = false;
	p->sized = false;
	p->length = 0;
	p->msg = (struct esl_msg){.type = ESL_OTHER};
}

void esl_parser_init(struct esl_parser *p)
{
	*p = (struct esl_parser){0};
	cti_buf_init(&p->buf, 2 * (size_t)ESL_ANSWER_MAX);
}

void esl_parser_fini(struct esl_parser *p)
{
	cti_buf_fini(&p->buf);
}

void esl_parser_reset(struct esl_parser *p)
{
	esl_parser_fini(p); /* a long list's memory goes, too */
	esl_parser_init(p);
}

int esl_parser_feed(struct esl_parser *p, const char *data, size_t len)
{
	cti_buf_drop(&p->buf, p->begun);
	p->line -= p->begun;
	p->scanned -= p->begun;
	p->begun = 0;
	return cti_buf_add(&p->buf, data, len);
}

int esl_parser_next(struct esl_parser *p, const struct esl_msg **outp)
{
	if (p->msg.body) {
		p->begun = p->scanned = p->line += p->length;
		message_forget(p);
	}
	if (!p->body) {
		int err = head_read(p);

		if (err)
			return err;
	}
	if (p->buf.len - p->line < p->length)
		return -ENODATA;
	p->msg.body = p->buf.data + p->line;
	p->msg.body_len = p->length;
	*outp = &p->msg;
	return 0;
}

static const char *said(const struct esl_msg *msg, size_t *lenp)
{
	*lenp = msg->type == ESL_REPLY ? strlen(msg->reply) : msg->body_len;
	return msg->type == ESL_REPLY ? msg->reply : msg->body;
}

bool esl_begins(const struct esl_msg *msg, const char *text)
{
	size_t len = 0;
	const char *have = said(msg, &len);

	return len >= strlen(text) && memcmp(have, text, strlen(text)) == 0;
}

void esl_text(char *out, size_t size, const struct esl_msg *msg)
{
	size_t len = 0;
	const char *have = said(msg, &len);
	size_t n = 0;

	while (n < len && n < size - 1 && have[n] != '\n' && have[n] != '\0')
		n++;
	memcpy(out, have, n);
	out[n] = '\0';
}
