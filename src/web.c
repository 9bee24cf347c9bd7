/* SPDX-License-Identifier: Apache-2.0 */
/* web.c - the HTTP server as the configuration asks for it */
#include "web.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "cti/conf.h"
#include "cti/log.h"
#include "http/http.h"

enum {
	PATH_SIZE = 4096,
	INHERITED_FIRST = 3, /* SD_LISTEN_FDS_START */
	INHERITED_MAX = 8,
	LEGACY_CONNECTIONS = 16, /* one report each, no streams */
};

static const char *const exposures[] = {
	[CTI_EXPOSURE_LOOPBACK] = "loopback",
	[CTI_EXPOSURE_CONTAINER] = "container",
	[CTI_EXPOSURE_NETWORK] = "network",
};

static enum cti_exposure exposure_of(const struct cti_conf *conf)
{
	for (int i = 1; i <= (int)CTI_EXPOSURE_NETWORK; i++)
		if (cti_conf_is(conf, "http.exposure", exposures[i]))
			return (enum cti_exposure)i;
	return CTI_EXPOSURE_LOOPBACK;
}

/* NULL where the key is empty. */
static const char *path_of(const struct cti_conf *conf, const char *key)
{
	const char *path = cti_conf_str(conf, key);

	return *path ? path : NULL;
}

/* --- checks without a start --- */

/* The first address that is not of this machine alone; NULL: none. */
static const char *listens_outside(const struct cti_conf *conf)
{
	for (size_t i = 0; i < cti_conf_count(conf, "http.listen"); i++) {
		const char *listen = cti_conf_item(conf, "http.listen", i);

		if (strncmp(listen, "127.", 4) != 0 &&
		    strncmp(listen, "[::1]:", 6) != 0)
			return listen;
	}
	return NULL;
}

/* Refused rather than served with less protection than asked for. */
static int check_listen(const struct cti_conf *conf)
{
	enum cti_exposure exposure = exposure_of(conf);
	const char *outside = listens_outside(conf);

	if (exposure == CTI_EXPOSURE_LOOPBACK && outside) {
		log_error("http: %s is no loopback address, and http.exposure "
			  "is loopback",
			  outside);
		return -EACCES;
	}
	if (exposure == CTI_EXPOSURE_LOOPBACK &&
	    cti_conf_count(conf, "http.allowed_peers"))
		log_warn("http: allowed_peers has no effect while exposure is "
			 "loopback");
	if (exposure == CTI_EXPOSURE_CONTAINER && !outside)
		log_warn(
			"http: only loopback is listened on, so nobody outside "
			"of the container reaches it; set http.listen = "
			"0.0.0.0:22550");
	if (exposure == CTI_EXPOSURE_NETWORK && outside &&
	    !path_of(conf, "http.tls_cert_file"))
		log_warn("http: %s is without https: key and callers cross the "
			 "network in clear unless a TLS proxy is in front",
			 outside);
	return 0;
}

/* --- start --- */

struct text_list {
	const char **item;
	size_t n;
};

static int list_of(struct text_list *list, const struct cti_conf *conf,
		   const char *key)
{
	list->n = cti_conf_count(conf, key);
	list->item = calloc(list->n + 1, sizeof(*list->item));
	if (!list->item)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++)
		list->item[i] = cti_conf_item(conf, key, i);
	return 0;
}

enum { LISTEN, HOSTS, ORIGINS, PEERS, LISTS };

static int lists_of(struct text_list lists[LISTS], const struct cti_conf *conf)
{
	static const char *const keys[LISTS] = {
		[LISTEN] = "http.listen",
		[HOSTS] = "http.allowed_hosts",
		[ORIGINS] = "http.public_origins",
		[PEERS] = "http.allowed_peers",
	};
	int err = 0;

	for (int i = 0; i < LISTS && !err; i++)
		err = list_of(&lists[i], conf, keys[i]);
	return err;
}

static size_t env_number(const char *name)
{
	const char *text = getenv(name);

	return text ? (size_t)strtoul(text, NULL, 10) : 0;
}

/* Sockets that systemd opened for this very process, sd_listen_fds(3). They
 * are taken once: a child must not think they are its own. */
static size_t inherited(int fds[INHERITED_MAX])
{
	size_t n = env_number("LISTEN_FDS");
	bool mine = env_number("LISTEN_PID") == (size_t)getpid();

	(void)unsetenv("LISTEN_PID"); /* cannot fail for a plain name */
	(void)unsetenv("LISTEN_FDS"); /* likewise */
	if (!mine)
		return 0;
	if (n > INHERITED_MAX)
		n = INHERITED_MAX;
	for (size_t i = 0; i < n; i++)
		fds[i] = INHERITED_FIRST + (int)i;
	return n;
}

static int key_load(const struct cti_web_parts *parts, struct cti_err *err)
{
	char path[PATH_SIZE];
	int bad = cti_http_key_path(
		path, sizeof(path),
		cti_conf_str(parts->conf, "http.api_key_file"),
		parts->store_path);

	if (bad)
		return bad;
	return cti_http_key_load(parts->key, path, err);
}

static void fill(struct cti_http_conf *http, const struct text_list *lists,
		 const struct cti_conf *conf)
{
	http->listen = lists[LISTEN].item;
	http->nlisten = lists[LISTEN].n;
	http->listen_named = cti_conf_given(conf, "http.listen");
	http->hosts = lists[HOSTS].item;
	http->nhosts = lists[HOSTS].n;
	http->origins = lists[ORIGINS].item;
	http->norigins = lists[ORIGINS].n;
	http->peers = lists[PEERS].item;
	http->npeers = lists[PEERS].n;
	http->exposure = exposure_of(conf);
	http->same_user = cti_conf_is(conf, "http.peer_check", "same-user");
	http->tls_cert_file = path_of(conf, "http.tls_cert_file");
	http->tls_key_file = path_of(conf, "http.tls_key_file");
	http->max_body = (size_t)cti_conf_int(conf, "http.max_body");
	http->max_connections =
		(unsigned)cti_conf_int(conf, "http.max_connections");
	http->routes = cti_api_routes(&http->nroutes);
}

/* Fills what comes from the configuration; lists is to be freed. */
static int conf_read(struct cti_http_conf *http, struct text_list lists[LISTS],
		     const struct cti_conf *conf)
{
	int err = lists_of(lists, conf);

	if (!err)
		fill(http, lists, conf);
	return err;
}

static void lists_free(struct text_list lists[LISTS])
{
	for (int i = 0; i < LISTS; i++)
		free(lists[i].item);
}

static int web_failed(int err, const struct cti_err *why)
{
	if (err)
		log_error("http: %s", *why->text ? why->text : strerror(-err));
	return err;
}

int cti_web_check(const struct cti_conf *conf)
{
	struct text_list lists[LISTS] = {{NULL, 0}};
	struct cti_http_conf http = {.arg = NULL};
	struct cti_err why = {.code = CTI_OK};
	int err = check_listen(conf);

	if (err)
		return err;
	err = conf_read(&http, lists, conf);
	if (!err)
		err = cti_http_check(&http, &why);
	lists_free(lists);
	return web_failed(err, &why);
}

int cti_web_start(struct cti_http **httpp, const struct cti_web_parts *parts)
{
	struct text_list lists[LISTS] = {{NULL, 0}};
	struct cti_err why = {.code = CTI_OK};
	int fds[INHERITED_MAX];
	struct cti_http_conf http = {
		.arg = parts->api,
		.token = parts->token,
		.inherited = fds,
		.ninherited = inherited(fds),
	};
	int err = conf_read(&http, lists, parts->conf);

	if (!err && http.exposure != CTI_EXPOSURE_LOOPBACK) {
		err = key_load(parts, &why);
		http.key = parts->key->text;
	}
	if (!err)
		err = cti_http_new(httpp, parts->loop, &http, &why);
	lists_free(lists);
	return web_failed(err, &why);
}

int cti_web_legacy(struct cti_http **httpp, const struct cti_web_parts *parts)
{
	const struct cti_conf *conf = parts->conf;
	const char *listen = path_of(conf, "http.legacy_listen");
	struct cti_err why = {.code = CTI_OK};
	struct cti_http_conf http = {
		.arg = parts->api,
		.token = parts->token,
		.listen = &listen,
		.nlisten = 1,
		.listen_named = true,
		.exposure = CTI_EXPOSURE_LOOPBACK,
		.same_user = cti_conf_is(conf, "http.peer_check", "same-user"),
		.max_body = (size_t)cti_conf_int(conf, "http.max_body"),
		.max_connections = LEGACY_CONNECTIONS,
	};

	if (!listen)
		return 0;
	http.routes = cti_api_legacy_routes(&http.nroutes);
	return web_failed(cti_http_new(httpp, parts->loop, &http, &why), &why);
}

int cti_web_reload(struct cti_http *http, const struct cti_conf *conf)
{
	struct text_list lists[LISTS] = {{NULL, 0}};
	struct cti_http_conf fresh = {.arg = NULL};
	int err = conf_read(&fresh, lists, conf);

	if (!err)
		err = cti_http_reload(http, &fresh);
	lists_free(lists);
	return err;
}
