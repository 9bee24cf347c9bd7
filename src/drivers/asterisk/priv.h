/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/priv.h - what the files of the asterisk driver share */
#ifndef CTI_ASTERISK_PRIV_H
#define CTI_ASTERISK_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/driver.h"
#include "cti/loop.h"
#include "cti/map.h"
#include "cti/secret.h"
#include "drivers/asterisk/ami.h"
#include "drivers/asterisk/chan.h"
#include "drivers/asterisk/leg.h"
#include "drivers/wire.h"

enum {
	AST_WHY_SIZE = 512,
	AST_REQUESTS_MAX = 1000,
	AST_DIALS_MAX = 2000, /* of ours at once */
	AST_GHOSTS = AST_DIALS_MAX,
	AST_GHOST_MS = 60 * 1000,
	AST_TOMBS = 64,
};

enum ast_stage {
	AST_CLOSED,
	AST_BANNER,    /* until the greeting */
	AST_CHALLENGE, /* until the challenge */
	AST_LOGIN,
	AST_SYNC, /* logged in; the list of channels is under way */
	AST_READY,
};

enum ast_request_kind {
	AST_REQUEST_CHALLENGE,
	AST_REQUEST_LOGIN,
	AST_REQUEST_SETTINGS,
	AST_REQUEST_CHANNELS,
	AST_REQUEST_PING,
	AST_REQUEST_ORIGINATE,
	AST_REQUEST_HANGUP,
	AST_REQUEST_REDIRECT,
	AST_REQUEST_DTMF,
	AST_REQUEST_MAY_ORIGINATE,
	AST_REQUEST_MAY_CALL,
	AST_REQUEST_DEVICE_STATE,
	AST_REQUEST_MAX
};

/** An action whose response is awaited. */
struct ast_request {
	STAILQ_ENTRY(ast_request) link;
	enum ast_request_kind kind;
	char id[AST_UID_SIZE];	/* its ActionID */
	char uid[AST_UID_SIZE]; /* the leg it is about */
};
STAILQ_HEAD(ast_requests, ast_request);

struct ast_action {
	enum ast_request_kind kind;
	const char *name;
	const char *id;		  /* its ActionID; NULL: one is made */
	const char *uid;	  /* the leg it is about; or NULL */
	const char *const *lines; /* "Key", "value", …, NULL; or NULL */
};

/** A dial that the core gave up while nobody knew whether it had begun. */
struct ast_ghost {
	char uid[AST_UID_SIZE];
	int64_t until_ms;
};

struct ast_conf {
	char username[65];
	char context[81];
	char caller_id[40];
	const char *host;
	uint16_t port;
	const struct cti_conf *conf; /* lists; lent for the driver's life */
	size_t extension_digits;
	int64_t ping_ms, ping_limit_ms;
	const char *field[AST_VARS]; /* the variables that SAP wants */
	size_t nfields;
};

struct cti_driver {
	struct cti_driver_host host;
	struct ast_conf conf;
	struct cti_secret secret;

	/* link.c */
	struct cti_wire *wire;
	struct ami_parser parser;
	struct cti_buf out; /* the action being written */
	enum ast_stage stage;
	unsigned epoch; /* of the connection: counts what was closed */
	bool pinged;	/* a pong, or anything, is awaited */
	char version[40];
	int64_t login_until_ms;
	struct cti_timer *ping_timer;

	/* actions.c */
	struct ast_requests requests;
	size_t nrequests;
	uint32_t serial;
	struct cti_timer *probe_timer;
	char probe_device[AST_NAME_SIZE];

	struct ast_switch sw; /* channels.c */

	/* legs.c */
	struct ast_legs legs;
	struct cti_map dials;	/* ours, by call id, also before the channel */
	struct cti_map devices; /* the agents' devices, by name */
	size_t ndials;
	struct ast_ghost ghost[AST_GHOSTS];
	size_t nghosts;
	char tomb[AST_TOMBS][AST_UID_SIZE]; /* hung up while the list came */
	size_t ntombs;
};

/* --- link.c: login, life sign, loss --- */

int ast_link_init(struct cti_driver *drv) CTI_NODISCARD;
void ast_link_fini(struct cti_driver *drv);
void ast_link_start(struct cti_driver *drv);
void ast_link_stop(struct cti_driver *drv);
/* Responses. */
void ast_on_challenge(struct cti_driver *drv, const struct ast_request *req,
		      const struct ami_msg *msg);
void ast_on_login(struct cti_driver *drv, const struct ast_request *req,
		  const struct ami_msg *msg);

/* --- sync.c: what runs when the link comes up --- */

int ast_sync_begin(struct cti_driver *drv) CTI_NODISCARD;
void ast_on_settings(struct cti_driver *drv, const struct ast_request *req,
		     const struct ami_msg *msg);
void ast_on_channels(struct cti_driver *drv, const struct ast_request *req,
		     const struct ami_msg *msg);
void ast_sync_row(struct cti_driver *drv, const struct ast_event *ev);
void ast_sync_done(struct cti_driver *drv);
/** Remembers an end, as a row of the list may still name it. */
void ast_sync_hungup(struct cti_driver *drv, const char *uid);
/** A dial the core gave up: hung up should it still come. */
void ast_ghost_add(struct cti_driver *drv, const char *uid);
bool ast_ghost_take(struct cti_driver *drv, const char *uid);

/* --- actions.c: requests and their answers --- */

/** Sends an action; its answer goes to the kind's function. */
int ast_request(struct cti_driver *drv,
		const struct ast_action *action) CTI_NODISCARD;
void ast_requests_drop(struct cti_driver *drv);
void ast_response(struct cti_driver *drv, const struct ami_msg *msg);

int ast_act_originate(struct cti_driver *drv,
		      const struct cti_originate *req) CTI_NODISCARD;
int ast_act_hangup(struct cti_driver *drv, const char *uid,
		   int cause) CTI_NODISCARD;
int ast_act_redirect(struct cti_driver *drv, const struct ast_leg *leg,
		     const char *exten) CTI_NODISCARD;
int ast_act_digit(struct cti_driver *drv, const struct ast_leg *leg,
		  char digit) CTI_NODISCARD;
void ast_probe(void *drv);

/* --- events.c --- */

void ast_message(struct cti_driver *drv, const struct ami_msg *msg);

/* --- transfer.c --- */

/** Who comes to a ringing leg, by transfer or not. */
void ast_transfer_ring(struct ast_leg *leg, const struct ast_chan *caller);
/** Two channels talk; either may have been somebody else's before. */
void ast_transfer_join(struct ast_chan *chan, struct ast_chan *peer);
/** The near half of this Local channel has another partner: those it rings
 * for have another caller. */
void ast_transfer_behind(struct ast_chan *half);
void ast_on_blind(struct cti_driver *drv, const struct ast_event *ev);
void ast_on_attended(struct cti_driver *drv, const struct ast_event *ev);

#endif /* CTI_ASTERISK_PRIV_H */
