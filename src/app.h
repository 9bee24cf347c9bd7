/* SPDX-License-Identifier: Apache-2.0 */
/* app.h - the server as a whole */
#ifndef APP_H
#define APP_H

#include <stdbool.h>

#include "cti/attr.h"

struct cti_conf;

/**
 * Starts everything in order, runs until SIGTERM or SIGINT, stops in reverse.
 * check_only: starts nothing that others could notice and returns what a
 * start would have run into. conf is lent. 0, or -errno after it was logged.
 */
int cti_app_serve(const struct cti_conf *conf, bool check_only) CTI_NODISCARD;

#endif /* APP_H */
