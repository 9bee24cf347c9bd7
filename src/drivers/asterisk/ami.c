/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/ami.c - the manager interface's text: bytes in and out, no I/O */
#include "drivers/asterisk/ami.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum {
	ID_MAX = 64,
	EXTEN_MAX = 32,
	CHANNEL_MAX = 149, /* what the switch takes as an id */
	TEXT_MAX = 1024,   /* of an escaped text; names are far shorter */
};

/* --- in --- */

int ami_parser_init(struct ami_parser *p)
{
	int err;

	*p = (struct ami_parser){0};
	/* All of it at once: it never moves, and untouched pages cost nothing.
	 */
	cti_buf_init(&p->buf, AMI_UNREAD_MAX);
	err = cti_buf_reserve(&p->buf, AMI_UNREAD_MAX);
	if (err)
		return err;
	p->field = calloc(AMI_FIELDS_MAX, sizeof(*p->field));
	if (!p->field) {
		cti_buf_fini(&p->buf);
		return -ENOMEM;
	}
	return 0;
}

void ami_parser_fini(struct ami_parser *p)
{
	free(p->field);
	p->field = NULL;
	cti_buf_fini(&p->buf);
}

void ami_parser_reset(struct ami_parser *p)
{
	cti_buf_reset(&p->buf);
	p->begun = p->line = p->scanned = 0;
	p->nfields = 0;
	p->banner = p->broken = false;
}

/* Forgets the messages that were read; the one under way moves to the front
 * and what points into it with it. */
static void parser_compact(struct ami_parser *p)
{
	size_t gone = p->begun;

	if (!gone)
		return;
	for (size_t i = 0; i < p->nfields; i++) {
		p->field[i].key -= gone;
		p->field[i].value -= gone;
	}
	cti_buf_drop(&p->buf, gone);
	p->begun = 0;
	p->line -= gone;
	p->scanned -= gone;
}

int ami_parser_feed(struct ami_parser *p, const char *data, size_t len)
{
	const char *nul = len ? memchr(data, '\0', len) : NULL;
	int err;

	if (p->broken)
		return 0; /* _next says so */
	parser_compact(p);
	err = cti_buf_add(&p->buf, data, nul ? (size_t)(nul - data) : len);
	if (!err)
		p->broken = nul != NULL;
	return err;
}

static int parser_break(struct ami_parser *p)
{
	p->broken = true;
	p->begun = p->line = p->scanned = p->buf.len;
	p->nfields = 0;
	return -EBADMSG;
}

/* A line of len bytes, NUL behind it. */
static void field_cut(struct ami_field *field, char *line, size_t len,
		      bool whole)
{
	char *colon = whole ? NULL : memchr(line, ':', len);
	char *end = line + len;

	if (!colon || colon == line) {
		*field = (struct ami_field){
			.key = end,
			.value = line,
			.value_len = (unsigned short)len,
		};
		return;
	}
	*colon = '\0';
	field->key = line;
	field->key_len = (unsigned short)(colon - line);
	field->value = colon + (colon[1] == ' ' ? 2 : 1);
	field->value_len = (unsigned short)(end - field->value);
}

/* Takes the line that ends at the newline end; true: it was the last one of a
 * message. */
static int line_take(struct ami_parser *p, char *end, bool *wholep)
{
	char *line = p->buf.data + p->line;
	size_t len = (size_t)(end - line);

	p->line += len + 1;
	p->scanned = p->line;
	if (len && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	if (len > AMI_LINE_MAX || p->line - p->begun > AMI_MESSAGE_MAX)
		return -EBADMSG;
	*wholep = len == 0 && p->nfields > 0;
	if (len == 0) {
		if (!p->nfields)
			p->begun = p->line;
		return 0;
	}
	if (p->nfields == AMI_FIELDS_MAX)
		return -EBADMSG;
	field_cut(&p->field[p->nfields++], line, len, !p->banner);
	*wholep = !p->banner;
	p->banner = true;
	return 0;
}

static bool parser_is_full(const struct ami_parser *p)
{
	return p->buf.len - p->line > AMI_LINE_MAX + 1 ||
	       p->buf.len - p->begun > AMI_MESSAGE_MAX;
}

int ami_parser_next(struct ami_parser *p, struct ami_msg *out)
{
	bool whole = false;
	char *end;

	while ((end = memchr(p->buf.data + p->scanned, '\n',
			     p->buf.len - p->scanned))) {
		if (line_take(p, end, &whole))
			return parser_break(p);
		if (!whole)
			continue;
		out->field = p->field;
		out->nfields = p->nfields;
		p->nfields = 0;
		p->begun = p->line;
		return 0;
	}
	p->scanned = p->buf.len;
	if (p->broken || parser_is_full(p))
		return parser_break(p);
	return -ENODATA;
}

/* --- a message --- */

const char *ami_get(const struct ami_msg *msg, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < msg->nfields; i++) {
		const struct ami_field *field = &msg->field[i];

		if (field->key_len == len && memcmp(field->key, key, len) == 0)
			return field->value;
	}
	return "";
}

bool ami_is(const struct ami_msg *msg, const char *key, const char *value)
{
	return strcmp(ami_get(msg, key), value) == 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)((found - digits) % 16) : -1;
}

/* The text after a backslash: its character, or a NUL (which is dropped
 * later, as all control characters are). Returns the bytes it took, 0 where it
 * is no escape. */
static size_t escape_decode(char *out, const char *text)
{
	int high, low;

	if (text[0] && strchr("\\\"'?", text[0])) {
		*out = text[0];
		return 1;
	}
	if (text[0] && strchr("abfnrtv", text[0])) {
		*out = '\0';
		return 1;
	}
	high = text[0] == 'x' ? hex_digit(text[1]) : -1;
	if (high < 0)
		return 0;
	low = hex_digit(text[2]);
	*out = (char)(low < 0 ? high : high * 16 + low);
	return low < 0 ? 2 : 3;
}

static size_t text_unescape(char out[TEXT_MAX], const char *value)
{
	size_t n = 0;

	while (*value && n < TEXT_MAX) {
		char c = *value++;

		if (c == '\\')
			value += escape_decode(&c, value);
		out[n++] = c;
	}
	/* A cut inside a character must not turn the text into Latin-1. */
	while (*value && n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
		n--;
	if (*value && n > 0)
		n--;
	return n;
}

void ami_text(char *out, size_t size, const char *value)
{
	char plain[TEXT_MAX];

	if (strcmp(value, "<unknown>") == 0)
		value = "";
	if (!strchr(value, '\\'))
		cti_utf8_clean(out, size, value, strlen(value));
	else
		cti_utf8_clean(out, size, plain, text_unescape(plain, value));
}

/* --- out --- */

/* All of text is one of chars, and it has 1 to max bytes. */
static bool text_has_only(const char *text, const char *chars, size_t max)
{
	size_t len = strspn(text, chars);

	return len > 0 && len <= max && text[len] == '\0';
}

static bool value_is_clean(const char *value)
{
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return true;
}

int ami_action(struct cti_buf *out, const char *name, const char *id)
{
	if (!text_has_only(name, ALNUM "-", ID_MAX) ||
	    !text_has_only(id, ALNUM "._-", ID_MAX))
		return -EINVAL;
	return cti_buf_fmt(out, "Action: %s\r\nActionID: %s\r\n", name, id);
}

int ami_line(struct cti_buf *out, const char *key, const char *value)
{
	size_t around = strlen(key) + strlen(": \r\n");

	if (!text_has_only(key, ALNUM "-", ID_MAX) || !value_is_clean(value) ||
	    strlen(value) > AMI_SENT_LINE_MAX - around)
		return -EINVAL;
	return cti_buf_fmt(out, "%s: %s\r\n", key, value);
}

int ami_end(struct cti_buf *out)
{
	return cti_buf_str(out, "\r\n");
}

bool ami_is_exten(const char *text)
{
	return text_has_only(text, "+*#0123456789", EXTEN_MAX);
}

bool ami_is_channel(const char *text)
{
	size_t tech = strspn(text, ALNUM);

	if (strlen(text) > CHANNEL_MAX)
		return false;
	if (tech > 0 && text[tech] == '/')
		text += tech + 1;
	return text_has_only(text, ALNUM "._@:;+-", CHANNEL_MAX);
}
