/* SPDX-License-Identifier: Apache-2.0 */
/* cli/purge.c - patchcord purge: all about one number is deleted */
#include <stdio.h>

#include "cli/command.h"
#include "cli/subject.h"

struct purge {
	struct subject *s;
	struct cti_unit *unit;
	size_t calls, refusals, running;
	int err; /* of the commit */
};

static int purge_call(void *arg, const struct cti_call *call)
{
	struct purge *p = arg;

	if (cti_call_running(call)) {
		p->running++;
		return 0;
	}
	p->calls++;
	return cti_unit_forget_call(p->unit, call->row);
}

static int purge_refusal(void *arg, const struct cti_event *ev,
			 const struct cti_call *call)
{
	struct purge *p = arg;

	(void)call; /* there is none */
	p->refusals++;
	return cti_unit_forget_event(p->unit, ev->id);
}

/* What stays: that something was deleted, and how much; not about whom. */
static int purge_audit(struct purge *p)
{
	char detail[96];
	const struct cti_step_row step = {
		.at_ms = cti_loop_wall_ms(p->s->loop),
		.what = "purge",
		.detail = detail,
	};

	(void)snprintf(detail, sizeof(detail),
		       "%zu calls, %zu refused dials of one number", p->calls,
		       p->refusals); /* fits */
	return cti_unit_step(p->unit, &step);
}

static void purge_stored(void *arg, int err)
{
	struct purge *p = arg;

	p->err = err;
	cti_loop_stop(p->s->loop);
}

static int purge_collect(struct purge *p)
{
	int err = subject_calls(p->s, purge_call, p);

	if (!err)
		err = subject_refusals(p->s, purge_refusal, p);
	if (!err)
		err = cti_unit_forget_transfers(p->unit, p->s->caller.shown);
	if (!err)
		err = cti_unit_forget_before(p->unit,
					     cti_store_next_event(p->s->store));
	return err ? err : purge_audit(p);
}

static void purge_say(const struct purge *p)
{
	const struct cti_cli *cli = p->s->cli;

	cti_cli_say(cli->out, "Deleted: %zu calls, %zu refused dials.\n",
		    p->calls, p->refusals);
	if (p->running)
		cti_cli_say(cli->out,
			    "Kept: %zu calls that have not ended; start the "
			    "relay, which ends them, and purge again.\n",
			    p->running);
}

static int purge_do(struct subject *s)
{
	struct purge p = {.s = s};
	int err = cti_unit_new(&p.unit, true);

	if (!err)
		err = purge_collect(&p);
	if (err) {
		cti_unit_destroy(p.unit);
		return err;
	}
	cti_store_submit(s->store, p.unit, purge_stored, &p);
	cti_loop_run(s->loop);
	if (!p.err)
		purge_say(&p);
	return p.err;
}

static const struct cti_option purge_options[] = {SUBJECT_OPTIONS};

static int purge_run(const struct cti_cli *cli, const struct cti_args *args)
{
	return subject_run(cli, args, purge_do);
}

const struct cti_command cti_command_purge = {
	.name = "purge",
	.group = CTI_GROUP_TOOLS,
	.summary = "Deletes all calls and events of one number",
	.about = "Stop the relay first: the journal is the one of store.path. "
		 "That something\nwas deleted, and how much, stays in it.\n",
	.examples = "  patchcord purge --number +16503054000\n",
	.options = purge_options,
	.run = purge_run,
};
