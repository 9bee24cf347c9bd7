/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/fake.h - a switch that does what a test tells it */
#ifndef UNIT_CALL_FAKE_H
#define UNIT_CALL_FAKE_H

#include "fixture.h"

/** Everything a driver can offer; its instance is core.drv. */
extern const struct cti_driver_ops fake_ops;
/** The same, with no more than a driver must have. */
extern const struct cti_driver_ops fake_bare_ops;

#endif /* UNIT_CALL_FAKE_H */
