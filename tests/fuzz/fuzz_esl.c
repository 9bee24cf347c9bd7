/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_esl.c - all that comes from FreeSWITCH's event socket, and what
 * goes there */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/freeswitch/freeswitch.h"
#include "drivers/freeswitch/priv.h"
#include "fuzz.h"

enum {
	CHUNK = 61,
	CALLS_MAX = 256,
	TEXT_SIZE = 256,
};

static struct {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_driver *drv;
	char ended[CALLS_MAX][ESL_ID_SIZE];
	size_t nended;
} fix;

/* --- the driver behind the codec --- */

static void on_link(void *arg, enum cti_link link, const char *why)
{
	(void)arg;
	(void)link;
	(void)why;
}

/* What every report must be; nothing comes after an end. */
static void on_event(void *arg, const struct cti_call_event *ev)
{
	(void)arg;
	fuzz_must(ev->leg_ref && esl_is_id(ev->leg_ref));
	fuzz_must(ev->state < CTI_CALL_UNKNOWN);
	fuzz_must(ev->kind < CTI_KIND_MAX && ev->cause < CTI_CAUSE_MAX);
	fuzz_must((ev->state == CTI_CALL_ENDED) ==
		  (ev->cause != CTI_CAUSE_NONE));
	fuzz_must(ev->device != NULL);
	fuzz_must(!ev->first_ref || strcmp(ev->first_ref, ev->leg_ref) != 0);
	fuzz_must(!ev->number ||
		  cti_utf8_valid(ev->number, strlen(ev->number), NULL));
	fuzz_must(!ev->withheld || (!ev->number && !ev->name));
	for (size_t i = 0; i < fix.nended; i++)
		fuzz_must(strcmp(fix.ended[i], ev->leg_ref) != 0);
	if (ev->state == CTI_CALL_ENDED && fix.nended < CALLS_MAX)
		(void)snprintf(fix.ended[fix.nended++], ESL_ID_SIZE, "%s",
			       ev->leg_ref);
}

static void on_synced(void *arg)
{
	(void)arg;
}

static void conf_load(const char *secret)
{
	static const char *const lines[] = {
		"agent \"A\" { device = \"user/agent1\" }\n",
		"agent \"B\" { device = \"sofia/internal/"
		"101@127.0.0.1:5090\" }\n",
	};
	char path[] = "/tmp/cti-fuzz-XXXXXX";
	struct cti_conf_source source = {.file = path};
	struct cti_buf errors;
	int fd = mkstemp(path);

	fuzz_must(fd >= 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		fuzz_must(write(fd, lines[i], strlen(lines[i])) > 0);
	fuzz_must(dprintf(fd, "freeswitch { secret_file = \"%s\" }\n", secret) >
		  0);
	cti_buf_init(&errors, 4096);
	fuzz_must(cti_conf_load(&fix.conf, &source, &errors) == 0);
	cti_buf_fini(&errors);
	(void)close(fd);    /* written */
	(void)unlink(path); /* read */
}

static void driver_make(void)
{
	char secret[] = "/tmp/cti-fuzz-XXXXXX";
	int fd = mkstemp(secret);
	struct cti_driver_host host = {
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
	};

	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_ERROR});
	fuzz_must(fd >= 0 && write(fd, "secret\n", 7) == 7);
	conf_load(secret);
	fuzz_must(cti_loop_new(&fix.loop, CTI_CLOCK_FAKE) == 0);
	host.loop = fix.loop;
	fuzz_must(cti_driver_freeswitch.create(&fix.drv, fix.conf, &host) == 0);
	(void)close(fd);      /* written */
	(void)unlink(secret); /* read */
}

static void driver_reset(void)
{
	cti_driver_freeswitch.stop(fix.drv);
	memset(fix.drv->gone, 0, sizeof(fix.drv->gone));
	fix.nended = 0;
}

/* --- the codec --- */

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
	fs_on_event(fix.drv, &ev);
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

	if (!fix.drv)
		driver_make();
	wire_check(data, size);
	driver_reset();
	commands_check(text);
	free(text);
	return 0;
}
