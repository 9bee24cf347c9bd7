/* SPDX-License-Identifier: Apache-2.0 */
/* http/peer_owner.c - whose program listens on a port, as far as one may see */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/peer.h"

enum { LINE_SIZE = 512, PATH_SIZE = 320, STATE_LISTEN = 0x0A };

/* A line of /proc/net/tcp: "0: 0100007F:5816 00000000:0000 0A … inode". */
static unsigned long line_inode(char *line, unsigned port)
{
	char *at = strchr(line, ':');
	char *colon = at ? strchr(at + 1, ':') : NULL;
	char *state = colon ? strchr(colon + 1, ':') : NULL;
	unsigned long inode = 0;

	if (!state || strtoul(colon + 1, NULL, 16) != port)
		return 0;
	state = strchr(state, ' ');
	if (!state || strtoul(state, &at, 16) != STATE_LISTEN)
		return 0;
	/* tx:rx, tr:when, retransmits, uid, timeout, inode */
	for (int field = 0; field < 6 && *at; field++) {
		at += strspn(at, " ");
		if (field == 5)
			inode = strtoul(at, NULL, 10);
		at += strcspn(at, " ");
	}
	return inode;
}

static unsigned long port_inode(unsigned port)
{
	static const char *const files[] = {"/proc/net/tcp", "/proc/net/tcp6"};
	char line[LINE_SIZE];
	unsigned long inode = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !inode; i++) {
		FILE *file = fopen(files[i], "r");

		while (file && !inode && fgets(line, sizeof(line), file))
			inode = line_inode(line, port);
		if (file)
			(void)fclose(file); /* it was only read */
	}
	return inode;
}

static bool has_socket(const char *pid, unsigned long inode)
{
	char path[PATH_SIZE], link[64], wanted[64];
	const struct dirent *entry;
	bool found = false;
	DIR *folder;

	(void)snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	(void)snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder))) {
		ssize_t len;

		(void)snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", pid,
			       entry->d_name);
		len = readlink(path, link, sizeof(link) - 1);
		link[len > 0 ? len : 0] = '\0';
		found = strcmp(link, wanted) == 0;
	}
	if (folder)
		(void)closedir(folder); /* likewise */
	return found;
}

static void name_of(char *out, size_t size, const char *pid)
{
	char path[PATH_SIZE], name[64] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "r");
	if (file && fgets(name, sizeof(name), file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		(void)fclose(file); /* likewise */
	(void)snprintf(out, size, "%s (process %.20s)", name, pid); /* cut */
}

void cti_port_owner(char *out, size_t size, uint16_t port)
{
	unsigned long inode = port_inode(port);
	const struct dirent *entry;
	bool found = false;
	DIR *proc = inode ? opendir("/proc") : NULL;

	(void)snprintf(out, size,
		       "a program of another user"); /* cut is fine */
	while (proc && !found && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		found = has_socket(entry->d_name, inode);
		if (found)
			name_of(out, size, entry->d_name);
	}
	if (proc)
		(void)closedir(proc); /* likewise */
}
