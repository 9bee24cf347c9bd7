/* SPDX-License-Identifier: Apache-2.0 */
/* store/paired.c - the pages that a person has allowed, in a file of lines */
#include "cti/paired.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "cti/buf.h"
#include "cti/log.h"

enum { FILE_MAX_BYTES = 64 * 1024 };

static const char head_line[] =
	"# Pages that may use the phone; written by patchcord, see /pair\n";

struct list {
	size_t count;
	struct cti_pair pair[CTI_PAIRED_MAX];
};

/* A change that waits for its commit. */
struct change {
	TAILQ_ENTRY(change) entry;
	struct list wanted;
	bool remove;
	cti_paired_fn *fn;
	void *arg;
};

struct cti_paired {
	struct cti_loop *loop;
	char *path;
	int fault; /* it cannot be read */
	struct list list;
	struct list draft; /* with result and err the worker's … */
	int result;
	int err;
	bool busy; /* … while this is set */
	bool dead; /* destroyed; the worker comes back to it */
	TAILQ_HEAD(change_list, change) changes;
};

/* --- the list --- */

static struct cti_pair *list_find(struct list *list, const char *origin)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->pair[i].origin, origin) == 0)
			return &list->pair[i];
	}
	return NULL;
}

static size_t list_bytes(const struct list *list)
{
	size_t sum = 0;

	for (size_t i = 0; i < list->count; i++)
		sum += strlen(list->pair[i].origin) + 1;
	return sum;
}

static int list_add(struct list *list, const struct cti_pair *pair)
{
	size_t len = strlen(pair->origin) + 1;

	if (list_find(list, pair->origin))
		return 0;
	if (list->count == CTI_PAIRED_MAX ||
	    list_bytes(list) + len > CTI_PAIRED_BYTES)
		return -ENOBUFS;
	list->pair[list->count++] = *pair;
	return 1;
}

static int list_remove(struct list *list, const struct cti_pair *pair)
{
	struct cti_pair *at = list_find(list, pair->origin);

	if (!at)
		return 0;
	list->count--;
	memmove(at, at + 1,
		(size_t)(&list->pair[list->count] - at) * sizeof(*at));
	return 1;
}

static int list_apply(struct list *list, const struct change *change)
{
	int done = 0;

	for (size_t i = 0; i < change->wanted.count; i++) {
		const struct cti_pair *pair = &change->wanted.pair[i];
		int rc = change->remove ? list_remove(list, pair)
					: list_add(list, pair);

		if (rc < 0)
			return rc;
		done += rc;
	}
	return done;
}

/* --- the file --- */

static bool line_read(struct cti_pair *pair, char *line)
{
	char *space = strchr(line, ' '), *end = NULL;

	if (!space)
		return false;
	*space = '\0';
	errno = 0;
	pair->at_ms = strtoll(space + 1, &end, 10);
	if (errno || *end || end == space + 1 || cti_origin_check(line, NULL))
		return false;
	memcpy(pair->origin, line, strlen(line) + 1);
	return true;
}

static void list_read(struct list *list, char *text)
{
	while (*text) {
		char *line = text;
		size_t len = strcspn(text, "\n");
		struct cti_pair pair;

		text += len + (text[len] != '\0');
		line[len] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!line_read(&pair, line) || list_add(list, &pair) < 0)
			log_warn("pair: a line of the list of paired pages is "
				 "left out");
	}
}

static int file_load(struct cti_paired *paired)
{
	FILE *file = fopen(paired->path, "re");
	char *text = NULL;
	size_t len;
	int err = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	text = malloc(FILE_MAX_BYTES + 1);
	if (!text) {
		err = -ENOMEM;
		goto out;
	}
	errno = 0;
	len = fread(text, 1, FILE_MAX_BYTES, file);
	if (ferror(file)) {
		err = errno ? -errno : -EIO;
		goto out;
	}
	text[len] = '\0';
	list_read(&paired->list, text);
out:
	free(text);
	(void)fclose(file); /* only read */
	return err;
}

static int list_write(struct cti_buf *out, const struct list *list)
{
	int err = cti_buf_str(out, head_line);

	for (size_t i = 0; i < list->count && !err; i++)
		err = cti_buf_fmt(out, "%s %" PRId64 "\n", list->pair[i].origin,
				  list->pair[i].at_ms);
	return err;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return fsync(fd) ? -errno : 0;
}

static int file_put(const char *path, const struct cti_buf *text)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		      0600);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, text->data, text->len);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

/* So that the new name survives a power loss, too. */
static int folder_sync(char *path)
{
	char *slash = strrchr(path, '/');
	int fd, err;

	if (slash)
		slash[slash == path] = '\0';
	fd = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fsync(fd) ? -errno : 0;
	(void)close(fd); /* only synced */
	return err;
}

static int file_save(const struct cti_paired *paired)
{
	struct cti_buf text, fresh;
	int err;

	cti_buf_init(&text, FILE_MAX_BYTES);
	cti_buf_init(&fresh, FILE_MAX_BYTES);
	err = list_write(&text, &paired->draft);
	if (!err)
		err = cti_buf_fmt(&fresh, "%s.new", paired->path);
	if (!err)
		err = file_put(fresh.data, &text);
	if (!err && rename(fresh.data, paired->path))
		err = -errno;
	if (!err)
		err = folder_sync(fresh.data);
	cti_buf_fini(&text);
	cti_buf_fini(&fresh);
	return err;
}

/* --- one change after the other --- */

static void change_tell(struct cti_paired *paired, int result)
{
	struct change *change = TAILQ_FIRST(&paired->changes);

	TAILQ_REMOVE(&paired->changes, change, entry);
	change->fn(change->arg, result);
	free(change);
}

static void paired_free(struct cti_paired *paired)
{
	free(paired->path);
	free(paired);
}

static void paired_next(void *arg);

static void paired_kick(struct cti_paired *paired)
{
	if (paired->busy || TAILQ_EMPTY(&paired->changes))
		return;
	paired->busy = true;
	if (cti_loop_defer(paired->loop, paired_next, paired) == 0)
		return;
	paired->busy = false;
	while (!TAILQ_EMPTY(&paired->changes))
		change_tell(paired, -ENOMEM);
}

static void save_work(void *arg)
{
	struct cti_paired *paired = arg;

	paired->err = file_save(paired);
}

static void change_end(struct cti_paired *paired, int result)
{
	paired->busy = false;
	change_tell(paired, result);
	paired_kick(paired);
}

static void save_done(void *arg)
{
	struct cti_paired *paired = arg;

	if (paired->dead) {
		paired_free(paired);
		return;
	}
	if (paired->err)
		log_warn_errno(paired->err,
			       "pair: the list of paired pages cannot be "
			       "written");
	else
		paired->list = paired->draft;
	change_end(paired, paired->err ? paired->err : paired->result);
}

static void paired_next(void *arg)
{
	struct cti_paired *paired = arg;
	int rc = paired->fault;

	if (paired->dead) {
		paired_free(paired);
		return;
	}
	paired->draft = paired->list;
	if (!rc)
		rc = list_apply(&paired->draft, TAILQ_FIRST(&paired->changes));
	paired->result = rc;
	if (rc > 0) {
		rc = cti_loop_work(paired->loop, save_work, save_done, paired);
		if (!rc)
			return;
	}
	change_end(paired, rc);
}

int cti_paired_submit(struct cti_paired *paired,
		      const struct cti_paired_change *change, cti_paired_fn *fn,
		      void *arg)
{
	struct change *own;

	if (change->count > CTI_PAIRED_CHANGE)
		return -E2BIG;
	own = calloc(1, sizeof(*own));
	if (!own)
		return -ENOMEM;
	own->remove = change->remove;
	own->fn = fn;
	own->arg = arg;
	for (size_t i = 0; i < change->count; i++) {
		struct cti_pair *pair = &own->wanted.pair[own->wanted.count++];

		(void)snprintf(pair->origin, sizeof(pair->origin), "%s",
			       change->origins[i]); /* fits, it was checked */
		pair->at_ms = change->at_ms;
	}
	TAILQ_INSERT_TAIL(&paired->changes, own, entry);
	paired_kick(paired);
	return 0;
}

/* --- life --- */

int cti_paired_open(struct cti_paired **pairedp, struct cti_loop *loop,
		    const char *path)
{
	struct cti_paired *paired = calloc(1, sizeof(*paired));

	if (!paired)
		return -ENOMEM;
	paired->loop = loop;
	paired->path = strdup(path);
	if (!paired->path) {
		free(paired);
		return -ENOMEM;
	}
	TAILQ_INIT(&paired->changes);
	paired->fault = file_load(paired);
	if (paired->fault)
		log_warn_errno(paired->fault,
			       "pair: the list of paired pages cannot be read");
	*pairedp = paired;
	return 0;
}

void cti_paired_destroy(struct cti_paired *paired)
{
	if (!paired)
		return;
	while (!TAILQ_EMPTY(&paired->changes))
		change_tell(paired, -ECANCELED);
	if (paired->busy)
		paired->dead = true;
	else
		paired_free(paired);
}

size_t cti_paired_count(const struct cti_paired *paired)
{
	return paired->list.count;
}

const struct cti_pair *cti_paired_at(const struct cti_paired *paired,
				     size_t index)
{
	return &paired->list.pair[index];
}
