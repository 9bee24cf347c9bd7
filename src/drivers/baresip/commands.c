/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/commands.c - jobs of commands, one command outstanding at a time */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/priv.h"

enum {
	JOBS_MAX = 64,
	ANSWER_MS = 10000,
	AT_ONCE_MS = 1, /* not from inside an operation */
	FRAME_MAX = 4096,
	TOKEN_SIZE = 16,
};

int bs_job_new(struct bs_job **jobp, const struct cti_driver *drv,
	       enum bs_job_kind kind, uint32_t serial)
{
	struct bs_job *job;

	if (drv->njobs >= JOBS_MAX)
		return -EBUSY;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->kind = kind;
	job->serial = serial;
	TAILQ_INIT(&job->steps);
	*jobp = job;
	return 0;
}

static void step_pop(struct bs_job *job)
{
	struct bs_step *step = TAILQ_FIRST(&job->steps);

	TAILQ_REMOVE(&job->steps, step, link);
	free(step);
}

void bs_job_destroy(struct bs_job *job)
{
	if (!job)
		return;
	while (!TAILQ_EMPTY(&job->steps))
		step_pop(job);
	free(job);
}

int bs_job_add(struct bs_job *job, enum cti_ctrl_cmd cmd, uint32_t serial,
	       const char *param)
{
	size_t len = param ? strlen(param) : 0;
	struct bs_step *step;

	if (len >= sizeof(step->param))
		return -EINVAL;
	step = calloc(1, sizeof(*step));
	if (!step)
		return -ENOMEM;
	step->cmd = cmd;
	step->serial = serial;
	if (param)
		memcpy(step->param, param, len);
	if (job->last)
		TAILQ_INSERT_AFTER(&job->steps, job->last, step, link);
	else
		TAILQ_INSERT_TAIL(&job->steps, step, link);
	job->last = step;
	return 0;
}

struct bs_step *bs_job_last(struct bs_job *job)
{
	return job->last;
}

static void token_write(char token[TOKEN_SIZE], unsigned number)
{
	(void)snprintf(token, TOKEN_SIZE, "p%u", number); /* fits */
}

static int step_send(struct cti_driver *drv, const struct bs_step *step)
{
	char token[TOKEN_SIZE];
	struct cti_buf frame;
	int err;

	cti_buf_init(&frame, FRAME_MAX);
	token_write(token, ++drv->token);
	err = cti_ctrl_encode(&frame, step->cmd, step->param, token);
	if (!err)
		err = cti_wire_write(drv->wire, frame.data, frame.len);
	cti_buf_fini(&frame);
	return err;
}

static void job_pop(struct cti_driver *drv)
{
	struct bs_job *job = TAILQ_FIRST(&drv->jobs);

	TAILQ_REMOVE(&drv->jobs, job, link);
	drv->njobs--;
	bs_job_destroy(job);
}

/** Its call is gone or was hung up before it was dialed, or it has nothing
 * left to do. */
static bool job_idle(struct cti_driver *drv, const struct bs_job *job)
{
	const struct bs_call *call;

	if (TAILQ_EMPTY(&job->steps))
		return true;
	if (!job->serial)
		return false;
	call = bs_call_by_serial(drv, job->serial);
	if (!call)
		return true;
	return job->kind == BS_JOB_DIAL && call->over && !call->dialed;
}

static void jobs_run(struct cti_driver *drv)
{
	struct bs_job *job;

	if (drv->waiting || !cti_wire_is_open(drv->wire))
		return;
	while ((job = TAILQ_FIRST(&drv->jobs)) && job_idle(drv, job))
		job_pop(drv);
	if (!job)
		return;

	const struct bs_step *step = TAILQ_FIRST(&job->steps);
	struct bs_call *call = bs_call_by_serial(drv, step->serial);

	if (call && step->cmd == CTI_CTRL_DIAL)
		call->dialed = true; /* events may come before the answer */
	drv->waiting = true;
	if (step_send(drv, step))
		cti_wire_expect(drv->wire, AT_ONCE_MS,
				"a command could not be sent");
	else
		cti_wire_expect(drv->wire, ANSWER_MS,
				"baresip does not answer");
}

void bs_job_submit(struct cti_driver *drv, struct bs_job *job)
{
	TAILQ_INSERT_TAIL(&drv->jobs, job, link);
	drv->njobs++;
	jobs_run(drv);
}

void bs_jobs_drop(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->jobs))
		job_pop(drv);
	drv->waiting = false;
	drv->surveying = false;
}

/** callfind and line say ok:true even when they found nothing. */
static int on_select(const struct cti_ctrl_msg *msg)
{
	if (!msg->ok || strncmp(msg->data, "call not found", 14) == 0)
		return -ENOENT;
	return 0;
}

static int step_answered(struct cti_driver *drv, struct bs_job *job,
			 const struct cti_ctrl_msg *msg)
{
	const struct bs_step *step = TAILQ_FIRST(&job->steps);

	switch (step->cmd) {
	case CTI_CTRL_ABOUT:
		return bs_on_about(drv, job, msg);
	case CTI_CTRL_REGINFO:
		return bs_on_reginfo(drv, job, msg);
	case CTI_CTRL_LISTCALLS:
		return bs_on_listcalls(drv, job, msg);
	case CTI_CTRL_CALLSTAT:
		return bs_on_callstat(drv, job, msg);
	case CTI_CTRL_CALLFIND:
		return on_select(msg);
	case CTI_CTRL_LINE:
		return 0; /* the callstat that follows tells */
	case CTI_CTRL_DIAL:
		return bs_on_dial(drv, step, msg);
	case CTI_CTRL_HOLD:
	case CTI_CTRL_RESUME:
		return bs_on_hold(drv, step, msg);
	case CTI_CTRL_MUTE:
		return bs_on_mute(drv, job, msg);
	case CTI_CTRL_UAFIND:
	case CTI_CTRL_ACCEPT:
	case CTI_CTRL_HANGUP:
	case CTI_CTRL_TRANSFER:
	case CTI_CTRL_SNDCODE:
	case CTI_CTRL_CMD_MAX:
		break;
	}
	return msg->ok ? 0 : -EIO;
}

static void text_line(char out[BS_DETAIL_SIZE], const char *data)
{
	cti_utf8_clean(out, BS_DETAIL_SIZE, data, strlen(data));
}

/** A call whose command failed: a dial ends, a hangup may be asked again. */
static void job_call_failed(struct cti_driver *drv, const struct bs_job *job,
			    const char *why)
{
	struct bs_call *call = bs_call_by_serial(drv, job->serial);

	if (!call)
		return;
	if (job->kind == BS_JOB_DIAL && !call->leg[0])
		bs_call_end(call, CTI_CAUSE_FAILED, why);
}

static void job_failed(struct cti_driver *drv, struct bs_job *job,
		       const struct cti_ctrl_msg *msg)
{
	const struct bs_step *step = TAILQ_FIRST(&job->steps);
	char text[BS_DETAIL_SIZE];
	char why[2 * BS_DETAIL_SIZE];

	text_line(text, msg->data);
	(void)snprintf(why, sizeof(why), "baresip answers %s with \"%s\"",
		       cti_ctrl_word(step->cmd), text);
	log_warn("baresip: %s", why);
	job_call_failed(drv, job, why);
	if (job->kind == BS_JOB_SURVEY)
		drv->surveying = false;
	if (job->kind == BS_JOB_SYNC) {
		cti_wire_lost(drv->wire, why);
		return;
	}
	job_pop(drv);
	drv->waiting = false;
}

static void step_done(struct cti_driver *drv, struct bs_job *job)
{
	enum bs_job_kind kind = job->kind;

	step_pop(job);
	job->last = NULL;
	drv->waiting = false;
	if (!TAILQ_EMPTY(&job->steps))
		return;
	job_pop(drv);
	if (kind == BS_JOB_SURVEY)
		drv->surveying = false;
	if (kind == BS_JOB_SYNC)
		bs_sync_end(drv);
}

void bs_jobs_answer(struct cti_driver *drv, const struct cti_ctrl_msg *msg)
{
	struct bs_job *job = TAILQ_FIRST(&drv->jobs);
	char token[TOKEN_SIZE];
	int err;

	token_write(token, drv->token);
	if (!drv->waiting || !msg->token || strcmp(msg->token, token) != 0) {
		log_debug("baresip: an answer nobody waits for");
		return;
	}
	cti_wire_expect(drv->wire, 0, NULL);
	job->last = TAILQ_FIRST(&job->steps);
	/* Still waiting: what the core does meanwhile only queues up. */
	err = step_answered(drv, job, msg);
	if (err)
		job_failed(drv, job, msg);
	else
		step_done(drv, job);
	jobs_run(drv);
}
