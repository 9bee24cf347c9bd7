/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/vectors.h - texts that are more than one word to some protocol */
#ifndef UNIT_DRIVERS_VECTORS_H
#define UNIT_DRIVERS_VECTORS_H

#include <stddef.h>

enum { VECTOR_SIZE = 8192 };

size_t vectors_count(void);
/** Writes the i-th one. A NUL ends a text everywhere, so none holds it. */
void vector_make(char out[VECTOR_SIZE], size_t i);

#endif /* UNIT_DRIVERS_VECTORS_H */
