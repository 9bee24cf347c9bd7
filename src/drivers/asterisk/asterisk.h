/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/asterisk.h - the driver for Asterisk and FreePBX, by AMI */
#ifndef CTI_ASTERISK_H
#define CTI_ASTERISK_H

#include "cti/driver.h"

/**
 * Asterisk 16 to 22 over the manager interface, with the account of
 * manager.conf. One leg is one channel at an agent's device; leg_ref is its
 * Uniqueid, and that of a dial of ours is the call's id.
 *
 * What it cannot do: answer (the interface has no such action), hold and mute.
 * What it cannot show, and what is reported instead: a far end that refuses
 * with SIP 480 is unreachable when it never rang and no_answer when it did;
 * the agent's own phone refusing a dial is rejected, whether busy or not.
 */
extern const struct cti_driver_ops cti_driver_asterisk;

#endif /* CTI_ASTERISK_H */
