/* SPDX-License-Identifier: Apache-2.0 */
/* api/priv.h - what the files of the API share */
#ifndef API_PRIV_H
#define API_PRIV_H

#include "api/api.h"
#include "api/stream.h"
#include "call/actions.h"
#include "call/claims.h"
#include "cti/conf.h"
#include "cti/json.h"
#include "cti/loop.h"
#include "cti/number.h"
#include "cti/paired.h"
#include "cti/store.h"

enum {
	ANSWER_MAX = 1024 * 1024,	 /* bytes of an ordinary answer */
	SNAPSHOT_MAX = 16 * 1024 * 1024, /* bytes of a snapshot */
};

struct cti_api {
	struct cti_api_parts parts;
	struct cti_calls *calls;
	struct cti_calls_host host;
	struct ring ring;
	struct client_list clients;
	size_t nclients;
	struct cti_timer *beat;
	int64_t volatile_id; /* newest event that is not in the store */
	bool stopping;
	int64_t started_ms;    /* Unix ms */
	int64_t host_seen_ms;  /* the widget was framed; 0 = never */
	int64_t click_seen_ms; /* a page handed a payload in; 0 = never */
	struct cti_histogram delivery; /* of frames, to each stream */
	uint64_t lapped;     /* streams that lost their place in the ring */
	uint64_t resets;     /* that asked for what is not there any more */
	int64_t reloaded_ms; /* the configuration was read again; or 0 */
	char *reload_error;  /* why it did not count; NULL: it did */
	char *reload_waits;  /* keys that wait for a restart, one a line */
};

/* call_json.c, event_json.c */
void call_write(struct cti_jsonw *w, const struct cti_api *api,
		const struct cti_call *call);
/** The same without its closing brace, for an answer with more to say. */
void call_write_open(struct cti_jsonw *w, const struct cti_api *api,
		     const struct cti_call *call);
void event_write(struct cti_jsonw *w, const struct cti_api *api,
		 const struct cti_event *ev, const struct cti_call *call);
/** malloc'd; NULL: no memory. */
char *event_text(const struct cti_api *api, const struct cti_event *ev,
		 const struct cti_call *call);
/** The same of an event that is stored, or due while it cannot be; NULL: not
 * there. */
char *event_load(const struct cti_api *api, int64_t id);
void switch_write(struct cti_jsonw *w, const struct cti_api *api);
/** {"cursor":…,"calls":[…],"due":[…],"switch":{…}}; *duep: the last due one
 * that had room, 0 = all had. */
int snapshot_write(struct cti_buf *out, const struct cti_api *api,
		   const char *agent, int64_t *duep) CTI_NODISCARD;

/* pages.c */
/** What stands for {{name}} in a page; a list of them ends with a name of
 * NULL. */
struct slot {
	const char *name;
	const char *value;
	bool markup; /* the value is HTML already */
};
/** Answers with a page of our own that nobody may frame. */
void page_own(struct cti_http_req *req, const char *path,
	      const struct slot *slots);
/** Adds a text as HTML. */
int page_text(struct cti_buf *out, const char *text) CTI_NODISCARD;
/** What may be around the widget and talk to it: "'self'", an origin; NULL
 * behind the last one. */
const char *page_origin(const struct cti_api *api, size_t index);

/* reload.c */
/** "config": {…} of the status. */
void reload_write(struct cti_jsonw *w, const struct cti_api *api);

/* pairings.c */
/** A new token: every page asks again who is around it. */
void pages_end(struct cti_api *api);
/** Is it below one of sap.pair_suffixes? */
bool pair_possible(const struct cti_conf *conf, const char *origin);

/* help.c */
/** Answers with the problem and returns true when rc is not 0. */
bool api_failed(struct cti_http_req *req, int rc, struct cti_err *err);
void api_problem(struct cti_http_req *req, enum cti_code code, const char *fmt,
		 ...) CTI_PRINTF(3, 4);
/** Does the request say whose page it is, where that is needed? false: refused
 * already. */
bool api_viewer(struct cti_api *api, struct cti_http_req *req);
/** Starts an answer that is one JSON object. */
struct answer {
	struct cti_buf buf;
	struct cti_jsonw w;
};
int answer_begin(struct answer *a, size_t ceiling) CTI_NODISCARD;
/** The same with ANSWER_MAX; false: refused already. */
bool answer_open(struct answer *a, struct cti_http_req *req);
/** Sends it, or 500. */
void answer_send(struct answer *a, struct cti_http_req *req, int status);
/** Forgets an answer that was begun. */
void answer_drop(struct answer *a);
/** The body as a JSON object; false: refused already. */
bool api_body(struct cti_http_req *req, struct cti_json **docp);
/** Whole decimal digits to a number. */
int api_number(int64_t *outp, const char *text) CTI_NODISCARD;
/**
 * A request that is answered later, by the core's outcome. It is the
 * request's user pointer meanwhile: when the request ends by itself, req
 * becomes NULL and the outcome is told to nobody.
 */
struct later {
	struct cti_api *api;
	struct cti_http_req *req;
	int status_created, status_same;
	unsigned long mask; /* PATCH: the facts that were sent */
};
/** NULL: refused already. */
struct later *later_new(struct cti_api *api, struct cti_http_req *req,
			int created, int same);
void later_free(struct later *later);
/** The outcome is the call. */
void later_call(void *arg, const struct cti_outcome *outcome);
struct cti_reply later_reply(struct later *later);
/** Is there good news to write, and somebody to read it? A problem is sent. */
bool later_answers(const struct later *later, const struct cti_err *err);

/* assets.c (made from www/ by the build) */
struct asset {
	const char *path;
	const char *type;
	const unsigned char *data;
	size_t len;
};
extern const struct asset api_assets[];
extern const size_t api_nassets;

/* the handlers */
cti_http_handler get_asset, get_folder_asset, get_widget, get_host_page,
	get_token, get_healthz, get_readyz, get_version, get_openapi,
	get_status, get_doctor, post_calls, get_calls, get_call, get_timeline,
	post_redial, post_action, delete_call, patch_call, get_events,
	post_claim, post_ack, post_inbound, post_simulator, get_explain,
	post_lint, get_pair_page, get_pairings, post_pairings, delete_pairing,
	get_console, get_docs, get_docs_page, any_cti, any_cti_agent,
	get_metrics;

#endif /* API_PRIV_H */
