/* SPDX-License-Identifier: Apache-2.0 */
/* flow/harness.c - the app from start to end, and its time */
#include "harness.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "client.h"
#include "cti/conf.h"
#include "cti/log.h"
#include "cti/loop.h"

enum { GUARD_MS = 5000, QUIET_ROUNDS = 500, TURNS_A_ROUND = 3 };

/* What SQLite keeps of a store. */
static const char *const db_files[] = {"", "-wal", "-shm"};
enum { NDB_FILES = 3, DB_COPIED = 2 };

/* --- real time, only against hanging --- */

static int64_t real_ms(void)
{
	struct timespec now;

	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void flow_guard(int64_t *since)
{
	int64_t now = real_ms();

	if (!*since)
		*since = now;
	ck_assert_msg(now - *since < GUARD_MS, "it hangs");
}

/* --- the configuration --- */

static void conf_write(const struct flow *f, char *path, size_t size,
		       const char *text)
{
	FILE *file;

	(void)snprintf(path, size, "%s/conf", f->dir); /* fits */
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void conf_load(struct flow *f, const char *text)
{
	char path[80];
	struct cti_conf_flag flags[] = {
		{"http.listen", "127.0.0.1:0"},
		{"store.path", f->db},
		{"telephony.instance", "flow"},
	};
	struct cti_conf_source source = {
		.flags = flags,
		.nflags = sizeof(flags) / sizeof(flags[0]),
	};
	struct cti_buf errors;
	int err;

	conf_write(f, path, sizeof(path), text ? text : "");
	source.file = path;
	cti_buf_init(&errors, 8192);
	err = cti_conf_load(&f->conf, &source, &errors);
	ck_assert_msg(err == 0, "%s", cti_buf_text(&errors));
	cti_buf_fini(&errors);
	ck_assert_int_eq(unlink(path), 0);
}

/* --- start and stop --- */

static void key_path(char path[96], const struct flow *f)
{
	(void)snprintf(path, 96, "%.60s/api.key", f->dir); /* fits */
}

/* The key lies beside the store, unless programs need none. */
static void key_take(struct flow *f)
{
	char path[96], key[80] = "";
	FILE *file;

	key_path(path, f);
	file = fopen(path, "r");
	if (!file)
		return;
	ck_assert_ptr_nonnull(fgets(key, sizeof(key), file));
	ck_assert_int_eq(fclose(file), 0);
	key[strcspn(key, "\n")] = '\0';
	ck_assert_uint_eq(strlen(key), 64);
	(void)snprintf(f->key, sizeof(f->key), "Authorization: Bearer %s\r\n",
		       key); /* fits */
}

static void key_remove(const struct flow *f)
{
	char path[96];

	key_path(path, f);
	ck_assert(unlink(path) == 0 || errno == ENOENT);
}

void flow_again(struct flow *f)
{
	ck_assert_ptr_null(f->app);
	f->stopped = false;
	ck_assert_int_eq(cti_app_new(&f->app, f->loop, f->conf), 0);
	ck_assert_uint_ne(cti_app_port(f->app), 0);
	key_take(f);
}

struct flow *flow_start_early(const char *conf)
{
	const struct cti_log_conf log = {.level = CTI_LOG_ERROR};
	struct flow *f = calloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	ck_assert_ptr_nonnull(f);
	cti_log_setup(&log);
	ck_assert_int_lt(snprintf(f->dir, sizeof(f->dir), "%s/cti-flow-XXXXXX",
				  tmp && *tmp ? tmp : "/tmp"),
			 (int)sizeof(f->dir));
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	(void)snprintf(f->db, sizeof(f->db), "%.60s/store.db", f->dir);
	conf_load(f, conf);
	ck_assert_int_eq(cti_loop_new(&f->loop, CTI_CLOCK_FAKE), 0);
	flow_again(f);
	return f;
}

/* Only now, so that no time of the story is 0. */
static void flow_begin(struct flow *f)
{
	flow_advance(f, 1000);
	flow_get(f, "/readyz");
	expect_status(f, 200);
}

struct flow *flow_start(const char *conf)
{
	struct flow *f = flow_start_early(conf);

	flow_begin(f);
	return f;
}

static void on_stopped(void *arg)
{
	struct flow *f = arg;

	f->stopped = true;
}

void flow_stop(struct flow *f)
{
	int64_t since = 0;

	cti_app_stop(f->app, on_stopped, f);
	while (!f->stopped) {
		flow_guard(&since);
		cti_loop_advance(f->loop, 1);
		cti_loop_turn(f->loop, 1);
	}
	cti_app_destroy(f->app);
	f->app = NULL;
}

static void db_path(char path[128], const struct flow *f, const char *prefix,
		    const char *file)
{
	(void)snprintf(path, 128, "%s%s%s", f->db, prefix, file); /* fits */
}

static void db_remove(const struct flow *f)
{
	char path[128];

	for (int i = 0; i < NDB_FILES; i++) {
		db_path(path, f, "", db_files[i]);
		ck_assert(unlink(path) == 0 || errno == ENOENT);
	}
}

/* The list of paired pages; it stays when the journal is lost. */
static void paired_remove(const struct flow *f)
{
	char path[128];

	db_path(path, f, "", ".paired");
	ck_assert(unlink(path) == 0 || errno == ENOENT);
	db_path(path, f, "", ".paired.new");
	ck_assert(unlink(path) == 0 || errno == ENOENT);
}

static void file_copy(const char *to, const char *from)
{
	char bytes[4096];
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	size_t len;

	ck_assert(in && out);
	while ((len = fread(bytes, 1, sizeof(bytes), in)) > 0)
		ck_assert_uint_eq(fwrite(bytes, 1, len, out), len);
	ck_assert_int_eq(fclose(in), 0);
	ck_assert_int_eq(fclose(out), 0);
}

void flow_restart(struct flow *f)
{
	flow_stop(f);
	flow_again(f);
	flow_begin(f);
}

void flow_forget(struct flow *f)
{
	ck_assert_ptr_null(f->app);
	db_remove(f);
}

void flow_restart_empty(struct flow *f)
{
	flow_stop(f);
	flow_forget(f);
	flow_again(f);
	flow_begin(f);
}

void flow_kill(struct flow *f)
{
	char from[128], to[128];

	for (int i = 0; i < DB_COPIED; i++) {
		db_path(from, f, "", db_files[i]);
		db_path(to, f, ".kept", db_files[i]);
		file_copy(to, from);
	}
	flow_stop(f);
	db_remove(f);
	for (int i = 0; i < DB_COPIED; i++) {
		db_path(from, f, ".kept", db_files[i]);
		db_path(to, f, "", db_files[i]);
		ck_assert_int_eq(rename(from, to), 0);
	}
	flow_again(f);
	flow_begin(f);
}

void flow_end(struct flow *f)
{
	if (f->app)
		flow_stop(f);
	cti_loop_destroy(f->loop);
	cti_conf_destroy(f->conf);
	answer_clear(&f->last);
	db_remove(f);
	paired_remove(f);
	key_remove(f);
	ck_assert_int_eq(rmdir(f->dir), 0);
	free(f);
}

/* --- time --- */

/* What changes as long as something is under way. */
struct mark {
	int64_t waiting, commits, cursor;
};

static struct mark mark_take(struct flow *f)
{
	const struct ask ask = {.path = "/api/v1/status", .headers = f->key};
	struct answer a = {.status = 0};
	struct mark mark;

	wire_answer(&a, wire_ask(f, &ask));
	ck_assert_int_eq(a.status, 200);
	mark = (struct mark){
		.waiting = json_int(a.json, "store.waiting"),
		.commits = json_int(a.json, "store.commits"),
		.cursor = json_int(a.json, "cursor"),
	};
	answer_clear(&a);
	return mark;
}

void flow_quiet(struct flow *f)
{
	struct mark before = {.waiting = -1}, now;

	/* a store that fails never gets quiet: the story goes on */
	for (int i = 0; i < QUIET_ROUNDS; i++) {
		for (int turn = 0; turn < TURNS_A_ROUND; turn++)
			cti_loop_turn(f->loop, 1);
		now = mark_take(f);
		if (now.waiting == 0 && before.waiting == 0 &&
		    now.commits == before.commits &&
		    now.cursor == before.cursor)
			return;
		before = now;
	}
}

void flow_advance(struct flow *f, int64_t ms)
{
	cti_loop_advance(f->loop, ms);
	flow_quiet(f);
}

void flow_until(struct flow *f, bool (*done)(void *arg), void *arg)
{
	int64_t since = 0;

	while (!done(arg)) {
		flow_guard(&since);
		cti_loop_turn(f->loop, 1);
	}
}

/* --- calls, in short --- */

const char *flow_path(struct flow *f, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(f->path, sizeof(f->path), fmt, args);
	va_end(args);
	ck_assert(len >= 0 && (size_t)len < sizeof(f->path));
	return f->path;
}

static void keep_id(const struct flow *f, char id[64])
{
	const char *text = json_text(f->json, "id");

	ck_assert_uint_lt(strlen(text), 64);
	memcpy(id, text, strlen(text) + 1);
}

void flow_dial(struct flow *f, char id[64], const char *body)
{
	flow_post(f, "/api/v1/calls", body);
	expect_status(f, 201);
	keep_id(f, id);
}

void flow_dial_number(struct flow *f, char id[64], const char *number)
{
	char body[256];

	(void)snprintf(body, sizeof(body), "{\"PhoneNumber\":\"%s\"}", number);
	flow_dial(f, id, body);
}

int flow_do(struct flow *f, const char *id, const char *action,
	    const char *body)
{
	return flow_post(f, flow_path(f, "/api/v1/calls/%s/%s", id, action),
			 body);
}

void flow_call(struct flow *f, const char *id)
{
	flow_get(f, flow_path(f, "/api/v1/calls/%s", id));
	expect_status(f, 200);
}

/* The simulator rings by a timer, so time must be let in. */
void flow_play(struct flow *f, char id[64], const char *body)
{
	struct wire *wire =
		wire_ask(f, &(struct ask){.method = "POST",
					  .path = "/api/v1/simulator/calls",
					  .body = body});
	int64_t since = 0;

	while (!wire_ready(wire)) {
		flow_guard(&since);
		cti_loop_advance(f->loop, 0);
		cti_loop_turn(f->loop, 1);
	}
	wire_take(f, wire);
	expect_status(f, 201);
	keep_id(f, id);
}
