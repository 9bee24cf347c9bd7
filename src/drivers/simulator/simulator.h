/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/simulator.h - the driver without a switch */
#ifndef CTI_SIMULATOR_H
#define CTI_SIMULATOR_H

#include "cti/driver.h"

/**
 * The last three digits of the dialed number are the far end's SIP answer:
 * 486 busy, 404 bad number, 408 no answer, 480 unreachable, 603 rejected;
 * any other number is answered after simulator.ring_ms and hangs up after
 * simulator.talk_ms. Inbound calls come by play().
 */
extern const struct cti_driver_ops cti_driver_simulator;

#endif /* CTI_SIMULATOR_H */
