/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/freeswitch.h - the driver for FreeSWITCH over its event socket */
#ifndef CTI_FREESWITCH_H
#define CTI_FREESWITCH_H

#include "cti/driver.h"

/**
 * FreeSWITCH 1.8 and later. A leg is a channel at a device of an `agent`
 * section; leg_ref is its id, for calls dialed here the call's own id.
 *
 * What it does not do: answer (the switch cannot make every phone answer) and
 * mute. A leg is reported from the moment the phone rings, so a phone that
 * refuses before it rings is not seen.
 */
extern const struct cti_driver_ops cti_driver_freeswitch;

#endif /* CTI_FREESWITCH_H */
