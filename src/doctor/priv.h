/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/priv.h - the checks of a relay, one function each */
#ifndef DOCTOR_PRIV_H
#define DOCTOR_PRIV_H

#include "doctor/facts.h"

typedef void check_fn(struct cti_check *c, const struct cti_relay_facts *f);

/* relay.c */
check_fn check_relay, check_store, check_disk, check_numbers, check_https,
	check_refused;
/* switch.c */
check_fn check_switch, check_devices;
void check_device(struct cti_check *c, const struct cti_relay_facts *f,
		  const struct cti_device_facts *device);
/* sap.c */
check_fn check_origins, check_page, check_ids, check_due, check_dials,
	check_system;

#endif /* DOCTOR_PRIV_H */
