/* SPDX-License-Identifier: Apache-2.0 */
/* base/map.c - a hash table with open addresses and no gravestones */
#include "cti/map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 16 };

struct cti_map_slot {
	uint32_t hash, len;
	const void *key;
	void *object; /* NULL: free */
};

static uint64_t hash_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Where the table lies differs from start to start, so that nobody outside
 * can choose keys that meet. */
static uint32_t hash_key(const struct cti_map *map, const void *key, size_t len)
{
	const unsigned char *at = key;
	uint64_t hash = hash_mix((uint64_t)(uintptr_t)map, len);
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = hash_mix(hash, word);
		at += sizeof(word);
	}
	word = 0;
	memcpy(&word, at, len);
	return (uint32_t)hash_mix(hash, word);
}

/* Its slot, or the free one where it would be; the table is never full. */
static size_t slot_find(const struct cti_map *map, uint32_t hash,
			const void *key, size_t len)
{
	size_t i = hash & (map->size - 1);

	for (;; i = (i + 1) & (map->size - 1)) {
		const struct cti_map_slot *slot = &map->slots[i];

		if (!slot->object)
			return i;
		if (slot->hash == hash && slot->len == len &&
		    memcmp(slot->key, key, len) == 0)
			return i;
	}
}

static int map_resize(struct cti_map *map, size_t size)
{
	struct cti_map new = {.size = size};

	new.slots = calloc(size, sizeof(*new.slots));
	if (!new.slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->size; i++) {
		const struct cti_map_slot *old = &map->slots[i];

		if (old->object)
			new.slots[slot_find(&new, old->hash, old->key,
					    old->len)] = *old;
	}
	free(map->slots);
	map->slots = new.slots;
	map->size = size;
	return 0;
}

void cti_map_fini(struct cti_map *map)
{
	if (!map)
		return;
	free(map->slots);
	*map = (struct cti_map){.slots = NULL};
}

int cti_map_add(struct cti_map *map, const void *key, size_t len, void *object)
{
	uint32_t hash = hash_key(map, key, len);
	struct cti_map_slot *slot;
	int err;

	if (map->used >= map->size / 4 * 3) {
		err = map_resize(map, map->size ? map->size * 2 : SLOTS_FIRST);
		if (err)
			return err;
	}
	slot = &map->slots[slot_find(map, hash, key, len)];
	if (slot->object)
		return -EEXIST;
	*slot = (struct cti_map_slot){.hash = hash,
				      .key = key,
				      .len = (uint32_t)len,
				      .object = object};
	map->used++;
	return 0;
}

void *cti_map_find(const struct cti_map *map, const void *key, size_t len)
{
	if (!map->used)
		return NULL;
	return map->slots[slot_find(map, hash_key(map, key, len), key, len)]
		.object;
}

/* May what stands at `at` not be moved to the gap, since its search begins
 * behind it? */
static bool slot_stays(const struct cti_map *map, size_t gap, size_t at)
{
	size_t mask = map->size - 1;
	size_t home = map->slots[at].hash & mask;

	return ((at - home) & mask) < ((at - gap) & mask);
}

void cti_map_remove(struct cti_map *map, const void *key, size_t len)
{
	size_t mask = map->size - 1;
	size_t gap;

	if (!map->used)
		return;
	gap = slot_find(map, hash_key(map, key, len), key, len);
	if (!map->slots[gap].object)
		return;
	for (size_t at = (gap + 1) & mask; map->slots[at].object;
	     at = (at + 1) & mask) {
		if (slot_stays(map, gap, at))
			continue;
		map->slots[gap] = map->slots[at];
		gap = at;
	}
	map->slots[gap] = (struct cti_map_slot){.object = NULL};
	map->used--;
	/* a burst is not paid for ever; without memory it stays large */
	if (map->size > SLOTS_FIRST && map->used < map->size / 8)
		(void)map_resize(map, map->size / 2);
}
