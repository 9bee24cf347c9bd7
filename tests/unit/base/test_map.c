/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_map.c - objects by their keys */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cti/map.h"
#include "fault.h"
#include "suites.h"

enum { MANY = 5000 };

struct thing {
	char key[16];
	int number;
};

static struct thing things[MANY];

static void name_things(void)
{
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(things[i].key, sizeof(things[i].key), "key %d",
			       i); /* fits */
		things[i].number = i;
	}
}

static int add(struct cti_map *map, struct thing *thing)
{
	return cti_map_add(map, thing->key, strlen(thing->key), thing);
}

static struct thing *find(const struct cti_map *map, const char *key)
{
	return cti_map_find(map, key, strlen(key));
}

START_TEST(empty_map_finds_nothing)
{
	struct cti_map map = {.used = 0};

	ck_assert_ptr_null(find(&map, "key 1"));
	cti_map_remove(&map, "key 1", 5);
	cti_map_fini(&map);
	cti_map_fini(NULL);
}
END_TEST

START_TEST(all_of_many_are_found_by_their_keys)
{
	struct cti_map map = {.used = 0};

	name_things();
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(add(&map, &things[i]), 0);
	for (int i = 0; i < MANY; i++)
		ck_assert_ptr_eq(find(&map, things[i].key), &things[i]);
	ck_assert_ptr_null(find(&map, "key 5000"));
	ck_assert_ptr_null(find(&map, ""));
	cti_map_fini(&map);
}
END_TEST

START_TEST(key_in_use_keeps_its_object)
{
	struct thing other = {.key = "key 7"};
	struct cti_map map = {.used = 0};

	name_things();
	ck_assert_int_eq(add(&map, &things[7]), 0);
	ck_assert_int_eq(add(&map, &other), -EEXIST);
	ck_assert_ptr_eq(find(&map, "key 7"), &things[7]);
	ck_assert_uint_eq(map.used, 1);
	cti_map_fini(&map);
}
END_TEST

START_TEST(keys_are_bytes_of_any_length)
{
	const unsigned char with_zero[] = {1, 0, 2, 0}, other[] = {1, 0, 2, 1};
	struct cti_map map = {.used = 0};
	int a, b, c;

	ck_assert_int_eq(cti_map_add(&map, with_zero, 4, &a), 0);
	ck_assert_int_eq(cti_map_add(&map, other, 4, &b), 0);
	ck_assert_int_eq(cti_map_add(&map, with_zero, 3, &c), 0);
	ck_assert_ptr_eq(cti_map_find(&map, with_zero, 4), &a);
	ck_assert_ptr_eq(cti_map_find(&map, other, 4), &b);
	ck_assert_ptr_eq(cti_map_find(&map, other, 3), &c);
	cti_map_fini(&map);
}
END_TEST

START_TEST(what_is_left_is_found_after_each_removal)
{
	struct cti_map map = {.used = 0};

	name_things();
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(add(&map, &things[i]), 0);
	/* in an order of its own: 1733 and MANY have no common divisor */
	for (int i = 0, at = 0; i < MANY; i++, at = (at + 1733) % MANY) {
		int next = (at + 1733) % MANY;

		cti_map_remove(&map, things[at].key, strlen(things[at].key));
		ck_assert_ptr_null(find(&map, things[at].key));
		if (i + 1 < MANY)
			ck_assert_ptr_eq(find(&map, things[next].key),
					 &things[next]);
		ck_assert_uint_eq(map.used, MANY - 1 - (size_t)i);
	}
	ck_assert_uint_le(map.size, 16);
	cti_map_fini(&map);
}
END_TEST

START_TEST(map_survives_that_memory_runs_out)
{
	struct cti_map map = {.used = 0};

	name_things();
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(add(&map, &things[0]), -ENOMEM);
	for (int i = 0; i < 12; i++)
		ck_assert_int_eq(add(&map, &things[i]), 0);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(add(&map, &things[12]), -ENOMEM);
	for (int i = 0; i < 12; i++)
		ck_assert_ptr_eq(find(&map, things[i].key), &things[i]);
	cti_map_fini(&map);
}
END_TEST

START_TEST(map_that_cannot_shrink_stays_large)
{
	struct cti_map map = {.used = 0};
	size_t size;

	name_things();
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(add(&map, &things[i]), 0);
	size = map.size;
	for (int i = 1; i < 64; i++) {
		fault_at(FAULT_MEMORY, 1);
		cti_map_remove(&map, things[i].key, strlen(things[i].key));
	}
	fault_at(FAULT_MEMORY, 0);
	ck_assert_uint_eq(map.size, size);
	ck_assert_ptr_eq(find(&map, "key 0"), &things[0]);
	cti_map_fini(&map);
}
END_TEST

Suite *map_suite(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, empty_map_finds_nothing);
	tcase_add_test(tc, all_of_many_are_found_by_their_keys);
	tcase_add_test(tc, key_in_use_keeps_its_object);
	tcase_add_test(tc, keys_are_bytes_of_any_length);
	tcase_add_test(tc, what_is_left_is_found_after_each_removal);
	tcase_add_test(tc, map_survives_that_memory_runs_out);
	tcase_add_test(tc, map_that_cannot_shrink_stays_large);
	suite_add_tcase(s, tc);
	return s;
}
