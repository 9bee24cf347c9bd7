/* SPDX-License-Identifier: Apache-2.0 */
/* base/iso.h - a moment as text, for this room only */
#ifndef CTI_BASE_ISO_H
#define CTI_BASE_ISO_H

#include <stdint.h>

enum { CTI_ISO_SIZE = 32 };

/** Unix ms as "2026-11-22T06:30:00.123Z"; beyond the year 9999: "". */
void cti_iso_write(char out[CTI_ISO_SIZE], int64_t wall_ms);

#endif /* CTI_BASE_ISO_H */
