/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_ami.c - all that comes from a manager interface, and goes to it */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/json.h"
#include "drivers/asterisk/ami.h"
#include "fuzz.h"

enum { TEXT_SIZE = 64 };

#define BANNER "Asterisk Call Manager\r\n"

/* One reads the input, one what was sent; made once, as they are large. */
static struct ami_parser reader, checker;

/* --- texts --- */

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

static void text_check(const char *value)
{
	char text[TEXT_SIZE];

	ami_text(text, sizeof(text), value);
	fuzz_must(strlen(text) < sizeof(text));
	fuzz_must(cti_utf8_valid(text, strlen(text), NULL));
	for (const char *at = text; *at; at++)
		fuzz_must(!is_control((unsigned char)*at));
	if (ami_is_exten(value))
		fuzz_must(strspn(value, "+*#0123456789") == strlen(value));
	if (ami_is_channel(value))
		fuzz_must(value[0] != '/' && !strpbrk(value, "\r\n ,&|$(){}"));
}

/* --- out, and in again --- */

struct sent {
	struct cti_buf text;
	const struct ami_field *field[AMI_FIELDS_MAX];
	size_t n;
};

/* A line is written whole, in one line, or not at all. */
static void line_send(struct sent *sent, const struct ami_field *field)
{
	size_t before = sent->text.len;
	int err = ami_line(&sent->text, field->key, field->value);

	fuzz_must(!err || err == -EINVAL || err == -ENOBUFS);
	if (err) {
		fuzz_must(sent->text.len == before);
		return;
	}
	fuzz_must(sent->text.len - before <= AMI_SENT_LINE_MAX);
	for (size_t i = before; i < sent->text.len - 2; i++)
		fuzz_must(!is_control((unsigned char)sent->text.data[i]));
	fuzz_must(strcmp(sent->text.data + sent->text.len - 2, "\r\n") == 0);
	sent->field[sent->n++] = field;
}

static void sent_check(const struct sent *sent)
{
	struct ami_parser *p = &checker;
	struct ami_msg msg;

	ami_parser_reset(p);
	fuzz_must(ami_parser_feed(p, BANNER, strlen(BANNER)) == 0);
	fuzz_must(ami_parser_feed(p, sent->text.data, sent->text.len) == 0);
	fuzz_must(ami_parser_next(p, &msg) == 0);
	fuzz_must(ami_parser_next(p, &msg) == 0);
	fuzz_must(msg.nfields == sent->n + 2);
	fuzz_must(strcmp(ami_get(&msg, "Action"), "Ping") == 0);
	for (size_t i = 0; i < sent->n; i++) {
		fuzz_must(!strcmp(msg.field[i + 2].key, sent->field[i]->key));
		fuzz_must(
			!strcmp(msg.field[i + 2].value, sent->field[i]->value));
	}
	fuzz_must(ami_parser_next(p, &msg) == -ENODATA);
}

/* What was read, said again by us. */
static void message_send(const struct ami_msg *msg)
{
	struct sent sent = {.n = 0};

	/* room for the end is kept back by the ceiling of a message */
	cti_buf_init(&sent.text, AMI_SENT_MAX);
	fuzz_must(ami_action(&sent.text, "Ping", "id-1.A_") == 0);
	for (size_t i = 0; i < msg->nfields; i++)
		if (sent.text.len < AMI_SENT_MAX - 2 * AMI_SENT_LINE_MAX &&
		    sent.n < AMI_FIELDS_MAX - 2)
			line_send(&sent, &msg->field[i]);
	fuzz_must(ami_end(&sent.text) == 0);
	sent_check(&sent);
	cti_buf_fini(&sent.text);
}

/* --- in --- */

static uint64_t mix(uint64_t sum, const char *text, size_t len)
{
	for (size_t i = 0; i <= len; i++)
		sum = (sum ^ (unsigned char)text[i]) * 0x100000001b3;
	return sum;
}

static uint64_t message_sum(uint64_t sum, const struct ami_msg *msg)
{
	fuzz_must(msg->nfields > 0 && msg->nfields <= AMI_FIELDS_MAX);
	for (size_t i = 0; i < msg->nfields; i++) {
		const struct ami_field *field = &msg->field[i];

		fuzz_must(strlen(field->key) == field->key_len);
		fuzz_must(strlen(field->value) == field->value_len);
		fuzz_must(!strchr(field->value, '\n'));
		sum = mix(sum, field->key, field->key_len);
		sum = mix(sum, field->value, field->value_len);
	}
	return mix(sum, "\n", 1);
}

static void message_check(const struct ami_msg *msg)
{
	for (size_t i = 0; i < msg->nfields; i++)
		text_check(msg->field[i].value);
	message_send(msg);
}

/** The sum of all messages; what the last answer was is part of it. */
static uint64_t read_all(const uint8_t *data, size_t size, size_t chunk,
			 void (*each)(const struct ami_msg *msg))
{
	struct ami_parser *p = &reader;
	struct ami_msg msg;
	uint64_t sum = 0;
	int err = 0;

	ami_parser_reset(p);
	for (size_t at = 0; at < size; at += chunk) {
		size_t left = size - at;

		fuzz_must(ami_parser_feed(p, (const char *)data + at,
					  left < chunk ? left : chunk) == 0);
		while ((err = ami_parser_next(p, &msg)) == 0) {
			sum = message_sum(sum, &msg);
			if (each)
				each(&msg);
		}
		fuzz_must(err == -ENODATA || err == -EBADMSG);
	}
	return err == -EBADMSG ? ~sum : sum;
}

static void parsers_make(void)
{
	if (reader.field)
		return;
	fuzz_must(ami_parser_init(&reader) == 0);
	fuzz_must(ami_parser_init(&checker) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	uint64_t whole;

	parsers_make();
	whole = read_all(data, size, AMI_UNREAD_MAX / 2, message_check);
	fuzz_must(read_all(data, size, 1, NULL) == whole);
	fuzz_must(read_all(data, size, 2 + size % 61, NULL) == whole);
	text_check(text);
	message_send(&(struct ami_msg){
		.field = &(struct ami_field){.key = "Data", .value = text},
		.nfields = 1,
	});
	free(text);
	return 0;
}
