/* SPDX-License-Identifier: Apache-2.0 */
/* app.c - starts everything in one order and stops it in the reverse */
#include "app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "call/calls.h"
#include "cti/buf.h"
#include "cti/conf.h"
#include "cti/id.h"
#include "cti/log.h"
#include "cti/loop.h"
#include "cti/number.h"
#include "cti/paired.h"
#include "cti/secret.h"
#include "cti/store.h"
#include "drivers/drivers.h"
#include "http/http.h"
#include "notify.h"
#include "reload.h"
#include "web.h"

enum {
	PATH_SIZE = 4096,
	FINDINGS_MAX = 64 * 1024,
	STOP_POLL_MS = 5,
	STOP_MAX_MS = 2000,
};

struct cti_app {
	struct cti_loop *loop;
	struct cti_conf *conf;
	char token[CTI_TOKEN_SIZE];
	struct cti_secret key; /* of programs, where they need one */
	struct cti_numbers *numbers;
	struct cti_store *store;
	struct cti_paired *paired;
	struct cti_api *api;
	struct cti_calls *calls;
	struct cti_http *http;
	struct cti_http *legacy; /* NULL: nobody reports to it */
	int listeners;		 /* that have not stopped yet */
	struct cti_timer *stop_timer;
	int64_t stop_since;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

/* --- what the configuration asks for --- */

static void setup_log(const struct cti_conf *conf)
{
	static const char *const levels[] = {"error", "warn", "info", "debug"};
	struct cti_log_conf log = {
		.level = CTI_LOG_INFO,
		.json = cti_conf_is(conf, "log.format", "json"),
		.numbers_full = cti_conf_is(conf, "log.numbers", "full"),
		.systemd = getenv("JOURNAL_STREAM") != NULL,
	};

	for (int i = 0; i < 4; i++)
		if (cti_conf_is(conf, "log.level", levels[i]))
			log.level = (enum cti_log_level)i;
	cti_log_setup(&log);
}

static const struct cti_driver_ops *find_driver(const struct cti_conf *conf)
{
	const char *name = cti_conf_str(conf, "telephony.driver");
	const struct cti_driver_ops *ops = cti_driver_find(name);

	if (ops)
		return ops;
	log_error("telephony: there is no driver \"%s\"; those there are:",
		  name);
	for (size_t i = 0; i < cti_ndrivers; i++)
		log_error("telephony:   %s: %s", cti_drivers[i]->name,
			  cti_drivers[i]->summary);
	return NULL;
}

static int store_path(char path[PATH_SIZE], const struct cti_conf *conf)
{
	return cti_store_path(path, PATH_SIZE,
			      cti_conf_str(conf, "store.path"));
}

/* --- start, in order --- */

static int start_store(struct cti_app *app)
{
	const struct cti_conf *conf = app->conf;
	char path[PATH_SIZE];
	struct cti_store_conf store = {
		.path = path,
		.sync_full = cti_conf_is(conf, "store.sync", "full"),
		.keep_days = cti_conf_int(conf, "store.keep_days"),
	};
	int err = store_path(path, conf);

	if (!err)
		err = cti_store_open(&app->store, app->loop, &store);
	if (err)
		log_warn_errno(err, "store: cannot be opened; set store.path");
	return err;
}

/* Beside the store, whose folder is there by now. */
static int start_paired(struct cti_app *app)
{
	char store[PATH_SIZE], path[PATH_SIZE + 8];
	int err = store_path(store, app->conf);

	if (err)
		return err;
	(void)snprintf(path, sizeof(path), "%s.paired", store); /* fits */
	return cti_paired_open(&app->paired, app->loop, path);
}

static int start_calls(struct cti_app *app)
{
	const char *set = cti_conf_str(app->conf, "telephony.instance");
	char host[256] = "";
	struct cti_calls_parts parts = {
		.loop = app->loop,
		.store = app->store,
		.numbers = app->numbers,
		.conf = app->conf,
		.instance = set,
		.host = cti_api_host(app->api),
	};
	int err;

	if (!*set && gethostname(host, sizeof(host) - 1))
		return -errno;
	if (!*set)
		parts.instance = host;
	err = cti_calls_new(&app->calls, &parts);
	if (err)
		log_warn_errno(err, "calls: cannot be loaded");
	else
		cti_api_attach(app->api, app->calls);
	return err;
}

static int start_http(struct cti_app *app)
{
	char path[PATH_SIZE];
	const struct cti_web_parts parts = {
		.loop = app->loop,
		.conf = app->conf,
		.api = app->api,
		.token = app->token,
		.store_path = path,
		.key = &app->key,
	};
	int err = store_path(path, app->conf);

	if (!err)
		err = cti_web_start(&app->http, &parts);
	return err ? err : cti_web_legacy(&app->legacy, &parts);
}

static int start_api(struct cti_app *app)
{
	struct cti_api_parts parts = {
		.loop = app->loop,
		.store = app->store,
		.numbers = app->numbers,
		.conf = app->conf,
		.paired = app->paired,
		.token = app->token,
	};

	return cti_api_new(&app->api, &parts);
}

static int app_start(struct cti_app *app)
{
	const struct cti_driver_ops *ops = find_driver(app->conf);
	int err = ops ? cti_web_check(app->conf) : -ENOENT;

	if (!err)
		err = cti_id_token(app->token);
	if (!err)
		err = cti_numbers_new(&app->numbers, app->conf);
	if (!err)
		err = start_store(app);
	if (!err)
		err = start_paired(app);
	if (!err)
		err = start_api(app);
	if (!err)
		err = start_calls(app);
	if (!err)
		err = start_http(app);
	if (err)
		return err;
	err = cti_calls_start(app->calls, ops);
	if (err)
		log_warn_errno(err, "telephony: driver %s does not start",
			       ops->name);
	return err;
}

int cti_app_new(struct cti_app **appp, struct cti_loop *loop,
		struct cti_conf *conf)
{
	struct cti_app *app = calloc(1, sizeof(*app));
	int err;

	if (!app)
		return -ENOMEM;
	app->loop = loop;
	app->conf = conf;
	err = app_start(app);
	if (err)
		goto out;
	*appp = app;
	app = NULL; /* now the caller's */
out:
	cti_app_destroy(app);
	return err;
}

uint16_t cti_app_port(const struct cti_app *app)
{
	return cti_http_port(app->http, 0);
}

uint16_t cti_app_legacy_port(const struct cti_app *app)
{
	return app->legacy ? cti_http_port(app->legacy, 0) : 0;
}

/* --- stop, in reverse --- */

static void listener_stopped(void *arg)
{
	struct cti_app *app = arg;

	if (--app->listeners == 0)
		app->stopped(app->stopped_arg);
}

static void stop_listeners(struct cti_app *app)
{
	app->listeners = app->legacy ? 2 : 1; /* both at once */
	if (app->legacy)
		cti_http_stop(app->legacy, listener_stopped, app);
	cti_http_stop(app->http, listener_stopped, app);
}

static void stop_step(void *arg)
{
	struct cti_app *app = arg;
	struct cti_store_health health;

	cti_store_health(app->store, &health);
	if (health.waiting && !health.failing &&
	    cti_loop_mono_ms(app->loop) - app->stop_since < STOP_MAX_MS) {
		/* what is under way is committed and answered first */
		cti_timer_start(app->stop_timer, STOP_POLL_MS);
		return;
	}
	stop_listeners(app);
}

void cti_app_stop(struct cti_app *app, void (*done)(void *arg), void *arg)
{
	app->stopped = done;
	app->stopped_arg = arg;
	app->stop_since = cti_loop_mono_ms(app->loop);
	cti_calls_stop(app->calls);
	cti_api_stop(app->api);
	if (cti_timer_new(&app->stop_timer, app->loop, stop_step, app))
		stop_listeners(app);
	else
		cti_timer_start(app->stop_timer, 0);
}

void cti_app_destroy(struct cti_app *app)
{
	if (!app)
		return;
	cti_timer_destroy(app->stop_timer);
	cti_http_destroy(app->legacy);
	cti_http_destroy(app->http);
	cti_store_destroy(app->store);
	cti_paired_destroy(app->paired);
	cti_calls_destroy(app->calls);
	cti_api_destroy(app->api);
	cti_numbers_destroy(app->numbers);
	cti_secret_clear(&app->key);
	free(app);
}

/* --- another configuration --- */

int cti_app_check(const struct cti_conf *conf)
{
	struct cti_numbers *numbers = NULL;
	char path[PATH_SIZE];
	int err = find_driver(conf) ? cti_web_check(conf) : -ENOENT;

	if (!err)
		err = cti_numbers_new(&numbers, conf);
	if (!err)
		err = store_path(path, conf);
	cti_numbers_destroy(numbers);
	return err;
}

static int reload_run(const struct cti_reload *reload,
		      const struct cti_app_source *source,
		      struct cti_buf *findings)
{
	struct cti_conf *fresh = NULL;
	int err = source->load(source->arg, &fresh, findings);

	if (!err)
		err = cti_app_check(fresh);
	if (!err)
		return cti_reload_take(reload, fresh);
	cti_reload_refuse(reload, cti_buf_text(findings));
	cti_conf_destroy(fresh);
	return err;
}

int cti_app_reload(struct cti_app *app, const struct cti_app_source *source)
{
	const struct cti_reload reload = {
		.conf = app->conf,
		.numbers = app->numbers,
		.store = app->store,
		.calls = app->calls,
		.http = app->http,
		.api = app->api,
	};
	struct cti_buf findings;
	int err;

	cti_buf_init(&findings, FINDINGS_MAX);
	err = reload_run(&reload, source, &findings);
	cti_buf_fini(&findings);
	setup_log(app->conf);
	return err;
}

/* --- the process --- */

struct server {
	struct cti_loop *loop;
	const struct cti_app_source *source;
	struct cti_notify *notify; /* NULL: started by hand */
	struct cti_app *app;
	struct cti_signal *term, *intr, *hup;
	bool stopping;
};

static void server_stopped(void *arg)
{
	struct server *server = arg;

	cti_loop_stop(server->loop);
}

static void server_signal(void *arg)
{
	struct server *server = arg;

	if (server->stopping)
		return;
	server->stopping = true;
	log_info("app: stopping");
	cti_notify_stopping(server->notify);
	cti_app_stop(server->app, server_stopped, server);
}

static void server_hangup(void *arg)
{
	struct server *server = arg;
	int err;

	if (server->stopping || !server->app)
		return;
	cti_notify_reloading(server->notify);
	err = cti_app_reload(server->app, server->source);
	(void)err; /* it was logged; the server goes on either way */
	cti_notify_say(server->notify, "READY=1");
}

static int server_signals(struct server *server)
{
	int err = cti_signal_new(&server->term, server->loop, SIGTERM,
				 server_signal, server);

	if (!err)
		err = cti_signal_new(&server->intr, server->loop, SIGINT,
				     server_signal, server);
	if (!err)
		err = cti_signal_new(&server->hup, server->loop, SIGHUP,
				     server_hangup, server);
	return err;
}

/* What a person who started it by hand wants to know. */
static void say_ready(const struct server *server, const struct cti_conf *conf)
{
	bool https = *cti_conf_str(conf, "http.tls_cert_file");
	bool page = cti_api_host_page(conf) &&
		    !cti_conf_is(conf, "http.exposure", "network");

	printf("patchcord %s is ready: http%s://127.0.0.1:%u/%s\n", CTI_VERSION,
	       https ? "s" : "", cti_app_port(server->app),
	       page ? "host.html" : "");
	(void)fflush(stdout); /* a closed stdout is no reason to stop */
}

/* A store that fails says so itself, and a restart would not heal it. */
static void store_answered(void *arg, int err)
{
	(void)err; /* either way its worker is alive */
	cti_notify_alive(arg);
}

/* That this runs shows that the loop turns; an empty transaction, that the
 * store's worker does. */
static int server_check(void *arg, struct cti_notify *notify)
{
	const struct cti_app *app = arg;
	struct cti_unit *unit = NULL;
	int err = cti_unit_new(&unit, true);

	if (!err)
		cti_store_submit(app->store, unit, store_answered, notify);
	return err;
}

static int server_run(struct server *server, struct cti_conf *conf)
{
	int err = server_signals(server);

	if (!err)
		err = cti_notify_new(&server->notify, server->loop);
	if (!err)
		err = cti_app_new(&server->app, server->loop, conf);
	if (err)
		return err;
	say_ready(server, conf);
	cti_notify_say(server->notify, "READY=1");
	cti_notify_watch(server->notify, server_check, server->app);
	cti_loop_run(server->loop);
	return 0;
}

int cti_app_serve(struct cti_conf *conf, const struct cti_app_source *source)
{
	struct server server = {.source = source};
	int err;

	setup_log(conf);
	err = cti_loop_new(&server.loop, CTI_CLOCK_REAL);
	if (err)
		return err;
	err = server_run(&server, conf);
	cti_app_destroy(server.app);
	cti_notify_destroy(server.notify); /* the store may still tell it */
	cti_signal_destroy(server.term);
	cti_signal_destroy(server.intr);
	cti_signal_destroy(server.hup);
	cti_loop_destroy(server.loop);
	return err;
}
