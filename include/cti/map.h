/* SPDX-License-Identifier: Apache-2.0 */
/* cti/map.h - objects found by a key that lies in them */
#ifndef CTI_MAP_H
#define CTI_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"

struct cti_map_slot;

/**
 * Keys are bytes, lent by the object: they stay where and what they are while
 * it is in the map. Embedded; all zero is an empty one.
 */
struct cti_map {
	struct cti_map_slot *slots;
	size_t size; /* of slots: 0 or a power of 2 */
	size_t used;
};

/** Forgets all objects; their owners keep them. */
void cti_map_fini(struct cti_map *map);
/** -EEXIST: the key has an object already, which stays; -ENOMEM. */
int cti_map_add(struct cti_map *map, const void *key, size_t len,
		void *object) CTI_NODISCARD;
/** NULL: none. */
void *cti_map_find(const struct cti_map *map, const void *key, size_t len);
/** Nothing happens where the key has no object. */
void cti_map_remove(struct cti_map *map, const void *key, size_t len);

#endif /* CTI_MAP_H */
