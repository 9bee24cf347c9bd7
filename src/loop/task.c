/* SPDX-License-Identifier: Apache-2.0 */
/* loop/task.c - functions that run later: deferred, posted, in a worker */
#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"

struct work {
	uv_work_t req;
	struct cti_loop *loop;
	cti_loop_fn *work;
	cti_loop_fn *done;
	void *arg;
};

static int task_new(struct task **taskp, cti_loop_fn *fn, void *arg)
{
	struct task *task = malloc(sizeof(*task));

	if (!task)
		return -ENOMEM;
	*task = (struct task){.fn = fn, .arg = arg};
	*taskp = task;
	return 0;
}

static void task_push(struct task_queue *queue, struct task *task)
{
	if (queue->tail)
		queue->tail->next = task;
	else
		queue->head = task;
	queue->tail = task;
}

static struct task *task_take_all(struct task_queue *queue)
{
	struct task *head = queue->head;

	*queue = (struct task_queue){0};
	return head;
}

static void task_run_all(struct task *task)
{
	while (task) {
		struct task *next = task->next;
		cti_loop_fn *fn = task->fn;
		void *arg = task->arg;

		free(task);
		fn(arg);
		task = next;
	}
}

void task_run_deferred(struct cti_loop *loop)
{
	task_run_all(task_take_all(&loop->deferred));
}

static void task_on_idle(uv_idle_t *idle)
{
	struct cti_loop *loop = idle->data;

	loop_enter(loop);
	task_run_deferred(loop);
	if (!loop->deferred.head)
		(void)uv_idle_stop(idle); /* else the loop would spin */
}

static void task_on_async(uv_async_t *async)
{
	struct cti_loop *loop = async->data;

	loop_enter(loop);
	uv_mutex_lock(&loop->lock);
	struct task *head = task_take_all(&loop->posted);
	uv_mutex_unlock(&loop->lock);
	task_run_all(head);
}

int task_init(struct cti_loop *loop)
{
	int err = uv_mutex_init(&loop->lock);

	if (err)
		return err;
	err = uv_async_init(&loop->uv, &loop->async, task_on_async);
	if (err) {
		uv_mutex_destroy(&loop->lock);
		return err;
	}
	loop->async.data = loop;
	(void)uv_idle_init(&loop->uv, &loop->idle); /* cannot fail */
	loop->idle.data = loop;
	return 0;
}

void task_close(struct cti_loop *loop)
{
	uv_close((uv_handle_t *)&loop->async, NULL);
	uv_close((uv_handle_t *)&loop->idle, NULL);
}

bool task_pending(struct cti_loop *loop)
{
	uv_mutex_lock(&loop->lock);
	bool posted = loop->posted.head;
	uv_mutex_unlock(&loop->lock);

	return posted || loop->deferred.head || loop->works;
}

int cti_loop_post(struct cti_loop *loop, cti_loop_fn *fn, void *arg)
{
	struct task *task = NULL;
	int err = task_new(&task, fn, arg);

	if (err)
		return err;
	uv_mutex_lock(&loop->lock);
	task_push(&loop->posted, task);
	/* Under the lock: once another thread can see the task, the loop may
	 * run it and be gone. */
	(void)uv_async_send(&loop->async); /* cannot fail on a live handle */
	uv_mutex_unlock(&loop->lock);
	return 0;
}

int cti_loop_defer(struct cti_loop *loop, cti_loop_fn *fn, void *arg)
{
	struct task *task = NULL;
	int err;

	loop_check(loop);
	err = task_new(&task, fn, arg);
	if (err)
		return err;
	task_push(&loop->deferred, task);
	(void)uv_idle_start(&loop->idle, task_on_idle); /* cannot fail */
	return 0;
}

static void work_run(uv_work_t *req)
{
	struct work *work = req->data;

	work->work(work->arg);
}

static void work_done(uv_work_t *req, int status)
{
	struct work *work = req->data;
	struct cti_loop *loop = work->loop;

	assert(status == 0); /* nobody cancels work */
	(void)status;
	loop_enter(loop);
	loop->works--;
	work->done(work->arg);
	free(work);
}

int cti_loop_work(struct cti_loop *loop, cti_loop_fn *work_fn,
		  cti_loop_fn *done, void *arg)
{
	struct work *work;
	int err;

	loop_check(loop);
	work = malloc(sizeof(*work));
	if (!work)
		return -ENOMEM;
	*work = (struct work){
		.loop = loop, .work = work_fn, .done = done, .arg = arg};
	work->req.data = work;

	err = uv_queue_work(&loop->uv, &work->req, work_run, work_done);
	if (err) {
		free(work);
		return err;
	}
	loop->works++;
	return 0;
}
