/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_asterisk.c - the asterisk driver, from its bytes to the core */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/json.h"
#include "cti/log.h"
#include "cti/loop.h"
#include "drivers/asterisk/ami.h"
#include "drivers/asterisk/asterisk.h"
#include "drivers/wire.h"
#include "fuzz.h"

/*
 * The input is what the switch says after the login. A line "%%X" in it is a
 * step of somebody else: a dial, an action at the last call that was reported,
 * time that passes, the link lost and back. The wire is the one below: it has
 * no socket, and looks at what is sent.
 */
enum {
	ID_SIZE = 256,
	STEP_MS = 700,
	LONG_MS = 20000,
};

#define DIALED "0123456789ABCDEF0123456789ABCDEF"

struct cti_wire {
	struct cti_driver *drv;
	struct cti_driver_host host;
	const struct cti_wire_handler *handler;
	bool open;
	char asked[ID_SIZE]; /* ActionID of what was sent last */
};

static struct fuzz {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_driver *drv;
	struct cti_wire *wire;
	struct ami_parser sent;
	bool inside; /* an operation: nothing may be reported */
	char call_id[ID_SIZE], leg[ID_SIZE]; /* of the last report */
	size_t synced;
	bool dialing; /* accepted, and neither answered nor ended */
} fuzz;

/* --- the wire --- */

/* Whatever comes in, what goes out is one action of a known kind. */
static void sent_check(const char *data, size_t len, char asked[ID_SIZE])
{
	static const char known[] =
		" Challenge Login CoreSettings CoreShowChannels Ping Originate "
		"Hangup Redirect PlayDTMF ";
	struct ami_msg msg;
	char word[64];

	fuzz_must(ami_parser_feed(&fuzz.sent, data, len) == 0);
	fuzz_must(ami_parser_next(&fuzz.sent, &msg) == 0);
	fuzz_must(msg.nfields >= 2 && msg.field[0].value_len < 32);
	fuzz_must(strcmp(msg.field[0].key, "Action") == 0);
	fuzz_must(strcmp(msg.field[1].key, "ActionID") == 0);
	(void)snprintf(word, sizeof(word), " %.32s ", msg.field[0].value);
	fuzz_must(strstr(known, word) != NULL);
	fuzz_must(ami_get(&msg, "Channel")[0] != '/');
	(void)snprintf(asked, ID_SIZE, "%s", msg.field[1].value);
	fuzz_must(ami_parser_next(&fuzz.sent, &msg) == -ENODATA);
}

int cti_wire_new(struct cti_wire **wirep, struct cti_driver *drv,
		 const struct cti_driver_host *host,
		 const struct cti_wire_peer *peer,
		 const struct cti_wire_handler *handler)
{
	struct cti_wire *w = calloc(1, sizeof(*w));

	(void)peer;
	fuzz_must(w != NULL);
	w->drv = drv;
	w->host = *host;
	w->handler = handler;
	fuzz.wire = *wirep = w;
	return 0;
}

void cti_wire_pauses(struct cti_wire *w, const struct cti_conf *conf)
{
	(void)w;
	(void)conf;
}

void cti_wire_destroy(struct cti_wire *w)
{
	free(w);
}

void cti_wire_start(struct cti_wire *w)
{
	(void)w; /* link_up() does it */
}

bool cti_wire_is_open(const struct cti_wire *w)
{
	return w->open;
}

int cti_wire_write(struct cti_wire *w, const void *data, size_t len)
{
	if (!w->open)
		return -ENOTCONN;
	sent_check(data, len, w->asked);
	return 0;
}

void cti_wire_lost(struct cti_wire *w, const char *why)
{
	fuzz_must(!fuzz.inside && why[0]);
	if (!w->open)
		return;
	w->open = false;
	fuzz.dialing = false; /* the core's, from here on */
	w->handler->on_closed(w->drv);
	w->host.on_link(w->host.arg, CTI_LINK_DOWN, why);
}

void cti_wire_lost_for(struct cti_wire *w, const char *why, int64_t pause_ms)
{
	(void)pause_ms;
	cti_wire_lost(w, why);
}

void cti_wire_refused(struct cti_wire *w, const char *why)
{
	cti_wire_lost(w, why);
}

void cti_wire_stop(struct cti_wire *w)
{
	cti_wire_lost(w, "stopped");
}

void cti_wire_settled(struct cti_wire *w)
{
	fuzz_must(w->open);
}

void cti_wire_expect(struct cti_wire *w, int64_t ms, const char *why)
{
	(void)w;
	fuzz_must(ms == 0 || why);
}

int64_t cti_wire_jitter(int64_t limit_ms)
{
	return limit_ms;
}

/* --- the core --- */

static void text_check(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	fuzz_must(!len || cti_utf8_valid(text, len, NULL));
	for (size_t i = 0; i < len; i++)
		fuzz_must((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

static void on_link(void *arg, enum cti_link link, const char *why)
{
	(void)arg;
	(void)link;
	fuzz_must(!fuzz.inside);
	text_check(why);
}

static void on_event(void *arg, const struct cti_call_event *ev)
{
	(void)arg;
	fuzz_must(!fuzz.inside);
	fuzz_must(ev->call_id || ev->leg_ref);
	fuzz_must(ev->state <= CTI_CALL_ENDED && ev->kind < CTI_KIND_MAX);
	fuzz_must((ev->state == CTI_CALL_ENDED) ==
		  (ev->cause != CTI_CAUSE_NONE));
	fuzz_must(ev->cause < CTI_CAUSE_MAX);
	if (ev->call_id && strcmp(ev->call_id, DIALED) == 0 &&
	    ev->state >= CTI_CALL_ACTIVE)
		fuzz.dialing = false;
	text_check(ev->call_id);
	text_check(ev->leg_ref);
	text_check(ev->first_id);
	text_check(ev->first_ref);
	text_check(ev->cause_detail);
	text_check(ev->device);
	text_check(ev->number);
	text_check(ev->name);
	text_check(ev->dnis);
	for (size_t i = 0; i < ev->nattached; i++)
		text_check(ev->attached[i].value);
	(void)snprintf(fuzz.call_id, ID_SIZE, "%s",
		       ev->call_id ? ev->call_id : "");
	(void)snprintf(fuzz.leg, ID_SIZE, "%s", ev->leg_ref ? ev->leg_ref : "");
}

static void on_synced(void *arg)
{
	(void)arg;
	fuzz_must(!fuzz.inside);
	fuzz.synced++;
}

static void on_probe(void *arg, bool ok, const char *why)
{
	(void)arg;
	(void)ok;
	text_check(why);
}

/* --- what the switch says --- */

static void say(const char *data, size_t len)
{
	if (fuzz.wire->open && len)
		fuzz.wire->handler->on_data(fuzz.drv, data, len);
}

static void say_text(const char *text)
{
	say(text, strlen(text));
}

/* An answer to what was asked last. */
static void answer(const char *text)
{
	char head[ID_SIZE + 64];

	(void)snprintf(head, sizeof(head),
		       "Response: Success\r\nActionID: %s\r\n",
		       fuzz.wire->asked);
	say_text(head);
	say_text(text);
}

/* Up to the list of channels, which the input may fill. */
static void link_up(void)
{
	if (fuzz.wire->open)
		return;
	fuzz.wire->open = true;
	fuzz_must(fuzz.wire->handler->on_open(fuzz.drv) == 0);
	say_text("Asterisk Call Manager/11.0.0\r\n");
	answer("Challenge: 1\r\n\r\n");
	answer("\r\n");
	answer("EventList: start\r\n\r\n");
}

static void list_end(void)
{
	say_text("Event: CoreShowChannelsComplete\r\nListItems: 0\r\n\r\n");
}

/* --- what the others do --- */

static void dial(const char *number)
{
	struct cti_originate req = {
		.call_id = DIALED,
		.device = "PJSIP/agent1",
		.number = number,
		.timeout_ms = 5000,
	};

	if (cti_driver_asterisk.originate(fuzz.drv, &req) == 0)
		fuzz.dialing = true;
}

static void act(char step)
{
	const struct cti_driver_ops *ops = &cti_driver_asterisk;
	struct cti_call_ref ref = {fuzz.call_id, fuzz.leg};

	/* each may refuse */
	switch (step) {
	case 'h':
		(void)ops->hangup(fuzz.drv, &ref);
		break;
	case 'r':
		(void)ops->reject(fuzz.drv, &ref);
		break;
	case 't':
		(void)ops->transfer(fuzz.drv, &ref, "102");
		break;
	case 'd':
		(void)ops->dtmf(fuzz.drv, &ref, "1,#");
		break;
	case 'p':
		(void)ops->probe(fuzz.drv, "PJSIP/agent1");
		break;
	default:
		dial("101");
		break;
	}
}

static void step(char what)
{
	switch (what) {
	case 'a':
		cti_loop_advance(fuzz.loop, STEP_MS);
		break;
	case 'A':
		cti_loop_advance(fuzz.loop, LONG_MS);
		break;
	case 'l':
		cti_wire_lost(fuzz.wire, "lost");
		break;
	case 'u':
		link_up();
		break;
	case 'e':
		list_end();
		break;
	default:
		fuzz.inside = true;
		act(what);
		fuzz.inside = false;
		break;
	}
}

static void play(const char *data, size_t size)
{
	const char *end = data + size;

	while (data < end) {
		size_t left = (size_t)(end - data);
		const char *mark = memchr(data, '%', left);

		while (mark && (end - mark < 3 || mark[1] != '%'))
			mark = end - mark < 3
				       ? NULL
				       : memchr(mark + 1, '%',
						(size_t)(end - mark) - 1);
		say(data, mark ? (size_t)(mark - data) : left);
		if (!mark)
			break;
		step(mark[2]);
		data = mark + 3;
	}
}

/* --- once --- */

static void file_write(char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = mkstemp(path);

	fuzz_must(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	fuzz_must(close(fd) == 0);
}

static char secret[] = "/tmp/fuzz-secret-XXXXXX";

static void secret_remove(void)
{
	(void)unlink(secret); /* a temporary one */
}

static void conf_make(void)
{
	char file[] = "/tmp/fuzz-asterisk-XXXXXX";
	char text[1024];
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	file_write(secret, "secret\n");
	fuzz_must(atexit(secret_remove) == 0);
	(void)snprintf(text, sizeof(text),
		       "agent \"A1\" { device = \"PJSIP/agent1\" }\n"
		       "agent \"A2\" { device = \"PJSIP/agent2\" }\n"
		       "agent \"A3\" { device = \"Local/3@agents\" }\n"
		       "sap_fields { Custom_1 = \"CRM\" }\n"
		       "asterisk { username = \"fuzz\"\ncaller_id = \"49\"\n"
		       "secret_file = \"%s\" }\n",
		       secret);
	file_write(file, text);
	fuzz_must(cti_conf_load(&fuzz.conf,
				&(struct cti_conf_source){.file = file},
				&errors) == 0);
	cti_buf_fini(&errors);
	(void)unlink(file); /* it is read */
}

static void begin_once(void)
{
	static const struct cti_log_conf quiet = {.level = CTI_LOG_ERROR};

	if (fuzz.loop)
		return;
	cti_log_setup(&quiet);
	fuzz_must(ami_parser_init(&fuzz.sent) == 0);
	fuzz_must(cti_loop_new(&fuzz.loop, CTI_CLOCK_FAKE) == 0);
	conf_make();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cti_driver_host host = {
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
		.on_probe = on_probe,
	};

	begin_once();
	host.loop = fuzz.loop;
	fuzz.call_id[0] = fuzz.leg[0] = '\0';
	fuzz.dialing = false;
	ami_parser_reset(&fuzz.sent);
	fuzz.sent.banner = true; /* the driver sends none */
	fuzz_must(cti_driver_asterisk.create(&fuzz.drv, fuzz.conf, &host) == 0);
	fuzz_must(cti_driver_asterisk.start(fuzz.drv) == 0);
	link_up();
	if (size && data[0] != '+') /* '+': the list is the input's */
		list_end();
	play((const char *)data, size);
	/* Whatever the switch says or not, a dial comes to its end. */
	cti_loop_advance(fuzz.loop, LONG_MS);
	cti_loop_advance(fuzz.loop, LONG_MS);
	fuzz_must(!fuzz.dialing);
	cti_driver_asterisk.destroy(fuzz.drv);
	cti_loop_turn(fuzz.loop, 0);
	return 0;
}
