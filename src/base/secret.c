/* SPDX-License-Identifier: Apache-2.0 */
/* base/secret.c - a password: read from a file, never printed */
#include "cti/secret.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"

/* To see that a line is too long. */
enum { ROOM = 2 * CTI_SECRET_SIZE };

/* A memset() of what dies is left out by the compiler; this one is not. */
static void secret_wipe(volatile char *text, size_t size)
{
	while (size > 0)
		text[--size] = '\0';
}

void cti_secret_clear(struct cti_secret *secret)
{
	secret_wipe(secret->text, sizeof(secret->text));
}

/* A daemon's secret is often root's, and the daemon reads it by its group. */
static void secret_warn(FILE *file, const char *path)
{
	struct stat st;
	bool own;

	if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode))
		return;
	own = st.st_uid == geteuid();
	if (st.st_mode & (own ? S_IRWXG | S_IRWXO : S_IRWXO))
		log_warn("%s holds a password and others may read it: chmod %s",
			 path, own ? "600" : "640");
}

static int secret_check(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]))
			return -EINVAL;
	return len ? 0 : -EINVAL;
}

static bool secret_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The first line without what surrounds it. */
static int secret_line(struct cti_secret *out, const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);

	if (end)
		len = (size_t)(end - text);
	else if (len == ROOM)
		return -EINVAL;
	while (len && secret_blank(text[len - 1]))
		len--;
	for (; len && secret_blank(*text); len--)
		text++;
	if (len >= sizeof(out->text) || secret_check(text, len))
		return -EINVAL;
	cti_secret_clear(out);
	memcpy(out->text, text, len);
	return 0;
}

int cti_secret_load(struct cti_secret *out, const char *path)
{
	char text[ROOM];
	FILE *file = fopen(path, "r");
	size_t len;
	int err;

	if (!file)
		return -errno;
	secret_warn(file, path);
	/* Not 0: the text stays behind in a buffer, which is no failure. */
	(void)setvbuf(file, NULL, _IONBF, 0);
	len = fread(text, 1, sizeof(text), file);
	if (ferror(file))
		err = errno ? -errno : -EIO;
	else
		err = secret_line(out, text, len);
	(void)fclose(file); /* was only read */
	secret_wipe(text, sizeof(text));
	return err;
}
