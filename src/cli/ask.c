/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ask.c - one request of the client, and what can go wrong with it */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/client_priv.h"

enum {
	ANSWER_CEILING = 64 * 1024 * 1024,
	CONNECT_MS = 3000,
	ASK_MS = 15000,
	SILENCE_S = 45, /* three heartbeats */
	HEADERS = 4,
};

void cti_answer_init(struct cti_answer *answer)
{
	answer->status = 0;
	cti_buf_init(&answer->body, ANSWER_CEILING);
}

void cti_answer_fini(struct cti_answer *answer)
{
	cti_buf_fini(&answer->body);
}

int cti_url_add(struct cti_buf *url, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	int err = 0;

	for (; *text && !err; text++)
		err = strchr(plain, *text) ? cti_buf_add(url, text, 1)
					   : cti_buf_fmt(url, "%%%02X",
							 (unsigned char)*text);
	return err;
}

/* --- one request --- */

struct request {
	struct cti_client *client;
	const struct cti_ask *ask;
	struct cti_answer *answer;
	struct cti_sse *sse; /* NULL: no stream */
	const struct cti_follow *follow;
	bool opened;
	int err; /* of a callback */
};

static void request_opened(struct request *r)
{
	if (!r->opened && r->follow->on_open)
		r->follow->on_open(r->follow->arg);
	r->opened = true;
}

static size_t request_write(char *data, size_t one, size_t len, void *arg)
{
	struct request *r = arg;
	struct cti_client *client = r->client;
	long status = 0;

	(void)one; /* always 1 */
	(void)client->curl.easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE,
					&status); /* stays 0 */
	if (r->sse && status == 200)
		request_opened(r);
	if (r->sse && status == 200)
		r->err = cti_sse_feed(r->sse, data, len);
	else
		r->err = cti_buf_add(&r->answer->body, data, len);
	return r->err ? 0 : len;
}

static const struct {
	CURLoption option;
	long value;
} fixed_numbers[] = {
	{CURLOPT_NOSIGNAL, 1},
	{CURLOPT_NOPROGRESS, 1},
	{CURLOPT_FOLLOWLOCATION, 0},
	{CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS},
	{CURLOPT_SSL_VERIFYPEER, 1},
	{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
};

/* What the environment says of proxies is about the outside world. */
static const struct {
	CURLoption option;
	const char *value;
} fixed_texts[] = {
	{CURLOPT_PROXY, ""},
	{CURLOPT_NOPROXY, "*"},
	{CURLOPT_PROTOCOLS_STR, "http,https"},
	{CURLOPT_USERAGENT, "patchcord/" CTI_VERSION},
};

static CURLcode options_fixed(const struct cti_client *client)
{
	CURLcode bad = CURLE_OK;

	for (size_t i = 0;
	     i < sizeof(fixed_numbers) / sizeof(*fixed_numbers) && !bad; i++)
		bad = client->curl.easy_setopt(client->easy,
					       fixed_numbers[i].option,
					       fixed_numbers[i].value);
	for (size_t i = 0;
	     i < sizeof(fixed_texts) / sizeof(*fixed_texts) && !bad; i++)
		bad = client->curl.easy_setopt(client->easy,
					       fixed_texts[i].option,
					       fixed_texts[i].value);
	return bad;
}

/* The same by a file, which GnuTLS wants; /dev/fd opens it anew. */
static CURLcode leaf_file(struct cti_client *client)
{
	char path[32];

	if (!client->leaf_file) {
		client->leaf_file = tmpfile();
		if (!client->leaf_file ||
		    fputs(cti_buf_text(&client->leaf), client->leaf_file) < 0 ||
		    fflush(client->leaf_file))
			return CURLE_SSL_CACERT_BADFILE;
	}
	(void)snprintf(path, sizeof(path), "/dev/fd/%d",
		       fileno(client->leaf_file)); /* fits */
	return client->curl.easy_setopt(client->easy, CURLOPT_CAINFO, path);
}

static CURLcode trust_leaf(struct cti_client *client)
{
	struct curl_blob leaf = {
		.data = client->leaf.data,
		.len = client->leaf.len,
		.flags = CURL_BLOB_NOCOPY,
	};
	CURLcode bad = client->curl.easy_setopt(client->easy,
						CURLOPT_SSL_VERIFYHOST, 0L);

	if (!bad)
		bad = client->curl.easy_setopt(client->easy, CURLOPT_CAPATH,
					       NULL);
	if (!bad)
		bad = client->curl.easy_setopt(client->easy,
					       CURLOPT_CAINFO_BLOB, &leaf);
	return bad == CURLE_NOT_BUILT_IN ? leaf_file(client) : bad;
}

static CURLcode options_trust(struct cti_client *client)
{
	CURLcode bad;

	if (client->leaf.len)
		return trust_leaf(client);
	if (!*client->ca)
		return CURLE_OK; /* the system's list, the name is checked */
	bad = client->curl.easy_setopt(client->easy, CURLOPT_CAPATH, NULL);
	if (!bad)
		bad = client->curl.easy_setopt(client->easy, CURLOPT_CAINFO,
					       client->ca);
	return bad;
}

/* A stream has no end of its own, but a pulse. */
static CURLcode options_time(const struct request *r)
{
	struct cti_client *client = r->client;
	long ms = r->ask->timeout_ms ? r->ask->timeout_ms : ASK_MS;
	CURLcode bad;

	if (!r->sse)
		return client->curl.easy_setopt(client->easy,
						CURLOPT_TIMEOUT_MS, ms);
	bad = client->curl.easy_setopt(client->easy, CURLOPT_LOW_SPEED_LIMIT,
				       1L);
	if (!bad)
		bad = client->curl.easy_setopt(
			client->easy, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
	return bad;
}

static CURLcode options_request(struct request *r, const char *url,
				struct curl_slist *headers)
{
	const struct {
		CURLoption option;
		const void *value;
	} options[] = {
		{CURLOPT_URL, url},
		{CURLOPT_HTTPHEADER, headers},
		{CURLOPT_CUSTOMREQUEST, r->ask->method},
		{CURLOPT_POSTFIELDS, r->ask->body},
		{CURLOPT_ERRORBUFFER, r->client->why},
		{CURLOPT_WRITEDATA, r},
	};
	const struct cti_curl *curl = &r->client->curl;
	CURLcode bad = curl->easy_setopt(r->client->easy, CURLOPT_WRITEFUNCTION,
					 request_write);

	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && !bad; i++)
		if (options[i].value)
			bad = curl->easy_setopt(r->client->easy,
						options[i].option,
						options[i].value);
	return bad;
}

static CURLcode request_options(struct request *r, const char *url,
				struct curl_slist *headers)
{
	CURLcode bad;

	r->client->curl.easy_reset(r->client->easy);
	bad = options_fixed(r->client);
	if (!bad)
		bad = options_trust(r->client);
	if (!bad)
		bad = options_time(r);
	if (!bad)
		bad = options_request(r, url, headers);
	return bad;
}

/* --- what went wrong --- */

/* after: NULL = what libcurl says about it. */
static const struct {
	CURLcode code;
	int err;
	const char *before;
	const char *after;
} troubles[] = {
	{CURLE_COULDNT_CONNECT, ECONNREFUSED, "No relay answers at ",
	 "; start it with: patchcord serve"},
	{CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH,
	 "There is no such host: ", ""},
	{CURLE_GOT_NOTHING, ECONNRESET, "Who listens at ",
	 " closed without an answer, as a relay does to programs of another "
	 "user."},
	{CURLE_RECV_ERROR, ECONNRESET, "Who listens at ",
	 " closed the connection, as a relay does to programs of another "
	 "user."},
	{CURLE_SEND_ERROR, ECONNRESET, "Who listens at ",
	 " closed the connection, as a relay does to programs of another "
	 "user."},
	{CURLE_PARTIAL_FILE, ECONNRESET, "The answer broke off: ", ""},
	{CURLE_OPERATION_TIMEDOUT, ETIMEDOUT, "No answer came in time from ",
	 "."},
	{CURLE_PEER_FAILED_VERIFICATION, EPROTO, "Not trusted, ", NULL},
	{CURLE_SSL_CONNECT_ERROR, EPROTO, "No https with ", NULL},
	{CURLE_SSL_CACERT_BADFILE, EPROTO, "No certificates to check ", NULL},
	{CURLE_WEIRD_SERVER_REPLY, EPROTO, "No HTTP is spoken at ", "."},
	{CURLE_UNSUPPORTED_PROTOCOL, EPROTO, "No HTTP is spoken at ", "."},
	{CURLE_OUT_OF_MEMORY, ENOMEM, "Out of memory while asking ", "."},
	{CURLE_URL_MALFORMAT, EINVAL, "That is no address: ", ""},
};

static int request_failed(const struct request *r, CURLcode code,
			  struct cti_err *err)
{
	const char *why = r->client->why;
	size_t i = 0, n = sizeof(troubles) / sizeof(*troubles);

	if (!*why)
		why = r->client->curl.easy_strerror(code);
	while (i < n && troubles[i].code != code)
		i++;
	if (i < n && troubles[i].after)
		return cti_err_set(err, troubles[i].err, CTI_ERR_INTERNAL,
				   "%s%.*s%s", troubles[i].before, CLIENT_SHOWN,
				   r->client->url, troubles[i].after);
	return cti_err_set(err, i < n ? troubles[i].err : EPROTO,
			   CTI_ERR_INTERNAL, "%s%.*s: %.75s",
			   i < n ? troubles[i].before : "", CLIENT_SHOWN,
			   r->client->url, why);
}

/* --- the way of a request --- */

static int headers_make(struct curl_slist **listp, const struct request *r,
			const char *last_event_id)
{
	const struct cti_curl *curl = &r->client->curl;
	const char *type = r->ask->type ? r->ask->type : "application/json";
	const struct {
		const char *name;
		const char *value;
	} headers[HEADERS] = {
		{"Accept", r->sse ? "text/event-stream" : "application/json"},
		{"Content-Type", r->ask->body ? type : NULL},
		{"Authorization: Bearer",
		 *r->client->key.text ? r->client->key.text : NULL},
		{"Last-Event-ID", last_event_id},
	};
	struct curl_slist *list = NULL, *longer;
	char line[CTI_SECRET_SIZE + 64];
	int err = 0;

	for (size_t i = 0; i < HEADERS && !err; i++) {
		if (!headers[i].value)
			continue;
		(void)snprintf(line, sizeof(line), "%s%s %s", headers[i].name,
			       strchr(headers[i].name, ':') ? "" : ":",
			       headers[i].value); /* fits */
		longer = curl->slist_append(list, line);
		if (longer)
			list = longer;
		else
			err = -ENOMEM;
	}
	if (err)
		curl->slist_free_all(list);
	else
		*listp = list;
	return err;
}

static int request_perform(struct request *r, struct cti_err *err)
{
	struct cti_client *client = r->client;
	CURLcode code;
	long status = 0;

	client->why[0] = '\0';
	code = client->curl.easy_perform(client->easy);
	(void)client->curl.easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE,
					&status); /* stays 0 */
	r->answer->status = (int)status;
	if (!r->err && !code)
		return 0;
	if (r->err > 0)
		return 0; /* on_event wanted no more */
	if (r->err)
		return cti_err_set(err, -r->err, CTI_ERR_INTERNAL,
				   "The answer of %.*s is too large.",
				   CLIENT_SHOWN, client->url);
	return request_failed(r, code, err);
}

static int request_do(struct request *r, const char *last_event_id,
		      struct cti_err *err)
{
	struct curl_slist *headers = NULL;
	struct cti_buf url;
	int bad;

	cti_buf_init(&url, CLIENT_PATH);
	cti_buf_reset(&r->answer->body);
	bad = cti_buf_fmt(&url, "%s%s", r->client->url, r->ask->path);
	if (!bad)
		bad = headers_make(&headers, r, last_event_id);
	if (!bad && request_options(r, cti_buf_text(&url), headers))
		bad = -ENOSYS;
	if (bad)
		(void)cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				  "The request cannot be made: %s",
				  strerror(-bad)); /* bad says it, too */
	else
		bad = request_perform(r, err);
	r->client->curl.slist_free_all(headers);
	cti_buf_fini(&url);
	return bad;
}

int cti_client_ask(struct cti_client *client, const struct cti_ask *ask,
		   struct cti_answer *answer, struct cti_err *err)
{
	struct request r = {.client = client, .ask = ask, .answer = answer};

	return request_do(&r, NULL, err);
}

int cti_client_get(struct cti_client *client, const char *path,
		   struct cti_answer *answer, struct cti_err *err)
{
	const struct cti_ask ask = {.path = path};

	return cti_client_ask(client, &ask, answer, err);
}

/* Any end but ours is one that a caller may want to mend. */
static int follow_ended(const struct request *r, int bad, struct cti_err *err)
{
	if (r->err > 0)
		return 0;
	if (!bad && r->answer->status != 200)
		return cti_err_set(err, EACCES, CTI_ERR_REFUSED,
				   "%.*s answered with status %d.",
				   CLIENT_SHOWN, r->client->url,
				   r->answer->status);
	if (!bad || (bad == -ETIMEDOUT && r->answer->status == 200))
		return cti_err_set(err, EPIPE, CTI_ERR_INTERNAL,
				   "The stream from %.*s ended.", CLIENT_SHOWN,
				   r->client->url);
	return bad;
}

int cti_client_follow(struct cti_client *client,
		      const struct cti_follow *follow, struct cti_err *err)
{
	const struct cti_ask ask = {.path = follow->path};
	struct cti_answer own;
	struct cti_sse sse;
	struct request r = {
		.client = client,
		.ask = &ask,
		.answer = follow->refusal ? follow->refusal : &own,
		.sse = &sse,
		.follow = follow,
	};
	int bad;

	cti_answer_init(&own);
	cti_sse_init(&sse, follow->on_event, follow->arg);
	bad = request_do(&r, follow->last_event_id, err);
	bad = follow_ended(&r, bad, err);
	cti_sse_fini(&sse);
	cti_answer_fini(&own);
	return bad;
}
