/* SPDX-License-Identifier: Apache-2.0 */
/* store/fixture.c - a store in a folder of its own, and rows to put in it */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TURNS_MAX = 10000,
	TURN_MS = 100,
};

void fix_tell(void *arg, int err)
{
	struct told_arg *a = arg;

	ck_assert_uint_lt(a->told->count, LOG_MAX);
	a->told->log[a->told->count].name = a->name;
	a->told->log[a->told->count].err = err;
	a->told->count++;
}

void fix_open(struct fix *fix)
{
	ck_assert_int_eq(cti_store_open(&fix->store, fix->loop, &fix->conf), 0);
}

void fix_close(struct fix *fix)
{
	cti_store_destroy(fix->store);
	fix->store = NULL;
}

void fix_reopen(struct fix *fix)
{
	fix_close(fix);
	fix_open(fix);
}

void fix_init_keeping(struct fix *fix, int64_t keep_days)
{
	*fix = (struct fix){.dir = "/tmp/cti_store_XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(fix->dir));
	ck_assert_int_gt(
		snprintf(fix->path, sizeof(fix->path), "%s/j.db", fix->dir), 0);
	fix->conf = (struct cti_store_conf){.path = fix->path,
					    .keep_days = keep_days};
	ck_assert_int_eq(cti_loop_new(&fix->loop, CTI_CLOCK_FAKE), 0);
	fix_open(fix);
}

void fix_init(struct fix *fix)
{
	fix_init_keeping(fix, 0);
}

static void remove_files(const char *path)
{
	DIR *dir = opendir(path);
	char name[PATH_SIZE + 256];
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		ck_assert_int_gt(snprintf(name, sizeof(name), "%s/%s", path,
					  entry->d_name),
				 0);
		ck_assert_int_eq(unlink(name), 0);
	}
	ck_assert_int_eq(closedir(dir), 0);
}

void fix_fini(struct fix *fix)
{
	fix_close(fix);
	cti_loop_destroy(fix->loop);
	remove_files(fix->dir);
	ck_assert_int_eq(rmdir(fix->dir), 0);
}

void fix_wait(struct fix *fix)
{
	struct cti_store_health health;

	for (int i = 0; i < TURNS_MAX; i++) {
		cti_store_health(fix->store, &health);
		if (!health.waiting && !fix->store->busy)
			return;
		ck_assert_msg(!health.failing || fix->store->busy ||
				      fix->store->deferred,
			      "the store fails: %s", strerror(-health.err));
		cti_loop_turn(fix->loop, TURN_MS);
	}
	ck_abort_msg("units wait for ever");
}

void fix_settle(struct fix *fix)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		cti_loop_turn(fix->loop, 0);
		if (!fix->store->busy && !fix->store->deferred &&
		    !fix->store->waiting.first)
			return;
		if (fix->store->busy)
			cti_loop_turn(fix->loop, TURN_MS);
	}
	ck_abort_msg("the worker works for ever");
}

static void copy_file(const char *from, const char *to, const char *suffix)
{
	char name[PATH_SIZE + 8], other[PATH_SIZE + 8], buf[4096];
	FILE *in, *out;
	size_t len;

	ck_assert_int_gt(snprintf(name, sizeof(name), "%s%s", from, suffix), 0);
	ck_assert_int_gt(snprintf(other, sizeof(other), "%s%s", to, suffix), 0);
	in = fopen(name, "rb");
	ck_assert_ptr_nonnull(in);
	out = fopen(other, "wb");
	ck_assert_ptr_nonnull(out);
	while ((len = fread(buf, 1, sizeof(buf), in)) > 0)
		ck_assert_uint_eq(fwrite(buf, 1, len, out), len);
	ck_assert_int_eq(fclose(in), 0);
	ck_assert_int_eq(fclose(out), 0);
}

void fix_copy(const struct fix *fix, char to[PATH_SIZE])
{
	ck_assert_int_gt(snprintf(to, PATH_SIZE, "%s/copy.db", fix->dir), 0);
	copy_file(fix->path, to, "");
	copy_file(fix->path, to, "-wal");
}

int fix_files(const struct fix *fix, const char *part)
{
	DIR *dir = opendir(fix->dir);
	struct dirent *entry;
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		count += strstr(entry->d_name, part) != NULL;
	ck_assert_int_eq(closedir(dir), 0);
	return count;
}

struct cti_call *fix_call(struct fix *fix)
{
	struct cti_call *call = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	call->row = cti_store_next_row(fix->store);
	cti_id_random(call->id);
	memcpy(call->original_id, call->id, sizeof(call->id));
	call->direction = CTI_INBOUND;
	call->state = CTI_CALL_RINGING;
	call->created_ms = cti_loop_wall_ms(fix->loop);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_AGENT, "ALICE"), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NUMBER, "+4930123456"), 0);
	return call;
}

struct cti_event *fix_event(struct fix *fix, const struct cti_call *call,
			    enum cti_event_type type, enum cti_call_state state)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, type), 0);
	ev->id = cti_store_next_event(fix->store);
	ev->at_ms = cti_loop_wall_ms(fix->loop);
	ev->row = call ? call->row : 0;
	ev->state = state;
	return ev;
}

struct cti_unit *fix_unit(bool intent)
{
	struct cti_unit *unit = NULL;

	ck_assert_int_eq(cti_unit_new(&unit, intent), 0);
	return unit;
}

void fix_submit(struct fix *fix, const struct cti_call *call,
		const struct cti_event *ev)
{
	struct cti_unit *unit = fix_unit(false);

	if (call)
		ck_assert_int_eq(cti_unit_call(unit, call), 0);
	if (ev)
		ck_assert_int_eq(cti_unit_event(unit, ev), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
}

void fix_store(struct fix *fix, const struct cti_call *call)
{
	fix_submit(fix, call, NULL);
	fix_wait(fix);
}

void fix_change(struct fix *fix, struct cti_call *call, struct cti_event *ev)
{
	fix_submit(fix, NULL, ev);
	fix_wait(fix);
	if (call)
		ck_assert_int_eq(cti_event_apply(call, ev), 0);
	cti_event_destroy(ev);
}

int64_t fix_ended(struct fix *fix)
{
	struct cti_call *call = fix_call(fix);
	struct cti_event *ev =
		fix_event(fix, call, CTI_EVENT_ENDED, CTI_CALL_ENDED);
	int64_t row = call->row;

	fix_submit(fix, call, ev);
	cti_event_destroy(ev);
	cti_call_destroy(call);
	return row;
}

static void put_number(struct cti_buf *out, const char *name, int64_t value)
{
	ck_assert_int_eq(cti_buf_fmt(out, "%s=%lld ", name, (long long)value),
			 0);
}

char *fix_call_text(const struct cti_call *call)
{
	struct cti_buf out;
	char *text = NULL;

	cti_buf_init(&out, STORE_BLOB_MAX);
	ck_assert_int_eq(cti_buf_fmt(&out, "id=%s original=%s ", call->id,
				     call->original_id),
			 0);
	put_number(&out, "row", call->row);
	put_number(&out, "direction", (int64_t)call->direction);
	put_number(&out, "kind", (int64_t)call->kind);
	put_number(&out, "state", (int64_t)call->state);
	put_number(&out, "cause", (int64_t)call->cause);
	put_number(&out, "withheld", call->withheld);
	put_number(&out, "muted", call->muted);
	put_number(&out, "transferred", call->transferred);
	put_number(&out, "created", call->created_ms);
	put_number(&out, "ringing", call->ringing_ms);
	put_number(&out, "answered", call->answered_ms);
	put_number(&out, "ended", call->ended_ms);
	put_number(&out, "stored", call->stored_ms);
	put_number(&out, "sent", call->sent_ms);
	put_number(&out, "duration", call->duration_ms);
	for (size_t i = 0; i < CTI_FACT_MAX; i++)
		ck_assert_int_eq(
			cti_buf_fmt(&out, "%zu=%s ", i,
				    call->fact[i] ? call->fact[i] : "(none)"),
			0);
	ck_assert_int_eq(cti_buf_take(&out, &text), 0);
	cti_buf_fini(&out);
	return text;
}

void fix_assert_same(const struct cti_call *a, const struct cti_call *b)
{
	char *left = fix_call_text(a), *right = fix_call_text(b);

	ck_assert_str_eq(left, right);
	free(left);
	free(right);
}
