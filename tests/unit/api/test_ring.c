/* SPDX-License-Identifier: Apache-2.0 */
/* unit/api/test_ring.c - the frames kept for all streams, and who is lapped */
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "suites.h"

enum { PART = RING_BYTES / 4 };

/* The ring takes the texts over. */
static void add(struct ring *ring, int64_t id, size_t len)
{
	struct frame frame = {.id = id, .event = "call", .len = len};

	frame.data = malloc(len + 1);
	ck_assert_ptr_nonnull(frame.data);
	memset(frame.data, 'x', len);
	frame.data[len] = '\0';
	frame.agent = strdup("ANN");
	ring_add(ring, &frame);
}

/* The frames with ids first to last are there, at their positions. */
static void holds(const struct ring *ring, int64_t first, int64_t last)
{
	size_t bytes = 0;

	ck_assert_uint_eq(ring->head - ring->tail,
			  (uint64_t)(last - first + 1));
	for (uint64_t pos = ring->tail; pos < ring->head; pos++) {
		const struct frame *frame = ring_at(ring, pos);

		ck_assert_ptr_nonnull(frame);
		ck_assert_int_eq(frame->id,
				 first + (int64_t)(pos - ring->tail));
		ck_assert_str_eq(frame->agent, "ANN");
		bytes += frame->len;
	}
	ck_assert_uint_eq(ring->bytes, bytes);
	ck_assert_ptr_null(ring_at(ring, ring->head));
	if (ring->tail)
		ck_assert_ptr_null(ring_at(ring, ring->tail - 1));
}

START_TEST(an_empty_ring_has_no_frame)
{
	struct ring ring = {.head = 0};

	ck_assert_ptr_null(ring_at(&ring, 0));
	ck_assert_ptr_null(ring_at(&ring, 7));
	ring_clear(&ring);
	ck_assert_ptr_null(ring_at(&ring, 0));
}
END_TEST

START_TEST(positions_count_on_from_zero)
{
	struct ring ring = {.head = 0};

	for (int64_t id = 1; id <= 3; id++)
		add(&ring, id, 10);
	holds(&ring, 1, 3);
	ck_assert_int_eq(ring_at(&ring, 0)->id, 1);
	ck_assert_ptr_nonnull(ring_at(&ring, 2));
	ck_assert_int_eq(ring_at(&ring, 2)->id, 3);
	ring_clear(&ring);
}
END_TEST

START_TEST(a_full_ring_drops_its_oldest_frame)
{
	struct ring ring = {.head = 0};

	for (int64_t id = 1; id <= RING_MAX; id++)
		add(&ring, id, 1);
	holds(&ring, 1, RING_MAX);
	add(&ring, RING_MAX + 1, 1);
	holds(&ring, 2, RING_MAX + 1);
	ring_clear(&ring);
}
END_TEST

START_TEST(a_position_that_was_lapped_is_gone_for_ever)
{
	struct ring ring = {.head = 0};

	for (int64_t id = 1; id <= 3 * RING_MAX + 5; id++)
		add(&ring, id, 1);
	holds(&ring, 2 * RING_MAX + 6, 3 * RING_MAX + 5);
	ck_assert_ptr_null(ring_at(&ring, 0));
	ck_assert_ptr_null(ring_at(&ring, RING_MAX));
	ring_clear(&ring);
}
END_TEST

START_TEST(bytes_have_their_ceiling)
{
	struct ring ring = {.head = 0};

	for (int64_t id = 1; id <= 4; id++)
		add(&ring, id, PART);
	holds(&ring, 1, 4);
	add(&ring, 5, 1);
	holds(&ring, 2, 5);
	add(&ring, 6, 3 * PART);
	ck_assert_uint_le(ring.bytes, RING_BYTES);
	holds(&ring, 5, 6);
	ring_clear(&ring);
}
END_TEST

START_TEST(a_frame_over_the_ceiling_stands_alone)
{
	struct ring ring = {.head = 0};

	add(&ring, 1, 10);
	add(&ring, 2, RING_BYTES + 1);
	holds(&ring, 2, 2);
	add(&ring, 3, 10);
	holds(&ring, 3, 3);
	ring_clear(&ring);
}
END_TEST

START_TEST(a_frame_that_could_not_be_made_laps_everybody)
{
	struct ring ring = {.head = 0};
	struct frame lost = {.id = 3, .agent = strdup("ANN")};

	add(&ring, 1, 10);
	add(&ring, 2, 10);
	ring_add(&ring, &lost);
	for (uint64_t pos = 0; pos < 4; pos++)
		ck_assert_ptr_null(ring_at(&ring, pos));
	ck_assert_uint_eq(ring.bytes, 0);
	/* who stood at the next position would miss it unnoticed */
	ck_assert_uint_gt(ring.tail, 2);
	add(&ring, 4, 10);
	holds(&ring, 4, 4);
	ring_clear(&ring);
}
END_TEST

START_TEST(a_cleared_ring_counts_on)
{
	struct ring ring = {.head = 0};

	add(&ring, 1, 10);
	add(&ring, 2, 10);
	ring_clear(&ring);
	ck_assert_ptr_null(ring_at(&ring, 0));
	ck_assert_ptr_null(ring_at(&ring, 1));
	ck_assert_uint_eq(ring.bytes, 0);
	add(&ring, 3, 10);
	ck_assert_int_eq(ring_at(&ring, 2)->id, 3);
	ring_clear(&ring);
}
END_TEST

Suite *suite_ring(void)
{
	Suite *suite = suite_create("ring");
	TCase *tc = tcase_create("ring");

	tcase_add_test(tc, an_empty_ring_has_no_frame);
	tcase_add_test(tc, positions_count_on_from_zero);
	tcase_add_test(tc, a_full_ring_drops_its_oldest_frame);
	tcase_add_test(tc, a_position_that_was_lapped_is_gone_for_ever);
	tcase_add_test(tc, bytes_have_their_ceiling);
	tcase_add_test(tc, a_frame_over_the_ceiling_stands_alone);
	tcase_add_test(tc, a_frame_that_could_not_be_made_laps_everybody);
	tcase_add_test(tc, a_cleared_ring_counts_on);
	suite_add_tcase(suite, tc);
	return suite;
}
