/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/baresip.h - the driver for the baresip softphone over ctrl_tcp */
#ifndef CTI_BARESIP_H
#define CTI_BARESIP_H

#include "cti/driver.h"

/**
 * baresip 1.0.0 and later, module ctrl_tcp: netstrings of JSON on one
 * connection. One leg a call; leg_ref is the SIP Call-ID.
 *
 * What it cannot show, and what is reported instead: why a caller's CANCEL
 * came (answered elsewhere is reported as cancelled); who ended an answered
 * call (normal); the agent's own device alerting (there is none).
 */
extern const struct cti_driver_ops cti_driver_baresip;

#endif /* CTI_BARESIP_H */
