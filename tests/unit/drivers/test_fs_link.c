/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_fs_link.c - FreeSWITCH's event socket: login, loss, sync */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "drivers/freeswitch/freeswitch.h"
#include "drivers/wire.h"
#include "fs_fixture.h"
#include "suites.h"

static const struct cti_driver_ops *const fs = &cti_driver_freeswitch;

static void up(const char *lines)
{
	fs_start(lines);
	fixture_wait(fix.nsynced == 1);
}

START_TEST(link_begins_with_login_events_and_channels)
{
	up("");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_str_eq(fix.why, "FreeSWITCH 1.11.1-release");
	ck_assert_str_eq(
		fake_esl_log(),
		"auth labsecret\napi version\n"
		"event json CHANNEL_CREATE CHANNEL_PROGRESS "
		"CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE "
		"CHANNEL_UNBRIDGE CHANNEL_HANGUP_COMPLETE CHANNEL_HOLD "
		"CHANNEL_UNHOLD BACKGROUND_JOB\n"
		"api show channels as json\n");
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(wrong_password_is_no_storm)
{
	fake_esl_answer("auth", "-ERR invalid");
	fs_start("");
	fixture_wait(fix.link == CTI_LINK_FAILED);
	ck_assert_ptr_nonnull(strstr(fix.why, "freeswitch.secret_file"));
	ck_assert_uint_eq(fix.ndown, 0);
	fixture_advance(CTI_WIRE_REFUSED_MS - 1);
	ck_assert_uint_eq(fake_esl.nclients, 1);
	ck_assert_str_eq(fake_esl_log(), "auth labsecret\n");
	fixture_advance(1);
	fixture_wait(fake_esl.nclients == 2);
	ck_assert_int_eq(fs_dial(FS_ID, "101", 0), -ENOTCONN);
}
END_TEST

START_TEST(address_outside_the_access_list_is_said)
{
	fake_esl.greeting = "Content-Type: text/rude-rejection\n"
			    "Content-Length: 24\n\nAccess Denied, go away.\n";
	fs_start("");
	fixture_wait(fix.link == CTI_LINK_FAILED);
	ck_assert_ptr_nonnull(strstr(fix.why, "apply-inbound-acl"));
	fixture_advance(60000);
	ck_assert_uint_eq(fake_esl.nclients, 1);
}
END_TEST

START_TEST(login_without_events_is_refused)
{
	fake_esl_answer("event json", "-ERR no keywords supplied");
	fs_start("");
	fixture_wait(fix.link == CTI_LINK_FAILED);
	ck_assert_uint_eq(fix.nsynced, 0);
}
END_TEST

START_TEST(end_of_the_connection_is_an_outage)
{
	up("");
	fake_esl_hang_up();
	fixture_wait(fix.link == CTI_LINK_DOWN);
	ck_assert_int_eq(fs_dial(FS_ID, "101", 0), -ENOTCONN);
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), -ENOTCONN);
	fixture_advance(1000);
	fixture_wait(fix.nsynced == 2);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

START_TEST(farewell_is_an_outage)
{
	up("");
	fake_esl_text("Content-Type: text/disconnect-notice\n"
		      "Content-Length: 5\n\nbye!\n");
	fixture_wait(fix.link == CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "ended the connection"));
}
END_TEST

static const char *const garbage[] = {
	"HTTP/1.1 400 Bad Request\r\n\r\n",
	"\xff\xfe\n",
	"Content-Type: text/event-json\nContent-Length: 9999999\n\n",
	"Content-Type: api/response\nContent-Length: 2\n\nok", /* unasked */
	"Content-Type: command/reply\nReply-Text: +OK\n\n",
	"Content-Type: auth/request\n\n",
};

START_TEST(what_is_no_event_socket_is_left)
{
	up("");
	fake_esl_text(garbage[_i]);
	fixture_wait(fix.link == CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "event socket"));
	fixture_advance(1000);
	fixture_wait(fix.nsynced == 2);
}
END_TEST

START_TEST(silence_after_connecting_is_given_up)
{
	fake_esl.silent = true;
	fs_start("");
	fixture_wait(fake_esl.nclients == 1);
	fixture_advance(10000);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "ask for a password"));
}
END_TEST

START_TEST(half_open_link_is_found_within_thirty_seconds)
{
	up("");
	fake_esl.silent = true;
	fixture_advance(15000);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fixture_advance(10000);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "does not answer"));
}
END_TEST

START_TEST(ping_that_is_answered_keeps_the_link)
{
	up("ping_s = 2\n");
	(void)fake_esl_log(); /* the login */
	for (int i = 0; i < 5; i++)
		fixture_advance(2000);
	ck_assert_str_eq(fake_esl_log(), "api version\napi version\n"
					 "api version\napi version\n"
					 "api version\n");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.ndown, 0);
}
END_TEST

START_TEST(one_byte_at_a_time_is_as_good)
{
	fake_esl.trickle = true;
	fs_start("");
	for (int i = 0; i < 3000 && fix.nsynced == 0; i++) {
		(void)fake_esl_drip(); /* nothing before it is asked */
		cti_loop_turn(fix.loop, 1);
	}
	ck_assert_uint_eq(fix.nsynced, 1);
	fs_ring_events(0, 4);
	while (fake_esl_drip())
		cti_loop_turn(fix.loop, 0);
	fixture_turn();
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing");
}
END_TEST

START_TEST(end_that_got_lost_is_found_by_asking)
{
	up("");
	fs_ring_events(0, 7);
	(void)fake_esl_log(); /* the login */
	fake_esl_answer("api uuid_exists", "false");
	fixture_advance(15000);
	ck_assert_str_eq(fake_esl_log(), "api uuid_exists " FS_PHONE "\n");
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active");
	fixture_advance(15000);
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active ended/link_lost");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

/* --- sync --- */

static const char ROWS[] =
	"{\"row_count\":2,\"rows\":[{\"uuid\":\"c\",\"direction\":\"inbound\","
	"\"cid_num\":\"0301234567\",\"cid_name\":\"Ann\",\"callstate\":"
	"\"ACTIVE\",\"call_uuid\":\"c\",\"initial_dest\":\"1001\"},"
	"{\"uuid\":\"p\",\"direction\":\"outbound\",\"cid_num\":"
	"\"0301234567\",\"cid_name\":\"Ann\",\"presence_id\":\"agent1@pbx\","
	"\"callstate\":\"ACTIVE\",\"call_uuid\":\"c\"}]}";

START_TEST(running_calls_are_announced)
{
	fake_esl_answer("api show channels", ROWS);
	fake_esl_answer(
		"api uuid_dump c",
		"{\"Event-Name\":\"CHANNEL_DATA\",\"Unique-ID\":\"c\","
		"\"Call-Direction\":\"inbound\",\"Answer-State\":\"answered\","
		"\"Caller-Caller-ID-Number\":\"0301234567\","
		"\"Caller-Destination-Number\":\"1001\","
		"\"variable_bridge_to\":\"p\"}");
	fake_esl_answer(
		"api uuid_dump p",
		"{\"Event-Name\":\"CHANNEL_DATA\",\"Unique-ID\":\"p\","
		"\"Call-Direction\":\"outbound\",\"Channel-Call-State\":"
		"\"HELD\",\"Other-Type\":\"originator\","
		"\"Other-Leg-Unique-ID\":\"c\",\"Caller-Caller-ID-Number\":"
		"\"0301234567\",\"variable_bridge_to\":\"c\"}");
	up("");
	ck_assert_str_eq(fs_story("p"), "held");
	ck_assert_uint_eq(fix.nevents, 1);
	ck_assert(last()->inbound);
	ck_assert_str_eq(last()->number, "0301234567");
	ck_assert_str_eq(last()->dnis, "1001");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "p",
		 "Hangup-Cause", "NORMAL_CLEARING");
	ck_assert_str_eq(fs_story("p"), "held ended/normal");
}
END_TEST

START_TEST(list_alone_is_enough)
{
	fake_esl_answer("api show channels", ROWS);
	fake_esl_answer("api uuid_dump", "-USAGE: <uuid> [format]\n");
	up("");
	ck_assert_str_eq(fs_story("p"), "active");
	ck_assert_str_eq(last()->name, "Ann");
}
END_TEST

START_TEST(listed_channel_that_is_gone_is_no_call)
{
	fake_esl_answer("api show channels", ROWS);
	fake_esl_answer("api uuid_dump", "-ERR No such channel!\n");
	up("");
	ck_assert_uint_eq(fix.nevents, 0);
	ck_assert_uint_eq(fix.nsynced, 1);
}
END_TEST

START_TEST(dial_of_an_earlier_life_keeps_its_id)
{
	fake_esl_answer(
		"api show channels",
		"{\"row_count\":2,\"rows\":[{\"uuid\":\"" FS_ID
		"\",\"direction\":\"outbound\",\"presence_id\":\"agent1@pbx\","
		"\"callstate\":\"RING_WAIT\",\"call_uuid\":\"" FS_ID "\"},"
		"{\"uuid\":\"far\",\"direction\":\"outbound\",\"callstate\":"
		"\"RINGING\",\"call_uuid\":\"" FS_ID "\"}]}");
	fake_esl_answer("api uuid_dump", "-USAGE: <uuid> [format]\n");
	up("");
	ck_assert_str_eq(fs_story(FS_ID), "ringing");
	ck_assert_str_eq(last()->call_id, FS_ID);
	ck_assert_str_eq(last()->leg, FS_ID);
	ck_assert(!last()->inbound);
}
END_TEST

START_TEST(list_that_is_none_is_no_sync)
{
	fake_esl_answer("api show channels", "-ERR permission denied\n");
	fs_start("");
	fixture_wait(fix.link == CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "channels"));
	ck_assert_uint_eq(fix.nsynced, 0);
}
END_TEST

static void relink(void)
{
	size_t synced = fix.nsynced;

	fake_esl_hang_up();
	fixture_wait(fix.link == CTI_LINK_DOWN);
	fixture_advance(1000);
	fixture_wait(fix.nsynced == synced + 1);
}

START_TEST(dial_that_comes_to_life_after_the_sync_is_hung_up)
{
	up("");
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	relink();
	(void)fake_esl_log(); /* the login */
	fs_dial_events("originate-ok", 0, 1);
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_ID " ORIGINATOR_CANCEL\n");
	ck_assert_str_eq(fs_story(FS_ID), "");
}
END_TEST

START_TEST(dial_that_runs_goes_on_after_an_outage)
{
	up("");
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 2);
	fake_esl_answer(
		"api show channels",
		"{\"row_count\":1,\"rows\":[{\"uuid\":\"" FS_ID
		"\",\"direction\":\"outbound\",\"presence_id\":\"agent1@pbx\","
		"\"callstate\":\"ACTIVE\",\"call_uuid\":\"" FS_ID "\"}]}");
	fake_esl_answer("api uuid_dump", "-USAGE: <uuid> [format]\n");
	relink();
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing");
	fs_dial_events("originate-ok", 4, 9);
	fs_dial_events("originate-ok", 10, 11);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing active ended/normal");
}
END_TEST

/** A dial whose far end rings; the link is lost shortly before its ring time
 * is over, and comes back after. */
static void ring_over_in_an_outage(void)
{
	up("");
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 6);
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing ringing");
	fixture_advance(19500);
	fake_esl_answer("api uuid_dump", "-USAGE: <uuid> [format]\n");
	(void)fake_esl_log(); /* the dial */
}

#define DIAL_ROWS(state)                                                       \
	"{\"row_count\":2,\"rows\":[{\"uuid\":\"" FS_ID                        \
	"\",\"direction\":\"outbound\",\"presence_id\":\"agent1@pbx\","        \
	"\"callstate\":\"ACTIVE\",\"call_uuid\":\"" FS_ID "\"},"               \
	"{\"uuid\":\"far\",\"direction\":\"outbound\",\"callstate\":\"" state  \
	"\",\"call_uuid\":\"" FS_ID "\"}]}"

START_TEST(callee_who_answers_in_an_outage_is_not_hung_up)
{
	ring_over_in_an_outage();
	fake_esl_answer("api show channels", DIAL_ROWS("ACTIVE"));
	relink();
	fixture_advance(60000);
	ck_assert_ptr_null(strstr(fake_esl_log(), "uuid_kill"));
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing ringing active");
}
END_TEST

START_TEST(ring_time_that_ran_out_in_an_outage_ends_the_dial)
{
	ring_over_in_an_outage();
	fake_esl_answer("api show channels", DIAL_ROWS("RINGING"));
	relink();
	fixture_turn();
	ck_assert_ptr_nonnull(
		strstr(fake_esl_log(), "api uuid_kill " FS_ID " NO_ANSWER\n"));
	fs_dial_events("originate-ok", 10, 11);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing ended/no_answer");
}
END_TEST

START_TEST(callee_who_answers_as_the_ring_time_ends_goes_on)
{
	ring_over_in_an_outage();
	fixture_advance(500); /* asked for, but the link is lost with it */
	ck_assert_ptr_nonnull(strstr(fake_esl_log(), "uuid_kill"));
	fake_esl_answer("api show channels", DIAL_ROWS("ACTIVE"));
	relink();
	fixture_advance(60000);
	ck_assert_ptr_null(strstr(fake_esl_log(), "uuid_kill"));
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing ringing active");
}
END_TEST

START_TEST(dial_hung_up_by_its_agent_stays_hung_up_after_an_outage)
{
	ring_over_in_an_outage();
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), 0);
	fixture_turn();
	(void)fake_esl_log(); /* that was lost with the link */
	fake_esl_answer("api show channels", DIAL_ROWS("ACTIVE"));
	relink();
	fixture_turn();
	ck_assert_ptr_nonnull(strstr(fake_esl_log(), "api uuid_kill " FS_ID));
}
END_TEST

START_TEST(found_dial_whose_phone_refuses_is_rejected)
{
	fake_esl_answer(
		"api show channels",
		"{\"row_count\":1,\"rows\":[{\"uuid\":\"" FS_ID
		"\",\"direction\":\"outbound\",\"presence_id\":\"agent1@pbx\","
		"\"callstate\":\"RINGING\",\"call_uuid\":\"" FS_ID "\"}]}");
	fake_esl_answer("api uuid_dump", "-USAGE: <uuid> [format]\n");
	up("");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", FS_ID);
	ck_assert_str_eq(fs_story(FS_ID), "alerting");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "USER_BUSY", "variable_sip_term_status",
		 "486");
	ck_assert_str_eq(fs_story(FS_ID), "alerting ended/rejected");
}
END_TEST

START_TEST(call_that_vanished_is_not_announced)
{
	up("");
	fs_ring_events(0, 7);
	relink();
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active"); /* the core's */
	fs_ring_events(9, 10);
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active");
}
END_TEST

START_TEST(event_that_is_not_understood_is_made_good)
{
	up("");
	fs_ring_events(0, 7);
	(void)fake_esl_log(); /* the login */
	fake_esl_answer("api uuid_dump", "-ERR No such channel!\n");
	fake_esl_text("Content-Type: text/event-json\n"
		      "Content-Length: 8\n\n{\"a\":\"b}");
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(), "");
	fixture_advance(1000);
	ck_assert_ptr_nonnull(strstr(fake_esl_log(), "api show channels"));
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active ended/link_lost");
	ck_assert_uint_eq(fix.nsynced, 1);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

/* --- doctor, settings --- */

START_TEST(doctor_asks_where_the_phone_is)
{
	up("domain = \"pbx.example\"\n");
	(void)fake_esl_log(); /* the login */
	fake_esl_answer("api sofia_contact", "error/user_not_registered");
	ck_assert_int_eq(fs->probe(fix.drv, FS_DEVICE), 0);
	fixture_advance(0);
	ck_assert_str_eq(fake_esl_log(),
			 "api sofia_contact agent1@pbx.example\n");
	ck_assert_uint_eq(fix.nprobes, 1);
	ck_assert(!fix.probe_ok);
	ck_assert_ptr_nonnull(strstr(fix.why, "user_not_registered"));
	fake_esl_answer("api sofia_contact", "sofia/internal/sip:a@h");
	ck_assert_int_eq(fs->probe(fix.drv, FS_DEVICE), 0);
	fixture_advance(0);
	ck_assert(fix.probe_ok);
	ck_assert_int_eq(fs->probe(fix.drv, "user/a b"), -EINVAL);
}
END_TEST

START_TEST(domain_and_answering_headers_go_with_the_dial)
{
	up("domain = \"pbx.example\"\ncontext = \"agents\"\n"
	   "auto_answer = {\"sip_auto_answer=true\"}\n");
	(void)fake_esl_log(); /* the login */
	ck_assert_int_eq(fs_dial(FS_ID, "101", 1000), 0);
	ck_assert_ptr_nonnull(strstr(fake_esl_log(),
				     "sip_auto_answer='true'}"
				     "user/agent1@pbx.example 101 XML agents"));
}
END_TEST

static const char *const bad_settings[] = {
	"freeswitch { secret_file = \"%s\" }\n",
	"agent \"A\" { device = \"user/1\" }\n",
	"agent \"A\" { device = \"user/1\" }\n"
	"freeswitch { secret_file = \"/nowhere/at/all\" }\n",
	"agent \"A\" { device = \"PJSIP\" }\nfreeswitch { secret_file = "
	"\"%s\" }\n",
	"agent \"A\" { device = \"user/\" }\nfreeswitch { secret_file = "
	"\"%s\" }\n",
	"agent \"A\" { device = \"user/1\" }\nfreeswitch { secret_file = "
	"\"%s\" auto_answer = {\"x=${y}\"} }\n",
	"agent \"A\" { device = \"user/1\" }\nfreeswitch { secret_file = "
	"\"%s\" auto_answer = {\"no_value\"} }\n",
};

START_TEST(settings_that_cannot_work_are_refused)
{
	struct cti_driver_host host = {.loop = fix.loop};
	struct cti_conf_source source = {0};
	struct cti_driver *drv = NULL;
	struct cti_buf text, errors;

	cti_buf_init(&text, 4096);
	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_buf_fmt(&text, "%s", ""), 0);
	for (const char *c = bad_settings[_i]; *c; c++) {
		bool path = strncmp(c, "%s", 2) == 0;

		ck_assert_int_eq(cti_buf_add(&text, c, path ? 0 : 1), 0);
		if (!path)
			continue;
		ck_assert_int_eq(cti_buf_str(&text, fixture_file("secret\n")),
				 0);
		c++;
	}
	source.file = fixture_file(cti_buf_text(&text));
	ck_assert_msg(cti_conf_load(&fix.conf, &source, &errors) == 0, "%s",
		      cti_buf_text(&errors));
	ck_assert_int_ne(fs->create(&drv, fix.conf, &host), 0);
	ck_assert_ptr_null(drv);
	cti_buf_fini(&text);
	cti_buf_fini(&errors);
}
END_TEST

static TCase *syncing(void)
{
	TCase *tcase = tcase_create("sync");

	tcase_add_checked_fixture(tcase, fs_setup, fs_teardown);
	tcase_add_test(tcase, running_calls_are_announced);
	tcase_add_test(tcase, list_alone_is_enough);
	tcase_add_test(tcase, listed_channel_that_is_gone_is_no_call);
	tcase_add_test(tcase, dial_of_an_earlier_life_keeps_its_id);
	tcase_add_test(tcase, list_that_is_none_is_no_sync);
	tcase_add_test(tcase,
		       dial_that_comes_to_life_after_the_sync_is_hung_up);
	tcase_add_test(tcase, dial_that_runs_goes_on_after_an_outage);
	tcase_add_test(tcase, callee_who_answers_in_an_outage_is_not_hung_up);
	tcase_add_test(tcase,
		       ring_time_that_ran_out_in_an_outage_ends_the_dial);
	tcase_add_test(tcase, callee_who_answers_as_the_ring_time_ends_goes_on);
	tcase_add_test(tcase,
		       dial_hung_up_by_its_agent_stays_hung_up_after_an_outage);
	tcase_add_test(tcase, found_dial_whose_phone_refuses_is_rejected);
	tcase_add_test(tcase, call_that_vanished_is_not_announced);
	tcase_add_test(tcase, event_that_is_not_understood_is_made_good);
	tcase_add_test(tcase, doctor_asks_where_the_phone_is);
	tcase_add_test(tcase, domain_and_answering_headers_go_with_the_dial);
	tcase_add_loop_test(tcase, settings_that_cannot_work_are_refused, 0,
			    sizeof(bad_settings) / sizeof(bad_settings[0]));
	return tcase;
}

Suite *fs_link_suite(void)
{
	Suite *suite = suite_create("fs_link");
	TCase *tcase = tcase_create("link");

	tcase_add_checked_fixture(tcase, fs_setup, fs_teardown);
	tcase_add_test(tcase, link_begins_with_login_events_and_channels);
	tcase_add_test(tcase, wrong_password_is_no_storm);
	tcase_add_test(tcase, address_outside_the_access_list_is_said);
	tcase_add_test(tcase, login_without_events_is_refused);
	tcase_add_test(tcase, end_of_the_connection_is_an_outage);
	tcase_add_test(tcase, farewell_is_an_outage);
	tcase_add_loop_test(tcase, what_is_no_event_socket_is_left, 0,
			    sizeof(garbage) / sizeof(garbage[0]));
	tcase_add_test(tcase, silence_after_connecting_is_given_up);
	tcase_add_test(tcase, half_open_link_is_found_within_thirty_seconds);
	tcase_add_test(tcase, ping_that_is_answered_keeps_the_link);
	tcase_add_test(tcase, one_byte_at_a_time_is_as_good);
	tcase_add_test(tcase, end_that_got_lost_is_found_by_asking);
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, syncing());
	return suite;
}
