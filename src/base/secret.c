/* SPDX-License-Identifier: Apache-2.0 */
/* base/secret.c - a password: read from a file, never printed */
#include "cti/secret.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cti/log.h"

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

static void secret_warn(FILE *file, const char *path)
{
	struct stat st;

	if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)))
		log_warn("%s holds a password and others may read it: "
			 "chmod 600",
			 path);
}

static int secret_check(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]))
			return -EINVAL;
	return len ? 0 : -EINVAL;
}

/* The line without what surrounds it. */
static int secret_line(struct cti_secret *out, const char *line)
{
	size_t len;

	line += strspn(line, " \t");
	len = strcspn(line, "\r\n");
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (len >= sizeof(out->text) || secret_check(line, len))
		return -EINVAL;
	cti_secret_clear(out);
	memcpy(out->text, line, len);
	return 0;
}

int cti_secret_load(struct cti_secret *out, const char *path)
{
	/* Room to see that a line is too long. */
	char line[2 * CTI_SECRET_SIZE];
	FILE *file = fopen(path, "r");
	int err = 0;

	if (!file)
		return -errno;
	secret_warn(file, path);
	(void)setvbuf(file, NULL, _IONBF,
		      0); /* no copy in a buffer; else one */
	if (fgets(line, sizeof(line), file))
		err = secret_line(out, line);
	else
		err = ferror(file) ? -EIO : -EINVAL;
	(void)fclose(file); /* was only read */
	secret_wipe(line, sizeof(line));
	return err;
}
