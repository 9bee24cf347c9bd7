/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c - tells the service manager what sd_notify(3) has words for */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"

enum {
	US_PER_MS = 1000,
	US_PER_S = 1000000,
	NS_PER_US = 1000,
	CHECKS = 2, /* in the time the manager waits */
};

struct cti_notify {
	struct sockaddr_un addr;
	socklen_t len;
	int fd;
	struct cti_timer *timer;
	int64_t pause_ms; /* between two checks; 0 = nobody waits for them */
	bool under_way;	  /* a check */
	bool hangs;	  /* said so */
	cti_notify_check_fn *check;
	void *arg;
};

/* A path, or with '@' first a name that is in no folder. */
static int address_read(struct cti_notify *notify, const char *name)
{
	struct sockaddr_un *addr = &notify->addr;
	size_t len = strlen(name);

	if (*name != '/' && *name != '@')
		return -EAFNOSUPPORT;
	if (len >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, name, len + 1);
	notify->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (*name == '@')
		addr->sun_path[0] = '\0';
	else
		notify->len++;
	return 0;
}

static int socket_open(int *fdp)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, O_NONBLOCK)) {
		int err = -errno;

		(void)close(fd); /* nothing was written to it */
		return err;
	}
	*fdp = fd;
	return 0;
}

static int64_t env_number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoll(text, NULL, 10) : 0;
}

/* The time may be meant for the process that started us. */
static int64_t pause_read(void)
{
	int64_t pid = env_number("WATCHDOG_PID");
	int64_t pause_ms = env_number("WATCHDOG_USEC") / US_PER_MS / CHECKS;

	if ((pid && pid != (int64_t)getpid()) || pause_ms < 0)
		return 0;
	return pause_ms;
}

/* What a child of ours would take for its own. */
static void env_clear(void)
{
	static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_PID",
					    "WATCHDOG_USEC"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]); /* cannot fail for a plain name */
}

static void check_begin(void *arg)
{
	struct cti_notify *notify = arg;

	cti_timer_start(notify->timer, notify->pause_ms);
	if (notify->under_way) {
		if (!notify->hangs)
			log_error("app: the self-check hangs; the watchdog is "
				  "not fed");
		notify->hangs = true;
		return;
	}
	notify->under_way = true;
	if (notify->check(notify->arg, notify))
		notify->under_way = false; /* the next one may begin */
}

static int notify_open(struct cti_notify *notify, struct cti_loop *loop,
		       const char *name)
{
	int err = address_read(notify, name);

	if (!err)
		err = socket_open(&notify->fd);
	if (!err)
		err = cti_timer_new(&notify->timer, loop, check_begin, notify);
	return err;
}

int cti_notify_new(struct cti_notify **notifyp, struct cti_loop *loop)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct cti_notify *notify = NULL;
	int err;

	*notifyp = NULL;
	if (!name || !*name)
		return 0;
	notify = calloc(1, sizeof(*notify));
	if (!notify)
		return -ENOMEM;
	notify->fd = -1;
	notify->pause_ms = pause_read();
	err = notify_open(notify, loop, name);
	env_clear();
	if (err) {
		/* it serves as well without being watched */
		log_warn_errno(err, "app: NOTIFY_SOCKET cannot be used");
		cti_notify_destroy(notify);
		return 0;
	}
	*notifyp = notify;
	return 0;
}

void cti_notify_destroy(struct cti_notify *notify)
{
	if (!notify)
		return;
	cti_timer_destroy(notify->timer);
	if (notify->fd >= 0)
		(void)close(notify->fd); /* what was said is said */
	free(notify);
}

void cti_notify_say(struct cti_notify *notify, const char *text)
{
	const void *addr;

	if (!notify)
		return;
	addr = &notify->addr;
	if (sendto(notify->fd, text, strlen(text), MSG_NOSIGNAL, addr,
		   notify->len) < 0)
		log_warn_errno(-errno, "app: the service manager is not told");
}

void cti_notify_watch(struct cti_notify *notify, cti_notify_check_fn *check,
		      void *arg)
{
	if (!notify || !notify->pause_ms)
		return;
	notify->check = check;
	notify->arg = arg;
	cti_timer_start(notify->timer, 0);
}

void cti_notify_alive(struct cti_notify *notify)
{
	if (!notify)
		return;
	if (notify->hangs)
		log_warn("app: the self-check came to its end");
	notify->hangs = false;
	notify->under_way = false;
	cti_notify_say(notify, "WATCHDOG=1");
}

/* Type=notify-reload wants the time, to tell this reload from the last. */
void cti_notify_reloading(struct cti_notify *notify)
{
	struct timespec now = {0};
	char text[80];

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* 0 is the past */
	(void)snprintf(text, sizeof(text),
		       "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		       (int64_t)now.tv_sec * US_PER_S +
			       now.tv_nsec / NS_PER_US); /* fits */
	cti_notify_say(notify, text);
}

void cti_notify_stopping(struct cti_notify *notify)
{
	if (!notify)
		return;
	cti_timer_stop(notify->timer);
	cti_notify_say(notify, "STOPPING=1");
}
