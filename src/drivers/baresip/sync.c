/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/sync.c - after a connect: what baresip is, which calls it has */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/priv.h"
#include "drivers/baresip/sip.h"

enum { NUMBER_SIZE = 16 };

/** A list shows the calls of the current account only. */
static int add_lists(const struct cti_driver *drv, struct bs_job *job)
{
	const struct cti_answer_accounts *accounts = &drv->accounts;
	int err = 0;

	if (drv->by_id || accounts->n <= 1)
		return bs_job_add(job, CTI_CTRL_LISTCALLS, 0, NULL);
	for (size_t i = 0; i < accounts->n && !err; i++) {
		err = bs_job_add(job, CTI_CTRL_UAFIND, 0, accounts->aor[i]);
		if (!err)
			err = bs_job_add(job, CTI_CTRL_LISTCALLS, 0, NULL);
	}
	if (err)
		return err;
	return bs_job_add(job, CTI_CTRL_UAFIND, 0,
			  accounts->aor[accounts->current]);
}

int bs_sync_begin(struct cti_driver *drv)
{
	struct bs_call *call;
	struct bs_job *job;
	int err = bs_job_new(&job, drv, BS_JOB_SYNC, 0);

	if (err)
		return err;
	TAILQ_FOREACH(call, &drv->calls, link)
	call->seen = false;
	err = bs_job_add(job, CTI_CTRL_ABOUT, 0, NULL);
	if (!err)
		err = bs_job_add(job, CTI_CTRL_REGINFO, 0, NULL);
	if (err) {
		bs_job_destroy(job);
		return err;
	}
	job->last = NULL;
	bs_job_submit(drv, job);
	return 0;
}

static struct bs_call *next_of(struct bs_call *call)
{
	return TAILQ_NEXT(call, link);
}

/** What was not seen has vanished: the core ends it, we forget it. */
void bs_sync_end(struct cti_driver *drv)
{
	struct bs_call *next;

	for (struct bs_call *call = TAILQ_FIRST(&drv->calls); call;
	     call = next) {
		next = next_of(call);
		if (call->seen)
			bs_call_say(call);
		else
			bs_call_destroy(call);
	}
	bs_link_synced(drv);

	struct bs_call *call;

	TAILQ_FOREACH(call, &drv->calls, link)
	{
		if ((call->timed_out && !call->established) || call->over)
			bs_call_hang_up(call);
	}
}

void bs_survey(struct cti_driver *drv)
{
	struct bs_job *job;
	int err;

	if (!drv->synced || drv->surveying || TAILQ_EMPTY(&drv->calls))
		return;
	/* Alone, a call can neither be held nor resumed by another. */
	if (!next_of(TAILQ_FIRST(&drv->calls)) &&
	    TAILQ_FIRST(&drv->calls)->state != CTI_CALL_HELD)
		return;
	err = bs_job_new(&job, drv, BS_JOB_SURVEY, 0);
	if (err)
		goto out;
	err = add_lists(drv, job);
	if (err) {
		bs_job_destroy(job);
		goto out;
	}
	job->last = NULL;
	drv->surveying = true;
	bs_job_submit(drv, job);
out:
	if (err)
		log_warn_errno(err, "baresip: the calls are not looked at");
}

/* --- Answers --- */

int bs_on_about(struct cti_driver *drv, struct bs_job *job,
		const struct cti_ctrl_msg *msg)
{
	int err;

	(void)job; /* all of it stands already */
	err = cti_answer_about(&drv->version, msg->data);
	if (!msg->ok || err)
		return -EBADMSG;
	drv->by_id = drv->version.major > 1 || drv->version.minor > 0;
	return 0;
}

int bs_on_reginfo(struct cti_driver *drv, struct bs_job *job,
		  const struct cti_ctrl_msg *msg)
{
	char why[BS_DETAIL_SIZE];

	if (!msg->ok)
		return -EIO;
	if (job->kind != BS_JOB_SYNC)
		return 0;
	cti_answer_reginfo(&drv->accounts, msg->data);
	if (drv->accounts.n == 0)
		log_warn("baresip: it has no account, dials will fail");
	(void)snprintf(why, sizeof(why), "baresip %u.%u.%u", drv->version.major,
		       drv->version.minor, drv->version.patch);
	drv->host.on_link(drv->host.arg, CTI_LINK_UP, why);
	return add_lists(drv, job);
}

/** Whether a line and a status are of one call. */
static bool same_call(const struct cti_answer_line *line,
		      const struct cti_answer_stat *stat)
{
	if (line->id[0] && strcmp(line->id, stat->id) != 0)
		return false;
	if ((line->inbound && !stat->inbound) ||
	    (line->outbound && stat->inbound))
		return false;
	return strcmp(line->peer, stat->peer) == 0;
}

/** A list is old news: events of before it are in already. */
static void state_apply(struct cti_driver *drv, struct bs_call *call,
			enum cti_call_state state)
{
	bool talks = state == CTI_CALL_ACTIVE || state == CTI_CALL_HELD;

	call->seen = true;
	if (!talks && call->state != CTI_CALL_QUEUED)
		return;
	if (drv->synced) {
		if (talks && call->established)
			bs_call_enter(call, state);
		return;
	}
	call->state = state;
	if (talks && !call->established) {
		call->established = true;
		cti_timer_stop(call->timer);
	}
}

/** A call that runs and that we do not know. */
static struct bs_call *adopt(struct cti_driver *drv,
			     const struct cti_answer_stat *stat)
{
	struct bs_call *call = NULL;
	int err;

	if (!stat->inbound)
		call = bs_call_unbound(drv, stat->peer);
	if (call) {
		bs_call_bind(call, stat->id);
		return call;
	}
	if (drv->synced)
		return NULL; /* its event is on the way */
	err = bs_call_new(&call, drv);
	if (err) {
		log_warn_errno(err, "baresip: a call is not followed");
		return NULL;
	}
	call->inbound = stat->inbound;
	call->dialed = true;
	cti_utf8_clean(call->account, sizeof(call->account), stat->account,
		       strlen(stat->account));
	bs_call_peer(call, stat->peer, stat->name);
	bs_call_bind(call, stat->id);
	return call;
}

/** Which call is that line? 1.0.0 shows the id of the current one only. */
static int add_look(struct bs_job *job, const struct cti_answer_line *line,
		    size_t index)
{
	char number[NUMBER_SIZE];
	int err;

	(void)snprintf(number, sizeof(number), "%u", line->line); /* fits */
	if (line->id[0])
		err = bs_job_add(job, CTI_CTRL_CALLFIND, 0, line->id);
	else
		err = bs_job_add(job, CTI_CTRL_LINE, 0, number);
	if (!err)
		err = bs_job_add(job, CTI_CTRL_CALLSTAT, 0, NULL);
	if (!err)
		bs_job_last(job)->index = index;
	return err;
}

int bs_on_listcalls(struct cti_driver *drv, struct bs_job *job,
		    const struct cti_ctrl_msg *msg)
{
	int err = 0;

	if (!msg->ok)
		return -EIO;
	cti_answer_listcalls(&drv->lines, msg->data);
	for (size_t i = 0; i < drv->lines.n && !err; i++) {
		const struct cti_answer_line *line = &drv->lines.line[i];
		struct bs_call *call = NULL;

		if (line->id[0])
			call = bs_call_by_leg(drv, line->id);
		if (call)
			state_apply(drv, call, line->state);
		else if (!line->id[0] || !drv->synced)
			err = add_look(job, line, i);
	}
	return err;
}

/** Of a dial: which call it became. */
static void dial_bind(struct cti_driver *drv, uint32_t serial,
		      const struct cti_answer_stat *stat)
{
	struct bs_call *call = bs_call_by_serial(drv, serial);

	if (call && !stat->inbound &&
	    bs_call_unbound(drv, stat->peer) == call &&
	    !bs_call_by_leg(drv, stat->id))
		bs_call_bind(call, stat->id);
}

int bs_on_callstat(struct cti_driver *drv, struct bs_job *job,
		   const struct cti_ctrl_msg *msg)
{
	const struct bs_step *step = TAILQ_FIRST(&job->steps);
	const struct cti_answer_line *line = &drv->lines.line[step->index];
	struct cti_answer_stat stat;
	struct bs_call *call;

	/* No call any more: its end is reported on its own. */
	if (!msg->ok || cti_answer_callstat(&stat, msg->data))
		return 0;
	if (job->kind == BS_JOB_DIAL) {
		dial_bind(drv, step->serial, &stat);
		return 0;
	}
	if (!same_call(line, &stat))
		return 0;
	call = bs_call_by_leg(drv, stat.id);
	if (!call)
		call = adopt(drv, &stat);
	if (call)
		state_apply(drv, call, line->state);
	return 0;
}
