/* SPDX-License-Identifier: Apache-2.0 */
/* app.h - the server as a whole */
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stdint.h>

#include "cti/attr.h"

struct cti_app;
struct cti_conf;
struct cti_loop;

/**
 * Starts everything in order, runs until SIGTERM or SIGINT, stops in reverse.
 * check_only: starts nothing that others could notice and returns what a
 * start would have run into. conf is lent. 0, or -errno after it was logged.
 */
int cti_app_serve(const struct cti_conf *conf, bool check_only) CTI_NODISCARD;

/*
 * The same in parts, on a loop of the caller's: for tests with a fake clock.
 */
int cti_app_new(struct cti_app **appp, struct cti_loop *loop,
		const struct cti_conf *conf) CTI_NODISCARD;
/** The port of the first listening address. */
uint16_t cti_app_port(const struct cti_app *app);
/** No new dials; streams end; done runs when nothing is under way any more (at
 * the latest after 4 s). */
void cti_app_stop(struct cti_app *app, void (*done)(void *arg), void *arg);
/** After done, or at once where the process is to end as if killed. */
void cti_app_destroy(struct cti_app *app);

#endif /* APP_H */
