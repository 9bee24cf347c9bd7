/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics_process.c - the process as the system sees it */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "api/metrics.h"

/* Where there is no /proc these families are missing, as others do it. */
static void write_memory(struct metrics *m)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long page = sysconf(_SC_PAGESIZE);
	int64_t total = 0, resident = 0;
	int n = 0;

	if (!file)
		return;
	n = fscanf(file, "%" SCNd64 " %" SCNd64, &total, &resident);
	(void)fclose(file); /* it was only read */
	if (n != 2)
		return;
	metric_family(m, "process_virtual_memory_bytes", METRIC_GAUGE,
		      "Virtual memory size in bytes.");
	metric_int(m, total * page, "%s", "");
	metric_family(m, "process_resident_memory_bytes", METRIC_GAUGE,
		      "Resident memory size in bytes.");
	metric_int(m, resident * page, "%s", "");
}

static void write_files(struct metrics *m)
{
	DIR *dir = opendir("/proc/self/fd");
	int64_t n = -3; /* ".", ".." and the folder itself */

	if (!dir)
		return;
	while (readdir(dir))
		n++;
	(void)closedir(dir); /* it was only read */
	metric_family(m, "process_open_fds", METRIC_GAUGE,
		      "Number of open file descriptors.");
	metric_int(m, n, "%s", "");
}

void metrics_process(struct metrics *m, const struct cti_api *api)
{
	struct rlimit limit = {.rlim_cur = 0};
	struct timespec cpu = {0};

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu); /* 0 is a start */
	metric_family(m, "process_cpu_seconds_total", METRIC_COUNTER,
		      "Total user and system CPU time spent in seconds.");
	metric_milli(m, (int64_t)cpu.tv_sec * 1000 + cpu.tv_nsec / 1000000);
	metric_family(m, "process_start_time_seconds", METRIC_GAUGE,
		      "Start time of the process since unix epoch in "
		      "seconds.");
	metric_milli(m, api->started_ms);
	write_memory(m);
	write_files(m);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY) {
		metric_family(m, "process_max_fds", METRIC_GAUGE,
			      "Maximum number of open file descriptors.");
		metric_int(m, (int64_t)limit.rlim_cur, "%s", "");
	}
}
