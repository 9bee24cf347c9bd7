/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/link.c - the event socket: login, messages, pings */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

enum {
	GREETING_MS = 10000,
	RESYNC_MS = 1000, /* what is lost in a burst is looked for once */
};

static const char EVENTS[] =
	"event json CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA "
	"CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE "
	"CHANNEL_HANGUP_COMPLETE CHANNEL_HOLD CHANNEL_UNHOLD BACKGROUND_JOB";

static void link_lost(struct cti_driver *drv, int err)
{
	char why[FS_WHY_SIZE];

	(void)snprintf(why, sizeof(why), "freeswitch: %s", strerror(-err));
	cti_wire_lost(drv->wire, why);
}

static void lost_if(struct cti_driver *drv, int err)
{
	if (err)
		link_lost(drv, err);
}

/* --- login --- */

static int login(struct cti_driver *drv)
{
	struct cti_buf text;
	int err;

	cti_buf_init(&text, 2 * (size_t)ESL_SENT_MAX);
	err = esl_auth(&text, drv->secret.text);
	if (!err)
		err = fs_ask(drv, FS_ASK_AUTH, "", &text);
	cti_buf_fini(&text);
	return err;
}

void fs_on_auth(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg)
{
	(void)cmd; /* there is one login */
	if (esl_begins(msg, "+OK"))
		lost_if(drv, fs_ask_plain(drv, FS_ASK_VERSION, "api version"));
	else
		cti_wire_refused(drv->wire,
				 "FreeSWITCH refused the password: "
				 "freeswitch.secret_file must hold that of "
				 "event_socket.conf.xml");
}

/* "FreeSWITCH Version 1.11.1-release~64bit (…)" */
static void version_read(struct cti_driver *drv, const struct esl_msg *msg)
{
	static const char MARK[] = "Version ";
	char text[FS_TEXT_SIZE];
	const char *at;

	esl_text(text, sizeof(text), msg);
	at = strstr(text, MARK);
	at = at ? at + strlen(MARK) : "";
	(void)snprintf(drv->version, sizeof(drv->version), "FreeSWITCH%s%.*s",
		       *at ? " " : "", (int)strcspn(at, " ~("), at);
}

/* Channels are listed once events flow: none can fall between the two. */
void fs_on_version(struct cti_driver *drv, const struct fs_command *cmd,
		   const struct esl_msg *msg)
{
	(void)cmd; /* about no channel */
	if (drv->up)
		return; /* a ping */
	version_read(drv, msg);
	drv->up = true;
	drv->host.on_link(drv->host.arg, CTI_LINK_UP, drv->version);
	lost_if(drv, fs_ask_plain(drv, FS_ASK_EVENTS, EVENTS));
}

void fs_on_subscribed(struct cti_driver *drv, const struct fs_command *cmd,
		      const struct esl_msg *msg)
{
	(void)cmd; /* about no channel */
	if (esl_begins(msg, "+OK"))
		lost_if(drv, fs_sync_begin(drv));
	else
		cti_wire_refused(drv->wire,
				 "FreeSWITCH does not let this login see "
				 "events: look at event_socket.conf.xml");
}

void fs_link_synced(struct cti_driver *drv)
{
	bool again = drv->synced;

	drv->syncing = false;
	drv->synced = true;
	if (again)
		return;
	cti_wire_settled(drv->wire);
	cti_timer_start(drv->ping_timer, drv->ping_ms);
	drv->host.on_synced(drv->host.arg);
}

/* --- alive --- */

/* A call whose end got lost is found the same way: it is asked about. */
static int ping_send(struct cti_driver *drv)
{
	struct fs_leg *leg = TAILQ_FIRST(&drv->legs);
	struct esl_api api = {.verb = "uuid_exists"};

	if (!leg || !fs_chan_find(drv, leg->uuid))
		return fs_ask_plain(drv, FS_ASK_VERSION, "api version");
	TAILQ_REMOVE(&drv->legs, leg, link);
	TAILQ_INSERT_TAIL(&drv->legs, leg, link);
	api.id = leg->uuid;
	return fs_ask_api(drv, FS_ASK_EXISTS, &api);
}

static void ping(void *arg)
{
	struct cti_driver *drv = arg;
	int err = 0;

	if (!drv->synced)
		return;
	if (drv->ncommands == 0)
		err = ping_send(drv);
	cti_timer_start(drv->ping_timer, drv->ping_ms);
	lost_if(drv, err);
}

/* The report of an end may be on its way behind the answer: only when the
 * next ping finds it missing again was it lost. */
void fs_on_exists(struct cti_driver *drv, const struct fs_command *cmd,
		  const struct esl_msg *msg)
{
	struct fs_leg *leg = fs_leg_find(drv, cmd->uuid);

	if (!leg || !esl_begins(msg, "false")) {
		if (leg)
			leg->missed = 0;
		return;
	}
	if (leg->missed++ == 0)
		return;
	fs_chan_gone(drv, cmd->uuid);
	fs_leg_end(leg, CTI_CAUSE_LINK_LOST, "its end was not reported");
}

static void resync(void *arg)
{
	struct cti_driver *drv = arg;

	if (drv->synced && !drv->syncing)
		lost_if(drv, fs_sync_begin(drv));
}

/* --- messages --- */

static int on_auth_request(struct cti_driver *drv, const struct esl_msg *msg)
{
	(void)msg; /* says nothing more */
	if (drv->asked)
		return -EBADMSG;
	drv->asked = true;
	return login(drv);
}

static int on_event(struct cti_driver *drv, const struct esl_msg *msg)
{
	struct fs_event ev;
	int err = fs_event_parse(&ev, msg->body, msg->body_len);

	if (err) {
		log_warn_errno(err, "freeswitch: an event is not understood");
		cti_timer_start(drv->resync_timer, RESYNC_MS);
		return 0;
	}
	if (drv->up)
		fs_on_event(drv, &ev);
	fs_event_fini(&ev);
	return 0;
}

static int on_disconnect(struct cti_driver *drv, const struct esl_msg *msg)
{
	(void)msg; /* a farewell */
	cti_wire_lost(drv->wire, "FreeSWITCH ended the connection");
	return 0;
}

static int on_rejection(struct cti_driver *drv, const struct esl_msg *msg)
{
	(void)msg; /* "Access Denied, go away." */
	cti_wire_refused(drv->wire,
			 "FreeSWITCH refuses this address: let it in by "
			 "apply-inbound-acl of event_socket.conf.xml");
	return 0;
}

static int on_other(struct cti_driver *drv, const struct esl_msg *msg)
{
	(void)drv; /* nothing to do */
	(void)msg; /* a log line, say */
	return 0;
}

static void message_take(struct cti_driver *drv, const struct esl_msg *msg)
{
	static int (*const takes[])(struct cti_driver *,
				    const struct esl_msg *) = {
		[ESL_OTHER] = on_other,
		[ESL_AUTH_REQUEST] = on_auth_request,
		[ESL_REPLY] = fs_answered,
		[ESL_ANSWER] = fs_answered,
		[ESL_EVENT] = on_event,
		[ESL_DISCONNECT] = on_disconnect,
		[ESL_REJECTION] = on_rejection,
	};
	int err = takes[msg->type](drv, msg);

	if (err == -EBADMSG)
		cti_wire_lost(drv->wire, "what answers does not speak like "
					 "FreeSWITCH's event socket");
	else
		lost_if(drv, err);
}

/* --- the wire --- */

static int wire_open(struct cti_driver *drv)
{
	cti_wire_expect(drv->wire, GREETING_MS,
			"what answers does not ask for a password as "
			"FreeSWITCH's event socket does");
	return 0;
}

static void wire_data(struct cti_driver *drv, const char *data, size_t len)
{
	const struct esl_msg *msg = NULL;
	int err = esl_parser_feed(&drv->parser, data, len);

	fs_commands_alive(drv);
	while (!err) {
		err = esl_parser_next(&drv->parser, &msg);
		if (err)
			break;
		message_take(drv, msg);
		if (!cti_wire_is_open(drv->wire))
			return;
	}
	if (err == -EBADMSG || err == -ENOBUFS)
		cti_wire_lost(drv->wire,
			      "what answers is not FreeSWITCH's event socket");
	else if (err != -ENODATA)
		link_lost(drv, err);
}

static void wire_closed(struct cti_driver *drv)
{
	drv->asked = drv->up = drv->synced = drv->syncing = false;
	esl_parser_reset(&drv->parser);
	fs_commands_drop(drv);
	cti_timer_stop(drv->ping_timer);
	cti_timer_stop(drv->resync_timer);
}

static const struct cti_wire_handler handler = {
	.on_open = wire_open,
	.on_data = wire_data,
	.on_closed = wire_closed,
};

/* --- life cycle --- */

int fs_link_init(struct cti_driver *drv, const struct cti_conf *conf)
{
	struct cti_wire_peer peer = {
		.name = "FreeSWITCH",
		.host = cti_conf_str(conf, "freeswitch.host"),
		.port = (uint16_t)cti_conf_int(conf, "freeswitch.port"),
	};
	int err = cti_timer_new(&drv->ping_timer, drv->host.loop, ping, drv);

	if (!err)
		err = cti_timer_new(&drv->resync_timer, drv->host.loop, resync,
				    drv);
	if (!err)
		err = cti_wire_new(&drv->wire, drv, &drv->host, &peer,
				   &handler);
	if (!err)
		cti_wire_pauses(drv->wire, conf);
	return err;
}

void fs_link_fini(struct cti_driver *drv)
{
	cti_wire_destroy(drv->wire);
	fs_commands_drop(drv);
	esl_parser_fini(&drv->parser);
	cti_timer_destroy(drv->ping_timer);
	cti_timer_destroy(drv->resync_timer);
}

void fs_link_start(struct cti_driver *drv)
{
	cti_wire_start(drv->wire);
}

void fs_link_stop(struct cti_driver *drv)
{
	cti_wire_stop(drv->wire);
}
