/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bench_ami.c - events a second of the manager interface, on one core */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/loop.h"
#include "drivers/asterisk/ami.h"
#include "drivers/asterisk/asterisk.h"
#include "transcript.h"

enum {
	TRAFFIC_MAX = 16 << 20,
	READ_BYTES = 16 * 1024, /* as the loop reads */
	ROUNDS = 7,
	ROUND_NS = 300 * 1000 * 1000,
	TURNS_MAX = 10000, /* of the loop, until something must have come */
	CALLS = 500,	   /* that run when the link comes back */
	LIST_MAX = 1 << 20,
	RECONNECT_MS = 60000, /* more than the longest pause */
};

struct traffic {
	struct cti_buf bytes;
	size_t messages;
};

/** One way to go through the traffic once. */
typedef void bench_fn(void *arg, const struct traffic *traffic);

static void must(int err, const char *what)
{
	if (!err)
		return;
	(void)fprintf(stderr, "bench_ami: %s: %s\n", what, strerror(-err));
	exit(EXIT_FAILURE);
}

/* --- measuring --- */

/* Of this program alone: what else runs here does not count. */
static int64_t cpu_ns(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) ? -errno : 0,
	     "clock");
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double round_rate(bench_fn *fn, void *arg, const struct traffic *traffic)
{
	int64_t begun = cpu_ns(), took = 0;
	size_t times = 0;

	for (; took < ROUND_NS; times++) {
		fn(arg, traffic);
		took = cpu_ns() - begun;
	}
	return (double)(times * traffic->messages) * 1e9 / (double)took;
}

static int rate_compare(const void *a, const void *b)
{
	const double *one = a, *two = b;

	return (*one > *two) - (*one < *two);
}

static void measure(const char *name, bench_fn *fn, void *arg,
		    const struct traffic *traffic)
{
	double rate[ROUNDS];
	double each = (double)(traffic->bytes.len / traffic->messages);
	double middle;

	for (int i = 0; i < ROUNDS; i++)
		rate[i] = round_rate(fn, arg, traffic);
	qsort(rate, ROUNDS, sizeof(rate[0]), rate_compare);
	middle = rate[ROUNDS / 2];
	printf("%-10s %9.0f messages/s of CPU time (%.0f to %.0f), "
	       "%.2f us each, %.0f MiB/s\n",
	       name, middle, rate[0], rate[ROUNDS - 1], 1e6 / middle,
	       middle * each / (1 << 20));
}

/* --- the parser alone --- */

/* One key of each message is looked up, as the least a dispatch does. */
static size_t parse_count(struct ami_parser *parser,
			  const struct cti_buf *bytes)
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

static void parse_once(void *arg, const struct traffic *traffic)
{
	if (parse_count(arg, &traffic->bytes) != traffic->messages)
		must(-EBADMSG, "count");
}

/* --- the driver, from its socket to the core's callbacks --- */

/* What the recorded switch is not asked for: a manager that lets in. */
struct bench {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_driver *drv;
	struct cti_poll *poll;
	struct ami_parser parser; /* of what the driver sends */
	int listener, client;
	uint16_t port;
	size_t synced, reports, marks;
	const char *list; /* the answer to CoreShowChannels */
};

/* A call of its own says that all before it has been read. */
#define MARK_CHANNEL                                                           \
	"Channel: PJSIP/bench-1\r\nChannelState: 5\r\nExten: 1\r\n"            \
	"Uniqueid: mark.1\r\nLinkedid: mark.0\r\n"
static const char mark[] =
	"Event: Newchannel\r\n" MARK_CHANNEL "\r\n"
	"Event: DialBegin\r\nChannel: PJSIP/trunk-1\r\nChannelState: 4\r\n"
	"CallerIDNum: 030123456\r\nUniqueid: mark.0\r\nLinkedid: mark.0\r\n"
	"DestChannel: PJSIP/bench-1\r\nDestChannelState: 5\r\n"
	"DestUniqueid: mark.1\r\nDestLinkedid: mark.0\r\n\r\n"
	"Event: Hangup\r\n" MARK_CHANNEL "Cause: 16\r\n\r\n"
	"Event: Hangup\r\nUniqueid: mark.0\r\nCause: 16\r\n\r\n";

static const struct {
	const char *action, *text;
} answers[] = {
	{"Challenge", "Challenge: 1\r\n\r\n"},
};

#define LIST_BEGIN "EventList: start\r\n\r\n"
#define LIST_END                                                               \
	"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\n"           \
	"ListItems: 0\r\n\r\n"

static void on_link(void *arg, enum cti_link link, const char *why)
{
	const struct bench *bench = arg;

	if ((link == CTI_LINK_DOWN && bench->client >= 0) ||
	    link == CTI_LINK_FAILED) {
		(void)fprintf(stderr, "bench_ami: %s\n", why);
		exit(EXIT_FAILURE);
	}
}

static void on_event(void *arg, const struct cti_call_event *ev)
{
	struct bench *bench = arg;

	bench->reports++;
	if (ev->state == CTI_CALL_ENDED && !strcmp(ev->leg_ref, "mark.1"))
		bench->marks++;
}

static void on_synced(void *arg)
{
	struct bench *bench = arg;

	bench->synced++;
}

static void text_send(struct bench *bench, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	must(send(bench->client, text, (size_t)len, MSG_NOSIGNAL) == len ? 0
									 : -EIO,
	     "answer");
}

static void action_answer(struct bench *bench, const struct ami_msg *msg)
{
	char head[256];
	const char *text = "\r\n";

	if (ami_is(msg, "Action", "CoreShowChannels"))
		text = bench->list;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (ami_is(msg, "Action", answers[i].action))
			text = answers[i].text;
	(void)snprintf(head, sizeof(head),
		       "Response: Success\r\nActionID: %.100s\r\n",
		       ami_get(msg, "ActionID"));
	text_send(bench, head);
	text_send(bench, text);
}

static void on_client(void *arg)
{
	struct bench *bench = arg;
	struct ami_msg msg;
	char block[4096];
	ssize_t got = read(bench->client, block, sizeof(block));

	must(got > 0 ? 0 : -EPIPE, "the driver left");
	must(ami_parser_feed(&bench->parser, block, (size_t)got), "feed");
	while (ami_parser_next(&bench->parser, &msg) == 0)
		action_answer(bench, &msg);
}

static void on_listener(void *arg)
{
	struct bench *bench = arg;

	if (bench->client >= 0)
		return;
	bench->client = accept(bench->listener, NULL, NULL);
	must(bench->client < 0 ? -errno : 0, "accept");
	text_send(bench, "Asterisk Call Manager/11.0.0\r\n");
}

static void listener_open(struct bench *bench)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd < 0 ? -errno : 0, "socket");
	must(bind(fd, (struct sockaddr *)&address, len) ? -errno : 0, "bind");
	must(listen(fd, 1) ? -errno : 0, "listen");
	must(getsockname(fd, (struct sockaddr *)&address, &len) ? -errno : 0,
	     "port");
	bench->listener = fd;
	bench->port = ntohs(address.sin_port);
}

static void file_write(char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = mkstemp(path);

	must(fd < 0 ? -errno : 0, path);
	must(write(fd, text, len) == (ssize_t)len ? 0 : -EIO, path);
	must(close(fd) ? -errno : 0, path);
}

static void conf_make(struct bench *bench)
{
	char secret[] = "/tmp/bench-ami-XXXXXX";
	char file[] = "/tmp/bench-ami-XXXXXX";
	char text[1024];
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	file_write(secret, "secret\n");
	(void)snprintf(text, sizeof(text),
		       "agent \"A1\" { device = \"PJSIP/agent1\" }\n"
		       "agent \"A2\" { device = \"PJSIP/bench\" }\n"
		       "asterisk { port = %u\nusername = \"bench\"\n"
		       "secret_file = \"%s\" }\n",
		       bench->port, secret);
	file_write(file, text);
	must(cti_conf_load(&bench->conf,
			   &(struct cti_conf_source){.file = file}, &errors),
	     "configuration");
	cti_buf_fini(&errors);
	(void)unlink(file); /* read; the secret is read by create() */
	must(cti_driver_asterisk.create(
		     &bench->drv, bench->conf,
		     &(struct cti_driver_host){.loop = bench->loop,
					       .arg = bench,
					       .on_link = on_link,
					       .on_event = on_event,
					       .on_synced = on_synced}),
	     "driver");
	(void)unlink(secret);
}

static void bench_turn(struct bench *bench)
{
	cti_loop_turn(bench->loop, 0);
}

/* From the connection to the end of the sync. */
static void bench_login(struct bench *bench)
{
	size_t before = bench->synced;
	struct cti_poll *poll = NULL;

	must(cti_poll_new(&poll, bench->loop, bench->listener, on_listener,
			  bench),
	     "poll");
	for (int i = 0; i < TURNS_MAX && bench->client < 0; i++) {
		if (i % 100 == 0) /* the loss may not have been seen yet */
			cti_loop_advance(bench->loop, RECONNECT_MS);
		cti_loop_turn(bench->loop, 1);
	}
	cti_poll_destroy(poll);
	must(cti_poll_new(&bench->poll, bench->loop, bench->client, on_client,
			  bench),
	     "poll");
	for (int i = 0; i < TURNS_MAX && bench->synced == before; i++)
		cti_loop_turn(bench->loop, 1);
	must(bench->synced > before ? 0 : -ETIMEDOUT, "login");
}

static void bench_hang_up(struct bench *bench)
{
	cti_poll_destroy(bench->poll);
	bench->poll = NULL;
	(void)close(bench->client); /* its work is done */
	bench->client = -1;
	ami_parser_reset(&bench->parser);
	bench->parser.banner = true;
	for (int i = 0; i < 20; i++)
		cti_loop_turn(bench->loop, 1);
}

static void bench_open(struct bench *bench)
{
	must(ami_parser_init(&bench->parser), "parser");
	bench->parser.banner = true; /* a client sends none */
	must(cti_loop_new(&bench->loop, CTI_CLOCK_FAKE), "loop");
	listener_open(bench);
	conf_make(bench);
	bench->list = LIST_BEGIN LIST_END;
	must(cti_driver_asterisk.start(bench->drv), "start");
	bench_login(bench);
}

static void bench_close(struct bench *bench)
{
	cti_driver_asterisk.destroy(bench->drv);
	bench_hang_up(bench);
	(void)close(bench->listener);
	cti_conf_destroy(bench->conf);
	cti_loop_destroy(bench->loop);
	ami_parser_fini(&bench->parser);
}

/* The sender's part is in the figure, too. */
static void bytes_pass(struct bench *bench, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(bench->client, data, len, MSG_NOSIGNAL);

		must(sent < 0 && errno != EAGAIN ? -errno : 0, "send");
		if (sent > 0) {
			data += sent;
			len -= (size_t)sent;
		}
		bench_turn(bench);
	}
}

static void drive_once(void *arg, const struct traffic *traffic)
{
	struct bench *bench = arg;
	size_t marks = bench->marks;

	bytes_pass(bench, traffic->bytes.data, traffic->bytes.len);
	bytes_pass(bench, mark, strlen(mark));
	for (int i = 0; i < TURNS_MAX && bench->marks == marks; i++)
		bench_turn(bench);
	must(bench->marks == marks ? -ETIMEDOUT : 0, "mark");
}

/* --- calls that run when the link comes up --- */

static void row_add(struct cti_buf *list, const char *name, int number,
		    int call)
{
	must(cti_buf_fmt(list,
			 "Event: CoreShowChannel\r\nChannel: PJSIP/%s-%08x\r\n"
			 "ChannelState: 6\r\nChannelStateDesc: Up\r\n"
			 "CallerIDNum: 0301234567\r\nCallerIDName: Ann\r\n"
			 "ConnectedLineNum: 1001\r\nConnectedLineName: Bo\r\n"
			 "Language: en\r\nAccountCode: \r\nContext: agents\r\n"
			 "Exten: 1001\r\nPriority: 1\r\nUniqueid: 17.%d\r\n"
			 "Linkedid: 17.%d\r\nApplication: %s\r\n"
			 "ApplicationData: PJSIP/agent1,20\r\n"
			 "Duration: 00:01:00\r\nBridgeId: bridge-%d\r\n\r\n",
			 name, (unsigned)number, number, 2 * call,
			 number % 2 ? "AppDial" : "Dial", call),
	     "row");
}

static void sync_bench(struct bench *bench)
{
	struct cti_buf list;
	int64_t begun;

	cti_buf_init(&list, LIST_MAX);
	must(cti_buf_str(&list, LIST_BEGIN), "list");
	for (int i = 0; i < CALLS; i++) {
		row_add(&list, "trunk", 2 * i, i);
		row_add(&list, "agent1", 2 * i + 1, i);
	}
	must(cti_buf_str(&list, LIST_END), "list");
	bench->list = cti_buf_text(&list);
	bench_hang_up(bench);
	bench->reports = 0;
	begun = cpu_ns();
	bench_login(bench);
	printf("sync       %d calls in %.1f ms of CPU time, %zu reports\n",
	       CALLS, (double)(cpu_ns() - begun) / 1e6, bench->reports);
	cti_buf_fini(&list);
}

/* --- the traffic --- */

static void message_add(struct traffic *out, const struct ami_msg *msg)
{
	for (size_t i = 0; i < msg->nfields; i++)
		must(cti_buf_fmt(&out->bytes, "%s: %s\r\n", msg->field[i].key,
				 msg->field[i].value),
		     "traffic");
	must(cti_buf_str(&out->bytes, "\r\n"), "traffic");
	out->messages++;
}

typedef bool keep_fn(const struct ami_msg *msg);

/* The greetings of the sessions are of no session of ours. */
static bool is_told(const struct ami_msg *msg)
{
	const char *key = msg->field[0].key;

	return strcmp(key, "Event") == 0 || strcmp(key, "Response") == 0;
}

/* What an account without the class dialplan is told. */
static bool is_call(const struct ami_msg *msg)
{
	return is_told(msg) && !strncmp(ami_get(msg, "Privilege"), "call", 4);
}

static void traffic_filter(struct traffic *out, const struct cti_buf *bytes,
			   keep_fn *keep)
{
	struct ami_parser parser;
	struct ami_msg msg;

	cti_buf_init(&out->bytes, TRAFFIC_MAX);
	must(ami_parser_init(&parser), "parser");
	parser.banner = true;
	for (size_t at = 0; at < bytes->len; at += READ_BYTES) {
		size_t left = bytes->len - at;

		must(ami_parser_feed(&parser, bytes->data + at,
				     left < READ_BYTES ? left : READ_BYTES),
		     "feed");
		while (ami_parser_next(&parser, &msg) == 0) {
			if (keep(&msg))
				message_add(out, &msg);
		}
	}
	ami_parser_fini(&parser);
}

static void traffic_load(struct traffic *traffic, int nfiles, char **files)
{
	struct cti_buf raw;

	cti_buf_init(&raw, TRAFFIC_MAX);
	for (int i = 0; i < nfiles; i++)
		must(transcript_received(&raw, files[i]), files[i]);
	traffic_filter(traffic, &raw, is_told);
	cti_buf_fini(&raw);
	must(traffic->messages ? 0 : -ENODATA, "no traffic");
	printf("traffic    %zu messages, %zu bytes each\n", traffic->messages,
	       traffic->bytes.len / traffic->messages);
}

static void parser_bench(const struct traffic *traffic)
{
	struct ami_parser parser;

	must(ami_parser_init(&parser), "parser");
	parser.banner = true;
	measure("parse", parse_once, &parser, traffic);
	ami_parser_fini(&parser);
}

static void driver_bench(struct bench *bench, const struct traffic *traffic)
{
	measure("driver", drive_once, bench, traffic);
	bench->reports = 0;
	drive_once(bench, traffic);
	printf("reports    %zu to the core in each pass\n", bench->reports);
}

/* bench_ami tests/data/ami/NAME.txt … */
int main(int argc, char **argv)
{
	struct traffic traffic = {.messages = 0}, calls = {.messages = 0};
	struct bench bench = {.client = -1};

	traffic_load(&traffic, argc - 1, argv + 1);
	parser_bench(&traffic);
	bench_open(&bench);
	driver_bench(&bench, &traffic);
	traffic_filter(&calls, &traffic.bytes, is_call);
	printf("traffic    %zu messages of the class call, %zu bytes each\n",
	       calls.messages, calls.bytes.len / calls.messages);
	driver_bench(&bench, &calls);
	sync_bench(&bench);
	bench_close(&bench);
	cti_buf_fini(&traffic.bytes);
	cti_buf_fini(&calls.bytes);
	return EXIT_SUCCESS;
}
