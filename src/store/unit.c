/* SPDX-License-Identifier: Apache-2.0 */
/* store/unit.c - units: rows packed on the loop thread for the worker */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_priv.h"

/* A row being made; its data is still the caller's. */
struct draft {
	enum store_write which;
	int count;
	struct store_value value[CALL_COLUMNS];
	unsigned char id[2][CTI_ID_BLOB];
};

static_assert((int)EVENT_COLUMNS <= (int)CALL_COLUMNS, "a draft holds any row");

int cti_unit_new(struct cti_unit **unitp, bool intent)
{
	struct cti_unit *unit = calloc(1, sizeof(*unit));

	if (!unit)
		return -ENOMEM;
	unit->intent = intent;
	*unitp = unit;
	return 0;
}

void cti_unit_destroy(struct cti_unit *unit)
{
	struct store_op *op;

	if (!unit)
		return;
	op = unit->first;
	while (op) {
		struct store_op *next = op->next;

		free(op);
		op = next;
	}
	free(unit);
}

static void draft_int(struct draft *draft, int64_t number)
{
	draft->value[draft->count++] =
		(struct store_value){.type = SQLITE_INTEGER, .number = number};
}

static void draft_ints(struct draft *draft, const int64_t *numbers,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		draft_int(draft, numbers[i]);
}

static void draft_blob(struct draft *draft, const void *data, size_t len)
{
	draft->value[draft->count++] = (struct store_value){
		.type = SQLITE_BLOB, .number = (int64_t)len, .data = data};
}

static void draft_text(struct draft *draft, const char *text)
{
	draft->value[draft->count++] =
		(struct store_value){.type = text ? SQLITE_TEXT : SQLITE_NULL,
				     .number = text ? (int64_t)strlen(text) : 0,
				     .data = text};
}

/* 16 bytes instead of 32 digits, in the indexes too. */
static void draft_key(struct draft *draft, const char *key, unsigned char *blob)
{
	if (!cti_id_is_hex(key)) {
		draft_text(draft, key);
		return;
	}
	cti_id_pack(blob, key);
	draft_blob(draft, blob, CTI_ID_BLOB);
}

/* Copies the row into one block and adds it to the unit. */
static int draft_add(const struct draft *draft, struct cti_unit *unit)
{
	size_t head = sizeof(struct store_op) +
		      (size_t)draft->count * sizeof(draft->value[0]);
	size_t len = head;
	struct store_op *op;
	char *data;

	for (int i = 0; i < draft->count; i++) {
		if (draft->value[i].data)
			len += (size_t)draft->value[i].number;
	}
	op = malloc(len);
	if (!op)
		return -ENOMEM;
	*op = (struct store_op){.which = draft->which, .count = draft->count};
	data = (char *)op + head;
	for (int i = 0; i < draft->count; i++) {
		op->value[i] = draft->value[i];
		if (!draft->value[i].data)
			continue;
		memcpy(data, draft->value[i].data,
		       (size_t)draft->value[i].number);
		op->value[i].data = data;
		data += draft->value[i].number;
	}
	if (unit->last)
		unit->last->next = op;
	else
		unit->first = op;
	unit->last = op;
	return 0;
}

static int unit_int(struct cti_unit *unit, enum store_write which,
		    int64_t number)
{
	struct draft draft = {.which = which};

	draft_int(&draft, number);
	return draft_add(&draft, unit);
}

static int64_t flags_of(bool withheld, bool muted, bool transferred)
{
	return (withheld ? STORE_WITHHELD : 0) | (muted ? STORE_MUTED : 0) |
	       (transferred ? STORE_TRANSFERRED : 0);
}

static void draft_call(struct draft *draft, const struct cti_call *call)
{
	const int64_t numbers[] = {
		call->created_ms,
		(int64_t)call->direction,
		(int64_t)call->kind,
		(int64_t)call->state,
		(int64_t)call->cause,
		flags_of(call->withheld, call->muted, call->transferred),
		call->ringing_ms,
		call->answered_ms,
		call->ended_ms,
		call->stored_ms,
		call->sent_ms,
		call->duration_ms,
	};

	draft_int(draft, call->row);
	draft_key(draft, call->id, draft->id[0]);
	if (strcmp(call->id, call->original_id) == 0)
		draft_text(draft, NULL); /* as nearly always */
	else
		draft_key(draft, call->original_id, draft->id[1]);
	draft_ints(draft, numbers, sizeof(numbers) / sizeof(numbers[0]));
	for (size_t i = 0; i < CTI_FACT_MAX; i++)
		draft_text(draft, call->fact[i]);
}

int cti_unit_call(struct cti_unit *unit, const struct cti_call *call)
{
	struct draft draft = {.which = WRITE_CALL};
	int err;

	assert(call->row > 0);
	draft_call(&draft, call);
	err = draft_add(&draft, unit);
	if (err || !cti_call_running(call))
		return err;
	return unit_int(unit, WRITE_RUNNING, call->row);
}

static void draft_event(struct draft *draft, const struct cti_event *ev,
			const struct cti_buf *delta)
{
	const int64_t numbers[] = {
		ev->at_ms,
		(int64_t)ev->type,
		(int64_t)ev->state,
		(int64_t)ev->kind,
		(int64_t)ev->cause,
		flags_of(ev->withheld, ev->muted, ev->transferred),
	};

	draft_int(draft, ev->id);
	if (ev->row)
		draft_int(draft, ev->row);
	else
		draft_text(draft, NULL);
	draft_ints(draft, numbers, sizeof(numbers) / sizeof(numbers[0]));
	if (delta->len)
		draft_blob(draft, delta->data, delta->len);
	else
		draft_text(draft, NULL);
	draft_int(draft, (int64_t)ev->post);
	draft_text(draft, ev->sap);
	draft_text(draft, ev->findings);
}

static int unit_due(struct cti_unit *unit, const struct cti_event *ev)
{
	struct draft draft = {.which = WRITE_DUE};

	draft_int(&draft, ev->id);
	draft_int(&draft, ev->at_ms);
	return draft_add(&draft, unit);
}

int cti_unit_event(struct cti_unit *unit, const struct cti_event *ev)
{
	struct draft draft = {.which = WRITE_EVENT};
	struct cti_buf delta;
	int err;

	assert(ev->id > 0);
	cti_buf_init(&delta, STORE_BLOB_MAX);
	err = store_delta_encode(&delta, ev);
	if (err)
		goto out;
	draft_event(&draft, ev, &delta);
	err = draft_add(&draft, unit);
	if (!err && ev->sap)
		err = unit_due(unit, ev);
	if (!err && ev->row && ev->state == CTI_CALL_ENDED)
		err = unit_int(unit, WRITE_RUNNING_OVER, ev->row);
out:
	cti_buf_fini(&delta);
	return err;
}

int cti_unit_link(struct cti_unit *unit, const struct cti_link_row *link)
{
	struct draft draft = {.which = WRITE_LINK};

	draft_int(&draft, (int64_t)link->kind);
	draft_key(&draft, link->value, draft.id[0]);
	draft_int(&draft, link->row);
	draft_int(&draft, link->at_ms);
	if (link->kind == CTI_LINK_REF)
		draft_text(&draft, NULL); /* nobody compares it */
	else
		draft_blob(&draft, link->print, sizeof(link->print));
	return draft_add(&draft, unit);
}

int cti_unit_post(struct cti_unit *unit, const struct cti_post_row *post)
{
	struct draft draft = {.which = WRITE_POST};
	int err;

	draft_int(&draft, post->event);
	draft_text(&draft, post->tab ? post->tab : "");
	draft_int(&draft, post->claimed_ms);
	draft_int(&draft, post->acked_ms);
	err = draft_add(&draft, unit);
	if (err || !post->acked_ms)
		return err;
	return unit_int(unit, WRITE_DUE_OVER, post->event);
}

int cti_unit_step(struct cti_unit *unit, const struct cti_step_row *step)
{
	struct draft draft = {.which = WRITE_STEP};

	draft_int(&draft, step->row);
	draft_int(&draft, step->at_ms);
	draft_text(&draft, step->what);
	draft_text(&draft, step->detail);
	return draft_add(&draft, unit);
}

int cti_unit_forget_call(struct cti_unit *unit, int64_t row)
{
	int err = 0;

	for (size_t i = 0; !err && store_purge_steps[i] != WRITE_MAX; i++)
		err = unit_int(unit, store_purge_steps[i], row);
	return err;
}

int cti_unit_forget_event(struct cti_unit *unit, int64_t event)
{
	return unit_int(unit, PURGE_EVENT, event);
}

int cti_unit_forget_transfers(struct cti_unit *unit, const char *number)
{
	struct draft draft = {.which = PURGE_TRANSFERS};

	draft_text(&draft, number);
	return draft_add(&draft, unit);
}

int cti_unit_forget_before(struct cti_unit *unit, int64_t event)
{
	return unit_int(unit, WRITE_WHOLE, event);
}

void store_units_add(struct store_units *list, struct cti_unit *unit)
{
	unit->next = NULL;
	if (list->last)
		list->last->next = unit;
	else
		list->first = unit;
	list->last = unit;
	list->count++;
}

struct cti_unit *store_units_pop(struct store_units *list)
{
	struct cti_unit *unit = list->first;

	if (!unit)
		return NULL;
	list->first = unit->next;
	if (!list->first)
		list->last = NULL;
	list->count--;
	unit->next = NULL;
	return unit;
}

void store_units_join(struct store_units *list, struct store_units *from)
{
	if (!from->first)
		return;
	if (list->last)
		list->last->next = from->first;
	else
		list->first = from->first;
	list->last = from->last;
	list->count += from->count;
	*from = (struct store_units){0};
}

void store_units_clear(struct store_units *list)
{
	struct cti_unit *unit;

	while ((unit = store_units_pop(list)))
		cti_unit_destroy(unit);
}
