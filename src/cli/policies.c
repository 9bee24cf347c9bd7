/* SPDX-License-Identifier: Apache-2.0 */
/* cli/policies.c - finds the browsers' policy files and reads them */
#include "cli/policies.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, PART = 4096 };

/* Where browsers look on Linux; other systems keep policies elsewhere. */
static const char *const patterns[] = {
	"/etc/chromium/policies/managed/*.json",
	"/etc/chromium-browser/policies/managed/*.json",
	"/etc/opt/chrome/policies/managed/*.json",
	"/etc/opt/edge/policies/managed/*.json",
	"/etc/firefox/policies/policies.json",
	"/etc/firefox-esr/policies/policies.json",
	"/usr/lib/firefox/distribution/policies.json",
	"/usr/lib/firefox-esr/distribution/policies.json",
};

static void file_read(struct cti_policy_facts *facts, const char *path,
		      const struct cti_origins *origins)
{
	struct cti_buf text;
	struct stat st;
	FILE *file;
	char part[PART];
	size_t len;
	int err = 0;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return; /* no browser waits for a pipe either */
	file = fopen(path, "r");
	if (!file)
		return;
	cti_buf_init(&text, CTI_JSON_WIRE_MAX);
	while (!err && (len = fread(part, 1, sizeof(part), file)) > 0)
		err = cti_buf_add(&text, part, len);
	(void)fclose(file); /* it was only read */
	if (!err)
		cti_policy_read(facts, path, &text, origins);
	cti_buf_fini(&text);
}

void cti_policies_look(struct cti_checks *checks, const char *root,
		       const struct cti_origins *origins)
{
	struct cti_policy_facts facts = {.files = 0};
	char pattern[PATH_SIZE];
	glob_t found;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		(void)snprintf(pattern, sizeof(pattern), "%s%s", root,
			       patterns[i]); /* cut finds nothing */
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++)
			file_read(&facts, found.gl_pathv[j], origins);
		globfree(&found);
	}
	cti_policy_judge(cti_checks_add(checks, "policy"), &facts, origins->n);
}
