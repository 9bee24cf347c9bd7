/* SPDX-License-Identifier: Apache-2.0 */
/* cli/subject.c - what is stored about one number: to see it, to delete it */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/subject.h"
#include "cti/conf.h"

enum { DIGITS_LEAST = 7 }; /* of a number that is looked for inside others */

static void digits_of(char out[SUBJECT_TEXT], const char *text)
{
	size_t n = 0;

	for (; text && *text && n < SUBJECT_TEXT - 1; text++)
		if (*text >= '0' && *text <= '9')
			out[n++] = *text;
	out[n] = '\0';
}

/* Whether that text is the number, however it is written. */
static bool subject_is(const struct subject *s, const char *text)
{
	struct cti_number_caller caller;
	char digits[SUBJECT_TEXT];

	if (!text || !*text)
		return false;
	cti_number_inbound(s->numbers, &caller, text);
	if (strcmp(caller.shown, s->caller.shown) == 0)
		return true;
	/* as it came it may be no number at all, yet hold this one */
	digits_of(digits, text);
	return strlen(s->digits) >= DIGITS_LEAST && strstr(digits, s->digits);
}

static bool subject_has(const struct subject *s, const struct cti_call *call)
{
	return subject_is(s, call->fact[CTI_FACT_NUMBER]) ||
	       subject_is(s, call->fact[CTI_FACT_NUMBER_RAW]) ||
	       subject_is(s, call->fact[CTI_FACT_DIALED]);
}

struct walk {
	const struct subject *s;
	subject_call_fn *fn;
	void *arg;
};

static int walk_call(void *arg, struct cti_call *call)
{
	const struct walk *walk = arg;
	int err = subject_has(walk->s, call) ? walk->fn(walk->arg, call) : 0;

	cti_call_destroy(call);
	return err;
}

int subject_calls(const struct subject *s, subject_call_fn *fn, void *arg)
{
	struct walk walk = {.s = s, .fn = fn, .arg = arg};

	return cti_store_recent(s->store, SUBJECT_ALL, walk_call, &walk);
}

struct walk_events {
	const struct subject *s;
	cti_store_event_fn *fn;
	void *arg;
};

static int walk_event(void *arg, const struct cti_event *ev,
		      const struct cti_call *call)
{
	const struct walk_events *walk = arg;

	if (ev->type != CTI_EVENT_REFUSED ||
	    !subject_is(walk->s, ev->refused.number))
		return 0;
	return walk->fn(walk->arg, ev, call);
}

int subject_refusals(const struct subject *s, cti_store_event_fn *fn, void *arg)
{
	struct walk_events walk = {.s = s, .fn = fn, .arg = arg};
	const struct cti_store_range all = {
		.upto = INT64_MAX,
		.limit = SUBJECT_ALL,
	};

	return cti_store_events(s->store, &all, walk_event, &walk);
}

static int subject_numbers(struct subject *s, const struct cti_conf *conf,
			   const char *number)
{
	int err = cti_numbers_new(&s->numbers, conf);

	if (err)
		return err;
	cti_number_inbound(s->numbers, &s->caller, number);
	digits_of(s->digits, s->caller.shown);
	return s->caller.shown[0] ? 0 : -EINVAL;
}

/* Opened as a relay would, but nothing grows too old by it. */
static int subject_store(struct subject *s, const struct cti_conf *conf)
{
	char path[SUBJECT_PATH];
	const struct cti_store_conf store = {.path = path, .sync_full = true};
	int err = cti_store_path(path, sizeof(path),
				 cti_conf_str(conf, "store.path"));

	if (!err && access(path, F_OK))
		err = -ENOENT;
	if (!err)
		err = cti_loop_new(&s->loop, CTI_CLOCK_REAL);
	return err ? err : cti_store_open(&s->store, s->loop, &store);
}

static void subject_fini(struct subject *s)
{
	cti_store_destroy(s->store);
	cti_loop_destroy(s->loop);
	cti_numbers_destroy(s->numbers);
}

static int subject_failed(const struct cti_cli *cli, int err)
{
	static const struct {
		int err;
		const char *text;
	} reasons[] = {
		{-EINVAL, "that is no number; write it with + and country "
			  "code, or as an extension"},
		{-EBUSY, "a relay runs on this journal; stop it, run this, and "
			 "start it again"},
		{-ENOENT, "there is no journal yet; name the one you mean by "
			  "--set store.path=FILE"},
	};
	const char *text = strerror(-err);

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].err == err)
			text = reasons[i].text;
	cti_cli_say(cli->err, "patchcord: %s.\n", text);
	return CTI_EXIT_FAILED;
}

int subject_run(const struct cti_cli *cli, const struct cti_args *args,
		subject_fn *fn)
{
	struct subject s = {.cli = cli};
	struct cti_conf *conf = NULL;
	const char *number = cti_args_value(args, "number");
	int code = CTI_EXIT_FAILED, err;

	if (!number) {
		cti_cli_say(cli->err, "patchcord: --number is missing, as in "
				      "--number +16503054000.\n");
		return CTI_EXIT_USAGE;
	}
	if (cti_cli_conf(&conf, cli, args, cli->err))
		goto out;
	err = subject_numbers(&s, conf, number);
	if (!err)
		err = subject_store(&s, conf);
	if (!err)
		err = fn(&s);
	code = err ? subject_failed(cli, err) : CTI_EXIT_OK;
out:
	subject_fini(&s);
	cti_conf_destroy(conf);
	return code;
}
