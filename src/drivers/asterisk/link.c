/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/link.c - the session with the manager: login, life sign, loss */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nettle/base16.h>
#include <nettle/md5.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/asterisk/priv.h"

enum {
	ANSWER_MS = 10000,
	LOGIN_MS = 30000, /* from the connection to the end of the list */
	KEY_SIZE = 2 * MD5_DIGEST_SIZE + 1,
};

static const char no_login[] = "Asterisk does not answer to the login";
static const char no_list[] = "Asterisk does not list its channels";
static const char no_end[] = "Asterisk comes to no end with the login";
static const char no_pong[] = "Asterisk does not answer";

static void stage_enter(struct cti_driver *drv, enum ast_stage stage)
{
	drv->stage = stage;
	if (stage < AST_READY)
		cti_wire_expect(drv->wire, ANSWER_MS,
				stage == AST_SYNC ? no_list : no_login);
}

/** A request that cannot be sent ends the session. */
static void link_check(struct cti_driver *drv, int err)
{
	if (err)
		cti_wire_lost(drv->wire, strerror(-err));
}

/* --- login --- */

static void banner_read(struct cti_driver *drv, const struct ami_msg *msg)
{
	static const char greeting[] = "Asterisk Call Manager/";
	static const char *const lines[] = {"AuthType", "MD5", NULL};
	const struct ast_action action = {
		.kind = AST_REQUEST_CHALLENGE,
		.name = "Challenge",
		.lines = lines,
	};

	if (strncmp(msg->field[0].value, greeting, sizeof(greeting) - 1) != 0) {
		cti_wire_lost(drv->wire,
			      "what answers is not Asterisk's manager");
		return;
	}
	stage_enter(drv, AST_CHALLENGE);
	link_check(drv, ast_request(drv, &action));
}

/** The challenge's answer, as hex digits. */
static void key_make(char key[KEY_SIZE], const char *challenge,
		     const struct cti_secret *secret)
{
	uint8_t digest[MD5_DIGEST_SIZE];
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, strlen(challenge), (const uint8_t *)challenge);
	md5_update(&ctx, strlen(secret->text), (const uint8_t *)secret->text);
	md5_digest(&ctx, sizeof(digest), digest);
	base16_encode_update(key, sizeof(digest), digest);
	key[KEY_SIZE - 1] = '\0';
}

void ast_on_challenge(struct cti_driver *drv, const struct ast_request *req,
		      const struct ami_msg *msg)
{
	char key[KEY_SIZE];
	const char *const lines[] = {
		"AuthType", "MD5", "Username", drv->conf.username, "Key", key,
		"Events",   "on",  NULL,
	};
	const struct ast_action action = {
		.kind = AST_REQUEST_LOGIN,
		.name = "Login",
		.lines = lines,
	};

	(void)req;
	if (!ami_is(msg, "Response", "Success")) {
		cti_wire_lost(drv->wire, "Asterisk gives no MD5 challenge");
		return;
	}
	key_make(key, ami_get(msg, "Challenge"), &drv->secret);
	stage_enter(drv, AST_LOGIN);
	link_check(drv, ast_request(drv, &action));
}

static void login_refused(struct cti_driver *drv, const char *text)
{
	char why[AST_WHY_SIZE];
	char said[AST_TEXT_SIZE];

	ami_text(said, sizeof(said), text);
	(void)snprintf(
		why, sizeof(why),
		"Asterisk at %s:%u refuses the manager user %s (%s): "
		"compare asterisk.username and asterisk.secret_file with "
		"its manager.conf, its permit= lines too",
		drv->conf.host, drv->conf.port, drv->conf.username, said);
	cti_wire_refused(drv->wire, why);
}

void ast_on_login(struct cti_driver *drv, const struct ast_request *req,
		  const struct ami_msg *msg)
{
	char why[AST_WHY_SIZE];
	unsigned epoch = drv->epoch;

	(void)req;
	if (!ami_is(msg, "Response", "Success")) {
		login_refused(drv, ami_get(msg, "Message"));
		return;
	}
	stage_enter(drv, AST_SYNC);
	cti_timer_start(drv->ping_timer, drv->conf.ping_ms);
	(void)snprintf(why, sizeof(why), "Asterisk at %s:%u", drv->conf.host,
		       drv->conf.port);
	drv->host.on_link(drv->host.arg, CTI_LINK_UP, why);
	if (drv->epoch == epoch)
		link_check(drv, ast_sync_begin(drv));
}

/* --- life --- */

static void link_ping(void *arg)
{
	struct cti_driver *drv = arg;
	const struct ast_action action = {
		.kind = AST_REQUEST_PING,
		.name = "Ping",
	};
	int err = 0;

	cti_timer_start(drv->ping_timer, drv->conf.ping_ms);
	if (drv->stage != AST_READY || drv->pinged)
		return;
	err = ast_request(drv, &action);
	if (err == -EBUSY)
		return; /* so many answers are awaited that life shows soon */
	drv->pinged = true;
	cti_wire_expect(drv->wire, drv->conf.ping_limit_ms, no_pong);
}

/** Whatever is said, it lives. */
static void link_lives(struct cti_driver *drv)
{
	if (drv->stage < AST_READY &&
	    cti_loop_mono_ms(drv->host.loop) >= drv->login_until_ms) {
		cti_wire_lost(drv->wire, no_end);
	} else if (drv->stage < AST_READY) {
		stage_enter(drv, drv->stage);
	} else if (drv->pinged) {
		drv->pinged = false;
		cti_wire_expect(drv->wire, 0, NULL);
	}
}

/* --- the wire --- */

static int on_open(struct cti_driver *drv)
{
	drv->login_until_ms = cti_loop_mono_ms(drv->host.loop) + LOGIN_MS;
	stage_enter(drv, AST_BANNER);
	return 0;
}

static void message_read(struct cti_driver *drv, const struct ami_msg *msg)
{
	if (drv->stage == AST_BANNER)
		banner_read(drv, msg);
	else
		ast_message(drv, msg);
}

static void on_data(struct cti_driver *drv, const char *data, size_t len)
{
	unsigned epoch = drv->epoch;
	struct ami_msg msg;
	int err = ami_parser_feed(&drv->parser, data, len);

	while (!err) {
		err = ami_parser_next(&drv->parser, &msg);
		if (err)
			break;
		message_read(drv, &msg);
		if (drv->epoch != epoch)
			return;
	}
	if (err == -ENODATA)
		link_lives(drv);
	else
		cti_wire_lost(drv->wire, err == -ENOMEM ? "no memory"
							: "what answers is not "
							  "Asterisk's manager");
}

/** The channels stay: the next list says which of them still run. */
static void on_closed(struct cti_driver *drv)
{
	drv->epoch++;
	drv->stage = AST_CLOSED;
	drv->pinged = false;
	cti_timer_stop(drv->ping_timer);
	ast_requests_drop(drv);
	ami_parser_reset(&drv->parser);
	cti_buf_reset(&drv->out);
}

static const struct cti_wire_handler handler = {
	.on_open = on_open,
	.on_data = on_data,
	.on_closed = on_closed,
};

/* --- life cycle --- */

int ast_link_init(struct cti_driver *drv)
{
	const struct cti_wire_peer peer = {
		.name = "asterisk",
		.host = drv->conf.host,
		.port = drv->conf.port,
	};
	int err = cti_wire_new(&drv->wire, drv, &drv->host, &peer, &handler);

	if (!err)
		err = ami_parser_init(&drv->parser);
	if (!err)
		err = cti_timer_new(&drv->ping_timer, drv->host.loop, link_ping,
				    drv);
	if (!err)
		cti_wire_pauses(drv->wire, drv->conf.conf);
	return err;
}

void ast_link_fini(struct cti_driver *drv)
{
	cti_wire_destroy(drv->wire);
	cti_timer_destroy(drv->ping_timer);
	ami_parser_fini(&drv->parser);
	ast_requests_drop(drv);
}

void ast_link_start(struct cti_driver *drv)
{
	cti_wire_start(drv->wire);
}

void ast_link_stop(struct cti_driver *drv)
{
	cti_wire_stop(drv->wire);
}
