/* SPDX-License-Identifier: Apache-2.0 */
/* fault/calls.c - calls to the system that fail when told (ld --wrap) */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "fault.h"

/* Each fails as it may in life; a socket would rather wait than be lost. */
#define WRAP(result, name, error, params, args)                                \
	result __real_##name params;                                           \
	result __wrap_##name params;                                           \
	result __wrap_##name params                                            \
	{                                                                      \
		if (!fault_now(FAULT_CALL))                                    \
			return __real_##name args;                             \
		errno = error;                                                 \
		return (result)-1;                                             \
	}

WRAP(int, stat, EIO, (const char *path, struct stat *st), (path, st))
WRAP(int, fstat, EIO, (int fd, struct stat *st), (fd, st))
WRAP(int, flock, ENOLCK, (int fd, int how), (fd, how))
WRAP(int, mkdir, ENOSPC, (const char *path, mode_t mode), (path, mode))
WRAP(int, rename, EIO, (const char *from, const char *to), (from, to))
WRAP(int, access, EIO, (const char *path, int mode), (path, mode))
WRAP(int, socket, EMFILE, (int family, int type, int protocol),
     (family, type, protocol))
WRAP(int, bind, ENOBUFS, (int fd, const struct sockaddr *to, socklen_t len),
     (fd, to, len))
WRAP(int, listen, ENOBUFS, (int fd, int backlog), (fd, backlog))
WRAP(int, accept4, EMFILE,
     (int fd, struct sockaddr *from, socklen_t *len, int flags),
     (fd, from, len, flags))
WRAP(ssize_t, recv, EAGAIN, (int fd, void *data, size_t len, int flags),
     (fd, data, len, flags))
WRAP(ssize_t, send, EAGAIN, (int fd, const void *data, size_t len, int flags),
     (fd, data, len, flags))

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
size_t __real_fread(void *data, size_t size, size_t n, FILE *file);
size_t __wrap_fread(void *data, size_t size, size_t n, FILE *file);

int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (!fault_now(FAULT_CALL))
		return __real_open(path, flags, mode);
	errno = EMFILE;
	return -1;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (!fault_now(FAULT_CALL))
		return __real_fopen(path, mode);
	errno = EMFILE;
	return NULL;
}

/* A short one: half of what was asked for. */
size_t __wrap_fread(void *data, size_t size, size_t n, FILE *file)
{
	return __real_fread(data, size, fault_now(FAULT_CALL) ? n / 2 : n,
			    file);
}
