/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_link.c - baresip's control connection: sync, loss, return */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/baresip/baresip.h"
#include "fake.h"
#include "fixture.h"
#include "suites.h"

#define ID "0123456789ABCDEF0123456789ABCDEF"
static const struct cti_driver_ops *const bs = &cti_driver_baresip;
static char control[32];
static const char *keys[] = {"baresip.control",
			     control,
			     "telephony.reconnect_min_ms",
			     "1000",
			     "telephony.reconnect_max_ms",
			     "8000",
			     NULL,
			     NULL,
			     NULL};

static void setup(void)
{
	fixture_setup();
	fake_open(fix.loop);
	(void)snprintf(control, sizeof(control), "127.0.0.1:%u", fake.port);
}

static void teardown(void)
{
	fake_close();
	fixture_teardown();
}

static void start(void)
{
	fixture_start(bs, keys);
	cti_loop_advance(fix.loop, 0);
	fixture_wait(fix.nsynced == 1 || fix.ndown == 1);
}

START_TEST(link_begins_with_about_accounts_and_calls)
{
	start();
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_str_eq(fix.why, "baresip 1.0.0");
	ck_assert_uint_eq(fix.nsynced, 1);
	ck_assert_uint_eq(fix.nevents, 0);
	ck_assert_str_eq(fake_log(), "about reginfo listcalls");
}
END_TEST

START_TEST(running_calls_of_1_0_are_looked_at_one_by_one)
{
	fake_answer("listcalls", true,
		    "\n--- Active calls (2) ---\n"
		    "  [line 1]  0:00:05  ESTABLISHED  (on hold)  sip:1@h\n"
		    "> [line 2]  0:00:00   INCOMING             sip:2@h\n\n");
	fake_answer("callstat:1", true,
		    "\n local_uri:  <sip:agent1@pbx>\n peer_uri:   <sip:1@h>\n"
		    " af=AF_INET id=aaa\n direction: Outgoing\n");
	fake_answer("callstat:2", true,
		    "\n local_uri:  <sip:agent1@pbx>\n peer_uri: Bo <sip:2@h>\n"
		    " af=AF_INET id=bbb\n direction: Incoming\n");
	start();
	ck_assert_str_eq(
		fake_log(),
		"about reginfo listcalls line(1) callstat line(2) callstat");
	ck_assert_str_eq(story("aaa"), "held");
	ck_assert_str_eq(story("bbb"), "ringing");
	ck_assert(!fix.event[0].inbound && fix.event[1].inbound);
	ck_assert_str_eq(fix.event[1].name, "Bo");
	ck_assert_str_eq(fix.event[1].number, "2");
	ck_assert_uint_eq(fix.nsynced, 1);
}
END_TEST

START_TEST(running_calls_of_later_ones_have_ids)
{
	fake_answer("about", true, "| baresip 4.10.0 |");
	fake_answer("listcalls", true,
		    "\n> [line 1, id aaa]  0:00:05  ESTABLISHED   sip:1@h\n");
	fake_answer("callstat:aaa", true,
		    "\n local_uri:  <sip:agent1@pbx>\n peer_uri:   <sip:1@h>\n"
		    " af=AF_INET id=aaa\n direction: Incoming\n");
	start();
	ck_assert_str_eq(fake_log(),
			 "about reginfo listcalls callfind(aaa) callstat");
	ck_assert_str_eq(story("aaa"), "active");
	ck_assert(fix.event[0].inbound);
}
END_TEST

START_TEST(calls_of_every_account_are_found)
{
	fake_answer("reginfo", true,
		    "--- User Agents (2) ---\n  sip:a@h \n> sip:b@h \n");
	start();
	ck_assert_str_eq(fake_log(),
			 "about reginfo uafind(sip:a@h) listcalls "
			 "uafind(sip:b@h) listcalls uafind(sip:b@h)");
	ck_assert_uint_eq(fix.nsynced, 1);
}
END_TEST

START_TEST(another_program_behind_the_port_is_no_link)
{
	fake_answer("about", true, "some other program");
	start();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "about"));
	ck_assert_uint_eq(fix.nsynced, 0);
}
END_TEST

START_TEST(bytes_that_are_no_netstring_end_the_link)
{
	start();
	fake_bytes("HTTP/1.1 400 Bad Request\r\n");
	fixture_turn();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "not baresip"));
}
END_TEST

START_TEST(message_that_is_not_understood_is_passed_over)
{
	start();
	fake_bytes("3:abc,2:{},");
	fixture_turn();
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

START_TEST(frame_in_two_pieces_is_one)
{
	start();
	fake_bytes("103:{\"event\":true,\"type\":\"CALL_INCOMING\",\"direc");
	fixture_turn();
	ck_assert_uint_eq(fix.nevents, 0);
	fake_bytes("tion\":\"incoming\",\"peeruri\":\"sip:030123@h\","
		   "\"id\":\"leg-1\"     },");
	fixture_turn();
	ck_assert_str_eq(story("leg-1"), "ringing");
}
END_TEST

START_TEST(taken_connection_is_left_alone_for_two_seconds)
{
	start();
	fake_hang_up();
	fixture_turn();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "another program"));
	ck_assert_int_eq(dial(ID, "101", 0), -ENOTCONN);
	fixture_advance(1999);
	ck_assert_uint_eq(fake.nclients, 1);
	fixture_advance(1001);
	fixture_wait(fix.nsynced == 2);
}
END_TEST

START_TEST(fight_for_the_connection_is_given_up)
{
	start();
	for (int i = 0; i < 3; i++) {
		fake_hang_up();
		fixture_turn();
		fixture_advance(12000);
		fixture_wait(fix.nsynced == (size_t)i + 2);
	}
	fake_hang_up();
	fixture_turn();
	fixture_advance(7999);
	ck_assert_uint_eq(fake.nclients, 4);
	fixture_advance(4001);
	fixture_wait(fake.nclients == 5);
}
END_TEST

START_TEST(old_link_forgets_earlier_trouble)
{
	start();
	for (int i = 0; i < 3; i++) {
		fake_hang_up();
		fixture_turn();
		fixture_advance(12000);
		fixture_wait(fix.nsynced == (size_t)i + 2);
	}
	for (int i = 0; i < 12; i++)
		fixture_advance(5000);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fake_hang_up();
	fixture_turn();
	fixture_advance(3000);
	fixture_wait(fake.nclients == 5);
}
END_TEST

START_TEST(nobody_there_is_tried_again_for_ever)
{
	fake_close();
	start();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_ptr_nonnull(strstr(fix.why, "refused"));
	for (size_t i = 1; i < 12; i++) {
		fixture_wait(fix.ndown == i);
		fixture_advance(8000);
	}
	fake_open(fix.loop);
}
END_TEST

START_TEST(silent_baresip_is_found_out)
{
	start();
	(void)fake_log();
	fixture_advance(15000);
	ck_assert_str_eq(fake_log(), "reginfo");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fake.silent = true;
	fixture_advance(15000);
	fixture_advance(9999);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fixture_advance(1);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_str_eq(fix.why, "baresip does not answer");
}
END_TEST

START_TEST(unsent_dial_does_not_survive_the_link)
{
	start();
	fake.silent = true;
	ck_assert_int_eq(dial(ID, "101", 0), 0);
	ck_assert_int_eq(dial("X", "102", 0), 0);
	fixture_turn();
	fake_hang_up();
	fixture_turn();
	fake.silent = false;
	(void)fake_log();
	fixture_advance(3000);
	fixture_wait(fix.nsynced == 2);
	ck_assert_uint_eq(fix.nevents, 0);
	ck_assert_str_eq(fake_log(), "about reginfo listcalls");
	ck_assert_int_eq(dial(ID, "101", 0), 0);
}
END_TEST

START_TEST(dial_without_id_is_found_again)
{
	start();
	fake.silent = true;
	ck_assert_int_eq(dial(ID, "101", 0), 0);
	fixture_turn();
	fake_hang_up();
	fixture_turn();
	fake.silent = false;
	fake_answer("listcalls", true,
		    "> [line 1]  0:00:00  OUTGOING  sip:101@pbx\n");
	fake_answer("callstat", true,
		    " local_uri:  <sip:agent1@pbx>\n peer_uri: <sip:101@pbx>\n"
		    " af=AF_INET id=aaa\n direction: Outgoing\n");
	fixture_advance(3000);
	fixture_wait(fix.nsynced == 2);
	ck_assert_str_eq(story(ID), "dialing");
	ck_assert_str_eq(last()->leg, "aaa");
}
END_TEST

START_TEST(vanished_call_is_not_announced)
{
	start();
	fake_event("CALL_INCOMING", "incoming", "sip:1@h", "aaa", "");
	fixture_turn();
	fake_hang_up();
	fixture_turn();
	fixture_advance(3000);
	fixture_wait(fix.nsynced == 2);
	ck_assert_str_eq(story("aaa"), "ringing");
	ck_assert_int_eq(act(bs->hangup, NULL, "aaa"), -ENOENT);
}
END_TEST

START_TEST(stop_ends_with_link_down)
{
	start();
	ck_assert_int_eq(dial(ID, "101", 1000), 0);
	bs->stop(fix.drv);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	fixture_advance(60000);
	ck_assert_uint_eq(fake.nclients, 1);
}
END_TEST

START_TEST(bad_control_address_is_refused)
{
	static const char *const bad[] = {"baresip.control", "127.0.0.1:0",
					  NULL};
	struct cti_conf_flag flag = {bad[0], bad[1]};
	struct cti_conf_source source = {.flags = &flag, .nflags = 1};
	struct cti_driver_host host = {.loop = fix.loop};
	struct cti_driver *drv = NULL;
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&fix.conf, &source, &errors), 0);
	ck_assert_int_eq(bs->create(&drv, fix.conf, &host), -EINVAL);
	ck_assert_ptr_null(drv);
	cti_buf_fini(&errors);
}
END_TEST

START_TEST(probe_tells_the_account)
{
	start();
	ck_assert_int_eq(bs->probe(fix.drv, "sip:agent1@pbx"), 0);
	ck_assert_uint_eq(fix.nprobes, 0);
	fixture_advance(0);
	ck_assert(fix.nprobes == 1 && fix.probe_ok);
	ck_assert_str_eq(fix.why, "baresip 1.0.0, sip:agent1@pbx");
	ck_assert_int_eq(bs->probe(fix.drv, "sip:agent2@pbx"), 0);
	fixture_advance(0);
	ck_assert(fix.nprobes == 2 && !fix.probe_ok);
}
END_TEST

Suite *link_suite(void)
{
	Suite *suite = suite_create("link");
	TCase *tcase = tcase_create("connection");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, link_begins_with_about_accounts_and_calls);
	tcase_add_test(tcase, running_calls_of_1_0_are_looked_at_one_by_one);
	tcase_add_test(tcase, running_calls_of_later_ones_have_ids);
	tcase_add_test(tcase, calls_of_every_account_are_found);
	tcase_add_test(tcase, another_program_behind_the_port_is_no_link);
	tcase_add_test(tcase, bytes_that_are_no_netstring_end_the_link);
	tcase_add_test(tcase, message_that_is_not_understood_is_passed_over);
	tcase_add_test(tcase, frame_in_two_pieces_is_one);
	tcase_add_test(tcase, taken_connection_is_left_alone_for_two_seconds);
	tcase_add_test(tcase, fight_for_the_connection_is_given_up);
	tcase_add_test(tcase, old_link_forgets_earlier_trouble);
	tcase_add_test(tcase, nobody_there_is_tried_again_for_ever);
	tcase_add_test(tcase, silent_baresip_is_found_out);
	tcase_add_test(tcase, unsent_dial_does_not_survive_the_link);
	tcase_add_test(tcase, dial_without_id_is_found_again);
	tcase_add_test(tcase, vanished_call_is_not_announced);
	tcase_add_test(tcase, stop_ends_with_link_down);
	tcase_add_test(tcase, bad_control_address_is_refused);
	tcase_add_test(tcase, probe_tells_the_account);
	suite_add_tcase(suite, tcase);
	return suite;
}
