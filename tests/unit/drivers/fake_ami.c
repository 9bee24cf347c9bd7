/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake_ami.c - a manager interface that says what a test wants */
#include "fake_ami.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "transcript.h"

#define CHALLENGE "107238591"
#define KEY "05b7a63b67ac507b4e6c2c1de57fc6bf" /* md5 of it and the secret */

enum { BYTES_MAX = 1 << 20 };

struct fake_ami fake_ami;
static char log_text[FAKE_AMI_LOG];
static char value_text[AMI_SENT_LINE_MAX + 1];

/* --- what it says --- */

void fake_ami_answer(const char *action, const char *text)
{
	size_t i = 0;

	while (i < fake_ami.nanswers &&
	       strcmp(fake_ami.answer[i].action, action))
		i++;
	ck_assert_uint_lt(i, FAKE_AMI_ANSWERS);
	fake_ami.answer[i].action = action;
	fake_ami.answer[i].text = text;
	if (i == fake_ami.nanswers)
		fake_ami.nanswers++;
}

void fake_ami_bytes(const char *data, size_t len)
{
	ck_assert_int_ge(fake_ami.client, 0);
	fix.nfake++;
	if (fake_ami.trickle)
		ck_assert_int_eq(cti_buf_add(&fake_ami.kept, data, len), 0);
	else
		ck_assert_int_eq(send(fake_ami.client, data, len, MSG_NOSIGNAL),
				 (ssize_t)len);
}

bool fake_ami_drip(void)
{
	if (fake_ami.client < 0 || !fake_ami.kept.len)
		return false;
	ck_assert_int_eq(
		send(fake_ami.client, fake_ami.kept.data, 1, MSG_NOSIGNAL), 1);
	cti_buf_drop(&fake_ami.kept, 1);
	fix.nfake++;
	return true;
}

/* "Key: @" has the id of the last action. */
static void line_add(struct cti_buf *out, const char *line, size_t len)
{
	bool id = len > 2 && strncmp(line + len - 3, ": @", 3) == 0;

	ck_assert_int_eq(cti_buf_add(out, line, id ? len - 1 : len), 0);
	if (id)
		ck_assert_int_eq(cti_buf_str(out, fake_ami.id), 0);
	ck_assert_int_eq(cti_buf_str(out, "\r\n"), 0);
}

void fake_ami_send(const char *text)
{
	struct cti_buf out;

	cti_buf_init(&out, BYTES_MAX);
	while (*text) {
		size_t len = strcspn(text, "\n");

		line_add(&out, text, len);
		text += len + (text[len] == '\n');
	}
	fake_ami_bytes(cti_buf_text(&out), out.len);
	cti_buf_fini(&out);
}

/* --- what it was told --- */

static const char *answer_find(const char *action)
{
	static const char unknown[] = "Response: Error\nActionID: @\n"
				      "Message: Invalid/unknown command\n\n";

	for (size_t i = 0; i < fake_ami.nanswers; i++)
		if (strcmp(fake_ami.answer[i].action, action) == 0)
			return fake_ami.answer[i].text;
	return unknown;
}

static void login_take(void)
{
	if (strcmp(fake_ami_sent("Key"), KEY) == 0) {
		fake_ami_send(answer_find("Login"));
		return;
	}
	fake_ami_send("Response: Error\nActionID: @\n"
		      "Message: Authentication failed\n\n");
	fake_ami_hang_up();
}

static void action_log(const char *action)
{
	size_t len = strlen(fake_ami.log);

	ck_assert_uint_lt(len + strlen(action), sizeof(fake_ami.log) - 2);
	(void)snprintf(fake_ami.log + len, sizeof(fake_ami.log) - len, "%s%s",
		       len ? " " : "", action);
}

static void action_take(const struct ami_msg *msg)
{
	const char *action = ami_get(msg, "Action");

	fix.nfake++;
	cti_buf_reset(&fake_ami.last);
	for (size_t i = 0; i < msg->nfields; i++)
		ck_assert_int_eq(cti_buf_fmt(&fake_ami.last, "%s: %s\n",
					     msg->field[i].key,
					     msg->field[i].value),
				 0);
	ck_assert_str_ne(ami_get(msg, "ActionID"), "");
	(void)snprintf(fake_ami.id, sizeof(fake_ami.id), "%s",
		       ami_get(msg, "ActionID"));
	action_log(action);
	if (fake_ami.silent)
		return;
	if (strcmp(action, "Login") == 0)
		login_take();
	else
		fake_ami_send(answer_find(action));
}

static void on_client(void *arg)
{
	struct ami_msg msg;
	char block[4096];
	ssize_t got = read(fake_ami.client, block, sizeof(block));

	(void)arg;
	if (got <= 0) {
		fake_ami_hang_up();
		return;
	}
	ck_assert_int_eq(cti_buf_add(&fake_ami.raw, block, (size_t)got), 0);
	ck_assert_int_eq(
		ami_parser_feed(&fake_ami.received, block, (size_t)got), 0);
	while (fake_ami.client >= 0 &&
	       ami_parser_next(&fake_ami.received, &msg) == 0)
		action_take(&msg);
}

static void on_listener(void *arg)
{
	int on = 1;

	(void)arg;
	fake_ami_hang_up(); /* a test has one client at a time */
	fake_ami.client = accept(fake_ami.listener, NULL, NULL);
	ck_assert_int_ge(fake_ami.client, 0);
	ck_assert_int_eq(setsockopt(fake_ami.client, IPPROTO_TCP, TCP_NODELAY,
				    &on, sizeof(on)),
			 0);
	fake_ami.nclients++;
	ck_assert_int_eq(cti_poll_new(&fake_ami.client_poll, fake_ami.loop,
				      fake_ami.client, on_client, NULL),
			 0);
	fake_ami.received.banner = true; /* a client sends none */
	fake_ami_send(fake_ami.banner);
}

/* --- its life --- */

static void answers_default(void)
{
	static const char done[] = "Response: Success\nActionID: @\n"
				   "Message: done\n\n";

	fake_ami_answer("Challenge", "Response: Success\nActionID: @\n"
				     "Challenge: " CHALLENGE "\n\n");
	fake_ami_answer("Login", "Response: Success\nActionID: @\n"
				 "Message: Authentication accepted\n\n");
	fake_ami_answer("CoreSettings", "Response: Success\nActionID: @\n"
					"AMIversion: 11.0.0\n"
					"AsteriskVersion: 22.10.1\n\n");
	fake_ami_answer("CoreShowChannels",
			"Response: Success\nActionID: @\nEventList: start\n"
			"Message: Channels will follow\n\n"
			"Event: CoreShowChannelsComplete\nActionID: @\n"
			"EventList: Complete\nListItems: 0\n\n");
	fake_ami_answer("Ping", "Response: Success\nActionID: @\nPing: Pong\n"
				"Timestamp: 1795330638.320995\n\n");
	fake_ami_answer("Originate", "Response: Success\nActionID: @\nMessage: "
				     "Originate successfully queued\n\n");
	fake_ami_answer("Hangup", done);
	fake_ami_answer("Redirect", done);
	fake_ami_answer("PlayDTMF", done);
}

static void listener_open(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	fake_ami.listener = fd;
	fake_ami.port = ntohs(address.sin_port);
}

void fake_ami_open(struct cti_loop *loop)
{
	fake_ami = (struct fake_ami){
		.loop = loop,
		.client = -1,
		.banner = "Asterisk Call Manager/11.0.0\n",
	};
	ck_assert_int_eq(ami_parser_init(&fake_ami.received), 0);
	cti_buf_init(&fake_ami.last, BYTES_MAX);
	cti_buf_init(&fake_ami.raw, BYTES_MAX);
	cti_buf_init(&fake_ami.kept, BYTES_MAX);
	listener_open();
	ck_assert_int_eq(cti_poll_new(&fake_ami.listener_poll, loop,
				      fake_ami.listener, on_listener, NULL),
			 0);
	answers_default();
}

void fake_ami_hang_up(void)
{
	cti_poll_destroy(fake_ami.client_poll);
	fake_ami.client_poll = NULL;
	if (fake_ami.client >= 0)
		(void)close(fake_ami.client); /* nothing is lost */
	fake_ami.client = -1;
	ami_parser_reset(&fake_ami.received);
	cti_buf_reset(&fake_ami.kept);
	fix.nfake++;
}

void fake_ami_close(void)
{
	fake_ami_hang_up();
	cti_poll_destroy(fake_ami.listener_poll);
	fake_ami.listener_poll = NULL;
	(void)close(fake_ami.listener);
	ami_parser_fini(&fake_ami.received);
	cti_buf_fini(&fake_ami.last);
	cti_buf_fini(&fake_ami.raw);
	cti_buf_fini(&fake_ami.kept);
}

const char *fake_ami_log(void)
{
	memcpy(log_text, fake_ami.log, sizeof(log_text));
	fake_ami.log[0] = '\0';
	cti_buf_reset(&fake_ami.raw);
	return log_text;
}

const char *fake_ami_sent(const char *key)
{
	const char *line = cti_buf_text(&fake_ami.last);
	size_t len = strlen(key);
	size_t end = strcspn(line, "\n");

	while (*line && (strncmp(line, key, len) != 0 || line[len] != ':')) {
		line += end + (line[end] == '\n');
		end = strcspn(line, "\n");
	}
	if (!*line)
		return "";
	end -= len + 2; /* the colon and its blank */
	ck_assert_uint_lt(end, sizeof(value_text));
	memcpy(value_text, line + len + 2, end);
	value_text[end] = '\0';
	return value_text;
}

/* --- what was recorded --- */

/* The halves of a Local channel have the id as a beginning. */
static void value_add(struct cti_buf *out, const char *value,
		      const char *const *ids)
{
	for (; ids[0]; ids += 2) {
		size_t len = strlen(ids[0]);

		if (strncmp(value, ids[0], len) == 0 &&
		    (!value[len] || value[len] == ';')) {
			ck_assert_int_eq(cti_buf_str(out, ids[1]), 0);
			value += len;
			break;
		}
	}
	ck_assert_int_eq(cti_buf_fmt(out, "%s\r\n", value), 0);
}

static void event_add(struct cti_buf *out, const struct ami_msg *msg,
		      const char *const *ids)
{
	if (strcmp(msg->field[0].key, "Event") != 0)
		return;
	for (size_t i = 0; i < msg->nfields; i++) {
		ck_assert_int_eq(cti_buf_fmt(out, "%s: ", msg->field[i].key),
				 0);
		value_add(out, msg->field[i].value, ids);
	}
	ck_assert_int_eq(cti_buf_str(out, "\r\n"), 0);
}

/* Is this the event of that kind about that channel? NULL: none is. */
static bool event_is(const struct ami_msg *msg, const char *event,
		     const char *uid)
{
	return event && ami_is(msg, "Event", event) &&
	       ami_is(msg, "Uniqueid", uid);
}

struct recording {
	const char *const *ids;
	const char *event, *uid; /* the last one that is sent */
};

static void recording_add(struct cti_buf *out, const struct cti_buf *wire,
			  const struct recording *rec)
{
	struct ami_parser parser;
	struct ami_msg msg;
	bool done = false;

	ck_assert_int_eq(ami_parser_init(&parser), 0);
	ck_assert_int_eq(ami_parser_feed(&parser, wire->data, wire->len), 0);
	while (!done && ami_parser_next(&parser, &msg) == 0) {
		event_add(out, &msg, rec->ids);
		done = event_is(&msg, rec->event, rec->uid);
	}
	ck_assert(done || !rec->event);
	ami_parser_fini(&parser);
}

static void recording_send(const char *name, const struct recording *rec)
{
	struct cti_buf wire, out;
	char path[256];

	cti_buf_init(&wire, AMI_UNREAD_MAX);
	cti_buf_init(&out, BYTES_MAX);
	(void)snprintf(path, sizeof(path), "%s/ami/%s.txt", CTI_TEST_DATA,
		       name);
	ck_assert_int_eq(transcript_received(&wire, path), 0);
	recording_add(&out, &wire, rec);
	fake_ami_bytes(cti_buf_text(&out), out.len);
	cti_buf_fini(&wire);
	cti_buf_fini(&out);
}

void fake_ami_replay(const char *name, const char *const *ids)
{
	recording_send(name, &(struct recording){.ids = ids});
}

void fake_ami_replay_until(const char *name, const char *event, const char *uid)
{
	static const char *const none[] = {NULL};

	recording_send(name, &(struct recording){none, event, uid});
}
