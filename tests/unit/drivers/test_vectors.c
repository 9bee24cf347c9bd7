/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_vectors.c - hostile texts through every encoder and operation:
 * a line, a command or a frame more than was asked for is a hole */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "asterisk_fixture.h"
#include "cti/json.h"
#include "drivers/asterisk/ami.h"
#include "drivers/asterisk/asterisk.h"
#include "drivers/baresip/baresip.h"
#include "drivers/baresip/ctrl.h"
#include "drivers/baresip/netstring.h"
#include "drivers/baresip/sip.h"
#include "drivers/freeswitch/esl.h"
#include "drivers/freeswitch/freeswitch.h"
#include "fake.h"
#include "fs_fixture.h"
#include "suites.h"
#include "vectors.h"

enum {
	OUT_MAX = 65536,
	VECTORS_LEAST = 200,
	AT_ONCE = 8, /* requests before the log is read */
};

#define CALL_ID "0123456789ABCDEF0123456789ABCDEF"

static size_t count_of(const struct cti_buf *out, const char *bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < out->len; i++)
		n += out->data[i] != '\0' && strchr(bytes, out->data[i]);
	return n;
}

/* Bytes that are neither printable nor ends of lines. */
static size_t count_odd(const struct cti_buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < out->len; i++) {
		unsigned char byte = (unsigned char)out->data[i];

		n += (byte < 0x20 && byte != '\r' && byte != '\n') ||
		     byte == 0x7f;
	}
	return n;
}

/* --- the encoders, each with the text in one of its fields --- */

static int ami_with(struct cti_buf *out, const char *name, const char *id)
{
	int err = ami_action(out, name, id);

	return err ? err : ami_end(out);
}

static int ami_name(struct cti_buf *out, const char *text)
{
	return ami_with(out, text, "1");
}

static int ami_id(struct cti_buf *out, const char *text)
{
	return ami_with(out, "Ping", text);
}

static int ami_with_line(struct cti_buf *out, const char *key,
			 const char *value)
{
	int err = ami_action(out, "Originate", "1");

	if (!err)
		err = ami_line(out, key, value);
	return err ? err : ami_end(out);
}

static int ami_key(struct cti_buf *out, const char *text)
{
	return ami_with_line(out, text, "1");
}

static int ami_value(struct cti_buf *out, const char *text)
{
	return ami_with_line(out, "Exten", text);
}

static int esl_api_of(struct cti_buf *out, const char *verb, const char *id,
		      const char *rest)
{
	return esl_api(out, &(struct esl_api){verb, id, rest});
}

static int esl_verb(struct cti_buf *out, const char *text)
{
	return esl_api_of(out, text, "far", NULL);
}

static int esl_uuid(struct cti_buf *out, const char *text)
{
	return esl_api_of(out, "uuid_kill", text, NULL);
}

static int esl_rest(struct cti_buf *out, const char *text)
{
	return esl_api_of(out, "uuid_transfer", "far", text);
}

static int esl_dial(struct cti_buf *out, struct esl_originate dial)
{
	if (!dial.id)
		dial.id = CALL_ID;
	if (!dial.device)
		dial.device = "user/101";
	if (!dial.number)
		dial.number = "102";
	if (!dial.context)
		dial.context = "default";
	dial.timeout_s = 20;
	return esl_originate(out, &dial);
}

static int esl_dial_id(struct cti_buf *out, const char *text)
{
	return esl_dial(out, (struct esl_originate){.id = text});
}

static int esl_device(struct cti_buf *out, const char *text)
{
	return esl_dial(out, (struct esl_originate){.device = text});
}

static int esl_number(struct cti_buf *out, const char *text)
{
	return esl_dial(out, (struct esl_originate){.number = text});
}

static int esl_context(struct cti_buf *out, const char *text)
{
	return esl_dial(out, (struct esl_originate){.context = text});
}

static int esl_variable(struct cti_buf *out, const char *text)
{
	char variable[VECTOR_SIZE + 8];
	const char *const list[] = {variable};

	(void)snprintf(variable, sizeof(variable), "name=%s", text);
	return esl_dial(out, (struct esl_originate){.variables = list,
						    .nvariables = 1});
}

static int ctrl_dial(struct cti_buf *out, const char *text)
{
	return cti_ctrl_encode(out, CTI_CTRL_DIAL, text, "p1");
}

static int ctrl_transfer(struct cti_buf *out, const char *text)
{
	return cti_ctrl_encode(out, CTI_CTRL_TRANSFER, text, "p1");
}

static int ctrl_digits(struct cti_buf *out, const char *text)
{
	return cti_ctrl_encode(out, CTI_CTRL_SNDCODE, text, "p1");
}

static int ctrl_call(struct cti_buf *out, const char *text)
{
	return cti_ctrl_encode(out, CTI_CTRL_CALLFIND, text, "p1");
}

static int sip_in_frame(struct cti_buf *out, const char *number,
			const char *domain)
{
	char uri[256];
	int err = cti_sip_uri(uri, sizeof(uri), number, domain);

	return err ? err : ctrl_dial(out, uri);
}

static int sip_number(struct cti_buf *out, const char *text)
{
	return sip_in_frame(out, text, "pbx");
}

static int sip_domain(struct cti_buf *out, const char *text)
{
	return sip_in_frame(out, "101", text);
}

/* --- what they made --- */

static size_t ami_units(const struct cti_buf *out)
{
	return count_of(out, "\n") + count_of(out, "\r") + count_odd(out);
}

static size_t esl_units(const struct cti_buf *out)
{
	return count_of(out, "\r\n") + count_odd(out);
}

/* One frame to its last byte, whose JSON is one object of one command. */
static size_t frame_units(const struct cti_buf *out)
{
	struct cti_netstring frame;
	struct cti_json *doc = NULL;
	const struct cti_json_value *at;
	size_t n = count_of(out, "\r\n") + count_odd(out);

	if (cti_netstring_decode(&frame, out->data, out->len) ||
	    frame.used != out->len ||
	    cti_json_parse(&doc, frame.text, frame.len, OUT_MAX, NULL))
		return 1000;
	for (at = cti_json_root(doc)->first; at; at = at->next)
		n++;
	cti_json_destroy(doc);
	return n;
}

#define ESL_OWN ",{}[]&|^'\"$\\"
#define SIP_OWN "@;?&<>= "

static const struct encoder {
	const char *name;
	int (*put)(struct cti_buf *out, const char *text);
	size_t (*units)(const struct cti_buf *out);
	const char *harmless; /* what a good text comes to is the measure */
	const char *own;      /* what only the encoder may write */
} encoders[] = {
	{"AMI action", ami_name, ami_units, "Ping", ":"},
	{"AMI action id", ami_id, ami_units, "pc.1", ":"},
	{"AMI key", ami_key, ami_units, "Exten", ":"},
	{"AMI value", ami_value, ami_units, "102", ""},
	{"ESL password", esl_auth, esl_units, "secret", ""},
	{"ESL verb", esl_verb, esl_units, "uuid_kill", ESL_OWN},
	{"ESL id", esl_uuid, esl_units, "far", ESL_OWN " "},
	{"ESL rest", esl_rest, esl_units, "102 XML default", ESL_OWN},
	{"ESL call id", esl_dial_id, esl_units, CALL_ID, ESL_OWN " "},
	{"ESL device", esl_device, esl_units, "user/101", ESL_OWN " "},
	{"ESL number", esl_number, esl_units, "102", ESL_OWN " "},
	{"ESL context", esl_context, esl_units, "default", ESL_OWN " "},
	{"ESL variable", esl_variable, esl_units, "value", ESL_OWN},
	{"ctrl_tcp dial", ctrl_dial, frame_units, "101", ""},
	{"ctrl_tcp transfer", ctrl_transfer, frame_units, "101", ""},
	{"ctrl_tcp digits", ctrl_digits, frame_units, "101", ""},
	{"ctrl_tcp call", ctrl_call, frame_units, "101", ""},
	{"SIP number", sip_number, frame_units, "101", SIP_OWN "\\"},
	{"SIP domain", sip_domain, frame_units, "pbx", SIP_OWN "\\"},
};

enum { ENCODERS = sizeof(encoders) / sizeof(*encoders) };

struct tally {
	size_t tried, sent, extra;
};

static void encoder_try(struct tally *tally, const struct encoder *e,
			const char *text)
{
	struct cti_buf good, out;
	int err;

	cti_buf_init(&good, OUT_MAX);
	cti_buf_init(&out, OUT_MAX);
	ck_assert_int_eq(e->put(&good, e->harmless), 0);
	err = e->put(&out, text);
	tally->tried++;
	tally->sent += !err;
	if (!err && (e->units(&out) != e->units(&good) ||
		     count_of(&out, e->own) != count_of(&good, e->own))) {
		fprintf(stderr, "%s: \"%s\" becomes \"%s\"\n", e->name, text,
			cti_buf_text(&out));
		tally->extra++;
	}
	cti_buf_fini(&good);
	cti_buf_fini(&out);
}

START_TEST(no_text_is_a_line_more_in_any_encoder)
{
	struct tally tally = {0};
	char text[VECTOR_SIZE];

	for (size_t i = 0; i < vectors_count(); i++) {
		vector_make(text, i);
		for (size_t j = 0; j < ENCODERS; j++)
			encoder_try(&tally, &encoders[j], text);
	}
	printf("encoders: %zu vectors in %d fields: %zu tried, %zu taken, "
	       "%zu extra lines\n",
	       vectors_count(), (int)ENCODERS, tally.tried, tally.sent,
	       tally.extra);
	ck_assert_uint_ge(vectors_count(), VECTORS_LEAST);
	ck_assert_uint_eq(tally.extra, 0);
}
END_TEST

/* --- the operations, with a switch at the other end --- */

static const char *leg_id, *leg_ref; /* of a call that talks */

static int op_dial(struct cti_originate req)
{
	if (!req.call_id)
		req.call_id = CALL_ID;
	if (!req.device)
		req.device = fix.ops == &cti_driver_asterisk ? AST_DEVICE
							     : FS_DEVICE;
	if (!req.number)
		req.number = "102";
	req.timeout_ms = 20000;
	return fix.ops->originate(fix.drv, &req);
}

static int op_number(const char *text)
{
	static unsigned serial;
	char id[CTI_ID_SIZE];

	(void)snprintf(id, sizeof(id), "%032X", ++serial);
	return op_dial((struct cti_originate){.number = text, .call_id = id});
}

static int op_device(const char *text)
{
	return op_dial((struct cti_originate){.device = text});
}

static int op_call_id(const char *text)
{
	return op_dial((struct cti_originate){.call_id = text});
}

static int op_caller_id(const char *text)
{
	return op_dial((struct cti_originate){.caller_id = text});
}

static int op_transfer(const char *text)
{
	const struct cti_call_ref ref = {leg_id, leg_ref};

	return fix.ops->transfer(fix.drv, &ref, text);
}

static int op_digits(const char *text)
{
	const struct cti_call_ref ref = {leg_id, leg_ref};

	return fix.ops->dtmf(fix.drv, &ref, text);
}

static const struct {
	const char *name;
	int (*run)(const char *text);
} ops[] = {
	{"number", op_number},	   {"device", op_device},
	{"call id", op_call_id},   {"caller id", op_caller_id},
	{"transfer", op_transfer}, {"digits", op_digits},
};

enum { OPS = sizeof(ops) / sizeof(*ops) };

static bool word_known(const char *word, const char *const *known)
{
	for (; *known; known++)
		if (strncmp(word, *known, strlen(*known)) == 0)
			return true;
	return false;
}

/* Commands in a log; each must be one of those known. */
static size_t log_count(const char *log, const char *ends,
			const char *const *known)
{
	size_t n = 0;

	while (*log) {
		size_t len = strcspn(log, ends);

		ck_assert_msg(!len || word_known(log, known), "%.200s", log);
		n += len > 0;
		log += len + (log[len] != '\0');
	}
	return n;
}

struct sink {
	const char *(*log)(void);
	const char *ends;	  /* of a command in it */
	const char *const *known; /* what may be sent at all */
	size_t each;		  /* commands of one request, at most */
};

/* One text in one place of a request; true: it was taken. */
static bool op_try(size_t op, size_t vector)
{
	char text[VECTOR_SIZE];
	int err;

	vector_make(text, vector);
	fix.inside = true;
	err = ops[op].run(text);
	fix.inside = false;
	return err == 0;
}

static size_t sink_read(const struct sink *sink)
{
	fixture_turn();
	return log_count(sink->log(), sink->ends, sink->known);
}

static void ops_try(const char *driver, const struct sink *sink)
{
	size_t count = vectors_count(), taken = 0, sent = 0;

	for (size_t i = 0; i < OPS * count; i++) {
		size_t before = taken;

		taken += op_try(i / count, i % count);
		if (taken > before && taken % AT_ONCE == 0)
			sent += sink_read(sink);
		if (i % count == count - 1)
			sent += sink_read(sink);
		ck_assert_msg(sent <= taken * sink->each, "%s: %s: %zu > %zu",
			      driver, ops[i / count].name, sent, taken);
	}
	ck_assert_int_eq(fix.link, CTI_LINK_UP);
	printf("%s: %zu requests tried, %zu taken, %zu commands sent, 0 "
	       "extra\n",
	       driver, OPS * count, taken, sent);
}

START_TEST(no_request_is_an_action_more_at_asterisk)
{
	static const char *const known[] = {"Originate", "Redirect", "PlayDTMF",
					    "Hangup", NULL};
	static const struct sink sink = {fake_ami_log, " ", known, 1};

	ast_setup_up();
	fake_ami_replay_until("inbound-answered", "BridgeEnter",
			      "1795330917.32");
	fixture_turn();
	(void)fake_ami_log();
	leg_id = "";
	leg_ref = "1795330917.33";
	ops_try("asterisk", &sink);
	ast_teardown();
}
END_TEST

/* A dial that talks with "far". */
static void fs_talk(void)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 3);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Type", "originator",
		 "Other-Leg-Unique-ID", FS_ID, "Caller-Caller-ID-Number",
		 "1001", "Caller-Destination-Number", "00496912345");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_ID,
		 "Bridge-A-Unique-ID", FS_ID, "Bridge-B-Unique-ID", "far");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "far");
	(void)fake_esl_log();
}

START_TEST(no_request_is_a_command_more_at_freeswitch)
{
	static const char *const known[] = {
		"bgapi originate ",    "api uuid_transfer far ",
		"api uuid_send_dtmf ", "api uuid_kill ",
		"Job-UUID: ",	       NULL,
	};
	static const struct sink sink = {fake_esl_log, "\n", known, 2};

	fs_up();
	fs_talk();
	leg_id = FS_ID;
	leg_ref = NULL;
	ops_try("freeswitch", &sink);
	fs_teardown();
}
END_TEST

START_TEST(no_request_is_a_command_more_at_baresip)
{
	static char control[32];
	static const char *const keys[] = {"baresip.control", control, NULL};
	static const char *const known[] = {
		"dial(sip:", "transfer(sip:", "sndcode(", "callstat",
		"callfind(", "line(",	      "uafind(",  "listcalls",
		"hangup",    "reginfo",	      "hold",	  "resume",
		NULL,
	};
	static const struct sink sink = {fake_log, " ", known, 8};

	fixture_setup();
	fake_open(fix.loop);
	(void)snprintf(control, sizeof(control), "127.0.0.1:%u", fake.port);
	fake_answer("about", true, "| baresip 1.0.0 |");
	fixture_start(&cti_driver_baresip, keys);
	cti_loop_advance(fix.loop, 0);
	fixture_wait(fix.nsynced == 1);
	ck_assert_int_eq(dial(CALL_ID, "101", 60000), 0);
	fixture_turn();
	fake_event("CALL_RINGING", "outgoing", "sip:101@pbx", "leg", "");
	fake_event("CALL_ESTABLISHED", "outgoing", "sip:101@pbx", "leg", "");
	fixture_turn();
	ck_assert_str_eq(story(CALL_ID), "dialing ringing active");
	(void)fake_log();
	leg_id = CALL_ID;
	leg_ref = "leg";
	ops_try("baresip", &sink);
	fake_close();
	fixture_teardown();
}
END_TEST

/* --- the configuration --- */

static const char *const conf_keys[] = {
	"asterisk.context",	  "asterisk.username",	"asterisk.caller_id",
	"asterisk.auto_answer",	  "freeswitch.context", "freeswitch.domain",
	"freeswitch.auto_answer", "baresip.account",	"baresip.domain",
	"baresip.control",
};

enum { CONF_KEYS = sizeof(conf_keys) / sizeof(*conf_keys) };

/* 0: the value is taken. */
static int conf_take(const char *key, const char *text)
{
	const struct cti_conf_flag flag = {key, text};
	const struct cti_conf_source source = {.flags = &flag, .nflags = 1};
	struct cti_conf *conf = NULL;
	struct cti_buf errors;
	int err;

	cti_buf_init(&errors, OUT_MAX);
	err = cti_conf_load(&conf, &source, &errors);
	cti_buf_fini(&errors);
	cti_conf_destroy(conf);
	return err;
}

START_TEST(no_key_of_a_switch_takes_the_end_of_a_line)
{
	char text[VECTOR_SIZE];
	size_t tried = 0, taken = 0;

	for (size_t i = 0; i < vectors_count() * CONF_KEYS; i++) {
		const char *key = conf_keys[i % CONF_KEYS];

		vector_make(text, i / CONF_KEYS);
		tried++;
		if (conf_take(key, text))
			continue;
		taken++;
		ck_assert_msg(!strpbrk(text, "\r\n"), "%s = \"%s\"", key, text);
	}
	printf("configuration: %zu values tried, %zu taken, 0 with the end of "
	       "a line\n",
	       tried, taken);
}
END_TEST

Suite *vectors_suite(void)
{
	Suite *suite = suite_create("vectors");
	TCase *tcase = tcase_create("vectors");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, no_text_is_a_line_more_in_any_encoder);
	tcase_add_test(tcase, no_request_is_an_action_more_at_asterisk);
	tcase_add_test(tcase, no_request_is_a_command_more_at_freeswitch);
	tcase_add_test(tcase, no_request_is_a_command_more_at_baresip);
	tcase_add_test(tcase, no_key_of_a_switch_takes_the_end_of_a_line);
	suite_add_tcase(suite, tcase);
	return suite;
}
