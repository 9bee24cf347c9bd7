/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/jobs.h - the queue of commands, one of them outstanding */
#ifndef CTI_BARESIP_JOBS_H
#define CTI_BARESIP_JOBS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cti/attr.h"
#include "drivers/baresip/answers.h"
#include "drivers/baresip/ctrl.h"

struct cti_driver;

enum bs_job_kind {
	BS_JOB_SYNC,   /* after a connect; failing means no link */
	BS_JOB_SURVEY, /* who is on hold now? */
	BS_JOB_ALIVE,
	BS_JOB_DIAL,
	BS_JOB_ACTION,
};

/** One command of a job. */
struct bs_step {
	TAILQ_ENTRY(bs_step) link;
	enum cti_ctrl_cmd cmd;
	uint32_t serial; /* the call it is about; 0 = none */
	size_t index;	 /* LINE, CALLSTAT of a survey: place in the list */
	char param[CTI_SIP_SIZE];
};
TAILQ_HEAD(bs_steps, bs_step);

/** Commands that nothing may come between. */
struct bs_job {
	TAILQ_ENTRY(bs_job) link;
	enum bs_job_kind kind;
	uint32_t serial; /* dropped when this call is gone; 0 = none */
	struct bs_steps steps;
	struct bs_step *last; /* inserted while the first one is answered */
};
TAILQ_HEAD(bs_jobs, bs_job);

/** -EBUSY: too much is waiting; -ENOMEM. */
int bs_job_new(struct bs_job **jobp, const struct cti_driver *drv,
	       enum bs_job_kind kind, uint32_t serial) CTI_NODISCARD;
void bs_job_destroy(struct bs_job *job);
/** Appends a command, or inserts it behind the one being answered (in the
 * order of the calls). param may be NULL. */
int bs_job_add(struct bs_job *job, enum cti_ctrl_cmd cmd, uint32_t serial,
	       const char *param) CTI_NODISCARD;
/** The step added last. */
struct bs_step *bs_job_last(struct bs_job *job);
/** Queues it; owned by the driver from here. */
void bs_job_submit(struct cti_driver *drv, struct bs_job *job);
/** An answer came. */
void bs_jobs_answer(struct cti_driver *drv, const struct cti_ctrl_msg *msg);
/** The link is gone: forgets all. */
void bs_jobs_drop(struct cti_driver *drv);

#endif /* CTI_BARESIP_JOBS_H */
