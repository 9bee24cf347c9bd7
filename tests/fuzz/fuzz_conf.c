/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_conf.c - a configuration file, and the values that come of it */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cti/conf.h"
#include "fuzz.h"

enum { PATH_SIZE = 64 };

/* A file without a name, so that nothing is left behind. */
static int file_open(char path[PATH_SIZE])
{
	char name[] = "/tmp/cti-fuzz-XXXXXX";
	int fd = mkstemp(name);

	fuzz_must(fd >= 0 && unlink(name) == 0);
	(void)snprintf(path, PATH_SIZE, "/proc/self/fd/%d", fd); /* fits */
	return fd;
}

static void file_fill(int fd, const uint8_t *data, size_t size)
{
	fuzz_must(ftruncate(fd, 0) == 0);
	fuzz_must(pwrite(fd, data, size, 0) == (ssize_t)size);
}

/* What passed the checks can be used. */
static void conf_use(const struct cti_conf *conf)
{
	fuzz_must(cti_conf_count(conf, "http.listen") > 0);
	fuzz_must(cti_conf_item(conf, "http.listen", 0) != NULL);
	fuzz_must(cti_conf_int(conf, "dial.merge_s") <= 60);
	for (size_t i = 0; i < cti_conf_count(conf, "dial.countries"); i++)
		fuzz_must(cti_conf_item(conf, "dial.countries", i)[0]);
	for (size_t i = 0; i < cti_conf_agents(conf); i++)
		fuzz_must(cti_conf_agent_id(conf, i)[0] &&
			  cti_conf_agent_device(conf, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[PATH_SIZE];
	static int fd = -1;
	struct cti_conf_source src = {.file = path};
	struct cti_conf *conf = NULL;
	struct cti_buf errors;
	int err;

	if (fd < 0)
		fd = file_open(path);
	file_fill(fd, data, size);
	cti_buf_init(&errors, 65536);
	err = cti_conf_load(&conf, &src, &errors);
	if (err)
		fuzz_must(!conf && errors.len > 0);
	else
		conf_use(conf);
	cti_conf_destroy(conf);
	cti_buf_fini(&errors);
	return 0;
}
