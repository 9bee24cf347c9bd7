/* SPDX-License-Identifier: Apache-2.0 */
/* store/delta.c - what an event changed, as bytes: tag, length, value */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_priv.h"

/* Numbers stand in the file. Every item says its length, so a reader can
 * pass over what it does not know. */
enum {
	/* 0 … 63: the fact of that number has this text */
	DELTA_FACTS = 64,
	DELTA_STORED = 64, /* integers; times count from the event's */
	DELTA_SENT,
	DELTA_DURATION,
	DELTA_ORIGINAL, /* an id */
	DELTA_CODE = 80,
	DELTA_TEXT,
	DELTA_AGENT,
	DELTA_NUMBER,
	DELTA_ACTIVITY,
	DELTA_CLEARED = 128, /* + fact: it has none any more */
};

static_assert((int)CTI_FACT_MAX <= DELTA_FACTS, "facts and tags overlap");

enum {
	VARINT_MAX = 10, /* bytes of 64 bits, 7 in each */
};

static size_t varint_write(unsigned char *out, uint64_t value)
{
	size_t len = 0;

	while (value >= 0x80) {
		out[len++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	out[len++] = (unsigned char)value;
	return len;
}

/* Bytes used; 0 when it does not end within len. */
static size_t varint_read(uint64_t *valuep, const unsigned char *in, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len && i < VARINT_MAX; i++) {
		value |= (uint64_t)(in[i] & 0x7f) << (7 * i);
		if (!(in[i] & 0x80)) {
			*valuep = value;
			return i + 1;
		}
	}
	return 0;
}

/* Small numbers of either sign get small codes. */
static uint64_t zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t code)
{
	return (int64_t)(code >> 1 ^ (code & 1 ? UINT64_MAX : 0));
}

static int put(struct cti_buf *out, int tag, const void *data, size_t len)
{
	unsigned char head[1 + VARINT_MAX];
	int err;

	head[0] = (unsigned char)tag;
	err = cti_buf_add(out, head, 1 + varint_write(head + 1, len));
	if (err || !len)
		return err;
	return cti_buf_add(out, data, len);
}

static int put_int(struct cti_buf *out, int tag, int64_t value)
{
	unsigned char code[VARINT_MAX];

	return put(out, tag, code, varint_write(code, zigzag(value)));
}

static int put_text(struct cti_buf *out, int tag, const char *text)
{
	return text ? put(out, tag, text, strlen(text)) : 0;
}

static int put_change(struct cti_buf *out, const struct cti_change *change)
{
	if (!change->text)
		return put(out, DELTA_CLEARED + (int)change->fact, NULL, 0);
	return put_text(out, (int)change->fact, change->text);
}

static int put_original(struct cti_buf *out, const char *id)
{
	unsigned char blob[CTI_ID_BLOB];

	if (!id[0])
		return 0;
	if (!cti_id_is_hex(id))
		return put_text(out, DELTA_ORIGINAL, id);
	cti_id_pack(blob, id);
	/* 36 bytes at most are text: an id has no zero byte before its end,
	 * so the tag of a packed one is told apart by this prefix. */
	unsigned char packed[1 + CTI_ID_BLOB] = {0};

	memcpy(packed + 1, blob, sizeof(blob));
	return put(out, DELTA_ORIGINAL, packed, sizeof(packed));
}

static int put_numbers(struct cti_buf *out, const struct cti_event *ev)
{
	int err = 0;

	if (ev->stored_ms)
		err = put_int(out, DELTA_STORED, ev->stored_ms - ev->at_ms);
	if (!err && ev->sent_ms)
		err = put_int(out, DELTA_SENT, ev->sent_ms - ev->at_ms);
	if (!err && ev->duration_ms != -1)
		err = put_int(out, DELTA_DURATION, ev->duration_ms);
	if (!err && ev->code != CTI_OK)
		err = put_int(out, DELTA_CODE, (int64_t)ev->code);
	return err;
}

static int put_texts(struct cti_buf *out, const struct cti_event *ev)
{
	const struct {
		int tag;
		const char *text;
	} texts[] = {
		{DELTA_TEXT, ev->text},
		{DELTA_AGENT, ev->refused.agent},
		{DELTA_NUMBER, ev->refused.number},
		{DELTA_ACTIVITY, ev->refused.activity_uuid},
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(texts) / sizeof(texts[0]); i++)
		err = put_text(out, texts[i].tag, texts[i].text);
	return err;
}

int store_delta_encode(struct cti_buf *out, const struct cti_event *ev)
{
	int err = 0;

	for (size_t i = 0; !err && i < ev->nchanges; i++)
		err = put_change(out, &ev->change[i]);
	if (!err)
		err = put_numbers(out, ev);
	if (!err)
		err = put_original(out, ev->original_id);
	if (!err)
		err = put_texts(out, ev);
	return err;
}

struct item {
	int tag;
	const unsigned char *data;
	size_t len;
};

/* Where the text of a tag belongs; NULL for none. */
static char **text_slot(struct cti_event *ev, int tag)
{
	switch (tag) {
	case DELTA_TEXT:
		return &ev->text;
	case DELTA_AGENT:
		return &ev->refused.agent;
	case DELTA_NUMBER:
		return &ev->refused.number;
	case DELTA_ACTIVITY:
		return &ev->refused.activity_uuid;
	default:
		return NULL;
	}
}

static void take_int(struct cti_event *ev, const struct item *item)
{
	uint64_t code = 0;
	int64_t value;

	if (!varint_read(&code, item->data, item->len))
		return;
	value = unzigzag(code);
	switch (item->tag) {
	case DELTA_STORED:
		ev->stored_ms = ev->at_ms + value;
		break;
	case DELTA_SENT:
		ev->sent_ms = ev->at_ms + value;
		break;
	case DELTA_DURATION:
		ev->duration_ms = value;
		break;
	case DELTA_CODE:
		if (value >= 0 && value < CTI_ERR_MAX)
			ev->code = (enum cti_code)value;
		break;
	default:
		break;
	}
}

static void take_original(struct cti_event *ev, const struct item *item)
{
	if (item->len == 1 + CTI_ID_BLOB && item->data[0] == 0) {
		cti_id_unpack(ev->original_id, item->data + 1);
		return;
	}
	if (item->len >= CTI_ID_SIZE)
		return;
	memcpy(ev->original_id, item->data, item->len);
	ev->original_id[item->len] = '\0';
}

static int take_text(struct cti_event *ev, const struct item *item)
{
	char **slot = text_slot(ev, item->tag);
	char *text = strndup((const char *)item->data, item->len);
	int err = 0;

	if (!text)
		return -ENOMEM;
	if (item->tag < (int)CTI_FACT_MAX) {
		err = cti_event_change(ev, (enum cti_fact)item->tag, text);
	} else if (slot) {
		free(*slot);
		*slot = text;
		text = NULL; /* now owned by the event */
	}
	free(text);
	return err;
}

static int take(struct cti_event *ev, const struct item *item)
{
	int cleared = item->tag - DELTA_CLEARED;

	if (item->tag == DELTA_ORIGINAL) {
		take_original(ev, item);
		return 0;
	}
	if (cleared >= 0 && cleared < (int)CTI_FACT_MAX)
		return cti_event_change(ev, (enum cti_fact)cleared, NULL);
	if (item->tag < (int)CTI_FACT_MAX || text_slot(ev, item->tag))
		return take_text(ev, item);
	take_int(ev, item);
	return 0;
}

int store_delta_decode(struct cti_event *ev, const unsigned char *data,
		       size_t len)
{
	int err = 0;

	for (size_t at = 0; !err && at < len;) {
		struct item item = {.tag = data[at++]};
		uint64_t size = 0;
		size_t used = varint_read(&size, data + at, len - at);

		if (!used || size > len - at - used)
			return -EBADMSG;
		item.data = data + at + used;
		item.len = (size_t)size;
		at += used + item.len;
		err = take(ev, &item);
	}
	return err;
}
