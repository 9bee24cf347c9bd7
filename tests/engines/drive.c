/* SPDX-License-Identifier: Apache-2.0 */
/* engines/drive.c - one driver on stdin and stdout, for tests without a core */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/json.h"
#include "cti/log.h"
#include "cti/loop.h"
#include "drivers/drivers.h"

enum {
	FLAGS_MAX = 16,
	WORDS_MAX = 5,
	LINE_MAX_BYTES = 1024,
	OUT_MAX = 8192,
};

struct drive {
	struct cti_loop *loop;
	const struct cti_driver_ops *ops;
	struct cti_driver *drv;
	char line[LINE_MAX_BYTES];
	size_t len;
};

/** Prints one object a line: begin, keys, end. */
static void out_begin(struct cti_jsonw *w, struct cti_buf *buf,
		      const char *what)
{
	cti_buf_init(buf, OUT_MAX);
	if (cti_jsonw_init(w, buf))
		abort();
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "what", what);
}

static void out_end(struct cti_jsonw *w, struct cti_buf *buf)
{
	cti_jsonw_obj_end(w);
	if (cti_jsonw_fini(w))
		abort();
	(void)puts(cti_buf_text(buf)); /* a dead reader ends us by SIGPIPE */
	(void)fflush(stdout);
	cti_buf_fini(buf);
}

static void on_link(void *arg, enum cti_link link, const char *why)
{
	static const char *const words[] = {"down", "connecting", "up",
					    "failed"};
	struct cti_buf buf;
	struct cti_jsonw w;

	(void)arg;
	out_begin(&w, &buf, "link");
	cti_jsonw_kstr(&w, "link", words[link]);
	cti_jsonw_kstr(&w, "why", why);
	out_end(&w, &buf);
}

static void out_attached(struct cti_jsonw *w, const struct cti_call_event *ev)
{
	cti_jsonw_key(w, "attached");
	cti_jsonw_obj(w);
	for (size_t i = 0; i < ev->nattached; i++)
		cti_jsonw_kstr(w, ev->attached[i].name, ev->attached[i].value);
	cti_jsonw_obj_end(w);
}

static void on_event(void *arg, const struct cti_call_event *ev)
{
	struct cti_buf buf;
	struct cti_jsonw w;

	(void)arg;
	out_begin(&w, &buf, "event");
	cti_jsonw_kstr(&w, "call_id", ev->call_id);
	cti_jsonw_kstr(&w, "leg", ev->leg_ref);
	cti_jsonw_kstr(&w, "state", cti_state_word(ev->state));
	cti_jsonw_kstr(&w, "cause", cti_cause_word(ev->cause));
	cti_jsonw_kstr(&w, "detail", ev->cause_detail);
	cti_jsonw_kbool(&w, "inbound", ev->inbound);
	cti_jsonw_kbool(&w, "withheld", ev->withheld);
	cti_jsonw_kstr(&w, "device", ev->device);
	cti_jsonw_kstr(&w, "number", ev->number);
	cti_jsonw_kstr(&w, "name", ev->name);
	cti_jsonw_kstr(&w, "dnis", ev->dnis);
	cti_jsonw_kstr(&w, "kind", cti_kind_word(ev->kind));
	cti_jsonw_kstr(&w, "first_ref", ev->first_ref);
	cti_jsonw_kstr(&w, "first_id", ev->first_id);
	out_attached(&w, ev);
	out_end(&w, &buf);
}

static void on_synced(void *arg)
{
	struct cti_buf buf;
	struct cti_jsonw w;

	(void)arg;
	out_begin(&w, &buf, "synced");
	out_end(&w, &buf);
}

static void on_probe(void *arg, bool ok, const char *why)
{
	struct cti_buf buf;
	struct cti_jsonw w;

	(void)arg;
	out_begin(&w, &buf, "probe");
	cti_jsonw_kbool(&w, "ok", ok);
	cti_jsonw_kstr(&w, "why", why);
	out_end(&w, &buf);
}

typedef int drive_fn(const struct drive *d, const struct cti_call_ref *ref,
		     char *const *words);

static int do_originate(const struct drive *d, const struct cti_call_ref *ref,
			char *const *words)
{
	struct cti_originate req = {
		.call_id = ref->call_id,
		.device = ref->leg_ref ? ref->leg_ref : "",
		.number = words[3],
		.timeout_ms = (uint32_t)strtoul(words[4], NULL, 10),
	};

	return d->ops->originate(d->drv, &req);
}

static int do_hangup(const struct drive *d, const struct cti_call_ref *ref,
		     char *const *words)
{
	(void)words;
	return d->ops->hangup(d->drv, ref);
}

static int do_answer(const struct drive *d, const struct cti_call_ref *ref,
		     char *const *words)
{
	(void)words;
	if (!d->ops->answer)
		return -ENOSYS;
	return d->ops->answer(d->drv, ref);
}

static int do_reject(const struct drive *d, const struct cti_call_ref *ref,
		     char *const *words)
{
	(void)words;
	if (!d->ops->reject)
		return -ENOSYS;
	return d->ops->reject(d->drv, ref);
}

static int do_hold(const struct drive *d, const struct cti_call_ref *ref,
		   char *const *words)
{
	if (!d->ops->hold)
		return -ENOSYS;
	return d->ops->hold(d->drv, ref, strcmp(words[3], "on") == 0);
}

static int do_mute(const struct drive *d, const struct cti_call_ref *ref,
		   char *const *words)
{
	if (!d->ops->mute)
		return -ENOSYS;
	return d->ops->mute(d->drv, ref, strcmp(words[3], "on") == 0);
}

static int do_transfer(const struct drive *d, const struct cti_call_ref *ref,
		       char *const *words)
{
	if (!d->ops->transfer)
		return -ENOSYS;
	return d->ops->transfer(d->drv, ref, words[3]);
}

static int do_dtmf(const struct drive *d, const struct cti_call_ref *ref,
		   char *const *words)
{
	if (!d->ops->dtmf)
		return -ENOSYS;
	return d->ops->dtmf(d->drv, ref, words[3]);
}

static int do_probe(const struct drive *d, const struct cti_call_ref *ref,
		    char *const *words)
{
	(void)words;
	if (!d->ops->probe)
		return -ENOSYS;
	return d->ops->probe(d->drv, ref->leg_ref);
}

static const struct {
	const char *word;
	drive_fn *fn;
} verbs[] = {
	{"originate", do_originate}, {"hangup", do_hangup},
	{"answer", do_answer},	     {"reject", do_reject},
	{"hold", do_hold},	     {"mute", do_mute},
	{"transfer", do_transfer},   {"dtmf", do_dtmf},
	{"probe", do_probe},
};

/** VERB CALL_ID LEG [ARGUMENT [ARGUMENT]]; "-" = none. originate: the device
 * instead of a leg, number, ring time in ms. */
static void line_run(const struct drive *d, char *line)
{
	char *words[WORDS_MAX] = {line, line, line, line, line};
	struct cti_call_ref ref;
	struct cti_buf buf;
	struct cti_jsonw w;
	char *save = NULL;
	size_t n = 0;
	int rc = -ENOSYS;

	for (char *word = strtok_r(line, " ", &save); word && n < WORDS_MAX;
	     word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	ref.call_id = strcmp(words[1], "-") == 0 ? NULL : words[1];
	ref.leg_ref = strcmp(words[2], "-") == 0 ? NULL : words[2];
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].word, words[0]) == 0)
			rc = verbs[i].fn(d, &ref, words);
	}
	out_begin(&w, &buf, "result");
	cti_jsonw_kstr(&w, "verb", words[0]);
	cti_jsonw_kint(&w, "rc", rc);
	out_end(&w, &buf);
}

static void on_stdin(void *arg)
{
	struct drive *d = arg;
	ssize_t got = read(STDIN_FILENO, d->line + d->len,
			   sizeof(d->line) - d->len - 1);
	char *end;

	if (got <= 0) {
		cti_loop_stop(d->loop);
		return;
	}
	d->len += (size_t)got;
	d->line[d->len] = '\0';
	while ((end = strchr(d->line, '\n'))) {
		*end = '\0';
		line_run(d, d->line);
		d->len -= (size_t)(end + 1 - d->line);
		memmove(d->line, end + 1, d->len + 1);
	}
}

/** drive DRIVER [conf=FILE] [SECTION.KEY=VALUE…] */
static struct cti_conf *conf_read(int argc, char **argv)
{
	struct cti_conf_flag flags[FLAGS_MAX];
	struct cti_conf_source source = {.flags = flags};
	struct cti_conf *conf = NULL;
	struct cti_buf errors;

	for (int i = 2; i < argc && source.nflags < FLAGS_MAX; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			continue;
		if (strncmp(argv[i], "conf=", 5) == 0) {
			source.file = value + 1;
			continue;
		}
		*value = '\0';
		flags[source.nflags++] =
			(struct cti_conf_flag){argv[i], value + 1};
	}
	cti_buf_init(&errors, OUT_MAX);
	if (cti_conf_load(&conf, &source, &errors))
		(void)fputs(cti_buf_text(&errors), stderr);
	cti_buf_fini(&errors);
	return conf;
}

static int drive_run(struct drive *d, const struct cti_conf *conf)
{
	struct cti_driver_host host = {
		.loop = d->loop,
		.arg = d,
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
		.on_probe = on_probe,
	};
	struct cti_poll *input = NULL;
	int err = d->ops->create(&d->drv, conf, &host);

	if (err)
		return err;
	err = cti_poll_new(&input, d->loop, STDIN_FILENO, on_stdin, d);
	if (!err)
		err = d->ops->start(d->drv);
	if (!err) {
		cti_loop_run(d->loop);
		d->ops->stop(d->drv);
	}
	cti_poll_destroy(input);
	d->ops->destroy(d->drv);
	return err;
}

int main(int argc, char **argv)
{
	struct cti_log_conf log = {.level = CTI_LOG_DEBUG};
	struct drive d = {0};
	struct cti_conf *conf = conf_read(argc, argv);
	int err = -EINVAL;

	cti_log_setup(&log);
	d.ops = argc > 1 ? cti_driver_find(argv[1]) : NULL;
	if (conf && d.ops)
		err = cti_loop_new(&d.loop, CTI_CLOCK_REAL);
	if (!err) {
		err = drive_run(&d, conf);
		cti_loop_destroy(d.loop);
	}
	cti_conf_destroy(conf);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
