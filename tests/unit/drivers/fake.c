/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/fake.c - a ctrl_tcp that says what a test wants */
#include "fake.h"

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
#include "drivers/baresip/netstring.h"

struct fake fake;
static char log_text[FAKE_LOG];

void fake_answer(const char *command, bool ok, const char *data)
{
	size_t i = 0;

	while (i < fake.nanswers && strcmp(fake.answer[i].command, command))
		i++;
	ck_assert_uint_lt(i, FAKE_ANSWERS);
	fake.answer[i].command = command;
	fake.answer[i].ok = ok;
	fake.answer[i].data = data;
	if (i == fake.nanswers)
		fake.nanswers++;
}

void fake_bytes(const char *text)
{
	size_t len = strlen(text);

	ck_assert_int_ge(fake.client, 0);
	ck_assert_int_eq(send(fake.client, text, len, MSG_NOSIGNAL),
			 (ssize_t)len);
}

static void json_send(const struct cti_buf *json)
{
	struct cti_buf frame;

	cti_buf_init(&frame, CTI_NETSTRING_ROOM);
	ck_assert_int_eq(
		cti_netstring_encode(&frame, cti_buf_text(json), json->len), 0);
	fake_bytes(cti_buf_text(&frame));
	cti_buf_fini(&frame);
}

void fake_event(const char *type, const char *direction, const char *peer,
		const char *id, const char *param)
{
	struct cti_buf json;
	struct cti_jsonw w;

	cti_buf_init(&json, 8192);
	ck_assert_int_eq(cti_jsonw_init(&w, &json), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kbool(&w, "event", true);
	cti_jsonw_kstr(&w, "type", type);
	cti_jsonw_kstr(&w, "accountaor", "sip:agent1@pbx");
	cti_jsonw_kstr(&w, "direction", direction);
	cti_jsonw_kstr(&w, "peeruri", peer);
	cti_jsonw_kstr(&w, "peerdisplayname", "Ann \\\"A\\\" Tester");
	if (id)
		cti_jsonw_kstr(&w, "id", id);
	cti_jsonw_kstr(&w, "param", param);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	json_send(&json);
	cti_buf_fini(&json);
}

static size_t answer_find(const char *command)
{
	char key[2 * FAKE_WORD];
	size_t plain = FAKE_ANSWERS;

	(void)snprintf(key, sizeof(key), "%.60s:%s", command, fake.selected);
	for (size_t i = 0; i < fake.nanswers; i++) {
		if (strcmp(fake.answer[i].command, key) == 0)
			return i;
		if (strcmp(fake.answer[i].command, command) == 0)
			plain = i;
	}
	return plain;
}

static void answer_send(const char *command, const char *token)
{
	size_t i = answer_find(command);
	struct cti_buf json;
	struct cti_jsonw w;

	cti_buf_init(&json, 8192);
	ck_assert_int_eq(cti_jsonw_init(&w, &json), 0);
	cti_jsonw_obj(&w);
	cti_jsonw_kbool(&w, "response", true);
	cti_jsonw_kbool(&w, "ok", i == FAKE_ANSWERS || fake.answer[i].ok);
	cti_jsonw_kstr(&w, "data",
		       i == FAKE_ANSWERS ? "" : fake.answer[i].data);
	cti_jsonw_kstr(&w, "token", token);
	cti_jsonw_obj_end(&w);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	json_send(&json);
	cti_buf_fini(&json);
}

static void command_log(const char *command, const char *params)
{
	size_t len = strlen(fake.log);

	ck_assert_uint_lt(len, sizeof(fake.log) - 400);
	(void)snprintf(fake.log + len, sizeof(fake.log) - len, "%s%s%s%s%s",
		       len ? " " : "", command, params ? "(" : "",
		       params ? params : "", params ? ")" : "");
}

static void frame_take(const struct cti_netstring *frame)
{
	const struct cti_json_value *root;
	const char *command, *params;
	struct cti_json *doc = NULL;

	ck_assert_int_eq(cti_json_parse(&doc, frame->text, frame->len,
					CTI_JSON_WIRE_MAX, NULL),
			 0);
	root = cti_json_root(doc);
	command = cti_json_str(root, "command");
	params = cti_json_str(root, "params");
	ck_assert_ptr_nonnull(command);
	command_log(command, params);
	if (params)
		(void)snprintf(fake.selected, sizeof(fake.selected), "%.60s",
			       params);
	if (!fake.silent)
		answer_send(command, cti_json_str(root, "token"));
	cti_json_destroy(doc);
}

static void on_client(void *arg)
{
	struct cti_netstring frame;
	char block[4096];
	ssize_t got = read(fake.client, block, sizeof(block));

	(void)arg;
	if (got <= 0) {
		fake_hang_up();
		return;
	}
	ck_assert_int_eq(cti_buf_add(&fake.received, block, (size_t)got), 0);
	while (fake.client >= 0 &&
	       cti_netstring_decode(&frame, cti_buf_text(&fake.received),
				    fake.received.len) == 0) {
		frame_take(&frame);
		cti_buf_drop(&fake.received, frame.used);
	}
}

static void on_listener(void *arg)
{
	int on = 1;

	(void)arg;
	fake_hang_up(); /* a new client takes over, as baresip has it */
	fake.client = accept(fake.listener, NULL, NULL);
	ck_assert_int_ge(fake.client, 0);
	ck_assert_int_eq(setsockopt(fake.client, IPPROTO_TCP, TCP_NODELAY, &on,
				    sizeof(on)),
			 0);
	fake.nclients++;
	ck_assert_int_eq(cti_poll_new(&fake.client_poll, fake.loop, fake.client,
				      on_client, NULL),
			 0);
}

static void answers_default(void)
{
	fake_answer("about", true, "|  [34;1mbaresip[;m 1.0.0  |");
	fake_answer("reginfo", true,
		    "\n--- User Agents (1) ---\n> sip:agent1@pbx   \n\n");
	fake_answer("listcalls", true, "\n--- Active calls (0) ---\n\n");
	fake_answer("callstat", true, "\n(no active calls)\n");
	fake_answer("callfind", true, "setting current call: x\n");
}

void fake_open(struct cti_loop *loop)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	fake = (struct fake){.loop = loop, .client = -1};
	cti_buf_init(&fake.received, CTI_NETSTRING_ROOM);
	fake.listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fake.listener, 0);
	ck_assert_int_eq(bind(fake.listener, (struct sockaddr *)&address, len),
			 0);
	ck_assert_int_eq(listen(fake.listener, 4), 0);
	ck_assert_int_eq(
		getsockname(fake.listener, (struct sockaddr *)&address, &len),
		0);
	fake.port = ntohs(address.sin_port);
	ck_assert_int_eq(cti_poll_new(&fake.listener_poll, loop, fake.listener,
				      on_listener, NULL),
			 0);
	answers_default();
}

void fake_hang_up(void)
{
	cti_poll_destroy(fake.client_poll);
	fake.client_poll = NULL;
	if (fake.client >= 0)
		(void)close(fake.client); /* nothing is lost */
	fake.client = -1;
	cti_buf_reset(&fake.received);
}

void fake_close(void)
{
	fake_hang_up();
	cti_poll_destroy(fake.listener_poll);
	fake.listener_poll = NULL;
	(void)close(fake.listener);
	cti_buf_fini(&fake.received);
}

const char *fake_log(void)
{
	memcpy(log_text, fake.log, sizeof(log_text));
	fake.log[0] = '\0';
	return log_text;
}
