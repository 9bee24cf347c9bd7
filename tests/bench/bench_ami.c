/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bench_ami.c - events a second of the manager interface, on one core */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drivers/asterisk/ami.h"
#include "transcript.h"

enum {
	TRAFFIC_MAX = 16 << 20,
	READ_BYTES = 16 * 1024, /* as the loop reads */
	ROUNDS = 7,
	ROUND_NS = 300 * 1000 * 1000,
};

struct traffic {
	struct cti_buf bytes;
	size_t messages;
};

struct figure {
	double per_s; /* messages */
	double mib_s;
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	(void)fprintf(stderr, "bench_ami: %s: %s\n", what, strerror(-err));
	exit(EXIT_FAILURE);
}

/* Of this program alone: what else runs here does not count. */
static int64_t cpu_ns(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) ? -errno : 0,
	     "clock");
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Reads the traffic once; one key of each message is looked up, as the least
 * that a dispatch does. */
static size_t parse_once(struct ami_parser *parser, const struct cti_buf *bytes)
{
	struct ami_msg msg;
	size_t messages = 0;
	int err = 0;

	for (size_t at = 0; at < bytes->len; at += READ_BYTES) {
		size_t left = bytes->len - at;

		must(ami_parser_feed(parser, bytes->data + at,
				     left < READ_BYTES ? left : READ_BYTES),
		     "feed");
		while ((err = ami_parser_next(parser, &msg)) == 0)
			messages += ami_get(&msg, "Event") != NULL;
		must(err == -ENODATA ? 0 : err, "next");
	}
	return messages;
}

static struct figure parse_round(struct ami_parser *parser,
				 const struct traffic *traffic)
{
	int64_t begun = cpu_ns(), took = 0;
	size_t times = 0;

	for (; took < ROUND_NS; times++) {
		(void)parse_once(parser, &traffic->bytes); /* counted before */
		took = cpu_ns() - begun;
	}
	return (struct figure){
		.per_s = (double)(times * traffic->messages) * 1e9 /
			 (double)took,
		.mib_s = (double)(times * traffic->bytes.len) * 1e9 /
			 (double)took / (1 << 20),
	};
}

static int figure_compare(const void *a, const void *b)
{
	const struct figure *one = a, *two = b;

	return (one->per_s > two->per_s) - (one->per_s < two->per_s);
}

static void parse_bench(const struct traffic *traffic)
{
	struct figure figure[ROUNDS];
	struct ami_parser parser;

	must(ami_parser_init(&parser), "parser");
	for (int i = 0; i < ROUNDS; i++)
		figure[i] = parse_round(&parser, traffic);
	ami_parser_fini(&parser);
	qsort(figure, ROUNDS, sizeof(figure[0]), figure_compare);
	printf("parse      %9.0f messages/s, %.0f MiB/s, %.2f us each "
	       "(%.0f to %.0f)\n",
	       figure[ROUNDS / 2].per_s, figure[ROUNDS / 2].mib_s,
	       1e6 / figure[ROUNDS / 2].per_s, figure[0].per_s,
	       figure[ROUNDS - 1].per_s);
}

static void traffic_load(struct traffic *traffic, int nfiles, char **files)
{
	struct ami_parser parser;

	cti_buf_init(&traffic->bytes, TRAFFIC_MAX);
	for (int i = 0; i < nfiles; i++)
		must(transcript_received(&traffic->bytes, files[i]), files[i]);
	must(ami_parser_init(&parser), "parser");
	traffic->messages = parse_once(&parser, &traffic->bytes);
	ami_parser_fini(&parser);
	must(traffic->messages ? 0 : -ENODATA, "no traffic");
	printf("traffic    %zu messages, %zu bytes each\n", traffic->messages,
	       traffic->bytes.len / traffic->messages);
}

/* bench_ami tests/data/ami/NAME.txt … */
int main(int argc, char **argv)
{
	struct traffic traffic;

	traffic_load(&traffic, argc - 1, argv + 1);
	parse_bench(&traffic);
	cti_buf_fini(&traffic.bytes);
	return EXIT_SUCCESS;
}
