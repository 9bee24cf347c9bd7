/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/actions.c - what is asked of the switch, and its answers */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/asterisk/priv.h"

enum {
	RING_MS = 30000, /* where the core has no limit */
	NUMBER_SIZE = 16,
	CALLER_SIZE = 128,
	LINES_MAX = 40,
};

/* --- requests --- */

static void request_drop(struct cti_driver *drv, struct ast_request *req)
{
	STAILQ_REMOVE(&drv->requests, req, ast_request, link);
	drv->nrequests--;
	free(req);
}

void ast_requests_drop(struct cti_driver *drv)
{
	while (!STAILQ_EMPTY(&drv->requests))
		request_drop(drv, STAILQ_FIRST(&drv->requests));
}

static int action_write(struct cti_driver *drv, const struct ast_action *action,
			const char *id)
{
	const char *const *line = action->lines;
	int err = ami_action(&drv->out, action->name, id);

	for (; line && line[0] && !err; line += 2)
		err = ami_line(&drv->out, line[0], line[1]);
	if (!err)
		err = ami_end(&drv->out);
	if (!err)
		err = cti_wire_write(drv->wire, drv->out.data, drv->out.len);
	cti_buf_reset(&drv->out);
	return err;
}

int ast_request(struct cti_driver *drv, const struct ast_action *action)
{
	struct ast_request *req;
	int err;

	if (drv->nrequests >= AST_REQUESTS_MAX)
		return -EBUSY;
	req = calloc(1, sizeof(*req));
	if (!req)
		return -ENOMEM;
	req->kind = action->kind;
	if (action->id)
		(void)snprintf(req->id, sizeof(req->id), "%s", action->id);
	else
		(void)snprintf(req->id, sizeof(req->id), "pc.%u",
			       ++drv->serial);
	if (action->uid)
		(void)snprintf(req->uid, sizeof(req->uid), "%s", action->uid);
	err = action_write(drv, action, req->id);
	if (err) {
		free(req);
		return err;
	}
	STAILQ_INSERT_TAIL(&drv->requests, req, link);
	drv->nrequests++;
	return 0;
}

/* --- actions --- */

/** A comma would begin another variable. */
static int variable_make(char out[AMI_SENT_LINE_MAX], const char *text)
{
	const char *equals = strchr(text, '=');
	size_t len = 0;

	if (!equals)
		return -EINVAL;
	for (; *text && len + 2 < AMI_SENT_LINE_MAX; text++) {
		if (*text == ',' && text > equals && text[-1] != '\\')
			out[len++] = '\\';
		out[len++] = *text;
	}
	out[len] = '\0';
	return *text ? -EINVAL : 0;
}

static int originate_send(struct cti_driver *drv,
			  const struct ast_action *action, size_t n,
			  const char **lines)
{
	char variable[AST_VARS][AMI_SENT_LINE_MAX];
	size_t count = cti_conf_count(drv->conf.conf, "asterisk.auto_answer");

	for (size_t i = 0; i < count && i < AST_VARS; i++) {
		const char *item = cti_conf_item(drv->conf.conf,
						 "asterisk.auto_answer", i);
		int err = variable_make(variable[i], item);

		if (err)
			return err;
		lines[n++] = "Variable";
		lines[n++] = variable[i];
	}
	lines[n] = NULL;
	return ast_request(drv, action);
}

int ast_act_originate(struct cti_driver *drv, const struct cti_originate *req)
{
	char timeout[NUMBER_SIZE];
	char caller[CALLER_SIZE];
	const char *number =
		req->caller_id ? req->caller_id : drv->conf.caller_id;
	const char *lines[LINES_MAX] = {
		"Channel",   req->device,  "Context",  drv->conf.context,
		"Exten",     req->number,  "Priority", "1",
		"Timeout",   timeout,	   "Async",    "true",
		"ChannelId", req->call_id,
	};
	const struct ast_action action = {
		.kind = AST_REQUEST_ORIGINATE,
		.name = "Originate",
		.id = req->call_id, /* its event names it, to all accounts */
		.uid = req->call_id,
		.lines = lines,
	};
	size_t n = 14;

	if (!ami_is_exten(req->number) || !req->device[0] ||
	    !ami_is_channel(req->device) || !ami_is_channel(req->call_id) ||
	    (number[0] && !ami_is_exten(number)))
		return -EINVAL;
	(void)snprintf(timeout, sizeof(timeout), "%u",
		       req->timeout_ms ? req->timeout_ms : RING_MS);
	(void)snprintf(caller, sizeof(caller), "\"%s\" <%s>", req->number,
		       number);
	if (number[0]) {
		lines[n++] = "CallerID";
		lines[n++] = caller;
	}
	return originate_send(drv, &action, n, lines);
}

int ast_act_hangup(struct cti_driver *drv, const char *uid, int cause)
{
	char number[NUMBER_SIZE];
	const char *const lines[] = {"Channel", uid, "Cause", number, NULL};
	const struct ast_action action = {
		.kind = AST_REQUEST_HANGUP,
		.name = "Hangup",
		.uid = uid,
		.lines = lines,
	};

	if (!ami_is_channel(uid))
		return -EINVAL;
	(void)snprintf(number, sizeof(number), "%d", cause);
	return ast_request(drv, &action);
}

/** The other side's channel; NULL: none that could be named. */
static const char *other_side(const struct ast_leg *leg)
{
	const struct ast_chan *peer =
		leg->chan ? ast_chan_peer(leg->chan) : NULL;

	return peer && ami_is_channel(peer->uid) ? peer->uid : NULL;
}

int ast_act_redirect(struct cti_driver *drv, const struct ast_leg *leg,
		     const char *exten)
{
	const char *other = other_side(leg);
	const char *const lines[] = {
		"Channel",  other, "Context", drv->conf.context, "Exten", exten,
		"Priority", "1",   NULL,
	};
	const struct ast_action action = {
		.kind = AST_REQUEST_REDIRECT,
		.name = "Redirect",
		.uid = leg->chan ? leg->chan->uid : NULL,
		.lines = lines,
	};

	if (!other || !ami_is_exten(exten))
		return -EINVAL;
	return ast_request(drv, &action);
}

int ast_act_digit(struct cti_driver *drv, const struct ast_leg *leg, char digit)
{
	const char *other = other_side(leg);
	const char text[] = {digit, '\0'};
	const char *const lines[] = {"Channel",	 other, "Digit", text,
				     "Duration", "120", NULL};
	const struct ast_action action = {
		.kind = AST_REQUEST_DTMF,
		.name = "PlayDTMF",
		.lines = lines,
	};

	return other ? ast_request(drv, &action) : -EINVAL;
}

/* --- answers --- */

static bool refused(const struct ami_msg *msg)
{
	return !ami_is(msg, "Response", "Success");
}

static const struct {
	const char *text;
	enum cti_cause cause;
	const char *hint;
} refusals[] = {
	{"Extension does not exist", CTI_CAUSE_BAD_NUMBER,
	 " The context of asterisk.context has none."},
	{"Permission denied", CTI_CAUSE_FAILED,
	 ": the manager user lacks the class originate"},
	{"Invalid channel", CTI_CAUSE_FAILED, ": "},
	{"", CTI_CAUSE_FAILED, ""},
};

static void on_originate(struct cti_driver *drv, const struct ast_request *req,
			 const struct ami_msg *msg)
{
	struct ast_leg *leg = ast_leg_by_id(drv, req->uid);
	char said[AST_TEXT_SIZE];
	char detail[2 * AST_TEXT_SIZE];
	const char *device = "";
	size_t i = 0;

	if (!leg || !refused(msg))
		return;
	ami_text(said, sizeof(said), ami_get(msg, "Message"));
	while (strncmp(said, refusals[i].text, strlen(refusals[i].text)) != 0)
		i++;
	if (strcmp(refusals[i].hint, ": ") == 0 && leg->device)
		device = leg->device;
	(void)snprintf(detail, sizeof(detail), "%s%s%s", said, refusals[i].hint,
		       device);
	log_warn("asterisk: call %s: the dial is refused: %s", leg->call_id,
		 detail);
	ast_leg_refused(leg, refusals[i].cause, detail);
}

static void on_refusable(struct cti_driver *drv, const struct ast_request *req,
			 const struct ami_msg *msg)
{
	(void)drv;
	(void)req;
	if (refused(msg))
		log_warn("asterisk: %s", ami_get(msg, "Message"));
}

/** A channel that is gone, or not there yet: its own events tell. What may not
 * be hung up goes on. */
static void on_hangup(struct cti_driver *drv, const struct ast_request *req,
		      const struct ami_msg *msg)
{
	const char *text = ami_get(msg, "Message");
	const struct ast_chan *chan = ast_chan_find(drv, req->uid);
	struct ast_leg *leg = chan ? chan->leg : NULL;

	if (!refused(msg) || strncmp(text, "No such channel", 15) == 0)
		return;
	log_warn("asterisk: call %s: the hangup is refused: %s",
		 leg && *leg->call_id ? leg->call_id : "unknown", text);
	if (!leg)
		return;
	leg->over = leg->by_us = leg->timed_out = false;
	cti_timer_stop(leg->timer);
}

static void on_redirect(struct cti_driver *drv, const struct ast_request *req,
			const struct ami_msg *msg)
{
	const struct ast_chan *chan = ast_chan_find(drv, req->uid);

	if (refused(msg))
		log_warn("asterisk: call %s: the transfer is refused: %s",
			 chan && chan->leg && *chan->leg->call_id
				 ? chan->leg->call_id
				 : "unknown",
			 ami_get(msg, "Message"));
	else if (chan && chan->leg)
		chan->leg->transferred = true;
}

/* --- may this account do what it must? --- */

static void probe_say(struct cti_driver *drv, const char *missing)
{
	char why[AST_WHY_SIZE];

	if (missing)
		(void)snprintf(why, sizeof(why),
			       "the manager user %s lacks the class %s "
			       "(manager.conf, write)",
			       drv->conf.username, missing);
	else
		(void)snprintf(why, sizeof(why),
			       "Asterisk %s; the manager user %s may list, "
			       "dial, transfer and end calls",
			       drv->version, drv->conf.username);
	drv->host.on_probe(drv->host.arg, !missing, why);
}

/** Both actions lack what they would need to do anything. */
static int probe_ask(struct cti_driver *drv, enum ast_request_kind kind,
		     const char *name)
{
	const struct ast_action action = {.kind = kind, .name = name};

	return ast_request(drv, &action);
}

static void on_may_originate(struct cti_driver *drv,
			     const struct ast_request *req,
			     const struct ami_msg *msg)
{
	(void)req;
	if (ami_is(msg, "Message", "Permission denied"))
		probe_say(drv, "originate");
	else if (probe_ask(drv, AST_REQUEST_MAY_CALL, "Hangup"))
		drv->host.on_probe(drv->host.arg, false, "the link is busy");
}

/* Asterisk's words for a phone that cannot ring. */
static bool is_away(const char *state)
{
	static const char *const words[] = {"UNAVAILABLE", "INVALID"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(state, words[i]) == 0)
			return true;
	}
	return false;
}

/** Without the module func_devstate there is no value, and nothing to say. */
static void on_device_state(struct cti_driver *drv,
			    const struct ast_request *req,
			    const struct ami_msg *msg)
{
	const char *state = ami_get(msg, "Value");
	char why[AST_WHY_SIZE];

	(void)req;
	if (!is_away(state)) {
		probe_say(drv, NULL);
		return;
	}
	(void)snprintf(why, sizeof(why), "%s (Asterisk calls %s %s)",
		       strcmp(state, "INVALID") == 0
			       ? "there is no such phone"
			       : "its phone is not registered",
		       drv->probe_device, state);
	drv->host.on_probe(drv->host.arg, false, why);
}

static void on_may_call(struct cti_driver *drv, const struct ast_request *req,
			const struct ami_msg *msg)
{
	char variable[AST_NAME_SIZE + 16];
	const char *const lines[] = {"Variable", variable, NULL};
	const struct ast_action action = {
		.kind = AST_REQUEST_DEVICE_STATE,
		.name = "Getvar",
		.lines = lines,
	};

	(void)req;
	(void)snprintf(variable, sizeof(variable), "DEVICE_STATE(%s)",
		       drv->probe_device); /* fits */
	if (ami_is(msg, "Message", "Permission denied"))
		probe_say(drv, "call");
	else if (!drv->probe_device[0])
		probe_say(drv, NULL);
	else if (ast_request(drv, &action))
		drv->host.on_probe(drv->host.arg, false, "the link is busy");
}

void ast_probe(void *arg)
{
	struct cti_driver *drv = arg;
	const char *device = drv->probe_device;
	char why[AST_WHY_SIZE];

	why[0] = '\0';
	if (drv->stage != AST_READY)
		(void)snprintf(why, sizeof(why), "no link to Asterisk at %s:%u",
			       drv->conf.host, drv->conf.port);
	else if (device[0] &&
		 !cti_map_find(&drv->devices, device, strlen(device)))
		(void)snprintf(why, sizeof(why), "%s is no agent's device",
			       device);
	else if (probe_ask(drv, AST_REQUEST_MAY_ORIGINATE, "Originate"))
		(void)snprintf(why, sizeof(why), "the link is busy");
	if (why[0])
		drv->host.on_probe(drv->host.arg, false, why);
}

/* --- by kind --- */

typedef void answer_fn(struct cti_driver *drv, const struct ast_request *req,
		       const struct ami_msg *msg);

static answer_fn *const answers[AST_REQUEST_MAX] = {
	[AST_REQUEST_CHALLENGE] = ast_on_challenge,
	[AST_REQUEST_LOGIN] = ast_on_login,
	[AST_REQUEST_SETTINGS] = ast_on_settings,
	[AST_REQUEST_CHANNELS] = ast_on_channels,
	[AST_REQUEST_PING] = on_refusable,
	[AST_REQUEST_ORIGINATE] = on_originate,
	[AST_REQUEST_HANGUP] = on_hangup,
	[AST_REQUEST_REDIRECT] = on_redirect,
	[AST_REQUEST_DTMF] = on_refusable,
	[AST_REQUEST_MAY_ORIGINATE] = on_may_originate,
	[AST_REQUEST_MAY_CALL] = on_may_call,
	[AST_REQUEST_DEVICE_STATE] = on_device_state,
};

void ast_response(struct cti_driver *drv, const struct ami_msg *msg)
{
	const char *id = ami_get(msg, "ActionID");
	struct ast_request *req;
	struct ast_request copy;

	STAILQ_FOREACH(req, &drv->requests, link)
	{
		if (strcmp(req->id, id) == 0)
			break;
	}
	if (!req)
		return;
	copy = *req; /* the answer may end the link, and all requests with it */
	request_drop(drv, req);
	answers[copy.kind](drv, &copy, msg);
}
