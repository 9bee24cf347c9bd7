/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/drivers.h - the telephony drivers that are built in */
#ifndef CTI_DRIVERS_H
#define CTI_DRIVERS_H

#include <stddef.h>

#include "cti/driver.h"

/** All of them; the first is the default. */
extern const struct cti_driver_ops *const cti_drivers[];
extern const size_t cti_ndrivers;

/** The driver of that name (telephony.driver); NULL = none has it. */
const struct cti_driver_ops *cti_driver_find(const char *name);

#endif /* CTI_DRIVERS_H */
