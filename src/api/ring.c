/* SPDX-License-Identifier: Apache-2.0 */
/* api/ring.c - the last frames for all streams; clients hold a position */
#include <stdlib.h>

#include "api/priv.h"

static void frame_fini(struct frame *frame)
{
	free(frame->data);
	free(frame->agent);
	*frame = (struct frame){.id = 0};
}

static void ring_drop_oldest(struct ring *ring)
{
	struct frame *frame = &ring->frames[ring->tail % RING_MAX];

	ring->bytes -= frame->len;
	frame_fini(frame);
	ring->tail++;
}

void ring_add(struct ring *ring, struct frame *frame)
{
	if (!ring->frames)
		ring->frames = calloc(RING_MAX, sizeof(*ring->frames));
	if (!ring->frames || !frame->data) {
		/* nobody may miss it unnoticed: all are lapped */
		frame_fini(frame);
		while (ring->frames && ring->tail < ring->head)
			ring_drop_oldest(ring);
		ring->tail = ++ring->head;
		return;
	}
	while (ring->tail < ring->head &&
	       (ring->head - ring->tail >= RING_MAX ||
		ring->bytes + frame->len > RING_BYTES))
		ring_drop_oldest(ring);
	ring->bytes += frame->len;
	ring->frames[ring->head % RING_MAX] = *frame;
	ring->head++;
}

const struct frame *ring_at(const struct ring *ring, uint64_t pos)
{
	if (pos < ring->tail || pos >= ring->head)
		return NULL;
	return &ring->frames[pos % RING_MAX];
}

void ring_clear(struct ring *ring)
{
	while (ring->frames && ring->tail < ring->head)
		ring_drop_oldest(ring);
	free(ring->frames);
	ring->frames = NULL;
	ring->tail = ring->head;
}
