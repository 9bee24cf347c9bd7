/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/actions.c - what the agent wants, as jobs of commands */
#include <errno.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/priv.h"

enum { PAUSE_MS = 2000 }; /* a comma among DTMF digits */

const char *bs_account(const struct cti_driver *drv)
{
	if (drv->account[0])
		return drv->account;
	return drv->accounts.n ? drv->accounts.aor[drv->accounts.current] : "";
}

/** Commands act on the current account's current call. */
static int add_account(const struct cti_driver *drv, struct bs_job *job,
		       const char *account)
{
	if (!account[0] || (drv->accounts.n <= 1 && !drv->account[0]))
		return 0;
	return bs_job_add(job, CTI_CTRL_UAFIND, 0, account);
}

/** Makes call the current one. */
static int add_select(struct bs_job *job, const struct bs_call *call)
{
	int err = add_account(call->drv, job, call->account);

	if (err)
		return err;
	return bs_job_add(job, CTI_CTRL_CALLFIND, 0, call->leg);
}

/** A command on call: since 1.1 some take its id, before it is selected. */
static int add_on_call(struct bs_job *job, enum cti_ctrl_cmd cmd,
		       const struct bs_call *call)
{
	int err;

	if (call->drv->by_id)
		return bs_job_add(job, cmd, call->serial, call->leg);
	err = add_select(job, call);
	if (err)
		return err;
	return bs_job_add(job, cmd, call->serial, NULL);
}

/** baresip would let both talk: neither dial nor resume holds the other. */
static int add_hold_active(struct bs_job *job, const struct bs_call *call)
{
	const struct bs_call *active =
		bs_call_other(call->drv, call, CTI_CALL_ACTIVE);

	return active ? add_on_call(job, CTI_CTRL_HOLD, active) : 0;
}

/** Submits job, or throws it away when building it failed. */
static int job_finish(struct cti_driver *drv, struct bs_job *job, int err)
{
	if (err) {
		bs_job_destroy(job);
		return err;
	}
	job->last = NULL;
	bs_job_submit(drv, job);
	return 0;
}

int bs_dial(struct bs_call *call)
{
	struct cti_driver *drv = call->drv;
	struct bs_job *job;
	int err = bs_job_new(&job, drv, BS_JOB_DIAL, call->serial);

	if (err)
		return err;
	err = add_hold_active(job, call);
	if (!err)
		err = add_account(drv, job, call->account);
	if (!err)
		err = bs_job_add(job, CTI_CTRL_DIAL, call->serial, call->peer);
	if (!err && !drv->by_id) /* its answer does not name the call */
		err = bs_job_add(job, CTI_CTRL_CALLSTAT, call->serial, NULL);
	return job_finish(drv, job, err);
}

/** How well a call bears being put on hold; a caller still ringing cannot. */
static int hold_rank(const struct bs_call *call)
{
	if (call->state == CTI_CALL_ACTIVE)
		return 3;
	if (call->state == CTI_CALL_HELD)
		return 2;
	return call->inbound ? 0 : 1;
}

/**
 * 1.0.0 puts the call before the current one on hold first, and gives up
 * without a word when that one is a caller still ringing. So another one has
 * to be made the call before: *otherp, NULL when there is none at all.
 */
static int other_to_hold(struct bs_call **otherp, const struct bs_call *call)
{
	struct bs_call *best = NULL;
	struct bs_call *other;

	TAILQ_FOREACH(other, &call->drv->calls, link)
	{
		if (other == call || !other->leg[0] ||
		    strcmp(other->account, call->account) != 0)
			continue;
		if (!best || hold_rank(other) > hold_rank(best))
			best = other;
	}
	if (best && hold_rank(best) == 0)
		return -EBUSY;
	*otherp = best;
	return 0;
}

static int add_accept(struct bs_job *job, const struct bs_call *call)
{
	struct bs_call *other = NULL;
	int err = 0;

	if (!call->drv->by_id)
		err = other_to_hold(&other, call);
	if (!err)
		err = add_hold_active(job, call);
	if (!err && other)
		err = add_select(job, other);
	if (!err)
		err = add_on_call(job, CTI_CTRL_ACCEPT, call);
	return err;
}

int bs_accept(struct bs_call *call)
{
	struct bs_job *job;
	int err = bs_job_new(&job, call->drv, BS_JOB_ACTION, call->serial);

	if (err)
		return err;
	return job_finish(call->drv, job, add_accept(job, call));
}

/**
 * 1.0.0 resumes the call selected before the one it hangs up. That must not
 * be a third one, and after a refused caller a held call stays held.
 */
static int add_hang_up(struct bs_job *job, const struct bs_call *call)
{
	struct cti_driver *drv = call->drv;
	const struct bs_call *next = bs_call_other(drv, call, CTI_CALL_ACTIVE);
	bool hold_again = false;
	int err = 0;

	if (!next) {
		next = bs_call_other(drv, call, CTI_CALL_HELD);
		hold_again = next && !call->established;
	}
	if (next)
		err = add_select(job, next);
	if (!err)
		err = add_on_call(job, CTI_CTRL_HANGUP, call);
	if (!err && hold_again)
		err = add_on_call(job, CTI_CTRL_HOLD, next);
	return err;
}

int bs_hang_up(struct bs_call *call)
{
	struct bs_job *job;
	int err;

	if (!call->leg[0])
		return 0; /* bs_call_bind() does it */
	/* Not bound to the call: its end must not cut the job short. */
	err = bs_job_new(&job, call->drv, BS_JOB_ACTION, 0);
	if (err)
		return err;
	if (call->drv->by_id)
		err = add_on_call(job, CTI_CTRL_HANGUP, call);
	else
		err = add_hang_up(job, call);
	return job_finish(call->drv, job, err);
}

int bs_hold(struct bs_call *call, bool on)
{
	struct bs_job *job;
	int err = bs_job_new(&job, call->drv, BS_JOB_ACTION, call->serial);

	if (err)
		return err;
	if (!on)
		err = add_hold_active(job, call);
	if (!err)
		err = add_on_call(job, on ? CTI_CTRL_HOLD : CTI_CTRL_RESUME,
				  call);
	return job_finish(call->drv, job, err);
}

/** Selects the call and runs cmd with its own parameter. */
static int command(struct bs_call *call, enum cti_ctrl_cmd cmd,
		   const char *param)
{
	struct bs_job *job;
	int err = bs_job_new(&job, call->drv, BS_JOB_ACTION, call->serial);

	if (err)
		return err;
	err = add_select(job, call);
	if (!err)
		err = bs_job_add(job, cmd, call->serial, param);
	return job_finish(call->drv, job, err);
}

int bs_mute(struct bs_call *call, bool on)
{
	call->mute_wanted = on;
	if (call->muted == on)
		return 0;
	return command(call, CTI_CTRL_MUTE, NULL);
}

int bs_transfer(struct bs_call *call, const char *uri)
{
	return command(call, CTI_CTRL_TRANSFER, uri);
}

int bs_dtmf(struct bs_call *call)
{
	size_t pauses = strspn(call->digits, ",");
	size_t now = strcspn(call->digits, ",");
	char digits[BS_DTMF_MAX + 1];

	if (pauses > 0) {
		memmove(call->digits, call->digits + 1, strlen(call->digits));
		cti_timer_start(call->timer, PAUSE_MS);
		return 0;
	}
	if (now == 0)
		return 0;
	memcpy(digits, call->digits, now);
	digits[now] = '\0';
	memmove(call->digits, call->digits + now,
		strlen(call->digits + now) + 1);
	if (call->digits[0])
		cti_timer_start(call->timer, 0);
	return command(call, CTI_CTRL_SNDCODE, digits);
}

/* --- Answers --- */

int bs_on_dial(struct cti_driver *drv, const struct bs_step *step,
	       const struct cti_ctrl_msg *msg)
{
	struct bs_call *call = bs_call_by_serial(drv, step->serial);
	char id[CTI_SIP_SIZE];

	if (!msg->ok)
		return -EIO;
	if (!call)
		return 0; /* refused before the answer came */
	if (call->state == CTI_CALL_QUEUED)
		bs_call_enter(call, CTI_CALL_DIALING);
	if (cti_answer_dial(id, msg->data) == 0)
		bs_call_bind(call, id);
	return 0;
}

int bs_on_hold(struct cti_driver *drv, const struct bs_step *step,
	       const struct cti_ctrl_msg *msg)
{
	struct bs_call *call = bs_call_by_serial(drv, step->serial);

	if (!msg->ok) {
		/* 1.1.0 resumes and answers "Invalid argument". */
		bs_survey(drv);
		return drv->by_id ? 0 : -EIO;
	}
	if (call && call->established)
		bs_call_enter(call, step->cmd == CTI_CTRL_HOLD
					    ? CTI_CALL_HELD
					    : CTI_CALL_ACTIVE);
	return 0;
}

/** mute is a toggle; the answer says what it did. */
int bs_on_mute(struct cti_driver *drv, struct bs_job *job,
	       const struct cti_ctrl_msg *msg)
{
	struct bs_call *call = bs_call_by_serial(drv, job->serial);
	bool agrees;

	if (!msg->ok)
		return -EIO;
	if (!call)
		return 0;
	agrees = call->muted != call->mute_wanted;
	call->muted = strstr(msg->data, "un-muted") == NULL;
	if (call->muted == call->mute_wanted || !agrees)
		return 0;
	return bs_job_add(job, CTI_CTRL_MUTE, call->serial, NULL);
}
