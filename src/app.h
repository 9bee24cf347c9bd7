/* SPDX-License-Identifier: Apache-2.0 */
/* app.h - the server as a whole */
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stdint.h>

#include "cti/attr.h"

struct cti_app;
struct cti_buf;
struct cti_conf;
struct cti_loop;

/** Where the configuration comes from, to read it again on SIGHUP. */
struct cti_app_source {
	/** As cti_conf_load(). */
	int (*load)(void *arg, struct cti_conf **confp,
		    struct cti_buf *findings);
	void *arg;
};

/**
 * Starts everything in order, runs until SIGTERM or SIGINT, stops in reverse.
 * conf and source are lent. 0, or -errno after it was logged.
 */
int cti_app_serve(struct cti_conf *conf,
		  const struct cti_app_source *source) CTI_NODISCARD;
/** Starts nothing that others could notice and returns what a start would
 * have run into. */
int cti_app_check(const struct cti_conf *conf) CTI_NODISCARD;

/*
 * The same in parts, on a loop of the caller's: for tests with a fake clock.
 */
int cti_app_new(struct cti_app **appp, struct cti_loop *loop,
		struct cti_conf *conf) CTI_NODISCARD;
/** What SIGHUP does: what can change does, or all stays as it was (-errno,
 * after it was logged). */
int cti_app_reload(struct cti_app *app,
		   const struct cti_app_source *source) CTI_NODISCARD;
/** The port of the first listening address. */
uint16_t cti_app_port(const struct cti_app *app);
/** Of http.legacy_listen; 0: there is none. */
uint16_t cti_app_legacy_port(const struct cti_app *app);
/** No new dials; streams end; done runs when nothing is under way any more (at
 * the latest after 4 s). */
void cti_app_stop(struct cti_app *app, void (*done)(void *arg), void *arg);
/** After done, or at once where the process is to end as if killed. */
void cti_app_destroy(struct cti_app *app);

#endif /* APP_H */
