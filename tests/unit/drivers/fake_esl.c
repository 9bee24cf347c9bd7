/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake_esl.c - an event socket that says what a test wants */
#include "fake_esl.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cti/json.h"
#include "drivers/freeswitch/esl.h"
#include "fixture.h"
#include "transcript.h"

enum { TEXT_MAX = 1 << 20 };

struct fake_esl fake_esl;
static char log_text[FAKE_ESL_LOG];

void fake_esl_answer(const char *command, const char *text)
{
	ck_assert_uint_lt(fake_esl.nanswers, FAKE_ESL_ANSWERS);
	fake_esl.answer[fake_esl.nanswers].command = command;
	fake_esl.answer[fake_esl.nanswers++].text = text;
}

static void send_all(const char *data, size_t len)
{
	while (len > 0 && fake_esl.client >= 0) {
		ssize_t n = send(fake_esl.client, data, len, MSG_NOSIGNAL);

		ck_assert_int_gt(n, 0);
		data += n;
		len -= (size_t)n;
	}
	fix.nfake++;
}

void fake_esl_bytes(const char *data, size_t len)
{
	if (fake_esl.trickle)
		ck_assert_int_eq(cti_buf_add(&fake_esl.kept, data, len), 0);
	else
		send_all(data, len);
}

bool fake_esl_drip(void)
{
	if (!fake_esl.kept.len)
		return false;
	send_all(fake_esl.kept.data, 1);
	cti_buf_drop(&fake_esl.kept, 1);
	return true;
}

void fake_esl_text(const char *text)
{
	fake_esl_bytes(text, strlen(text));
}

static void body_send(const char *type, const char *body, size_t len)
{
	struct cti_buf text;

	cti_buf_init(&text, TEXT_MAX);
	ck_assert_int_eq(cti_buf_fmt(&text,
				     "Content-Length: %zu\n"
				     "Content-Type: %s\n\n",
				     len, type),
			 0);
	ck_assert_int_eq(cti_buf_add(&text, body, len), 0);
	fake_esl_bytes(text.data, text.len);
	cti_buf_fini(&text);
}

void fake_esl_event(const char *const *fields)
{
	struct cti_buf json;
	struct cti_jsonw w;

	cti_buf_init(&json, TEXT_MAX);
	ck_assert_int_eq(cti_jsonw_init(&w, &json), 0);
	cti_jsonw_obj(&w);
	for (; fields[0]; fields += 2)
		cti_jsonw_kstr(&w, fields[0], fields[1]);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	body_send("text/event-json", json.data, json.len);
	cti_buf_fini(&json);
}

/* --- recordings --- */

static void replace(struct cti_buf *out, const struct esl_msg *msg,
		    const char *const *texts)
{
	size_t at = 0;

	while (at < msg->body_len) {
		const char *from = msg->body + at, *to = NULL;
		size_t len = 1;

		for (const char *const *pair = texts; *pair && !to; pair += 2) {
			size_t n = strlen(pair[0]);

			if (n > msg->body_len - at ||
			    memcmp(from, pair[0], n) != 0)
				continue;
			to = pair[1];
			len = n;
		}
		ck_assert_int_eq(
			cti_buf_add(out, to ? to : from, to ? strlen(to) : 1),
			0);
		at += len;
	}
}

void fake_esl_replay(const char *name, size_t first, size_t end,
		     const char *const *texts)
{
	struct cti_buf file, body;
	struct esl_parser parser;
	const struct esl_msg *msg;
	char path[256];
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "%s/esl/%s.esl", CTI_TEST_DATA,
		       name);
	cti_buf_init(&file, TEXT_MAX);
	cti_buf_init(&body, TEXT_MAX);
	esl_parser_init(&parser);
	ck_assert_int_eq(transcript_file(&file, path), 0);
	ck_assert_int_eq(esl_parser_feed(&parser, file.data, file.len), 0);
	while (esl_parser_next(&parser, &msg) == 0) {
		if (msg->type != ESL_EVENT || n++ < first || n > end)
			continue;
		cti_buf_reset(&body);
		replace(&body, msg, texts);
		body_send("text/event-json", body.data, body.len);
	}
	ck_assert_uint_ge(n, first);
	esl_parser_fini(&parser);
	cti_buf_fini(&body);
	cti_buf_fini(&file);
}

/* --- commands --- */

static const char *answer_find(const char *command)
{
	for (size_t i = fake_esl.nanswers; i > 0; i--) {
		const char *begin = fake_esl.answer[i - 1].command;

		if (strncmp(command, begin, strlen(begin)) == 0)
			return fake_esl.answer[i - 1].text;
	}
	return NULL;
}

static void reply_send(const char *text)
{
	struct cti_buf reply;

	cti_buf_init(&reply, 4096);
	ck_assert_int_eq(cti_buf_fmt(&reply,
				     "Content-Type: command/reply\n"
				     "Reply-Text: %s\n\n",
				     text),
			 0);
	fake_esl_bytes(reply.data, reply.len);
	cti_buf_fini(&reply);
}

static void command_take(const char *command)
{
	const char *text = answer_find(command);
	size_t len = strlen(fake_esl.log);

	ck_assert_uint_lt(len + strlen(command) + 2, FAKE_ESL_LOG);
	(void)snprintf(fake_esl.log + len, FAKE_ESL_LOG - len, "%s\n", command);
	fix.nfake++;
	if (fake_esl.silent || !text)
		return;
	if (strncmp(command, "api ", 4) == 0)
		body_send("api/response", text, strlen(text));
	else
		reply_send(text);
}

static void on_client(void *arg)
{
	char block[4096];
	ssize_t got = read(fake_esl.client, block, sizeof(block));

	(void)arg;
	if (got <= 0) {
		fake_esl_hang_up();
		return;
	}
	ck_assert_int_eq(cti_buf_add(&fake_esl.received, block, (size_t)got),
			 0);
	while (fake_esl.client >= 0 && fake_esl.received.len) {
		char *text = fake_esl.received.data;
		char *end = strstr(text, "\n\n");

		if (!end)
			break;
		*end = '\0';
		command_take(text);
		if (fake_esl.client >= 0)
			cti_buf_drop(&fake_esl.received,
				     (size_t)(end - text) + 2);
	}
}

static void on_listener(void *arg)
{
	int on = 1;

	(void)arg;
	fake_esl_hang_up();
	fake_esl.client = accept(fake_esl.listener, NULL, NULL);
	ck_assert_int_ge(fake_esl.client, 0);
	ck_assert_int_eq(setsockopt(fake_esl.client, IPPROTO_TCP, TCP_NODELAY,
				    &on, sizeof(on)),
			 0);
	fake_esl.nclients++;
	ck_assert_int_eq(cti_poll_new(&fake_esl.client_poll, fake_esl.loop,
				      fake_esl.client, on_client, NULL),
			 0);
	if (!fake_esl.silent)
		fake_esl_text(fake_esl.greeting);
}

/* --- its life --- */

static void answers_default(void)
{
	fake_esl_answer("", "-ERR command not found");
	fake_esl_answer("auth", "-ERR invalid");
	fake_esl_answer("auth " FAKE_ESL_SECRET, "+OK accepted");
	fake_esl_answer("api version",
			"FreeSWITCH Version 1.11.1-release~64bit ( 64bit)\n");
	fake_esl_answer("event json", "+OK event listener enabled json");
	fake_esl_answer("api show channels", "{\"row_count\":0}");
	fake_esl_answer("bgapi", "+OK Job-UUID: x");
	fake_esl_answer("api uuid_", "+OK\n");
	fake_esl_answer("api uuid_exists", "true");
}

void fake_esl_open(struct cti_loop *loop)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	fake_esl = (struct fake_esl){
		.loop = loop,
		.client = -1,
		.greeting = "Content-Type: auth/request\n\n",
	};
	cti_buf_init(&fake_esl.received, TEXT_MAX);
	cti_buf_init(&fake_esl.kept, TEXT_MAX);
	fake_esl.listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fake_esl.listener, 0);
	ck_assert_int_eq(
		bind(fake_esl.listener, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(fake_esl.listener, 4), 0);
	ck_assert_int_eq(getsockname(fake_esl.listener,
				     (struct sockaddr *)&address, &len),
			 0);
	fake_esl.port = ntohs(address.sin_port);
	ck_assert_int_eq(cti_poll_new(&fake_esl.listener_poll, loop,
				      fake_esl.listener, on_listener, NULL),
			 0);
	answers_default();
}

void fake_esl_hang_up(void)
{
	cti_poll_destroy(fake_esl.client_poll);
	fake_esl.client_poll = NULL;
	if (fake_esl.client >= 0)
		(void)close(fake_esl.client); /* nothing is lost */
	fake_esl.client = -1;
	cti_buf_reset(&fake_esl.received);
}

void fake_esl_close(void)
{
	fake_esl_hang_up();
	cti_poll_destroy(fake_esl.listener_poll);
	fake_esl.listener_poll = NULL;
	(void)close(fake_esl.listener);
	cti_buf_fini(&fake_esl.received);
	cti_buf_fini(&fake_esl.kept);
}

const char *fake_esl_log(void)
{
	memcpy(log_text, fake_esl.log, sizeof(log_text));
	fake_esl.log[0] = '\0';
	return log_text;
}
