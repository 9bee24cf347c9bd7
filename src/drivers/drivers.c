/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/drivers.c - the table of drivers */
#include "drivers/drivers.h"

#include <string.h>

#include "drivers/asterisk/asterisk.h"
#include "drivers/baresip/baresip.h"
#include "drivers/freeswitch/freeswitch.h"
#include "drivers/simulator/simulator.h"

const struct cti_driver_ops *const cti_drivers[] = {
	&cti_driver_simulator,
	&cti_driver_baresip,
	&cti_driver_asterisk,
	&cti_driver_freeswitch,
};
const size_t cti_ndrivers = sizeof(cti_drivers) / sizeof(cti_drivers[0]);

const struct cti_driver_ops *cti_driver_find(const char *name)
{
	for (size_t i = 0; i < cti_ndrivers; i++) {
		if (strcmp(cti_drivers[i]->name, name) == 0)
			return cti_drivers[i];
	}
	return NULL;
}
